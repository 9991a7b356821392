"""Significance along the tree (SHC): is a merge of two groups more than one Gaussian cut in two?

At a merge the objects of both groups are taken for a sample from one Gaussian. Samples drawn from
the Gaussian that fits them are clustered as the study was and cut in two, and the study's own split
is held against theirs by the cluster index: the share of the sum of squares that is left within the
two groups. The smaller it is, the further apart they lie. Reference: Kimes, P. K., Liu, Y., Hayes,
D. N. and Marron, J. S. (2017), doi:10.1111/biom.12647, from the root of the tree down, with the
family-wise error shared out by size as they do after Meinshausen, N. (2008,
doi:10.1093/biomet/asn007).

The Gaussian has the sample covariance of the merge. The thresholds that the authors put under its
eigenvalues are for thousands of unrelated variables over a background of noise. Ten items of a
questionnaire are correlated and have no such background: with 17 objects, ten items correlated .6
and one Gaussian, soft or hard thresholds rejected 45% of 300 studies at the 5% level, the sample
covariance 1%. The sample covariance costs power instead, because it is fitted to the objects
themselves: p is too large, and for fewer than twenty objects falls below .05 only where groups lie
well apart.

What strains the assumptions here: means of five and of sixty answers do not come from one Gaussian,
because the former scatter more, and a trust with few respondents can look like a group of its own;
ratings are bounded and rounded. The result is exploration and enters no verdict; the two-level null
of :mod:`.nulls` is what allows for unequal numbers of respondents.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.linkage import scale
from buildingtrusts.statistics.monte_carlo import TOLERANCE, Exceedance, chunks, exceedance
from buildingtrusts.statistics.ratings import Specification

#: Objects that a merge needs to be tested, as in the authors' own program.
FEWEST_OBJECTS = 10
#: Family-wise error over the whole tree.
ALPHA = 0.05


def cluster_index(
    scores: NDArray[np.float64], left: NDArray[np.int64], right: NDArray[np.int64]
) -> float:
    """Share of a merge's sum of squares that is left within its two groups.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        As clustered, that is scaled.
    left, right : ndarray of int
        Rows of the two groups.

    Returns
    -------
    float
        0 (each group in one point) to 1 (equal means); ``nan`` if all their objects coincide.

    Examples
    --------
    >>> scores = np.array([[1.0], [3.0], [7.0], [9.0]])
    >>> cluster_index(scores, np.array([0, 1]), np.array([2, 3]))
    0.1
    """
    both = scores[np.concatenate([left, right])]
    if coincide(both):
        return float("nan")
    within = _sum_of_squares(scores[left]) + _sum_of_squares(scores[right])
    return within / _sum_of_squares(both)


def coincide(scores: NDArray[np.float64]) -> bool:
    """Whether all objects have the same scores, up to what rounding does to a mean."""
    return bool(np.ptp(scores, axis=0).max() <= TOLERANCE * max(1.0, np.abs(scores).max()))


def _sum_of_squares(scores: NDArray[np.float64]) -> float:
    return float(np.square(scores - scores.mean(axis=0)).sum())


def split_significance(
    scores: NDArray[np.float64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    covariance: NDArray[np.float64] | None = None,
) -> Exceedance:
    """Hold the split of one merge against splits of single Gaussians.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        Of all objects, as aggregated: on the items' own scale (1-10 for strategy statements).
    left, right : ndarray of int
        Rows of the two groups that the merge joins.
    specification : Specification
        How the study was clustered. Under ``zscore`` the merge is of items scaled over all
        objects: draws at the root are scaled each by its own spread, and those of other merges
        are left as they are, because others than the merge's objects had a part in its scale.
    draws : int
        Samples from the Gaussian, 1 or more.
    rng : numpy.random.Generator
        Of this merge and this test alone.
    covariance : ndarray of shape (n_items, n_items), optional
        Of the scaled scores, where it is known; by default the merge's own. Draws are made around
        the merge's own mean, which matters to the distance ``correlation``.

    Returns
    -------
    Exceedance
        p is the share of splits that are at least as clear, the merge's own among them. It is 1
        where all objects coincide: there is nothing to cut.

    Raises
    ------
    ValueError
        If the merge has fewer than three objects, which can be cut in one way only.

    Examples
    --------
    >>> scores = np.array([[0.0], [1.0], [2.0], [20.0], [21.0], [22.0]])
    >>> rng = np.random.default_rng(1)
    >>> how = Specification()
    >>> split_significance(scores, np.arange(3), np.arange(3, 6), how, 199, rng).p_value <= 0.05
    True
    """
    if len(left) + len(right) < 3:
        raise ValueError(
            f"the merge joins {len(left)} and {len(right)} objects; a test needs three or more."
        )
    scaled = scale(scores, specification.scaling)
    observed = cluster_index(scaled, left, right)
    if np.isnan(observed):
        return exceedance(np.zeros(draws), 0.0)
    members = scaled[np.concatenate([left, right])]
    found = np.cov(members, rowvar=False) if covariance is None else covariance
    values, vectors = np.linalg.eigh(np.atleast_2d(found))
    root = vectors * np.sqrt(np.maximum(values, 0))
    scaling = specification.scaling if len(members) == len(scores) else "none"
    drawn = []
    for size, child in chunks(draws, members.size, rng):
        # einsum adds in one order whatever the number of threads; matmul need not.
        deviations = np.einsum("bnq,pq->bnp", child.standard_normal((size, *members.shape)), root)
        drawn.append(_indices(members.mean(axis=0) + deviations, specification, scaling))
    return exceedance(-np.concatenate(drawn), -observed)


def _indices(
    samples: NDArray[np.float64], specification: Specification, scaling: str
) -> NDArray[np.float64]:
    """Cluster index of each sample, cut in two by its own tree."""
    found = cluster_batch(samples, [2], specification.linkage, specification.metric, scaling)
    # The pseudo-F of two groups is (1 / index - 1) (n - 2).
    index: NDArray[np.float64] = 1 / (1 + found.pseudo_f[:, 0] / (samples.shape[1] - 2))
    return index


def sequential_levels(
    sizes: Sequence[int],
    parents: Sequence[int | None],
    p_values: Sequence[float],
    alpha: float = ALPHA,
) -> list[float]:
    """Level that each merge's p is held against when testing goes from the root down.

    Parameters
    ----------
    sizes : sequence of int
        Objects below each merge, in the order of the merges; the last is the root.
    parents : sequence of int or None
        Place of the merge that each is joined by; None for the root.
    p_values : sequence of float
        ``nan`` where a merge was not tested.
    alpha : float
        Family-wise error.

    Returns
    -------
    list of float
        alpha (n_j - 1) / (n - 1) for a merge of n_j of all n objects, and 0 below a merge whose
        own p is missing or above its level: testing does not come there, and whatever its p is,
        nothing is claimed. So ``p <= level`` marks what may be claimed.

    Examples
    --------
    >>> sequential_levels([2, 3, 6], [2, 2, None], [0.01, 0.4, 0.02])
    [0.01, 0.02, 0.05]
    >>> sequential_levels([2, 3, 6], [2, 2, None], [0.01, 0.4, 0.2])
    [0.0, 0.0, 0.05]
    """
    levels = [0.0] * len(sizes)
    for merge in reversed(range(len(sizes))):
        parent = parents[merge]
        if parent is None or p_values[parent] <= levels[parent]:
            levels[merge] = alpha * (sizes[merge] - 1) / (sizes[-1] - 1)
    return levels
