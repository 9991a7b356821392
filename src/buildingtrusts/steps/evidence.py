"""Ask whether the clusters are more than noise, and whether they would come back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from buildingtrusts.statistics.nulls import Ratings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("--responses", required=True, help="tidy responses")
    parser.add_argument("--codebook", required=True, help="the wave's codebook")
    parser.add_argument("--clusters", required=True, help="table of clusters")
    parser.add_argument("--block", default="strategy", help="block that was clustered")
    parser.add_argument("--linkage", default="average", help="as in the cluster step")
    parser.add_argument("--metric", default="euclidean", help="as in the cluster step")
    parser.add_argument("--scaling", default="none", help="as in the cluster step")
    parser.add_argument("--statistic", default="mean", help="as in the cluster step")
    parser.add_argument(
        "--k",
        type=int,
        nargs="+",
        required=True,
        help="numbers of clusters; those not in the table of clusters are left out",
    )
    parser.add_argument("--draws", type=int, default=10_000, help="draws of each null, bootstraps")
    parser.add_argument("--null-studies", type=int, default=200, help="studies without clusters")
    parser.add_argument("--null-draws", type=int, default=200, help="bootstraps of each of them")
    parser.add_argument("--provenance", required=True, help="of the wave")
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--wave", required=True, help="name of the wave, for its random streams")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``nulls, stability, co_clustering, assignment, k_votes, verdict`` as tables."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.statistics.nulls import (
        NULLS,
        Specification,
        draw_null,
        evaluate,
        null_table,
        observed_scores,
    )
    from buildingtrusts.statistics.permanova import permanova
    from buildingtrusts.statistics.stability import (
        leave_one_out,
        null_stability,
        resample_respondents,
        stability_tables,
    )
    from buildingtrusts.statistics.verdict import gather_evidence, judge
    from buildingtrusts.study.randomness import task_generator

    def stream(task: str) -> np.random.Generator:
        return task_generator(arguments.seed, arguments.wave, "evidence", task)

    clusters = read_table(arguments.clusters)
    mats = list(dict.fromkeys(clusters["mat_id"]))
    k = [one for one in arguments.k if one in set(clusters["k"])]
    ratings = _ratings(arguments, mats)
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    draws = arguments.draws
    observed = evaluate(observed_scores(ratings, how)[None], k, how)
    drawn = {name: draw_null(name, ratings, how, k, draws, stream(name)) for name in NULLS}
    nulls = null_table(observed, drawn, len(mats))
    _say(f"{draws} draws of each of {len(drawn)} nulls, k = {k}")
    resampled = resample_respondents(ratings, how, k, k, draws, stream("respondents"))
    studies = null_stability(
        ratings, how, k, arguments.null_studies, arguments.null_draws, stream("null studies")
    )
    stability = stability_tables([resampled, *leave_one_out(ratings, how, k, k)], studies, mats)
    _say(f"{draws} bootstraps beside {arguments.null_studies} studies without clusters")
    differ = permanova(ratings.answers, _trust_of_row(ratings), draws, stream("permanova"))
    verdict = judge(
        gather_evidence(nulls, stability.stability, clusters, differ.chance.p_value),
        arguments.wave,
        arguments.provenance,
    )
    tables = {
        "nulls": nulls,
        "stability": stability.stability,
        "co_clustering": stability.co_clustering,
        "assignment": stability.assignment,
        "k_votes": stability.k_votes,
        "verdict": verdict.table(),
    }
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
    _say(verdict.sentence)


def _ratings(arguments: argparse.Namespace, mats: list[str]) -> Ratings:
    import numpy as np

    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.nulls import gather_ratings
    from buildingtrusts.study.codebook import read_wave_codebook

    codebook = read_wave_codebook(arguments.codebook)
    items = codebook.clustered_block(arguments.block, arguments.codebook)
    responses = read_table(arguments.responses)
    chosen = responses[responses["mat_id"].isin(mats)]
    number = {mat: place for place, mat in enumerate(mats)}
    return gather_ratings(
        chosen[[item.column for item in items]].to_numpy(dtype=float, na_value=np.nan),
        chosen["mat_id"].map(number).to_numpy(dtype=np.int64),
        [
            None
            if item.minimum is None or item.maximum is None or item.step is None
            else (item.minimum, item.maximum, item.step)
            for item in items
        ],
    )


def _trust_of_row(ratings: Ratings) -> NDArray[np.int64]:
    import numpy as np

    return np.repeat(np.arange(len(ratings.sizes)), ratings.sizes)


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
