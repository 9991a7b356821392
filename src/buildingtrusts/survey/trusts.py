"""The trusts of a wave and their attributes, with levels as the wave declares them.

A missing attribute becomes the level ``(missing)``: a trust is never dropped from a table because
something about it is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.study.configuration import Wave
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.survey.raw_table import RawTable

if TYPE_CHECKING:
    import pandas as pd

MISSING = "(missing)"


@dataclass(frozen=True)
class Trusts:
    """Attributes of a wave's trusts.

    Attributes
    ----------
    table : DataFrame
        ``mat_id`` and one column an attribute, in declared order; trusts in natural order.
    notes : tuple of str
        What was left out, for the log.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def tidy_trusts(raw: RawTable, wave: Wave) -> Trusts:
    """Check a trusts file against the attributes that the wave declares.

    Parameters
    ----------
    raw : RawTable
        With a column ``mat_id`` and one for each declared attribute.
    wave : Wave
        Declares attributes and their levels.

    Returns
    -------
    Trusts
        Empty fields are the level ``(missing)``.

    Raises
    ------
    InputProblems
        With every missing column, repeated trust and undeclared level.
    """
    import pandas as pd

    wanted = ["mat_id", *wave.attributes]
    raise_if_any(
        Problem(
            raw.file,
            "The file has this column; it is missing.",
            "Add it, or take the attribute out of the wave's file.",
            1,
            name,
        )
        for name in wanted
        if name not in raw.header
    )
    raise_if_any([*_mat_problems(raw), *_level_problems(raw, wave)])
    order = sorted(range(len(raw.rows)), key=lambda row: natural_key(raw.column("mat_id")[row]))
    table = pd.DataFrame(
        {name: [raw.column(name)[row] or MISSING for row in order] for name in wanted}
    )
    outside = [name for name in raw.header if name not in wanted]
    notes = [f"{raw.file}: {len(table)} trusts, {len(wave.attributes)} attributes"]
    if outside:
        notes.append(f"{raw.file}: columns that are not declared were left out: {outside}")
    return Trusts(table, tuple(notes))


def _mat_problems(raw: RawTable) -> Iterator[Problem]:
    first_line: dict[str, int] = {}
    for line, mat in zip(raw.lines, raw.column("mat_id"), strict=True):
        if not mat:
            yield Problem(
                raw.file, "Each row names a trust.", "Fill in mat_id.", line, "mat_id", ""
            )
        elif mat in first_line:
            yield Problem(
                raw.file,
                f"Each trust has one row; this one is on line {first_line[mat]} already.",
                "Delete one of the two.",
                line,
                "mat_id",
                mat,
            )
        first_line.setdefault(mat, line)


def _level_problems(raw: RawTable, wave: Wave) -> Iterator[Problem]:
    for attribute, levels in wave.attributes.items():
        for line, level in zip(raw.lines, raw.column(attribute), strict=True):
            if level and level not in levels:
                yield Problem(
                    raw.file,
                    f"Levels are: {', '.join(levels)}.",
                    "Correct it, leave it empty, or add the level to the wave's file.",
                    line,
                    attribute,
                    level,
                )
