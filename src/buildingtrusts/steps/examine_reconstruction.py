"""Make one reconstruction of an ensemble and judge it as a wave is judged."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import add_specification
from buildingtrusts.study.problems import InputProblems, Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from buildingtrusts.published.ensemble import Member
    from buildingtrusts.statistics.examination import Effort, Streams
    from buildingtrusts.statistics.ratings import Ratings, Specification
    from buildingtrusts.study.codebook import Codebook


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    published = Path("data/published")
    for flag, default, words in (
        ("--claims", published / "claims.csv", "the report's claims"),
        ("--crosstabs", published / "crosstabs.csv", "the printed cross-tabulations"),
        ("--targets", published / "targets.csv", "the claims to be fitted"),
    ):
        parser.add_argument(flag, type=Path, default=default, help=words)
    parser.add_argument("--codebook", type=Path, required=True, help="the wave's codebook")
    add_specification(parser)
    parser.add_argument("--k", type=int, nargs="+", required=True, help="numbers of clusters")
    parser.add_argument("--min-responses", type=int, default=5, help="of a clustered trust")
    parser.add_argument("--report-k", type=int, required=True, help="the reported partition")
    parser.add_argument("--first-seed", type=int, required=True, help="the first seed")
    parser.add_argument("--seeds", type=int, required=True, help="how many, one after the other")
    parser.add_argument("--within-sd", type=float, nargs="+", required=True, help="spreads to try")
    parser.add_argument("--count-skew", type=float, nargs="+", required=True, help="skews to try")
    parser.add_argument("--draws", type=int, default=2_000, help="of each null, and bootstraps")
    parser.add_argument("--null-studies", type=int, default=200, help="studies without clusters")
    parser.add_argument("--null-draws", type=int, default=100, help="bootstraps of each of them")
    parser.add_argument("--member", type=int, required=True, help="its number in the grid, from 1")
    parser.add_argument("--wave", required=True, help="the reconstructed wave")
    parser.add_argument("--out", required=True, help="file for the row of this reconstruction")


def run(arguments: argparse.Namespace) -> None:
    """Write one row of ``ensemble.csv``."""
    from buildingtrusts.output.contracts import EVIDENCE_TABLES
    from buildingtrusts.output.tables import write_table
    from buildingtrusts.published.claims import read_claims
    from buildingtrusts.published.ensemble import claims_of_survey, ensemble_members, fingerprint
    from buildingtrusts.published.reconstruction import reconstruct
    from buildingtrusts.published.targets import ReconstructionError
    from buildingtrusts.study.codebook import read_wave_codebook

    members = ensemble_members(
        arguments.first_seed, arguments.seeds, arguments.within_sd, arguments.count_skew
    )
    member = members[arguments.member - 1]
    paths = (arguments.claims, arguments.crosstabs, arguments.targets)
    claims, crosstabs, targets = (path.read_text(encoding="utf-8") for path in paths)
    codebook = read_wave_codebook(arguments.codebook)
    names = (str(paths[0]), str(paths[1]), str(paths[2]))
    try:
        made = reconstruct(
            read_claims(claims, crosstabs, targets, names),
            codebook,
            member.seed,
            member.within_sd,
            member.count_skew,
        )
    except ReconstructionError as error:
        raise InputProblems(
            [Problem(names[2], str(error), "Change 'ensemble' in the run's configuration.")]
        ) from None
    row = _row(arguments, member, made.responses, codebook)
    row["made_from"] = fingerprint(
        claims_of_survey(claims, arguments.wave.removesuffix("-reconstruction")),
        crosstabs,
        targets,
        arguments.codebook.read_text(encoding="utf-8"),
    )
    write_table(arguments.out, row, EVIDENCE_TABLES["ensemble"].columns)
    print(f"Reconstruction {member.member}: {row['verdict'].iloc[0]}", file=sys.stderr)


def _row(
    arguments: argparse.Namespace, member: Member, responses: pd.DataFrame, codebook: Codebook
) -> pd.DataFrame:
    """Everything about one reconstruction but what it was made from."""
    import pandas as pd

    from buildingtrusts.statistics.aggregation import select_trusts
    from buildingtrusts.statistics.agreement import agreement_table
    from buildingtrusts.statistics.examination import Effort, examine
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.statistics.verdict import judge
    from buildingtrusts.study.randomness import task_generator
    from buildingtrusts.survey.ratings import ratings_of

    items = codebook.clustered_block(arguments.block, str(arguments.codebook))
    columns = [item.column for item in items]
    mats = select_trusts(responses, columns, arguments.min_responses).clustered
    ratings = ratings_of(responses, items, mats)
    how = Specification(arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic)
    effort = Effort(arguments.draws, arguments.draws, arguments.null_studies, arguments.null_draws)

    def streams(task: str) -> np.random.Generator:
        return task_generator(member.seed, arguments.wave, "ensemble", str(member.member), task)

    k = [one for one in arguments.k if one < len(mats)]
    evidence = examine(ratings, how, k, effort, streams)
    verdict = judge(evidence, arguments.wave, "reconstruction")
    names = [(item.block, item.item) for item in items]
    agreement = agreement_table(responses, names, [None] * len(names), mats)
    clustered = agreement[agreement["mats"] == "clustered"]
    return pd.DataFrame(
        {
            "wave": arguments.wave,
            "member": member.member,
            "seed": member.seed,
            "within_sd": member.within_sd,
            "count_skew": member.count_skew,
            "n_mats": len(mats),
            "icc1_median": clustered["icc1"].median(),
            "permanova_p": evidence.permanova_p,
            "k": evidence.k,
            "p_value": evidence.silhouette_p,
            "jaccard_min": min(evidence.jaccards),
            "jaccard_null_q95": evidence.null_points[0],
            "smallest_cluster": min(evidence.sizes),
            "verdict": verdict.verdict,
            "rule_version": verdict.rule_version,
            "draws": arguments.draws,
            "null_studies": arguments.null_studies,
            "null_draws": arguments.null_draws,
            **_reported(arguments.report_k, ratings, how, effort, streams),
        },
        index=[0],
    )


def _reported(
    report_k: int,
    ratings: Ratings,
    how: Specification,
    effort: Effort,
    streams: Streams,
) -> dict[str, float]:
    """The same evidence at the reported number of clusters alone."""
    from buildingtrusts.statistics.examination import examine

    found = examine(ratings, how, [report_k], effort, streams)
    return {
        "report_k": report_k,
        "report_p_value": found.silhouette_p,
        "report_jaccard_min": min(found.jaccards),
        "report_jaccard_null_q95": found.null_points[0],
    }
