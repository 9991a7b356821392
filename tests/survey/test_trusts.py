"""Attributes of trusts: levels as declared, and none of them lost."""

from __future__ import annotations

import datetime

import pytest

from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import parse_csv
from buildingtrusts.survey.trusts import Trusts, tidy_trusts

WAVE = Wave(
    wave="2031",
    title="A survey",
    date=datetime.date(2031, 5, 1),
    provenance="original",
    source="The survey.",
    licence="None.",
    trusts={},
    attributes={"size": ["Small", "Large"], "growth": ["No", "Yes"]},
)


def tidied(text: str) -> Trusts:
    return tidy_trusts(parse_csv(text.encode("utf-8"), "trusts.csv"), WAVE)


def test_attributes_come_in_declared_order_and_trusts_as_a_person_counts() -> None:
    table = tidied("growth,mat_id,size\nNo,T10,Large\nYes,T9,Small\n").table
    assert table.columns.tolist() == ["mat_id", "size", "growth"]
    assert table.values.tolist() == [["T9", "Small", "Yes"], ["T10", "Large", "No"]]


def test_an_unknown_attribute_is_a_level_of_its_own() -> None:
    table = tidied("mat_id,size,growth\nA,,Yes\nB,Small,\n").table
    assert table.values.tolist() == [["A", "(missing)", "Yes"], ["B", "Small", "(missing)"]]


def test_every_undeclared_level_and_nameless_or_repeated_trust_is_told() -> None:
    with pytest.raises(InputProblems) as refused:
        tidied("mat_id,size,growth\nA,small,No\nA,Large,maybe\n,Small,No\nB,(missing),No\n")
    found = [(one.line, one.column, one.value) for one in refused.value.problems]
    assert found == [
        (3, "mat_id", "A"),
        (4, "mat_id", ""),
        (2, "size", "small"),
        (5, "size", "(missing)"),
        (3, "growth", "maybe"),
    ]


def test_every_missing_column_is_told() -> None:
    with pytest.raises(InputProblems) as refused:
        tidied("trust,growth\nA,No\n")
    assert [one.column for one in refused.value.problems] == ["mat_id", "size"]


def test_other_columns_are_left_out_and_named() -> None:
    found = tidied("mat_id,size,growth,chair\nA,Small,No,Ada\n")
    assert "chair" not in found.table.columns
    assert found.notes[-1].endswith("columns that are not declared were left out: ['chair']")
