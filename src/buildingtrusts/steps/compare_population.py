"""Set the sample's trusts beside all trusts of the official register, with tests."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    import pandas as pd

#: Tables that need the register itself, and the flag that names it.
_NEEDS = {"tests": "register", "sensitivity": "alternatives"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--population", type=Path, required=True, help="counts of the register")
    parser.add_argument("--trusts", type=Path, required=True, help="tidy trusts of a wave")
    parser.add_argument("--extract", required=True, help="name of the extract, such as 2017-01-19")
    parser.add_argument("--register", type=Path, help="the register's trusts, for the tests")
    parser.add_argument(
        "--matched", type=Path, help="numbers of these trusts in the register, for the sensitivity"
    )
    parser.add_argument(
        "--alternatives", type=Path, help="their levels under other cut-offs, for the sensitivity"
    )
    parser.add_argument("--seed", type=int, default=2017, help="the study's seed")
    parser.add_argument("--wave", default="", help="name of the wave, for its random stream")
    parser.add_argument("--out", type=Path, required=True, help="the table of counts to write")
    parser.add_argument("--tests", type=Path, help="the table of tests to write, if any")
    parser.add_argument("--sensitivity", type=Path, help="the table of sensitivity, if any")


def run(arguments: argparse.Namespace) -> None:
    """Write ``population.csv`` and, if asked, ``population_tests.csv, attribute_sensitivity.csv``.

    The sample's part of the sensitivity is filled in where ``--matched`` says which of the
    register's trusts they are; otherwise nobody knows.
    """
    from buildingtrusts.output.tables import read_table, write_table
    from buildingtrusts.register import population as counts
    from buildingtrusts.register import sensitivity
    from buildingtrusts.study.randomness import task_generator

    _check_flags(arguments)
    extract, population = arguments.extract, read_table(arguments.population)
    trusts = read_table(arguments.trusts, text=True)
    tables: dict[Path, tuple[pd.DataFrame, tuple[str, ...]]] = {
        arguments.out: (
            counts.compare_with_sample(extract, population, trusts),
            counts.COMPARED_COLUMNS,
        )
    }
    if arguments.tests is not None:
        found = counts.compare_tests(
            extract,
            population,
            trusts,
            read_table(arguments.register),
            lambda task: task_generator(
                arguments.seed, arguments.wave, "compare_population", extract, task
            ),
        )
        tables[arguments.tests] = found, counts.TEST_COLUMNS
    if arguments.sensitivity is not None:
        matched = [] if arguments.matched is None else read_table(arguments.matched)["trust_uid"]
        uids = list(matched) or None
        levels = read_table(arguments.alternatives)
        found = sensitivity.attribute_sensitivity(extract, levels, population, uids)
        tables[arguments.sensitivity] = found, sensitivity.COLUMNS
    for path, (table, columns) in tables.items():
        write_table(path, table, columns)


def _check_flags(arguments: argparse.Namespace) -> None:
    for table, source in _NEEDS.items():
        if getattr(arguments, table) is not None and getattr(arguments, source) is None:
            raise InputProblems(
                [
                    Problem(
                        f"--{table}",
                        f"This table needs --{source}.",
                        f"Name what 'buildingtrusts register' wrote with --{source}.",
                        value=str(getattr(arguments, table)),
                    )
                ]
            )
