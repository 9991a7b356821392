"""Tabulate clusters against attributes of the trusts, with exact tests."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--clusters", required=True, help="table of clusters")
    parser.add_argument("--trusts", required=True, help="tidy trusts")
    parser.add_argument("--attributes", required=True, help="declared levels of each attribute")
    parser.add_argument("--k", type=int, nargs="+", required=True, help="partitions to tabulate")
    parser.add_argument(
        "--own-family",
        nargs="*",
        default=[],
        help="attributes whose tests are adjusted apart from the others'",
    )
    parser.add_argument(
        "--max-steps",
        type=int,
        default=300_000,
        help="steps of its sum up to which a test is exact",
    )
    parser.add_argument(
        "--max-tables", type=int, default=20_000, help="tables up to which V's null is exact"
    )
    parser.add_argument("--draws", type=int, default=100_000, help="Monte Carlo draws beyond them")
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--wave", required=True, help="name of the wave, for its random stream")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``crosstabs.csv, associations.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.crosstabs import crosstabulate
    from buildingtrusts.study.randomness import task_generator

    levels: dict[str, list[str]] = {}
    for attribute, level in read_table(arguments.attributes, text=True).itertuples(
        index=False, name=None
    ):
        levels.setdefault(attribute, []).append(level)
    result = crosstabulate(
        read_table(arguments.clusters),
        read_table(arguments.trusts, text=True),
        levels,
        arguments.k,
        own_family=arguments.own_family,
        max_steps=arguments.max_steps,
        max_tables=arguments.max_tables,
        draws=arguments.draws,
        stream=lambda task: task_generator(arguments.seed, arguments.wave, "crosstabulate", task),
    )
    out = Path(arguments.out)
    write_result(out / "crosstabs.csv", result.counts)
    write_result(out / "associations.csv", result.associations)
