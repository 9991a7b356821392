"""SurveyMonkey: two header rows, the first blank over a question's follow-on columns.

The first row has the questions, the second the rows of a matrix, ``Response`` or ``Open-Ended
Response``. The collector through which a response came is the natural carrier of the trust: name
``Collector ID`` under ``responses: columns: mat_id``.
"""

from __future__ import annotations

from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.survey.importers.grids import Grid
from buildingtrusts.survey.raw_table import RawTable

_OWN = ("respondent id", "respondentid", "respondent_id")
_COLLECTOR = ("collector id", "collectorid", "collector_id")
_NOTHING_MORE = ("", "response")


def fits(grid: Grid) -> bool:
    """Whether the first header row has SurveyMonkey's identifiers and the second none."""
    first = [" ".join(cell.casefold().split()) for cell in grid.row(0)]
    second = grid.row(1)
    return (
        len(second) > 0
        and first[0] in _OWN
        and any(name in _COLLECTOR for name in first)
        and second[0] == ""
    )


def read(grid: Grid) -> RawTable:
    """Read a SurveyMonkey export.

    Returns
    -------
    RawTable
        A column of a matrix is called ``question - row``; any other by its question.

    Raises
    ------
    InputProblems
        If the header rows are not SurveyMonkey's.
    """
    if not fits(grid):
        raise InputProblems(
            [
                Problem(
                    grid.file,
                    "A SurveyMonkey export has two header rows, the first with Respondent ID and "
                    "Collector ID; this file has not.",
                    "Export all responses data as CSV or Excel without changing it, or declare "
                    "'importer: csv' if its header is one row.",
                    1,
                )
            ]
        )
    names, question = [], ""
    for upper, lower in zip(*grid.header_rows(2), strict=True):
        question = upper or (question if lower else "")
        more = "" if lower.casefold() in _NOTHING_MORE else lower
        names.append(f"{question} - {more}" if question and more else question or more)
    return grid.table(names, 2, names, "read as a SurveyMonkey export with two header rows")
