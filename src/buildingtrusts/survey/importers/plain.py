"""Tables with one header row: comma- or tab-separated text, an Excel or OpenDocument sheet."""

from __future__ import annotations

from buildingtrusts.survey.importers.grids import (
    KINDS,
    Grid,
    Kind,
    kind_of,
    read_grid,
    refuse_other_kinds,
)
from buildingtrusts.survey.raw_table import RawTable, has_tabs, parse_csv


def read_csv_export(data: bytes, file: str, encoding: str = "utf-8") -> RawTable:
    r"""Read comma-separated text with one header row; problems show nothing that people wrote.

    Examples
    --------
    >>> read_csv_export(b"id,q1\nA,7\n", "small.csv").rows
    (('A', '7'),)
    """
    refuse_other_kinds(data, file, "text")
    return parse_csv(data, file, encoding, ",", quoting=False)


def read_tsv_export(data: bytes, file: str, encoding: str = "utf-8") -> RawTable:
    r"""Read tab-separated text with one header row.

    Examples
    --------
    >>> read_tsv_export(b"id\tq1\nA\t7\n", "small.tsv").header
    ('id', 'q1')
    """
    refuse_other_kinds(data, file, "text")
    return parse_csv(data, file, encoding, "\t", quoting=False)


def read_workbook(data: bytes, file: str, kind: Kind, sheet: str | None = None) -> RawTable:
    """Read one sheet with one header row.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    kind : str
        ``excel`` or ``ods``; the file must be of that kind.
    sheet : str, optional
        May be left out if only one sheet holds anything.

    Returns
    -------
    RawTable
        Rows without any cell are left out; lines are rows of the sheet.

    Raises
    ------
    InputProblems
        If the file is of another kind or cannot be read, or the library is not installed.
    """
    refuse_other_kinds(data, file, kind)
    return read_first_row_header(read_grid(data, file, sheet=sheet), KINDS[kind])


def read_plain_table(
    data: bytes, file: str, importer: str, encoding: str = "utf-8", sheet: str | None = None
) -> RawTable:
    r"""Read a table of trusts; nobody wrote it of themselves, so problems may quote it.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    importer : str
        ``csv``, ``tsv``, ``excel``, ``ods``, or ``detect``: the kind that the first bytes tell.
    encoding : str
        Of text.
    sheet : str, optional
        Of a workbook; may be left out if only one sheet holds anything.

    Returns
    -------
    RawTable

    Raises
    ------
    InputProblems
        If the file is of another kind or cannot be read.

    Examples
    --------
    >>> read_plain_table(b"mat_id\tsize\nA\tbig\n", "trusts.txt", "detect").header
    ('mat_id', 'size')
    """
    kind = kind_of(data)
    if importer == "detect":
        found = kind if kind in ("excel", "ods") else "tsv" if has_tabs(data) else "csv"
        raw = read_plain_table(data, file, found, encoding, sheet)
        return raw.noting(f"detected: importer {found}")
    if importer == "excel":
        return read_workbook(data, file, "excel", sheet)
    if importer == "ods":
        return read_workbook(data, file, "ods", sheet)
    refuse_other_kinds(data, file, "text")
    return parse_csv(data, file, encoding, "\t" if importer == "tsv" else ",")


def read_first_row_header(grid: Grid, what: str) -> RawTable:
    """A grid whose first record is the header."""
    return grid.table(grid.row(0), 1, (), f"read as {what} with one header row")
