"""Agglomerative clustering: the tree, its cuts, and how well it keeps the distances.

Objects are merged pairwise from the closest up; the distance between groups is their average
distance (``average``, UPGMA), their farthest pair (``complete``), their nearest pair
(``single``), or the increase in within-group variance (``ward``, R's ``ward.D2``). Clusters of a
cut are numbered by their first member, as R's ``cutree`` numbers them. Reference: Kaufman, L. and
Rousseeuw, P. J. (1990), *Finding Groups in Data*, doi:10.1002/9780470316801.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LINKAGES = ("average", "complete", "single", "ward")
METRICS = ("euclidean", "manhattan", "correlation")
SCALINGS = ("none", "zscore", "respondent_centred")

#: Two distances closer than this (relative to the tallest merge) count as tied: sums of rounded
#: ratings differ in their last bits by the order in which they were added.
TIE_TOLERANCE = 1e-12


@dataclass(frozen=True)
class Tree:
    """A finished agglomerative clustering of n objects.

    Attributes
    ----------
    labels : tuple of str
        The n objects, in the order of their rows.
    merges : ndarray of shape (n - 1, 4)
        One merge a row as SciPy writes it: the two groups joined (objects are 0..n-1, the merge
        of row i is n + i), the height, and the number of objects below.
    distances : ndarray of shape (n, n)
        The symmetric distances the tree was built from, zero on the diagonal.
    linkage : str
        How the distance between groups was taken.
    """

    labels: tuple[str, ...]
    merges: NDArray[np.float64]
    distances: NDArray[np.float64]
    linkage: str

    @property
    def merge_heights(self) -> NDArray[np.float64]:
        """Heights of the n - 1 merges, in the order they were made."""
        return self.merges[:, 2]


def build_tree(
    scores: NDArray[np.float64],
    labels: Sequence[str],
    linkage: str = "average",
    metric: str = "euclidean",
    scaling: str = "none",
) -> Tree:
    """Cluster objects on their scores.

    Parameters
    ----------
    scores : ndarray of shape (n_objects, n_items)
        Mean ratings on the items' own scale (1-10 for strategy statements). At least two
        objects, nothing missing.
    labels : sequence of str, length n_objects
        Names of the objects, all different.
    linkage : {"average", "complete", "single", "ward"}
        How the distance between groups is taken. Ward needs Euclidean distances.
    metric : {"euclidean", "manhattan", "correlation"}
        Distance between two objects; ``correlation`` is one minus Pearson's r across items.
    scaling : {"none", "zscore", "respondent_centred"}
        ``zscore`` divides each item by its standard deviation (n - 1) over the objects. Centring
        by respondent happens before aggregation (:func:`.aggregation.aggregate_scores`), so here
        it leaves the scores as they are.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        If a word is not one of those above, Ward is asked for without Euclidean distance, a
        score is missing, there are fewer than two objects, or correlation is asked for where an
        object has the same score on every item.

    Examples
    --------
    >>> tree = build_tree(np.array([[1.0], [2.0], [9.0]]), ["A", "B", "C"])
    >>> tree.merge_heights.tolist()
    [1.0, 7.5]
    """
    from scipy.cluster.hierarchy import linkage as agglomerate
    from scipy.spatial.distance import squareform

    check_choices(linkage, metric, scaling)
    _check_scores(scores, labels)
    scaled = scale(scores, scaling)
    if metric == "correlation":
        _check_profiles(scaled, labels)
    condensed = condensed_distances(scaled, metric)
    merges = agglomerate(condensed, method=linkage)
    return Tree(tuple(labels), merges, squareform(condensed), linkage)


def check_choices(linkage: str, metric: str, scaling: str) -> None:
    """Raise ``ValueError`` if a clustering choice is not one the study offers."""
    for word, allowed, name in (
        (linkage, LINKAGES, "linkage"),
        (metric, METRICS, "metric"),
        (scaling, SCALINGS, "scaling"),
    ):
        if word not in allowed:
            raise ValueError(f"{name} is {word!r}; allowed are {', '.join(allowed)}.")
    if linkage == "ward" and metric != "euclidean":
        raise ValueError(
            f"linkage 'ward' is defined for Euclidean distances, not {metric!r}; choose metric "
            "'euclidean' or another linkage."
        )


def scale(scores: NDArray[np.float64], scaling: str) -> NDArray[np.float64]:
    """Scale items over objects: ``zscore`` to mean 0 and standard deviation (n - 1) 1.

    An item on which all objects agree cannot be scaled; it becomes 0 for all and so adds nothing
    to any distance.

    Examples
    --------
    >>> scale(np.array([[1.0, 5.0], [3.0, 5.0]]), "zscore").round(3).tolist()
    [[-0.707, 0.0], [0.707, 0.0]]
    """
    if scaling != "zscore":
        return scores
    deviations = scores - scores.mean(axis=0)
    spread = scores.std(axis=0, ddof=1)
    # Equal decimals can have a spread in the last bit, so the scores themselves are compared.
    apart = np.ptp(scores, axis=0) > 0
    return np.divide(deviations, spread, out=np.zeros_like(deviations), where=apart)


def condensed_distances(scores: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    """Pairwise distances as a vector of length n (n - 1) / 2, in SciPy's order."""
    from scipy.spatial.distance import pdist

    distances: NDArray[np.float64] = pdist(
        scores, metric="cityblock" if metric == "manhattan" else metric
    )
    return distances


