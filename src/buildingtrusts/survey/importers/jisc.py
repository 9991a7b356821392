"""Jisc Online Surveys: one header row of numbered questions after the response's number.

The text export starts with ``Unique Response Number``; questions carry their numbers (``14.1.a.
Statement``), which are no part of their wording. The SPSS export is read as any other SPSS file.
"""

from __future__ import annotations

import re

from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.importers.grids import Grid
from buildingtrusts.survey.raw_table import RawTable

_START = "unique response number"
_NUMBER = re.compile(r"Q?\d+(?:[._](?:\d+|[a-z]|[ivx]+))*\.?[ :]\s*")


def fits(grid: Grid) -> bool:
    """Whether the first column is Jisc's number of the response."""
    return bool(grid.row(0)) and " ".join(grid.row(0)[0].casefold().split()) == _START


def read(grid: Grid) -> RawTable:
    """Read a Jisc Online Surveys export of separated text or a workbook.

    Returns
    -------
    RawTable
        Wordings are headers without the questions' numbers.

    Raises
    ------
    InputProblems
        If the first column is not Jisc's.
    """
    if not fits(grid):
        raise InputProblems(
            [
                Problem(
                    grid.file,
                    "A Jisc Online Surveys export starts with the column Unique Response Number; "
                    "this file does not.",
                    "Export it again without changing it, or declare 'importer: csv'.",
                    1,
                )
            ]
        )
    names = [" ".join(cell.split()) for cell in grid.row(0)]
    wordings = [_NUMBER.sub("", name, count=1) if _NUMBER.match(name) else name for name in names]
    return grid.table(names, 1, wordings, "read as a Jisc Online Surveys export")
