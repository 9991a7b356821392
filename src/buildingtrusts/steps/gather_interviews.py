"""Put the tables of all sets of interviews together."""

from __future__ import annotations

import argparse
from pathlib import Path

TABLES = ("interviews.csv", "interview_tests.csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--parts",
        nargs="+",
        required=True,
        help=f"folders with {' and '.join(TABLES)} of a set of interviews each",
    )
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``interviews.csv, interview_tests.csv``, one set below the other."""
    import pandas as pd

    from buildingtrusts.output.tables import read_table, write_result

    for name in TABLES:
        # As text, numbers are passed on digit by digit.
        parts = [read_table(Path(part, name), text=True) for part in arguments.parts]
        write_result(Path(arguments.out, name), pd.concat(parts, ignore_index=True))
