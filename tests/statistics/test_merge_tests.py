"""Tests of a tree's merges: against base R, on studies without groups, and at the edges."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import chi

from buildingtrusts.statistics.linkage import build_tree, scale
from buildingtrusts.statistics.merge_tests import MERGE_TESTS_COLUMNS, Merge, merge_tests, merges_of
from buildingtrusts.statistics.partitions import partition_tree
from buildingtrusts.statistics.ratings import Specification
from buildingtrusts.statistics.selective_inference import (
    _tail,
    noise_deviation,
    selective_difference,
)
from buildingtrusts.statistics.tree_significance import (
    cluster_index,
    sequential_levels,
    split_significance,
)

ORACLES = Path(__file__).parents[1] / "oracles"
MERGES = pd.read_csv(ORACLES / "merge_tests_merges.csv")
EXACT = 1e-10
CASE = ["data", "scaling", "metric", "linkage"]
CASES = {
    "-".join(map(str, key)): part.reset_index() for key, part in MERGES.groupby(CASE, sort=False)
}
every_case = pytest.mark.parametrize("case", CASES)
#: The 99.9% point of Kolmogorov's statistic times the root of the sample size.
KOLMOGOROV = 1.95


def rng(seed: int = 2017) -> np.random.Generator:
    return np.random.default_rng(seed)


def names_of(scores: NDArray[np.float64]) -> list[str]:
    return [f"MAT {number}" for number in range(1, len(scores) + 1)]


def merges_by(scores: NDArray[np.float64], how: Specification) -> list[Merge]:
    """The merges as the step reads them, from the table of the tree."""
    names = names_of(scores)
    tree = build_tree(scores, names, how.linkage, how.metric, how.scaling)
    return merges_of(partition_tree(tree, [2]).tables()["linkage"], names)


def table_of(
    scores: NDArray[np.float64], how: Specification | None = None, draws: int = 99
) -> pd.DataFrame:
    how = how or Specification()
    return merge_tests(scores, merges_by(scores, how), how, draws, rng())


@cache
def study(case: str) -> tuple[NDArray[np.float64], Specification, tuple[Merge, ...]]:
    data, scaling, metric, linkage = case.split("-")
    frame = pd.read_csv(ORACLES / "data" / f"{data}.csv").head(20)
    scores = frame.drop(columns="label").to_numpy(float)
    how = Specification(linkage, metric, scaling)
    return scores, how, tuple(merges_by(scores, how))


def rows(members: str) -> list[int]:
    return [int(row) - 1 for row in members.split(";")]


def test_the_oracle_covers_linkages_metrics_and_scalings() -> None:
    assert set(MERGES["linkage"]) == {"average", "complete", "single", "ward"}
    assert set(MERGES["metric"]) == {"euclidean", "manhattan"}
    assert set(MERGES["scaling"]) == {"none", "zscore"}
    assert MERGES["shc_reached"].count() >= 14
    assert len(MERGES) == 19 * len(CASES)


@every_case
def test_merges_join_the_groups_that_they_join_in_r(case: str) -> None:
    ours = [sorted([one.left.tolist(), one.right.tolist()]) for one in study(case)[2]]
    theirs = [
        sorted([rows(left), rows(right)])
        for left, right in CASES[case][["left", "right"]].itertuples(index=False)
    ]
    assert ours == theirs


@every_case
def test_index_distance_sigma_and_level_are_those_of_r(case: str) -> None:
    scores, how, merges = study(case)
    scaled = scale(scores, how.scaling)
    sizes, parents = [one.size for one in merges], [one.parent for one in merges]
    levels = sequential_levels(sizes, parents, [0.0] * len(merges))
    assert levels == pytest.approx(CASES[case]["level"], rel=EXACT)
    for one, expected in zip(merges, CASES[case].to_dict("records"), strict=True):
        if one.size >= 10:
            index = cluster_index(scaled, one.left, one.right)
            assert index == pytest.approx(expected["cluster_index"], rel=EXACT)
        found = selective_difference(scores, one.left, one.right, 0, how, 1, rng())
        assert found.distance == pytest.approx(expected["distance"], rel=EXACT)
        assert found.sigma == pytest.approx(expected["sigma"], rel=EXACT)


@every_case
def test_splits_of_one_gaussian_are_as_clear_as_in_r(case: str) -> None:
    scores, how, merges = study(case)
    draws = 999
    for one, expected in zip(merges, CASES[case].to_dict("records"), strict=True):
        if one.size >= 10:
            p = split_significance(scores, one.left, one.right, how, draws, rng()).p_value
            theirs = (1 + expected["shc_reached"]) / (1 + expected["shc_draws"])
            error = np.sqrt(theirs * (1 - theirs) * (1 / draws + 1 / expected["shc_draws"]))
            assert p == pytest.approx(theirs, abs=4 * error + 1 / draws), expected["step"]


@every_case
@pytest.mark.parametrize("step", [1, 5, 9, 14, 16, 17, 18, 19])
def test_the_selective_p_is_that_of_intervals_found_without_drawing(case: str, step: int) -> None:
    scores, how, merges = study(case)
    one = merges[step - 1]
    found = selective_difference(scores, one.left, one.right, step - 1, how, 2_000, rng(step))
    exact = CASES[case].loc[step - 1, "selective_p"]
    # Draws have unequal weights: a third of those kept is a low guess of what they are worth.
    error = np.sqrt(exact * (1 - exact) / (found.kept / 3))
    assert found.kept > 100
    assert found.p_value == pytest.approx(exact, abs=4 * error + 1 / found.kept)


@pytest.mark.parametrize("distance", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("n_items", [1, 4])
def test_two_objects_that_are_always_joined_have_the_p_of_a_chi_variable(
    n_items: int, distance: float
) -> None:
    scores = np.zeros((2, n_items))
    scores[0, 0] = distance
    found = selective_difference(
        *(scores, np.array([0]), np.array([1]), 0, Specification(), 4_000, rng()),
        sigma=1 / np.sqrt(2),
    )
    assert found.p_value == pytest.approx(chi(n_items).sf(distance), abs=0.035)


def test_draws_of_several_widths_are_weighted_together() -> None:
    widths, sizes = np.array([2.0, 0.25]), np.array([4_000, 16_000])
    drawn = 1.5 + np.repeat(widths, sizes) * rng().standard_normal(sizes.sum())
    p = _tail(drawn[(drawn > 0.5) & (drawn < 4)], 1.5, 3, widths, sizes)
    mass = chi(3).cdf([0.5, 1.5, 4])
    assert p == pytest.approx((mass[2] - mass[1]) / (mass[2] - mass[0]), abs=0.02)


def distance_from_even(p_values: list[float]) -> float:
    """Kolmogorov's distance from the even distribution, times the root of the sample size."""
    n = len(p_values)
    ordered, ranks = np.sort(p_values), np.arange(1, n + 1) / n
    apart = max((ranks - ordered).max(), (ordered - ranks + 1 / n).max())
    return float(apart * np.sqrt(n))


