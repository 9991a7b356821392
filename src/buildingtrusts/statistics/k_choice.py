"""How many clusters? What seven indices choose, and their vote.

Five judge the study's own partitions: the mean silhouette width (:mod:`.validity`) and the four of
:mod:`.indices`. Two draw at random. The *gap statistic* (Tibshirani, R., Walther, G. and Hastie,
T., 2001, doi:10.1111/1467-9868.00293) asks how much smaller the sum of squares within clusters is,
on a log scale, than in objects spread evenly over a box: ``scaled_pca``, a box along the principal
axes (the paper's choice b and R's default), or ``original``, one along the items (choice a). It
takes the smallest k whose gap is within one standard error of the next (R's ``Tibs2001SEmax``).
*Prediction strength* (Tibshirani, R. and Walther, G., 2005, doi:10.1198/106186005X59243) splits
the objects in half, clusters both, and asks how many pairs that share a cluster of one half would
share one by the clusters of the other; it takes the largest k above .8. Only these two can choose a
single cluster. Indices describe and do not test: each answers for any data, noise included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.batch import cluster_batch
from buildingtrusts.statistics.monte_carlo import chunks
from buildingtrusts.statistics.ordination import ordinate
from buildingtrusts.statistics.partitions import Partitions

K_INDEX_COLUMNS = ("index", "null", "k", "value", "se", "chosen", "draws")
GAP_NULLS = ("scaled_pca", "original")

#: The indices of one partition, and whether the largest value is best.
LARGEST_IS_BEST = {
    **{"silhouette": True, "calinski_harabasz": True},
    **{"davies_bouldin": False, "dunn": True, "c_index": False},
}
#: Prediction strength above which Tibshirani and Walther take clusters as predictable.
STRONG = 0.8
#: Values this close, relative to the best, are tied: then the smaller k is chosen.
TIED = 1e-12
#: A sum of squares within clusters below this part of the total is rounding: members coincide.
COINCIDING = 1e-26


@dataclass(frozen=True)
class Criterion:
    """What one index says of several numbers of clusters.

    Attributes
    ----------
    index : str
        Its name.
    k : tuple of int
        Numbers of clusters, ascending.
    values : ndarray of shape (K,)
        ``nan`` where the index is not defined.
    chosen : int or None
        The k that the index picks; None where it cannot pick any.
    errors : ndarray of shape (K,) or None
        Standard errors of an index that draws at random.
    draws : int
        Random draws; 0 for none.
    null : str or None
        What the gap is held against; None for other indices.
    """

    index: str
    k: tuple[int, ...]
    values: NDArray[np.float64]
    chosen: int | None
    errors: NDArray[np.float64] | None = None
    draws: int = 0
    null: str | None = None

    def rows(self) -> Iterator[tuple[object, ...]]:
        """One row a number of clusters, with the columns of ``k_indices.csv``."""
        errors = np.full(len(self.k), np.nan) if self.errors is None else self.errors
        for k, value, error in zip(self.k, self.values, errors, strict=True):
            picked = int(k == self.chosen)
            yield self.index, self.null, k, float(value), float(error), picked, self.draws


@dataclass(frozen=True)
class KIndices:
    """All indices of the number of clusters.

    Attributes
    ----------
    criteria : tuple of Criterion
        The five of one partition, prediction strength, and the gap under either null.
    draws : int
        Draws of each index that draws at random.
    """

    criteria: tuple[Criterion, ...]
    draws: int

    def vote(self) -> Criterion:
        """How many of the seven indices choose each k, and the k with most votes.

        The gap is one index and has one vote, half for each of its nulls: two votes would weigh
        the only index that leans to a single cluster twice. An index that cannot choose does not
        vote. Of k with equally many votes the smallest is chosen.
        """
        examined = sorted({k for one in self.criteria for k in one.k})
        votes = dict.fromkeys(examined, 0.0)
        for one in self.criteria:
            if one.chosen is not None:
                votes[one.chosen] += 1.0 if one.null is None else 1 / len(GAP_NULLS)
        counted = np.array(list(votes.values()))
        most = examined[int(counted.argmax())] if counted.any() else None
        return Criterion("vote", tuple(examined), counted, most, draws=self.draws)

    def table(self) -> pd.DataFrame:
        """The table ``k_indices``: index by index, the vote last, k ascending."""
        rows = [row for one in (*self.criteria, self.vote()) for row in one.rows()]
        return pd.DataFrame(rows, columns=list(K_INDEX_COLUMNS))


def choose_k(
    partitions: Partitions,
    scores: NDArray[np.float64],
    metric: str,
    draws: int,
    stream: Callable[[str], np.random.Generator],
) -> KIndices:
    """Ask every index how many clusters there are.

    Parameters
    ----------
    partitions : Partitions
        Of n objects, for each k of interest; made with ``scores``.
    scores : ndarray of shape (n, p)
        As they were clustered, after scaling.
    metric : {"euclidean", "manhattan", "correlation"}
        Of the partitions' tree.
    draws : int
        Samples from each null of the gap, and splits for prediction strength; 2 or more.
    stream : callable
        Gives a generator for ``gap scaled_pca``, ``gap original`` and ``prediction strength``.

    Returns
    -------
    KIndices
        Indices of one partition are for the partitions' k, prediction strength for k = 1 besides,
        and the gap for every k from 1 to the largest. Without partitions there are none.

    Examples
    --------
    >>> from buildingtrusts.statistics.linkage import build_tree
    >>> from buildingtrusts.statistics.partitions import partition_tree
    >>> points = np.array([[0.0], [1.0], [2.1], [20.0], [21.0], [22.1]])
    >>> parts = partition_tree(build_tree(points, list("ABCDEF")), [2, 3, 4], points)
    >>> found = choose_k(parts, points, "euclidean", 50, lambda _: np.random.default_rng(1))
    >>> found.vote().chosen
    2
    """
    linkage, k = partitions.tree.linkage, sorted(partitions.labels)
    if not k:
        return KIndices((), draws)
    strength = prediction_strength(
        *(scores, partitions.tree.distances, k, draws, stream("prediction strength")),
        *(linkage, metric),
    )
    gaps = [
        gap_statistic(scores, null, max(k), draws, stream(f"gap {null}"), linkage, metric)
        for null in GAP_NULLS
    ]
    return KIndices((*judge_partitions(partitions), strength, *gaps), draws)


def judge_partitions(partitions: Partitions) -> tuple[Criterion, ...]:
    """Let the five indices of one partition choose among several.

    Parameters
    ----------
    partitions : Partitions
        For at least one k.

    Returns
    -------
    tuple of Criterion
        Silhouette, Caliński-Harabasz and Dunn choose the largest value, Davies-Bouldin and the
        C-index the smallest; of tied k the smallest.
    """
    k = tuple(sorted(partitions.labels))
    return tuple(
        choose_best(
            name,
            k,
            np.array(
                [
                    partitions.silhouettes[one].mean_width
                    if name == "silhouette"
                    else getattr(partitions.indices[one], name)
                    for one in k
                ]
            ),
        )
        for name in LARGEST_IS_BEST
    )


def choose_best(index: str, k: tuple[int, ...], values: NDArray[np.float64]) -> Criterion:
    """Choose the k with the best value of an index of one partition; of tied ones the smallest.

    Examples
    --------
    >>> choose_best("davies_bouldin", (2, 3, 4), np.array([0.5, 0.2, np.nan])).chosen
    3
    """
    defined = values[~np.isnan(values)]
    if not len(defined):
        return Criterion(index, k, values, None)
    best = defined.max() if LARGEST_IS_BEST[index] else defined.min()
    tied = np.isclose(values, best, rtol=TIED, atol=0)
    return Criterion(index, k, values, k[int(tied.argmax())])


def gap_statistic(
    scores: NDArray[np.float64],
    null: str,
    k_max: int,
    draws: int,
    rng: np.random.Generator,
    linkage: str = "average",
    metric: str = "euclidean",
) -> Criterion:
    """Compute the gap statistic for k = 1 to k_max.

    Parameters
    ----------
    scores : ndarray of shape (n, p)
        As they were clustered, after scaling; samples are not scaled anew.
    null : {"scaled_pca", "original"}
        The box over which samples are spread evenly.
    k_max : int
        From 1 to n - 1.
    draws : int
        Samples, 2 or more.
    rng : numpy.random.Generator
        Of this null alone.
    linkage, metric : str
        As for :func:`.linkage.build_tree`.

    Returns
    -------
    Criterion
        As R's ``cluster::clusGap`` with ``d.power = 2``, which is the paper's proposal (R's default
        is 1): sums of squares of the scores, whatever metric clusters are made with. Standard
        errors are the samples' standard deviation (with draws - 1) times sqrt(1 + 1/draws).
        Infinite from the k on at which members coincide; ``nan``, and nothing chosen, where all
        objects do.

    Raises
    ------
    ValueError
        If the null is unknown, there are fewer than 2 draws, or k_max is out of range.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [2.1], [20.0], [21.0], [22.1]])
    >>> gap_statistic(points, "original", 4, 200, np.random.default_rng(1)).chosen
    2
    """
    if draws < 2:
        raise ValueError(f"draws is {draws}; a standard error needs 2 or more.")
    samples = reference_samples(scores, null, draws, rng)
    drawn = [log_dispersions(sample, k_max, linkage, metric) for sample in samples]
    observed = log_dispersions(scores[None], k_max, linkage, metric)[0]
    return compare_dispersions(null, observed, np.concatenate(drawn))


def reference_samples(
    scores: NDArray[np.float64], null: str, draws: int, rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Draw objects spread evenly over the box of the scores.

    Yields
    ------
    ndarray of shape (b, n, p)
        The next b of the draws.

    Raises
    ------
    ValueError
        If the null is unknown.
    """
    axes, low, high = reference_box(scores, null)
    for size, child in chunks(draws, scores.size, rng):
        inside = low + (high - low) * child.random((size, len(scores), len(low)))
        # einsum adds in one order whatever the number of threads; matmul need not.
        yield scores.mean(axis=0) + np.einsum("bnm,pm->bnp", inside, axes)


