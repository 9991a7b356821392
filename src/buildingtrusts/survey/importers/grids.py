"""The cells of an export as text with their lines, whatever kind of file holds them.

Survey tools write the same layout into separated text or into a workbook. What kind of file it is
is read from its first bytes, never from its name. Cells of workbooks become the text a person sees
in a plain number: 7 for 7.0, a day as 2024-03-05. Nothing else is converted.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.survey.raw_table import (
    RawTable,
    checked_table,
    decoded,
    nothing_there,
    split_records,
)

Kind = Literal["text", "excel", "ods", "spss", "stata", "html"]
#: How kinds of files are called in messages.
KINDS: dict[Kind, str] = {
    "text": "separated text",
    "excel": "an Excel workbook",
    "ods": "an OpenDocument spreadsheet",
    "spss": "an SPSS file",
    "stata": "a Stata file",
    "html": "a web page",
}
_STATA_RELEASES = range(104, 116)


@dataclass(frozen=True)
class Grid:
    """Records of an export, header rows included.

    Attributes
    ----------
    file : str
        The file as the user named it.
    records : tuple of (int, tuple of str)
        The line (in a workbook, the row of the sheet) and the fields of each record.
    notes : tuple of str
        What was found and accepted, for the log.
    """

    file: str
    records: tuple[tuple[int, tuple[str, ...]], ...]
    notes: tuple[str, ...] = ()

    def row(self, number: int) -> tuple[str, ...]:
        """The fields of a record, counted from 0; none if there are not so many."""
        return self.records[number][1] if number < len(self.records) else ()

    def header_rows(self, number: int) -> list[tuple[str, ...]]:
        """The first records, which say what the columns are.

        Raises
        ------
        InputProblems
            If they are not of one width, so that no name stands surely over its column.
        """
        rows = self.records[:number]
        width = len(rows[0][1])
        raise_if_any(
            Problem(
                self.file,
                f"All {number} header rows have {width} fields as the first has; this one has "
                f"{len(row)}.",
                "Export it again, without changing it.",
                line,
            )
            for line, row in rows
            if len(row) != width
        )
        return [row for _, row in rows]

    def table(
        self, header: Sequence[str], first: int, wordings: Sequence[str] = (), *notes: str
    ) -> RawTable:
        """The records from number ``first`` on as a table, under this header.

        Columns that are empty in every row, their header included, are left out; columns of one
        name are numbered, so that none can be taken for the other.

        Raises
        ------
        InputProblems
            If there is no such record, a column has no name, or a row has another width.
        """
        rows = self.records[first:]
        if not rows:
            raise InputProblems([nothing_there(self.file, True)])
        names, told = _numbered([" ".join(name.split()) for name in header])
        empty = {
            place
            for place, name in enumerate(names)
            if not name and not any(row[place : place + 1] not in ((), ("",)) for _, row in rows)
        }
        width = len(names)
        kept = [place for place in range(width) if place not in empty]
        return checked_table(
            self.file,
            [names[place] for place in kept],
            [
                (line, [row[place] for place in kept] if len(row) == width else row)
                for line, row in rows
            ],
            [*self.notes, *notes, *told],
            quoting=False,
            wordings=[" ".join(wordings[place].split()) for place in kept] if wordings else (),
        )


def kind_of(data: bytes) -> Kind:
    """What kind of file these bytes are, by their first ones.

    Examples
    --------
    >>> kind_of(b"id,q1"), kind_of(b"$FL2@(#) IBM SPSS")
    ('text', 'spss')
    """
    if data.startswith((b"$FL2", b"$FL3")):
        return "spss"
    if data.startswith(b"<stata_dta>") or (
        len(data) > 3 and data[0] in _STATA_RELEASES and data[1] in (1, 2) and data[2] == 1
    ):
        return "stata"
    if data.startswith(b"PK"):
        return "ods" if b"opendocument.spreadsheet" in data[:400] else "excel"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "excel"
    start = data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "html" if start.startswith((b"<!doctype", b"<html", b"<?xml")) else "text"


def read_grid(
    data: bytes,
    file: str,
    encoding: str = "utf-8",
    sheet: str | None = None,
    separators: Sequence[str] = (",", "\t", ";"),
) -> Grid:
    """Read separated text or a workbook as records of text.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    encoding : str
        Of text; a byte order mark overrules it.
    sheet : str, optional
        Of a workbook; may be left out if only one sheet holds anything.
    separators : sequence of str
        Those that text may use; the one that parts the first record most is taken.

    Returns
    -------
    Grid

    Raises
    ------
    InputProblems
        If the file is of neither kind, cannot be read, or holds nothing.
    """
    kind = kind_of(data)
    if kind in ("excel", "ods"):
        return _workbook_grid(data, file, kind, sheet)
    refuse_other_kinds(data, file, "text")
    text, notes = decoded(data, file, encoding, quoting=False)
    records = split_records(text, file, _separator(text, separators))
    if not records:
        raise InputProblems([nothing_there(file, False)])
    if len(records[0][1]) > 1 and all(row[-1] == "" for _, row in records):
        records = [(line, row[:-1]) for line, row in records]
        notes.append("every line ends with a comma; the empty column was left out")
    return Grid(file, tuple((line, tuple(row)) for line, row in records), tuple(notes))


def refuse_other_kinds(data: bytes, file: str, *allowed: Kind) -> None:
    """Raise :class:`InputProblems` unless the file is of an allowed kind."""
    kind = kind_of(data)
    if kind in allowed:
        return
    advice = (
        "Open it in a browser to see what it says, and export it again."
        if kind == "html"
        else f"Declare 'importer: {kind}' or 'importer: detect' for it in the wave's file."
        if kind != "text"
        else "Declare 'importer: csv' or 'importer: detect' for it in the wave's file."
    )
    wanted = " or ".join(KINDS[one] for one in allowed)
    raise InputProblems(
        [Problem(file, f"This importer reads {wanted}; the file is {KINDS[kind]}.", advice)]
    )


def refuse_missing_library(file: str, what: str) -> NoReturn:
    """Raise the problem of a file whose optional library is not installed."""
    raise InputProblems(
        [
            Problem(
                file,
                f"Reading {what} needs a library that is not installed.",
                'Install it with: pip install "buildingtrusts[import]"',
            )
        ]
    ) from None


def refuse_unreadable(file: str, what: str) -> NoReturn:
    """Raise the problem of a file that its library cannot read; its own words may quote answers."""
    raise InputProblems(
        [
            Problem(
                file,
                f"The file is {what} that can be read; this one cannot.",
                "Check that the download was complete and has no password, and export it again.",
            )
        ]
    ) from None


def plain_text(value: object) -> str:
    """A cell as a person reads it: whole numbers without a point, days in ISO order.

    Examples
    --------
    >>> plain_text(7.0), plain_text(0.5), plain_text(None)
    ('7', '0.5', '')
    """
    if value is None or value != value:  # a missing number does not equal itself
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return str(value).strip()


def _separator(text: str, separators: Sequence[str]) -> str:
    def width(separator: str) -> int:
        first: list[str] = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        return len(first)

    try:
        return max(separators, key=width)
    except csv.Error:
        return separators[0]


def _numbered(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Number columns of one name; leave those without a name, which are told later."""
    counts: dict[str, int] = {}
    numbered = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        numbered.append(f"{name} ({counts[name]})" if name and names.count(name) > 1 else name)
    repeated = [name for name, count in counts.items() if name and count > 1]
    notes = [f"columns of one name were numbered: {', '.join(repeated)}"] if repeated else []
    return numbered, notes


