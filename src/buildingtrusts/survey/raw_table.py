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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

_UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATED = {",": "comma", ";": "semicolon", "\t": "tab"}
_SEPARATORS = {
    ",": "Fields are separated by commas",
    ";": "Fields are separated by semicolons",
    "\t": "Fields are separated by tabs",
}


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
        Line of the file on which each row starts, the header being line 1; in a workbook the row
        of the sheet, in a file of SPSS or Stata the case.
    notes : tuple of str
        What was found and accepted, for the log.
    wordings : tuple of str
        What respondents read above each column, as many as the header has; empty if the file does
        not say.
    labels : mapping of str to mapping of str to str
        By column, what each code was called; only files of SPSS and Stata have them.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    notes: tuple[str, ...] = ()
    wordings: tuple[str, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def column(self, name: str) -> tuple[str, ...]:
        """The fields of one column."""
        place = self.header.index(name)
        return tuple(row[place] for row in self.rows)

    def wording(self, name: str) -> str:
        """What respondents read above one column: its header, if the file does not say."""
        return self.wordings[self.header.index(name)] if self.wordings else name

    def noting(self, *notes: str) -> RawTable:
        """The same table with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def without_columns(self, names: Collection[str]) -> RawTable:
        """The table without these columns."""
        kept = [place for place, name in enumerate(self.header) if name not in names]
        return replace(
            self,
            header=tuple(self.header[place] for place in kept),
            rows=tuple(tuple(row[place] for place in kept) for row in self.rows),
            wordings=tuple(self.wordings[place] for place in kept) if self.wordings else (),
            labels={name: codes for name, codes in self.labels.items() if name not in names},
        )

    def with_columns(self, columns: Mapping[str, Sequence[str]]) -> RawTable:
        """The table with these columns replaced by others of the same length."""
        places = {self.header.index(name): fields for name, fields in columns.items()}
        rows = tuple(
            tuple(
                places[place][number] if place in places else text for place, text in enumerate(row)
            )
            for number, row in enumerate(self.rows)
        )
        return replace(self, rows=rows)

    def with_rows(self, numbers: Iterable[int]) -> RawTable:
        """The table with only the rows of these numbers, counted from 0."""
        kept = list(numbers)
        return replace(
            self,
            rows=tuple(self.rows[number] for number in kept),
            lines=tuple(self.lines[number] for number in kept),
        )


def parse_csv(
    data: bytes, file: str, encoding: str = "utf-8", separator: str = ",", quoting: bool = True
) -> RawTable:
    r"""Read a comma-separated file as text.

    Parameters
    ----------
    data : bytes
        The file's content. A byte order mark is accepted, noted, and decides the encoding; a comma
        at the end of every line, as some survey tools write it, is accepted and noted too; on some
        lines only, it is a problem.
    file : str
        Name used in problem reports.
    encoding : str
        ``utf-8``, or what the wave declares.
    separator : str
        What stands between fields.
    quoting : bool
        Whether problems may show what the file holds; False where it may hold what people wrote
        about themselves.

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
    text, notes = decoded(data, file, encoding, quoting)
    records = split_records(text, file, separator)
    if len(records) < 2:
        raise InputProblems([nothing_there(file, bool(records))])
    if len(records[0][1]) > 1 and all(row[-1] == "" for _, row in records):
        records = [(line, row[:-1]) for line, row in records]
        notes.append("every line ends with a comma; the empty column was left out")
    header, rows = records[0][1], records[1:]
    raise_if_any(_separator_problems(file, header, separator))
    return checked_table(file, header, rows, notes, quoting)


def checked_table(
    file: str,
    header: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    notes: Iterable[str] = (),
    quoting: bool = True,
    wordings: Sequence[str] = (),
) -> RawTable:
    """Make a table of a header and numbered rows, once every column has a name and each row fits.

    Parameters
    ----------
    file : str
        Name used in problem reports.
    header : sequence of str
        Names of the columns.
    rows : sequence of (int, sequence of str)
        The line of each row and its fields.
    notes : iterable of str
        What was found and accepted so far.
    quoting : bool
        Whether problems may show what rows hold.
    wordings : sequence of str
        What respondents read above each column; empty if the file does not say.

    Returns
    -------
    RawTable

    Raises
    ------
    InputProblems
        With every nameless or repeated column and every row of a wrong width.
    """
    raise_if_any([*_header_problems(file, header), *_width_problems(file, header, rows, quoting)])
    return RawTable(
        file,
        tuple(header),
        tuple(tuple(row) for _, row in rows),
        tuple(line for line, _ in rows),
        tuple(notes),
        tuple(wordings),
    )


def has_tabs(data: bytes) -> bool:
    r"""Whether the first line has more tabs than commas.

    Examples
    --------
    >>> has_tabs(b"a,b"), has_tabs(b"a\tb")
    (False, True)
    """
    # In utf-16 too a tab is this byte, beside one of zero.
    first = data.split(b"\n", 1)[0]
    return first.count(b"\t") > first.count(b",")


def decoded(data: bytes, file: str, encoding: str, quoting: bool = True) -> tuple[str, list[str]]:
    """Bytes as text, and notes; a byte order mark tells the encoding more surely than anyone.

    Raises
    ------
    InputProblems
        If the bytes are not text in this encoding.
    """
    notes = []
    if data.startswith(codecs.BOM_UTF8):
        data = data[len(codecs.BOM_UTF8) :]
        told = "" if encoding == "utf-8" else f", read as utf-8 although {encoding} is declared"
        encoding = "utf-8"
        notes.append(f"the file starts with a byte order mark; it was left out{told}")
    elif data.startswith(_UTF16_BOMS) and encoding != "utf-16":
        notes.append(f"the file starts with the mark of utf-16; read as such, not as {encoding}")
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputProblems(
            [_wrong_encoding(data, file, encoding, error.start, line, quoting)]
        ) from None
    if "\0" in text:
        raise InputProblems([_not_text(file, encoding)])
    return text, notes


def split_records(text: str, file: str, separator: str = ",") -> list[tuple[int, list[str]]]:
    """Split text into records that are not empty lines, each with the line it starts on.

    Raises
    ------
    InputProblems
        If a quotation mark stands where none may.
    """
    # Without strict, a quotation mark that nothing closes would swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
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
                    f"The file is {_SEPARATED[separator]}-separated text, which this row is not: "
                    f"{error}.",
                    "Look for a stray quotation mark in the row that starts on this line.",
                    start,
                )
            ]
        ) from None
    return records