def p_without_groups(
    test: Callable[[NDArray[np.float64], Merge, int, np.random.Generator], float],
    how: Specification,
    from_root: int,
    n_items: int = 3,
) -> list[float]:
    """p of one merge in each of 200 studies of nine trusts from one Gaussian."""
    p_values = []
    for seed in range(200):
        draw = rng(seed)
        # Items differ in level, which matters to correlations between profiles.
        scores = 2 * np.arange(n_items) + draw.standard_normal((9, n_items))
        if how.scaling == "respondent_centred":
            scores -= scores.mean(axis=1, keepdims=True)
        place = len(scores) - 1 - from_root
        p_values.append(test(scores, merge_at(place, scores, how), place, draw))
    return p_values


def merge_at(place: int, scores: NDArray[np.float64], how: Specification) -> Merge:
    """One merge, straight from the tree, because making tables takes longer than the test."""
    tree = build_tree(scores, names_of(scores), how.linkage, how.metric, how.scaling)
    members = [np.array([row]) for row in range(len(scores))]
    for left, right in tree.merges[:, :2].astype(int):
        members.append(np.concatenate([members[left], members[right]]))
    left, right = tree.merges[place, :2].astype(int)
    return Merge(members[left], members[right], None)


@pytest.mark.parametrize(
    ("linkage", "scaling", "from_root"),
    [
        *(("average", "none", 1), ("average", "none", 2), ("complete", "none", 8)),
        *(("single", "none", 3), ("ward", "zscore", 1), ("average", "respondent_centred", 1)),
    ],
)
def test_the_selective_p_is_spread_evenly_where_there_are_no_groups(
    linkage: str, scaling: str, from_root: int
) -> None:
    how = Specification(linkage, scaling=scaling)

    def p_value(
        scores: NDArray[np.float64], one: Merge, place: int, draw: np.random.Generator
    ) -> float:
        return selective_difference(
            scores, one.left, one.right, place, how, 100, draw, sigma=1.0
        ).p_value

    p_values = p_without_groups(p_value, how, from_root)
    assert distance_from_even(p_values) < KOLMOGOROV


