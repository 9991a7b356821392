"""What a trust is made of follows from its schools; what is not known is never filled in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs, Spread
from buildingtrusts.register.extract import Extract, tidy_extract
from buildingtrusts.register.trusts import (
    COLUMNS,
    MISSING,
    SPREAD_LEVELS,
    describe_trusts,
    size_level,
    spread_level,
)

Files = Callable[[str], dict[str, bytes]]
NEAR, REACHED, SOME, MORE = SPREAD_LEVELS[1:]


@pytest.fixture
def trusts_2017(files: Files, cutoffs: Cutoffs) -> pd.DataFrame:
    table = describe_trusts(tidy_extract("2017-01-19", files("2017-01-19")), cutoffs).table
    return table.set_index("trust_uid")


def trust_of(codes: list[str], column: str, cutoffs: Cutoffs) -> pd.Series:
    """Describe one trust of which only one kind of code is known."""
    urns = [str(900001 + i) for i in range(len(codes))]
    known = {
        "urn": urns,
        "type_code": [""] * len(codes),
        "phase_code": [""] * len(codes),
        "pupils": 100.0,
        "easting": 400_000.0,
        "northing": 300_000.0,
    }
    links = {"trust_uid": "1", "trust_name": "T", "urn": urns, "joined": pd.NaT}
    extract = Extract(
        pd.Timestamp("2017-01-19").date(),
        pd.DataFrame(links).astype({"joined": "datetime64[s]"}),
        pd.DataFrame(known | {column: codes}),
        (),
    )
    return describe_trusts(extract, cutoffs).table.iloc[0]


def joined_at(days: list[str], cutoffs: Cutoffs) -> pd.Series:
    """Describe one trust of which only the days are known on which its schools joined."""
    urns = [str(900001 + i) for i in range(len(days))]
    schools = dict.fromkeys(("type_code", "phase_code"), "") | dict.fromkeys(
        ("pupils", "easting", "northing"), 1.0
    )
    links = {"trust_uid": "1", "trust_name": "T", "urn": urns, "joined": days}
    extract = Extract(
        pd.Timestamp("2017-01-19").date(),
        pd.DataFrame(links).astype({"joined": "datetime64[s]"}),
        pd.DataFrame({"urn": urns, **schools}),
        (),
    )
    return describe_trusts(extract, cutoffs).table.iloc[0]


def test_trusts_are_listed_in_the_order_of_their_numbers(trusts_2017: pd.DataFrame) -> None:
    assert trusts_2017.index.tolist() == ["9002", "90003", "90004", "90010"]


def test_the_columns_are_those_of_the_contract(trusts_2017: pd.DataFrame) -> None:
    assert tuple(trusts_2017.reset_index().columns) == COLUMNS


def test_a_trust_of_known_schools_is_described(trusts_2017: pd.DataFrame) -> None:
    assert trusts_2017.loc["90010"].to_dict() == {
        "trust_name": "Invented Café Trust",
        "n_schools": 4,
        "pupils": 1000,
        "pupils_missing": 1,
        "phase_mix": "Predominantly Primary",  # three of four, one of them a middle school
        "school_type_mix": "Mixed",
        "size_schools": "Starter trust",
        "size_pupils": "Starter trust",
        "geographical_spread": NEAR,
        "oldest_joined": "2011-09-01",
        "joined_last_5_years": 2,  # the one of 19 January 2012 joined five years ago to the day
        "trust_age": "3 to 5 years",  # five completed years and four months
        "rapid_growth": "No",
    }


def test_a_school_that_is_not_found_counts_as_a_school_with_an_unknown_roll(
    trusts_2017: pd.DataFrame,
) -> None:
    chain = trusts_2017.loc["90004"]
    assert (chain["n_schools"], chain["pupils"], chain["pupils_missing"]) == (7, 6000, 1)
    assert chain["size_schools"] == "Established trust"
    assert chain["size_pupils"] == "National trust"
    assert chain["phase_mix"] == "Predominantly Secondary"
    assert chain["school_type_mix"] == "Predominantly converter"
    assert chain["geographical_spread"] == REACHED
    assert chain["joined_last_5_years"] == 1


def test_what_nothing_is_known_of_is_missing_and_not_zero(trusts_2017: pd.DataFrame) -> None:
    special = trusts_2017.loc["9002"]
    assert special[["pupils", "oldest_joined", "joined_last_5_years"]].isna().all()
    assert special["pupils_missing"] == 2
    levels = special[
        ["phase_mix", "size_pupils", "geographical_spread", "trust_age", "rapid_growth"]
    ]
    assert set(levels) == {MISSING}
    assert special["school_type_mix"] == "Mixed"  # one converter, one sponsored: that is known


def test_a_trust_of_one_school_is_not_spread(trusts_2017: pd.DataFrame) -> None:
    one = trusts_2017.loc["90003"]
    assert one["geographical_spread"] == "One school"
    assert (one["pupils"], one["pupils_missing"]) == (0, 0)
    assert one["size_pupils"] == "Starter trust"
    assert one["phase_mix"] == "Mixed"  # all-through
    assert one["school_type_mix"] == MISSING  # a free school is neither


def test_labels_of_another_year_give_the_same_levels(files: Files, cutoffs: Cutoffs) -> None:
    found = describe_trusts(tidy_extract("2021-12", files("2021-12")), cutoffs)
    far, new = (found.table.iloc[row] for row in (0, 1))
    assert far["phase_mix"] == "Predominantly Primary"
    assert far["geographical_spread"] == SOME  # one of six
    # a secondary and half of an all-through school are three quarters of two
    assert new["phase_mix"] == "Predominantly Secondary"
    assert new["geographical_spread"] == MORE


def test_a_code_the_cut_offs_do_not_place_is_left_out_and_told(
    files: Files, cutoffs: Cutoffs
) -> None:
    found = describe_trusts(tidy_extract("2021-12", files("2021-12")), cutoffs)
    assert found.table.at[1, "school_type_mix"] == "Predominantly sponsored"
    assert "1 of the schools with the code 99 in type_code" in found.notes[-1]


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (["2"] * 3 + ["4"], "Predominantly Primary"),
        (["2"] * 2 + ["4"], "Mixed"),
        (["4"] * 3 + ["7"], "Predominantly Secondary"),
        (["6", "5", "4", "2"], "Predominantly Secondary"),
        (["2"] * 3 + ["0"], "Predominantly Primary"),
        (["2", "0", "0"], "Mixed"),
        (["0", "0"], MISSING),
        (["", ""], MISSING),
        (["2", ""], "Predominantly Primary"),
    ],
)
def test_a_phase_predominates_from_three_quarters_of_the_schools(
    codes: list[str], level: str, cutoffs: Cutoffs
) -> None:
    assert trust_of(codes, "phase_code", cutoffs)["phase_mix"] == level


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        (["34", "44", "42", "28"], "Predominantly converter"),
        (["28", "33", "43", "35"], "Predominantly sponsored"),
        (["34", "35", "35"], "Mixed"),
        (["35", "40"], MISSING),
    ],
)
def test_a_type_predominates_from_three_quarters_of_the_schools(
    codes: list[str], level: str, cutoffs: Cutoffs
) -> None:
    assert trust_of(codes, "type_code", cutoffs)["school_type_mix"] == level


def test_a_share_that_is_configured_is_the_one_used(cutoffs: Cutoffs) -> None:
    mix = cutoffs.phase_mix.model_copy(update={"share": 0.7})
    seven_tenths = cutoffs.model_copy(update={"phase_mix": mix})
    codes = ["2"] * 7 + ["4"] * 3
    assert trust_of(codes, "phase_code", cutoffs)["phase_mix"] == "Mixed"
    assert trust_of(codes, "phase_code", seven_tenths)["phase_mix"] == "Predominantly Primary"


@pytest.mark.parametrize(
    ("joined", "level"),
    [
        ("2017-03-01", "Under 3 years"),  # after the extract's date
        ("2014-01-20", "Under 3 years"),  # two years and 364 days
        ("2014-01-19", "3 to 5 years"),
        ("2011-01-20", "3 to 5 years"),
        ("2011-01-19", "6 to 9 years"),
        ("2007-01-20", "6 to 9 years"),
        ("2007-01-19", "10 years or more"),
    ],
)
def test_a_trust_is_as_old_as_its_oldest_member(joined: str, level: str, cutoffs: Cutoffs) -> None:
    assert joined_at([joined, "2017-01-01"], cutoffs)["trust_age"] == level


@pytest.mark.parametrize(("recent", "level"), [(9, "No"), (10, "Yes")])
def test_growth_is_rapid_from_two_schools_a_year(recent: int, level: str, cutoffs: Cutoffs) -> None:
    days = ["2012-01-20"] * recent + ["2012-01-19"] * 5
    assert joined_at(days, cutoffs)["rapid_growth"] == level


@pytest.mark.parametrize(
    ("schools", "level"),
    [(1, "Starter"), (5, "Starter"), (6, "Established"), (15, "Established"), (16, "National"),
     (29, "National"), (30, "System leader"), (70, "System leader")],
)  # fmt: skip
def test_a_size_is_at_the_last_band_it_reaches(schools: int, level: str, cutoffs: Cutoffs) -> None:
    assert size_level(pd.Series([schools]), cutoffs.size_schools)[0] == f"{level} trust"


@pytest.mark.parametrize(
    ("pupils", "level"),
    [(1199, "Starter"), (1200, "Established"), (4999, "Established"), (5000, "National"),
     (11_999, "National"), (12_000, "System leader")],
)  # fmt: skip
def test_bands_of_pupils_start_at_1200_5000_and_12000(
    pupils: int, level: str, cutoffs: Cutoffs
) -> None:
    assert size_level(pd.Series([pupils, np.nan]), cutoffs.size_pupils).tolist() == [
        f"{level} trust",
        MISSING,
    ]


def kilometres(*east: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array(east) * 1000.0, np.full(len(east), 300_000.0)


@pytest.mark.parametrize(
    ("east", "level"),
    [
        ((0, 45), NEAR),
        ((0, 30, 45), NEAR),
        ((0, 45.1), MORE),
        ((0, 30, 60), REACHED),
        ((0, 1, 100, 101), REACHED),
        ((0, 1, 2, 3, 4, 100), SOME),
        ((0, 1, 2, 3, 100), MORE),
    ],
)
def test_spread_is_told_by_straight_lines(
    east: tuple[float, ...], level: str, cutoffs: Cutoffs
) -> None:
    assert spread_level(*kilometres(*east), cutoffs.geographical_spread) == level


def test_a_school_without_a_place_is_left_out_of_the_spread(cutoffs: Cutoffs) -> None:
    spread = cutoffs.geographical_spread
    assert spread_level(*kilometres(0, 10, np.nan), spread) == NEAR
    assert spread_level(*kilometres(0, np.nan), spread) == MISSING


def test_a_longer_proxy_brings_schools_nearer() -> None:
    place = kilometres(0, 80)
    assert spread_level(*place, Spread(kilometres=79, isolated_share=0.2, source="ours")) == MORE
    assert spread_level(*place, Spread(kilometres=80, isolated_share=0.2, source="ours")) == NEAR


def test_the_order_of_the_rows_changes_nothing(files: Files, cutoffs: Cutoffs) -> None:
    extract = tidy_extract("2017-01-19", files("2017-01-19"))
    backwards = Extract(extract.date, extract.links[::-1], extract.schools[::-1], extract.notes)
    pd.testing.assert_frame_equal(
        describe_trusts(extract, cutoffs).table, describe_trusts(backwards, cutoffs).table
    )


def test_five_years_before_a_leap_day_is_the_28th(files: Files, cutoffs: Cutoffs) -> None:
    leap = tidy_extract("2016-02-29", files("2017-01-19"))
    assert describe_trusts(leap, cutoffs).table["joined_last_5_years"].notna().any()
