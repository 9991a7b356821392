"""Average the ratings by trust, with the evidence for doing so."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--block", default="strategy", help="block that is clustered")
    parser.add_argument(
        "--min-responses", type=int, default=5, help="responses a clustered trust needs"
    )
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``sample.csv, scores.csv, agreement.csv, alignment.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.aggregation import (
        aggregate_scores,
        alignment_table,
        sample_table,
        select_trusts,
    )
    from buildingtrusts.statistics.agreement import agreement_table
    from buildingtrusts.study.codebook import read_wave_codebook

    codebook = read_wave_codebook(arguments.codebook)
    responses = read_table(arguments.responses)
    items = [(item.block, item.item) for item in codebook.items]
    block = [item.column for item in codebook.clustered_block(arguments.block, arguments.codebook)]
    selection = select_trusts(responses, block, arguments.min_responses)
    scores = aggregate_scores(responses, items)
    agreement = agreement_table(
        responses,
        items,
        [item.n_options for item in codebook.items],
        selection.clustered,
        [item.step for item in codebook.items],
    )
    out = Path(arguments.out)
    write_result(out / "sample.csv", sample_table(responses, selection))
    write_result(out / "scores.csv", scores)
    write_result(out / "agreement.csv", agreement)
    write_result(out / "alignment.csv", alignment_table(scores))
    print(
        f"{len(selection.clustered)} trusts are clustered, {len(selection.reasons)} are not",
        file=sys.stderr,
    )
