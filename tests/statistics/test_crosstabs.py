"""Exact tests on tables small enough to list by hand, and how attributes are told."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.output.contracts import WAVE_TABLES
from buildingtrusts.statistics.crosstabs import (
    EXACT,
    MONTE_CARLO,
    Crosstabs,
    count_table,
    cramers_v,
    crosstabulate,
    exact_test,
    holm,
)
from buildingtrusts.study.randomness import task_generator

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

NAN = float("nan")


def by_listing(table: np.ndarray) -> tuple[float, float, float, float]:
    """P, smallest p, mean and 95% point of V over all ways to deal columns out to objects."""
    rows = np.repeat(np.arange(table.shape[0]), table.sum(axis=1))
    columns = np.repeat(np.arange(table.shape[1]), table.sum(axis=0))

    def rarity(one: np.ndarray) -> int:
        return math.prod(math.factorial(cell) for cell in one.ravel().tolist())

    dealt = []
    # Every order that looks different is as many orders of single objects.
    for order in set(itertools.permutations(columns.tolist())):
        one = np.zeros_like(table)
        np.add.at(one, (rows, list(order)), 1)
        dealt.append((rarity(one), cramers_v(one)))
    n, own = len(dealt), rarity(table)
    counts = {value: sum(other == value for other, _ in dealt) for value, _ in dealt}
    values = sorted(v for _, v in dealt)
    return (
        sum(times for value, times in counts.items() if value >= own) / n,
        counts[max(counts)] / n,
        sum(values) / n,
        values[math.ceil(0.95 * n) - 1],
    )


def test_fishers_tea_tasting() -> None:
    found = exact_test(np.array([[3, 1], [1, 3]]))
    # Of 70 ways to choose four cups, 1 + 16 are as good, and as bad, as hers.
    assert found.p_value == pytest.approx(34 / 70)
    assert found.p_min_attainable == pytest.approx(2 / 70)
    assert found.cramers_v == pytest.approx(0.5)
    assert (found.test, found.draws) == (EXACT, 0)


def test_fifteen_against_two_can_hardly_be_significant() -> None:
    # Both of the two at the level that nine trusts have: 36 of 136 pairs; at that of eight: 28.
    found = exact_test(np.array([[7, 2], [8, 0]]))
    assert found.p_value == pytest.approx((36 + 28) / 136)
    assert found.p_min_attainable == pytest.approx(28 / 136)


@pytest.mark.parametrize(
    "cells",
    [
        [[3, 0], [0, 3]],
        [[2, 1], [1, 3]],
        [[2, 0, 1], [0, 2, 1]],
        [[1, 1], [2, 0], [0, 3]],
        [[1, 0, 1], [0, 2, 0], [1, 0, 2]],
        # The 95% point of V is not its 97% point here.
        [[1, 2, 1], [2, 0, 3]],
    ],
)
def test_the_exact_test_is_that_of_all_ways_to_deal_out(cells: list[list[int]]) -> None:
    table = np.array(cells)
    found, listed = exact_test(table), by_listing(table)
    assert (found.p_value, found.p_min_attainable) == pytest.approx(listed[:2])
    assert found.cramers_v_null_mean == pytest.approx(listed[2])
    assert found.cramers_v_null_q95 == pytest.approx(listed[3])


TABLES = st.lists(
    st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=2, max_size=3
).filter(lambda cells: sum(map(sum, cells)) > 0)


@REPEATED
@given(TABLES, st.permutations(range(3)), st.booleans())
def test_the_order_of_levels_and_which_side_is_which_do_not_matter(
    cells: list[list[int]], order: list[int], turned: bool
) -> None:
    table = np.array(cells)
    other = table[::-1][:, order]
    one, two = exact_test(table), exact_test(other.T if turned else other)
    for name in ("p_value", "p_min_attainable", "cramers_v", "cramers_v_null_q95"):
        np.testing.assert_allclose(getattr(one, name), getattr(two, name), rtol=1e-9)
    assert 0 < one.p_min_attainable <= one.p_value <= 1


def test_empty_levels_carry_no_information() -> None:
    full, padded = np.array([[3, 1], [0, 4]]), np.array([[3, 0, 1], [0, 0, 0], [0, 0, 4]])
    assert exact_test(padded) == exact_test(full)


def test_with_one_level_left_nothing_can_differ() -> None:
    found = exact_test(np.array([[3, 4], [0, 0]]))
    assert (found.test, found.p_value, found.p_min_attainable) == (EXACT, 1.0, 1.0)
    assert np.isnan([found.cramers_v, found.cramers_v_corrected, found.cramers_v_null_mean]).all()


def test_drawn_tests_say_so_and_come_near_the_exact_one() -> None:
    table = np.array([[3, 1, 2], [0, 4, 1], [2, 0, 4]])
    exact = exact_test(table)
    drawn = exact_test(table, max_steps=5, draws=20_000, rng=np.random.default_rng(1))
    assert (drawn.test, drawn.draws) == (MONTE_CARLO, 20_000)
    assert np.isnan(drawn.p_min_attainable)
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.012)
    assert drawn.cramers_v_null_mean == pytest.approx(exact.cramers_v_null_mean, abs=0.01)
    assert (drawn.cramers_v, drawn.cramers_v_corrected) == (
        exact.cramers_v,
        exact.cramers_v_corrected,
    )


def test_an_exact_p_may_stand_beside_a_drawn_null_of_v() -> None:
    table = np.array([[3, 1, 2], [0, 4, 1], [2, 0, 4]])
    found = exact_test(table, max_tables=5, draws=500, rng=np.random.default_rng(1))
    assert (found.test, found.draws) == (EXACT, 500)
    assert found.p_value == exact_test(table).p_value
    assert found.p_min_attainable == exact_test(table).p_min_attainable


def test_a_drawn_p_is_never_nothing() -> None:
    # Perfectly separated: one draw in 2.7 million would be as rare.
    table = np.diag([6, 6, 6])
    drawn = exact_test(table, max_steps=5, draws=99, rng=np.random.default_rng(1))
    assert drawn.p_value == 1 / 100


def test_drawing_needs_a_generator() -> None:
    with pytest.raises(ValueError, match="pass a random generator to draw some, or raise max_ste"):
        exact_test(np.array([[3, 1, 2], [0, 4, 1]]), max_steps=2)


@pytest.mark.parametrize("cells", [[[1, -1], [2, 3]], [[0, 0], [0, 0]]])
def test_what_is_no_table_of_counts_is_refused(cells: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="a table of counts has counts of 0 or more"):
        exact_test(np.array(cells))


def test_an_object_at_a_level_that_is_not_listed_is_not_dropped_silently() -> None:
    with pytest.raises(ValueError, match="found the levels 'c' and 1; allowed are"):
        count_table(["a", "c"], [1, 1], ["a", "b"], [1, 2])


def test_holm_by_hand() -> None:
    # Times 4, 3, 2, 1 in order of size, and never less than the one before.
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_leaves_out_what_was_not_tested() -> None:
    found = holm([0.02, NAN, 0.04])
    assert found[0] == 0.04
    assert math.isnan(found[1])
    assert found[2] == 0.04


# Attributes against partitions.

CLUSTERS = pd.DataFrame(
    [(mat, 2, 1 if mat in "ABC" else 2) for mat in "ABCDEF"]
    + [(mat, 3, {"A": 1, "B": 1, "C": 2, "D": 2}.get(mat, 3)) for mat in "ABCDEF"],
    columns=["mat_id", "k", "cluster"],
)
TRUSTS = pd.DataFrame(
    {
        "mat_id": list("FEDCBAZ"),
        "growth": ["Yes", "Yes", "Yes", "No", "No", "No", "Yes"],
        "size": ["L", "(missing)", "S", "L", "S", "S", "L"],
        "flags": ["1", "1", "0", "0", "0", "1", "9"],
    }
)
LEVELS = {"growth": ["No", "Yes", "Never"], "size": ["S", "M", "L"], "flags": ["0", "1"]}


def stream(*used: str) -> Callable[[str], np.random.Generator]:
    return lambda task: task_generator(1, *used, task)


def tabulated(k_values: list[int] = [2, 3], **choices: object) -> Crosstabs:  # noqa: B006
    return crosstabulate(
        CLUSTERS,
        TRUSTS,
        LEVELS,
        k_values,
        **{"stream": stream("2031"), **choices},  # type: ignore[arg-type]
    )


def cells(found: Crosstabs, k: int, attribute: str) -> list[list[object]]:
    of = found.counts[(found.counts["k"] == k) & (found.counts["attribute"] == attribute)]
    return of[["level", "cluster", "n"]].values.tolist()


def test_tables_have_the_columns_of_their_contracts() -> None:
    found = tabulated()
    assert tuple(found.counts.columns) == WAVE_TABLES["crosstabs"].columns
    assert tuple(found.associations.columns) == WAVE_TABLES["associations"].columns


def test_levels_come_in_declared_order_with_their_zeros() -> None:
    assert cells(tabulated(), 2, "growth") == [
        *(["No", 1, 3], ["No", 2, 0], ["Yes", 1, 0], ["Yes", 2, 3]),
        *(["Never", 1, 0], ["Never", 2, 0]),
    ]


def test_a_trust_of_unknown_level_is_counted_and_not_tested() -> None:
    found = tabulated()
    assert cells(found, 2, "size") == [
        *(["S", 1, 2], ["S", 2, 1], ["M", 1, 0], ["M", 2, 0], ["L", 1, 1], ["L", 2, 1]),
        *(["(missing)", 1, 0], ["(missing)", 2, 1]),
    ]
    tested = found.associations.set_index(["k", "attribute"])["n"]
    assert tested.to_dict() == {
        (k, name): n for k in (2, 3) for name, n in (("growth", 6), ("size", 5), ("flags", 6))
    }
    alone = exact_test(np.array([[2, 1], [1, 1]]))
    row = found.associations.set_index(["k", "attribute"]).loc[(2, "size")]
    assert row["p_value"] == alone.p_value


def test_a_trust_that_a_source_does_not_cover_is_counted_apart_and_not_tested() -> None:
    trusts = TRUSTS.assign(size=TRUSTS["size"].replace("(missing)", "(not covered)"))
    found = crosstabulate(CLUSTERS, trusts, LEVELS, [2], stream=stream())
    assert cells(found, 2, "size")[6:] == [["(not covered)", 1, 0], ["(not covered)", 2, 1]]
    assert found.associations.set_index("attribute")["n"]["size"] == 5
    both = trusts.assign(size=["(missing)", *trusts["size"][1:]])
    shown = [level for level, *_ in cells(
        crosstabulate(CLUSTERS, both, LEVELS, [2], stream=stream()), 2, "size"
    )]  # fmt: skip
    assert shown[6:] == ["(missing)"] * 2 + ["(not covered)"] * 2


def test_an_attribute_that_no_trust_has_is_counted_and_not_tested() -> None:
    unknown = TRUSTS.assign(size="(missing)")
    found = crosstabulate(CLUSTERS, unknown, LEVELS, [2], stream=stream())
    assert sum(n for _, _, n in cells(found, 2, "size")) == 6
    assert found.associations["attribute"].tolist() == ["growth", "flags"]


def test_holm_adjusts_within_one_partition_and_family() -> None:
    together = tabulated().associations
    apart = tabulated(own_family=["flags"]).associations
    for k in (2, 3):
        p = together.loc[together["k"] == k, "p_value"].tolist()
        assert together.loc[together["k"] == k, "p_adjusted"].tolist() == holm(p)
        own = apart[apart["k"] == k].set_index("attribute")["p_adjusted"]
        assert own[["growth", "size"]].tolist() == holm(p[:2])
        assert own["flags"] == p[2]
    assert together["p_adjusted"].tolist() != apart["p_adjusted"].tolist()


def test_attributes_of_an_own_family_are_each_by_themselves() -> None:
    found = tabulated([3], own_family=["flags", "size"]).associations.set_index("attribute")
    assert (found["p_adjusted"] == found["p_value"]).all()


def test_partitions_that_were_not_made_are_left_out() -> None:
    assert set(tabulated([3, 5]).counts["k"]) == {3}
    assert len(tabulated([5]).associations) == 0


def test_drawn_tests_repeat_and_other_waves_have_other_draws() -> None:
    few = {"max_steps": 1, "max_tables": 1, "draws": 200}
    one, same = tabulated(**few).associations, tabulated(**few).associations
    other = tabulated(**few, stream=stream("2032")).associations
    pd.testing.assert_frame_equal(one, same)
    assert set(one["draws"]) == {200}
    assert set(one["test"]) == {MONTE_CARLO}
    assert one["cramers_v_null_mean"].tolist() != other["cramers_v_null_mean"].tolist()
    assert one["cramers_v"].tolist() == other["cramers_v"].tolist()


def test_an_attributes_draws_do_not_hang_on_which_others_there_are() -> None:
    few = {"max_steps": 1, "max_tables": 1, "draws": 200, "stream": stream("2031")}
    alone = crosstabulate(CLUSTERS, TRUSTS, {"flags": ["0", "1"]}, [3], **few)  # type: ignore[arg-type]
    together = crosstabulate(CLUSTERS, TRUSTS, LEVELS, [2, 3], **few)  # type: ignore[arg-type]
    columns = ["p_value", "cramers_v_null_mean", "cramers_v_null_q95"]
    of = together.associations.query("k == 3 and attribute == 'flags'")
    assert of[columns].values.tolist() == alone.associations[columns].values.tolist()


def test_clusters_without_attributes_give_empty_tables() -> None:
    found = crosstabulate(CLUSTERS, TRUSTS[["mat_id"]], {}, [2], stream=stream())
    assert (len(found.counts), len(found.associations)) == (0, 0)
    assert tuple(found.counts.columns) == WAVE_TABLES["crosstabs"].columns
