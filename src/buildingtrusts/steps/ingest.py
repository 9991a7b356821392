"""Read a wave's raw files, check them by the codebook, and write them tidy."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.codebook import load_codebook, wave_codebook_text
from buildingtrusts.study.configuration import load_wave


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
    from buildingtrusts.survey.intake import read_wave_files
    from buildingtrusts.survey.joined_trusts import Places

    wave = load_wave(arguments.wave_file)
    codebook = load_codebook(arguments.codebook, [wave.wave], others_allowed=True)[wave.wave]
    places = Places(Path(arguments.raw), arguments.wave_file, arguments.register)
    responses, read = read_wave_files(places, wave, codebook, arguments.known)
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
