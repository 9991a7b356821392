"""ICC and rwg in cases whose answer is known without a computer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.statistics.agreement import (
    agreement_table,
    icc,
    uniform_null_variance,
    within_group_agreement,
)

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

NAN = float("nan")


def test_unequal_trusts_by_hand() -> None:
    # A answers 1 and 3 (mean 2), B answers 5, 5 and 8 (mean 6); the mean of all is 4.4.
    found = icc(np.array([1.0, 3.0, 5.0, NAN, 5.0, 8.0]), ["A", "A", "B", "B", "B", "B"])
    msb, msw = 2 * 2.4**2 + 3 * 1.6**2, (2 + 6) / 3
    assert (found.n_groups, found.n_responses) == (2, 5)
    np.testing.assert_allclose([found.msb, found.msw], [msb, msw])
    assert found.icc1 == pytest.approx((msb - msw) / (msb + (2.5 - 1) * msw))
    assert found.icc1_n0 == pytest.approx((msb - msw) / (msb + (2.4 - 1) * msw))
    assert found.icc2 == pytest.approx((msb - msw) / msb)


def test_trusts_that_agree_within_and_differ_between_are_wholly_reliable() -> None:
    found = icc(np.array([1.0, 1.0, 9.0, 9.0]), ["A", "A", "B", "B"])
    assert (found.icc1, found.icc2, found.icc1_n0) == (1.0, 1.0, 1.0)


def test_trusts_with_one_mean_have_the_lowest_icc_and_it_is_kept_negative() -> None:
    found = icc(np.array([1.0, 9.0, 1.0, 9.0]), ["A", "A", "B", "B"])
    assert (found.icc1, found.icc2) == (-1.0, float("-inf"))


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([1.0, 2.0, 3.0], ["A", "A", "A"]),
        ([1.0, 2.0, 3.0], ["A", "B", "C"]),
        ([5.0, 5.0, 5.0, 5.0], ["A", "A", "B", "B"]),
        # A third of a tenth is no binary fraction: its squares do not sum to nothing.
        ([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], ["A", "A", "A", "B", "B", "B"]),
        ([NAN, NAN, NAN], ["A", "A", "B"]),
    ],
)
def test_where_nothing_can_be_compared_icc_is_missing(
    values: list[float], groups: list[str]
) -> None:
    found = icc(np.array(values), groups)
    assert np.isnan([found.icc1, found.icc2, found.icc1_n0]).all()


def test_with_trusts_of_one_size_both_estimators_agree() -> None:
    values = np.random.default_rng(1).normal(size=30)
    found = icc(values, np.repeat(list("ABCDEF"), 5))
    assert found.icc1 == pytest.approx(found.icc1_n0)


def test_a_planted_icc_is_recovered() -> None:
    rng = np.random.default_rng(3)
    n_trusts, size, between = 2000, 8, 0.3
    effects = np.repeat(rng.normal(scale=np.sqrt(between), size=n_trusts), size)
    values = effects + rng.normal(scale=np.sqrt(1 - between), size=n_trusts * size)
    found = icc(values, np.repeat(np.arange(n_trusts), size))
    assert found.icc1 == pytest.approx(between, abs=0.03)
    # Spearman and Brown: the reliability of a mean of eight.
    assert found.icc2 == pytest.approx(size * between / (1 + (size - 1) * between), abs=0.02)


@REPEATED
@given(
    st.lists(st.integers(1, 10), min_size=8, max_size=8),
    st.floats(0.1, 10),
    st.floats(-5, 5),
)
def test_units_and_zero_of_the_scale_do_not_matter(
    answers: list[int], unit: float, zero: float
) -> None:
    values, groups = np.array(answers, dtype=float), list("AAABBCCC")
    one, other = icc(values, groups), icc(values * unit + zero, groups)
    np.testing.assert_allclose(one.icc1, other.icc1, atol=1e-9)


def test_answers_spread_evenly_are_no_agreement_at_all() -> None:
    assert (uniform_null_variance(10), uniform_null_variance(11)) == (8.25, 10.0)
    for low, options in ((1, 10), (0, 11)):
        scale = np.arange(low, low + options, dtype=float)
        assert scale.var() == pytest.approx(uniform_null_variance(options))


def test_rwg_by_hand_with_negatives_cut_and_lone_answers_left_out() -> None:
    values = np.array([4.0, 6.0, 1.0, 10.0, 5.0, NAN, 7.0])
    found = within_group_agreement(values, ["A", "A", "B", "B", "C", "C", "D"], 8.25)
    assert found == {"A": pytest.approx(1 - 2 / 8.25), "B": 0.0}


def test_agreement_is_told_of_all_trusts_and_of_the_clustered_ones() -> None:
    frame = pd.DataFrame(
        {
            "mat_id": ["A", "A", "B", "B", "C"],
            "s__q": [4.0, 6.0, 9.0, 9.0, 1.0],
            "w__hours": [38.5, 40.0, 41.0, NAN, 12.0],
        }
    )
    table = agreement_table(frame, [("s", "q"), ("w", "hours")], [10, None], ["A", "B"])
    assert table[["mats", "item", "n_groups", "n_responses"]].values.tolist() == [
        *(["all", "q", 3, 5], ["all", "hours", 3, 4]),
        *(["clustered", "q", 2, 4], ["clustered", "hours", 2, 3]),
    ]
    rwg = np.array([1 - 2 / 8.25, 1.0])
    np.testing.assert_allclose(table["rwg_mean"], [rwg.mean(), NAN, rwg.mean(), NAN])
    np.testing.assert_allclose(table["rwg_median"], [rwg.mean(), NAN, rwg.mean(), NAN])
    assert table["icc1"].notna().all()


def test_rwg_does_not_depend_on_the_unit_of_the_scale() -> None:
    """1-5 in steps of 0.25 is 1-17 in whole numbers, written smaller."""
    whole = pd.DataFrame({"mat_id": ["A", "A", "B", "B"], "s__q": [5.0, 9.0, 17.0, 12.0]})
    small = whole.assign(s__q=(whole["s__q"] - 1) / 4 + 1)
    found = [
        agreement_table(frame, [("s", "q")], [17], ["A"], [step])["rwg_mean"]
        for frame, step in ((whole, 1.0), (small, 0.25))
    ]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-12)
