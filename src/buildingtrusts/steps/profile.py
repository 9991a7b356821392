"""Describe what each cluster is like and how its trusts run."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--clusters", required=True, help="table of clusters")
    parser.add_argument("--scores", required=True, help="table of scores")
    parser.add_argument("--block", default="strategy", help="block that was clustered")
    parser.add_argument("--k", type=int, nargs="+", required=True, help="partitions to profile")
    parser.add_argument("--draws", type=int, default=1_000, help="bootstrap draws of the profiles")
    parser.add_argument(
        "--answers-per-mat", type=int, default=4, help="respondents a trust in a balanced sample"
    )
    parser.add_argument("--balanced-draws", type=int, default=1_000, help="balanced samples drawn")
    parser.add_argument(
        "--hybrid-from", type=float, default=4.0, help="centralisation from which a hybrid"
    )
    parser.add_argument(
        "--centralised-from", type=float, default=6.0, help="centralisation from which centralised"
    )
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--wave", required=True, help="name of the wave, for its random stream")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``profiles, ceo, effectiveness, standardisation, operating_model`` as tables."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.effectiveness import summarise_effectiveness
    from buildingtrusts.statistics.operating_model import ceo_answers, place_trusts
    from buildingtrusts.statistics.profiles import profile_clusters
    from buildingtrusts.statistics.standardisation import summarise_standardisation
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.study.randomness import task_generator

    codebook = read_wave_codebook(arguments.codebook)
    responses = read_table(arguments.responses)
    clusters = read_table(arguments.clusters)
    partitions = {
        k: dict(zip(of_k["mat_id"], of_k["cluster"].tolist(), strict=True))
        for k, of_k in clusters.groupby("k")
        if k in arguments.k
    }
    mats = list(dict.fromkeys(clusters["mat_id"]))
    items = [(item.block, item.item) for item in codebook.items]
    seed, wave = arguments.seed, arguments.wave
    tables = {
        "profiles": profile_clusters(
            responses, items, partitions, arguments.draws, task_generator(seed, wave, "profiles")
        ),
        "ceo": ceo_answers(
            responses, [pair for pair in items if pair[0] in (arguments.block, "operations")]
        ),
        "effectiveness": summarise_effectiveness(read_table(arguments.scores), mats),
        "standardisation": summarise_standardisation(
            responses,
            [pair for pair in items if pair[0] == "standardisation"],
            mats,
            arguments.answers_per_mat,
            arguments.balanced_draws,
            task_generator(seed, wave, "balanced sample"),
        ),
        "operating_model": place_trusts(
            responses,
            [item.column for item in codebook.block("operations")],
            arguments.hybrid_from,
            arguments.centralised_from,
        ),
    }
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
