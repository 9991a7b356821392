"""Withheld numbers cannot be worked out: known answers, and attacks on random tables."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.output.publication import shown_count
from buildingtrusts.statistics.crosstabs import exact_test
from buildingtrusts.statistics.disclosure import (
    Linked,
    Unprotectable,
    exposed,
    possible_range,
    protect,
    table_with_margins,
    tables_like,
)

ORACLES = Path(__file__).parents[1] / "oracles"
#: The example of Fischetti and Salazar: three activities (rows) in three regions (columns).
ACTIVITIES = np.array([[20, 50, 10], [8, 19, 22], [17, 32, 12]])


def hidden_cells(linked: Linked, *cells: int) -> np.ndarray:
    hidden = np.zeros(len(linked.values), dtype=bool)
    hidden[list(cells)] = True
    return hidden


def test_a_single_withheld_cell_is_given_back_by_its_margin() -> None:
    linked = table_with_margins(ACTIVITIES, 1)
    assert possible_range(linked, hidden_cells(linked, 5), 5) == (22, 22)
    assert exposed(linked, hidden_cells(linked, 5)) == [5]


def test_four_withheld_corners_bound_each_other() -> None:
    # By hand: both rows' and columns' rests are 30, 29, 25 and 34, so that the cell of 22 is
    # 30 at most, and 5 at least since the cell below it is 29 at most.
    linked = table_with_margins(ACTIVITIES, 1)
    hidden = hidden_cells(linked, 3, 5, 6, 8)
    assert possible_range(linked, hidden, 5) == (5, 30)
    assert possible_range(linked, hidden, 3) == (0, 25)
    assert exposed(linked, hidden) == []


def test_two_withheld_cells_of_a_row_are_given_back_by_their_columns() -> None:
    linked = table_with_margins(ACTIVITIES, 1)
    assert exposed(linked, hidden_cells(linked, 3, 5)) == [3, 5]


def test_the_fewest_cells_are_withheld_that_protect_one() -> None:
    linked = table_with_margins(ACTIVITIES, 5)
    hidden = protect(linked, hidden_cells(linked, 5))
    assert hidden[5]
    assert hidden.sum() == 4
    assert not hidden[9:].any(), "no margin has to go"


def test_a_total_that_is_as_small_as_the_limit_protects_nothing() -> None:
    linked = table_with_margins(np.array([[1, 1], [1, 0]]), 5)
    with pytest.raises(Unprotectable):
        protect(linked, linked.values[: len(linked.values)] < 2)


def test_a_small_number_that_is_always_published_is_refused() -> None:
    linked = table_with_margins(np.array([[1, 0], [0, 1]]), 1)
    with pytest.raises(Unprotectable, match="always published"):
        protect(linked, linked.values < 5)


def tables_by_brute_force(total: int, cells: int) -> list[tuple[int, ...]]:
    """Every way to share out a total: where the bars stand among the stars."""
    return [
        tuple(b - a - 1 for a, b in itertools.pairwise((-1, *bars, total + cells - 1)))
        for bars in itertools.combinations(range(total + cells - 1), cells - 1)
    ]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([(2, 2), (2, 3), (3, 2)]).flatmap(
        lambda shape: st.lists(
            st.integers(0, 3), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]
        ).map(lambda cells: np.array(cells).reshape(shape))
    ),
    st.integers(2, 3),
)
def test_no_withheld_cell_of_a_random_table_is_recovered_by_enumeration(
    table: np.ndarray, below: int
) -> None:
    linked = table_with_margins(table, below)
    sensitive = linked.values < below
    if sensitive[-1]:
        return
    hidden = protect(linked, sensitive)
    assert (hidden | ~sensitive).all()
    # By listing tables, without the module's own programmes.
    worlds = np.array(tables_by_brute_force(int(table.sum()), table.size)) @ linked.sums.T
    possible = worlds[(worlds[:, ~hidden] == linked.values[~hidden]).all(axis=1)]
    stretch = np.ptp(possible, axis=0)
    assert (stretch[hidden] >= below).all()


def test_two_partitions_protected_one_by_one_give_each_other_back() -> None:
    # Two levels by three clusters; in the coarser partition the last two are one.
    fine = np.array([[6, 3, 1], [5, 4, 7]])
    sums = np.vstack(
        [
            np.eye(6),
            [[0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1]],
            [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]],
            [[1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]],
            [[1, 1, 1, 1, 1, 1]],
        ]
    ).astype(float)
    linked = Linked(
        sums=sums,
        unknowns=fine.ravel().astype(float),
        lower=np.zeros(6),
        upper=np.full(6, 26.0),
        equations=np.zeros((0, 6)),
        widths=np.full(len(sums), 2.0),
        costs=np.array([1.0] * 8 + [5.0] * 5 + [np.inf]),
    )
    naive = hidden_cells(linked, 1, 2, 4, 5)
    by_itself = possible_range(linked, naive, 2)
    assert by_itself[0] < by_itself[1], "the finer table alone protects it"
    assert exposed(linked, hidden_cells(linked, 2, 5)), "its column is no protection"
    hidden = protect(linked, linked.values < 2)
    assert exposed(linked, hidden) == []


def test_what_everybody_knows_of_the_least_is_heeded_in_choosing() -> None:
    """Two and six: that the second are six at least leaves the first two at most, if 8 is told."""
    linked = Linked(
        sums=np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
        unknowns=np.array([2.0, 6.0]),
        lower=np.zeros(2),
        upper=np.full(2, 20.0),
        equations=np.zeros((0, 2)),
        widths=np.array([5.0, 1.0, 1.0]),
        costs=np.array([1.0, 1.0, 2.0]),
        limits=np.array([[0.0, -1.0]]),
        most=np.array([-6.0]),
    )
    hidden = protect(linked, np.array([True, False, False]))
    assert hidden[2]
    assert exposed(linked, hidden) == []


def test_the_same_numbers_give_the_same_choice() -> None:
    linked = table_with_margins(np.array([[1, 9, 9, 9], [9, 9, 9, 1], [9, 9, 9, 9]]), 3)
    first = protect(linked, linked.values < 3)
    assert np.array_equal(first, protect(linked, linked.values < 3))


def test_an_exact_p_gives_a_withheld_table_back() -> None:
    """Why tests of withheld tables are withheld: margins and a p leave one table of many."""
    table = np.array([[5, 1], [2, 7]])
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    p = exact_test(table).p_value

    def margins(one: np.ndarray) -> bool:
        return bool((one.sum(axis=1) == rows).all() and (one.sum(axis=0) == columns).all())

    by_margins = tables_like((2, 2), 15, margins)
    assert len(by_margins) == 7
    found = [one for one in by_margins if round(exact_test(one).p_value, 2) == round(p, 2)]
    assert [one.tolist() for one in found] == [table.tolist()]


def test_too_many_tables_are_refused() -> None:
    with pytest.raises(ValueError, match="limit is 10"):
        tables_like((2, 2), 9, lambda _: True, limit=10)


@pytest.fixture(scope="module")
def argus() -> dict[int, pd.DataFrame]:
    """Tables protected by tau-ARGUS: tests/oracles/suppression.py."""
    found = pd.read_csv(ORACLES / "suppression_tables.csv")
    return {int(table): part for table, part in found.groupby("table")}


def as_linked(table: pd.DataFrame) -> Linked:
    """Sensitive numbers stretch over the limit; others that are withheld are not given away."""
    rows, columns, limit = table[["rows", "columns", "limit"]].iloc[0]
    linked = table_with_margins(table["n"].to_numpy()[: rows * columns].reshape(rows, columns), 1)
    assert linked.values.tolist() == table["n"].tolist()
    return replace(linked, widths=np.where(linked.values < limit, float(limit), 1.0))


def test_the_ends_of_possible_values_are_those_of_tau_argus(argus: dict[int, pd.DataFrame]) -> None:
    for table, part in list(argus.items())[::3]:
        linked, hidden = as_linked(part), part["withheld"].notna().to_numpy()
        for row in part[hidden].itertuples():
            assert possible_range(linked, hidden, row.place) == (row.low, row.high), table


def test_little_more_is_withheld_than_by_the_optimum_of_tau_argus(
    argus: dict[int, pd.DataFrame],
) -> None:
    ours, theirs = [], []
    for part in argus.values():
        linked, limit = as_linked(part), part["limit"].iloc[0]
        hidden = protect(linked, linked.values < limit)
        assert exposed(linked, hidden) == []
        ours.append(linked.costs[hidden].sum())
        theirs.append(linked.costs[part["withheld"].notna()].sum())
    assert len(ours) == 41
    assert sum(ours) <= 1.05 * sum(theirs)


def cheapest_by_listing(linked: Linked, sensitive: np.ndarray, worlds: np.ndarray) -> float:
    """The cheapest choice that protects, of all there are, by listing tables."""
    may = [n for n in np.flatnonzero(~sensitive) if np.isfinite(linked.costs[n])]
    best = np.inf
    for size in range(len(may) + 1):
        for chosen in itertools.combinations(may, size):
            hidden = sensitive.copy()
            hidden[list(chosen)] = True
            cost = float(linked.costs[hidden].sum())
            if cost < best:
                left = worlds[(worlds[:, ~hidden] == linked.values[~hidden]).all(axis=1)]
                if (np.ptp(left, axis=0)[hidden] >= linked.widths[hidden]).all():
                    best = cost
    return best


@pytest.mark.parametrize(
    ("table", "limit"),
    [
        ([[1, 4, 5], [6, 3, 4]], 2),
        ([[4, 1, 3], [2, 5, 1]], 2),
        ([[0, 3, 4], [5, 2, 3]], 3),
        ([[3, 3], [1, 4], [4, 0]], 2),
        ([[2, 6], [5, 3], [4, 4]], 3),
    ],
)
def test_a_choice_costs_little_more_than_the_best_of_all_choices(
    table: list[list[int]], limit: int
) -> None:
    inner = np.array(table)
    linked = table_with_margins(inner, 1)
    sensitive = linked.values < limit
    linked = replace(linked, widths=np.where(sensitive, float(limit), 1.0))
    worlds = np.array(tables_by_brute_force(int(inner.sum()), inner.size)) @ linked.sums.T
    best = cheapest_by_listing(linked, sensitive, worlds)
    ours = linked.costs[protect(linked, sensitive)].sum()
    assert best <= ours <= best + 2


def test_what_protects_an_earlier_number_is_published_if_later_ones_make_it_needless() -> None:
    linked = table_with_margins(np.array([[9, 7, 0], [5, 1, 6]]), 2)
    sensitive = linked.values < 2
    hidden = protect(linked, sensitive)
    for cell in np.flatnonzero(hidden & ~sensitive):
        less = hidden.copy()
        less[cell] = False
        assert exposed(linked, less), f"number {cell} is withheld for nothing"


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 4), min_size=6, max_size=6),
    st.integers(2, 3),
    st.sampled_from([2, 3, 5]),
)
def test_rounding_gives_no_withheld_number_back(cells: list[int], below: int, base: int) -> None:
    linked = table_with_margins(np.array(cells).reshape(2, 3), below)
    sensitive = linked.values < below
    if sensitive[-1]:
        return
    hidden = protect(linked, sensitive)
    shown = [shown_count(round(n), base) for n in linked.values]
    worlds = np.array(tables_by_brute_force(sum(cells), 6)) @ linked.sums.T
    # Whoever knows how numbers are rounded keeps the tables that would have been shown the same.
    looks = {float(n): shown_count(int(n), base) for n in range(int(worlds.max()) + 1)}
    same = [
        world
        for world in worlds
        if all(looks[world[n]] == shown[n] for n in np.flatnonzero(~hidden))
    ]
    assert (np.ptp(np.array(same), axis=0)[hidden] >= below).all()