def test_the_selective_p_with_an_estimated_sigma_is_spread_evenly_where_there_are_no_groups() -> (
    None
):
    how = Specification()

    def p_value(
        scores: NDArray[np.float64], one: Merge, place: int, draw: np.random.Generator
    ) -> float:
        return selective_difference(scores, one.left, one.right, place, how, 100, draw).p_value

    assert distance_from_even(p_without_groups(p_value, how, 1)) < KOLMOGOROV


@pytest.mark.parametrize(
    ("metric", "scaling"),
    [("euclidean", "none"), ("euclidean", "zscore"), ("correlation", "none")],
)
def test_p_along_the_tree_is_spread_evenly_where_the_gaussian_is_known(
    metric: str, scaling: str
) -> None:
    how = Specification(metric=metric, scaling=scaling)

    def p_value(
        scores: NDArray[np.float64], one: Merge, place: int, draw: np.random.Generator
    ) -> float:
        return split_significance(
            scores, one.left, one.right, how, 99, draw, covariance=np.eye(3)
        ).p_value

    assert distance_from_even(p_without_groups(p_value, how, 1)) < KOLMOGOROV


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_p_along_the_tree_is_not_too_small_where_the_gaussian_is_fitted(correlation: float) -> None:
    root = np.linalg.cholesky(np.full((10, 10), correlation) + (1 - correlation) * np.eye(10))
    how = Specification()
    p_values = []
    for seed in range(100):
        draw = rng(seed)
        scores = draw.standard_normal((17, 10)) @ root.T
        one = merge_at(15, scores, how)
        p_values.append(split_significance(scores, one.left, one.right, how, 99, draw).p_value)
    # 9 of 100 are more than a 5% test rejects in all but 3% of such samples.
    assert np.sum(np.array(p_values) <= 0.05) <= 9
    assert np.median(p_values) > 0.4


def planted(apart: float = 9.0, size: int = 12) -> NDArray[np.float64]:
    draw = rng(3)
    scores = draw.standard_normal((2 * size, 4))
    scores[size:] += apart / 2
    return scores


def test_two_groups_far_apart_are_found_by_both_and_what_is_below_them_is_not() -> None:
    table = table_of(planted(), draws=199)
    shc, selective = (table[table["method"] == name] for name in ("shc", "selective"))
    assert (shc["p_value"].iloc[-1], shc["level"].iloc[-1]) == (1 / 200, 0.05)
    assert selective["p_value"].iloc[-1] < 0.001
    below = shc[shc["p_value"].notna()].iloc[:-1]
    assert len(below) >= 2
    assert (below["p_value"] > below["level"]).all()


def test_testing_stops_below_a_merge_that_may_be_one_gaussian() -> None:
    shc = table_of(planted(apart=0)).query("method == 'shc'")
    assert shc["p_value"].iloc[-1] > 0.05
    assert shc["level"].tolist() == [0.0] * (len(shc) - 1) + [0.05]


def test_a_missing_p_stops_testing_too_and_sisters_do_not() -> None:
    sizes, parents = [10, 11, 21, 12, 33], [2, 2, 4, 4, None]
    # .04 is below .05 but above .05 x 20 / 32.
    levels = sequential_levels(sizes, parents, [0.001, 0.001, 0.04, 0.001, 0.001])
    assert levels[:2] == [0, 0]
    levels = sequential_levels(sizes, parents, [0.001, 0.001, np.nan, 0.001, 0.001])
    assert levels == pytest.approx([0, 0, 0.05 * 20 / 32, 0.05 * 11 / 32, 0.05])


