"""Microsoft Forms: one header row of questions, with line breaks, repeated ones numbered.

The workbook starts with ``ID, Start time, Completion time``. A question or statement that stands
twice is told from the first by a number right behind its words, so that ``Hiring2`` has the
wording ``Hiring``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.importers.grids import Grid
from buildingtrusts.survey.raw_table import RawTable

_START = ("id", "start time", "completion time")
_NUMBERED = re.compile(r"(.*\D)([2-9]|[1-9]\d)")


def fits(grid: Grid) -> bool:
    """Whether the header starts as that of Microsoft Forms."""
    return tuple(" ".join(cell.casefold().split()) for cell in grid.row(0)[:3]) == _START


def read(grid: Grid) -> RawTable:
    """Read a Microsoft Forms export.

    Returns
    -------
    RawTable
        Line breaks in headers are spaces; the wording of a repeated question has no number.

    Raises
    ------
    InputProblems
        If the header is not Microsoft Forms'.
    """
    if not fits(grid):
        raise InputProblems(
            [
                Problem(
                    grid.file,
                    "A Microsoft Forms export starts with ID, Start time and Completion time; "
                    "this file does not.",
                    "Export it again with the form set to English, or declare 'importer: excel' "
                    "or 'csv', which take the first row as it is.",
                    1,
                )
            ]
        )
    names = [" ".join(cell.split()) for cell in grid.row(0)]
    return grid.table(names, 1, _wordings(names), "read as a Microsoft Forms export")


def _wordings(names: Sequence[str]) -> list[str]:
    found = [_NUMBERED.fullmatch(name) for name in names]
    return [
        match[1] if match and match[1] in names[:place] else name
        for place, (name, match) in enumerate(zip(names, found, strict=True))
    ]
