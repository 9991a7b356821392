"""Whatever survey tool an export comes from, the same answers come out of it."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import ResponsesFile, Wave
from buildingtrusts.survey.importers import detect_importer, import_responses, read_export
from buildingtrusts.survey.responses import tidy_responses

from .workbooks import ods, xlsx

FIXTURES = Path(__file__).parent / "fixtures"
CODEBOOK = Codebook(
    (
        Item("strategy", "vision", "Vision", "Sharing a vision", 1.0, 10.0, 1.0, "Low", "High"),
        Item(
            "strategy", "identity", "Identity", "Keeping an identity", 1.0, 10.0, 1.0, "Low", "High"
        ),
        Item(
            "operations", "hiring", "Hiring", "Hiring staff", 0.0, 10.0, 1.0, "Devolved", "Central"
        ),
    )
)
ROLES = {"ceo": ("Chief executive",), "central_team": ("Central",), "school_leader": ("Head",)}
QUALTRICS = {"respondent_id": "ResponseId", "mat_id": "Q1", "role": "Q2"}
FORM = {
    "respondent_id": "(row)",
    "mat_id": "Which trust do you work for?",
    "role": "What is your role?",
}
FORMS_HEADER = [
    *("ID", "Start time", "Completion time", "Email", "Name"),
    *("Which trust do you\nwork for?", "What is your role?\n"),
    *("Sharing a vision", "Keeping an identity", "Hiring staff", "Hiring staff2"),
]
FORMS = [
    FORMS_HEADER,
    [1, 47969.375, 47969.38, "ada@example.org", "Ada", "MAT 10", "Head", 10, 3, 0, 5],
    [2, 47969.4, 47969.41, "b@example.org", "Ben", "MAT 2", "Chief executive", 1, 9, 10, 5],
]
PLAIN = [
    ["respondent_id", "mat_id", "role", "strategy__vision", "Keeping an identity", "Hiring staff"],
    ["a", "MAT 10", "Head", 10, 3, 0],
    ["b", "MAT 2", "Chief executive", 1, 9, 10],
]


def wave(**responses: Any) -> Wave:
    return Wave(
        wave="2031",
        title="A survey",
        date=datetime.date(2031, 5, 1),
        provenance="original",
        source="The survey.",
        licence="None.",
        roles=ROLES,
        responses=ResponsesFile(**responses),
    )


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def answers(data: bytes, **responses: Any) -> tuple[list[tuple[Any, ...]], str]:
    """Trust, role and answers of each response, by trust, and all notes."""
    chosen = wave(**responses)
    export = import_responses(data, "export", chosen, CODEBOOK)
    tidy = tidy_responses(export.table, export.codebook, chosen)
    rows = tidy.table.drop(columns="respondent_id").itertuples(index=False, name=None)
    return list(rows), "\n".join(tidy.notes)


def refused(data: bytes, **responses: Any) -> str:
    with pytest.raises(InputProblems) as raised:
        answers(data, **responses)
    return str(raised.value)


TWO = [("MAT 2", "ceo", 1, 9, 10), ("MAT 10", "school_leader", 10, 3, 0)]
IN_TEXT = [
    ("qualtrics_choice_text.csv", "qualtrics", QUALTRICS),
    ("qualtrics_numeric.csv", "qualtrics", QUALTRICS),
    ("qualtrics_legacy.csv", "qualtrics", {**QUALTRICS, "respondent_id": "ResponseID"}),
    ("google_forms.csv", "google_forms", FORM),
    (
        "jisc.csv",
        "jisc",
        {
            "respondent_id": "Unique Response Number",
            "mat_id": "1. Which trust do you work for?",
            "role": "2. What is your role?",
        },
    ),
]


@pytest.mark.parametrize("importer", ["named", "detect"])
@pytest.mark.parametrize(("file", "layout", "columns"), IN_TEXT)
def test_the_same_answers_come_out_of_every_layout(
    file: str, layout: str, columns: dict[str, str], importer: str
) -> None:
    chosen = layout if importer == "named" else importer
    rows, notes = answers(fixture(file), importer=chosen, columns=columns)
    assert rows == TWO
    assert ("detected: importer " + layout in notes) == (importer == "detect")
    assert "Lovelace" not in notes
    assert "example.org" not in notes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(("file", "layout", "columns"), IN_TEXT)
def test_every_layout_is_read_in_every_encoding(
    file: str, layout: str, columns: dict[str, str], encoding: str
) -> None:
    text = fixture(file).decode("utf-8-sig").replace("MAT 10", "MAT Zoë")
    declared = {"cp1252": "cp1252", "utf-16-le": "utf-16"}.get(encoding, "utf-8")
    rows, _ = answers(text.encode(encoding), importer="detect", columns=columns, encoding=declared)
    assert [row[0] for row in rows] == ["MAT 2", "MAT Zoë"]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_layouts_of_tools_may_be_separated_by_tabs_or_semicolons(separator: str) -> None:
    text = fixture("google_forms.csv").decode().replace(",", separator)
    rows, _ = answers(text.encode(), importer="google_forms", columns=FORM)
    assert rows == TWO


# Qualtrics.


def test_previews_and_unfinished_responses_are_left_out_and_counted() -> None:
    _, notes = answers(
        fixture("qualtrics_choice_text.csv"), importer="qualtrics", columns=QUALTRICS
    )
    assert "1 preview or test rows were left out" in notes
    assert "1 unfinished responses were left out" in notes


@pytest.mark.parametrize("file", ["qualtrics_choice_text.csv", "qualtrics_numeric.csv"])
def test_unfinished_responses_stay_where_the_wave_keeps_them_and_previews_never(file: str) -> None:
    rows, notes = answers(
        fixture(file), importer="qualtrics", columns=QUALTRICS, keep_unfinished=True
    )
    assert [row[:3] for row in rows] == [
        *(("MAT 2", "central_team", 7), ("MAT 2", "ceo", 1)),
        ("MAT 10", "school_leader", 10),
    ]
    assert "1 unfinished responses were kept, as the wave declares" in notes


def test_a_row_is_known_by_its_line_in_the_export() -> None:
    raw = read_export(
        fixture("qualtrics_choice_text.csv"), "q.csv", ResponsesFile(importer="qualtrics")
    )
    assert raw.lines == (4, 8)  # the first has a cell of two lines
    assert raw.wording("Q3_1").endswith("- Sharing a vision")


def test_an_export_of_previews_only_is_a_problem() -> None:
    lines = fixture("qualtrics_numeric.csv").decode().splitlines(keepends=True)
    assert "is finished and no preview" in refused(
        "".join([*lines[:3], *lines[5:6]]).encode(), importer="qualtrics", columns=QUALTRICS
    )


def test_a_word_for_finished_in_another_language_is_told() -> None:
    text = fixture("qualtrics_choice_text.csv").decode().replace("True", "Wahr")
    told = refused(text.encode(), importer="qualtrics", columns=QUALTRICS)
    assert "column 'Finished': found 'wahr'. 'Finished' is 1 or True" in told


def test_an_export_without_its_header_rows_is_told() -> None:
    text = "ResponseId,Q1\nR_1,MAT 2\n"
    assert "has three header rows" in refused(text.encode(), importer="qualtrics")


# SurveyMonkey.


def test_the_collector_carries_the_trust() -> None:
    codebook_roles = {"respondent_id": "Respondent ID", "mat_id": "Collector ID", "role": None}
    rows, notes = answers(
        fixture("surveymonkey.csv"), importer="surveymonkey", columns=codebook_roles
    )
    assert [row[0] for row in rows] == ["4401", "4402"]
    assert [row[2:] for row in rows] == [(10, 3, 0), (1, 9, 10)]
    assert "3 items were found by their wording" in notes
    for told in ("First Name (a name)", "IP Address (an IP address)", "(free text)"):
        assert told in notes
    for kept in ("Ada", "192.0.2", "Chief of staff", "share a lot"):
        assert kept not in notes


def test_follow_on_columns_are_named_after_their_question() -> None:
    raw = read_export(fixture("surveymonkey.csv"), "s.csv", ResponsesFile(importer="surveymonkey"))
    assert raw.header[-3:-1] == (
        "How well does this describe your trust? - Sharing a vision",
        "How well does this describe your trust? - Keeping an identity",
    )
    assert raw.header[-1] == "Where is this decided? - Hiring staff"
    assert raw.lines == (3, 4)


# Workbooks.


def test_microsoft_forms_writes_line_breaks_and_repeats_with_numbers() -> None:
    columns = {**FORM, "respondent_id": "ID"}
    told = refused(xlsx({"Sheet1": FORMS}), importer="microsoft_forms", columns=columns)
    assert "its wording stands above 2" in told
    assert "found 'Hiring staff, Hiring staff2'" in told
    once = [row[:-1] for row in FORMS]
    for importer in ("microsoft_forms", "detect"):
        rows, notes = answers(xlsx({"Sheet1": once}), importer=importer, columns=columns)
        assert rows == TWO
        assert "Email (an e-mail address), Name (a name)" in notes


@pytest.mark.parametrize("importer", ["named", "detect"])
@pytest.mark.parametrize("kind", ["excel", "ods"])
def test_a_sheet_with_one_header_row_is_read(kind: str, importer: str) -> None:
    data = xlsx({"Data": PLAIN}) if kind == "excel" else ods(PLAIN)
    rows, _ = answers(data, importer=kind if importer == "named" else importer)
    assert rows == TWO


def test_rows_of_a_sheet_keep_their_numbers_where_others_are_empty() -> None:
    data = xlsx({"Data": [PLAIN[0], [None] * 6, *PLAIN[1:], [None] * 6]})
    assert read_export(data, "x", ResponsesFile(importer="excel")).lines == (3, 4)


def test_of_several_filled_sheets_the_wave_names_one() -> None:
    data = xlsx({"Notes": [["x"]], "Data": PLAIN, "Empty": []})
    assert "found 'Notes, Data'. One sheet of the workbook is read; 2 hold" in refused(
        data, importer="excel"
    )
    rows, notes = answers(data, importer="excel", sheet="Data")
    assert rows == TWO
    assert "sheet 'Data' was read" in notes
    assert "those are: Notes, Data" in refused(data, importer="excel", sheet="data")


@pytest.mark.parametrize("cut", [20, 300, 900])
def test_a_workbook_that_was_cut_short_is_told(cut: int) -> None:
    told = refused(xlsx({"Data": PLAIN})[:cut], importer="excel")
    assert "that can be read; this one cannot" in told


# Choosing the importer.


@pytest.mark.parametrize(
    ("data", "importer", "told"),
    [
        (xlsx({"Data": PLAIN}), "csv", "reads separated text; the file is an Excel workbook"),
        (ods(PLAIN), "excel", "reads an Excel workbook; the file is an OpenDocument spreadsheet"),
        (b"id,q\nA,1\n", "spss", "reads an SPSS file; the file is separated text"),
        (b"$FL2@(#)", "jisc", "reads separated text; the file is an SPSS file"),
        (b"\n<!DOCTYPE html><html>Log in</html>", "detect", "the file is a web page"),
        (b"\xef\xbb\xbf<html>Log in</html>", "csv", "the file is a web page"),
    ],
)
def test_a_file_of_another_kind_is_told_as_such(data: bytes, importer: str, told: str) -> None:
    assert told in refused(data, importer=importer)


@pytest.mark.parametrize("importer", ["surveymonkey", "microsoft_forms", "google_forms", "jisc"])
def test_a_header_of_another_tool_is_told(importer: str) -> None:
    told = refused(fixture("qualtrics_numeric.csv"), importer=importer)
    assert f"importer: {'excel' if importer == 'microsoft_forms' else 'csv'}" in told


def test_a_file_that_two_importers_claim_is_refused() -> None:
    text = 'Timestamp,Q1\nTime,Which?\n"{""ImportId"":""t""}","{""ImportId"":""q""}"\n1,2\n'
    with pytest.raises(InputProblems, match="2 claim this one") as raised:
        detect_importer(text.encode(), "both.csv")
    assert raised.value.problems[0].value == "qualtrics, google_forms"


@pytest.mark.parametrize(("text", "found"), [("id,q\n1,2\n", "csv"), ("id\tq\n1\t2\n", "tsv")])
def test_a_file_of_no_tool_is_a_plain_table(text: str, found: str) -> None:
    assert detect_importer(text.encode(), "plain") == found
    assert detect_importer(text.encode("utf-16"), "plain") == found


def test_tabs_are_read_where_they_are_declared() -> None:
    text = "\n".join("\t".join(map(str, row)) for row in PLAIN)
    assert answers(text.encode(), importer="tsv")[0] == TWO


# Statistical files.


@pytest.fixture
def statistical(tmp_path: Path) -> Any:
    """Write a file of SPSS or Stata and give its bytes."""
    import pandas as pd
    import pyreadstat

    def write(kind: str, columns: dict[str, list[Any]], **about: Any) -> bytes:
        file = tmp_path / "file"
        writer = pyreadstat.write_sav if kind == "spss" else pyreadstat.write_dta
        writer(pd.DataFrame(columns), str(file), **about)
        return file.read_bytes()

    return write


CODED = {
    "respondent_id": ["a", "b"],
    "mat_id": [1.0, 2.0],
    "role": [3.0, 1.0],
    "q1": [10.0, 1.0],
    "q2": [3.0, 9.0],
    "q3": [0.0, 10.0],
}
WORDINGS = {"q1": "Sharing a vision", "q2": "Keeping an identity", "q3": "Hiring staff"}
KEY_LABELS = {"mat_id": {1: "MAT 10", 2: "MAT 2"}, "role": {1: "Chief executive", 3: "Head"}}
END_LABELS = {"q1": {1: "Low", 10: "High"}, "q3": {0: "Devolved", 10: "Central"}}


@pytest.mark.parametrize("importer", ["named", "detect"])
@pytest.mark.parametrize("kind", ["spss", "stata"])
def test_codes_are_answers_and_labels_are_trusts_and_roles(
    statistical: Any, kind: str, importer: str
) -> None:
    data = statistical(
        kind, CODED, column_labels=WORDINGS, variable_value_labels={**KEY_LABELS, **END_LABELS}
    )
    rows, notes = answers(data, importer=kind if importer == "named" else importer)
    assert rows == TWO
    assert "the codes of mat_id were read by their labels" in notes
    assert "end points of 2 of 3 items agree" in notes


def test_values_that_spss_declares_missing_are_empty(statistical: Any) -> None:
    data = statistical(
        "spss",
        {**CODED, "q1": [99.0, 1.0], "q2": [3.0, 250.0]},
        column_labels=WORDINGS,
        variable_value_labels=KEY_LABELS,
        missing_ranges={"q1": [99], "q2": [{"lo": 200, "hi": 300}]},
    )
    rows, notes = answers(data, importer="spss")
    assert "2 values that the file declares missing are empty" in notes
    assert "2 of 6 answers are missing" in notes
    assert [row[4] for row in rows] == [10, 0]


def test_values_that_stata_declares_missing_are_empty(statistical: Any) -> None:
    data = statistical(
        "stata",
        {**CODED, "q1": ["a", 1]},
        column_labels=WORDINGS,
        variable_value_labels=KEY_LABELS,
        missing_user_values={"q1": ["a"]},
    )
    _, notes = answers(data, importer="stata")
    assert "1 values that the file declares missing are empty" in notes


def test_a_label_that_means_no_answer_is_none(statistical: Any) -> None:
    labels = {**KEY_LABELS, "q1": {99: "Don't know"}}
    data = statistical(
        "spss",
        {**CODED, "q1": [99.0, 1.0]},
        column_labels=WORDINGS,
        variable_value_labels=labels,
    )
    assert "found '99'" in refused(data, importer="spss")
    assert "1 of 6 answers are missing" in answers(data, importer="spss", missing=["don't know"])[1]


def test_previews_in_the_spss_file_of_qualtrics_are_left_out(statistical: Any) -> None:
    data = statistical(
        "spss",
        {**CODED, "ResponseId": ["R_1", "R_2"], "Status": [0.0, 1.0], "Finished": [1.0, 1.0]},
        column_labels=WORDINGS,
        variable_value_labels=KEY_LABELS,
    )
    assert answers(data, importer="spss")[0] == TWO[1:]


@pytest.mark.parametrize("start", [b"$FL2@(#) SPSS", b"<stata_dta><header>"])
def test_a_statistical_file_that_was_cut_short_is_told(start: bytes) -> None:
    assert "that can be read; this one cannot" in refused(start + b"x" * 40, importer="detect")


@pytest.mark.parametrize(
    ("library", "data"),
    [
        ("pyreadstat", b"$FL2@(#)"),
        ("pyreadstat", b"<stata_dta>"),
        ("python_calamine", xlsx({"Data": PLAIN})),
        ("python_calamine", ods(PLAIN)),
    ],
)
def test_a_library_that_is_not_installed_is_one_problem_that_says_how(
    library: str, data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"{library}.py").write_text("raise ImportError", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, library, raising=False)
    told = refused(data, importer="detect")
    assert told.startswith("1 problem")
    assert 'pip install "buildingtrusts[import]"' in told


def test_a_damaged_file_that_crashes_the_library_is_a_problem(statistical: Any) -> None:
    data = statistical(
        "spss", CODED, column_labels=WORDINGS, variable_value_labels={"q1": END_LABELS["q1"]}
    )
    labels_of = b"\4\0\0\0\1\0\0\0"  # the record that says whose labels they are: one variable,
    assert data.count(labels_of + b"\4") == 1  # the fourth
    damaged = data.replace(labels_of + b"\4", labels_of + b"\x7e")  # of six, the 126th
    assert "this one cannot" in refused(damaged, importer="spss")
