"""Google Forms: one header row of questions after ``Timestamp``; rows of a grid in brackets.

A row of a grid has the header ``question [row]``. Google gives responses no identifier: write
``respondent_id: (row)`` under ``responses: columns``, and the row of the sheet becomes one.
"""

from __future__ import annotations

from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.importers.grids import Grid
from buildingtrusts.survey.raw_table import RawTable


def fits(grid: Grid) -> bool:
    """Whether the first column is Google Forms' time of the response."""
    return len(grid.row(0)) > 1 and grid.row(0)[0].casefold() == "timestamp"


def read(grid: Grid) -> RawTable:
    """Read a Google Forms export.

    Raises
    ------
    InputProblems
        If the first column is not Google Forms'.
    """
    if not fits(grid):
        raise InputProblems(
            [
                Problem(
                    grid.file,
                    "A Google Forms export starts with the column Timestamp; this file does not.",
                    "Download the responses as CSV with the form set to English, or declare "
                    "'importer: csv'.",
                    1,
                )
            ]
        )
    return grid.table(grid.row(0), 1, grid.row(0), "read as a Google Forms export")
