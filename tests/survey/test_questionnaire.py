"""The questionnaire asks what the codebook says, and its Qualtrics export comes back as items."""

from __future__ import annotations

import csv
import datetime
import html
import io
import re
import sys
import zipfile
from typing import Any

import pytest

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import InputProblems
from buildingtrusts.study.wave import ResponsesFile, Wave
from buildingtrusts.survey.importers import import_responses
from buildingtrusts.survey.questionnaire import compose
from buildingtrusts.survey.questionnaire.qualtrics import qualtrics_text
from buildingtrusts.survey.questionnaire.word import BOX, word_document
from buildingtrusts.survey.responses import tidy_responses

NASTY = '[[PageBreak]] ${e://Field/x} <script>go()</script> & "more"\x0b\n[[Block:Mine]]'
STEM = "How effective is your trust in this area:"
CODEBOOK = Codebook(
    (
        Item("strategy", "vision", "Vision", "Sharing a vision", 1.0, 10.0, 1.0, "Low", "High"),
        Item("strategy", "nasty", "Nasty", NASTY, 1.0, 10.0, 1.0, "Low", "High"),
        Item("operations", "hiring", "Hiring", "Hiring staff", 0.0, 10.0, 1.0, "School", "Centre"),
        Item("effect", "hiring", "Hiring", f"{STEM} Hiring staff", 1.0, 5.0, 1.0, "Bad", "Good"),
        Item("effect", "money", "Money", f"{STEM} Money", 1.0, 5.0, 1.0, "Bad", "Good"),
        Item("effect", "gone", "Gone", "Asked last time", 1.0, 5.0, 1.0, status="dropped"),
        Item("load", "hours", "Hours", "Hours a week", None, None, None),
        Item("load", "share", "Share", "", 1.0, 5.0, 0.25, "None", "All"),
    )
)
ASKED = [
    *("strategy__vision", "strategy__nasty", "operations__hiring", "effect__hiring"),
    *("effect__money", "load__hours", "load__share"),
]
ANSWERS = dict(zip(ASKED, ["10", "1", "0", "5", "2", "38.5", "1.25"], strict=True))


def wave(**changes: Any) -> Wave:
    declared: dict[str, Any] = {
        "wave": "2031",
        "title": "A survey of <trusts>",
        "date": datetime.date(2031, 5, 1),
        "provenance": "original",
        "source": "The survey.",
        "licence": "None given.",
        "roles": {"ceo": ("Chief executive",), "school_leader": ("Head", "Deputy [head]")},
        "responses": ResponsesFile(
            importer="qualtrics",
            columns={"respondent_id": "ResponseId", "mat_id": "mat_id", "role": "role"},
        ),
    }
    return Wave(**{**declared, **changes})


def read_advanced_format(text: str) -> list[dict[str, Any]]:
    """Questions of a file in Qualtrics' Advanced Format, by its published rules.

    A line in double square brackets is a tag; ``[[Question:...]]`` begins a question, choices
    follow ``[[Choices]]`` or ``[[Choice:code]]``, and all else is the question's text.
    """
    lines = text.splitlines()
    assert lines[0] == "[[AdvancedFormat]]"
    questions: list[dict[str, Any]] = []
    block, into, code = "", "", ""
    for line in lines[1:]:
        tag = re.fullmatch(r"\[\[(\w+)(?::(.*?))?\]\]", line)
        if tag is None:
            assert not re.search(r"\[\[|\]\]", line), line
            if line and into == "text":
                questions[-1]["text"] += line
            elif line:
                questions[-1]["choices"][code or str(len(questions[-1]["choices"]) + 1)] = line
            continue
        name, value = tag[1], tag[2] or ""
        if name == "Block":
            block = value
        elif name == "Question":
            questions.append({"block": block, "type": value, "text": "", "choices": {}})
            into, code = "text", ""
        elif name == "ID":
            questions[-1]["id"] = value
        elif name in ("Choices", "AdvancedChoices"):
            into = "choices"
        elif name == "Choice":
            code = value
        else:
            raise AssertionError(f"no such tag: {line}")
    return questions


