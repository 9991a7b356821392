"""Another view of the same distances: clusters around medoids.

Partitioning around medoids (PAM) looks for the k objects to which all others are nearest, in two
phases: BUILD chooses them one by one, each as the one that brings the others nearest, and SWAP
exchanges a medoid for another object as long as that lowers the sum of distances. Where a tree
decides on merges once and for all, medoids are free to move. Reference: Kaufman, L. and Rousseeuw,
P. J. (1990), *Finding Groups in Data*, chapter 2, doi:10.1002/9780470316801.ch2; ties fall as in
R's ``cluster::pam``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.linkage import Tree, cut_tree, number_by_first_member
from buildingtrusts.statistics.validity import Silhouette, adjusted_rand, silhouette

#: A swap that lowers the sum of distances by less than this part of it is rounding.
ROUNDING = 16 * float(np.finfo(float).eps)


@dataclass(frozen=True)
class Medoids:
    """k clusters of n objects, each around one of them.

    Attributes
    ----------
    labels : ndarray of shape (n,)
        Cluster of each object, 1..k, numbered by first member.
    medoids : ndarray of shape (k,)
        Row of each cluster's medoid.
    objective : float
        Mean distance of the objects to their medoid.
    """

    labels: NDArray[np.int64]
    medoids: NDArray[np.int64]
    objective: float


def partition_around_medoids(distances: NDArray[np.float64], k: int) -> Medoids:
    """Find k medoids by BUILD and SWAP.

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Symmetric, zero on the diagonal.
    k : int
        Number of clusters, from 1 to n.

    Returns
    -------
    Medoids
        Of equally good choices BUILD takes the last row and SWAP the first; an object equally near
        to two medoids goes to the one in the earlier row, and a medoid to itself.

    Raises
    ------
    ValueError
        If k is not from 1 to n.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 2.0, 8.0, 9.0, 10.0])
    >>> found = partition_around_medoids(abs(points[:, None] - points), k=2)
    >>> found.labels.tolist(), found.medoids.tolist(), round(found.objective, 3)
    ([1, 1, 1, 2, 2, 2], [1, 4], 0.667)
    """
    if not 1 <= k <= len(distances):
        raise ValueError(f"k is {k}; with {len(distances)} objects it is 1 to {len(distances)}.")
    medoids = _swap(distances, _build(distances, k))
    nearest = medoids[distances[:, medoids].argmin(axis=1)]
    nearest[medoids] = medoids
    labels = number_by_first_member(nearest)
    order = np.argsort(labels[medoids])
    reach = distances[np.arange(len(labels)), nearest]
    return Medoids(labels, medoids[order], float(reach.mean()))


def _build(distances: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Choose medoids one by one; rows, ascending."""
    n = len(distances)
    # Farther than anything is, so that the first choice has the smallest sum of distances.
    reach = np.full(n, distances.max() * 1.1 + 1)
    free = np.ones(n, dtype=bool)
    for _ in range(k):
        gains = np.maximum(reach[:, None] - distances, 0).sum(axis=0)
        gains[~free] = -1
        best = n - 1 - int(gains[::-1].argmax())
        free[best] = False
        reach = np.minimum(reach, distances[best])
    return np.flatnonzero(~free)


def _swap(distances: NDArray[np.float64], medoids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Exchange medoids for other objects while that helps; rows, ascending."""
    n, k = len(distances), len(medoids)
    if k in (1, n):
        return medoids
    total = float(distances[:, medoids].min(axis=1).sum())
    while True:
        others = np.setdiff1d(np.arange(n), medoids)
        sums = np.empty((n - k, k))
        for place in range(k):
            left = distances[:, np.delete(medoids, place)].min(axis=1)
            sums[:, place] = np.minimum(left[:, None], distances[:, others]).sum(axis=0)
        gained, lost = np.unravel_index(sums.argmin(), sums.shape)
        if sums[gained, lost] >= total * (1 - ROUNDING):
            return medoids
        # Kept and not added up anew: it falls with every swap, so the loop ends.
        total = float(sums[gained, lost])
        medoids = np.sort(np.append(np.delete(medoids, lost), others[gained]))


@dataclass(frozen=True)
class MedoidPartitions:
    """Clusters around medoids for several k, beside those of a tree.

    Attributes
    ----------
    objects : tuple of str
        Names of the n objects.
    found : dict of int to Medoids
        For each k.
    silhouettes : dict of int to Silhouette
        Of each partition, on the tree's distances.
    agreement : dict of int to float
        Adjusted Rand index with the tree cut into as many clusters.
    """

    objects: tuple[str, ...]
    found: dict[int, Medoids]
    silhouettes: dict[int, Silhouette]
    agreement: dict[int, float]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables ``medoids``, one row an object and k, and ``medoid_partitions``."""
        return {"medoids": self._medoids(), "medoid_partitions": self._partitions()}

    def _medoids(self) -> pd.DataFrame:
        rows = [
            (k, name, int(cluster), int(place in found.medoids), float(width))
            for k, found in self.found.items()
            for place, (name, cluster, width) in enumerate(
                zip(self.objects, found.labels, self.silhouettes[k].widths, strict=True)
            )
        ]
        return pd.DataFrame(rows, columns=["k", "mat_id", "cluster", "medoid", "width"])

    def _partitions(self) -> pd.DataFrame:
        rows = [
            (
                k,
                ";".join(map(str, np.bincount(found.labels)[1:])),
                self.silhouettes[k].mean_width,
                self.agreement[k],
            )
            for k, found in self.found.items()
        ]
        return pd.DataFrame(rows, columns=["k", "sizes", "mean_silhouette", "adjusted_rand"])


def compare_medoids(tree: Tree, k_values: Sequence[int]) -> MedoidPartitions:
    """Cluster the objects of a tree around medoids and compare with the tree's own clusters.

    Parameters
    ----------
    tree : Tree
        Of n objects.
    k_values : sequence of int
        Each from 2 to n.

    Returns
    -------
    MedoidPartitions

    Examples
    --------
    >>> from buildingtrusts.statistics.linkage import build_tree
    >>> tree = build_tree(np.array([[1.0], [2.0], [8.0], [9.0]]), ["A", "B", "C", "D"])
    >>> compare_medoids(tree, [2]).agreement
    {2: 1.0}
    """
    found = {k: partition_around_medoids(tree.distances, k) for k in k_values}
    return MedoidPartitions(
        tree.labels,
        found,
        {k: silhouette(tree.distances, one.labels) for k, one in found.items()},
        {k: adjusted_rand(one.labels, cut_tree(tree, k)) for k, one in found.items()},
    )
