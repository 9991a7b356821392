"""A wave's trusts with all their attributes: their file's own, and those found by number.

The file's own columns come first, then those of other files that know trusts by their number in the
register, then the register's. Which of them gave an attribute is told, and so is every trust on
which the register and the file disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from buildingtrusts.output.contracts import UNKNOWN_LEVELS
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.wave import TrustsFile, TrustSource, Wave
from buildingtrusts.survey.importers.plain import read_plain_table
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.trusts import Trusts, tidy_trusts

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.survey.joining import Joined

_T = TypeVar("_T")


@dataclass(frozen=True)
class Places:
    """Where a wave's files are.

    Attributes
    ----------
    raw : Path
        Folder with the wave's raw files.
    declaration : str
        The wave's file, for reports.
    register : Path or None
        Folder with ``register_trusts.csv`` and ``population.csv`` of the wave's extract.
    insist : bool
        Whether a register that is wanted and not there is a problem; else it is a note, and the
        attributes that it would give are left out.
    """

    raw: Path
    declaration: str
    register: Path | None = None
    insist: bool = True


@dataclass(frozen=True)
class ReadTrusts:
    """What was read of the trusts, and which of them were looked for in the register.

    Attributes
    ----------
    trusts : Trusts
        With all their attributes.
    matched, unmatched : DataFrame
        With the columns of the tables of these names; no rows if no trust was looked for.
    """

    trusts: Trusts
    matched: pd.DataFrame
    unmatched: pd.DataFrame


def read_table_of(raw: Path, declared: TrustsFile | TrustSource) -> RawTable:
    """Read a file about trusts as text.

    Parameters
    ----------
    raw : Path
        Folder of the wave's raw files.
    declared : TrustsFile or TrustSource
        Which file, and how it is read.

    Raises
    ------
    InputProblems
        If it is not there or is no such table.
    """
    file = raw / declared.file
    return read_plain_table(
        content_of(file), str(file), declared.importer, declared.encoding, declared.sheet
    )


def not_joined(trusts: Trusts) -> ReadTrusts:
    """Trusts of which none was looked for by number."""
    import pandas as pd

    from buildingtrusts.survey.joining import MATCHED_COLUMNS, UNMATCHED_COLUMNS

    empty = [pd.DataFrame(columns=list(names)) for names in (MATCHED_COLUMNS, UNMATCHED_COLUMNS)]
    return ReadTrusts(trusts, *empty)


def read_trusts(places: Places, wave: Wave, declared: TrustsFile, table: RawTable) -> ReadTrusts:
    """Read a wave's trusts with their own attributes and those joined by number.

    Parameters
    ----------
    places : Places
        Where files are.
    wave : Wave
        Its declaration.
    declared : TrustsFile
        What the declaration says of the trusts.
    table : RawTable
        The trusts file as text.

    Returns
    -------
    ReadTrusts

    Raises
    ------
    InputProblems
        With every problem of the file, of the other files and of the numbers.
    """
    from buildingtrusts.survey.joining import register_levels

    if declared.uid is None:
        return not_joined(tidy_trusts(table, wave))
    register = _register(places, declared)
    known = register_levels(*register, declared.from_register) if register else {}
    given = {name: source.file for source in declared.sources for name in source.attributes}
    # Declared attributes first, in their order; then what else comes from the register.
    levels = {**wave.attributes, **{n: at for n, at in known.items() if n not in wave.attributes}}
    joinable = {name: levels[name] for name in (*known, *given)}
    problems = _given_twice(table, given)
    own = _attempt(problems, lambda: tidy_trusts(table, wave, joinable))
    known = {name: named for name, named in known.items() if name not in given}
    joined = _attempt(
        problems, lambda: _joined(table, declared.uid or "", register and register[0], known)
    )
    notes = [_not_asked(places)] if declared.joins_register and register is None else []
    for source in declared.sources:
        read = partial(_covered, places, source, joined, levels, notes)
        joined = _attempt(problems, read) or joined
    if problems or own is None or joined is None:
        raise InputProblems(problems)
    raise_if_any(_undeclared_levels(places, wave, own, joined, known))
    told = _register_notes(places, wave, own, joined, known) if register else []
    return ReadTrusts(
        _put_together(own, joined, levels, (*told, *notes)), joined.matched, joined.unmatched
    )


def _attempt(problems: list[Problem], read: Callable[[], _T | None]) -> _T | None:
    """What is read, or None after its problems have been put with the others."""
    try:
        return read()
    except InputProblems as found:
        problems += found.problems
    return None


def _register(places: Places, declared: TrustsFile) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The register's trusts and their counts; None if the wave takes nothing from it."""
    from buildingtrusts.output.tables import read_table

    if not declared.joins_register:
        return None
    folder = places.register
    files = [folder / name for name in ("register_trusts.csv", "population.csv")] if folder else []
    if not files or not all(file.is_file() for file in files):
        if not places.insist:
            return None
        raise InputProblems(
            [
                Problem(
                    places.declaration if folder is None else str(folder),
                    "Attributes of numbered trusts come from the register: from "
                    "register_trusts.csv and population.csv, which 'buildingtrusts register' "
                    "writes.",
                    "Name their folder with --register (data/raw/register/README.md says how to "
                    "get an extract), or write 'from_register: []' under 'trusts'.",
                    column="trusts.uid",
                    value=declared.uid,
                )
            ]
        )
    trusts, population = (read_table(file, text=True) for file in files)
    return trusts, population


