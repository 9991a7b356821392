"""Waves with their clusters: their answers on one scale, and the type of each cluster.

A wave's clusters are matched to those of the latest earlier wave that has as many; the first wave's
types are its clusters. An original wave is matched to original waves alone, so that its types are
never named after answers that nobody gave; any other wave may be matched to any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from buildingtrusts.statistics.tracking import (
    TYPE_COLUMNS,
    Scale,
    Types,
    match_answers,
    own_types,
    rescaled,
    type_clusters,
)
from buildingtrusts.study.common_items import TracedItem

#: Columns of ``cluster_types.csv``: those of a partition's types, and what they were matched to.
CLUSTER_TYPE_COLUMNS = (*TYPE_COLUMNS, "matched_wave")


@dataclass(frozen=True)
class ClusteredWave:
    """A wave's answers and partitions.

    Attributes
    ----------
    name : str
    clusters : DataFrame
        ``mat_id, k, cluster``, and ``type_id`` for a wave whose types are known.
    responses : DataFrame
        ``mat_id, role`` and a column an item.
    """

    name: str
    clusters: pd.DataFrame
    responses: pd.DataFrame

    @property
    def made(self) -> list[int]:
        """Numbers of clusters that there are, rising."""
        return sorted(int(k) for k in self.clusters["k"].unique())

    def cluster_of(self, k: int) -> dict[str, int]:
        """The cluster of each clustered trust."""
        return self._of(k, "mat_id", "cluster")

    def type_of(self, k: int) -> dict[int, int]:
        """The type of each cluster."""
        return self._of(k, "cluster", "type_id")

    def _of(self, k: int, key: str, value: str) -> dict:
        at_k = self.clusters[self.clusters["k"] == k]
        keys = at_k[key] if key == "mat_id" else at_k[key].astype(int)
        return dict(zip(keys, at_k[value].astype(int), strict=True))


#: The answers of two waves to their common items (``mat_id`` and a column an item, called alike and
#: on one scale), and the scales.
Comparable = tuple[pd.DataFrame, pd.DataFrame, Sequence[Scale | None]]
Compare = Callable[[ClusteredWave, ClusteredWave], Comparable]


def answers_on_earlier_scale(
    shared: Sequence[TracedItem], earlier: str, later: ClusteredWave
) -> pd.DataFrame:
    """A wave's answers to common items on an earlier wave's scales.

    Parameters
    ----------
    shared : sequence of TracedItem
        Items that both waves asked.
    earlier : str
        The earlier wave.
    later : ClusteredWave

    Returns
    -------
    DataFrame
        ``mat_id, role`` and the later wave's columns.
    """
    found = later.responses[["mat_id", "role"]].copy()
    for one in shared:
        column = one.asked[later.name].column
        values = later.responses[column].to_numpy(dtype=float)
        found[column] = rescaled(values, one.scale(later.name), one.scale(earlier))
    return found


def comparable_answers(
    shared: Sequence[TracedItem], earlier: ClusteredWave, later: ClusteredWave
) -> Comparable:
    """Both waves' answers to common items, under the later's names and on the earlier's scales."""
    names = {one.asked[earlier.name].column: one.asked[later.name].column for one in shared}
    before = earlier.responses[["mat_id", *names]].set_axis(["mat_id", *names.values()], axis=1)
    after = answers_on_earlier_scale(shared, earlier.name, later).drop(columns="role")
    return before, after, [one.scale(earlier.name) for one in shared]


def cluster_types(
    wave: ClusteredWave, earlier: Sequence[ClusteredWave], compare: Compare
) -> pd.DataFrame:
    """The type of each of a wave's clusters.

    Parameters
    ----------
    wave : ClusteredWave
    earlier : sequence of ClusteredWave
        Those that it may be matched to, in order of date, with their types.
    compare : callable
        Gives the answers of an earlier and of this wave to their common items.

    Returns
    -------
    DataFrame
        ``k, cluster, type_id, n_mats, distance, nearest_type, matched_wave``; the last three are
        missing for a wave that is the first, and for a cluster that nothing matches.
    """
    rows: list[tuple[object, ...]] = []
    for k in wave.made:
        known = [one for one in earlier if k in one.made]
        types, matched = own_types(k), None
        if known:
            matched = known[-1].name
            types = _matched_types(k, wave, known, compare)
        members = list(wave.cluster_of(k).values())
        rows += [
            (k, place + 1, type_id, members.count(place + 1))
            + (float(types.distances[place]), types.nearest[place], matched)
            for place, type_id in enumerate(types.type_ids)
        ]
    return pd.DataFrame(rows, columns=list(CLUSTER_TYPE_COLUMNS)).astype({"nearest_type": "Int64"})


def _matched_types(
    k: int, wave: ClusteredWave, known: Sequence[ClusteredWave], compare: Compare
) -> Types:
    reference = known[-1]
    before, after, scales = compare(reference, wave)
    matching = match_answers(before, after, (reference.cluster_of(k), wave.cluster_of(k)), scales)
    used = max(max(one.type_of(k).values()) for one in known)
    return type_clusters(matching, reference.type_of(k), used)


def typed_clusters(cuts: pd.DataFrame, types: pd.DataFrame) -> pd.DataFrame:
    """Write each cluster's type beside it: ``mat_id, k, cluster, type_id``, in the order given."""
    type_of = types.set_index(["k", "cluster"])["type_id"]
    keys = pd.MultiIndex.from_frame(cuts[["k", "cluster"]])
    return cuts.assign(type_id=type_of.reindex(keys).to_numpy())
