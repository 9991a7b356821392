"""Planted clusters are found, whatever the order of rows; and told in tables."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.output.contracts import PROCESSED_TABLES, WAVE_TABLES
from buildingtrusts.statistics.indices import internal_indices
from buildingtrusts.statistics.linkage import LINKAGES, build_tree
from buildingtrusts.statistics.partitions import Partitions, partition_tree

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

#: Six, nine and two trusts around three profiles, as in the report's third solution.
SIZES = (6, 9, 2)
CENTRES = np.array([[9, 8, 2, 3, 9], [3, 2, 9, 8, 4], [5, 10, 9, 1, 6]], dtype=float)
PLANTED = np.repeat([1, 2, 3], SIZES)
SCORES = CENTRES[PLANTED - 1] + np.random.default_rng(8).normal(scale=0.4, size=(17, 5))
NAMES = [f"MAT {n}" for n in range(1, 18)]


def partitioned(order: list[int], linkage: str = "average") -> Partitions:
    tree = build_tree(SCORES[order], [NAMES[place] for place in order], linkage)
    return partition_tree(tree, range(2, 9), SCORES[order])


@pytest.mark.parametrize("linkage", LINKAGES)
@REPEATED
@given(order=st.permutations(range(17)))
def test_planted_clusters_are_found_whatever_the_order_of_rows(
    linkage: str, order: list[int]
) -> None:
    found = partitioned(order, linkage)
    planted, cut = PLANTED[order], found.labels[3]
    assert len(set(zip(planted, cut, strict=True))) == 3
    # Numbered by first member: each new number is one more than the largest before it.
    assert (np.diff(np.maximum.accumulate(cut)) <= 1).all()
    assert cut[0] == 1


@settings(REPEATED, max_examples=20)
@given(order=st.permutations(range(17)))
def test_tables_of_other_row_orders_differ_in_numbering_alone(order: list[int]) -> None:
    one, other = partitioned(list(range(17))).tables(), partitioned(order).tables()
    widths = [
        tables["silhouettes"].pivot(index="mat_id", columns="k", values="width").loc[NAMES]
        for tables in (one, other)
    ]
    np.testing.assert_allclose(*widths, atol=1e-12)
    pd.testing.assert_frame_equal(
        one["partitions"].drop(columns="sizes"), other["partitions"].drop(columns="sizes")
    )


def test_tables_have_the_columns_of_their_contracts() -> None:
    for name, table in partitioned(list(range(17))).tables().items():
        assert tuple(table.columns) == {**WAVE_TABLES, **PROCESSED_TABLES}[name].columns


def test_a_partition_tells_its_sizes_by_cluster_number() -> None:
    tables = partitioned(list(range(17))).tables()
    sizes = tables["partitions"].set_index("k")["sizes"]
    assert sizes[3] == "6;9;2"
    assert all(sum(map(int, text.split(";"))) == 17 for text in sizes)
    assert tables["partitions"]["k"].tolist() == [2, 3, 4, 5, 6, 7, 8]


def test_mean_and_macro_silhouettes_are_those_of_the_trusts_listed() -> None:
    tables = partitioned(list(range(17))).tables()
    widths = tables["silhouettes"].query("k == 3")
    told = tables["partitions"].set_index("k").loc[3]
    assert told["mean_silhouette"] == pytest.approx(widths["width"].mean())
    macro = widths.groupby("cluster")["width"].mean().mean()
    assert told["macro_silhouette"] == pytest.approx(macro)
    assert told["mean_silhouette"] > 0.7


def test_the_planted_number_of_clusters_has_the_largest_silhouette() -> None:
    table = partitioned(list(range(17))).tables()["partitions"]
    assert table.loc[table["mean_silhouette"].idxmax(), "k"] == 3


def test_merges_are_named_by_trust_or_by_step() -> None:
    tree = build_tree(np.array([[0.0], [1.0], [9.0], [10.5]]), ["A", "B", "C", "D"])
    tables = partition_tree(tree, [2]).tables()
    assert tables["linkage"].values.tolist() == [
        *([1, "A", "B", 1.0, 2], [2, "C", "D", 1.5, 2], [3, "#1", "#2", 9.25, 4])
    ]
    assert tables["leaf_order"].values.tolist() == [[1, "A"], [2, "B"], [3, "C"], [4, "D"]]
    assert tables["cuts"].values.tolist() == [*(["A", 2, 1], ["B", 2, 1], ["C", 2, 2], ["D", 2, 2])]


def test_singletons_are_told_with_width_nothing() -> None:
    tree = build_tree(np.array([[0.0], [1.0], [9.0]]), ["A", "B", "C"])
    table = partition_tree(tree, [2, 3]).tables()["silhouettes"]
    assert table.query("k == 2")["width"].tolist()[2] == 0
    assert table.query("k == 3")["width"].tolist() == [0, 0, 0]


def test_ties_are_told_with_every_partition_of_their_tree() -> None:
    tree = build_tree(np.array([[0.0], [1.0], [2.0], [9.0]]), ["A", "B", "C", "D"])
    assert partition_tree(tree, [2, 3]).tables()["partitions"]["ties"].tolist() == [1, 1]


def test_every_partition_tells_the_indices_of_its_scores_and_distances() -> None:
    found = partitioned(list(range(17)))
    table = found.tables()["partitions"].set_index("k")
    names = ["calinski_harabasz", "davies_bouldin", "dunn", "c_index"]
    for k, labels in found.labels.items():
        expected = internal_indices(SCORES, found.tree.distances, labels)
        assert table.loc[k, names].tolist() == list(astuple(expected))
    assert table["calinski_harabasz"].idxmax() == table["dunn"].idxmax() == 3


def test_a_tree_without_its_scores_lacks_the_indices_of_scores_alone() -> None:
    tree = partitioned(list(range(17))).tree
    table = partition_tree(tree, [2, 3]).tables()["partitions"]
    assert table[["calinski_harabasz", "davies_bouldin"]].isna().all(axis=None)
    assert table[["dunn", "c_index"]].notna().all(axis=None)
