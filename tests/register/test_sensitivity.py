"""Another cut-off moves some trusts and leaves the others; how many is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import Extract, tidy_extract
from buildingtrusts.register.population import count_population
from buildingtrusts.register.sensitivity import (
    COLUMNS,
    LEVEL_COLUMNS,
    Alternative,
    attribute_sensitivity,
    cutoffs_with,
    levels_under_alternatives,
    parse_alternatives,
    summary,
    value_of,
)
from buildingtrusts.register.trusts import describe_trusts
from buildingtrusts.study.problems import InputProblems

SHIPPED = Path(__file__).parents[2] / "config" / "register_alternatives.yaml"


@pytest.fixture
def extract(files: Callable[[str], dict[str, bytes]]) -> Extract:
    return tidy_extract("2017-01-19", files("2017-01-19"))


@pytest.fixture
def shipped(cutoffs: Cutoffs) -> tuple[Alternative, ...]:
    return parse_alternatives(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, cutoffs)


@pytest.fixture
def population(extract: Extract, cutoffs: Cutoffs) -> pd.DataFrame:
    return count_population(describe_trusts(extract, cutoffs).table, cutoffs)


def problems(text: str, cutoffs: Cutoffs) -> list[tuple[str | None, str | None]]:
    with pytest.raises(InputProblems) as raised:
        parse_alternatives(text, "other.yaml", cutoffs)
    return [(one.column, one.value) for one in raised.value.problems]


def test_every_cut_off_that_is_one_number_has_shipped_alternatives_on_both_sides(
    shipped: tuple[Alternative, ...], cutoffs: Cutoffs
) -> None:
    tried: dict[tuple[str, str], list[float]] = {}
    for one in shipped:
        tried.setdefault((one.attribute, one.cutoff), []).append(one.value)
    bands = [
        (name, band.level)
        for name in ("size_schools", "size_pupils", "trust_age")
        for band in getattr(cutoffs, name)[1:]
    ]
    shares = [(name, "share") for name in ("phase_mix", "school_type_mix")]
    spread = [("geographical_spread", name) for name in ("kilometres", "isolated_share")]
    growth = [("rapid_growth", "schools")]
    assert sorted(tried) == sorted([*bands, *shares, *spread, *growth])
    for place, values in tried.items():
        assert min(values) < value_of(cutoffs, *place) < max(values), place


def test_a_trust_moves_when_its_share_is_between_the_two_cut_offs(
    extract: Extract, cutoffs: Cutoffs, population: pd.DataFrame
) -> None:
    # The invented trusts: 90010 has three primary schools of four, 90004 six secondaries of six.
    tried = [Alternative("phase_mix", "share", value) for value in (0.8, 0.6)]
    levels = levels_under_alternatives(extract, cutoffs, tried)
    assert tuple(levels.columns) == LEVEL_COLUMNS
    assert list(dict.fromkeys(levels["value"])) == [0.75, 0.6, 0.8]
    found = attribute_sensitivity("2017-01-19", levels, population)
    assert tuple(found.columns) == COLUMNS
    moved = found[found["level"] == "(all)"].set_index("value")["n_population_moved"]
    assert moved.to_dict() == {0.75: 0, 0.6: 0, 0.8: 1}
    at_80 = found[found["value"] == 0.8].set_index("level")
    assert at_80.loc["Mixed", ["n_population", "n_population_moved"]].tolist() == [2, 1]
    assert at_80.loc["Predominantly Primary", "n_population"] == 0
    assert found["n_sample"].isna().all()


def test_the_samples_trusts_are_counted_where_they_are_identified(
    extract: Extract, cutoffs: Cutoffs, population: pd.DataFrame
) -> None:
    tried = [Alternative("phase_mix", "share", 0.8)]
    levels = levels_under_alternatives(extract, cutoffs, tried)
    found = attribute_sensitivity("2017-01-19", levels, population, ["90010", "404"])
    total = found[(found["level"] == "(all)") & ~found["is_ours"]].iloc[0]
    assert (total["n_sample"], total["n_sample_moved"]) == (1, 1)


def test_what_is_ours_is_the_population_and_moves_nobody(
    extract: Extract,
    cutoffs: Cutoffs,
    population: pd.DataFrame,
    shipped: tuple[Alternative, ...],
) -> None:
    levels = levels_under_alternatives(extract, cutoffs, shipped)
    found = attribute_sensitivity("2017-01-19", levels, population)
    ours = found[found["is_ours"] & (found["level"] != "(all)")]
    assert set(ours["n_population_moved"]) == {0}
    expected = population.set_index(["attribute", "level"])["n"]
    for attribute, level, n in ours[["attribute", "level", "n_population"]].itertuples(index=False):
        assert n == expected[attribute, level]
    # The levels under one value hold every trust once.
    parts = found[found["level"] != "(all)"].groupby(["attribute", "cutoff", "value"])
    assert set(parts["n_population"].sum()) == {4}


def test_trying_all_cut_offs_together_gives_what_each_gives_alone(
    extract: Extract, cutoffs: Cutoffs, shipped: tuple[Alternative, ...]
) -> None:
    together = levels_under_alternatives(extract, cutoffs, shipped)
    for one in shipped:
        alone = describe_trusts(extract, cutoffs_with(cutoffs, [one])).table
        here = together[
            (together["attribute"] == one.attribute)
            & (together["cutoff"] == one.cutoff)
            & (together["value"] == one.value)
        ]
        assert here["level"].tolist() == alone[one.attribute].tolist(), one


def test_a_size_is_tried_by_the_name_of_its_level(cutoffs: Cutoffs) -> None:
    changed = cutoffs_with(cutoffs, [Alternative("size_schools", "National trust", 12)])
    assert [band.start for band in changed.size_schools] == [1, 6, 12, 30]
    assert [band.start for band in cutoffs.size_schools] == [1, 6, 16, 30]


def test_the_summary_says_how_many_each_value_moves(extract: Extract, cutoffs: Cutoffs) -> None:
    levels = levels_under_alternatives(
        extract, cutoffs, [Alternative("phase_mix", "share", value) for value in (0.6, 0.8)]
    )
    assert summary(levels) == [
        "phase_mix, share 0.75: of 4 trusts another value moves 0 at 0.6, 1 at 0.8."
    ]


def test_no_alternatives_are_no_rows(extract: Extract, cutoffs: Cutoffs) -> None:
    levels = levels_under_alternatives(extract, cutoffs, ())
    assert levels.empty
    assert tuple(levels.columns) == LEVEL_COLUMNS


@pytest.mark.parametrize(
    ("text", "column", "value"),
    [
        ("colour: {share: [0.6]}", "colour", "colour"),
        ("schools_band: {from: [0.6]}", "schools_band", "schools_band"),
        ("phase_mix: [0.6]", "phase_mix", "[0.6]"),
        ("phase_mix: {part: [0.6]}", "phase_mix.part", "part"),
        ("phase_mix: {source: [0.6]}", "phase_mix.source", "source"),
        ("phase_mix: {share: 0.6}", "phase_mix.share", "0.6"),
        ("phase_mix: {share: []}", "phase_mix.share", "[]"),
        ("phase_mix: {share: [most]}", "phase_mix.share", "most"),
        ("phase_mix: {share: [true]}", "phase_mix.share", "True"),
        ("phase_mix: {share: [0.4]}", "phase_mix.share", "0.4"),
        ("phase_mix: {share: [0.75]}", "phase_mix.share", "0.75"),
        ("size_schools: {Starter trust: [2]}", "size_schools.Starter trust", "Starter trust"),
        ("size_schools: {National trust: [40]}", "size_schools.National trust", "40"),
        ("size_schools: {National trust: [12.5]}", "size_schools.National trust", "12.5"),
    ],
)
def test_an_alternative_that_cannot_be_tried_is_told_by_its_key(
    text: str, column: str, value: str, cutoffs: Cutoffs
) -> None:
    assert problems(text, cutoffs) == [(column, value)]


def test_all_problems_come_at_once_and_a_value_stands_once(cutoffs: Cutoffs) -> None:
    text = "phase_mix: {share: [0.6, 0.6]}\ncolour: 1\n"
    assert len(problems(text, cutoffs)) == 3


@pytest.mark.parametrize("text", ["", "- 1\n", "a: [1\n"])
def test_a_file_that_is_no_mapping_is_a_problem(text: str, cutoffs: Cutoffs) -> None:
    assert len(problems(text, cutoffs)) == 1
