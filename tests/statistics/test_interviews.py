"""Trusts are the units of coded interviews, however much their chief executives said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.crosstabs import exact_test
from buildingtrusts.statistics.interviews import (
    SUMMARY_COLUMNS,
    TEST_COLUMNS,
    Grouping,
    compare_break_points,
    summarise_interviews,
)

#: Trust A talks a lot about governance, and was interviewed twice; D is not in the survey.
ROWS = [
    ("I1", "A", "governance", 3, "", "E1"),
    ("I1", "A", "governance", 3, "alignment", "E1"),
    ("I1", "A", "governance", 3, "", "E2"),
    ("I5", "A", "governance", 1, "", "E3"),
    ("I2", "B", "governance", 1, "", "E4"),
    ("I2", "B", "workforce", None, "alignment", "E5"),
    ("I3", "C", "workforce", 2, "", "E6"),
    ("I4", "D", "", None, "ceo_role", "E7"),
]
EXCERPTS = pd.DataFrame(
    ROWS, columns=["interview_id", "mat_id", "area", "weight", "break_point", "excerpt_id"]
).astype({"weight": "Int64"})
CLUSTERS = Grouping("cluster", {"A": "1", "B": "1", "C": "2", "D": "(not in the survey)"},
                    ("1", "2", "3", "(not in the survey)"), 3)  # fmt: skip
SIZES = Grouping("size", {"A": "big", "B": "big", "C": "small", "D": "(missing)"},
                 ("small", "big", "(missing)"))  # fmt: skip


@pytest.fixture(scope="module")
def summary() -> pd.DataFrame:
    areas, tags = ["governance", "workforce"], ["alignment", "ceo_role"]
    found = summarise_interviews(EXCERPTS, areas, tags, [CLUSTERS], [SIZES])
    assert tuple(found.columns) == SUMMARY_COLUMNS
    return found.set_index(["measure", "code", "group", "level"]).sort_index()


def test_a_trusts_weight_is_the_mean_of_its_excerpts_and_a_groups_that_of_its_trusts(
    summary: pd.DataFrame,
) -> None:
    # A: E1 once, though it has two rows, E2 and E3 of another interview: (3 + 3 + 1) / 3.
    row = summary.loc[("centralisation", "governance", "all", "(all)")]
    assert row["mean_weight"] == pytest.approx((7 / 3 + 1) / 2)
    assert row["sd_weight"] == pytest.approx(np.std([7 / 3, 1], ddof=1))
    assert (row["n_mats"], row["n_coded"], row["n_interviews"], row["n_excerpts"]) == (4, 2, 3, 4)
    assert row["share"] == 0.5


def test_an_excerpt_without_a_weight_says_nothing_of_centralisation(summary: pd.DataFrame) -> None:
    row = summary.loc[("centralisation", "workforce", "all", "(all)")]
    assert (row["n_coded"], row["n_excerpts"], row["mean_weight"]) == (1, 1, 2)
    assert pd.isna(row["sd_weight"])


def test_areas_are_summarised_by_cluster_with_its_k(summary: pd.DataFrame) -> None:
    of = summary.loc[("centralisation", "governance", "cluster")]
    assert of["n_mats"].to_dict() == {"1": 2, "2": 1, "3": 0, "(not in the survey)": 1}
    assert of.loc["2", "n_coded"] == 0
    assert pd.isna(of.loc["2", "mean_weight"])
    assert pd.isna(of.loc["3", "share"])
    assert set(of["k"]) == {3}


def test_a_break_point_is_met_by_a_trust_once_however_often_it_is_mentioned(
    summary: pd.DataFrame,
) -> None:
    of = summary.loc[("break_point", "alignment", "size")]
    assert of["n_coded"].to_dict() == {"small": 0, "big": 2, "(missing)": 0}
    assert of["share"].to_dict() == {"small": 0.0, "big": 1.0, "(missing)": 0.0}
    assert of["mean_weight"].isna().all()
    assert of["k"].isna().all()


def test_each_code_stands_for_each_level_even_where_nobody_is(summary: pd.DataFrame) -> None:
    assert len(summary) == 2 * (1 + 4) + 2 * (1 + 3)


def compared(*groupings: Grouping) -> pd.DataFrame:
    found = compare_break_points(
        EXCERPTS,
        ["alignment", "ceo_role"],
        groupings,
        stream=lambda task: np.random.default_rng(1),
    )
    assert tuple(found.columns) == TEST_COLUMNS
    return found.set_index(["group", "code"])


def test_a_break_point_is_tested_by_level_without_the_unknown() -> None:
    row = compared(SIZES).loc[("size", "alignment")]
    expected = exact_test(np.array([[0, 2], [1, 0]]))
    assert row["n"] == 3
    assert row["p_value"] == pytest.approx(1 / 3)
    assert row["p_value"] == pytest.approx(expected.p_value)
    assert row["p_adjusted"] == pytest.approx(2 / 3)
    # D is the only trust that mentions it, and its size is not known.
    assert compared(SIZES).loc[("size", "ceo_role"), "p_value"] == 1


def test_an_attribute_that_is_known_of_nobody_is_not_tested() -> None:
    unknown = Grouping("spread", dict.fromkeys("ABCD", "(missing)"), ("(missing)",))
    assert compared(unknown).empty


def test_the_order_of_the_rows_changes_nothing() -> None:
    areas, tags = ["governance", "workforce"], ["alignment", "ceo_role"]
    one, other = (
        summarise_interviews(rows, areas, tags, [CLUSTERS], [SIZES])
        for rows in (EXCERPTS, EXCERPTS[::-1])
    )
    pd.testing.assert_frame_equal(one, other)
