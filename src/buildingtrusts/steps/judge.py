"""Give the verdict: are the clusters more than noise?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_words

if TYPE_CHECKING:
    import pandas as pd


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--tables", required=True, help="folder with nulls, permanova, stability and clusters"
    )
    parser.add_argument("--wave", required=True, help="name of the wave")
    parser.add_argument(
        "--provenance", required=True, help="original, reconstruction or illustration"
    )
    parser.add_argument(
        "--ensemble",
        nargs="*",
        default=[],
        help="the evidence of many reconstructions, used for a reconstruction",
    )
    add_words(parser)
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``ensemble.csv`` and ``verdict.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.output.vocabulary import Vocabulary
    from buildingtrusts.statistics.verdict import (
        ensemble_verdicts,
        gather_evidence,
        judge,
        summarise_ensemble,
    )

    tables = {
        name: read_table(Path(arguments.tables, f"{name}.csv"))
        for name in ("nulls", "permanova", "stability", "clusters")
    }
    differ = tables["permanova"]["p_value"]
    evidence = gather_evidence(
        tables["nulls"],
        tables["stability"],
        tables["clusters"],
        float(differ.iloc[0]) if len(differ) else float("nan"),
    )
    ensemble = _ensemble(arguments)
    if len(ensemble):
        verdict = summarise_ensemble(ensemble_verdicts(ensemble)).table(arguments.wave)
    else:
        verdict = judge(evidence, arguments.wave, arguments.provenance).table()
    said = Vocabulary(dict(arguments.words), frozenset([arguments.wave]))
    verdict = verdict.assign(sentence=verdict["sentence"].map(said.say))
    write_result(Path(arguments.out) / "ensemble.csv", ensemble)
    write_result(Path(arguments.out) / "verdict.csv", verdict)
    print(verdict["sentence"].iloc[0], file=sys.stderr)


def _ensemble(arguments: argparse.Namespace) -> pd.DataFrame:
    """Rows of the ensemble for this wave; none unless it is a reconstruction."""
    import pandas as pd

    from buildingtrusts.output.contracts import EVIDENCE_TABLES
    from buildingtrusts.output.tables import read_table

    columns = list(EVIDENCE_TABLES["ensemble"].columns)
    if arguments.provenance != "reconstruction" or not arguments.ensemble:
        return pd.DataFrame(columns=columns)
    table = pd.concat([read_table(path) for path in arguments.ensemble], ignore_index=True)
    return table.loc[table["wave"] == arguments.wave, columns].reset_index(drop=True)
