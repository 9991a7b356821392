"""Draw studies without clusters under one null, and cluster them as the study was."""

from __future__ import annotations

import argparse
import sys

from buildingtrusts.study.flags import (
    add_clustered_answers,
    add_part,
    add_random_stream,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_clustered_answers(parser)
    parser.add_argument(
        "--null",
        required=True,
        choices=("two_level", "gaussian", "respondents_shuffled", "items_permuted"),
        help="what the draws keep of the study",
    )
    parser.add_argument("--draws", type=int, default=10_000, help="draws in all parts together")
    add_part(parser)
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="file for the draws (.npz)")


def run(arguments: argparse.Namespace) -> None:
    """Write the mean silhouette and pseudo-F of each draw at each k."""
    from buildingtrusts.output.arrays import write_arrays
    from buildingtrusts.statistics.nulls import draw_null, evaluation_arrays
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    drawn = draw_null(
        arguments.null,
        study.ratings,
        Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic),
        study.k,
        arguments.draws,
        task_generator(arguments.seed, arguments.wave, "evidence", arguments.null),
        (arguments.part - 1, arguments.parts),
    )
    write_arrays(arguments.out, evaluation_arrays(drawn))
    print(f"{len(drawn.silhouettes)} draws of {arguments.null}, k = {study.k}", file=sys.stderr)
