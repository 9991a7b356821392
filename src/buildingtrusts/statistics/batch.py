"""Many small clusterings at once: the trees, cuts and silhouettes of thousands of draws.

Every draw is clustered as :mod:`.linkage` and :mod:`.validity` cluster one study, with all draws of
a chunk taken through each step together. Average, complete and Ward linkage follow chains of
nearest neighbours (Murtagh, F., 1983, doi:10.1093/comjnl/26.4.354) with the update of Lance and
Williams (doi:10.1093/comjnl/9.4.373); single linkage grows a minimum spanning tree (Prim, R. C.,
1957, doi:10.1002/j.1538-7305.1957.tb01515.x). These are the algorithms of SciPy's ``linkage``,
and ties fall as they do there: of equally near neighbours the one before in the chain, else the
first in the order of rows, and of equally high merges the one found first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.linkage import check_choices

#: Distances held at once, over all draws of a chunk (about 0.6 MB an array, which a core keeps at
#: hand). A draw that has more by itself is a chunk of its own.
CHUNK_DISTANCES = 75_000


@dataclass(frozen=True)
class Clusterings:
    """Partitions of B draws of n objects into each of several numbers of clusters.

    Attributes
    ----------
    k : tuple of int
        The K numbers of clusters, in the order asked for.
    labels : ndarray of shape (B, K, n)
        Cluster of each object, 1..k, numbered by first member as ``cut_tree`` numbers them.
    silhouettes : ndarray of shape (B, K)
        Mean silhouette width over the objects, -1 to 1.
    pseudo_f : ndarray of shape (B, K)
        Sum of squares between clusters over k - 1, over the sum of squares within them over
        n - k, of the (scaled) scores whatever the metric (Caliński, T. and Harabasz, J., 1974,
        doi:10.1080/03610927408827101). Infinite where members of every cluster coincide, ``nan``
        where all objects do, and for k = n.
    widths : ndarray of shape (B, K, n) or None
        Each object's width; None unless asked for.
    """

    k: tuple[int, ...]
    labels: NDArray[np.int16]
    silhouettes: NDArray[np.float64]
    pseudo_f: NDArray[np.float64]
    widths: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Trees:
    """Trees of B draws of n objects.

    Attributes
    ----------
    pairs : ndarray of shape (B, n - 1, 2)
        For each merge, from the lowest up, one member of each of the two groups joined.
    heights : ndarray of shape (B, n - 1)
        The heights of the merges, ascending.
    """

    pairs: NDArray[np.int64]
    heights: NDArray[np.float64]


def cluster_batch(
    scores: NDArray[np.float64],
    k: Sequence[int],
    linkage: str = "average",
    metric: str = "euclidean",
    scaling: str = "none",
    keep_widths: bool = False,
) -> Clusterings:
    """Cluster every draw on its scores and cut each tree at every k.

    Parameters
    ----------
    scores : ndarray of shape (B, n_objects, n_items)
        Nothing missing; on the items' own scale (1-10 for strategy statements).
    k : sequence of int
        Numbers of clusters, each from 2 to n_objects.
    linkage, metric, scaling : str
        As for :func:`.linkage.build_tree`; ``zscore`` scales each draw by its own spread.
    keep_widths : bool
        Also return each object's silhouette width.

    Returns
    -------
    Clusterings
        Of each draw what ``build_tree``, ``cut_tree`` and ``silhouette`` give for it alone, ties
        included. Under ``correlation`` an object with the same score on every item, of which
        ``build_tree`` makes an error, is at distance 1 from all others: in a draw it is nobody's
        mistake.

    Raises
    ------
    ValueError
        If a word is unknown, Ward is asked for without Euclidean distance, a score is missing or
        a k is out of range.

    Examples
    --------
    >>> drawn = np.array([[[9.0], [1.0], [2.0]], [[1.0], [2.0], [9.0]]])
    >>> cluster_batch(drawn, k=[2]).labels[:, 0].tolist()
    [[1, 2, 2], [1, 1, 2]]
    """
    check_choices(linkage, metric, scaling)
    _check_batch(scores, k)
    n_draws, n = scores.shape[:2]
    labels = np.empty((n_draws, len(k), n), dtype=np.int16)
    silhouettes, ratios = np.empty((2, n_draws, len(k)))
    widths = np.empty((n_draws, len(k), n)) if keep_widths else None
    at_once = max(1, CHUNK_DISTANCES // n**2)
    for start in range(0, n_draws, at_once):
        part = slice(start, start + at_once)
        scaled = scale_batch(scores[part], scaling)
        apart = batch_distances(scaled, metric)
        for cut in _cuts(scaled, apart, batch_trees(apart, linkage), k):
            labels[part, cut.place] = cut.labels
            silhouettes[part, cut.place] = cut.widths.mean(axis=1)
            ratios[part, cut.place] = cut.pseudo_f
            if widths is not None:
                widths[part, cut.place] = cut.widths
    return Clusterings(tuple(k), labels, silhouettes, ratios, widths)


def _check_batch(scores: NDArray[np.float64], k: Sequence[int]) -> None:
    if scores.ndim != 3 or scores.shape[1] < 2:
        raise ValueError(
            f"scores have the shape {scores.shape}; needed are draws x objects x items, with at "
            "least two objects."
        )
    wrong = [one for one in k if not 2 <= one <= scores.shape[1]]
    if wrong:
        raise ValueError(
            f"k is {wrong[0]}; with {scores.shape[1]} objects it can be from 2 to "
            f"{scores.shape[1]} here."
        )
    missing = int((~np.isfinite(scores)).sum())
    if missing:
        raise ValueError(f"{missing} scores of the draws are missing; fill or leave them out.")


def scale_batch(scores: NDArray[np.float64], scaling: str) -> NDArray[np.float64]:
    """Scale items over the objects of each draw, as :func:`.linkage.scale` does for one."""
    if scaling != "zscore":
        return scores
    deviations = scores - scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, ddof=1, keepdims=True)
    differ = np.ptp(scores, axis=1, keepdims=True) > 0
    return np.divide(deviations, spread, out=np.zeros_like(deviations), where=differ)


def batch_distances(scores: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Distances between the objects of each draw.

    Parameters
    ----------
    scores : ndarray of shape (B, n, n_items)
    metric : {"euclidean", "manhattan", "correlation"}

    Returns
    -------
    ndarray of shape (B, n, n)
        Symmetric, zero on the diagonal. Items are added up one after the other, as SciPy's
        ``pdist`` does, so that what is tied there is tied here.
    """
    n_draws, n, n_items = scores.shape
    if metric == "correlation":
        return _correlation_distances(scores)
    total = np.zeros((n_draws, n, n))
    for item in range(n_items):
        column = scores[:, :, item]
        step = column[:, :, None] - column[:, None, :]
        total += np.abs(step, out=step) if metric == "manhattan" else np.square(step, out=step)
    return total if metric == "manhattan" else np.sqrt(total, out=total)