def _check_scores(scores: NDArray[np.float64], labels: Sequence[str]) -> None:
    if len(scores) < 2:
        raise ValueError(f"a tree needs at least two objects, found {len(scores)}.")
    if len(set(labels)) != len(scores):
        raise ValueError(f"{len(scores)} objects need as many different labels, found {labels}.")
    bad = ~np.isfinite(scores)
    if bad.any():
        names = [labels[int(row)] for row in np.flatnonzero(bad.any(axis=1))]
        raise ValueError(
            f"{bad.sum()} scores are missing, of {', '.join(names)}; leave these objects or "
            "their items out."
        )


def _check_profiles(scores: NDArray[np.float64], labels: Sequence[str]) -> None:
    flat = np.flatnonzero(np.ptp(scores, axis=1) == 0)
    if len(flat):
        raise ValueError(
            f"a correlation needs scores that differ between items; those of "
            f"{', '.join(labels[int(row)] for row in flat)} do not. Leave these objects out or "
            "choose another metric."
        )


def cut_tree(tree: Tree, k: int) -> NDArray[np.int64]:
    """Cut the tree into k clusters, numbered by first member as R's ``cutree`` does.

    Parameters
    ----------
    tree : Tree
        Of n objects.
    k : int
        Number of clusters, from 1 to n.

    Returns
    -------
    ndarray of shape (n,)
        Cluster of each object, 1..k; object 0 is always in cluster 1. Where merges are tied in
        height the earlier merge in ``tree.merges`` is made first.

    Raises
    ------
    ValueError
        If k is not between 1 and n.

    Examples
    --------
    >>> tree = build_tree(np.array([[9.0], [1.0], [2.0]]), ["A", "B", "C"])
    >>> cut_tree(tree, 2).tolist()
    [1, 2, 2]
    """
    n = len(tree.labels)
    if not 1 <= k <= n:
        raise ValueError(f"k is {k}; with {n} objects it can be from 1 to {n}.")
    return number_by_first_member(_groups_after(tree.merges, n, n - k))


def _groups_after(merges: NDArray[np.float64], n: int, n_merges: int) -> NDArray[np.int64]:
    groups = np.arange(n)
    # After row i every member of both sides carries the merge's own number, n + i.
    for step, (left, right) in enumerate(merges[:n_merges, :2]):
        groups[(groups == left) | (groups == right)] = n + step
    return groups


