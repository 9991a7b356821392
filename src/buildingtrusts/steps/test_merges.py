"""Test each merge of the tree, as exploration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.flags import add_random_stream, add_specification


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--clusters", required=True, help="table of clusters")
    parser.add_argument("--linkage-table", required=True, help="table of the tree's merges")
    add_specification(parser)
    parser.add_argument("--draws", type=int, default=2_000, help="draws of each test of a merge")
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="folder for the table")


def run(arguments: argparse.Namespace) -> None:
    """Write ``merge_tests.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.merge_tests import merge_tests, merges_of
    from buildingtrusts.statistics.ratings import Specification, observed_scores
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import ratings_of

    codebook = read_wave_codebook(arguments.codebook)
    items = codebook.clustered_block(arguments.block, arguments.codebook)
    mats = list(dict.fromkeys(read_table(arguments.clusters)["mat_id"]))
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    tests = merge_tests(
        observed_scores(ratings_of(read_table(arguments.responses), items, mats), how),
        merges_of(read_table(arguments.linkage_table), mats),
        how,
        arguments.draws,
        task_generator(arguments.seed, arguments.wave, "evidence", "merge tests"),
    )
    write_result(Path(arguments.out) / "merge_tests.csv", tests)
    made = tests.groupby("method")["p_value"].count()
    print(
        f"{made['shc']} merges held against one Gaussian, {made['selective']} pairs of groups "
        f"compared, {arguments.draws} draws each",
        file=sys.stderr,
    )