def shown(text: str) -> str:
    """What a browser shows of Qualtrics' HTML."""
    return html.unescape(re.sub(r"<[^<>]*>", " ", text))


def export_of(text: str, numeric: bool) -> bytes:
    """What Qualtrics exports of one response to these questions: names, wordings, ImportIds."""
    asked = [one for one in read_advanced_format(text) if one["type"] != "DB"]
    rows: list[list[str]] = [["ResponseId"], ["Response ID"], ['{"ImportId":"_recordId"}'], ["R_1"]]
    given = {**ANSWERS, "mat_id": "River Trust", "role": "Deputy [head]"}
    for number, question in enumerate(asked):
        answer = given[question["id"]]
        choices = {code: shown(label) for code, label in question["choices"].items()}
        if choices and question["id"] in ANSWERS:
            assert answer in choices
            answer = answer if numeric else choices[answer]
        elif choices:
            assert answer in choices.values()
        cells = (question["id"], shown(question["text"]), f'{{"ImportId":"QID{number}"}}', answer)
        for row, cell in zip(rows, cells, strict=True):
            row.append(cell)
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue().encode("utf-8")


@pytest.mark.parametrize("numeric", [True, False], ids=["numeric values", "choice text"])
def test_an_export_of_what_was_written_is_read_without_aliases(numeric: bool) -> None:
    text = qualtrics_text(compose(wave(), CODEBOOK, ["Hill Trust", "River Trust"]))
    asked = Codebook(tuple(item for item in CODEBOOK.items if item.status != "dropped"))
    imported = import_responses(export_of(text, numeric), "export.csv", wave(), asked)
    tidy = tidy_responses(imported.table, imported.codebook, wave(), ["River Trust"]).table
    assert tidy[["respondent_id", "mat_id", "role"]].values.tolist() == [
        ["R_1", "River Trust", "school_leader"]
    ]
    assert {name: float(tidy[name].iloc[0]) for name in ASKED} == {
        name: float(value) for name, value in ANSWERS.items()
    }


def test_each_item_is_asked_once_in_the_order_of_the_codebook() -> None:
    questions = read_advanced_format(qualtrics_text(compose(wave(), CODEBOOK)))
    assert [one["id"] for one in questions] == ["introduction", "mat_id", "role", *ASKED]
    blocks = dict.fromkeys(one["block"] for one in questions)
    assert list(blocks) == ["Introduction", "Strategy", "Operations", "Effect", "Load"]


def test_scales_have_their_codes_and_their_ends_the_anchors() -> None:
    questions = {
        one["id"]: one for one in read_advanced_format(qualtrics_text(compose(wave(), CODEBOOK)))
    }
    assert questions["operations__hiring"]["choices"] == {
        "0": "0 - School",
        **{str(n): str(n) for n in range(1, 10)},
        "10": "10 - Centre",
    }
    hours, share = questions["load__hours"], questions["load__share"]
    assert (hours["type"], hours["text"]) == ("TE:SingleLine", "Hours a week (a number)")
    assert share["text"] == "Share (a number from 1 (None) to 5 (All) in steps of 0.25)"


def test_a_wording_is_text_whatever_it_looks_like() -> None:
    text = qualtrics_text(compose(wave(), CODEBOOK))
    nasty = next(one for one in read_advanced_format(text) if one.get("id") == "strategy__nasty")
    assert shown(nasty["text"]) == " ".join(NASTY.replace("\x0b", " ").split())
    assert "${" not in text
    assert "<script>" not in text
    assert "\x0b" not in text


def test_keys_are_called_as_the_wave_declares_as_far_as_qualtrics_takes_it() -> None:
    columns = {"respondent_id": "ResponseId", "mat_id": "Q1", "role": "What is your role?"}
    declared = wave(responses=ResponsesFile(importer="qualtrics", columns=columns))
    names = [one["id"] for one in read_advanced_format(qualtrics_text(compose(declared, CODEBOOK)))]
    assert names[1:3] == ["Q1", "role"]


