"""On real extracts the register gives the counts that anyone can check by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import Extract, tidy_extract
from buildingtrusts.register.population import attribute_levels, count_population
from buildingtrusts.register.sensitivity import (
    Alternative,
    attribute_sensitivity,
    levels_under_alternatives,
)
from buildingtrusts.register.trusts import describe_trusts
from buildingtrusts.survey.joining import NumberedTrusts, join_register

RealData = Callable[..., Path]
NAMES = ("grouplinks_edubaseallacademiesandfree.csv", "edubasealldata.csv")


@pytest.fixture
def extract_of(real_data: RealData) -> Callable[[str], Extract]:
    def extract(day: str) -> Extract:
        root = real_data(*(f"gias/{day}/{name}" for name in NAMES))
        return tidy_extract(
            day, {name: (root / "gias" / day / name).read_bytes() for name in NAMES}
        )

    return extract


@pytest.fixture
def described(
    extract_of: Callable[[str], Extract], cutoffs: Cutoffs
) -> Callable[[str], pd.DataFrame]:
    return lambda day: describe_trusts(extract_of(day), cutoffs).table


@pytest.mark.parametrize(
    ("day", "trusts", "schools", "four_or_more", "seven_or_more", "bands"),
    [
        # 1,178 is the 2018 report's population, 402 the Education Policy Institute's;
        # the last year's counts of four and of seven or more are published nowhere: they are ours
        ("2017-01-19", 1178, 4628, 402, 167, [285, 687, 176, 18, 12]),
        ("2021-12", 1379, 8632, 777, 417, [181, 695, 402, 74, 27]),
    ],
)
def test_open_multi_academy_trusts_are_as_many_as_published(
    described: Callable[[str], pd.DataFrame],
    cutoffs: Cutoffs,
    day: str,
    trusts: int,
    schools: int,
    four_or_more: int,
    seven_or_more: int,
    bands: list[int],
) -> None:
    table = described(day)
    counts = count_population(table, cutoffs).groupby("attribute")["n"].apply(list)
    assert counts["all"] == [trusts]
    assert table["n_schools"].sum() == schools
    assert counts["at_least"] == [four_or_more, seven_or_more]
    assert counts["schools_band"] == bands


def test_empty_rolls_are_counted_and_rolls_of_zero_are_not(
    described: Callable[[str], pd.DataFrame],
) -> None:
    assert described("2017-01-19")["pupils_missing"].sum() == 19
    assert described("2021-12")["pupils_missing"].sum() == 0


@pytest.mark.parametrize(
    ("day", "from_5", "from_7"),
    # The trusts of five schools and of six, which anyone can count in the group links.
    [("2017-01-19", 66, 39), ("2021-12", 116, 86)],
)
def test_another_bound_moves_the_trusts_of_the_sizes_between(
    extract_of: Callable[[str], Extract], cutoffs: Cutoffs, day: str, from_5: int, from_7: int
) -> None:
    extract = extract_of(day)
    table = describe_trusts(extract, cutoffs).table
    tried = [Alternative("size_schools", "Established trust", value) for value in (5, 7)]
    levels = levels_under_alternatives(extract, cutoffs, tried)
    found = attribute_sensitivity(day, levels, count_population(table, cutoffs))
    moved = found[found["level"] == "(all)"].set_index("value")["n_population_moved"]
    assert moved.to_dict() == {6: 0, 5: from_5, 7: from_7}
    assert (table["n_schools"] == 5).sum() == from_5
    assert (table["n_schools"] == 6).sum() == from_7


@pytest.mark.parametrize("day", ["2017-01-19", "2021-12"])
def test_trusts_with_real_numbers_get_what_the_register_says_of_them(
    described: Callable[[str], pd.DataFrame], cutoffs: Cutoffs, day: str
) -> None:
    table = described(day)
    uids = tuple(table["trust_uid"])
    mats = tuple(f"MAT {place}" for place in range(1, len(uids) + 1))
    levels = attribute_levels(cutoffs)
    trusts = NumberedTrusts("t.csv", tuple(range(2, len(uids) + 2)), mats, uids)
    joined = join_register(trusts, table, levels)
    assert joined.unmatched.empty
    assert joined.table.drop(columns="mat_id").equals(
        table[["trust_uid", *levels]].astype("str").reset_index(drop=True)
    )
    strangers = NumberedTrusts("t.csv", (2, 3), ("A", "B"), ("", "99999999"))
    assert len(join_register(strangers, table, levels).unmatched) == 2


def test_real_data_that_is_promised_and_missing_is_a_failure(
    real_data: RealData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILDINGTRUSTS_REAL_DATA", str(tmp_path))
    with pytest.raises(pytest.fail.Exception, match="lacks nothing\\.csv"):
        real_data("nothing.csv")


def test_real_data_that_is_not_promised_is_a_skip_with_its_reason(
    real_data: RealData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUILDINGTRUSTS_REAL_DATA", raising=False)
    with pytest.raises(pytest.skip.Exception, match="BUILDINGTRUSTS_REAL_DATA"):
        real_data("nothing.csv")