def _wrong_encoding(
    data: bytes, file: str, encoding: str, place: int, line: int, quoting: bool
) -> Problem:
    byte = data[place : place + 1]
    around = slice(max(0, place - 15), place + 15) if quoting else slice(place, place + 1)
    shown = data[around].decode("cp1252", errors="replace")
    read = "the text shown here reads rightly" if quoting else "this should be the letter shown"
    return Problem(
        file,
        f"The file is text in {encoding}; byte 0x{byte.hex()} is not.",
        f"Save it as 'CSV UTF-8', or, if {read}, declare "
        "'encoding: cp1252' for it in the wave's file.",
        line,
        value=" ".join(shown.split()),
    )


def _not_text(file: str, encoding: str) -> Problem:
    return Problem(
        file,
        f"The file is text in {encoding}; text holds no NUL, which this file does.",
        "If a survey tool wrote it as Unicode text, declare 'encoding: utf-16' for it in the "
        "wave's file; otherwise export it again.",
    )


def nothing_there(file: str, has_header: bool) -> Problem:
    """The problem of a file without rows."""
    found = "only a header" if has_header else "nothing"
    return Problem(
        file,
        f"A file has a header and at least one row; this one has {found}.",
        "Export it again, and check that the download was complete.",
    )


def _separator_problems(file: str, header: Sequence[str], separator: str) -> Iterator[Problem]:
    for other, name in _SEPARATED.items():
        if len(header) == 1 and other != separator and other in header[0]:
            yield Problem(
                file,
                f"{_SEPARATORS[separator]}; in this header they are separated by {name}s.",
                f"Export or save the file as {_SEPARATED[separator]}-separated values, with "
                "decimal points.",
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
    file: str, header: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], quoting: bool
) -> Iterator[Problem]:
    for line, row in rows:
        if len(row) == len(header):
            continue
        extra = len(row) > len(header)
        found = ",".join(row[len(header) :]) if extra else ",".join(row[-2:])
        yield Problem(
            file,
            f"Each line has {len(header)} fields as the header has; this one has {len(row)}.",
            "Look for an unquoted comma in a text, or a comma at the end of the line."
            if extra
            else "Look for a missing comma or a line broken in two.",
            line,
            value=found if quoting else None,
        )
