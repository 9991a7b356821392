"""Figures of other surveys that a wave's own are set beside, and never held against.

A benchmark is of other trusts, asked otherwise: it is shown with its source and its year, and no
verdict rests on it. ``benchmarks.csv`` has one row each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from buildingtrusts.study.problems import Problem, raise_if_any

COLUMNS = (
    *("benchmark", "survey", "year", "statement", "published", "unit", "measure"),
    *("source", "note"),
)
#: What a benchmark can be set beside: the share of trusts among the centralised.
MEASURES = ("share_centralised",)


@dataclass(frozen=True)
class Benchmark:
    """One published figure of another survey.

    Attributes
    ----------
    benchmark : str
        Its identifier.
    survey : str
        The survey whose waves it is shown beside, such as ``2024``.
    year : str
        The year it is for.
    statement : str
        What it says, in our words.
    percent : float
        The figure, from 0 to 100.
    measure : str
        One of :data:`MEASURES`.
    source, note : str
        Where it is printed, and how its definition differs.
    """

    benchmark: str
    survey: str
    year: str
    statement: str
    percent: float
    measure: str
    source: str
    note: str


def read_benchmarks(text: str, file: str = "benchmarks.csv") -> tuple[Benchmark, ...]:
    r"""Read the benchmarks from the text of their file.

    Raises
    ------
    InputProblems
        With every field that is missing or not what it may be.

    Examples
    --------
    >>> row = "a,2024,2023,Central,55,%,share_centralised,A report,"
    >>> read_benchmarks(",".join(COLUMNS) + "\n" + row + "\n")[0].percent
    55.0
    """
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    if header != list(COLUMNS):
        advice = f"Give the file exactly these columns: {','.join(COLUMNS)}."
        raise_if_any([Problem(file, "The header names the columns.", advice, 1)])
    found: list[Benchmark] = []
    problems: list[Problem] = []
    for fields in reader:
        row = dict(zip(COLUMNS, map(str.strip, fields), strict=False))
        row = {name: row.get(name, "") for name in COLUMNS}
        wrong = list(_breaches(row))
        problems += [
            Problem(file, rule, advice, reader.line_num, column, row[column])
            for column, rule, advice in wrong
        ]
        if not wrong:
            del row["unit"]
            found.append(Benchmark(percent=float(row.pop("published")), **row))
    raise_if_any(problems)
    return tuple(found)


def _breaches(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for name in ("benchmark", "survey", "year", "statement", "source"):
        if not row[name]:
            yield name, f"A benchmark has a {name}.", "Fill the field."
    if row["unit"] != "%":
        yield "unit", "A benchmark is a percentage.", "Write % and a number from 0 to 100."
    try:
        inside = 0 <= float(row["published"]) <= 100
    except ValueError:
        inside = False
    if not inside:
        yield "published", "A percentage is a number from 0 to 100.", "Correct it."
    if row["measure"] not in MEASURES:
        yield "measure", f"A measure is {', '.join(MEASURES)}.", "Choose one of them."
