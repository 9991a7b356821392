"""Build the tree, cut it, and measure how well trusts fit their clusters."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    from buildingtrusts.statistics.linkage import Tree


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--sample", required=True, help="table of who is clustered")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--block", default="strategy", help="block that is clustered")
    parser.add_argument(
        "--linkage",
        default="average",
        choices=("average", "complete", "single", "ward"),
        help="how the distance between groups is taken",
    )
    parser.add_argument(
        "--metric",
        default="euclidean",
        choices=("euclidean", "manhattan", "correlation"),
        help="distance between two trusts",
    )
    parser.add_argument(
        "--scaling",
        default="none",
        choices=("none", "zscore", "respondent_centred"),
        help="of items over trusts, or of answers within respondents",
    )
    parser.add_argument(
        "--statistic", default="mean", choices=("mean", "median"), help="of a trust's answers"
    )
    parser.add_argument("--k", type=int, nargs="+", required=True, help="numbers of clusters")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``linkage.csv, leaf_order.csv, clusters.csv, silhouettes.csv, partitions.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
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
    tree, n_items = _tree(arguments, mats)
    for name, table in partition_tree(tree, possible).tables().items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
    print(f"{len(mats)} trusts on {n_items} items, k = {possible}", file=sys.stderr)
    left_out = sorted(set(arguments.k) - set(possible))
    if left_out:
        print(f"k = {left_out} left out: there are only {len(mats)} trusts", file=sys.stderr)


def _tree(arguments: argparse.Namespace, mats: Sequence[str]) -> tuple[Tree, int]:
    """The tree of the clustered trusts, and the number of items it was built on."""
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.aggregation import clustering_scores
    from buildingtrusts.statistics.linkage import build_tree
    from buildingtrusts.study.codebook import read_wave_codebook

    codebook = read_wave_codebook(arguments.codebook)
    block = codebook.clustered_block(arguments.block, arguments.codebook)
    scores = clustering_scores(
        read_table(arguments.responses),
        [item.column for item in block],
        mats,
        arguments.statistic,
        centred=arguments.scaling == "respondent_centred",
    )
    try:
        tree = build_tree(scores, mats, arguments.linkage, arguments.metric, arguments.scaling)
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
    return tree, len(block)
