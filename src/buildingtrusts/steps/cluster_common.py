"""Cluster a wave on the items that all waves asked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.flags import Choices, add_waves, choices_of
from buildingtrusts.study.provenance import may_be_named_after

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.statistics.partitions import Partitions
    from buildingtrusts.statistics.tracking import Scale


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_waves(parser, "the waves up to the one that is clustered, which comes last")
    parser.add_argument(
        "--item",
        action="append",
        required=True,
        nargs=4,
        metavar=("COLUMN", "NAME", "LOW", "HIGH"),
        help="a common item: the wave's column, its name in the first wave, and the ends of the "
        "first wave's scale ('none' without bounds); repeat for each",
    )
    parser.add_argument(
        "--min-responses", type=int, default=5, help="responses a clustered trust needs"
    )
    parser.add_argument("--k", type=int, nargs="+", required=True, help="numbers of clusters")
    parser.add_argument(
        "--answers", required=True, help="file for the answers under the first wave's names"
    )
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write the answers to the common items, ``sample.csv`` and the tables of the clustering.

    A wave whose trusts cannot be clustered on these items gets tables without rows; the log says
    why.
    """
    from buildingtrusts.output.tables import read_table, write_result, write_table
    from buildingtrusts.statistics.aggregation import sample_table, select_trusts
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.survey.clustered_waves import (
        ClusteredWave,
        cluster_types,
        typed_clusters,
    )

    *before, own = arguments.wave
    choices = choices_of(arguments)[own.name]
    codebook = read_wave_codebook(own.processed / "codebook.csv")
    names = [name for _, name, *_ in arguments.item]
    scales = [_scale(low, high) for *_, low, high in arguments.item]
    answers = _carried(
        read_table(own.processed / "responses.csv"),
        {item.column: item.ends for item in codebook.items},
        arguments.item,
        scales,
    )
    selection = select_trusts(answers, names, arguments.min_responses)
    tables = _tables(answers, names, selection.clustered, choices, arguments.k)
    wave = ClusteredWave(own.name, tables.pop("cuts"), answers)
    earlier = [
        ClusteredWave(
            one.name,
            read_table(one.common / "clusters.csv"),
            read_table(one.processed / Path(arguments.answers).name),
        )
        for one in before
        if may_be_named_after(own.provenance, one.provenance)
    ]
    columns = ["mat_id", *names]
    types = cluster_types(
        wave, earlier, lambda one, other: (one.responses[columns], other.responses[columns], scales)
    )
    tables |= {
        "sample": sample_table(answers, selection),
        "clusters": typed_clusters(wave.clusters, types),
        "cluster_types": types,
    }
    write_table(arguments.answers, answers, ["respondent_id", "mat_id", "role", *names])
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)


def _scale(low: str, high: str) -> Scale | None:
    return None if low == "none" else (float(low), float(high))


def _carried(
    responses: pd.DataFrame,
    own: dict[str, Scale | None],
    items: Sequence[Sequence[str]],
    scales: Sequence[Scale | None],
) -> pd.DataFrame:
    """The answers to the common items under the first wave's names, on its scales."""
    from buildingtrusts.statistics.tracking import rescaled

    found = responses[["respondent_id", "mat_id", "role"]].copy()
    for (column, name, *_), scale in zip(items, scales, strict=True):
        found[name] = rescaled(responses[column].to_numpy(dtype=float), own[column], scale)
    return found


def _tables(
    answers: pd.DataFrame,
    names: Sequence[str],
    mats: Sequence[str],
    choices: Choices,
    wanted: Sequence[int],
) -> dict[str, pd.DataFrame]:
    """The clustering as tables, which are empty if these trusts cannot be clustered so."""
    import pandas as pd

    from buildingtrusts.output.contracts import COMMON_TABLES, PROCESSED_TABLES, WAVE_TABLES

    possible = [k for k in wanted if k < len(mats)]
    said = f"{len(mats)} trusts on {len(names)} common items"
    if not possible:
        print(f"{said}: too few for {min(wanted)} clusters, so none are made", file=sys.stderr)
    else:
        try:
            found = _partitions(answers, names, mats, choices, possible).tables()
        except ValueError as error:
            print(f"{said}: they cannot be clustered so: {error}", file=sys.stderr)
        else:
            print(f"{said}, k = {possible}", file=sys.stderr)
            return found
    contracts = {**{name: WAVE_TABLES[name] for name in COMMON_TABLES}, **PROCESSED_TABLES}
    made = ("linkage", "leaf_order", "cuts", "silhouettes", "partitions")
    return {name: pd.DataFrame(columns=list(contracts[name].columns)) for name in made}


def _partitions(
    answers: pd.DataFrame,
    names: Sequence[str],
    mats: Sequence[str],
    choices: Choices,
    k: Sequence[int],
) -> Partitions:
    from buildingtrusts.statistics.aggregation import clustering_scores
    from buildingtrusts.statistics.linkage import build_tree, scale
    from buildingtrusts.statistics.partitions import partition_tree

    centred = choices.scaling == "respondent_centred"
    scores = clustering_scores(answers, names, mats, choices.statistic, centred)
    tree = build_tree(scores, mats, choices.linkage, choices.metric, choices.scaling)
    return partition_tree(tree, k, scale(scores, choices.scaling))
