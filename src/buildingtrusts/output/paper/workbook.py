"""All tables as one workbook, by the UK Government Analysis Function's guidance on spreadsheets.

A cover, the contents, the notes, then one table a sheet: title in the first cell, what to know
below it, a sentence a row, the table marked as one with its headings and named after what it holds,
no merged and no empty cells, no frozen or hidden rows, no colour that means anything. Where there
is no number stands ``[x]``. Numbers keep their full precision and are shown rounded. Rows are as
high as their wrapped text needs, since not every program finds that out when it opens a file, and
a worksheet prints as wide as one page. See "Releasing statistics in spreadsheets",
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/.

The tables are written with XlsxWriter itself: names come from data, and a layer that reads links
and references out of cells would obey them.
"""

from __future__ import annotations

import datetime
import io
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from buildingtrusts.output.archives import without_times
from buildingtrusts.output.figures.words import rounded_half_up
from buildingtrusts.output.paper.table import (
    PLACES,
    ROUNDING,
    Cell,
    Column,
    PaperTable,
)
from buildingtrusts.output.paper.text import clean, spreadsheet_text

#: XlsxWriter comes without types.
Workbook = Any
Worksheet = Any

#: Stands where there is no number: "not available", by the harmonised shorthand.
NOT_AVAILABLE = "[x]"
_FONT = {"font_name": "Arial", "font_size": 12, "valign": "top"}
_NUMBERS = {"count": "#,##0", "decimal": "0.00", "p": '[<0.001]"<0.001";0.000'}
#: Characters of the widest column of a table, and of the sheets that hold sentences.
_WIDEST, _SENTENCES = 60, 100
#: Longest line above a table, in characters: about what a screen is wide.
_LINE = 120
#: Heights in points of a line of text and of a title.
_TEXT_HEIGHT, _TITLE_HEIGHT = 15.75, 24
_PAPER_A4 = 9


@dataclass(frozen=True)
class Book:
    """A workbook.

    Attributes
    ----------
    title : str
        Of the cover.
    about : tuple of str
        Paragraphs of the cover; what the answers are not comes first.
    date : str
        A day, ``2017-10-31``, which the file carries instead of that of its writing.
    tables : tuple of (str, PaperTable)
        Each with the folder in which the same table is written for documents, where it has the
        same number.
    """

    title: str
    about: tuple[str, ...]
    date: str
    tables: tuple[tuple[str, PaperTable], ...]


def workbook(book: Book) -> bytes:
    """Write a workbook; tables without rows are left out.

    Parameters
    ----------
    book : Book
        Any.

    Returns
    -------
    bytes
        An ``.xlsx`` file, the same for the same book and version of XlsxWriter.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    stream = io.BytesIO()
    made = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    day = datetime.datetime.fromisoformat(book.date)
    made.set_properties({"title": clean(book.title), "created": day})
    made.formats[0].set_font_name("Arial")
    made.formats[0].set_font_size(12)
    formats = _formats(made)
    kept = [
        (number, folder, table)
        for number, (folder, table) in enumerate(book.tables, start=1)
        if table.rows
    ]
    _cover(made, formats, book)
    _contents(made, formats, kept)
    _notes(made, formats)
    for number, _, table in kept:
        _table_sheet(made, formats, number, table)
    made.close()
    return without_times(stream.getvalue())


def sheet_name(number: int) -> str:
    """Name of the sheet of a table."""
    return f"Table_{number}"


def _formats(made: Workbook) -> dict[str, Any]:
    wrapped = {**_FONT, "text_wrap": True}
    numbers = {
        kind: made.add_format({**_FONT, "num_format": pattern, "align": "right"})
        for kind, pattern in _NUMBERS.items()
    }
    return {
        **numbers,
        "title": made.add_format({**_FONT, "font_size": 16, "bold": True}),
        "plain": made.add_format(_FONT),
        "wrapped": made.add_format(wrapped),
        **_by_side(made, wrapped),
        "link": made.add_format({**_FONT, "font_color": "#0563C1", "underline": 1}),
    }


def _by_side(made: Workbook, wrapped: dict[str, Any]) -> dict[str, Any]:
    """Formats of text in a table. Beside a number it is indented, so as not to be read with it."""
    sides: dict[str, dict[str, Any]] = {
        "": {"align": "left"},
        "inner_": {"align": "left", "indent": 1},
        "number_": {"align": "right"},
    }
    found = {}
    for side, how in sides.items():
        found[f"{side}text"] = made.add_format({**wrapped, **how})
        found[f"{side}head"] = made.add_format({**wrapped, **how, "bold": True, "bottom": 1})
    return found


def _sheet(made: Workbook, formats: dict[str, Any], name: str, title: str) -> Worksheet:
    """A sheet with its title in the first cell."""
    sheet = made.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, _TITLE_HEIGHT)
    sheet.write_string(0, 0, spreadsheet_text(title), formats["title"])
    return sheet


def _fit_height(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Make a row as high as the longest of its wrapped texts; letters are narrower than digits."""
    lines = [
        len(textwrap.wrap(text, max(1, int(1.1 * width))))
        for text, width in zip(texts, widths, strict=True)
    ]
    sheet.set_row(row, _TEXT_HEIGHT * max(1, *lines))


