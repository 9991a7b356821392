"""Silhouettes: is an object closer to its own cluster than to the next one?

The width of an object is (b - a) / max(a, b), where a is its mean distance to the other members
of its own cluster and b the smallest mean distance to another cluster. Reference: Rousseeuw, P. J.
(1987), doi:10.1016/0377-0427(87)90125-7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Silhouette:
    """Silhouette widths of one partition of n objects.

    Attributes
    ----------
    labels : ndarray of shape (n,)
        Cluster of each object, 1..k.
    widths : ndarray of shape (n,)
        -1 to 1; 0 for the only member of a cluster.
    neighbours : ndarray of shape (n,)
        The nearest other cluster of each object; the lower number where two are equally near.
    """

    labels: NDArray[np.int64]
    widths: NDArray[np.float64]
    neighbours: NDArray[np.int64]

    @property
    def mean_width(self) -> float:
        """Mean over objects: the "silhouette coefficient" of most reports."""
        return float(self.widths.mean())

    @property
    def macro_width(self) -> float:
        """Mean over clusters of their members' mean width, so that small clusters count alike."""
        return float(
            np.mean([self.widths[self.labels == label].mean() for label in np.unique(self.labels)])
        )


def silhouette(distances: NDArray[np.float64], labels: NDArray[np.int64]) -> Silhouette:
    """Compute silhouette widths from distances.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Symmetric, zero on the diagonal.
    labels : ndarray of shape (n,)
        Cluster of each object, numbered 1..k with k from 2 to n.

    Returns
    -------
    Silhouette
        An object alone in its cluster has width 0, as Rousseeuw defines it; so has one for which
        a and b are both 0.

    Raises
    ------
    ValueError
        If there is only one cluster, or the numbers are not 1..k.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 10.0])
    >>> s = silhouette(abs(points[:, None] - points), np.array([1, 1, 2]))
    >>> s.widths.round(3).tolist()
    [0.9, 0.889, 0.0]
    """
    k = int(labels.max())
    if k < 2 or len(np.unique(labels)) != k or labels.min() != 1:
        raise ValueError(
            f"clusters are numbered {np.unique(labels).tolist()}; silhouettes need two clusters "
            "or more, numbered 1, 2, ... without gaps."
        )
    members = (labels[:, None] == np.arange(1, k + 1)).astype(float)
    sizes = members.sum(axis=0)
    # One matrix product gives every object's total distance to every cluster.
    totals = distances @ members
    rows = np.arange(len(labels))
    own = labels - 1
    own_sizes = sizes[own]
    a = totals[rows, own] / np.maximum(own_sizes - 1, 1)
    means = totals / sizes
    means[rows, own] = np.inf
    neighbours = means.argmin(axis=1)
    b = means[rows, neighbours]
    larger = np.maximum(a, b)
    widths = np.divide(b - a, larger, out=np.zeros_like(b), where=(own_sizes > 1) & (larger > 0))
    return Silhouette(labels, widths, neighbours + 1)


def adjusted_rand(first: NDArray[np.int64], second: NDArray[np.int64]) -> float:
    """Compare two partitions of the same objects by pairs, corrected for chance.

    Hubert, L. and Arabie, P. (1985), doi:10.1007/BF01908075.

    Parameters
    ----------
    first, second : ndarray of shape (n,)
        Cluster of each object, in whole numbers; which number is which does not matter.

    Returns
    -------
    float
        1 where the partitions are the same, about 0 where they agree as often as chance would
        have it, below 0 where less. 1 also where both have one cluster, or both n; ``nan`` for
        fewer than two objects.

    Raises
    ------
    ValueError
        If the partitions are not of equally many objects.

    Examples
    --------
    >>> adjusted_rand(np.array([1, 1, 2, 2]), np.array([2, 2, 1, 1]))
    1.0
    >>> adjusted_rand(np.array([1, 1, 2, 2]), np.array([1, 2, 1, 2]))
    -0.5
    """
    if len(first) != len(second):
        raise ValueError(
            f"partitions of {len(first)} and {len(second)} objects cannot be compared."
        )
    if len(first) < 2:
        return float("nan")
    rows, columns = (np.unique(one, return_inverse=True)[1] for one in (first, second))
    table = np.zeros((rows.max() + 1, columns.max() + 1), dtype=np.int64)
    np.add.at(table, (rows, columns), 1)
    together = int(_pairs(table).sum())
    in_rows, in_columns = (int(_pairs(table.sum(axis=axis)).sum()) for axis in (1, 0))
    everything = int(_pairs(np.array(len(first))))
    # Both sides times all pairs, so that equal partitions give exactly 1.
    most = (in_rows + in_columns) * everything
    chance = 2 * in_rows * in_columns
    return 1.0 if most == chance else (2 * together * everything - chance) / (most - chance)


def _pairs(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return counts * (counts - 1) // 2
