"""Say which clusters come back, beside studies without clusters."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.flags import add_clustered_answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_clustered_answers(parser)
    parser.add_argument("--resampled", nargs="+", required=True, help="bootstraps, in parts")
    parser.add_argument("--null-studies", nargs="+", required=True, help="null studies, in parts")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``stability, co_clustering, assignment, k_votes`` as tables."""
    from buildingtrusts.output.arrays import read_arrays
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.statistics.resampling import join, leave_one_out, resampling_from
    from buildingtrusts.statistics.stability import join_studies, stability_tables
    from buildingtrusts.survey.ratings import read_clustered_ratings

    study = read_clustered_ratings(arguments)
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    resampled = join([resampling_from(read_arrays(file)) for file in arguments.resampled])
    left_out = leave_one_out(study.ratings, how, study.k, study.k)
    studies = join_studies([read_table(file) for file in arguments.null_studies])
    found = stability_tables([resampled, *left_out], studies, study.mats)
    for name in ("stability", "co_clustering", "assignment", "k_votes"):
        write_result(Path(arguments.out) / f"{name}.csv", getattr(found, name))
    print(
        f"{sum(resampled.votes.values())} bootstraps beside {studies['study'].nunique()} studies "
        "without clusters",
        file=sys.stderr,
    )
