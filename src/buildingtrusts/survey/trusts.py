"""The trusts of a wave and their attributes, with levels as the wave declares them.

A missing attribute becomes the level ``(missing)``: a trust is never dropped from a table because
something about it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import MISSING
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import RawTable

if TYPE_CHECKING:
    import pandas as pd

_COUNT = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Trusts:
    """Attributes of a wave's trusts.

    Attributes
    ----------
    table : DataFrame
        ``mat_id`` and one column an attribute, in declared order; trusts in natural order.
    levels : dict of str to tuple of str
        Levels of each of these attributes, in the order in which tables list them.
    notes : tuple of str
        What was left out, for the log.
    staff : dict of (str, str) to int
        People asked, by trust and role (``all`` for everybody), where the file says so.
    """

    table: pd.DataFrame
    levels: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]
    staff: Mapping[tuple[str, str], int] = field(default_factory=dict)


def tidy_trusts(
    raw: RawTable, wave: Wave, joinable: Mapping[str, Sequence[str]] | None = None
) -> Trusts:
    """Check a trusts file against the attributes that the wave declares.

    Parameters
    ----------
    raw : RawTable
        With a column ``mat_id`` and one for each declared attribute.
    wave : Wave
        Declares attributes and their levels, and the column that numbers trusts, if there is one.
    joinable : mapping of str to sequence of str, optional
        Attributes that are joined from elsewhere unless the file has them, with their levels,
        which count where the wave declares none.

    Returns
    -------
    Trusts
        Of the attributes that the file has. Empty fields are the level ``(missing)``.

    Raises
    ------
    InputProblems
        With every missing column, repeated trust, undeclared level and number of staff that is
        none.
    """
    import pandas as pd

    elsewhere = joinable or {}
    levels = {
        name: tuple(named)
        for name, named in {**elsewhere, **wave.attributes}.items()
        if name in raw.header or name not in elsewhere
    }
    # Declared order first; what the wave does not declare comes after, as it does when joined.
    levels = {name: levels[name] for name in (*wave.attributes, *elsewhere) if name in levels}
    uid = wave.trusts.uid if wave.trusts else None
    wanted = ["mat_id", *levels]
    declared = wave.trusts.staff if wave.trusts else {}
    counts = {str(role): header for role, header in declared.items()}
    raise_if_any(_column_problems(raw, wanted, uid, counts))
    staff, staff_problems = _staff(raw, counts)
    raise_if_any([*_mat_problems(raw), *_level_problems(raw, levels), *staff_problems])
    order = sorted(range(len(raw.rows)), key=lambda row: natural_key(raw.column("mat_id")[row]))
    table = pd.DataFrame(
        {name: [raw.column(name)[row] or MISSING for row in order] for name in wanted}
    )
    outside = [name for name in raw.header if name not in (*wanted, uid, *counts.values())]
    notes = [f"{raw.file}: {note}" for note in raw.notes]
    notes.append(f"{raw.file}: {len(table)} trusts, {len(levels)} attributes")
    if outside:
        notes.append(f"{raw.file}: columns that are not declared were left out: {outside}")
    return Trusts(table, levels, tuple(notes), staff)


def _column_problems(
    raw: RawTable, wanted: Sequence[str], uid: str | None, counts: Mapping[str, str]
) -> Iterator[Problem]:
    advice = dict.fromkeys(
        counts.values(), "Add it, or correct 'trusts: staff' in the wave's file."
    )
    advice |= dict.fromkeys(wanted, "Add it, or take the attribute out of the wave's file.")
    if uid is not None:
        advice[uid] = "Add it, with each trust's number in the register, or correct 'trusts: uid'."
    for name in dict.fromkeys([*wanted, *advice]):
        if name not in raw.header:
            rule = "The file has this column; it is missing."
            yield Problem(raw.file, rule, advice[name], 1, name)


def _staff(
    raw: RawTable, counts: Mapping[str, str]
) -> tuple[dict[tuple[str, str], int], list[Problem]]:
    """How many people of each trust and role were asked; an empty field is unknown."""
    staff: dict[tuple[str, str], int] = {}
    problems = []
    for role, header in counts.items():
        rows = zip(raw.lines, raw.column("mat_id"), raw.column(header), strict=True)
        for line, mat, text in rows:
            if _COUNT.fullmatch(text):
                staff[mat, role] = int(text)
            elif text:
                problems.append(
                    Problem(
                        raw.file,
                        "The number of people asked is a whole number, or empty if unknown.",
                        "Correct it, or leave it empty.",
                        line,
                        header,
                        text,
                    )
                )
    return staff, problems


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


def _level_problems(raw: RawTable, levels_of: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    for attribute, levels in levels_of.items():
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
