"""Count the ledger's verdicts by basis; fail on a difference that matters.

Bases are never added up: a figure that was fitted and one that was not are not the same evidence.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.tables import read_table
from buildingtrusts.published.ledger import (
    COLUMNS,
    MUST_REPRODUCE,
    VERDICTS,
    count_verdicts,
    differences_that_matter,
)
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

if TYPE_CHECKING:
    import pandas as pd


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("ledger", type=Path, help="the ledger, such as results/tables/ledger.csv")
    parser.add_argument(
        "--fail-on-differences",
        action="store_true",
        help=f"end with exit code 1 if a claim differs whose basis is {', '.join(MUST_REPRODUCE)}",
    )


def run(arguments: argparse.Namespace) -> None:
    """Print the counts as a Markdown table, then fail if asked to and there is cause."""
    ledger = _read(arguments.ledger)
    print(as_markdown(count_verdicts(ledger)))
    if arguments.fail_on_differences:
        raise_if_any(_difference(row, str(arguments.ledger)) for row in _rows(ledger))


def as_markdown(counts: dict[tuple[str, str], dict[str, int]]) -> str:
    """Return the counts as a table, one row a survey and basis, without any total.

    Examples
    --------
    >>> print(as_markdown({("2017", "derived"): dict.fromkeys(VERDICTS, 1)}).splitlines()[2])
    | 2017 | derived | 1 | 1 | 1 | 1 | 1 | 1 |
    """
    lines = [["claims on", "basis", *VERDICTS], ["---", "---", *(["---:"] * len(VERDICTS))]]
    lines += [[*of, *map(str, row.values())] for of, row in counts.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _read(path: Path) -> pd.DataFrame:
    advice = "Run the study first; its ledger is results/tables/ledger.csv."
    if not path.is_file():
        raise InputProblems([Problem(file=str(path), rule="There is no such file.", advice=advice)])
    ledger = read_table(path)
    if list(ledger.columns) != list(COLUMNS):
        rule = f"A ledger has the columns {', '.join(COLUMNS)}."
        raise InputProblems([Problem(file=str(path), rule=rule, advice=advice)])
    # A column that is empty throughout is read as numbers; every column of a ledger is text.
    return ledger.astype("object").where(ledger.notna(), "")


def _rows(ledger: pd.DataFrame) -> list[dict[str, str]]:
    return differences_that_matter(ledger).to_dict("records")


def _difference(row: dict[str, str], file: str) -> Problem:
    return Problem(
        file=file,
        column="computed",
        value=row["computed"],
        rule=(
            f"{row['claim']} ({row['basis']}, wave {row['wave']}) is published as "
            f"{row['published']}, tolerance {row['tolerance'] or 'none'}."
        ),
        advice=f"Find what changed in how it is recomputed: {row['statement']}.",
    )
