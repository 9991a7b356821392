"""Draw studies without clusters and resample each as the study itself is resampled."""

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
    parser.add_argument("--null-studies", type=int, default=200, help="in all parts together")
    parser.add_argument("--null-draws", type=int, default=200, help="bootstraps of each of them")
    add_part(parser)
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="file for the table of their clusters")


def run(arguments: argparse.Namespace) -> None:
    """Write how well each cluster of each study without clusters comes back."""
    from buildingtrusts.output.tables import write_table
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.statistics.stability import NULL_STABILITY_COLUMNS, null_stability
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    found = null_stability(
        study.ratings,
        Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic),
        study.k,
        arguments.null_studies,
        arguments.null_draws,
        task_generator(arguments.seed, arguments.wave, "evidence", "null studies"),
        (arguments.part - 1, arguments.parts),
    )
    write_table(arguments.out, found, NULL_STABILITY_COLUMNS)
    print(f"{found['study'].nunique()} studies without clusters", file=sys.stderr)
