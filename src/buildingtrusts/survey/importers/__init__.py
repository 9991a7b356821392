"""Exports of survey tools as raw tables: which importer reads a file, and what is done at the door.

One module a family of layouts, each a pure function of the file's bytes. A wave chooses one under
``responses: importer``; ``detect`` asks all of them whether the file is theirs, says in the log
which it was, and refuses a file that two claim. Whatever the layout, personal columns are dropped,
columns are matched with the codebook, and scales are checked, before anything else sees the file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from buildingtrusts.study.codebook import Codebook
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import ID_PREFIX
from buildingtrusts.study.wave import ResponsesFile, Wave
from buildingtrusts.survey.importers import (
    google_forms,
    jisc,
    microsoft_forms,
    qualtrics,
    surveymonkey,
)
from buildingtrusts.survey.importers.grids import (
    Grid,
    kind_of,
    read_grid,
    refuse_other_kinds,
)
from buildingtrusts.survey.importers.matching import match_wordings
from buildingtrusts.survey.importers.personal import drop_personal, wanted_problems
from buildingtrusts.survey.importers.plain import (
    read_csv_export,
    read_tsv_export,
    read_workbook,
)
from buildingtrusts.survey.importers.scales import to_codebook_scales
from buildingtrusts.survey.importers.statistical_files import read_statistical_file
from buildingtrusts.survey.raw_table import RawTable, has_tabs

#: Name of a key column that is made from the line of each response.
ROW = "(row)"
_FITS: dict[str, Callable[[Grid], bool]] = {
    "qualtrics": qualtrics.fits,
    "surveymonkey": surveymonkey.fits,
    "microsoft_forms": microsoft_forms.fits,
    "google_forms": google_forms.fits,
    "jisc": jisc.fits,
}


@dataclass(frozen=True)
class Imported:
    """A wave's export, ready to be tidied.

    Attributes
    ----------
    table : RawTable
        Without personal columns; answers as the codebook's numbers where labels told them.
    codebook : Codebook
        The wave's, with the headers that were found by wording among the aliases.
    """

    table: RawTable
    codebook: Codebook


def read_export(
    data: bytes, file: str, responses: ResponsesFile, wanted: Collection[str] = ()
) -> RawTable:
    r"""Read an export by the importer that the wave names, and drop personal columns.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    responses : ResponsesFile
        Importer, encoding, sheet, and which unfinished rows and personal columns stay.
    wanted : collection of str
        Headers that are known to be keys or items: columns of theirs stay even if their name or
        their words look personal.

    Returns
    -------
    RawTable

    Raises
    ------
    InputProblems
        With all that keeps the file from being read; no message shows what people wrote.

    Examples
    --------
    >>> raw = read_export(b"id,Email,q1\nA,a@b.org,7\n", "small.csv", ResponsesFile())
    >>> raw.header
    ('id', 'q1')
    """
    return drop_personal(_read(data, file, responses), responses.keep_personal, wanted)


def read_with_personal_columns(data: bytes, file: str, responses: ResponsesFile) -> RawTable:
    """Read an export as :func:`read_export` does, with all that it holds.

    It is for finding out which columns are keys and items, before it is known which stay. What it
    returns is neither shown nor written.

    Raises
    ------
    InputProblems
        With all that keeps the file from being read.
    """
    return _read(data, file, responses)


def import_responses(data: bytes, file: str, wave: Wave, codebook: Codebook) -> Imported:
    """Read a wave's export and bring it to the codebook's columns and scales.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    wave : Wave
        Says how the file is read and which columns are keys.
    codebook : Codebook
        The wave's items.

    Returns
    -------
    Imported

    Raises
    ------
    InputProblems
        If the file cannot be read, a key or an item is a personal column, a wording is ambiguous,
        or labels disagree with the codebook's anchors.
    """
    export, problems = examine_export(data, file, wave, codebook)
    raise_if_any(problems)
    return export


def examine_export(
    data: bytes, file: str, wave: Wave, codebook: Codebook
) -> tuple[Imported, list[Problem]]:
    """Read a wave's export; items whose labels are at odds with the codebook are left out.

    So one item's labels hide no wrong answer to another.

    Parameters
    ----------
    data, file, wave, codebook
        As :func:`import_responses` takes them.

    Returns
    -------
    Imported
    list of Problem
        Of the items that were left out.

    Raises
    ------
    InputProblems
        As :func:`import_responses` does, but for labels that disagree with anchors.
    """
    responses = wave.responses
    keys = _keys(wave)
    raw = _read(data, file, responses)
    known, places = match_wordings(raw, codebook, keys)
    headers = {name for item in known.items for name in (item.column, *item.aliases)}
    wanted = (headers | set(keys)) & set(raw.header)
    raise_if_any(wanted_problems(raw, responses.keep_personal, wanted, keys))
    raw = drop_personal(raw, responses.keep_personal, wanted)
    if places:
        listed = ", ".join(f"{item} is '{name}'" for item, name in places.items())
        raw = raw.noting(f"{len(places)} items were found by their wording: {listed}")
    problems: list[Problem] = []
    try:
        raw = to_codebook_scales(raw, known, responses.missing, responses.reversed, keys)
    except InputProblems as found:
        problems += found.problems
        wrong = {problem.column for problem in found.problems}
        known = Codebook(
            tuple(item for item in known.items if not wrong & {item.column, *item.aliases})
        )
        counted = [item.column for item in known.items if item.minimum is not None]
        turned = [name for name in responses.reversed if name in counted]
        raw = to_codebook_scales(raw, known, responses.missing, turned, keys)
    raw = _with_key_labels(raw, [wave.responses.columns.mat_id, wave.responses.columns.role])
    return Imported(_with_rows_as_keys(raw, wave), known), problems


def detect_importer(
    data: bytes, file: str, encoding: str = "utf-8", sheet: str | None = None
) -> str:
    r"""The one importer whose layout a file has.

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    encoding : str
        Of text.
    sheet : str, optional
        Of a workbook; may be left out if only one sheet holds anything.

    Returns
    -------
    str
        One of the words that ``responses: importer`` takes, other than ``detect``.

    Raises
    ------
    InputProblems
        If the file has no layout that is known, or that of two survey tools.

    Examples
    --------
    >>> detect_importer(b"Timestamp,Which trust?\n2031/05/01 9:00,A\n", "form.csv")
    'google_forms'
    """
    kind = kind_of(data)
    if kind in ("spss", "stata"):
        return kind
    refuse_other_kinds(data, file, "text", "excel", "ods")
    grid = read_grid(data, file, encoding, sheet)
    found = [name for name, fits in _FITS.items() if fits(grid)]
    if len(found) > 1:
        raise InputProblems(
            [
                Problem(
                    file,
                    f"One importer reads a file; {len(found)} claim this one.",
                    "Write the right one under 'responses: importer' in the wave's file.",
                    value=", ".join(found),
                )
            ]
        )
    plain = kind if kind != "text" else "tsv" if has_tabs(data) else "csv"
    return found[0] if found else plain


def _read(data: bytes, file: str, responses: ResponsesFile) -> RawTable:
    if responses.importer != "detect":
        return _read_as(responses.importer, data, file, responses)
    importer = detect_importer(data, file, responses.encoding, responses.sheet)
    raw = _read_as(importer, data, file, responses)
    return replace(raw, notes=(f"detected: importer {importer}", *raw.notes))


def _read_as(importer: str, data: bytes, file: str, responses: ResponsesFile) -> RawTable:
    encoding, sheet, keep = responses.encoding, responses.sheet, responses.keep_unfinished
    if importer == "csv":
        return read_csv_export(data, file, encoding)
    if importer == "tsv":
        return read_tsv_export(data, file, encoding)
    if importer == "excel":
        return read_workbook(data, file, "excel", sheet)
    if importer == "ods":
        return read_workbook(data, file, "ods", sheet)
    if importer == "spss":
        return read_statistical_file(data, file, "spss", keep)
    if importer == "stata":
        return read_statistical_file(data, file, "stata", keep)
    grid = read_grid(data, file, encoding, sheet)
    if importer == "qualtrics":
        return qualtrics.read(grid, keep)
    if importer == "surveymonkey":
        return surveymonkey.read(grid)
    if importer == "microsoft_forms":
        return microsoft_forms.read(grid)
    if importer == "google_forms":
        return google_forms.read(grid)
    return jisc.read(grid)


def _keys(wave: Wave) -> list[str]:
    columns = wave.responses.columns
    return [name for name in (columns.respondent_id, columns.mat_id, columns.role) if name]


def _with_key_labels(raw: RawTable, names: Collection[str | None]) -> RawTable:
    """Trusts and roles by the labels of their codes, where a file has them."""
    columns, notes = {}, []
    for name in raw.header:
        codes = raw.labels.get(name, {})
        if name in names and codes:
            columns[name] = [codes.get(field, field) for field in raw.column(name)]
            notes.append(f"the codes of {name} were read by their labels")
    return raw.with_columns(columns).noting(*notes)


def _with_rows_as_keys(raw: RawTable, wave: Wave) -> RawTable:
    """A respondent's identifier from the line of the response, where the wave asks for it."""
    if wave.responses.columns.respondent_id != ROW or ROW in raw.header:
        return raw
    prefix = ID_PREFIX.get(wave.provenance, "row-")
    rows = zip(raw.lines, raw.rows, strict=True)
    return replace(
        raw,
        header=(ROW, *raw.header),
        rows=tuple((f"{prefix}{line}", *row) for line, row in rows),
        wordings=(ROW, *raw.wordings) if raw.wordings else (),
    ).noting("respondents are identified by the line of their response")
