"""Coded excerpts are checked like every input, and what somebody said stays outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.interviews import (
    COLUMNS,
    Code,
    Codes,
    interview_stamp,
    provenance_of,
    tidy_codes,
    tidy_excerpts,
    tidy_interviewed,
)
from buildingtrusts.survey.raw_table import parse_csv

PROJECT = Path(__file__).parents[2]
CODES = Codes(
    (Code("governance", "Governance"), Code("workforce", "Workforce planning")),
    (Code("alignment", "Alignment", "scale"), Code("governance", "Governance", "scale")),
)
HEADER = ",".join(COLUMNS)
SOUND = """\
I1,MAT 10,governance,3,,E1
I1,MAT 10,workforce,,alignment,E2
I2,MAT 2,,,Governance,E3
I2,MAT 2,Workforce planning,1,,E4
"""


def read(rows: str, provenance: str = "original", header: str = HEADER):
    raw = parse_csv(f"{header}\n{rows}".encode(), "excerpts.csv")
    return tidy_excerpts(raw, CODES, provenance)


def problems(rows: str, provenance: str = "original", header: str = HEADER) -> list[Problem]:
    with pytest.raises(InputProblems) as raised:
        read(rows, provenance, header)
    return list(raised.value.problems)


def test_excerpts_are_kept_in_the_order_of_their_trusts_with_labels_read_as_codes() -> None:
    table = read(SOUND).table
    assert tuple(table.columns) == COLUMNS
    assert table["mat_id"].tolist() == ["MAT 2", "MAT 2", "MAT 10", "MAT 10"]
    assert table["excerpt_id"].tolist() == ["E3", "E4", "E1", "E2"]
    assert table["area"].tolist() == ["", "workforce", "governance", "workforce"]
    # The same word is an area's and a break point's.
    assert table["break_point"].tolist() == ["governance", "", "", "alignment"]
    assert table["weight"].dropna().tolist() == [1, 3]


def test_the_text_of_an_excerpt_is_left_out_and_the_log_says_so() -> None:
    found = read(f"{SOUND.splitlines()[0]},He said so\n", header=f"{HEADER},quotation")
    assert tuple(found.table.columns) == COLUMNS
    assert "He said so" not in found.table.to_csv()
    assert found.notes[-1] == "excerpts.csv: left out, being no codes: quotation"


def test_a_text_in_an_identifier_is_refused_without_being_repeated() -> None:
    text = "We never wanted the schools to decide on their own; it was a mistake from the start."
    (problem,) = problems(f"I1,MAT 1,governance,3,,{text}\n")
    assert problem.column == "excerpt_id"
    assert problem.value == f"{len(text)} characters"
    assert "mistake" not in str(problem)


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("I1,MAT 1,governing,3,,E1", "area", "governing"),
        ("I1,MAT 1,governance,4,,E1", "weight", "4"),
        ("I1,MAT 1,governance,2.5,,E1", "weight", "2.5"),
        ("I1,MAT 1,,2,alignment,E1", "area", ""),
        ("I1,MAT 1,governance,2,workforce,E1", "break_point", "workforce"),
        ("I1,MAT 1,,,,E1", "area", ""),
        ("I1,,governance,2,,E1", "mat_id", "0 characters"),
        (",MAT 1,governance,2,,E1", "interview_id", "0 characters"),
        ("I1,MAT 1,governance,2,,", "excerpt_id", "0 characters"),
        ("illustration-1,MAT 1,governance,2,,E1", "interview_id", "illustration-1"),
        ("reconstructed-1,MAT 1,governance,2,,E1", "interview_id", "reconstructed-1"),
    ],
)
def test_a_wrong_field_is_told_with_its_line(row: str, column: str, value: str) -> None:
    (problem,) = problems(f"I9,MAT 9,governance,1,,E9\n{row}\n")
    assert (problem.line, problem.column, problem.value) == (3, column, value)


@pytest.mark.parametrize(
    ("second", "column", "told"),
    [
        ("I1,MAT 2,workforce,1,,E2", "mat_id", "An interview is with one trust; line 2"),
        ("I2,MAT 1,workforce,1,,E1", "interview_id", "An excerpt is of one interview; line 2"),
        ("I1,MAT 1,governance,1,alignment,E1", "weight", "one weight for an area; line 2"),
        ("I1,MAT 1,Governance,3,,E1", "excerpt_id", "stands on line 2 too"),
    ],
)
def test_two_rows_that_contradict_or_repeat_each_other_are_told(
    second: str, column: str, told: str
) -> None:
    (problem,) = problems(f"I1,MAT 1,governance,3,,E1\n{second}\n")
    assert (problem.line, problem.column) == (3, column)
    assert told in problem.rule


def test_an_excerpt_may_have_two_areas_and_two_break_points() -> None:
    rows = "I1,A,governance,3,alignment,E1\nI1,A,workforce,1,,E1\n"
    rows += "I1,A,governance,3,governance,E1\n"
    assert len(read(rows).table) == 3


def test_an_illustration_says_so_in_every_interview() -> None:
    sound = "illustration-1,MAT 2,governance,1,,illustration-1-1\n"
    assert len(read(sound, "illustration").table) == 1
    (problem,) = problems(SOUND.splitlines()[0] + "\n", "illustration")
    assert (problem.column, problem.value) == ("interview_id", "I1")


def test_all_problems_come_at_once() -> None:
    assert len(problems("I1,MAT 1,x,9,y,E1\nI1,MAT 2,,,,E1\n")) == 5


def test_missing_columns_are_all_told() -> None:
    found = problems("I1,MAT 1\n", header="interview_id,mat_id")
    assert [one.column for one in found] == ["area", "weight", "break_point", "excerpt_id"]


@pytest.mark.parametrize(
    ("folder", "provenance"),
    [
        ("2017", "original"),
        ("2017-illustration", "illustration"),
        ("2017-reconstruction", "reconstruction"),
        ("illustration-2017", "original"),
    ],
)
def test_the_folder_says_whose_interviews_they_are(folder: str, provenance: str) -> None:
    assert provenance_of(folder) == provenance


def test_the_stamp_names_both_sources_and_an_original_has_none() -> None:
    assert interview_stamp("illustration", "original") == "Illustration: invented interviews"
    assert interview_stamp("original", "reconstruction").startswith("Reconstruction")
    assert interview_stamp("original", "original") == ""


# --- codes, and trusts that are not in the survey ----------------------------------------------


def codes(text: str) -> Codes:
    return tidy_codes(parse_csv(text.encode(), "codes.csv"))


def test_the_shipped_codes_are_twelve_areas_and_nine_break_points_of_three_kinds() -> None:
    shipped = codes((PROJECT / "config" / "interview_codes.csv").read_text(encoding="utf-8"))
    assert (len(shipped.areas), len(shipped.break_points)) == (12, 9)
    groups = [one.group for one in shipped.break_points]
    assert [groups.count(name) for name in ("scale", "geography", "performance")] == [5, 3, 1]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("topic,a,A,", "kind"),
        ("area,governance,Again,", "code"),
        ("area,Not a code,A,", "code"),
        ("area,,A,", "code"),
    ],
)
def test_a_wrong_code_is_told(row: str, column: str) -> None:
    text = f"kind,code,label,group\narea,governance,G,\nbreak_point,x,X,\n{row}\n"
    with pytest.raises(InputProblems) as raised:
        codes(text)
    (problem,) = raised.value.problems
    assert (problem.line, problem.column) == (4, column)


def test_each_kind_of_code_is_needed_and_a_label_may_be_empty() -> None:
    with pytest.raises(InputProblems, match="break_point"):
        codes("kind,code,label,group\narea,governance,,\n")
    found = codes("kind,code,label,group\narea,governance,,\nbreak_point,x,X,scale\n")
    assert found.areas[0].label == "governance"


def interviewed(text: str):
    raw = parse_csv(text.encode(), "trusts.csv")
    return tidy_interviewed(raw, {"size": ["small", "big"]}, {"MAT 1"})


def test_trusts_outside_the_survey_bring_their_own_attributes() -> None:
    table = interviewed("mat_id,size\nX,big\nY,\n")
    assert table.values.tolist() == [["X", "big"], ["Y", "(missing)"]]


@pytest.mark.parametrize(
    ("rows", "column"),
    [("MAT 1,big\n", "mat_id"), ("X,big\nX,small\n", "mat_id"), ("X,huge\n", "size")],
)
def test_a_trust_of_the_survey_a_repeated_one_and_an_unknown_level_are_told(
    rows: str, column: str
) -> None:
    with pytest.raises(InputProblems) as raised:
        interviewed(f"mat_id,size\n{rows}")
    (problem,) = raised.value.problems
    assert problem.column == column
