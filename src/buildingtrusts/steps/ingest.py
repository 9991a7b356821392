"""Read a wave's raw files, check them by the codebook, and write them tidy."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from buildingtrusts.study.codebook import Codebook, load_codebook, wave_codebook_text
from buildingtrusts.study.configuration import TrustsFile, TrustSource, Wave, load_wave
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import sha256

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.register.joining import Joined
    from buildingtrusts.survey.raw_table import RawTable
    from buildingtrusts.survey.responses import Responses
    from buildingtrusts.survey.trusts import Trusts


_T = TypeVar("_T")


@dataclass(frozen=True)
class _Read:
    """What was read of the trusts, and which of them were looked for in the register."""

    trusts: Trusts
    matched: pd.DataFrame
    unmatched: pd.DataFrame


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--wave-file", required=True, help="declaration, config/waves/<wave>.yaml")
    parser.add_argument("--codebook", required=True, help="codebook of all waves")
    parser.add_argument("--raw", required=True, help="folder with the wave's raw files")
    parser.add_argument(
        "--known", help="table of the SHA-256 of made-up responses, refused as original"
    )
    parser.add_argument(
        "--register",
        type=Path,
        metavar="FOLDER",
        help="what 'buildingtrusts register' wrote, for waves whose trusts have numbers there",
    )
    parser.add_argument("--out", required=True, help="folder for the tidy files")


def run(arguments: argparse.Namespace) -> None:
    """Write ``responses.csv, trusts.csv, attributes.csv, codebook.csv, missing.csv``.

    ``matched_trusts.csv`` and ``unmatched_trusts.csv`` say which trusts were found in the register.
    The numbers of trusts there go no further than these two. Everything is checked before anything
    is written.
    """
    import pandas as pd

    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.tables import write_result, write_table

    wave = load_wave(arguments.wave_file)
    codebook = load_codebook(arguments.codebook, [wave.wave], others_allowed=True)[wave.wave]
    _refuse_known(Path(arguments.raw), wave, arguments.known)
    responses, read = _checked(arguments, wave, codebook)
    trusts = read.trusts
    out = Path(arguments.out)
    keys = ("respondent_id", "mat_id", "role")
    write_table(out / "responses.csv", responses.table, [*keys, *codebook.columns])
    write_table(out / "trusts.csv", trusts.table, ["mat_id", *trusts.levels])
    write_result(out / "matched_trusts.csv", read.matched)
    write_result(out / "unmatched_trusts.csv", read.unmatched)
    levels = [(name, level) for name, names in trusts.levels.items() for level in names]
    write_result(out / "attributes.csv", pd.DataFrame(levels, columns=["attribute", "level"]))
    write_result(out / "missing.csv", responses.missing)
    write_text(out / "codebook.csv", wave_codebook_text(wave.wave, codebook))
    for note in (*responses.notes, *trusts.notes):
        print(note, file=sys.stderr)
    heard = set(responses.table["mat_id"])
    silent = [mat for mat in trusts.table["mat_id"] if mat not in heard]
    if silent:
        print(f"trusts without any response: {', '.join(silent)}", file=sys.stderr)


def _checked(
    arguments: argparse.Namespace, wave: Wave, codebook: Codebook
) -> tuple[Responses, _Read]:
    """Read all files; raise with the problems of all."""
    import pandas as pd

    from buildingtrusts.survey.importers import import_responses
    from buildingtrusts.survey.responses import tidy_responses
    from buildingtrusts.survey.trusts import Trusts

    raw = Path(arguments.raw)
    problems: list[Problem] = []
    read: _Read | None = None
    mats: list[str] | None = None
    if wave.trusts is not None:
        try:
            table = _table(raw, wave.trusts)
            # Read before the checks, so that one wrong attribute hides no unknown trust.
            mats = list(table.column("mat_id")) if "mat_id" in table.header else None
            read = _read_trusts(arguments, wave, wave.trusts, table)
        except InputProblems as found:
            problems += found.problems
    file = raw / wave.responses.file
    try:
        export = import_responses(content_of(file), str(file), wave, codebook)
        responses = tidy_responses(export.table, export.codebook, wave, mats)
    except InputProblems as found:
        problems += found.problems
    raise_if_any(problems)
    if read is None:
        alone = pd.DataFrame({"mat_id": responses.table["mat_id"].unique()})
        read = _not_joined(Trusts(alone, {}, ("the wave has no trusts file",)))
    return responses, read


def _table(raw: Path, declared: TrustsFile | TrustSource) -> RawTable:
    from buildingtrusts.survey.importers.plain import read_plain_table

    file = raw / declared.file
    return read_plain_table(
        content_of(file), str(file), declared.importer, declared.encoding, declared.sheet
    )


def _not_joined(trusts: Trusts) -> _Read:
    import pandas as pd

    from buildingtrusts.register.joining import MATCHED_COLUMNS, UNMATCHED_COLUMNS

    empty = [pd.DataFrame(columns=list(names)) for names in (MATCHED_COLUMNS, UNMATCHED_COLUMNS)]
    return _Read(trusts, *empty)


def _read_trusts(
    arguments: argparse.Namespace, wave: Wave, declared: TrustsFile, table: RawTable
) -> _Read:
    """The trusts with their own attributes and, if they have numbers, those joined by them."""
    from buildingtrusts.register.joining import register_levels
    from buildingtrusts.survey.trusts import tidy_trusts

    if declared.uid is None:
        return _not_joined(tidy_trusts(table, wave))
    register = _register(arguments, declared)
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
    notes: list[str] = []
    for source in declared.sources:
        read = partial(_covered, arguments, source, joined, levels, notes)
        joined = _attempt(problems, read) or joined
    if problems or own is None or joined is None:
        raise InputProblems(problems)
    raise_if_any(_undeclared_levels(arguments, wave, own, joined, known))
    told = _register_notes(arguments, wave, own, joined, known) if register else []
    return _Read(
        _put_together(own, joined, levels, (*told, *notes)), joined.matched, joined.unmatched
    )


def _attempt(problems: list[Problem], read: Callable[[], _T | None]) -> _T | None:
    """What is read, or None after its problems have been put with the others."""
    try:
        return read()
    except InputProblems as found:
        problems += found.problems
    return None


def _register(
    arguments: argparse.Namespace, declared: TrustsFile
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The register's trusts and their counts; None if the wave takes nothing from it."""
    from buildingtrusts.output.tables import read_table

    if not declared.joins_register:
        return None
    folder: Path | None = arguments.register
    files = [folder / name for name in ("register_trusts.csv", "population.csv")] if folder else []
    if not files or not all(file.is_file() for file in files):
        raise InputProblems(
            [
                Problem(
                    arguments.wave_file if folder is None else str(folder),
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
    from buildingtrusts.register.joining import NumberedTrusts, join_register, number_trusts

    if not {"mat_id", uid} <= set(table.header):
        return None
    numbered = NumberedTrusts(
        table.file, table.lines, table.column("mat_id"), table.column(uid), uid
    )
    return (
        number_trusts(numbered) if register is None else join_register(numbered, register, levels)
    )


def _covered(
    arguments: argparse.Namespace,
    source: TrustSource,
    joined: Joined | None,
    levels: Mapping[str, Sequence[str]],
    notes: list[str],
) -> Joined | None:
    """The trusts with the attributes of another file."""
    from buildingtrusts.register.joining import SourceColumn, cover, measures_of

    table = _table(Path(arguments.raw), source)
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
    arguments: argparse.Namespace,
    wave: Wave,
    own: Trusts,
    joined: Joined,
    known: Mapping[str, Sequence[str]],
) -> list[Problem]:
    """Levels that the register gives a trust and the wave does not declare."""
    from buildingtrusts.output.contracts import UNKNOWN_LEVELS

    problems = []
    for name in known:
        if name in own.levels or name not in wave.attributes:
            continue
        allowed = (*wave.attributes[name], *UNKNOWN_LEVELS)
        for level in sorted(set(joined.table[name]) - set(allowed)):
            mats = joined.table.loc[joined.table[name] == level, "mat_id"]
            problems.append(
                Problem(
                    arguments.wave_file,
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
    arguments: argparse.Namespace,
    wave: Wave,
    own: Trusts,
    joined: Joined,
    known: Mapping[str, Sequence[str]],
) -> list[str]:
    taken = [name for name in known if name not in own.levels]
    notes = [
        f"attributes from the register's extract {arguments.register.name}: "
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
    from buildingtrusts.survey.trusts import Trusts

    found = joined.table.set_index("mat_id").reindex(own.table["mat_id"])
    table = own.table.assign(
        **{name: found[name].to_numpy() for name in joined.levels if name not in own.levels}
    )
    ordered = {name: tuple(levels[name]) for name in levels if name in table}
    return Trusts(table[["mat_id", *ordered]], ordered, (*own.notes, *notes))


def _refuse_known(raw: Path, wave: Wave, known: str | None) -> None:
    """Refuse files of a shipped reconstruction that are declared to be the original."""
    if wave.provenance != "original" or known is None:
        return
    table = content_of(known).decode("utf-8")
    made_up = {row["sha256"] for row in csv.DictReader(io.StringIO(table, newline=""))}
    files = wave.files
    raise_if_any(
        Problem(
            str(raw / name),
            "An original wave holds what the survey itself found; this file is a reconstruction "
            f"that this project made (SHA-256 listed in {known}).",
            "Put the real file there, or declare provenance: reconstruction.",
            value=sha256(raw / name),
        )
        for name in files
        if (raw / name).is_file() and sha256(raw / name) in made_up
    )
