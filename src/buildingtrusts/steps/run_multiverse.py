"""Cluster the wave in every defensible way, one part of all ways a call."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_part, add_random_stream, add_specification
from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    from buildingtrusts.statistics.multiverse import Grid, Study

_LINKAGES = ("average", "complete", "single", "ward")
_METRICS = ("euclidean", "manhattan", "correlation")
_SCALINGS = ("none", "zscore", "respondent_centred")
_STATISTICS = ("mean", "median")
_ROLES = ("all", "without_ceo", "role_standardised")
_ANSWERS = ("available", "complete")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--clusters", required=True, help="table of clusters")
    add_specification(parser)
    parser.add_argument("--min-responses", type=int, default=5, help="as in the aggregate step")
    parser.add_argument(
        "--report-k",
        type=int,
        nargs="+",
        required=True,
        help="numbers of clusters reported; those not in the table of clusters are left out",
    )
    for flag, choices in (
        *(("linkage", _LINKAGES), ("metric", _METRICS), ("scaling", _SCALINGS)),
        *(("statistic", _STATISTICS), ("roles", _ROLES), ("answers", _ANSWERS)),
    ):
        parser.add_argument(
            f"--grid-{flag}", nargs="+", choices=choices, default=choices, help="choices crossed"
        )
    for flag, numbers in (("min-responses", range(3, 11)), ("k", range(2, 7))):
        parser.add_argument(
            f"--grid-{flag}", type=int, nargs="+", default=list(numbers), help="choices crossed"
        )
    parser.add_argument("--draws", type=int, default=200, help="studies without clusters of each")
    add_part(parser)
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="file for the part")


def run(arguments: argparse.Namespace) -> None:
    """Write one part of the multiverse, what was left out and why included."""
    import numpy as np

    from buildingtrusts.output.tables import write_table
    from buildingtrusts.statistics.multiverse import EXCLUDED_COLUMNS, explore
    from buildingtrusts.study.randomness import task_generator

    def stream(sample: str) -> np.random.Generator:
        return task_generator(arguments.seed, arguments.wave, "evidence", "multiverse", sample)

    rows = explore(
        *(_study(arguments), _grid(arguments), arguments.draws, stream),
        *(arguments.part, arguments.parts),
    )
    write_table(arguments.out, rows, EXCLUDED_COLUMNS)
    left_out = int(rows["reason"].notna().sum())
    print(
        f"part {arguments.part} of {arguments.parts}: {len(rows) - left_out} specifications with "
        f"{arguments.draws} draws each, {left_out} that make no sense",
        file=sys.stderr,
        flush=True,
    )


def _grid(arguments: argparse.Namespace) -> Grid:
    from buildingtrusts.statistics.multiverse import AXES, Grid

    try:
        return Grid(**{axis: tuple(getattr(arguments, f"grid_{axis}")) for axis in AXES})
    except ValueError as error:
        raise InputProblems(
            [
                Problem(
                    "the flags --grid-...",
                    f"These choices cannot be crossed: {error}",
                    "Change 'multiverse' in config.yaml.",
                )
            ]
        ) from None


def _study(arguments: argparse.Namespace) -> Study:
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.multiverse import Report, Study
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.survey.ratings import scale_of

    codebook = read_wave_codebook(arguments.codebook)
    items = codebook.clustered_block(arguments.block, arguments.codebook)
    clusters = read_table(arguments.clusters)
    made = set(clusters["k"])
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    return Study(
        responses=read_table(arguments.responses),
        columns=tuple(item.column for item in items),
        scales=tuple(map(scale_of, items)),
        clusters=clusters,
        report=Report(
            how, arguments.min_responses, tuple(k for k in arguments.report_k if k in made)
        ),
    )
