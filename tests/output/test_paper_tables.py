"""A table for paper says the same in every format, and no name in it is obeyed by any."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from buildingtrusts.output.paper import study_paper_tables, wave_paper_tables
from buildingtrusts.output.paper.latex import latex, latex_text
from buildingtrusts.output.paper.markdown import csv_text, markdown
from buildingtrusts.output.paper.study import StudyTables, compose_study_table
from buildingtrusts.output.paper.table import (
    Column,
    PaperTable,
    cell_of,
    shown,
    tables_from_json,
    tables_to_json,
)
from buildingtrusts.output.paper.text import clean, markdown_text, spreadsheet_text
from buildingtrusts.output.paper.workbook import Book, workbook

#: Names that some program would obey, and what a reader has to see of each.
MALICIOUS = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "a | b `c` *d* _e_ [f](javascript:x) ![g](h)",
    r"50% \input{/etc/passwd} & # $x^2$ ~ {",
    "[0pt] *",
    "--- ''quoted'' ,,low,, \"straight\"",
    "Ælfþryð Łódź é ï ő ç 中文 😀",
    "$$note$$ [link](http://evil.example)",
)
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(*names: str, rows: int = 1, stamp: str = "") -> PaperTable:
    return PaperTable(
        "trusts",
        "Ratings of trusts",
        (
            Column("Block", once=True),
            Column("Trust"),
            Column("n", "count"),
            Column("Mean", "decimal"),
            Column("p", "p"),
        ),
        tuple(
            ("Strategy", name, 1234, 7.125, 0.0004)
            for _ in range(rows)
            for name in (names or ("MAT 1", "MAT 2"))
        ),
        ("What it is.",),
        stamp,
    )


def book(*tables: PaperTable) -> bytes:
    return workbook(
        Book("Tables", ("About.",), "2017-10-31", tuple(("w/paper", t) for t in tables))
    )


def part(archive: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return ElementTree.fromstring(opened.read(name))


def strings(archive: bytes) -> list[str]:
    found = part(archive, "xl/sharedStrings.xml").iter(f"{SPREADSHEET}si")
    return ["".join(text.text or "" for text in one.iter(f"{SPREADSHEET}t")) for one in found]


# --- rounding and notes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "read"),
    [
        (0.125, "decimal", "0.13"),
        (-0.125, "decimal", "−0.13"),
        (2.675, "decimal", "2.68"),
        (-0.0049, "decimal", "0.00"),
        (1, "decimal", "1.00"),
        (0.0005, "p", "<0.001"),
        (0.001, "p", "0.001"),
        (1.0, "p", "1.000"),
        (12345, "count", "12,345"),
        (None, "decimal", "–"),
        ("0.5", "text", "0.5"),
    ],
)
def test_one_rule_rounds_all_numbers(value: float | str | None, kind: str, read: str) -> None:
    assert shown(value, kind) == read


def test_a_table_says_how_it_was_rounded_and_what_a_dash_is() -> None:
    said = " ".join(table().said)
    assert "halves away from zero" in said
    assert "–:" not in said
    with_hole = PaperTable("t", "T", (Column("a", "decimal"),), ((None,),))
    assert "does not apply" in " ".join(with_hole.said)
    only_text = PaperTable("t", "T", (Column("a"),), (("x",),))
    assert only_text.said == ()


def test_a_group_is_named_once_in_print_and_on_every_row_of_a_spreadsheet() -> None:
    assert [row[0] for row in table().printed()] == ["Strategy", ""]
    assert csv_text(table()).count("Strategy") == 2


def test_tables_that_are_kept_come_back_as_they_were() -> None:
    before = [table(*MALICIOUS, stamp="Not real"), PaperTable("e", "E", (Column("a"),), ())]
    assert tables_from_json(tables_to_json(before)) == before


def test_headings_stand_once_and_rows_are_whole() -> None:
    with pytest.raises(ValueError, match="each heading stands once"):
        PaperTable("t", "T", (Column("a"), Column("a")), ())
    with pytest.raises(ValueError, match="every row has 1 cells"):
        PaperTable("t", "T", (Column("a"),), ((1, 2),))


def test_missing_values_of_every_kind_are_no_cell() -> None:
    import pandas as pd

    assert [cell_of(one) for one in (None, float("nan"), pd.NA, pd.NaT)] == [None] * 4
    with pytest.raises(TypeError, match="text or a number"):
        cell_of([1])


# --- text from data --------------------------------------------------------------------------


def test_what_no_page_can_show_is_dropped() -> None:
    assert (
        clean("a\x00b\x1b[31m\u202ec\ud800\uffff\r\n\td\x85e\u2028f") == "ab[31mc\ufffd\ufffd d e f"
    )


def test_markdown_shows_names_as_they_are() -> None:
    lines = markdown(table(*MALICIOUS), 1).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    # A bar inside a cell would be one more column.
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}
    assert "<script" not in "".join(lines)
    assert "&lt;script&gt;" in rows[2]
    assert r"\[f\](javascript:x)" in "".join(rows)
    assert r"\`c\`" in "".join(rows)
    assert markdown_text("http://a.b and www.c") == r"http\://a.b and www\.c"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", " =1"])
def test_a_spreadsheet_runs_no_name(name: str) -> None:
    assert spreadsheet_text(name).startswith("'")
    assert any(one == spreadsheet_text(name) for one in strings(book(table(name))))


def test_the_workbook_has_no_formula_and_leaves_numbers_alone() -> None:
    archive = book(table(*MALICIOUS))
    sheet = part(archive, "xl/worksheets/sheet4.xml")
    assert not list(sheet.iter(f"{SPREADSHEET}f"))
    numbers = [one.text for one in sheet.iter(f"{SPREADSHEET}v")]
    assert numbers.count("7.125") == len(MALICIOUS)
    assert numbers.count("0.0004") == len(MALICIOUS)
    shown_names = strings(archive)
    assert all(spreadsheet_text(name) in shown_names for name in MALICIOUS)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        links = [n for n in opened.namelist() if "sheet4.xml.rels" in n]
        assert all(b"hyperlink" not in opened.read(name) for name in links)


def test_markdown_gives_a_column_the_width_that_its_texts_need() -> None:
    rules = markdown(table("Trust of the North"), 1).splitlines()[3].strip("| ").split(" | ")
    block, trust, n, _, _ = map(len, rules)
    assert trust > 2 * n
    assert trust > block
    assert [one.endswith(":") for one in rules] == [False, False, True, True, True]


def test_csv_keeps_names_as_they_are() -> None:
    rows = list(csv.reader(io.StringIO(csv_text(table("=1+1", "a,b")))))
    assert [row[1] for row in rows] == ["Trust", "=1+1", "a,b"]
    assert rows[1][3:] == ["7.125", "0.0004"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("50% & # $ _ ^ ~", r"50\% \& \# \$ \_ \textasciicircum{} \textasciitilde{}"),
        ("--", "-{}-"),
        ("''", "'{}'"),
        ("the verdict 'weak', trusts' (k='2')", "the verdict `weak', trusts' (k='2')"),
        ("é ő ï ß", "\\'{e} \\H{o} \\\"{\\i} \\ss{}"),
        ("中", r"\othercharacter{4E2D}"),
    ],
)
def test_latex_sets_every_character(text: str, read: str) -> None:
    assert latex_text(text) == read


# --- LaTeX -----------------------------------------------------------------------------------


def test_a_table_is_a_float_with_caption_label_and_booktabs_rules() -> None:
    text = latex(table(stamp="Not real"), "2017")
    assert text.startswith("% Needs the package booktabs.\n")
    for piece in (
        r"\begin{table}[htbp]",
        r"\caption{Ratings of trusts. Not real.}",
        r"\label{tab:2017:trusts}",
        *(r"\toprule", r"\midrule", r"\bottomrule", r"\emph{Note.} What it is."),
    ):
        assert text.count(piece) == 1
    assert r"\hline" not in text
    assert "|" not in text


def test_a_table_longer_than_a_page_breaks() -> None:
    text = latex(table(rows=30), "w")
    assert text.startswith("% Needs the packages booktabs and longtable.\n")
    assert r"\endfirsthead" in text
    assert r"\begin{table}" not in text


def test_a_table_too_wide_names_its_groups_on_lines_of_their_own() -> None:
    text = latex(table("A trust with a name that is much too long for one line " * 3), "w")
    assert r"\multicolumn{4}{@{}l@{}}{\emph{Strategy}} \\*" in text
    assert r"\parbox[t]" in text


def test_names_joined_by_a_hyphen_may_stand_on_two_lines() -> None:
    made = PaperTable("x", "X", (Column("Davies-Bouldin", "decimal"),), ((1.5,),))
    assert r"Davies-\\Bouldin" in latex(made, "w")


def test_latex_compiles_whatever_trusts_are_called(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None and os.environ.get("BUILDINGTRUSTS_FORBID_SKIPPING") != "1":
        pytest.skip("needs pdflatex")
    tables = [
        table(*MALICIOUS),
        table(*MALICIOUS, rows=6),
        PaperTable("e", "E", (Column("a"),), ()),
    ]
    pages = "\n".join(latex(one, f"w{place}") for place, one in enumerate(tables))
    (tmp_path / "all.tex").write_text(
        "\\documentclass{article}\\usepackage{booktabs,longtable}\\begin{document}\n"
        f"{pages}\\end{{document}}\n",
        encoding="utf-8",
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode("latin-1")[-2000:]


# --- the workbook ----------------------------------------------------------------------------


def test_the_workbook_follows_the_guidance_on_accessible_spreadsheets() -> None:
    hole = PaperTable("h", "H", (Column("a"), Column("b", "decimal")), (("", None),))
    empty = PaperTable("e", "E", (Column("a"),), ())
    archive = book(table(), empty, hole)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = opened.namelist()
        texts = {name: opened.read(name).decode() for name in names if name.endswith(".xml")}
    titles = re.findall(r'<sheet name="([^"]+)"', texts["xl/workbook.xml"])
    # A table without rows has no sheet, and its number, which documents use too, is kept for it.
    assert titles == ["Cover", "Contents", "Notes", "Table_1", "Table_3"]
    sheets = [text for name, text in texts.items() if name.startswith("xl/worksheets/sheet")]
    for sheet in sheets:
        assert "mergeCell" not in sheet
        assert "<pane" not in sheet
        assert "hidden" not in sheet
        rows = [int(one) for one in re.findall(r'<row r="(\d+)"', sheet)]
        assert rows == list(range(1, len(rows) + 1)), "no row is blank"
        assert not re.findall(r"<c [^>]*/>", sheet), "no cell is empty"
    marked = [text for name, text in texts.items() if name.startswith("xl/tables/")]
    assert len(marked) == 4
    assert 'name="Table_1_trusts"' in "".join(marked)
    assert all('fitToHeight="0"' in sheet and "landscape" in sheet for sheet in sheets)
    assert "location=\"'Contents'!A1\"" in texts["xl/worksheets/sheet4.xml"]
    assert not any("autoFilter" in text for text in marked)
    assert strings(archive).count("[x]") == 1


def test_what_is_told_above_a_table_stands_in_lines_that_a_screen_holds() -> None:
    note = "p: exact test; Holm: adjusted. " + "V: an effect size, " * 12 + "by chance."
    said = strings(book(replace(table(), notes=(note,))))
    assert "p: exact test; Holm: adjusted." in said
    told = [text for text in said if "effect size" in text]
    assert len(told) > 1
    assert max(map(len, told)) <= 120
    assert " ".join(told) in note


def test_a_row_is_as_high_as_its_longest_text() -> None:
    text = "why " * 60
    made = PaperTable("w", "W", (Column("n", "count"), Column("Why")), ((1, text), (2, "short")))
    with zipfile.ZipFile(io.BytesIO(book(made))) as opened:
        sheet = opened.read("xl/worksheets/sheet4.xml").decode()
    high, low = [float(one) for one in re.findall(r'ht="([0-9.]+)"', sheet)][-2:]
    assert high >= 4 * low


def test_text_beside_a_number_is_set_off_from_it() -> None:
    made = PaperTable("w", "W", (Column("k", "count"), Column("Sizes")), ((3, "6, 9, 2"),))
    with zipfile.ZipFile(io.BytesIO(book(made))) as opened:
        sheet = opened.read("xl/worksheets/sheet4.xml").decode()
        styles = opened.read("xl/styles.xml").decode()
    formats = re.findall(r"<xf .*?(?:/>|</xf>)", styles.partition("<cellXfs")[2])
    (number,) = re.findall(r'<c r="B\d+" s="(\d+)" t="s"><v>\d+</v></c></row></sheetData>', sheet)
    assert 'indent="1"' in formats[int(number)]


def test_the_workbook_repeats_byte_for_byte_and_holds_no_time_of_writing() -> None:
    archive = book(table())
    assert archive == book(table())
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2017-10-31T00:00:00Z" in opened.read("docProps/core.xml")


def test_every_table_carries_its_stamp_in_every_format() -> None:
    docx = pytest.importorskip("docx")
    from buildingtrusts.output.paper.word import word

    made = table(stamp="Reconstruction: not the survey's responses")
    document = docx.Document(io.BytesIO(word(made, 1, "2017-10-31")))
    texts = [markdown(made, 1), latex(made, "w"), document.paragraphs[0].text, *strings(book(made))]
    assert [text for text in texts if "not the survey's responses" in text][:3] == texts[:3]
    assert any(text.startswith("Table 1: ") and "not the survey" in text for text in texts)


# --- Word ------------------------------------------------------------------------------------


def test_word_holds_the_names_and_repeats_byte_for_byte() -> None:
    docx = pytest.importorskip("docx")
    from buildingtrusts.output.paper.word import word

    made = table(*MALICIOUS, "a\x00\x0bb")
    archive = word(made, 3, "2017-10-31")
    assert archive == word(made, 3, "2017-10-31")
    document = docx.Document(io.BytesIO(archive))
    assert document.paragraphs[0].text == "Table 3. Ratings of trusts."
    (read,) = document.tables
    assert [row.cells[1].text for row in list(read.rows)[1:]] == [*MALICIOUS, "a b"]
    assert "tblHeader" in read.rows[0]._tr.xml
    of_columns, of_cells = [
        [one.width for one in row] for row in (read.columns, read.rows[0].cells)
    ]
    assert of_columns == of_cells
    assert len(set(of_columns)) > 1


def test_word_says_of_a_table_without_rows_that_it_has_none() -> None:
    docx = pytest.importorskip("docx")
    from buildingtrusts.output.paper.word import word

    caption = "Of blocks with names " + "so long " * 40
    archive = word(
        PaperTable("e", caption, (Column("a"), Column("n", "count")), ()), 1, "2030-01-01"
    )
    document = docx.Document(io.BytesIO(archive))
    (read,) = document.tables
    assert [[cell.text for cell in row.cells] for row in read.rows] == [["a", "n"]]
    assert caption.strip() in document.paragraphs[0].text
    assert "No rows" in document.paragraphs[-1].text


def test_word_breaks_no_number_however_much_text_stands_beside_it() -> None:
    docx = pytest.importorskip("docx")
    from buildingtrusts.output.paper.word import word

    made = table("A trust with a long name of many words that has to be folded " * 2)
    (read,) = docx.Document(io.BytesIO(word(made, 1, "2017-10-31"))).tables
    block, trust, n, mean, p = (column.width.cm for column in read.columns)
    assert n > 5 * 0.18, "1,234 at nine points"
    assert p > 6 * 0.18
    assert trust > 2 * max(block, n, mean, p)


# --- which tables there are ------------------------------------------------------------------


def test_a_wave_has_the_tables_that_its_questions_allow() -> None:
    every = wave_paper_tables([2, 3], ["strategy", "operations"], ["phase_mix"], True)
    assert every == [
        *("sample", "agreement", "partitions", "clusters", "evidence", "stability"),
        *("profiles_k2_strategy", "profiles_k2_operations"),
        *("profiles_k3_strategy", "profiles_k3_operations"),
        *("crosstabs_k2", "crosstabs_k3", "operating_model"),
    ]


def test_what_compares_waves_needs_two() -> None:
    assert "changes" not in study_paper_tables(["ledger"], 1, True)
    assert study_paper_tables(["population"], 2, True)[-4:] == [
        *("population", "transitions", "changes", "new_trusts")
    ]


def test_interviews_have_tables_where_there_are_some() -> None:
    assert study_paper_tables(["ledger", "interviews"], 1, True)[-2:] == [
        *("interviews", "break_points")
    ]


def test_interviews_are_told_by_area_and_by_break_point_with_the_tests_beside() -> None:
    rows = [
        *(("2017", "2017", "centralisation", "hiring", "all", "(all)", 5, 4, 6, 2.25, 0.5),),
        *(("2017", "2017", "centralisation", "hiring", "cluster", "1", 3, 2, 3, 2.0, 0.0),),
        *(("2017", "2017", "break_point", "ten_schools", "all", "(all)", 5, 2, 3, None, None),),
    ]
    columns = [
        *("interviews", "wave", "measure", "code", "group", "level", "n_mats", "n_coded"),
        *("n_excerpts", "mean_weight", "sd_weight"),
    ]
    tests = pd.DataFrame(
        [("2017", "ten_schools", "size_schools", 0.04)],
        columns=["interviews", "code", "group", "p_adjusted"],
    )
    of = StudyTables({"interviews": pd.DataFrame(rows, columns=columns), "interview_tests": tests})
    of = replace(of, labels={("2017", "area", "hiring"): "Hiring of staff"})
    told = ("2017", "Hiring of staff", 5, 4, 2.25, 0.5, 6)
    assert compose_study_table("interviews", of).rows == (told,)
    points = compose_study_table("break_points", of)
    assert points.rows == (("2017", "Ten schools", 5, 2, 0.04),)
    assert [one.title for one in points.columns][-1] == "p (Holm), trust size (schools)"
