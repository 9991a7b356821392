"""Trusts with a number get their attributes by it; what is not known stays a word, never a zero."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import tidy_extract
from buildingtrusts.register.population import attribute_levels, count_population
from buildingtrusts.register.trusts import SPREAD_LEVELS, describe_trusts
from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.joining import (
    NO_NUMBER,
    NOT_FOUND,
    UNMATCHED_COLUMNS,
    Joined,
    NumberedTrusts,
    SourceColumn,
    cover,
    join_register,
    measures_of,
    number_trusts,
    register_levels,
)


def numbered(**uids: str) -> NumberedTrusts:
    mats = tuple(name.replace("_", " ") for name in uids)
    return NumberedTrusts("trusts.csv", tuple(range(2, 2 + len(uids))), mats, tuple(uids.values()))


@pytest.fixture
def register(files: Callable[[str], dict[str, bytes]], cutoffs: Cutoffs) -> pd.DataFrame:
    return describe_trusts(tidy_extract("2017-01-19", files("2017-01-19")), cutoffs).table


@pytest.fixture
def join(register: pd.DataFrame, cutoffs: Cutoffs) -> Callable[..., Joined]:
    return lambda **uids: join_register(numbered(**uids), register, attribute_levels(cutoffs))


def problems(join: Callable[..., Joined], **uids: str) -> list[Problem]:
    with pytest.raises(InputProblems) as raised:
        join(**uids)
    return list(raised.value.problems)


def test_a_trust_has_the_registers_attributes_and_their_levels(
    join: Callable[..., Joined], cutoffs: Cutoffs
) -> None:
    joined = join(MAT_10="90010", MAT_2="90004")
    assert joined.table["mat_id"].tolist() == ["MAT 2", "MAT 10"]
    assert joined.table["trust_uid"].tolist() == ["90004", "90010"]
    assert joined.table["phase_mix"].tolist() == [
        "Predominantly Secondary",
        "Predominantly Primary",
    ]
    assert joined.levels["geographical_spread"] == SPREAD_LEVELS
    assert list(joined.table.columns) == ["mat_id", "trust_uid", *attribute_levels(cutoffs)]
    assert joined.unmatched.empty
    assert tuple(joined.unmatched.columns) == UNMATCHED_COLUMNS


def test_a_trust_that_is_not_found_is_kept_as_missing_and_listed(
    join: Callable[..., Joined],
) -> None:
    joined = join(MAT_1="90010", MAT_2="", MAT_3="123")
    assert joined.table["mat_id"].tolist() == ["MAT 1", "MAT 2", "MAT 3"]
    assert joined.table["phase_mix"].tolist()[1:] == ["(missing)", "(missing)"]
    assert joined.unmatched.values.tolist() == [
        ["MAT 2", "", NO_NUMBER],
        ["MAT 3", "123", NOT_FOUND],
    ]
    assert joined.notes()[0] == "1 of 3 trusts have their attributes by the register."
    assert "MAT 3 is not in the register" in joined.notes()[2]


@pytest.mark.parametrize("written", ["90010", " 90010 ", "090010", "90010.0"])
def test_a_number_that_a_spreadsheet_dressed_up_is_the_same_number(
    join: Callable[..., Joined], written: str
) -> None:
    joined = join(MAT_1=written)
    assert joined.unmatched.empty
    assert joined.table["trust_uid"].tolist() == ["90010"]


@pytest.mark.parametrize("written", ["TR00123", "90010.5", "-1", "９０"])
def test_a_number_that_is_none_is_told_with_its_line(
    join: Callable[..., Joined], written: str
) -> None:
    (problem,) = problems(join, MAT_1="90004", MAT_2=written)
    assert (problem.line, problem.column, problem.value) == (3, "trust_uid", written)


def test_two_trusts_with_one_number_are_told_both(join: Callable[..., Joined]) -> None:
    one, other = problems(join, MAT_1="90004", MAT_2="", MAT_3="090004")
    assert (one.line, other.line) == (2, 4)
    assert "MAT 3" in one.rule
    assert "MAT 1" in other.rule


def test_not_covered_is_neither_zero_nor_missing(join: Callable[..., Joined]) -> None:
    joined = join(MAT_1="90010", MAT_2="90004", MAT_3="", MAT_4="9002", MAT_5="404")
    flags = cover(
        joined, "performance_flags", {"90010": "0", "09002": "", "404": "2"}, ["0", "1", "2"]
    )
    assert flags.table["performance_flags"].tolist() == [
        "0",
        "(not covered)",
        "(missing)",
        "(missing)",
        "2",
    ]
    assert flags.levels["performance_flags"] == ("0", "1", "2")
    assert "performance_flags" not in joined.table


def test_a_measure_without_a_level_and_a_name_that_is_taken_are_refused(
    join: Callable[..., Joined],
) -> None:
    joined = join(MAT_1="90010")
    with pytest.raises(ValueError, match=r"found the levels \['9'\]"):
        cover(joined, "flags", {"90010": "9"}, ["0", "1"])
    with pytest.raises(ValueError, match="'phase_mix' already"):
        cover(joined, "phase_mix", {}, ["0"])


def source(uids: tuple[str, ...], values: tuple[str, ...]) -> SourceColumn:
    lines = tuple(range(2, 2 + len(uids)))
    return SourceColumn("performance.csv", lines, uids, values, "UID", "flags")


def test_only_rows_of_the_waves_trusts_are_looked_at(join: Callable[..., Joined]) -> None:
    joined = join(MAT_1="90010", MAT_2="404", MAT_3="")
    rows = source(("90010", "7", "7", "", "x", "0404.0"), ("1", "?", "!", "9", "9", ""))
    found, notes = measures_of(rows, joined, ["0", "1"])
    assert found == {"90010": "1", "404": ""}
    assert "lists 2 of the 3 trusts" in notes[0]


def test_a_source_says_one_thing_of_a_trust(join: Callable[..., Joined]) -> None:
    joined = join(MAT_1="90010")
    with pytest.raises(InputProblems) as refused:
        measures_of(source(("90010", "090010"), ("2", "0")), joined, ["0", "1"])
    told = [(one.line, one.column, one.value) for one in refused.value.problems]
    assert told == [(2, "flags", "2"), (3, "UID", "90010")]


def test_trusts_have_numbers_where_nothing_comes_from_the_register() -> None:
    joined = number_trusts(numbered(MAT_10=" 07 ", MAT_2=""))
    assert joined.table.values.tolist() == [["MAT 2", ""], ["MAT 10", "7"]]
    assert (joined.levels, len(joined.unmatched)) == ({}, 0)
    with pytest.raises(InputProblems):
        number_trusts(numbered(MAT_1="TR7"))


def test_the_registers_counts_say_which_levels_there_are(
    register: pd.DataFrame, cutoffs: Cutoffs
) -> None:
    wanted = attribute_levels(cutoffs)
    counted = count_population(register, cutoffs)
    assert register_levels(register, counted, list(wanted)) == wanted
    assert register_levels(register, counted, ["at_least", "schools_band", "all"]) == {}


def test_found_trusts_are_those_that_are_not_listed_as_lost(join: Callable[..., Joined]) -> None:
    joined = join(MAT_1="90010", MAT_2="", MAT_3="404", MAT_4="90004")
    assert joined.matched.values.tolist() == [["MAT 1", "90010"], ["MAT 4", "90004"]]


def test_a_wave_may_have_no_trusts_at_all(register: pd.DataFrame, cutoffs: Cutoffs) -> None:
    joined = join_register(NumberedTrusts("t.csv", (), (), ()), register, attribute_levels(cutoffs))
    assert joined.table.empty
    assert joined.notes() == ["0 of 0 trusts have their attributes by the register."]
