"""Ask whether the clusters are more than slices of a line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.flags import add_clustered_answers, add_random_stream


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_clustered_answers(parser)
    parser.add_argument("--draws", type=int, default=2_000, help="draws of each model")
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="folder for the table")


def run(arguments: argparse.Namespace) -> None:
    """Write ``continuum.csv``."""
    from buildingtrusts.output.tables import write_result
    from buildingtrusts.statistics.continuum import compare_with_continuum
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    compared = compare_with_continuum(
        study.ratings,
        Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic),
        study.k,
        arguments.draws,
        task_generator(arguments.seed, arguments.wave, "evidence", "continuum"),
    )
    write_result(Path(arguments.out) / "continuum.csv", compared.table())
    share = float(compared.observed.first_axis_share[0, 0])
    print(
        f"{share:.0%} of what sets trusts apart is on the first axis; {arguments.draws} draws of "
        f"each of {len(compared.drawn)} models, k = {list(study.k)}",
        file=sys.stderr,
    )
