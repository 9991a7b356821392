"""All tables as one workbook, by the UK Government Analysis Function's guidance on spreadsheets.

A cover, the contents, the notes, then one table a sheet: title in the first cell, what to know
below it, the table marked as one with its headings, no merged and no empty cells, no frozen or
hidden rows, no colour that means anything. Where there is no number stands ``[x]``. Numbers keep
their full precision and are shown rounded. See "Releasing statistics in spreadsheets",
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/.

The tables are written with XlsxWriter itself: names come from data, and a layer that reads links
and references out of cells would obey them.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from buildingtrusts.output.archives import without_times
from buildingtrusts.output.paper.table import (
    PLACES,
    ROUNDING,
    Cell,
    Column,
    PaperTable,
    rounded_half_up,
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
    _sentences(made, formats, "Cover", book.title, book.about)
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
        "text": made.add_format({**wrapped, "align": "left"}),
        "absent": made.add_format({**_FONT, "align": "right"}),
        "head": made.add_format({**wrapped, "bold": True, "align": "left", "bottom": 1}),
        "number_head": made.add_format({**wrapped, "bold": True, "align": "right", "bottom": 1}),
        "link": made.add_format({**_FONT, "font_color": "#0563C1", "underline": 1}),
    }


def _sentences(
    made: Workbook, formats: dict[str, Any], name: str, title: str, texts: Sequence[str]
) -> Worksheet:
    """A sheet of sentences, one a row."""
    sheet = made.add_worksheet(name)
    sheet.set_column(0, 0, _SENTENCES)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, spreadsheet_text(title), formats["title"])
    for row, text in enumerate(texts, start=1):
        sheet.write_string(row, 0, spreadsheet_text(text), formats["wrapped"])
    return sheet


def _contents(
    made: Workbook, formats: dict[str, Any], tables: Sequence[tuple[int, str, PaperTable]]
) -> None:
    sheet = made.add_worksheet("Contents")
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "Contents", formats["title"])
    sheet.write_string(1, 0, "This worksheet contains one table.", formats["plain"])
    for place, width in enumerate((16, 80, 50)):
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
    for row, (name, title, file) in enumerate(rows, start=3):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", formats["link"], name)
        sheet.write_string(row, 1, spreadsheet_text(title), formats["wrapped"])
        sheet.write_string(row, 2, spreadsheet_text(file or "in this workbook"), formats["wrapped"])


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
    sheet = made.add_worksheet("Notes")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, _SENTENCES)
    sheet.write_string(0, 0, "Notes", formats["title"])
    sheet.write_string(1, 0, "This worksheet contains one table.", formats["plain"])
    _mark_table(sheet, formats, "Notes_table", 2, len(notes), [Column("Note"), Column("Text")])
    for row, note in enumerate(notes, start=3):
        sheet.write_string(row, 0, f"note {row - 2}", formats["text"])
        sheet.write_string(row, 1, note, formats["wrapped"])


def _table_sheet(made: Workbook, formats: dict[str, Any], number: int, table: PaperTable) -> None:
    name = sheet_name(number)
    sheet = made.add_worksheet(name)
    sheet.hide_gridlines(2)
    title = f"Table {number}: {table.caption}"
    sheet.write_string(0, 0, title, formats["title"])
    about = (
        "This worksheet contains one table. What its signs mean and how its numbers are rounded "
        "is in the worksheet Notes.",
        *table.notes,
    )
    for row, text in enumerate(about, start=1):
        # Not wrapped: it runs on over the columns of the table.
        sheet.write_string(row, 0, spreadsheet_text(text), formats["plain"])
    first = len(about) + 1
    _mark_table(sheet, formats, name, first, len(table.rows), table.columns)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(table, place))
        for row, cells in enumerate(table.rows, start=first + 1):
            _write_cell(sheet, formats, row, place, cells[place], column.kind)


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
            "header_format": formats["head" if column.kind == "text" else "number_head"],
        }
        for column in columns
    ]
    options = {"name": name, "columns": heads, "autofilter": False, "style": None}
    sheet.add_table(first, 0, first + rows, len(columns) - 1, options)


def _write_cell(
    sheet: Worksheet, formats: dict[str, Any], row: int, place: int, cell: Cell, kind: str
) -> None:
    if cell is None:
        sheet.write_string(row, place, NOT_AVAILABLE, formats["absent"])
    elif isinstance(cell, str):
        # Not even a text of no letters leaves its cell empty.
        text = spreadsheet_text(cell) or NOT_AVAILABLE
        sheet.write_string(row, place, text, formats["text"])
    else:
        sheet.write_number(row, place, cell, formats.get(kind, formats["count"]))


def _width(table: PaperTable, place: int) -> float:
    column = table.columns[place]
    words = max(map(len, column.title.split()))
    longest = max((_length(row[place], column.kind) for row in table.rows), default=0)
    return min(max(words, longest, min(len(column.title), 14)), _WIDEST) * 1.15 + 2


def _length(cell: Cell, kind: str) -> int:
    if cell is None or isinstance(cell, str):
        return len(clean(cell or NOT_AVAILABLE))
    return len(f"{rounded_half_up(cell, PLACES.get(kind, 0)):,}")