def reference_box(
    scores: NDArray[np.float64], null: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Find the box around scores, seen from their centroid.

    Parameters
    ----------
    scores : ndarray of shape (n, p)
    null : {"scaled_pca", "original"}

    Returns
    -------
    axes : ndarray of shape (p, m)
        Directions of its m edges: the principal axes, or the items (m = p).
    low, high : ndarray of shape (m,)
        Where it starts and ends on each.

    Raises
    ------
    ValueError
        If the null is unknown.
    """
    if null not in GAP_NULLS:
        raise ValueError(f"null is {null!r}; allowed are {', '.join(GAP_NULLS)}.")
    if null == "original":
        places, axes = scores - scores.mean(axis=0), np.eye(scores.shape[1])
    else:
        found = ordinate(scores)
        places, axes = found.coordinates, found.loadings
    return axes, places.min(axis=0), places.max(axis=0)


def log_dispersions(
    scores: NDArray[np.float64], k_max: int, linkage: str, metric: str
) -> NDArray[np.float64]:
    """Cluster B sets of scores and take the log of the sum of squares within clusters.

    Parameters
    ----------
    scores : ndarray of shape (B, n, p)
    k_max : int
        From 1 to n - 1.
    linkage, metric : str

    Returns
    -------
    ndarray of shape (B, k_max)
        log W of the paper for k = 1 to k_max (R's is smaller by log 2, which cancels). Minus
        infinity where members of every cluster coincide; ``nan`` where all objects do.

    Raises
    ------
    ValueError
        If k_max is out of range.
    """
    n = scores.shape[1]
    if not 1 <= k_max < n:
        raise ValueError(f"k_max is {k_max}; with {n} objects it can be from 1 to {n - 1}.")
    total = np.square(scores - scores.mean(axis=1, keepdims=True)).sum(axis=(1, 2))
    total[(np.ptp(scores, axis=1) == 0).all(axis=1)] = np.nan
    shares = np.ones((len(scores), k_max))
    if k_max > 1:
        k = np.arange(2, k_max + 1)
        # The pseudo-F is (T - W) / (k - 1) over W / (n - k): solved for W / T.
        pseudo_f = cluster_batch(scores, k.tolist(), linkage, metric).pseudo_f
        shares[:, 1:] = (n - k) / ((n - k) + (k - 1) * pseudo_f)
    shares[shares < COINCIDING] = 0
    with np.errstate(divide="ignore"):
        logs: NDArray[np.float64] = np.log(shares * total[:, None])
    return logs


def compare_dispersions(
    null: str, observed: NDArray[np.float64], drawn: NDArray[np.float64]
) -> Criterion:
    """Hold log dispersions of a study, shape (K,), against those of B samples, shape (B, K).

    Returns
    -------
    Criterion
        The gap for k = 1..K. Chosen is the smallest k whose gap is at least the next k's less its
        standard error; K if there is none.

    Examples
    --------
    >>> drawn = np.array([[3.0, 2.0, 1.0], [3.2, 2.2, 1.2]])
    >>> found = compare_dispersions("original", np.array([3.0, 1.0, 0.5]), drawn)
    >>> found.values.round(3).tolist(), found.chosen
    ([0.1, 1.1, 0.6], 2)
    """
    draws, k_max = drawn.shape
    gaps = drawn.mean(axis=0) - observed
    errors = drawn.std(axis=0, ddof=1) * np.sqrt(1 + 1 / draws)
    enough = np.append(gaps[:-1] >= gaps[1:] - errors[1:], True)
    chosen = None if np.isnan(gaps).any() else int(enough.argmax()) + 1
    return Criterion("gap", tuple(range(1, k_max + 1)), gaps, chosen, errors, draws, null)


def prediction_strength(
    scores: NDArray[np.float64],
    distances: NDArray[np.float64],
    k: Sequence[int],
    draws: int,
    rng: np.random.Generator,
    linkage: str = "average",
    metric: str = "euclidean",
) -> Criterion:
    """Ask how well clusters of one half of the objects predict those of the other half.

    Parameters
    ----------
    scores : ndarray of shape (n, p)
        As they were clustered, after scaling; halves are not scaled anew.
    distances : ndarray of shape (n, n)
        Between them, by the metric.
    k : sequence of int
        From 2 up, ascending; 1 is added, whose strength is 1 by definition.
    draws : int
        Random splits, 2 or more.
    rng : numpy.random.Generator
        Of the splits.
    linkage, metric : str
        As for :func:`.linkage.build_tree`.

    Returns
    -------
    Criterion
        Means over the splits, and their standard errors. Chosen is the largest k above .8. As in
        ``fpc`` a cluster of one counts as predicted, so that strength rises for nothing as k nears
        half of n (with twelve objects in three clear clusters, 46 of 60 studies had k = 5 above
        .8). So a k is examined only where halves have two objects a cluster on average, k at most
        n // 4, and is ``nan`` elsewhere. With fewer than eight objects nothing is chosen.

    Raises
    ------
    ValueError
        If there are fewer than 2 draws.

    Examples
    --------
    >>> points = np.array([[0.0], [1.0], [2.1], [3.0], [20.0], [21.0], [22.1], [23.0]])
    >>> near = abs(points - points.T)
    >>> prediction_strength(points, near, [2, 3], 100, np.random.default_rng(1)).chosen
    2
    """
    if draws < 2:
        raise ValueError(f"draws is {draws}; a standard error needs 2 or more.")
    n = len(scores)
    examined = [one for one in k if one <= n // 4]
    values, errors = np.full((2, 1 + len(k)), np.nan)
    values[0], errors[0] = 1.0, 0.0
    if examined:
        strengths = np.concatenate(
            [
                split_strengths(scores, distances, orders, examined, linkage, metric)
                for orders in _random_orders(n, draws, rng)
            ]
        )
        here = slice(1, 1 + len(examined))
        values[here] = strengths.mean(axis=0)
        errors[here] = strengths.std(axis=0, ddof=1) / np.sqrt(draws)
    numbers = (1, *k)
    strong = [one for one, value in zip(numbers, values, strict=True) if value > STRONG]
    chosen = max(strong) if examined else None
    return Criterion("prediction_strength", numbers, values, chosen, errors, draws)


def _random_orders(n: int, draws: int, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    for size, child in chunks(draws, n * n, rng):
        yield child.permuted(np.tile(np.arange(n), (size, 1)), axis=1)


def split_strengths(
    scores: NDArray[np.float64],
    distances: NDArray[np.float64],
    orders: NDArray[np.int64],
    k: Sequence[int],
    linkage: str,
    metric: str,
) -> NDArray[np.float64]:
    """Prediction strength in each of M splits, as R's ``fpc::prediction.strength`` computes it.

    Parameters
    ----------
    scores, distances : ndarray of shape (n, p) and (n, n)
    orders : ndarray of shape (M, n)
        Orders of the objects; the first n // 2 are one half of the split.
    k : sequence of int
        Each from 2 to n // 2.
    linkage, metric : str
        Objects of the other half go to the cluster that is nearest as the linkage takes it: by
        mean distance (``average``), by the farthest or the nearest member (``complete``,
        ``single``), or by centroid (``ward``).

    Returns
    -------
    ndarray of shape (M, K)
        Mean over the two halves of the least well predicted cluster's share of pairs, 0 to 1.
    """
    half = orders.shape[1] // 2
    halves = (orders[:, :half], orders[:, half:])
    found = [cluster_batch(scores[one], k, linkage, metric).labels for one in halves]
    strengths = np.zeros((len(orders), len(k)))
    for test, train in ((0, 1), (1, 0)):
        apart = distances[halves[test][:, :, None], halves[train][:, None, :]]
        for place, one in enumerate(k):
            learnt = _memberships(found[train][:, place], one)
            if linkage == "ward":
                reach = _to_centroids(scores[halves[test]], scores[halves[train]], learnt)
            else:
                reach = _to_clusters(apart, learnt, linkage)
            own = _memberships(found[test][:, place], one)
            predicted = _memberships(reach.argmin(axis=2) + 1, one)
            strengths[:, place] += _weakest_cluster(own, predicted) / 2
    return strengths


def _memberships(labels: NDArray[np.integer], k: int) -> NDArray[np.float64]:
    """1 for each object's own cluster, else 0; shape (M, objects, k)."""
    return (labels[:, :, None] == np.arange(1, k + 1)).astype(float)


def _to_clusters(
    apart: NDArray[np.float64], members: NDArray[np.float64], linkage: str
) -> NDArray[np.float64]:
    """How far objects are from clusters as the linkage takes it; shape (M, objects, k)."""
    if linkage == "average":
        means: NDArray[np.float64] = np.einsum("mij,mjk->mik", apart, members)
        return means / members.sum(axis=1)[:, None]
    worst, extreme = (-np.inf, np.max) if linkage == "complete" else (np.inf, np.min)
    return np.stack(
        [
            extreme(np.where(members[:, None, :, one] > 0, apart, worst), axis=2)
            for one in range(members.shape[2])
        ],
        axis=2,
    )


def _to_centroids(
    objects: NDArray[np.float64], others: NDArray[np.float64], members: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Squared distances of objects to the centroids of the others' clusters; (M, objects, k)."""
    sums = np.einsum("mjk,mjp->mkp", members, others)
    centroids = sums / members.sum(axis=1)[:, :, None]
    return np.stack(
        [np.square(objects - one[:, None]).sum(axis=2) for one in np.moveaxis(centroids, 1, 0)],
        axis=2,
    )


def _weakest_cluster(
    own: NDArray[np.float64], predicted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of a cluster's pairs that are predicted together, in the cluster where it is least."""
    shared = np.einsum("mic,mip->mcp", own, predicted)
    sizes = own.sum(axis=1)
    kept = (np.square(shared) - shared).sum(axis=2)
    pairs = sizes * (sizes - 1)
    shares = np.divide(kept, pairs, out=np.ones_like(pairs), where=pairs > 0)
    weakest: NDArray[np.float64] = shares.min(axis=1)
    return weakest
