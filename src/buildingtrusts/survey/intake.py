"""A wave's raw files, read and checked as one: what the ingest insists on and the check reports.

Declaration, codebook, responses and trusts lean on each other. Each is read as far as the others
allow, so that one mistake hides no other, and nothing is guessed: what rests on a key or a row that
is wrong is not judged.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import Codebook, examine_codebook
from buildingtrusts.study.configuration import examine_declaration
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import sha256
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import RawTable

if TYPE_CHECKING:
    from buildingtrusts.survey.joined_trusts import Places, ReadTrusts
    from buildingtrusts.survey.responses import Responses
    from buildingtrusts.survey.trusts import Trusts

#: Keys of a declaration that say how files are read and answers are judged.
_DECIDING = frozenset({"date", "responses", "trusts", "roles", "attributes", "cluster"})


@dataclass(frozen=True)
class Intake:
    """A wave's files as far as they can be read.

    Attributes
    ----------
    wave : Wave or None
        Without the keys that are wrong.
    codebook : Codebook or None
        Without the rows that are wrong.
    export : RawTable or None
        The responses' file as an importer read it, without personal columns.
    responses : Responses or None
        None if anything is wrong with them.
    read : ReadTrusts or None
        The trusts; None if anything is wrong with them; those that answered, if the wave has no
        such file.
    problems : tuple of Problem
        All of them, in the order: declaration, codebook, trusts, responses.
    complete : bool
        Whether declaration and codebook are right as far as answers are concerned, so that
        ``responses`` holds all that the wave declares.
    """

    wave: Wave | None
    codebook: Codebook | None
    export: RawTable | None = None
    responses: Responses | None = None
    read: ReadTrusts | None = None
    problems: tuple[Problem, ...] = ()
    complete: bool = True

    @property
    def trusts(self) -> Trusts | None:
        """The trusts with their attributes, if they could be read."""
        return self.read.trusts if self.read else None


def read_wave_files(
    places: Places, wave: Wave, codebook: Codebook, known: str | None = None
) -> tuple[Responses, ReadTrusts]:
    """Read a wave's responses and trusts.

    Parameters
    ----------
    places : Places
        Where the wave's files are.
    wave : Wave
        Its declaration.
    codebook : Codebook
        Its items.
    known : str, optional
        Table of the SHA-256 of made-up responses, which are refused as original.

    Returns
    -------
    Responses
    ReadTrusts
        Those that answered, without attributes, if the wave has no trusts file.

    Raises
    ------
    InputProblems
        With the problems of all files.
    """
    raise_if_any(_made_up(places.raw, wave, known))
    found = examine_wave_files(places, wave, codebook)
    raise_if_any(found.problems)
    if found.responses is None or found.read is None:
        raise RuntimeError("files without a problem were not read.")
    return found.responses, found.read


def examine_wave(
    declaration: Path,
    codebook_file: Path,
    raw: Path,
    known: str | None = None,
    extracts: Path | None = None,
    extract: str = "",
) -> Intake:
    """Read all that there is of a wave, and everything that is wrong with it.

    Parameters
    ----------
    declaration : Path
        ``config/waves/<wave>.yaml``.
    codebook_file : Path
        The codebook of all waves.
    raw : Path
        Folder with the wave's raw files.
    known : str, optional
        Table of the SHA-256 of made-up responses, which are refused as original.
    extracts : Path, optional
        Folder with a folder of the register's tables for each extract. Where there are none yet,
        what they would tell is left out, and a note says so.
    extract : str
        The study's extract, for a wave that names none.

    Returns
    -------
    Intake
    """
    from buildingtrusts.survey.joined_trusts import Places

    declared = examine_declaration(declaration)
    codebook, codebook_problems = examine_codebook(codebook_file, declaration.stem)
    problems = [*declared.problems, *codebook_problems]
    if declared.wave is None:
        return Intake(None, codebook, problems=tuple(problems), complete=False)
    if not declared.problems:
        problems += _made_up(raw, declared.wave, known)
    own = declared.wave.trusts.extract if declared.wave.trusts else None
    register = extracts / (own or extract) if extracts else None
    places = Places(raw, str(declaration), register, insist=False)
    found = examine_wave_files(places, declared.wave, codebook, declared.unsure)
    return Intake(
        declared.wave,
        codebook,
        found.export,
        found.responses,
        found.read,
        (*problems, *found.problems),
        not declared.unsure & _DECIDING and not codebook_problems,
    )


def examine_wave_files(
    places: Places, wave: Wave, codebook: Codebook | None, unsure: frozenset[str] = frozenset()
) -> Intake:
    """Read a wave's files, and everything that is wrong with them.

    Parameters
    ----------
    places : Places
        Where the wave's files are.
    wave : Wave
        Its declaration.
    codebook : Codebook or None
        Its items; without any, only the layout of the responses' file is checked.
    unsure : frozenset of str
        Keys of the declaration that are wrong; a file that one of them describes is not read.

    Returns
    -------
    Intake
    """
    problems: list[Problem] = []
    read, mats = None, None
    if wave.trusts is not None and "trusts" not in unsure:
        read, mats = _examine_trusts(places, wave, problems)
    export, responses = None, None
    if "responses" not in unsure:
        export, responses = _examine_responses(places.raw, wave, codebook, mats, problems)
    if wave.trusts is None and "trusts" not in unsure and responses is not None:
        read = _those_that_answered(responses)
    return Intake(wave, codebook, export, responses, read, tuple(problems))


def _examine_trusts(
    places: Places, wave: Wave, problems: list[Problem]
) -> tuple[ReadTrusts | None, list[str] | None]:
    from buildingtrusts.survey.joined_trusts import read_table_of, read_trusts

    if wave.trusts is None:
        return None, None
    mats = None
    try:
        table = read_table_of(places.raw, wave.trusts)
        # Read before the checks, so that one wrong attribute hides no unknown trust.
        mats = list(table.column("mat_id")) if "mat_id" in table.header else None
        return read_trusts(places, wave, wave.trusts, table), mats
    except InputProblems as found:
        problems += found.problems
        return None, mats


def _examine_responses(
    raw: Path,
    wave: Wave,
    codebook: Codebook | None,
    mats: list[str] | None,
    problems: list[Problem],
) -> tuple[RawTable | None, Responses | None]:
    from buildingtrusts.survey.importers import examine_export, read_export
    from buildingtrusts.survey.responses import tidy_responses

    file, table = raw / wave.responses.file, None
    try:
        if codebook is None:
            return read_export(content_of(file), str(file), wave.responses), None
        export, of_labels = examine_export(content_of(file), str(file), wave, codebook)
        problems += of_labels
        table = export.table
        if not export.codebook.items:
            return table, None
        responses = tidy_responses(table, export.codebook, wave, mats)
    except InputProblems as found:
        problems += found.problems
        return table, None
    return table, None if of_labels else responses


def _those_that_answered(responses: Responses) -> ReadTrusts:
    import pandas as pd

    from buildingtrusts.survey.joined_trusts import not_joined
    from buildingtrusts.survey.trusts import Trusts

    alone = pd.DataFrame({"mat_id": responses.table["mat_id"].unique()})
    return not_joined(Trusts(alone, {}, ("the wave has no trusts file",)))


def _made_up(raw: Path, wave: Wave, known: str | None) -> list[Problem]:
    """Files of a shipped reconstruction that are declared to be the original."""
    if wave.provenance != "original" or known is None:
        return []
    table = content_of(Path(known)).decode("utf-8")
    made_up = {row["sha256"] for row in csv.DictReader(io.StringIO(table, newline=""))}
    return [
        Problem(
            str(raw / name),
            "An original wave holds what the survey itself found; this file is a reconstruction "
            f"that this project made (SHA-256 listed in {known}).",
            "Put the real file there, or declare provenance: reconstruction.",
            value=sha256(raw / name),
        )
        for name in wave.files
        if "\0" not in name and (raw / name).is_file() and sha256(raw / name) in made_up
    ]
