"""A tree cut at several heights: clusters, silhouettes and quality of each number of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.indices import InternalIndices, internal_indices
from buildingtrusts.statistics.linkage import (
    Tree,
    agglomerative_coefficient,
    cophenetic_correlation,
    cut_tree,
    leaf_order,
    tied_merges,
)
from buildingtrusts.statistics.validity import Silhouette, silhouette


@dataclass(frozen=True)
class Partitions:
    """A tree of n objects and its cuts.

    Attributes
    ----------
    tree : Tree
        What was cut.
    labels : dict of int to ndarray of shape (n,)
        For each k, the cluster of each object, numbered by first member.
    silhouettes : dict of int to Silhouette
        For each k.
    indices : dict of int to InternalIndices
        For each k.
    """

    tree: Tree
    labels: dict[int, NDArray[np.int64]]
    silhouettes: dict[int, Silhouette]
    indices: dict[int, InternalIndices]

    def tables(self) -> dict[str, pd.DataFrame]:
        """The clustering as tables: tree, leaf order, cuts, silhouettes, partitions."""
        return {
            "linkage": self._linkage(),
            "leaf_order": self._leaf_order(),
            "cuts": self._cuts(),
            "silhouettes": self._silhouettes(),
            "partitions": self._partitions(),
        }

    def _linkage(self) -> pd.DataFrame:
        n = len(self.tree.labels)

        def name(node: float) -> str:
            return self.tree.labels[int(node)] if node < n else f"#{int(node) - n + 1}"

        rows = [
            (step, name(left), name(right), float(height), int(size))
            for step, (left, right, height, size) in enumerate(self.tree.merges, start=1)
        ]
        return pd.DataFrame(rows, columns=["step", "left", "right", "height", "size"])

    def _leaf_order(self) -> pd.DataFrame:
        names = [self.tree.labels[int(place)] for place in leaf_order(self.tree)]
        return pd.DataFrame({"position": range(1, len(names) + 1), "mat_id": names})

    def _cuts(self) -> pd.DataFrame:
        rows = [
            (mat, k, int(cluster))
            for k, labels in self.labels.items()
            for mat, cluster in zip(self.tree.labels, labels, strict=True)
        ]
        return pd.DataFrame(rows, columns=["mat_id", "k", "cluster"])

    def _silhouettes(self) -> pd.DataFrame:
        rows = [
            (k, mat, int(cluster), int(neighbour), float(width))
            for k, one in self.silhouettes.items()
            for mat, cluster, neighbour, width in zip(
                self.tree.labels, one.labels, one.neighbours, one.widths, strict=True
            )
        ]
        return pd.DataFrame(rows, columns=["k", "mat_id", "cluster", "neighbour", "width"])

    def _partitions(self) -> pd.DataFrame:
        quality = (
            cophenetic_correlation(self.tree),
            agglomerative_coefficient(self.tree),
            tied_merges(self.tree),
        )
        rows = [
            (
                k,
                ";".join(map(str, np.bincount(labels)[1:])),
                self.silhouettes[k].mean_width,
                self.silhouettes[k].macro_width,
                *quality,
                *astuple(self.indices[k]),
            )
            for k, labels in self.labels.items()
        ]
        return pd.DataFrame(
            rows,
            columns=[
                *("k", "sizes", "mean_silhouette", "macro_silhouette"),
                *("cophenetic_correlation", "agglomerative_coefficient", "ties"),
                *("calinski_harabasz", "davies_bouldin", "dunn", "c_index"),
            ],
        )


def partition_tree(
    tree: Tree, k_values: Sequence[int], scores: NDArray[np.float64] | None = None
) -> Partitions:
    """Cut a tree into each of several numbers of clusters.

    Parameters
    ----------
    tree : Tree
        Of n objects.
    k_values : sequence of int
        Each from 2 to n.
    scores : ndarray of shape (n, p), optional
        What the tree was built on, after scaling. A tree knows distances only: without scores the
        indices of Caliński and Harabasz and of Davies and Bouldin are missing.

    Returns
    -------
    Partitions

    Examples
    --------
    >>> from buildingtrusts.statistics.linkage import build_tree
    >>> scores = np.array([[1.0], [2.0], [8.0], [9.0]])
    >>> table = partition_tree(build_tree(scores, list("ABCD")), [2], scores).tables()["partitions"]
    >>> table[["sizes", "calinski_harabasz", "dunn"]].values.tolist()
    [['2;2', 98.0, 6.0]]
    """
    labels = {k: cut_tree(tree, k) for k in k_values}
    return Partitions(
        tree,
        labels,
        {k: silhouette(tree.distances, cut) for k, cut in labels.items()},
        {k: internal_indices(scores, tree.distances, cut) for k, cut in labels.items()},
    )
