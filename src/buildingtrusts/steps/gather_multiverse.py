"""Put the parts of a wave's multiverse together."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.problems import InputProblems, Problem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--parts", nargs="+", required=True, help="files of run-multiverse")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``multiverse.csv, multiverse_excluded.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.multiverse import join_parts

    # As text, numbers are passed on digit by digit.
    parts = [read_table(part, text=True) for part in arguments.parts]
    try:
        found, excluded = join_parts(parts)
    except ValueError as error:
        raise InputProblems(
            [
                Problem(
                    ", ".join(arguments.parts),
                    f"These are not the parts of one multiverse: {error}",
                    "Delete them and run every part again.",
                )
            ]
        ) from None
    folder = Path(arguments.out)
    write_result(folder / "multiverse.csv", found)
    write_result(folder / "multiverse_excluded.csv", excluded)
    print(
        f"{len(found)} specifications; {len(excluded)} make no sense and are listed with the "
        "reason",
        file=sys.stderr,
        flush=True,
    )