def test_a_wave_without_roles_asks_for_none() -> None:
    questions = read_advanced_format(qualtrics_text(compose(wave(roles={}), CODEBOOK)))
    assert [one["id"] for one in questions][:2] == ["introduction", "mat_id"]
    assert questions[2]["id"] == ASKED[0]


def test_a_wave_that_is_not_original_says_so_in_both_formats() -> None:
    pytest.importorskip("docx")
    declared = wave(wave="2031-illustration", provenance="illustration")
    asked = compose(declared, CODEBOOK)
    assert "made-up answers" in qualtrics_text(asked)
    assert "made-up answers" in text_of(word_document(asked))
    assert "made-up answers" not in qualtrics_text(compose(wave(), CODEBOOK))


def text_of(document: bytes) -> str:
    """All text of a Word file, paragraphs and cells in their order."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    texts = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(</w:p>)", body)
    return "".join(html.unescape(text) if text else "\n" for text, _ in texts)


def rows_of(document: bytes) -> list[list[str]]:
    """Rows of all tables that are not the box on consent, as the cells' texts."""
    docx = pytest.importorskip("docx")
    tables = docx.Document(io.BytesIO(document)).tables[1:]
    return [[cell.text for cell in row.cells] for table in tables for row in table.rows]


def test_the_document_numbers_every_item_once_and_gives_it_its_boxes() -> None:
    rows = [row for row in rows_of(word_document(compose(wave(), CODEBOOK))) if row[0].isdigit()]
    assert [row[0] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [row[1] for row in rows] == [
        "Sharing a vision",
        " ".join(NASTY.replace("\x0b", " ").split()),
        "Hiring staff",
        *("Hiring staff", "Money", "Hours a week", "Share"),
    ]
    assert [row[2:].count(BOX) for row in rows] == [10, 10, 11, 5, 5, 0, 0]


def test_the_document_has_anchors_above_the_ends_and_a_common_question_once() -> None:
    document = word_document(compose(wave(), CODEBOOK))
    tops = [row for row in rows_of(document) if row[0] == ""]
    assert [(row[2], row[-1]) for row in tops] == [
        ("Low", "High"),
        ("School", "Centre"),
        ("Bad", "Good"),
    ]
    assert text_of(document).count(STEM) == 1
    assert "Asked last time" not in text_of(document)


def test_every_block_begins_a_page_and_header_rows_repeat() -> None:
    pytest.importorskip("docx")
    document = word_document(compose(wave(), CODEBOOK))
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        body = archive.read("word/document.xml").decode("utf-8")
    assert body.count("<w:pageBreakBefore/>") == 4
    # Two header rows for three scales with anchors, one for each of two written answers.
    assert body.count("<w:tblHeader/>") == 3 * 2 + 2


def test_the_document_opens_with_title_day_consent_trusts_and_roles() -> None:
    pytest.importorskip("docx")
    said = text_of(word_document(compose(wave(), CODEBOOK, ["Hill & Dale", "River"]))).split("\n")
    assert said[:2] == ["A survey of <trusts>", "1 May 2031"]
    assert said[2].startswith("[TO BE WRITTEN BY THE TEAM")
    boxes = [line for line in said if line.startswith(f"{BOX}  ")]
    names = ["Hill & Dale", "River", "Chief executive", "Head", "Deputy [head]"]
    assert boxes == [f"{BOX}  {name}" for name in names]


def test_the_same_questionnaire_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("docx")
    asked = compose(wave(), CODEBOOK)
    first = word_document(asked)
    monkeypatch.setattr("time.localtime", lambda *_: (2040, 1, 2, 3, 4, 6, 0, 0, 0))
    assert word_document(asked) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode("utf-8")
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2031-05-01T"}
    assert "python-docx" not in core


def test_without_the_library_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(InputProblems) as caught:
        word_document(compose(wave(), CODEBOOK))
    report = caught.value.report()
    assert 'pip install "buildingtrusts[word]"' in report
    assert "--format qualtrics" in report
