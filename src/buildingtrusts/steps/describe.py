"""Say who answered, how answers are distributed, and what is missing, from a wave's raw files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import load_codebook
from buildingtrusts.study.configuration import declaration_of, load_wave
from buildingtrusts.study.flags import add_register
from buildingtrusts.study.provenance import statement

if TYPE_CHECKING:
    from buildingtrusts.study.wave import Wave
    from buildingtrusts.survey.description import Description


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("wave", help="name of the wave, such as 2027")
    parser.add_argument("--config", default="config", help="folder with waves/ and codebook.csv")
    parser.add_argument("--raw", default="data/raw", help="folder of the waves' raw files")
    add_register(parser)
    parser.add_argument(
        "--out",
        help="folder for the tables respondents.csv, items.csv, distributions.csv, missing.csv; "
        "none are written without it",
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the description, and write its tables if a folder is named."""
    from buildingtrusts.output.tables import write_table
    from buildingtrusts.output.terminal import say
    from buildingtrusts.survey.description import describe_wave
    from buildingtrusts.survey.intake import read_wave_files
    from buildingtrusts.survey.joined_trusts import Places

    declaration = declaration_of(arguments.wave, arguments.config)
    wave = load_wave(declaration)
    file = Path(arguments.config, "codebook.csv")
    codebook = load_codebook(file, [wave.wave], others_allowed=True)[wave.wave]
    declared = wave.trusts.extract if wave.trusts else None
    places = Places(
        Path(arguments.raw, wave.wave),
        str(declaration),
        arguments.extracts / (declared or arguments.extract),
        insist=False,
    )
    responses, read = read_wave_files(places, wave, codebook)
    trusts = read.trusts
    mats = trusts.table["mat_id"].tolist()
    found = describe_wave(responses.table, mats, codebook, trusts.staff)
    say(_text(wave, found))
    if arguments.out:
        for name in ("respondents", "items", "distributions", "missing"):
            table = getattr(found, name)
            write_table(Path(arguments.out) / f"{name}.csv", table, list(table.columns))
        say(f"Tables: {arguments.out}")


def _text(wave: Wave, found: Description) -> str:
    from buildingtrusts.output.description_text import (
        describe_items,
        describe_missing,
        describe_respondents,
        heading,
        paragraph,
    )

    parts = [paragraph(f"The wave {wave.wave}: {wave.title}")]
    if stated := statement([wave.provenance]).replace("**", ""):
        parts.append(paragraph(stated))
    parts += [heading("Who answered"), describe_respondents(found.respondents)]
    parts.append(paragraph(_about_rates(found)))
    return "\n\n".join(
        [
            *parts,
            heading("Answers"),
            describe_items(found.items, found.distributions),
            heading("Missing answers by trust"),
            describe_missing(found.missing),
        ]
    )


def _about_rates(found: Description) -> str:
    if found.respondents["rate"].isna().all():
        return (
            "Response rates are unknown: nothing says how many were asked. 'trusts: staff' in the "
            "wave's file names columns of the trusts file that do."
        )
    return (
        "The rate of all trusts is over those for which it is known how many were asked; the "
        "number beside it is of all that answered."
    )
