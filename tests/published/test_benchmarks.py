"""Benchmarks of other surveys are read with their sources, and anything amiss is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.published.benchmarks import COLUMNS, read_benchmarks
from buildingtrusts.study.problems import InputProblems

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "published" / "benchmarks.csv"
HEADER = ",".join(COLUMNS)


def test_the_sectors_share_is_there_for_both_years() -> None:
    found = read_benchmarks(SHIPPED.read_text(encoding="utf-8"))
    assert [(one.survey, one.year, one.percent) for one in found] == [
        ("2024", "2024", 61.0),
        ("2024", "2023", 55.0),
    ]
    assert all("Target Operating Models" in one.source and one.note for one in found)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a,2024,2024,Central,sixty,%,share_centralised,Somewhere,", "published"),
        ("a,2024,2024,Central,161,%,share_centralised,Somewhere,", "published"),
        ("a,2024,2024,Central,61,share,share_centralised,Somewhere,", "unit"),
        ("a,2024,2024,Central,61,%,share_local,Somewhere,", "measure"),
        ("a,2024,2024,Central,61,%,share_centralised,,", "source"),
        ("a,,2024,Central,61,%,share_centralised,Somewhere,", "survey"),
    ],
)
def test_a_field_that_cannot_be_is_named(row: str, column: str) -> None:
    with pytest.raises(InputProblems) as refused:
        read_benchmarks(f"{HEADER}\n{row}\n")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (2, column)


def test_another_header_is_a_problem() -> None:
    with pytest.raises(InputProblems, match="exactly these columns"):
        read_benchmarks("a,b\n")
