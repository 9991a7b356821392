"""Build the tree, cut it, and measure how well trusts fit their clusters."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_specification
from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from buildingtrusts.statistics.linkage import Tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--sample", required=True, help="table of who is clustered")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    add_specification(parser)
    parser.add_argument("--k", type=int, nargs="+", required=True, help="numbers of clusters")
    parser.add_argument("--cuts", required=True, help="file for the clusters by their own numbers")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``linkage.csv, leaf_order.csv, silhouettes.csv, partitions.csv`` and the cuts.

    Which type each cluster is, is said by a step of its own: it hangs on earlier waves, and what
    is computed of the clusters does not.
    """
    from buildingtrusts.output.contracts import PROCESSED_TABLES
    from buildingtrusts.output.tables import read_table, write_result, write_table
    from buildingtrusts.statistics.linkage import scale
    from buildingtrusts.statistics.partitions import partition_tree

    sample = read_table(arguments.sample)
    chosen = (sample["role"] == "all") & sample["clustered"]
    mats = sample.loc[chosen, "mat_id"].tolist()
    possible = [k for k in arguments.k if k < len(mats)]
    if not possible:
        raise InputProblems(
            [
                Problem(
                    arguments.sample,
                    f"{min(arguments.k)} clusters need more than {min(arguments.k)} trusts; "
                    f"{len(mats)} have enough responses.",
                    "Lower min_responses in the wave's file, or add responses.",
                )
            ]
        )
    scores = _scores(arguments, mats)
    tree = _tree(arguments, scores, mats)
    parts = partition_tree(tree, possible, scale(scores, arguments.scaling))
    tables = parts.tables()
    write_table(arguments.cuts, tables.pop("cuts"), PROCESSED_TABLES["cuts"].columns)
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
    print(f"{len(mats)} trusts on {scores.shape[1]} items, k = {possible}", file=sys.stderr)
    left_out = sorted(set(arguments.k) - set(possible))
    if left_out:
        print(f"k = {left_out} left out: there are only {len(mats)} trusts", file=sys.stderr)


def _scores(arguments: argparse.Namespace, mats: Sequence[str]) -> NDArray[np.float64]:
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.aggregation import clustering_scores
    from buildingtrusts.study.codebook import read_wave_codebook

    codebook = read_wave_codebook(arguments.codebook)
    block = codebook.clustered_block(arguments.block, arguments.codebook)
    return clustering_scores(
        read_table(arguments.responses),
        [item.column for item in block],
        mats,
        arguments.statistic,
        centred=arguments.scaling == "respondent_centred",
    )


def _tree(arguments: argparse.Namespace, scores: NDArray[np.float64], mats: Sequence[str]) -> Tree:
    from buildingtrusts.statistics.linkage import build_tree

    try:
        return build_tree(scores, mats, arguments.linkage, arguments.metric, arguments.scaling)
    except ValueError as error:
        raise InputProblems(
            [
                Problem(
                    arguments.responses,
                    f"These answers cannot be clustered so: {error}",
                    "Change 'cluster' in the wave's file.",
                )
            ]
        ) from None
