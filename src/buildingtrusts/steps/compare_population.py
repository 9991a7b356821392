"""Set the sample's trusts beside all trusts of the official register."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--population", type=Path, required=True, help="counts of the register")
    parser.add_argument("--trusts", type=Path, required=True, help="tidy trusts of a wave")
    parser.add_argument("--extract", required=True, help="name of the extract, such as 2017-01-19")
    parser.add_argument("--out", type=Path, required=True, help="the table to write")


def run(arguments: argparse.Namespace) -> None:
    """Write ``population.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.register.population import compare_with_sample

    write_result(
        arguments.out,
        compare_with_sample(
            arguments.extract,
            read_table(arguments.population),
            read_table(arguments.trusts, text=True),
        ),
    )
