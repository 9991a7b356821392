"""Every cut-off is data with a source, and a wrong one is told by its key."""

from __future__ import annotations

import pytest
import yaml

from buildingtrusts.register.cutoffs import Cutoffs, parse_cutoffs
from buildingtrusts.study.problems import InputProblems, Problem


def problems_of(text: str) -> list[Problem]:
    with pytest.raises(InputProblems) as raised:
        parse_cutoffs(text, "register.yaml")
    return list(raised.value.problems)


def changed(text: str, path: str, value: object) -> str:
    """Return the shipped cut-offs with one of them changed."""
    written = yaml.safe_load(text)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = written
    for part in parents:
        place = place[part]
    place[last] = value
    return yaml.safe_dump(written)


def test_every_shipped_cut_off_names_its_source(cutoffs: Cutoffs) -> None:
    assert cutoffs.phase_mix.source == "ours"
    assert cutoffs.school_type_mix.source == "ours"
    assert cutoffs.geographical_spread.source.startswith("ours")
    assert all("2016" in band.source for band in cutoffs.size_pupils[1:])


def test_the_size_levels_are_the_reports(cutoffs: Cutoffs) -> None:
    report = ["Established trust", "National trust", "System leader trust"]
    for bands in (cutoffs.size_schools, cutoffs.size_pupils):
        assert [band.level for band in bands] == ["Starter trust", *report]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("phase_mix.share", 0.5, "phase_mix.share"),
        ("phase_mix.share", "most", "phase_mix.share"),
        ("phase_mix.source", " ", "phase_mix.source"),
        ("phase_mix.both", [7, 2], "phase_mix"),
        ("phase_mix.midle", [3], "phase_mix.midle"),
        ("school_type_mix.other", [34], "school_type_mix"),
        ("size_schools.1.from", 1, "size_schools"),
        ("size_schools.0.from", 2, "size_schools"),
        ("size_schools.0.level", "National trust", "size_schools"),
        ("size_pupils", [], "size_pupils"),
        ("geographical_spread.kilometres", 0, "geographical_spread.kilometres"),
        ("at_least.from", [7, 4], "at_least.from"),
        ("at_least.from", [0], "at_least.from.0"),
    ],
)
def test_a_wrong_cut_off_is_told_by_its_key(
    shipped_text: str, path: str, value: object, key: str
) -> None:
    (problem,) = problems_of(changed(shipped_text, path, value))
    assert problem.column == key
    assert problem.value is not None


def test_all_wrong_cut_offs_come_in_one_report(shipped_text: str) -> None:
    text = changed(changed(shipped_text, "phase_mix.share", 2), "geographical_spread", {})
    assert [problem.column for problem in problems_of(text)] == [
        "phase_mix.share",
        "geographical_spread.kilometres",
        "geographical_spread.isolated_share",
        "geographical_spread.source",
    ]


def test_broken_yaml_is_told_with_its_line() -> None:
    (problem,) = problems_of("phase_mix:\n  share: [0.7\nsize_schools: 1\n")
    assert problem.line == 3


def test_an_empty_file_is_a_problem() -> None:
    assert problems_of("")