def number_by_first_member(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber groups 1, 2, ... in order of first appearance.

    Examples
    --------
    >>> number_by_first_member(np.array([7, 3, 7, 5])).tolist()
    [1, 2, 1, 3]
    """
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return (np.argsort(np.argsort(first)) + 1)[inverse]


def leaf_order(tree: Tree) -> NDArray[np.int64]:
    """Order of the objects along the foot of the dendrogram, as R's ``hclust$order``.

    Returns
    -------
    ndarray of shape (n,)
        Row numbers from left to right, so that no branches cross.

    Examples
    --------
    >>> leaf_order(build_tree(np.array([[0.0], [9.0], [1.0]]), ["A", "B", "C"])).tolist()
    [1, 0, 2]
    """
    from scipy.cluster.hierarchy import leaves_list

    return np.asarray(leaves_list(tree.merges), dtype=np.int64)


def cophenetic_correlation(tree: Tree) -> float:
    """Correlate the distances with the heights at which pairs are first joined.

    Returns
    -------
    float
        Pearson's r over all pairs, at most 1; ``nan`` if all distances are equal. Reference:
        Sokal, R. R. and Rohlf, F. J. (1962), doi:10.2307/1217208.

    Examples
    --------
    >>> tree = build_tree(np.array([[0.0], [1.0], [8.0], [9.0]]), ["A", "B", "C", "D"])
    >>> round(cophenetic_correlation(tree), 3)
    0.985
    """
    from scipy.cluster.hierarchy import cophenet

    upper = np.triu_indices(len(tree.labels), k=1)
    original, joined = tree.distances[upper], cophenet(tree.merges)
    if np.ptp(original) == 0 or np.ptp(joined) == 0:
        return float("nan")
    return float(np.corrcoef(original, joined)[0, 1])


def agglomerative_coefficient(tree: Tree) -> float:
    """Kaufman and Rousseeuw's coefficient: how far below the top the objects first merge.

    Returns
    -------
    float
        One minus the mean, over objects, of the height of the object's first merge divided by
        the height of the last merge; 0 to 1, as R's ``coef.hclust``. It grows with the number of
        objects, so it compares only studies of one size. ``nan`` if all objects coincide.

    Examples
    --------
    >>> tree = build_tree(np.array([[0.0], [1.0], [9.0]]), ["A", "B", "C"])
    >>> round(agglomerative_coefficient(tree), 3)
    0.588
    """
    n = len(tree.labels)
    top = tree.merge_heights[-1]
    if top == 0:
        return float("nan")
    first = np.empty(n)
    for left, right, height, _ in tree.merges:
        for side in (int(left), int(right)):
            if side < n:
                first[side] = height
    return float(1 - first.mean() / top)


def tied_merges(tree: Tree) -> int:
    """Count merges at which another pair of groups was equally close, up to rounding error.

    With such a tie the order of the rows may have chosen between equally good trees.

    Returns
    -------
    int
        0 for a tree that the data determine.

    Examples
    --------
    >>> tied_merges(build_tree(np.array([[0.0], [1.0], [2.0]]), ["A", "B", "C"]))
    1
    """
    n = len(tree.labels)
    apart = tree.distances.copy()
    np.fill_diagonal(apart, np.inf)
    sizes = np.ones(n)
    place = {number: number for number in range(n)}
    tolerance = TIE_TOLERANCE * max(float(tree.merge_heights.max()), np.finfo(float).tiny)
    ties = 0
    for step, (left, right, height, _) in enumerate(tree.merges):
        # Each pair of groups stands twice in the symmetric matrix.
        ties += int((apart <= height + tolerance).sum()) > 2
        a, b = place.pop(int(left)), place.pop(int(right))
        _join(apart, sizes, a, b, tree.linkage)
        place[n + step] = a
    return ties


def _join(
    apart: NDArray[np.float64], sizes: NDArray[np.float64], a: int, b: int, linkage: str
) -> None:
    """Put group b into group a, by Lance and Williams' formula (doi:10.1093/comjnl/9.4.373)."""
    to_a, to_b, between = apart[a], apart[b], apart[a, b]
    if linkage == "average":
        joined = (sizes[a] * to_a + sizes[b] * to_b) / (sizes[a] + sizes[b])
    elif linkage == "complete":
        joined = np.maximum(to_a, to_b)
    elif linkage == "single":
        joined = np.minimum(to_a, to_b)
    else:
        squares = (sizes[a] + sizes) * to_a**2 + (sizes[b] + sizes) * to_b**2
        joined = np.sqrt((squares - sizes * between**2) / (sizes[a] + sizes[b] + sizes))
    apart[a] = apart[:, a] = joined
    apart[b] = apart[:, b] = np.inf
    apart[a, a] = np.inf
    sizes[a] += sizes[b]
