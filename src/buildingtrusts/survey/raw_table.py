"""A survey file as text: every field a string with its line, and nothing converted yet.

Files are read as text because the usual conveniences lose data: readers turn ``NA`` into a missing
value, shift a row that has one field too many, pad one that has too few, and turn a whole column
into words over a single ``7,5``. What a field may hold is decided later, by the codebook.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class RawTable:
    """Header and rows of a file, as text.

    Attributes
    ----------
    file : str
        The file as the user named it.
    header : tuple of str
        Column names, stripped of surrounding blanks.
    rows : tuple of tuple of str
        Fields of each row, as many as the header has, stripped of surrounding blanks.
    lines : tuple of int
        Line of the file on which each row starts, the header being line 1.
    notes : tuple of str
        What was found and accepted, for the log.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> tuple[str, ...]:
        """The fields of one column."""
        place = self.header.index(name)
        return tuple(row[place] for row in self.rows)


def parse_csv(data: bytes, file: str, encoding: str = "utf-8") -> RawTable:
    r"""Read a comma-separated file as text.

    Parameters
    ----------
    data : bytes
        The file's content. A byte order mark is accepted and noted; so is a comma at the end of
        every line, as some survey tools write it; on some lines only, it is a problem.
    file : str
        Name used in problem reports.
    encoding : str
        ``utf-8``, or what the wave declares.

    Returns
    -------
    RawTable
        Empty lines are left out.

    Raises
    ------
    InputProblems
        If the file is empty, is not text in this encoding, has a quotation mark that nothing
        closes, columns without or with the same name, or rows with too many or too few fields
        (the last two all at once).

    Examples
    --------
    >>> parse_csv(b"id,q1\nA,7\n", "small.csv").rows
    (('A', '7'),)
    """
    text, notes = _decoded(data, file, encoding)
    records = _records(text, file)
    if len(records) < 2:
        raise InputProblems([_empty(file, bool(records))])
    if len(records[0][1]) > 1 and all(row[-1] == "" for _, row in records):
        records = [(line, row[:-1]) for line, row in records]
        notes.append("every line ends with a comma; the empty column was left out")
    header, rows = records[0][1], records[1:]
    raise_if_any(_separator_problems(file, header))
    raise_if_any([*_header_problems(file, header), *_width_problems(file, header, rows)])
    return RawTable(
        file,
        tuple(header),
        tuple(tuple(row) for _, row in rows),
        tuple(line for line, _ in rows),
        tuple(notes),
    )


def _decoded(data: bytes, file: str, encoding: str) -> tuple[str, list[str]]:
    notes = []
    if encoding == "utf-8" and data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        notes.append("the file starts with a byte order mark; it was left out")
    try:
        return data.decode(encoding), notes
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputProblems([_wrong_encoding(data, file, encoding, error.start, line)]) from None


def _records(text: str, file: str) -> list[tuple[int, list[str]]]:
    """Split text into records that are not empty lines, each with the line it starts on."""
    # Without strict, a quotation mark that nothing closes would swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            if row:
                records.append((start, [field.strip() for field in row]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputProblems(
            [
                Problem(
                    file,
                    f"The file is comma-separated text, which this row is not: {error}.",
                    "Look for a stray quotation mark in the row that starts on this line.",
                    start,
                )
            ]
        ) from None
    return records


def _wrong_encoding(data: bytes, file: str, encoding: str, place: int, line: int) -> Problem:
    if encoding != "utf-16" and data.startswith(_UTF16_BOMS):
        return Problem(
            file,
            f"The file is text in {encoding}; this one is in utf-16.",
            "Save it as 'CSV UTF-8', or declare 'encoding: utf-16' for it in the wave's file.",
            1,
        )
    byte = data[place : place + 1]
    shown = data[max(0, place - 15) : place + 15].decode("cp1252", errors="replace")
    return Problem(
        file,
        f"The file is text in {encoding}; byte 0x{byte.hex()} is not.",
        "Save it as 'CSV UTF-8', or, if the text shown here reads rightly, declare "
        "'encoding: cp1252' for it in the wave's file.",
        line,
        value=" ".join(shown.split()),
    )


def _empty(file: str, has_header: bool) -> Problem:
    found = "only a header" if has_header else "nothing"
    return Problem(
        file,
        f"A file has a header and at least one row; this one has {found}.",
        "Export it again, and check that the download was complete.",
    )


def _separator_problems(file: str, header: Sequence[str]) -> Iterator[Problem]:
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            yield Problem(
                file,
                f"Fields are separated by commas; in this header they are separated by {name}.",
                "Export or save the file as comma-separated values, with decimal points.",
                1,
            )


def _header_problems(file: str, header: Sequence[str]) -> Iterator[Problem]:
    for name, count in Counter(header).items():
        if name == "":
            yield Problem(
                file,
                f"Each column has a name; {count} of {len(header)} have none.",
                "Name the column or delete it.",
                1,
            )
        elif count > 1:
            yield Problem(
                file,
                f"Each column has a name of its own; this one stands {count} times.",
                "Rename or delete the repeated columns.",
                1,
                name,
            )


def _width_problems(
    file: str, header: Sequence[str], rows: Sequence[tuple[int, list[str]]]
) -> Iterator[Problem]:
    for line, row in rows:
        if len(row) == len(header):
            continue
        extra = len(row) > len(header)
        yield Problem(
            file,
            f"Each line has {len(header)} fields as the header has; this one has {len(row)}.",
            "Look for an unquoted comma in a text, or a comma at the end of the line."
            if extra
            else "Look for a missing comma or a line broken in two.",
            line,
            value=",".join(row[len(header) :]) if extra else ",".join(row[-2:]),
        )