def _cover(made: Workbook, formats: dict[str, Any], book: Book) -> None:
    """A sheet of sentences, one a row, and the way to the contents."""
    sheet = _sheet(made, formats, "Cover", book.title)
    sheet.set_column(0, 0, _SENTENCES)
    for row, text in enumerate(book.about, start=1):
        sheet.write_string(row, 0, spreadsheet_text(text), formats["wrapped"])
        _fit_height(sheet, row, [text], [_SENTENCES])
    sheet.write_url(
        len(book.about) + 1, 0, "internal:'Contents'!A1", formats["link"], "Go to the contents"
    )


def _contents(
    made: Workbook, formats: dict[str, Any], tables: Sequence[tuple[int, str, PaperTable]]
) -> None:
    sheet = _sheet(made, formats, "Contents", "Contents")
    sheet.write_string(1, 0, "This worksheet contains one table.", formats["plain"])
    widths = (16, 100, 60)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    rows = [
        ("Notes", "Notes on all tables", ""),
        *(
            (sheet_name(number), table.caption, f"{folder}/{table.name}")
            for number, folder, table in tables
        ),
    ]
    heads = ("Worksheet", "Title", "The same for documents")
    _mark_table(sheet, formats, "Contents_table", 2, len(rows), [Column(one) for one in heads])
    sheet.repeat_rows(2)
    for row, (name, title, file) in enumerate(rows, start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        for place, text in ((1, title), (2, file or "in this workbook")):
            sheet.write_string(row, place, spreadsheet_text(text), formats["inner_text"])
        _fit_height(sheet, row, [name, title, file], widths)


def _notes(made: Workbook, formats: dict[str, Any]) -> None:
    notes = (
        f"{NOT_AVAILABLE} is not available: the number does not apply, or could not be computed.",
        f"{ROUNDING} The cells hold the numbers unrounded.",
        "p below 0.001 is shown as <0.001.",
        "0 means zero.",
        "Text that begins with =, +, - or @ has an apostrophe before it, so that no spreadsheet "
        "runs it as a formula.",
        "What a table shows, of how many, and its abbreviations stand above it.",
    )
    sheet = _sheet(made, formats, "Notes", "Notes")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, _SENTENCES)
    sheet.write_string(1, 0, "This worksheet contains one table.", formats["plain"])
    _mark_table(sheet, formats, "Notes_table", 2, len(notes), [Column("Note"), Column("Text")])
    for row, note in enumerate(notes, start=3):
        sheet.write_string(row, 0, f"note {row - 2}", formats["text"])
        sheet.write_string(row, 1, note, formats["inner_text"])
        _fit_height(sheet, row, [note], [_SENTENCES])


