"""Put the reconstructions of an ensemble together, and say what they come to."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--members", required=True, help="folder of the rows, <number>.csv each")
    parser.add_argument("--out", required=True, help="file for the table")


def run(arguments: argparse.Namespace) -> None:
    """Write ``ensemble.csv``, in the order of the reconstructions."""
    import pandas as pd

    from buildingtrusts.output.contracts import EVIDENCE_TABLES
    from buildingtrusts.output.tables import read_table, write_table
    from buildingtrusts.statistics.verdict import ensemble_verdicts, summarise_ensemble

    files = sorted(Path(arguments.members).glob("*.csv"), key=lambda path: int(path.stem))
    table = pd.concat([read_table(file) for file in files], ignore_index=True)
    write_table(arguments.out, table, EVIDENCE_TABLES["ensemble"].columns)
    print(summarise_ensemble(ensemble_verdicts(table)).sentence, file=sys.stderr)
