"""Where a new trust belongs among clusters that are finished, or that it belongs to none of them.

The distance that decides is the average one: the mean distance from the new trust to a cluster's
members, which is how average linkage measures the distance of groups (Kaufman, L. and Rousseeuw,
P. J., 1990, doi:10.1002/9780470316801). Beside it stands the distance to the cluster's centroid. A
trust that is farther from the nearest cluster than that cluster's own members are from one another
belongs to none. Staff of the new trust and of the clustered ones are resampled within trusts, with
the clusters' members fixed, and the share of draws in which the trust goes to each cluster is its
probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import CHUNK_DISTANCES, batch_distances
from buildingtrusts.statistics.monte_carlo import TOLERANCE
from buildingtrusts.statistics.ratings import (
    Ratings,
    Specification,
    gather_ratings,
    observed_scores,
)
from buildingtrusts.statistics.resampling import resampled_scores
from buildingtrusts.statistics.stability import ASSIGNMENT_COLUMNS

PLACEMENT_COLUMNS = (
    *ASSIGNMENT_COLUMNS,
    *("centroid_distance", "average_distance", "member_limit"),
)


@dataclass(frozen=True)
class Placement:
    """One new trust beside each of k clusters, in the units of what was clustered.

    Attributes
    ----------
    centroid_distances : ndarray of shape (k,)
        Distance to each cluster's centroid, the mean of its members' scores.
    average_distances : ndarray of shape (k,)
        Mean distance to each cluster's members.
    member_limits : ndarray of shape (k,)
        The largest mean distance from a member of the cluster to its other members. A cluster of
        one has none of its own and takes the largest of the other clusters'.
    shares : ndarray of shape (k + 1,)
        Share of draws in which the trust goes to each cluster; the last is that of none.
    draws : int
    """

    centroid_distances: NDArray[np.float64]
    average_distances: NDArray[np.float64]
    member_limits: NDArray[np.float64]
    shares: NDArray[np.float64]
    draws: int

    @property
    def nearest(self) -> int:
        """Cluster, 1..k, with the smallest average distance; the lower number of two."""
        return int(self.average_distances.argmin()) + 1

    @property
    def nearest_centroid(self) -> int:
        """Cluster, 1..k, with the nearest centroid; the lower number of two."""
        return int(self.centroid_distances.argmin()) + 1

    @property
    def likeliest(self) -> int | None:
        """Cluster with the largest share of draws, the lower number of two; None for none."""
        place = int(self.shares.argmax())
        return None if place == len(self.member_limits) else place + 1

    @property
    def cluster(self) -> int | None:
        """The nearest cluster, or None if the trust is farther from it than its members are."""
        chosen = int(_chosen(self.average_distances[None], self.member_limits[None])[0])
        return None if chosen == len(self.member_limits) else chosen + 1


def place_trust(
    reference: Ratings,
    labels: NDArray[np.int64],
    answers: NDArray[np.float64],
    specification: Specification,
    draws: int,
    rng: np.random.Generator,
) -> Placement:
    """Place one new trust among clusters of n others.

    Parameters
    ----------
    reference : Ratings
        Answers of the staff of the n clustered trusts on p items.
    labels : ndarray of shape (n,)
        Cluster of each of them, 1..k, with two members or more in at least one.
    answers : ndarray of shape (m, p)
        Of the new trust's m respondents, on the same items and scales; ``nan`` where skipped. Where
        only its average ratings are known they are its one row: they are then the same in every
        draw, and only the clustered trusts are resampled.
    specification : Specification
        How the others were aggregated, scaled and compared. Items are scaled by the mean and
        standard deviation of the n trusts, the new one left out; an item on which these agree adds
        nothing to any distance. The linkage is not asked: the average distance decides.
    draws : int
        1 or more. In each, scores, scaling, distances and limits are those of the draw.
    rng : numpy.random.Generator
        Of this trust alone.

    Returns
    -------
    Placement
        Two cautions. The limit is that of the members there happen to be: of trusts just like
        them, more than 1 in m + 1 lie beyond it where the cluster has m members. (With ten
        independent Gaussian items, 49% for m = 2, 32% for m = 3, 17% for m = 6, 12% for m = 9 and
        8% for m = 15.) And resampling adds sampling error to scores that have it already: a new
        trust of few respondents lands farther from everything in the draws than it is, and
        goes to none more often.

    Raises
    ------
    ValueError
        If labels do not fit, no cluster has two members, items differ in number, an item has no
        answer, draws is below 1, or correlation is asked for where the new trust has the same score
        on every item.

    Examples
    --------
    >>> clustered = gather_ratings(np.array([[1.0], [2.0], [8.0], [9.0]]), np.arange(4), [None])
    >>> usual, rng = Specification(), np.random.default_rng(1)
    >>> found = place_trust(clustered, np.array([1, 1, 2, 2]), np.array([[8.5]]), usual, 9, rng)
    >>> found.cluster, found.average_distances.tolist(), found.member_limits.tolist()
    (2, [7.0, 0.5], [1.0, 1.0])
    """
    _check_labels(labels, reference)
    n, p = len(reference.starts), reference.answers.shape[1]
    if answers.ndim != 2 or answers.shape[1] != p:
        raise ValueError(
            f"the new trust's answers are of shape {answers.shape}; needed is (m, {p})."
        )
    # The new trust is the last of n + 1, so that all of them are resampled by one procedure.
    mats = np.append(np.repeat(np.arange(n), reference.sizes), np.full(len(answers), n))
    weights = np.append(reference.weights, np.ones(len(answers)))
    joined = gather_ratings(np.vstack([reference.answers, answers]), mats, [None] * p, weights)
    observed = observed_scores(joined, specification)
    if specification.metric == "correlation" and np.ptp(observed[n]) == 0:
        raise ValueError(
            "a correlation needs scores that differ between items, and the new trust's do not."
        )
    centroids, averages, limits = _distances(observed[None], labels, specification)
    k = len(averages[0])
    counts = np.zeros(k + 1, dtype=np.int64)
    for scores in resampled_scores(joined, joined.answers, specification, draws, rng):
        at_once = max(1, CHUNK_DISTANCES // (n + 1 + k) ** 2)
        for start in range(0, len(scores), at_once):
            _, drawn, limit = _distances(scores[start : start + at_once], labels, specification)
            counts += np.bincount(_chosen(drawn, limit), minlength=k + 1)
    return Placement(centroids[0], averages[0], limits[0], counts / draws, draws)


def _check_labels(labels: NDArray[np.int64], reference: Ratings) -> None:
    sizes = np.bincount(labels)[1:] if len(labels) and labels.min() > 0 else np.zeros(1)
    if len(labels) != len(reference.starts) or (sizes == 0).any() or sizes.max() < 2:
        raise ValueError(
            f"{len(reference.starts)} trusts have the clusters {labels.tolist()}; needed is one a "
            "trust, numbered from 1 without gaps, and two trusts in at least one of them."
        )


def _distances(
    scores: NDArray[np.float64], labels: NDArray[np.int64], specification: Specification
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Distances to centroids, average distances and limits, each (b, k).

    Takes scores (b, n + 1, p) of which the last trust is the new one.
    """
    n = len(labels)
    members = (labels[:, None] == np.arange(1, labels.max() + 1)).astype(float)
    sizes = members.sum(axis=0)
    scaled = _scaled_by_reference(scores, specification.scaling)
    # einsum adds in one order whatever the number of threads; matmul need not.
    centroids = np.einsum("nk,bnp->bkp", members, scaled[:, :n]) / sizes[:, None]
    apart = batch_distances(np.concatenate([scaled, centroids], axis=1), specification.metric)
    totals = np.einsum("bij,jk->bik", apart[:, : n + 1, :n], members)
    own = totals[:, np.arange(n), labels - 1] / np.maximum(sizes[labels - 1] - 1, 1)
    limits = np.stack(
        [own[:, members[:, one] > 0].max(axis=1) for one in range(len(sizes))], axis=1
    )
    widest = limits[:, sizes > 1].max(axis=1, keepdims=True)
    return apart[:, n, n + 1 :], totals[:, n] / sizes, np.where(sizes > 1, limits, widest)


