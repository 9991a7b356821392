"""Who is in which cluster, for one number of clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Typology:
    """A partition of the clustered trusts.

    Attributes
    ----------
    k : int
        Number of clusters.
    cluster_of : dict of str to int
        By trust, in the order of the table.
    type_of : dict of int to int
        By cluster: the type that fixes colour, marker and hatching.
    """

    k: int
    cluster_of: dict[str, int]
    type_of: dict[int, int]

    @property
    def clusters(self) -> list[int]:
        """Numbers of the clusters, rising."""
        return sorted(self.type_of)

    def members(self, cluster: int) -> list[str]:
        """Trusts of a cluster, in the order of the table."""
        return [mat for mat, number in self.cluster_of.items() if number == cluster]

    def title(self, cluster: int) -> str:
        """Name of a cluster with its size, and its type where that goes by another number."""
        size = count(len(self.members(cluster)), "trust")
        otherwise = any(one != type_id for one, type_id in self.type_of.items())
        # More than three names with types would not stand side by side.
        if otherwise and len(self.type_of) <= 3:
            return f"Cluster {cluster}, type {self.type_of[cluster]} ({size})"
        return f"Cluster {cluster} ({size})"

    @property
    def titles(self) -> list[str]:
        """Names of the clusters, as a key has them."""
        return [self.title(one) for one in self.clusters]

    def key(self) -> list[tuple[int, object, str]]:
        """Entries for :func:`.style.draw_key`."""
        return [(self.type_of[one], one, self.title(one)) for one in self.clusters]


def drawn_typology(clusters: pd.DataFrame, k: int) -> Typology:
    """Take one partition from the table of clusters.

    Parameters
    ----------
    clusters : DataFrame
        ``mat_id, k, cluster, type_id``.
    k : int
        Clusters wanted. Where few trusts allow no such partition, the nearest there is.

    Returns
    -------
    Typology
    """
    found = sorted(int(one) for one in clusters["k"].unique())
    nearest = min(found, key=lambda one: (abs(one - k), one))
    of_k = clusters[clusters["k"] == nearest]
    numbers = [int(one) for one in of_k["cluster"]]
    types = [int(one) for one in of_k["type_id"]]
    return Typology(
        nearest,
        dict(zip(of_k["mat_id"], numbers, strict=True)),
        dict(zip(numbers, types, strict=True)),
    )
