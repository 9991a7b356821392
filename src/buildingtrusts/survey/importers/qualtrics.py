"""Qualtrics: three header rows, or the two of the legacy format; previews and drop-outs.

An export has the columns' names, what respondents read, and a row of ``{"ImportId": ...}``. The
legacy format has ``V1``, ``V2``, ... over the names of its own columns, and names over wordings
for questions. ``Status`` and ``DistributionChannel`` tell who only looked at the survey;
``Finished`` tells who reached its end. Codes of ``Status`` are those of Qualtrics' support pages
(1 preview, 2 generated test, 8 possible spam, 16 offline; 9 and 17 are their sums with 1).
"""

from __future__ import annotations

import re

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.survey.importers.grids import Grid
from buildingtrusts.survey.raw_table import RawTable

_PREVIEW = {"1", "2", "9", "17", "survey preview", "survey test", "preview", "test"}
_SPAM = {"8", "9", "12", "24", "40", "spam", "survey preview, spam", "imported, spam"}
_FINISHED = {"1", "true", "yes"}
_UNFINISHED = {"0", "false", "no"}
_LEGACY_COLUMN = re.compile(r"V\d+")
_LEGACY_NAMES = {"ResponseID", "ResponseSet", "StartDate", "EndDate", "Finished", "IPAddress"}


def fits(grid: Grid) -> bool:
    """Whether the header rows are those of a Qualtrics export, of today or legacy."""
    return _has_import_ids(grid) or _is_legacy(grid)


def read(grid: Grid, keep_unfinished: bool = False) -> RawTable:
    """Read a Qualtrics export.

    Parameters
    ----------
    grid : Grid
        With three header rows, or the two of the legacy format.
    keep_unfinished : bool
        Whether responses stay that did not reach the end of the survey. Previews never do.

    Returns
    -------
    RawTable
        What respondents read is in ``wordings``; the numbers of rows left out are in ``notes``.

    Raises
    ------
    InputProblems
        If the header rows are not Qualtrics', ``Finished`` holds another word than it may, or no
        response is left.
    """
    if _has_import_ids(grid):
        kind = "read as a Qualtrics export with three header rows"
        names, wordings, _ = grid.header_rows(3)
        raw = grid.table(names, 3, wordings, kind)
    elif _is_legacy(grid):
        kind = "read as a legacy Qualtrics export with two header rows"
        upper, lower = grid.header_rows(2)
        own = [
            below if _LEGACY_COLUMN.fullmatch(name) and below else name
            for name, below in zip(upper, lower, strict=True)
        ]
        raw = grid.table(own, 2, lower, kind)
    else:
        raise InputProblems([_other_header(grid.file)])
    return without_unfinished(raw, keep_unfinished)


def is_own_table(raw: RawTable) -> bool:
    """Whether a table has Qualtrics' own columns, as its SPSS export does."""
    lower = {name.casefold() for name in raw.header}
    return {"responseid", "status", "finished"} <= lower


def without_unfinished(raw: RawTable, keep_unfinished: bool = False) -> RawTable:
    """Leave out previews and, unless they are kept, responses that were not finished.

    Raises
    ------
    InputProblems
        If ``Finished`` holds another word than it may, or no response is left.
    """
    status = _lower(raw, "status")
    channel = _lower(raw, "distributionchannel")
    finished = _lower(raw, "finished")
    raise_if_any(_finished_problems(raw, finished))
    rows = range(len(raw.rows))
    preview = {row for row in rows if status[row] in _PREVIEW or channel[row] in _PREVIEW}
    unfinished = {row for row in rows if finished[row] in _UNFINISHED} - preview
    spam = {row for row in rows if status[row] in _SPAM} - preview
    dropped = preview if keep_unfinished else preview | unfinished
    if len(dropped) == len(raw.rows):
        raise InputProblems([_nothing_left(raw.file, len(preview), len(unfinished))])
    kept = raw.with_rows(row for row in rows if row not in dropped)
    return kept.noting(*_notes(len(preview), len(unfinished), len(spam), keep_unfinished))


def _has_import_ids(grid: Grid) -> bool:
    return any(cell.replace(" ", "").startswith('{"ImportId"') for cell in grid.row(2))


def _is_legacy(grid: Grid) -> bool:
    first, second = grid.row(0), grid.row(1)
    return bool(first) and first[0] == "V1" and len(_LEGACY_NAMES & set(second)) >= 3


def _lower(raw: RawTable, name: str) -> list[str]:
    """A column by its name in any case, as lower-case text; empty if there is none.

    A file of SPSS has codes here; its labels are left alone, since codes are the same in all
    languages.
    """
    found = next((header for header in raw.header if header.casefold() == name), None)
    if found is None:
        return [""] * len(raw.rows)
    return [field.casefold() for field in raw.column(found)]


def _finished_problems(raw: RawTable, finished: list[str]) -> list[Problem]:
    return [
        Problem(
            raw.file,
            "'Finished' is 1 or True, 0 or False, in English.",
            "Export with numeric values, or with the survey tool set to English.",
            line,
            "Finished",
            word,
        )
        for line, word in zip(raw.lines, finished, strict=True)
        if word and word not in _FINISHED | _UNFINISHED
    ]


def _notes(preview: int, unfinished: int, spam: int, keep_unfinished: bool) -> list[str]:
    notes = []
    if preview:
        notes.append(f"{preview} preview or test rows were left out")
    if unfinished and keep_unfinished:
        notes.append(f"{unfinished} unfinished responses were kept, as the wave declares")
    elif unfinished:
        notes.append(f"{unfinished} unfinished responses were left out")
    if spam:
        notes.append(f"{spam} responses are marked as possible spam; they stay: look at them")
    return notes


def _nothing_left(file: str, preview: int, unfinished: int) -> Problem:
    return Problem(
        file,
        "At least one response is finished and no preview; this file has "
        f"{preview} previews and {unfinished} unfinished ones only.",
        "Export the recorded responses, or declare 'keep_unfinished: true' below 'responses'.",
    )


def _other_header(file: str) -> Problem:
    return Problem(
        file,
        "A Qualtrics export has three header rows, the third with ImportId, or the legacy two, "
        "the first with V1, V2 and so on; this file has neither.",
        "Export it again as CSV, TSV or Excel without changing it, or declare 'importer: csv' if "
        "its header is one row.",
        1,
    )