def _scaled_by_reference(scores: NDArray[np.float64], scaling: str) -> NDArray[np.float64]:
    """Scale all trusts by the mean and standard deviation (n - 1) of all but the last."""
    if scaling != "zscore":
        return scores
    reference = scores[:, :-1]
    deviations = scores - reference.mean(axis=1, keepdims=True)
    spread = reference.std(axis=1, ddof=1, keepdims=True)
    differ = np.ptp(reference, axis=1, keepdims=True) > 0
    return np.divide(deviations, spread, out=np.zeros_like(deviations), where=differ)


def _chosen(averages: NDArray[np.float64], limits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Place 0..k - 1 of the nearest cluster in each draw; k where its limit is passed."""
    nearest = averages.argmin(axis=1)
    draws = np.arange(len(averages))
    distance, limit = averages[draws, nearest], limits[draws, nearest]
    beyond = distance > limit + TOLERANCE * np.maximum(1.0, limit)
    return np.where(beyond, averages.shape[1], nearest)


def placement_table(placements: Mapping[str, Placement]) -> pd.DataFrame:
    """Placements as a table.

    Parameters
    ----------
    placements : mapping of str to Placement
        By the new trust's ``mat_id``, all in the same clusters.

    Returns
    -------
    DataFrame
        ``k, mat_id, kind, cluster, probability, draws, centroid_distance, average_distance,
        member_limit``: for each trust, in the order given, one row a cluster and a last one with
        an empty ``cluster`` and empty distances for none of these. ``kind`` is ``new``.
        Probabilities of a trust add up to 1.

    Examples
    --------
    >>> one = Placement(np.array([2.0]), np.array([2.5]), np.array([1.5]), np.array([0.1, 0.9]), 10)
    >>> placement_table({"T9": one})[["cluster", "probability", "member_limit"]].values.tolist()
    [[1, 0.1, 1.5], [<NA>, 0.9, nan]]
    """
    parts = []
    for mat, one in placements.items():
        k = len(one.member_limits)
        cluster = pd.array([*range(1, k + 1), None], dtype="Int64")
        part = pd.DataFrame({"k": k, "mat_id": mat, "kind": "new", "cluster": cluster})
        part["probability"], part["draws"] = one.shares, one.draws
        part["centroid_distance"] = np.append(one.centroid_distances, np.nan)
        part["average_distance"] = np.append(one.average_distances, np.nan)
        part["member_limit"] = np.append(one.member_limits, np.nan)
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=list(PLACEMENT_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(PLACEMENT_COLUMNS)]
