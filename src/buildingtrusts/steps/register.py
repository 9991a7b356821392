"""Read an extract of the official register of schools and trusts."""

from __future__ import annotations

import argparse
from pathlib import Path

from buildingtrusts.output.tables import write_table
from buildingtrusts.register import ATTRIBUTION, population, sensitivity, trusts
from buildingtrusts.register.cutoffs import Cutoffs, parse_cutoffs
from buildingtrusts.register.extract import Extract, is_part_of_extract, tidy_extract
from buildingtrusts.study.problems import InputProblems, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "extract_folder",
        metavar="EXTRACT_FOLDER",
        type=Path,
        help="folder named after its date (2017-01-19 or 2021-12) that holds "
        "grouplinks_edubaseallacademiesandfree.csv and edubasealldata.csv",
    )
    parser.add_argument(
        "--out",
        metavar="FOLDER",
        type=Path,
        required=True,
        help="where register_trusts.csv and population.csv go, and register_alternatives.csv",
    )
    parser.add_argument(
        "--cutoffs",
        metavar="FILE",
        type=Path,
        default=Path("config/register.yaml"),
        help="where the attributes are cut, with the sources",
    )
    parser.add_argument(
        "--alternatives",
        metavar="FILE",
        type=Path,
        help="other values of the cut-offs, to write every trust's level under each",
    )
    parser.add_argument(
        "--extract-date",
        metavar="YYYY-MM-DD",
        help="the extract's date, if its folder is not named after it",
    )


def run(arguments: argparse.Namespace) -> None:
    """Write the trusts of an extract, their attributes and the counts of the population."""
    cutoffs = parse_cutoffs(_text(arguments.cutoffs, "--cutoffs"), str(arguments.cutoffs))
    alternatives = _read_alternatives(arguments.alternatives, cutoffs)
    extract = _read_extract(arguments.extract_folder, arguments.extract_date)
    found = trusts.describe_trusts(extract, cutoffs)
    counts = population.count_population(found.table, cutoffs)
    write_table(arguments.out / "register_trusts.csv", found.table, trusts.COLUMNS)
    write_table(arguments.out / "population.csv", counts, population.COLUMNS)
    print(population.summary(extract, counts))
    notes = list(found.notes)
    if alternatives:
        levels = sensitivity.levels_under_alternatives(extract, cutoffs, alternatives)
        out = arguments.out / "register_alternatives.csv"
        write_table(out, levels, sensitivity.LEVEL_COLUMNS)
        notes += sensitivity.summary(levels)
    for note in notes:
        print(f"- {note}")
    print(ATTRIBUTION)


def _text(path: Path, flag: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    "The cut-offs of the register's attributes are a file of YAML in UTF-8.",
                    f"Run from the project's folder, or name the file with {flag}.",
                    value=str(error),
                )
            ]
        ) from None


def _read_alternatives(path: Path | None, cutoffs: Cutoffs) -> tuple[sensitivity.Alternative, ...]:
    if path is None:
        return ()
    return sensitivity.parse_alternatives(_text(path, "--alternatives"), str(path), cutoffs)


def _read_extract(folder: Path, date: str | None) -> Extract:
    try:
        names = sorted(entry.name for entry in folder.iterdir())
        parts = {name: (folder / name).read_bytes() for name in names if is_part_of_extract(name)}
    except OSError as error:
        raise InputProblems(
            [
                Problem(
                    str(folder),
                    "An extract is a folder with two files of the register.",
                    "See data/raw/register/README.md for what to download and where to put it.",
                    value=error.strerror,
                )
            ]
        ) from None
    # "." and ".." do not say which day they are.
    named = folder.resolve() if folder.name in ("", "..") else folder
    return tidy_extract(str(named), parts, date_given=date, others=names)
