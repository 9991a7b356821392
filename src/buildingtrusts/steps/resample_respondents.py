"""Resample respondents within their trusts and see which clusters come back."""

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
    parser.add_argument("--draws", type=int, default=10_000, help="draws in all parts together")
    add_part(parser)
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="file for what came back (.npz)")


def run(arguments: argparse.Namespace) -> None:
    """Write how each draw compares with the study's own clusters."""
    from buildingtrusts.output.arrays import write_arrays
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.statistics.resampling import resample_respondents, resampling_arrays
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    found = resample_respondents(
        study.ratings,
        Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic),
        study.k,
        study.k,
        arguments.draws,
        task_generator(arguments.seed, arguments.wave, "evidence", "respondents"),
        (arguments.part - 1, arguments.parts),
    )
    write_arrays(arguments.out, resampling_arrays(found))
    print(f"{sum(found.votes.values())} bootstraps, k = {study.k}", file=sys.stderr)
