"""Say which type each cluster of a wave is, by the clusters of the waves before."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from buildingtrusts.study.flags import WaveFolders, add_waves, choices_of
from buildingtrusts.study.provenance import may_be_named_after


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_waves(parser, "the waves up to the one whose clusters are typed, which comes last")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``clusters.csv`` and ``cluster_types.csv``."""
    from buildingtrusts.output.tables import read_table, write_result
    from buildingtrusts.study.codebook import read_wave_codebook
    from buildingtrusts.study.common_items import common_block, trace_items
    from buildingtrusts.survey.clustered_waves import (
        ClusteredWave,
        Comparable,
        cluster_types,
        comparable_answers,
        typed_clusters,
    )

    blocks = {name: choices.block for name, choices in choices_of(arguments).items()}
    *before, own = arguments.wave
    traced = trace_items(
        {one.name: read_wave_codebook(one.processed / "codebook.csv") for one in arguments.wave},
        str(own.processed / "codebook.csv"),
    )

    def read(folders: WaveFolders, clusters: Path) -> ClusteredWave:
        responses = read_table(folders.processed / "responses.csv")
        return ClusteredWave(folders.name, read_table(clusters), responses)

    def compare(earlier: ClusteredWave, later: ClusteredWave) -> Comparable:
        names = (earlier.name, later.name)
        shared = common_block(traced, {name: blocks[name] for name in names})
        return comparable_answers(shared, earlier, later)

    wave = read(own, own.processed / "cuts.csv")
    named = [one for one in before if may_be_named_after(own.provenance, one.provenance)]
    earlier = [read(one, one.tables / "clusters.csv") for one in named]
    types = cluster_types(wave, earlier, compare)
    write_result(Path(arguments.out) / "cluster_types.csv", types)
    write_result(Path(arguments.out) / "clusters.csv", typed_clusters(wave.clusters, types))
    matched = ", ".join(types["matched_wave"].dropna().unique()) or "no earlier wave"
    print(f"the clusters of {own.name} are matched to those of {matched}", file=sys.stderr)
