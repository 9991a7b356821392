"""Ask how many clusters there are, and what clusters around medoids look like."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_clustered_answers, add_random_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_clustered_answers(parser)
    parser.add_argument(
        "--draws",
        type=int,
        default=500,
        help="samples from each null of the gap statistic, and splits in half; 2 or more",
    )
    add_random_stream(parser)
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``k_indices.csv``, ``medoids.csv`` and ``medoid_partitions.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.k_choice import choose_k
    from buildingtrusts.statistics.linkage import build_tree, scale
    from buildingtrusts.statistics.medoids import compare_medoids
    from buildingtrusts.statistics.partitions import partition_tree
    from buildingtrusts.study.randomness import task_generator

    def stream(task: str) -> np.random.Generator:
        return task_generator(arguments.seed, arguments.wave, "evidence", task)

    clusters = read_table(arguments.clusters)
    mats = list(dict.fromkeys(clusters["mat_id"]))
    k = sorted(set(arguments.k) & set(clusters["k"].tolist()))
    scores = scale(_scores(arguments, mats), arguments.scaling)
    tree = build_tree(scores, mats, arguments.linkage, arguments.metric)
    parts = partition_tree(tree, k, scores)
    indices = choose_k(parts, scores, arguments.metric, arguments.draws, stream)
    tables = {"k_indices": indices.table(), **compare_medoids(tree, k).tables()}
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
    _say(f"{arguments.draws} draws, k = {k}; most votes for {indices.vote().chosen} clusters")


def _scores(arguments: argparse.Namespace, mats: Sequence[str]) -> NDArray[np.float64]:
    """The scores that the cluster step clustered."""
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.aggregation import clustering_scores
    from buildingtrusts.study.codebook import read_wave_codebook

    codebook = read_wave_codebook(arguments.codebook)
    return clustering_scores(
        read_table(arguments.responses),
        [item.column for item in codebook.clustered_block(arguments.block, arguments.codebook)],
        mats,
        arguments.statistic,
        centred=arguments.scaling == "respondent_centred",
    )


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