def _correlation_distances(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    n_draws, n, n_items = scores.shape
    centred = scores - scores.mean(axis=2, keepdims=True)
    products = np.zeros((n_draws, n, n))
    for item in range(n_items):
        column = centred[:, :, item]
        products += column[:, :, None] * column[:, None, :]
    itself = np.arange(n)
    lengths = np.sqrt(products[:, itself, itself])
    # Equal decimals can deviate from their mean in the last bit, so the scores are compared.
    profiled = np.ptp(scores, axis=2) > 0
    cosines = np.divide(
        products,
        lengths[:, :, None] * lengths[:, None, :],
        out=np.zeros_like(products),
        where=profiled[:, :, None] & profiled[:, None, :],
    )
    apart = 1 - np.clip(cosines, -1, 1)
    apart[:, itself, itself] = 0
    return apart


def batch_trees(distances: NDArray[np.float64], linkage: str) -> Trees:
    """Build the tree of each draw.

    Parameters
    ----------
    distances : ndarray of shape (B, n, n)
        Symmetric and finite.
    linkage : {"average", "complete", "single", "ward"}

    Returns
    -------
    Trees

    Examples
    --------
    >>> points = np.array([1.0, 2.0, 9.0])
    >>> batch_trees(abs(points[:, None] - points)[None], "average").heights.tolist()
    [[1.0, 7.5]]
    """
    grow = _spanning_tree if linkage == "single" else _neighbour_chains
    pairs, heights = grow(distances, linkage)
    order = np.argsort(heights, axis=1, kind="stable")
    return Trees(
        np.take_along_axis(pairs, order[:, :, None], axis=1),
        np.take_along_axis(heights, order, axis=1),
    )


def _spanning_tree(
    distances: NDArray[np.float64], linkage: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Reach the object nearest to those reached so far, from the first object on."""
    n_draws, n, _ = distances.shape
    draws = np.arange(n_draws)
    nearest = np.full((n_draws, n), np.inf)
    source = np.zeros((n_draws, n), dtype=np.int64)
    reached = np.zeros((n_draws, n), dtype=bool)
    pairs = np.empty((n_draws, n - 1, 2), dtype=np.int64)
    heights = np.empty((n_draws, n - 1))
    latest = np.zeros(n_draws, dtype=np.int64)
    for step in range(n - 1):
        reached[draws, latest] = True
        from_latest = distances[draws, latest]
        closer = from_latest < nearest
        np.copyto(nearest, from_latest, where=closer)
        np.copyto(source, latest[:, None], where=closer)
        nearest[reached] = np.inf
        latest = nearest.argmin(axis=1)
        pairs[:, step, 0], pairs[:, step, 1] = source[draws, latest], latest
        heights[:, step] = nearest[draws, latest]
    return pairs, heights


def _neighbour_chains(
    distances: NDArray[np.float64], linkage: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Walk from group to nearest group until two are each other's nearest; join them; go on.

    Each draw has a walk of its own; a turn of the loop is one look for the nearest group in every
    draw that is not finished. A joined group takes the place of its later row.
    """
    n_draws, n, _ = distances.shape
    apart = distances.copy()
    itself = np.arange(n)
    apart[:, itself, itself] = np.inf
    rows = apart.reshape(n_draws * n, n)
    sizes = np.ones((n_draws, n))
    pairs = np.empty((n_draws, n - 1, 2), dtype=np.int64)
    heights = np.empty((n_draws, n - 1))
    made = np.zeros(n_draws, dtype=np.int64)
    # Place 0 stays -1, "nothing before", so that each chain starts at place 1, with object 0.
    chain = np.full((n_draws, n + 2), -1, dtype=np.int64)
    chain[:, 1] = 0
    end = np.ones(n_draws, dtype=np.int64)
    active = np.arange(n_draws)
    while len(active):
        tip, before = chain[active, end[active]], chain[active, end[active] - 1]
        nearest, height = _nearest(rows[active * n + tip], before)
        mutual = nearest == before
        walking = active[~mutual]
        end[walking] += 1
        chain[walking, end[walking]] = nearest[~mutual]
        joining = active[mutual]
        if len(joining):
            ends = np.sort(np.stack([tip[mutual], before[mutual]], axis=1), axis=1)
            pairs[joining, made[joining]] = ends
            heights[joining, made[joining]] = height[mutual]
            _join_groups(apart, sizes, joining, ends, height[mutual], linkage)
            made[joining] += 1
            end[joining] -= 2
            over = joining[end[joining] == 0]
            chain[over, 1], end[over] = (sizes[over] > 0).argmax(axis=1), 1
            active = active[made[active] < n - 1]
    return pairs, heights


def _nearest(
    row: NDArray[np.float64], before: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The nearest group in each row and how far it is; if equally near, the one before."""
    here = np.arange(len(row))
    nearest = row.argmin(axis=1)
    height = row[here, nearest]
    back = (before >= 0) & (row[here, before] == height)
    return np.where(back, before, nearest), height


def _join_groups(
    apart: NDArray[np.float64],
    sizes: NDArray[np.float64],
    draws: NDArray[np.int64],
    ends: NDArray[np.int64],
    height: NDArray[np.float64],
    linkage: str,
) -> None:
    """Join two groups in each of some draws, by Lance and Williams' formula as SciPy writes it."""
    gone, kept = ends.T
    to_gone, to_kept = apart[draws, gone], apart[draws, kept]
    n_gone, n_kept = sizes[draws, gone][:, None], sizes[draws, kept][:, None]
    if linkage == "average":
        joined = (n_gone * to_gone + n_kept * to_kept) / (n_gone + n_kept)
    elif linkage == "complete":
        joined = np.maximum(to_gone, to_kept)
    else:
        others = sizes[draws]
        share = 1.0 / (n_gone + n_kept + others)
        joined = np.sqrt(
            (others + n_gone) * share * to_gone * to_gone
            + (others + n_kept) * share * to_kept * to_kept
            - others * share * height[:, None] * height[:, None]
        )
    apart[draws, kept] = joined
    apart[draws, :, kept] = joined
    apart[draws, kept, kept] = np.inf
    # The row of a group that is gone is never looked at again; its column must not be chosen.
    apart[draws, :, gone] = np.inf
    sizes[draws, kept] += sizes[draws, gone]
    sizes[draws, gone] = 0


@dataclass(frozen=True)
class _Cut:
    """All trees cut at one k, which has a place in the list of those wanted."""

    place: int
    labels: NDArray[np.int64]
    widths: NDArray[np.float64]
    pseudo_f: NDArray[np.float64]


def _cuts(
    scores: NDArray[np.float64], distances: NDArray[np.float64], trees: Trees, k: Sequence[int]
) -> Iterator[_Cut]:
    """Make the merges of all trees from the lowest up and stop at every k."""
    n_draws, n, _ = scores.shape
    draws = np.arange(n_draws)
    # A group goes by the number of its first member; its sums are kept in that row.
    groups = np.tile(np.arange(n), (n_draws, 1))
    sizes = np.ones((n_draws, n))
    totals = distances.copy()
    sums = scores - scores.mean(axis=1, keepdims=True)
    overall = np.square(sums).sum(axis=(1, 2))
    within = np.zeros(n_draws)
    for clusters in range(n, min(k) - 1, -1):
        for place, wanted in enumerate(k):
            if wanted == clusters:
                labels, widths = _labels_and_widths(groups, totals, sizes)
                yield _Cut(place, labels, widths, _pseudo_f(overall, within, n, clusters))
        if clusters == min(k):
            return
        left, right = trees.pairs[:, n - clusters].T
        ends = np.sort(np.stack([groups[draws, left], groups[draws, right]], axis=1), axis=1)
        first, second = ends.T
        within += _increase(sums, sizes, first, second)
        for kept in (totals, sums, sizes):
            kept[draws, first] += kept[draws, second]
        totals[draws, second] = np.inf
        np.copyto(groups, first[:, None], where=groups == second[:, None])


def _increase(
    sums: NDArray[np.float64],
    sizes: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> NDArray[np.float64]:
    """By how much the sum of squares within groups grows when two are joined."""
    draws = np.arange(len(sums))
    n_first, n_second = sizes[draws, first], sizes[draws, second]
    step = sums[draws, first] / n_first[:, None] - sums[draws, second] / n_second[:, None]
    grown: NDArray[np.float64] = np.square(step).sum(axis=1)
    return grown * n_first * n_second / (n_first + n_second)


def _pseudo_f(
    overall: NDArray[np.float64], within: NDArray[np.float64], n: int, k: int
) -> NDArray[np.float64]:
    if k == n:
        return np.full(len(overall), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return ((overall - within) / (k - 1)) / (within / (n - k))


def _labels_and_widths(
    groups: NDArray[np.int64], totals: NDArray[np.float64], sizes: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    objects = np.arange(groups.shape[1])
    draws = np.arange(len(groups))[:, None]
    numbers = np.cumsum(groups == objects, axis=1)
    own_sizes = sizes[draws, groups]
    a = totals[draws, groups, objects] / np.maximum(own_sizes - 1, 1)
    means = totals / sizes[:, :, None]
    means[draws, groups, objects] = np.inf
    b = means.min(axis=1)
    larger = np.maximum(a, b)
    widths = np.divide(b - a, larger, out=np.zeros_like(b), where=(own_sizes > 1) & (larger > 0))
    return numbers[draws, groups], widths
