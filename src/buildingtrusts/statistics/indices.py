"""Internal indices of one partition: how tight its clusters are beside how far they lie apart.

Calinski and Harabasz's pseudo-F (1974, doi:10.1080/03610927408827101) and Davies and Bouldin's
index (1979, doi:10.1109/TPAMI.1979.4766909) are of the (scaled) scores, with Euclidean distances
to centroids whatever the metric of the study, as the pseudo-F of :mod:`.batch` is. Dunn's index
(1974, doi:10.1080/01969727408546059) and the C-index of Hubert and Levin (1976,
doi:10.1037/0033-2909.83.6.1072) are of the study's own distances. Formulas as Charrad et al. print
them for the R package NbClust (2014, doi:10.18637/jss.v061.i06); its code has another C-index.
None of them knows of a single cluster, and a cluster of one counts as perfectly tight.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NAN = float("nan")


@dataclass(frozen=True)
class InternalIndices:
    """Four indices of one partition.

    Attributes
    ----------
    calinski_harabasz, dunn : float
        0 or more; large where clusters are tight and apart.
    davies_bouldin, c_index : float
        0 or more, and 0 to 1; small where clusters are tight and apart.
    """

    calinski_harabasz: float
    davies_bouldin: float
    dunn: float
    c_index: float


def internal_indices(
    scores: NDArray[np.float64] | None,
    distances: NDArray[np.float64],
    labels: NDArray[np.int64],
) -> InternalIndices:
    """Compute all four indices of a partition.

    Parameters
    ----------
    scores : ndarray of shape (n, p) or None
        As they were clustered, after scaling. None where only distances are known; then the two
        indices of scores are ``nan``.
    distances : ndarray of shape (n, n)
        Symmetric, zero on the diagonal.
    labels : ndarray of shape (n,)
        Cluster of each object, numbered 1..k with k from 2 to n.

    Returns
    -------
    InternalIndices
        All ``nan`` for k = n, where there is nothing within clusters.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> points = np.array([[0.0], [2.0], [10.0], [14.0]])
    >>> found = internal_indices(points, abs(points - points.T), np.array([1, 1, 2, 2]))
    >>> found.calinski_harabasz, round(found.davies_bouldin, 3), found.dunn, found.c_index
    (24.2, 0.273, 2.0, 0.0)
    """
    return InternalIndices(
        calinski_harabasz=NAN if scores is None else calinski_harabasz(scores, labels),
        davies_bouldin=NAN if scores is None else davies_bouldin(scores, labels),
        dunn=dunn(distances, labels),
        c_index=c_index(distances, labels),
    )


def calinski_harabasz(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Sum of squares between clusters over k - 1, over that within them over n - k.

    Parameters
    ----------
    scores : ndarray of shape (n, p)
    labels : ndarray of shape (n,)
        Numbered 1..k.

    Returns
    -------
    float
        Infinite where members of every cluster coincide; ``nan`` where all objects do, and for
        k = n.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> calinski_harabasz(np.array([[0.0], [2.0], [10.0]]), np.array([1, 1, 2]))
    27.0
    """
    n, k = len(labels), count_clusters(labels)
    within = sum(_squares(scores[labels == one]) for one in range(1, k + 1))
    between = _squares(scores) - within
    if k == n or (between <= 0 and within == 0):
        return NAN
    return float(between / (k - 1) / (within / (n - k))) if within > 0 else float("inf")


def davies_bouldin(scores: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Mean over clusters of how much the most confusable other cluster overlaps with them.

    Two clusters' overlap is the sum of their spreads over the distance of their centroids. A
    spread is the root mean squared distance to the centroid and distances are Euclidean: q = 2 and
    p = 2 in the paper and in NbClust. (scikit-learn takes q = 1, the mean distance.)

    Parameters
    ----------
    scores : ndarray of shape (n, p)
    labels : ndarray of shape (n,)
        Numbered 1..k.

    Returns
    -------
    float
        0 or more, small being good. Infinite where centroids coincide; ``nan`` for k = n.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> davies_bouldin(np.array([[0.0], [2.0], [10.0], [14.0]]), np.array([1, 1, 2, 2]))
    0.2727272727272727
    """
    k = count_clusters(labels)
    if k == len(labels):
        return NAN
    members = [scores[labels == one] for one in range(1, k + 1)]
    spreads = np.array([np.sqrt(_squares(part) / len(part)) for part in members])
    centroids = np.array([part.mean(axis=0) for part in members])
    apart = np.sqrt(np.square(centroids[:, None] - centroids).sum(axis=2))
    overlaps = np.divide(
        spreads[:, None] + spreads, apart, out=np.full((k, k), np.inf), where=apart > 0
    )
    np.fill_diagonal(overlaps, -np.inf)
    return float(overlaps.max(axis=1).mean())


def dunn(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Smallest distance between members of two clusters over the largest within one.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
    labels : ndarray of shape (n,)
        Numbered 1..k.

    Returns
    -------
    float
        0 or more, large being good. Infinite where members of every cluster coincide and
        clusters do not; ``nan`` where all objects coincide, and for k = n.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> points = np.array([0.0, 2.0, 10.0])
    >>> dunn(abs(points[:, None] - points), np.array([1, 1, 2]))
    4.0
    """
    if count_clusters(labels) == len(labels):
        return NAN
    together = labels[:, None] == labels
    diameter, separation = distances[together].max(), distances[~together].min()
    if diameter == 0:
        return NAN if separation == 0 else float("inf")
    return float(separation / diameter)


def c_index(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Where the distances within clusters stand between the least and the most they could be.

    With w pairs of objects that share a cluster: the sum of their distances, less the sum of the w
    smallest distances of all, over the sum of the w largest less that of the w smallest.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
    labels : ndarray of shape (n,)
        Numbered 1..k.

    Returns
    -------
    float
        0 (every pair within a cluster is closer than any pair between two) to 1; ``nan`` where
        all distances are equal, and for k = n.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> points = np.array([0.0, 2.0, 3.0])
    >>> c_index(abs(points[:, None] - points), np.array([1, 1, 2]))
    0.5
    """
    count_clusters(labels)
    first, second = np.triu_indices(len(labels), k=1)
    apart = distances[first, second]
    # Sorted, so that equal sets of distances add up to the same last bit.
    own, ordered = np.sort(apart[labels[first] == labels[second]]), np.sort(apart)
    w = len(own)
    least, most = ordered[:w].sum(), ordered[len(ordered) - w :].sum()
    return float((own.sum() - least) / (most - least)) if most > least else NAN


def _squares(members: NDArray[np.float64]) -> float:
    """Sum of squares around the centroid."""
    # Equal decimals can differ from their mean in the last bit, so the scores are compared.
    differ = np.ptp(members, axis=0) > 0
    return float(np.square(members[:, differ] - members[:, differ].mean(axis=0)).sum())


def count_clusters(labels: NDArray[np.int64]) -> int:
    """Count clusters, k; raise ``ValueError`` unless they are two or more, numbered 1..k."""
    numbers = np.unique(labels)
    k = len(numbers)
    if k < 2 or (numbers != np.arange(1, k + 1)).any():
        raise ValueError(
            f"clusters are numbered {numbers.tolist()}; needed are two clusters or more, numbered "
            "1, 2, ... without gaps."
        )
    return k
