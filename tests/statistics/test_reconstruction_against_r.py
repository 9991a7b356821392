"""The reconstruction of the 2017 survey through R and through this package."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.aggregation import clustering_scores, select_trusts
from buildingtrusts.statistics.agreement import (
    icc,
    uniform_null_variance,
    within_group_agreement,
)
from buildingtrusts.statistics.crosstabs import count_table, exact_test
from buildingtrusts.statistics.linkage import (
    Tree,
    agglomerative_coefficient,
    build_tree,
    cophenetic_correlation,
    cut_tree,
    leaf_order,
)
from buildingtrusts.statistics.validity import silhouette
from buildingtrusts.study.order import natural_key

ROOT = Path(__file__).parents[2]
ORACLES = ROOT / "tests" / "oracles"
DATA = ROOT / "data" / "raw" / "2017-reconstruction"
EXACT = 1e-10
FEXACT = 1e-7  # what R's network algorithm takes as equal, see test_crosstabs_against_r


def oracle(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"reconstruction_{name}.csv")


@pytest.fixture(scope="module")
def responses() -> pd.DataFrame:
    frame = pd.read_csv(DATA / "responses.csv", keep_default_na=False, na_values=[""])
    return frame.sort_values("mat_id", key=lambda mats: mats.map(natural_key), kind="stable")


@pytest.fixture(scope="module")
def items(responses: pd.DataFrame) -> list[str]:
    return [name for name in responses if name.startswith("strategy__")]


@pytest.fixture(scope="module")
def clustered(responses: pd.DataFrame, items: list[str]) -> list[str]:
    return list(select_trusts(responses, items, min_responses=5).clustered)


@pytest.fixture(scope="module")
def tree(responses: pd.DataFrame, items: list[str], clustered: list[str]) -> Tree:
    return build_tree(clustering_scores(responses, items, clustered), clustered)


@pytest.mark.parametrize("name", ["responses.csv", "trusts.csv"])
def test_r_saw_the_data_that_are_here(name: str) -> None:
    digest = hashlib.md5((DATA / name).read_bytes(), usedforsecurity=False).hexdigest()
    assert f"{name}: {digest}" in (ORACLES / "reconstruction.txt").read_text(), (
        "the reconstruction has changed: rerun Rscript tests/oracles/reconstruction.R"
    )


def test_the_tree_is_that_of_hclust(tree: Tree) -> None:
    expected = oracle("tree")
    np.testing.assert_allclose(tree.merge_heights, expected["height"], rtol=EXACT)
    assert cophenetic_correlation(tree) == pytest.approx(
        expected["cophenetic_correlation"][0], abs=EXACT
    )
    assert agglomerative_coefficient(tree) == pytest.approx(
        expected["agglomerative_coefficient"][0], abs=EXACT
    )


def test_the_same_mats_are_clustered_and_drawn_in_the_same_order(tree: Tree) -> None:
    expected = oracle("objects")
    assert list(tree.labels) == expected["mat_id"].tolist()
    order = expected.sort_values("position")["mat_id"].tolist()
    assert [tree.labels[row] for row in leaf_order(tree)] == order


@pytest.mark.parametrize("k", range(2, 9))
def test_clusters_and_silhouettes_are_those_of_r(tree: Tree, k: int) -> None:
    labels = cut_tree(tree, k)
    assert labels.tolist() == oracle("objects")[f"k{k}"].tolist()
    expected = oracle("silhouettes").query("k == @k")
    found = silhouette(tree.distances, labels)
    np.testing.assert_allclose(found.widths, expected["width"], atol=EXACT)
    assert found.neighbours.tolist() == expected["neighbour"].tolist()


@pytest.mark.parametrize("mats", ["all", "clustered"])
def test_agreement_on_every_strategy_statement_is_that_of_multilevel(
    mats: str, responses: pd.DataFrame, items: list[str], clustered: list[str]
) -> None:
    part = responses if mats == "all" else responses[responses["mat_id"].isin(clustered)]
    groups = part["mat_id"].to_numpy()
    expected_icc = oracle("icc").query("mats == @mats").set_index("item")
    expected_rwg = oracle("rwg").query("mats == @mats").dropna(subset="rwg")
    assert expected_icc.index.tolist() == items
    for item in items:
        values = part[item].to_numpy(float)
        found = icc(values, groups)
        for name in ("n_groups", "n_responses", "icc1", "icc2", "msb", "msw"):
            assert getattr(found, name) == pytest.approx(
                expected_icc.loc[item, name], rel=EXACT, abs=EXACT
            ), (item, name)
        rwg = expected_rwg[expected_rwg["item"] == item].set_index("mat_id")["rwg"].to_dict()
        assert within_group_agreement(values, groups, uniform_null_variance(10)) == pytest.approx(
            rwg, abs=EXACT
        ), item


@pytest.mark.parametrize("k", [2, 3])
def test_associations_with_attributes_are_those_of_fisher_test(tree: Tree, k: int) -> None:
    trusts = pd.read_csv(DATA / "trusts.csv", dtype=str, keep_default_na=False).set_index("mat_id")
    attributes = trusts.loc[list(tree.labels)]
    expected = oracle("associations").query("k == @k").set_index("attribute")
    assert set(expected.index) == set(attributes.columns)
    for name, column in attributes.items():
        table = count_table(column, cut_tree(tree, k), sorted(set(column)), range(1, k + 1))
        assert exact_test(table).p_value == pytest.approx(
            expected.loc[name, "p_value"], rel=FEXACT
        ), name
