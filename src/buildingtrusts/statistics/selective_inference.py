"""Selective inference: do two groups differ that were found in the very data they are compared on?

A t test of two clusters ignores that the clustering made them differ. Here the p of their
difference is conditional on the clustering's having found them: the objects of the two groups are
pushed together and pulled apart along the line through their means, everything is clustered anew,
and only distances between the means at which the same two groups come out count. Every object is
taken for independent, X_i ~ N(mu_i, sigma^2 I), and under the hypothesis of equal means the
distance is then a chi variable truncated to those distances. Reference: Gao, L. L., Bien, J. and
Witten, D. (2022), doi:10.1080/01621459.2022.2116331, by their importance sampling, which serves any
linkage, and with their sigma, estimated from all objects around one mean: too large where there are
clusters, so that p is then too large.

A tree tests each pair of groups that it joins, and of all groups there were at that point it joins
the two nearest. So what is kept here is not only that both groups are found at that number of
groups, which is the condition of the paper, but that the same merge joins them: otherwise small
differences are preferred, and p piles up near 1 in all merges but the last, where the two
conditions are one. In the lower merges that keeps few distances, and draws go where they are: they
are made in stages, from a Gaussian around the observed distance that becomes narrower as long as
few draws are kept, and weighted together by the balance heuristic of Veach, E. and Guibas, L. J.
(1995), doi:10.1145/218380.218498.

What strains the assumptions here: items of a questionnaire are correlated, so that objects scatter
more in some directions, and clustering finds the widest one; means of five answers scatter more
than means of sixty, so that there is no one sigma; ratings are bounded and rounded. None of it is
mild. For 17 objects without clusters, ten items and average linkage, the last merge was rejected at
the 5% level in 5% of 400 studies where the assumptions held, but in 24% with items correlated .3
and in 53% with items correlated .6; with uncorrelated items and means of 5 to 60 answers of people
who do not differ by trust, in 35% of 300. The result is exploration and enters no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import Trees, batch_distances, batch_trees, scale_batch
from buildingtrusts.statistics.monte_carlo import chunks
from buildingtrusts.statistics.ratings import Specification
from buildingtrusts.statistics.tree_significance import coincide

#: Parts of the draws, the share of a part that has to be kept for the next one not to be narrower,
#: and how much narrower it then is.
STAGES, KEPT_SHARE, NARROWING = 4, 0.25, 4


@dataclass(frozen=True)
class Difference:
    """Two groups compared that the clustering found.

    Attributes
    ----------
    distance : float
        Between the means of the groups, Euclidean, in units of the items' scale.
    sigma : float
        Standard deviation of an object's score on an item, in the same units.
    p_value : float
        Above 0. 1 where the two means are equal, or all objects are.
    kept : int
        Of the draws, those in which the same merge joins the same groups.
    draws : int
        Distances drawn.
    """

    distance: float
    sigma: float
    p_value: float
    kept: int
    draws: int


def noise_deviation(scores: NDArray[np.float64], dimensions: int) -> float:
    """Standard deviation of scores around the mean of all objects.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        Two objects or more.
    dimensions : int
        In which objects can differ: the number of items, less one if scores are centred by
        respondent, or so many sums that are always zero.

    Returns
    -------
    float
        Square root of the sum of squares over (n_objects - 1) times ``dimensions``.

    Examples
    --------
    >>> noise_deviation(np.array([[1.0, 4.0], [3.0, 4.0]]), 2)
    1.0
    """
    squares = float(np.square(scores - scores.mean(axis=0)).sum())
    return float(np.sqrt(squares / ((len(scores) - 1) * dimensions)))


def selective_difference(
    scores: NDArray[np.float64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    earlier: int,
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
    sigma: float | None = None,
) -> Difference:
    """Test whether the two groups that a merge joins have the same mean.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        As aggregated: on the items' own scale (1-10 for strategy statements).
    left, right : ndarray of int
        Rows of the two groups.
    earlier : int
        Merges made before this one, 0 to n_objects - 2.
    specification : Specification
        How the study was clustered; scaling is part of the clustering and is done anew in each
        draw. Scores centred by respondent differ in one dimension less than there are items.
    draws : int
        Distances drawn, 1 or more.
    rng : numpy.random.Generator
        Of this merge and this test alone.
    sigma : float, optional
        Standard deviation of an object's score on an item, where it is known; by default
        :func:`noise_deviation`.

    Returns
    -------
    Difference
        The observed distance counts as one of the draws, as it does in p = (1 + exceedances) /
        (1 + draws), so that p is never 0 and rests on something even if no draw is kept: it is
        then 1. It is rough where few are.

    Raises
    ------
    ValueError
        If ``draws`` is below 1.

    Examples
    --------
    >>> scores = np.array([[0.0], [1.0], [2.0], [30.0], [31.0], [32.0]])
    >>> found = selective_difference(
    ...     *(scores, np.arange(3), np.arange(3, 6), 4, Specification(), 500),
    ...     *(np.random.default_rng(1), 1.0),
    ... )
    >>> found.distance, found.p_value < 0.01
    (30.0, True)
    """
    dimensions = scores.shape[1] - (specification.scaling == "respondent_centred")
    apart = scores[left].mean(axis=0) - scores[right].mean(axis=0)
    distance = float(np.sqrt(np.square(apart).sum()))
    sigma = noise_deviation(scores, max(dimensions, 1)) if sigma is None else sigma
    unit = sigma * float(np.sqrt(1 / len(left) + 1 / len(right)))
    if distance == 0 or dimensions == 0 or coincide(scores):
        return Difference(distance, sigma, 1.0, 0, draws)
    # How far each object goes for each unit by which the two means are moved apart.
    pushes = np.zeros_like(scores)
    pushes[left] = apart / distance * len(right) / (len(left) + len(right))
    pushes[right] = -apart / distance * len(left) / (len(left) + len(right))
    kept, widths, sizes = [np.array([distance])], [1.0], _stages(draws)
    for size, stream in zip(sizes, rng.spawn(len(sizes)), strict=True):
        found = []
        for at_once, child in chunks(size, len(scores) * max(scores.shape), stream):
            drawn = distance + widths[-1] * unit * child.standard_normal(at_once)
            drawn = drawn[drawn > 0]
            moved = scores + (drawn - distance)[:, None, None] * pushes
            found.append(drawn[_joins(_trees(moved, specification), left, right, earlier)])
        kept += found
        few = sum(map(len, found)) < KEPT_SHARE * size
        widths.append(widths[-1] / NARROWING if few else widths[-1])
    all_kept = np.concatenate(kept) / unit
    p = _tail(all_kept, distance / unit, dimensions, np.array(widths[:-1]), np.array(sizes))
    return Difference(distance, sigma, p, len(all_kept) - 1, draws)


def _stages(draws: int) -> list[int]:
    """Draws of each stage; there are no more stages than draws."""
    if draws < 1:
        raise ValueError(f"draws is {draws}; it has to be 1 or more.")
    ends = np.linspace(0, draws, min(STAGES, draws) + 1).astype(int)
    return [int(size) for size in np.diff(ends)]


def _trees(samples: NDArray[np.float64], specification: Specification) -> Trees:
    scaled = scale_batch(samples, specification.scaling)
    return batch_trees(batch_distances(scaled, specification.metric), specification.linkage)


def _joins(
    trees: Trees, left: NDArray[np.int64], right: NDArray[np.int64], earlier: int
) -> NDArray[np.bool_]:
    """In which trees the merge after so many earlier ones joins just these two groups."""
    n_draws, n = len(trees.pairs), trees.pairs.shape[1] + 1
    draws = np.arange(n_draws)
    groups = np.tile(np.arange(n), (n_draws, 1))
    for merge in range(earlier):
        kept, gone = (groups[draws, trees.pairs[:, merge, side]] for side in (0, 1))
        np.copyto(groups, kept[:, None], where=groups == gone[:, None])
    one, other = (
        groups == groups[draws, trees.pairs[:, earlier, side]][:, None] for side in (0, 1)
    )
    is_left, is_right = np.zeros((2, n), dtype=bool)
    is_left[left] = is_right[right] = True
    straight = (one == is_left).all(axis=1) & (other == is_right).all(axis=1)
    crossed = (one == is_right).all(axis=1) & (other == is_left).all(axis=1)
    return straight | crossed


def _tail(
    drawn: NDArray[np.float64],
    observed: float,
    dimensions: int,
    widths: NDArray[np.float64],
    sizes: NDArray[np.int64],
) -> float:
    """Share of a truncated chi variable at or beyond the observed value, by importance sampling.

    A draw weighs what its density as a chi variable is over its density in the mixture of the
    Gaussians around the observed value that draws were made from.
    """
    target = (dimensions - 1) * np.log(drawn) - drawn**2 / 2
    away = (drawn[:, None] - observed) / widths
    # Factors common to all draws are left out.
    proposal = (np.exp(-(away**2) / 2) * sizes / widths).sum(axis=1)
    weights = np.exp(target - target.max()) / proposal
    return float(weights[drawn >= observed].sum() / weights.sum())