def test_the_table_has_two_rows_a_merge_in_order_and_tells_what_was_not_table_of() -> None:
    scores = rng().standard_normal((14, 3))
    table = table_of(scores)
    assert tuple(table.columns) == MERGE_TESTS_COLUMNS
    assert table["step"].tolist() == [step for step in range(1, 14) for _ in range(2)]
    assert table["method"].tolist() == ["shc", "selective"] * 13
    sizes = [one.size for one in merges_by(scores, Specification())]
    shc, selective = (table[table["method"] == name] for name in ("shc", "selective"))
    assert shc["p_value"].notna().tolist() == [size >= 10 for size in sizes]
    assert shc["draws"].tolist() == [99 if size >= 10 else 0 for size in sizes]
    assert selective["p_value"].notna().all()
    assert selective["level"].isna().all()
    assert shc["level"].notna().all()


def test_only_the_last_thirty_merges_are_tested() -> None:
    table = table_of(rng().standard_normal((35, 2)), draws=9)
    assert set(table.loc[table["p_value"].notna(), "step"]) == set(range(5, 35))


def test_the_same_seed_gives_the_same_table() -> None:
    scores = rng(5).standard_normal((13, 4))
    pd.testing.assert_frame_equal(table_of(scores), table_of(scores))


@pytest.mark.parametrize("linkage", ["average", "complete", "single", "ward"])
@pytest.mark.parametrize("scaling", ["none", "zscore", "respondent_centred"])
@pytest.mark.parametrize(
    "scores",
    [
        np.array([[1.0], [2.0], [4.0]]),
        np.array([[5.0, 5.0], [5.0, 5.0], [5.0, 5.0]]),
        np.repeat([[3.1, 4.2, 5.3], [6.1, 4.2, 1.7]], 7, axis=0),
        np.tile([[0.1 + 0.2, 0.7]], (12, 1)),
        np.array([[row % 4, row // 4] for row in range(16)], dtype=float),
    ],
    ids=["three", "three-in-one-place", "two-places", "one-place", "a-grid-of-ties"],
)
def test_few_coinciding_and_tied_trusts_have_a_p_above_0(
    scores: NDArray[np.float64], scaling: str, linkage: str
) -> None:
    table = table_of(scores, Specification(linkage, scaling=scaling), draws=19)
    assert len(table) == 2 * (len(scores) - 1)
    assert table["p_value"].dropna().between(1e-300, 1).all()
    assert table.query("method == 'selective'")["p_value"].notna().all()


def test_trusts_that_all_coincide_are_one_group() -> None:
    table = table_of(np.full((11, 3), 4.4))
    assert set(table["p_value"].dropna()) == {1.0}
    assert table["p_value"].count() == 10 + 2


def test_groups_of_coinciding_trusts_are_as_clear_as_can_be() -> None:
    table = table_of(np.repeat([[1.0, 9.0], [9.0, 1.0]], 8, axis=0), draws=99)
    last = table.iloc[-2:].set_index("method")["p_value"]
    # The Gaussian fitted to two points is a line, and a line can be cut less clearly.
    assert last["shc"] == 1 / 100
    assert last["selective"] < 0.05


def test_flat_profiles_have_no_correlation_and_still_a_p() -> None:
    scores = rng(2).standard_normal((12, 4))
    table = table_of(scores, Specification(metric="correlation"), draws=19)
    assert table.query("method == 'selective'")["p_value"].notna().all()


def test_scores_centred_by_respondent_have_one_dimension_less() -> None:
    scores = np.array([[1.0, -1.0], [2.0, -2.0], [5.0, -5.0]])
    assert noise_deviation(scores, 1) == pytest.approx(np.sqrt(2) * noise_deviation(scores, 2))
    found = selective_difference(
        *(scores, np.array([0, 1]), np.array([2]), 1),
        *(Specification(scaling="respondent_centred"), 9, rng()),
    )
    assert found.sigma == pytest.approx(noise_deviation(scores, 1))


def test_a_tree_of_other_trusts_is_refused() -> None:
    table = pd.DataFrame({"step": ["1"], "left": ["MAT 1"], "right": ["MAT 9"]})
    with pytest.raises(ValueError, match="'MAT 9', which is neither an earlier step nor one of"):
        merges_of(table, ["MAT 1", "MAT 2"])


def test_tests_without_draws_or_objects_are_refused() -> None:
    scores, left, right = np.array([[1.0], [2.0]]), np.array([0]), np.array([1])
    with pytest.raises(ValueError, match="needs three or more"):
        split_significance(scores, left, right, Specification(), 9, rng())
    with pytest.raises(ValueError, match="draws is 0"):
        selective_difference(scores, left, right, 0, Specification(), 0, rng())
