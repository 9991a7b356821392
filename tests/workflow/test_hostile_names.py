"""A trust may be called anything: no output of a run does what its name says."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from .conftest import Project, small_project

#: A formula for spreadsheets, markup for browsers, a command for LaTeX, a table for Markdown.
HOSTILE = r'=HYPERLINK("http://x.test")<script>alert(1)</script>\input{x}|`a`[b](http://y.test)'
WAVE = "2030-illustration"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_project(tmp_path_factory.mktemp("hostile"))
    for name in ("responses.csv", "trusts.csv"):
        file = project.folder / "raw" / WAVE / name
        table = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
        place = table[0].index("mat_id")
        for row in table[1:]:
            row[place] = HOSTILE if row[place] == "T1" else row[place]
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(table)
    project.edit("config.yaml", lambda text: text + "publish: {suppress_below: 2}\n")
    project.run()
    return project


class Elements(HTMLParser):
    """What a page runs, and where it points."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts = 0
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Data that a page holds as JSON is run by no browser.
        self.scripts += tag == "script" and ("type", "application/json") not in attrs
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def files(run: Project, ending: str) -> list[Path]:
    return sorted((run.folder / "results").rglob(f"*{ending}"))


def test_the_name_is_in_the_tables_letter_for_letter(run: Project) -> None:
    clusters = run.folder / "results" / WAVE / "tables" / "clusters.csv"
    with clusters.open(encoding="utf-8", newline="") as stream:
        assert HOSTILE in {row["mat_id"] for row in csv.DictReader(stream)}


def test_pages_show_the_name_and_run_nothing_of_it(run: Project) -> None:
    pages = files(run, ".html")
    assert {page.name for page in pages} == {"report.html", "figures.html"}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found = Elements(text)
        assert found.scripts == (page.name == "report.html"), page.name
        assert not [one for one in found.addresses if "x.test" in one or "y.test" in one]
        assert "<script>alert" not in text
    report = (run.folder / "results" / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)" in report


def test_pictures_hold_the_name_as_text(run: Project) -> None:
    pictures = files(run, ".svg")
    assert pictures
    for picture in pictures:
        tree = ElementTree.parse(picture)
        assert not [one for one in tree.iter() if one.tag.endswith("}script")], picture.name


def test_manuscripts_hold_no_command_and_no_link_of_the_name(run: Project) -> None:
    for file in files(run, ".tex"):
        assert r"\input" not in file.read_text(encoding="utf-8"), file.name
    named = 0
    for file in files(run, ".md"):
        text = file.read_text(encoding="utf-8")
        assert "<script>" not in text, file.name
        assert not re.search(r"(?<!\\)\]\(http://y.test\)", text), file.name
        named += "HYPERLINK" in text
    assert named, "the name is told somewhere"


def test_the_workbook_has_no_formula(run: Project) -> None:
    with zipfile.ZipFile(run.folder / "results" / "tables.xlsx") as workbook:
        names = workbook.namelist()
        sheets = [name for name in names if re.match(r"xl/worksheets/sheet\d+\.xml", name)]
        assert sheets
        for name in sheets:
            assert not re.search(rb"<f[ >]", workbook.read(name)), name
        strings = workbook.read("xl/sharedStrings.xml").decode("utf-8")
    shown = re.findall(r"<t[^>]*>([^<]*HYPERLINK[^<]*)</t>", strings)
    assert shown
    assert not [one for one in shown if one.startswith(("=", "+", "-", "@"))]


def test_published_tables_have_no_formula(run: Project) -> None:
    published = [file for file in files(run, ".csv") if "public" in file.parts]
    assert published
    for file in published:
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert not [one for one in row if one.startswith("=")], file.name