def _not_asked(places: Places) -> str:
    return (
        f"{places.declaration}: attributes from the register were not looked at, because its "
        "tables are not made yet; snakemake makes them from the extract"
    )


def _given_twice(table: RawTable, given: Mapping[str, str]) -> list[Problem]:
    return [
        Problem(
            table.file,
            f"An attribute comes from one file; this one is to come from {file} as well.",
            f"Delete the column here, or take it out of the attributes of {file} under "
            "'trusts: sources' in the wave's file.",
            1,
            name,
        )
        for name, file in given.items()
        if name in table.header
    ]


def _joined(
    table: RawTable,
    uid: str,
    register: pd.DataFrame | None,
    levels: Mapping[str, Sequence[str]],
) -> Joined | None:
    """The trusts by number; None if a column is missing, which is told elsewhere."""
    from buildingtrusts.survey.joining import NumberedTrusts, join_register, number_trusts

    if not {"mat_id", uid} <= set(table.header):
        return None
    numbered = NumberedTrusts(
        table.file, table.lines, table.column("mat_id"), table.column(uid), uid
    )
    return (
        number_trusts(numbered) if register is None else join_register(numbered, register, levels)
    )


def _covered(
    places: Places,
    source: TrustSource,
    joined: Joined | None,
    levels: Mapping[str, Sequence[str]],
    notes: list[str],
) -> Joined | None:
    """The trusts with the attributes of another file."""
    from buildingtrusts.survey.joining import SourceColumn, cover, measures_of

    table = read_table_of(places.raw, source)
    raise_if_any(
        Problem(
            table.file,
            "The file has this column; it is missing.",
            f"Add it, or correct 'trusts: sources' of {source.file} in the wave's file.",
            1,
            name,
        )
        for name in (source.uid, *source.attributes)
        if name not in table.header
    )
    notes += [f"{table.file}: {note}" for note in table.notes]
    if joined is None:
        return None
    problems: list[Problem] = []
    for name in source.attributes:
        column = SourceColumn(
            *(table.file, table.lines, table.column(source.uid), table.column(name)),
            *(source.uid, name),
        )
        try:
            measures, told = measures_of(column, joined, levels[name])
        except InputProblems as found:
            problems += [one for one in found.problems if one not in problems]
            continue
        joined = cover(joined, name, measures, levels[name])
        notes += told
    raise_if_any(problems)
    return joined


def _undeclared_levels(
    places: Places,
    wave: Wave,
    own: Trusts,
    joined: Joined,
    known: Mapping[str, Sequence[str]],
) -> list[Problem]:
    """Levels that the register gives a trust and the wave does not declare."""
    problems = []
    for name in known:
        if name in own.levels or name not in wave.attributes:
            continue
        allowed = (*wave.attributes[name], *UNKNOWN_LEVELS)
        for level in sorted(set(joined.table[name]) - set(allowed)):
            mats = joined.table.loc[joined.table[name] == level, "mat_id"]
            problems.append(
                Problem(
                    places.declaration,
                    f"The wave's levels of it are: {', '.join(wave.attributes[name])}; the "
                    f"register's are: {', '.join(known[name])}. It says this of "
                    f"{', '.join(mats)}.",
                    "Declare the register's levels, or take the attribute out of 'attributes': "
                    "they then count by themselves.",
                    column=f"attributes.{name}",
                    value=level,
                )
            )
    return problems


def _register_notes(
    places: Places,
    wave: Wave,
    own: Trusts,
    joined: Joined,
    known: Mapping[str, Sequence[str]],
) -> list[str]:
    taken = [name for name in known if name not in own.levels]
    extract = places.register.name if places.register else ""
    notes = [
        f"attributes from the register's extract {extract}: "
        f"{', '.join(taken) or 'none'}; the wave is of {wave.date}, and what changed between the "
        "two is not seen",
        *joined.notes(),
    ]
    told = own.table.set_index("mat_id")
    for name in known:
        if name in own.levels:
            theirs = joined.table.set_index("mat_id")[name].reindex(told.index)
            other = [mat for mat in told.index if told.at[mat, name] != theirs[mat]]
            says = f"otherwise of {len(other)} trusts: {', '.join(other)}" if other else "the same"
            notes.append(f"{name} is the trusts file's own; the register says {says}")
    return notes


def _put_together(
    own: Trusts,
    joined: Joined,
    levels: Mapping[str, Sequence[str]],
    notes: Sequence[str],
) -> Trusts:
    """Own attributes and joined ones, in declared order; the numbers stay behind."""
    found = joined.table.set_index("mat_id").reindex(own.table["mat_id"])
    table = own.table.assign(
        **{name: found[name].to_numpy() for name in joined.levels if name not in own.levels}
    )
    ordered = {name: tuple(levels[name]) for name in levels if name in table}
    return Trusts(table[["mat_id", *ordered]], ordered, (*own.notes, *notes), own.staff)
