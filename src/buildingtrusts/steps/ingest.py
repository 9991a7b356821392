"""Read a wave's raw files, check them by the codebook, and write them tidy."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import Codebook, load_codebook, wave_codebook_text
from buildingtrusts.study.configuration import Wave, load_wave
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import sha256

if TYPE_CHECKING:
    from buildingtrusts.survey.responses import Responses
    from buildingtrusts.survey.trusts import Trusts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--wave-file", required=True, help="declaration, config/waves/<wave>.yaml")
    parser.add_argument("--codebook", required=True, help="codebook of all waves")
    parser.add_argument("--raw", required=True, help="folder with the wave's raw files")
    parser.add_argument(
        "--known", help="table of the SHA-256 of made-up responses, refused as original"
    )
    parser.add_argument("--out", required=True, help="folder for the tidy files")


def run(arguments: argparse.Namespace) -> None:
    """Write ``responses.csv, trusts.csv, attributes.csv, codebook.csv, missing.csv``.

    Everything is checked before anything is written.
    """
    import pandas as pd

    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.tables import write_result, write_table

    wave = load_wave(arguments.wave_file)
    codebook = load_codebook(arguments.codebook, [wave.wave], others_allowed=True)[wave.wave]
    _refuse_known(Path(arguments.raw), wave, arguments.known)
    responses, trusts = _checked(Path(arguments.raw), wave, codebook)
    out = Path(arguments.out)
    keys = ("respondent_id", "mat_id", "role")
    write_table(out / "responses.csv", responses.table, [*keys, *codebook.columns])
    write_table(out / "trusts.csv", trusts.table, ["mat_id", *wave.attributes])
    levels = [(name, level) for name, names in wave.attributes.items() for level in names]
    write_result(out / "attributes.csv", pd.DataFrame(levels, columns=["attribute", "level"]))
    write_result(out / "missing.csv", responses.missing)
    write_text(out / "codebook.csv", wave_codebook_text(wave.wave, codebook))
    for note in (*responses.notes, *trusts.notes):
        print(note, file=sys.stderr)
    heard = set(responses.table["mat_id"])
    silent = [mat for mat in trusts.table["mat_id"] if mat not in heard]
    if silent:
        print(f"trusts without any response: {', '.join(silent)}", file=sys.stderr)


def _checked(raw: Path, wave: Wave, codebook: Codebook) -> tuple[Responses, Trusts]:
    """Read both files; raise with the problems of both."""
    import pandas as pd

    from buildingtrusts.survey.importers import import_responses
    from buildingtrusts.survey.raw_table import parse_csv
    from buildingtrusts.survey.responses import tidy_responses
    from buildingtrusts.survey.trusts import Trusts, tidy_trusts

    problems: list[Problem] = []
    trusts: Trusts | None = None
    mats: list[str] | None = None
    if wave.trusts is not None:
        file = raw / wave.trusts.file
        try:
            table = parse_csv(content_of(file), str(file), wave.trusts.encoding)
            # Read before the checks, so that one wrong attribute hides no unknown trust.
            mats = list(table.column("mat_id")) if "mat_id" in table.header else None
            trusts = tidy_trusts(table, wave)
        except InputProblems as found:
            problems += found.problems
    file = raw / wave.responses.file
    try:
        export = import_responses(content_of(file), str(file), wave, codebook)
        responses = tidy_responses(export.table, export.codebook, wave, mats)
    except InputProblems as found:
        problems += found.problems
    raise_if_any(problems)
    if trusts is None:
        alone = pd.DataFrame({"mat_id": responses.table["mat_id"].unique()})
        trusts = Trusts(alone, ("the wave has no trusts file",))
    return responses, trusts


def _refuse_known(raw: Path, wave: Wave, known: str | None) -> None:
    """Refuse files of a shipped reconstruction that are declared to be the original."""
    if wave.provenance != "original" or known is None:
        return
    table = content_of(known).decode("utf-8")
    made_up = {row["sha256"] for row in csv.DictReader(io.StringIO(table, newline=""))}
    files = [wave.responses.file, *([wave.trusts.file] if wave.trusts else [])]
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
