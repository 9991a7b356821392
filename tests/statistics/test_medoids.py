"""Clusters around medoids: R's ``cluster::pam``, every choice tried, and beside a tree."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.statistics.linkage import build_tree
from buildingtrusts.statistics.medoids import compare_medoids, partition_around_medoids

ORACLES = Path(__file__).parents[1] / "oracles"
CASE = ["data", "metric", "k"]
OBJECTS = dict(list(pd.read_csv(ORACLES / "medoids_objects.csv").groupby(CASE, sort=False)))
PARTITIONS = pd.read_csv(ORACLES / "medoids_partitions.csv").set_index(CASE)
EXACT = 1e-10
every_case = pytest.mark.parametrize("case", OBJECTS, ids=lambda case: "-".join(map(str, case)))


def distances_of(data: str, metric: str) -> NDArray[np.float64]:
    frame = pd.read_csv(ORACLES / "data" / f"{data}.csv")
    scores = frame.drop(columns="label").to_numpy(float)
    return build_tree(scores, frame["label"].tolist(), metric=metric).distances


def line(*points: float) -> NDArray[np.float64]:
    return abs(np.array(points)[:, None] - points)


def test_the_oracle_has_swaps_and_ties() -> None:
    assert (PARTITIONS["objective"] < PARTITIONS["build"]).sum() > 5
    tied = distances_of("attitude", "manhattan")[np.triu_indices(30, 1)]
    assert len(np.unique(tied)) < len(tied) / 2


@every_case
def test_clusters_and_medoids_are_those_of_pam(case: tuple[str, str, int]) -> None:
    expected = OBJECTS[case]
    found = partition_around_medoids(distances_of(*case[:2]), case[2])
    assert found.labels.tolist() == expected["cluster"].tolist()
    assert sorted(found.medoids) == np.flatnonzero(expected["medoid"]).tolist()
    told = PARTITIONS.loc[case]
    assert ";".join(map(str, found.medoids + 1)) == str(told["medoids"])
    assert found.objective == pytest.approx(told["objective"], rel=EXACT)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_tables_hold_the_widths_of_pam(k: int) -> None:
    frame = pd.read_csv(ORACLES / "data" / "swiss.csv")
    tree = build_tree(frame.drop(columns="label").to_numpy(float), frame["label"].tolist())
    table = compare_medoids(tree, [k]).tables()["medoids"]
    expected = OBJECTS["swiss", "euclidean", k]
    assert table["mat_id"].tolist() == frame["label"].tolist()
    assert table["medoid"].tolist() == expected["medoid"].tolist()
    np.testing.assert_allclose(table["width"], expected["width"], rtol=0, atol=EXACT)


@pytest.mark.parametrize("seed", range(5))
def test_no_swap_of_one_medoid_would_bring_objects_nearer(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(12, 3))
    apart = np.sqrt(np.square(points[:, None] - points).sum(axis=2))
    found = partition_around_medoids(apart, 3)
    chosen = set(found.medoids.tolist())
    one_swap_away = (set(c) for c in combinations(range(12), 3) if len(chosen & set(c)) == 2)
    nearest = min(apart[:, sorted(other)].min(axis=1).mean() for other in one_swap_away)
    assert found.objective <= nearest + EXACT


def test_one_cluster_has_the_object_in_the_middle() -> None:
    found = partition_around_medoids(line(0, 1, 5, 6, 20), 1)
    assert (found.labels.tolist(), found.medoids.tolist()) == ([1] * 5, [2])


def test_objects_all_on_their_own_are_their_own_medoids() -> None:
    found = partition_around_medoids(line(4, 1, 2), 3)
    assert (found.labels.tolist(), found.medoids.tolist()) == ([1, 2, 3], [0, 1, 2])
    assert found.objective == 0


def test_coinciding_objects_still_make_as_many_clusters_as_asked_for() -> None:
    found = partition_around_medoids(line(3, 3, 3, 3), 3)
    assert sorted(np.bincount(found.labels)[1:]) == [1, 1, 2]
    assert (found.labels[found.medoids] == [1, 2, 3]).all()


@pytest.mark.parametrize("k", [0, 4])
def test_more_clusters_than_objects_are_refused(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; with 3 objects it is 1 to 3"):
        partition_around_medoids(line(1, 2, 3), k)


def test_a_tree_that_chains_differs_from_medoids_and_the_table_says_how_much() -> None:
    """Single linkage cuts off the outlier; medoids halve the line."""
    points = np.array([[0.0], [1], [2], [3], [4], [5], [7]])
    found = compare_medoids(build_tree(points, list("ABCDEFG"), "single"), [2]).tables()
    table = found["medoid_partitions"]
    assert table["sizes"].tolist() == ["4;3"]
    assert table["adjusted_rand"].iloc[0] < 0.3
    agreed = compare_medoids(build_tree(points, list("ABCDEFG"), "ward"), [2, 7]).tables()
    assert agreed["medoid_partitions"]["adjusted_rand"].tolist() == [1, 1]


def test_tables_have_the_columns_of_their_contracts_with_and_without_rows() -> None:
    tree = build_tree(np.array([[0.0], [1], [7]]), list("ABC"))
    for k in ([], [2], [2, 3]):
        for name, table in compare_medoids(tree, k).tables().items():
            assert tuple(table.columns) == EVIDENCE_TABLES[name].columns
            assert len(table) == len(k) * (3 if name == "medoids" else 1)