def _table_sheet(made: Workbook, formats: dict[str, Any], number: int, table: PaperTable) -> None:
    sheet = _sheet(made, formats, sheet_name(number), f"Table {number}: {table.caption}")
    sheet.write_url(1, 0, "internal:'Contents'!A1", formats["link"], "Back to the contents")
    about = (
        "This worksheet contains one table.",
        "What its signs mean and how its numbers are rounded is in the worksheet Notes.",
        *(line for note in table.notes for line in lines_of(note)),
    )
    for row, text in enumerate(about, start=2):
        # Not wrapped: it runs on over the columns of the table.
        sheet.write_string(row, 0, spreadsheet_text(text), formats["plain"])
    first = len(about) + 2
    _mark_table(sheet, formats, _table_name(number, table), first, len(table.rows), table.columns)
    sheet.repeat_rows(first)
    widths = [_width(table, place) for place in range(len(table.columns))]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    _fit_height(sheet, first, [column.title for column in table.columns], widths)
    for row, cells in enumerate(table.rows, start=first + 1):
        for place, column in enumerate(table.columns):
            _write_cell(sheet, formats, row, place, cells[place], column.kind)
        texts = [cell if isinstance(cell, str) else "" for cell in cells]
        _fit_height(sheet, row, texts, widths)
    # Figures of the report are kept as it prints them, as text; that is no mistake.
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def lines_of(note: str) -> list[str]:
    """A note as lines above a table: a sentence each, or a part of one that is too long.

    Examples
    --------
    >>> lines_of("k: number of clusters. Width: at most 1.")
    ['k: number of clusters.', 'Width: at most 1.']
    """
    found = []
    for sentence in re.split(r"(?<=\.) (?=\S)", clean(note)):
        for part in re.split(r"(?<=;) ", sentence) if len(sentence) > _LINE else [sentence]:
            found += textwrap.wrap(part, _LINE, break_long_words=False, break_on_hyphens=False)
    return found


def _table_name(number: int, table: PaperTable) -> str:
    """Say what a table is, in the letters that the name of one may have."""
    return f"{sheet_name(number)}_{re.sub('[^A-Za-z0-9]', '_', table.name)}"


def _mark_table(
    sheet: Worksheet,
    formats: dict[str, Any],
    name: str,
    first: int,
    rows: int,
    columns: Sequence[Column],
) -> None:
    """Mark cells as a table with headings, which is how screen readers find their way."""
    heads = [
        {
            "header": spreadsheet_text(column.title),
            "header_format": formats[f"{_side(place, column.kind)}head"],
        }
        for place, column in enumerate(columns)
    ]
    options = {"name": name, "columns": heads, "autofilter": False, "style": None}
    sheet.add_table(first, 0, first + rows, len(columns) - 1, options)


def _side(place: int, kind: str) -> str:
    if kind != "text":
        return "number_"
    return "inner_" if place else ""


def _write_cell(
    sheet: Worksheet, formats: dict[str, Any], row: int, place: int, cell: Cell, kind: str
) -> None:
    if isinstance(cell, int | float):
        sheet.write_number(row, place, cell, formats.get(kind, formats["count"]))
        return
    # Not even a text of no letters leaves its cell empty.
    text = spreadsheet_text(cell or "") or NOT_AVAILABLE
    sheet.write_string(row, place, text, formats[f"{_side(place, kind)}text"])


def _width(table: PaperTable, place: int) -> float:
    column = table.columns[place]
    words = max(map(len, column.title.split()))
    longest = max((_length(row[place], column.kind) for row in table.rows), default=0)
    return min(max(words, longest, min(len(column.title), 14)), _WIDEST) * 1.15 + 2


def _length(cell: Cell, kind: str) -> int:
    if cell is None or isinstance(cell, str):
        return len(clean(cell or NOT_AVAILABLE))
    return len(f"{rounded_half_up(cell, PLACES.get(kind, 0)):,}")
