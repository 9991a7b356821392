"""Which cluster of one partition is which of another, and how alike they are.

Clusters are compared by the Jaccard coefficient, trusts in both over trusts in either (Hennig, C.,
2007, doi:10.1016/j.csda.2006.11.025), and matched one to one so that the matches are worth most in
all. Many partitions are compared with one reference at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def placed_labels(
    labels: NDArray[np.int16], objects: NDArray[np.int64], n: int
) -> NDArray[np.int64]:
    """Cluster of each of n trusts in each draw, (b, n); 0 for a trust that takes no part."""
    placed = np.zeros((len(labels), n), dtype=np.int64)
    np.put_along_axis(placed, objects, labels.astype(np.int64), axis=1)
    return placed


def best_jaccards(reference: NDArray[np.int64], labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """How well each cluster of a partition is found again in others.

    Parameters
    ----------
    reference : ndarray of shape (n,)
        Cluster of each object, 1..k.
    labels : ndarray of shape (B, n)
        Clusters of the other partitions, numbered from 1; 0 for an object that takes no part.

    Returns
    -------
    ndarray of shape (B, k)
        The largest Jaccard coefficient of each cluster with one of the other partition, among
        objects that take part; ``nan`` where none of its members does.

    Examples
    --------
    >>> best_jaccards(np.array([1, 1, 2, 2]), np.array([[1, 2, 2, 2]])).round(3).tolist()
    [[0.5, 0.667]]
    """
    k = int(reference.max())
    overlaps = cluster_overlaps(
        np.broadcast_to(reference, labels.shape), labels, max(k, int(labels.max()))
    )
    best: NDArray[np.float64] = jaccard_coefficients(overlaps).max(axis=2)[:, :k]
    return best


def cluster_overlaps(
    reference: NDArray[np.int64], labels: NDArray[np.int64], k: int
) -> NDArray[np.int64]:
    """Trusts in each reference cluster and each cluster of the draw, (b, k, k)."""
    n_draws = len(labels)
    cells = (np.arange(n_draws)[:, None] * k + reference - 1) * (k + 1) + labels
    counts = np.bincount(cells.ravel(), minlength=n_draws * k * (k + 1))
    return counts.reshape(n_draws, k, k + 1)[:, :, 1:]


def jaccard_coefficients(overlaps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Trusts in both clusters over trusts in either; ``nan`` for a cluster left out wholly."""
    ours, theirs = overlaps.sum(axis=2, keepdims=True), overlaps.sum(axis=1, keepdims=True)
    either = np.where(ours > 0, ours + theirs - overlaps, 1)
    return np.where(ours > 0, overlaps / either, np.nan)


def matched_clusters(gains: NDArray[np.float64]) -> NDArray[np.int64]:
    """Reference cluster, 0..k - 1, of each cluster of the draw: one to one, with the most gain.

    ``gains`` are (b, k, k), reference clusters in rows. The best way to hand a set of reference
    clusters to the first clusters of the draw extends the best way for the set without one of
    them; sets are bits of a number.
    """
    n_draws, k, _ = gains.shape
    total = np.full((1 << k, n_draws), -np.inf)
    total[0] = 0
    last = np.zeros((1 << k, n_draws), dtype=np.int64)
    for handed in range(1, 1 << k):
        theirs = handed.bit_count() - 1
        for ours in range(k):
            if handed >> ours & 1:
                gained = total[handed ^ 1 << ours] + gains[:, ours, theirs]
                better = gained > total[handed]
                total[handed, better], last[handed, better] = gained[better], ours
    matched = np.empty((n_draws, k), dtype=np.int64)
    left = np.full(n_draws, (1 << k) - 1)
    for theirs in range(k - 1, -1, -1):
        matched[:, theirs] = last[left, np.arange(n_draws)]
        left ^= 1 << matched[:, theirs]
    return matched