def _workbook_grid(data: bytes, file: str, kind: Kind, sheet: str | None) -> Grid:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        refuse_missing_library(file, KINDS[kind])
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the library is no Exception
        refuse_unreadable(file, KINDS[kind])
    return Grid(file, *_sheet_records(file, sheets, sheet))


def _sheet_records(
    file: str, sheets: dict[str, list[list[Any]]], wanted: str | None
) -> tuple[tuple[tuple[int, tuple[str, ...]], ...], tuple[str, ...]]:
    texts = {name: [[plain_text(cell) for cell in row] for row in s] for name, s in sheets.items()}
    filled = [name for name, rows in texts.items() if any(map(any, rows))]
    if not filled:
        raise InputProblems([nothing_there(file, False)])
    name = wanted or filled[0]
    raise_if_any(_sheet_problems(file, filled, wanted))
    rows = texts[name]
    width = max(place + 1 for row in rows for place, cell in enumerate(row) if cell)
    padded = [tuple((row + [""] * width)[:width]) for row in rows]
    # A row without any cell is where someone deleted a response, or a line below the table.
    records = tuple((line, row) for line, row in enumerate(padded, start=1) if any(row))
    return records, (f"sheet '{name}' was read",) if len(texts) > 1 else ()


def _sheet_problems(file: str, filled: Sequence[str], wanted: str | None) -> list[Problem]:
    if wanted in filled or (wanted is None and len(filled) == 1):
        return []
    advice = "Write its name under 'sheet', beside 'file', in the wave's file."
    found = ", ".join(filled)
    rule = (
        f"One sheet of the workbook is read; {len(filled)} hold something."
        if wanted is None
        else f"The sheet that the wave names is one that holds something; those are: {found}."
    )
    return [Problem(file, rule, advice, value=found if wanted is None else wanted)]
