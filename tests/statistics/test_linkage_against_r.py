"""Trees against R's ``hclust``, ``cutree``, ``cophenetic`` and ``coef.hclust``."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import cut_tree as scipy_cut_tree

from buildingtrusts.statistics.linkage import (
    Tree,
    agglomerative_coefficient,
    build_tree,
    cophenetic_correlation,
    cut_tree,
    leaf_order,
    tied_merges,
)

ORACLES = Path(__file__).parents[1] / "oracles"
CASE = ["data", "scaling", "metric", "linkage"]
#: Sums of a hundred doubles in another order; nothing here is more than arithmetic.
EXACT = 1e-10


def values(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"{name}.csv")


def by_case(name: str) -> dict[tuple[str, ...], pd.DataFrame]:
    return {tuple(map(str, key)): part for key, part in values(name).groupby(CASE, sort=False)}


HEIGHTS = by_case("trees_heights")
COEFFICIENTS = by_case("trees_coefficients")
OBJECTS = by_case("trees_objects")  # without the case whose ties leave partitions undetermined
every_tree = pytest.mark.parametrize("case", HEIGHTS, ids="-".join)
every_determined_tree = pytest.mark.parametrize("case", OBJECTS, ids="-".join)


def tree_of(case: tuple[str, ...]) -> Tree:
    data, scaling, metric, linkage = case
    frame = values(f"data/{data}")
    scores = frame.drop(columns="label").to_numpy(float)
    return build_tree(scores, frame["label"].tolist(), linkage, metric, scaling)


def test_the_oracle_covers_every_linkage_metric_and_data_set() -> None:
    assert {case[0] for case in HEIGHTS} == {"attitude", "swiss", "bh1996_group_means"}
    assert {case[2] for case in HEIGHTS} == {"euclidean", "manhattan", "correlation"}
    assert {case[3] for case in OBJECTS} == {"average", "complete", "single", "ward"}
    assert len(HEIGHTS) == len(COEFFICIENTS) == len(OBJECTS) + 1


@every_tree
def test_objects_merge_at_the_heights_of_hclust(case: tuple[str, ...]) -> None:
    np.testing.assert_allclose(
        tree_of(case).merge_heights, HEIGHTS[case]["height"], rtol=EXACT, atol=EXACT
    )


@every_tree
def test_the_tree_keeps_the_distances_as_well_as_hclust_does(case: tuple[str, ...]) -> None:
    tree, expected = tree_of(case), COEFFICIENTS[case].iloc[0]
    assert cophenetic_correlation(tree) == pytest.approx(
        expected["cophenetic_correlation"], abs=EXACT
    )
    assert agglomerative_coefficient(tree) == pytest.approx(
        expected["agglomerative_coefficient"], abs=EXACT
    )


@every_determined_tree
@pytest.mark.parametrize("k", range(2, 9))
def test_clusters_have_the_members_and_numbers_of_cutree(case: tuple[str, ...], k: int) -> None:
    assert cut_tree(tree_of(case), k).tolist() == OBJECTS[case][f"k{k}"].tolist()


@every_determined_tree
def test_leaves_stand_in_the_order_of_hclust(case: tuple[str, ...]) -> None:
    # R gives the place of each object, we the object in each place.
    expected = np.argsort(OBJECTS[case]["position"].to_numpy())
    assert leaf_order(tree_of(case)).tolist() == expected.tolist()


# Two merges at one height: SciPy's cut_tree undoes them in an order of its own, we in R's.
TIED = ("attitude", "none", "euclidean", "single")


def test_one_tree_of_the_oracle_has_tied_merges() -> None:
    assert [case for case in OBJECTS if tied_merges(tree_of(case))] == [TIED]


@pytest.mark.parametrize("case", [case for case in OBJECTS if case != TIED], ids="-".join)
def test_scipy_cuts_the_tree_the_same_way(case: tuple[str, ...]) -> None:
    tree = tree_of(case)
    ours = np.column_stack([cut_tree(tree, k) for k in range(2, 9)])
    theirs = scipy_cut_tree(tree.merges, range(2, 9)) + 1
    np.testing.assert_array_equal(ours, theirs)
