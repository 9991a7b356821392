"""Place new trusts among the clusters of a finished wave."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.choices import Study
from buildingtrusts.study.codebook import Item, read_wave_codebook
from buildingtrusts.study.configuration import load_study, load_waves
from buildingtrusts.study.contents import content_of
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import stamp
from buildingtrusts.study.wave import Wave
from buildingtrusts.study.yaml_files import read_yaml

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from buildingtrusts.statistics.assignment import Placement
    from buildingtrusts.statistics.ratings import Ratings, Specification
    from buildingtrusts.survey.new_trusts import NewTrusts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument("wave", metavar="WAVE", help="name of a finished wave")
    parser.add_argument(
        "file",
        metavar="FILE",
        help="CSV of new trusts' ratings: mat_id and columns <block>__<item>, with a row for each "
        "respondent, or a row for each trust that holds its average ratings",
    )
    parser.add_argument("--config", default="config/config.yaml", help="configuration of the study")
    parser.add_argument(
        "--k", type=int, help="number of clusters; by default the last that is reported"
    )
    parser.add_argument("--draws", type=int, default=1_000, help="bootstraps of respondents")
    parser.add_argument("--out", required=True, metavar="FILE", help="table to write")


def run(arguments: argparse.Namespace) -> None:
    """Write the table of new trusts and clusters, and say in words where each trust belongs.

    Everything is checked before anything is written.
    """
    from buildingtrusts.output.tables import write_table
    from buildingtrusts.statistics.assignment import PLACEMENT_COLUMNS, placement_table
    from buildingtrusts.survey.new_trusts import new_trusts

    _check_draws(arguments.draws)
    study = load_study(read_yaml(Path(arguments.config)), arguments.config)
    wave = _declared(study, arguments.wave)
    finished = _finished(study, wave, arguments.k)
    new = new_trusts(content_of(arguments.file), arguments.file, finished.items, wave)
    placements = _placements(study, wave, finished, new, arguments.draws)
    table = placement_table(placements).assign(wave=wave.wave)
    write_table(arguments.out, table, [*PLACEMENT_COLUMNS, "wave"])
    for note in new.notes:
        print(note, file=sys.stderr)
    for sentence in _preamble(wave, finished, new):
        print(sentence)
    for mat, placement in placements.items():
        print(_sentence(mat, placement, finished, new, wave))


@dataclass(frozen=True)
class _Finished:
    """What a new trust is held against: the clustered trusts, their answers and clusters."""

    k: int
    items: tuple[Item, ...]
    clusters: Mapping[str, int]
    labels: NDArray[np.int64]
    ratings: Ratings
    respondents: Mapping[str, int]
    specification: Specification


def _check_draws(draws: int) -> None:
    if draws < 1:
        raise InputProblems(
            [Problem("--draws", "Draws are counted from 1.", "Ask for 1000.", value=str(draws))]
        )


def _declared(study: Study, name: str) -> Wave:
    folder = Path(study.paths.config) / "waves"
    waves = load_waves(folder)
    if name not in waves:
        raise InputProblems(
            [
                Problem(
                    str(folder),
                    f"A wave is one of: {', '.join(waves)}.",
                    "Correct the name, or name another configuration by --config.",
                    value=name,
                )
            ]
        )
    return waves[name]


def _finished(study: Study, wave: Wave, wanted: int | None) -> _Finished:
    """Read the wave's answers and clusters."""
    import numpy as np

    from buildingtrusts.output.tables import read_table
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.survey.ratings import clustered_ratings

    tidy = Path(study.paths.processed) / wave.wave
    files = {
        "clusters": Path(study.paths.results) / wave.wave / "tables" / "clusters.csv",
        "responses": tidy / "responses.csv",
        "codebook": tidy / "codebook.csv",
    }
    raise_if_any(
        Problem(
            str(file),
            "A finished wave has this file; it does not exist.",
            "Run the study first, by: snakemake --cores 2",
        )
        for file in files.values()
        if not file.is_file()
    )
    clusters, responses = read_table(files["clusters"]), read_table(files["responses"])
    k = _partition(clusters, wave, wanted, files["clusters"])
    choices = wave.cluster
    items = read_wave_codebook(files["codebook"]).clustered_block(
        choices.block, str(files["codebook"])
    )
    found = clustered_ratings(responses, items, clusters, [k])
    at_k = clusters[clusters["k"] == k]
    cluster = dict(zip(at_k["mat_id"], at_k["cluster"].astype(int), strict=True))
    return _Finished(
        k,
        items,
        cluster,
        np.array([cluster[mat] for mat in found.mats], dtype=np.int64),
        found.ratings,
        responses["mat_id"].value_counts().to_dict(),
        Specification(choices.linkage, choices.metric, choices.scaling, choices.statistic),
    )


def _partition(clusters: pd.DataFrame, wave: Wave, wanted: int | None, file: Path) -> int:
    """The number of clusters asked for, or the last reported one that was made."""
    made = sorted(set(clusters["k"]))
    if wanted is None:
        reported = [k for k in wave.cluster.report_k if k in made]
        return int((reported or made)[-1])
    if wanted not in made:
        raise InputProblems(
            [
                Problem(
                    str(file),
                    f"k is a number of clusters that was made: {', '.join(map(str, made))}.",
                    "Correct --k, or add the number to 'cluster: k' in the wave's file and run "
                    "the study again.",
                    value=str(wanted),
                )
            ]
        )
    return wanted


def _placements(
    study: Study, wave: Wave, finished: _Finished, new: NewTrusts, draws: int
) -> dict[str, Placement]:
    from buildingtrusts.statistics.assignment import place_trust
    from buildingtrusts.study.randomness import task_generator

    placements: dict[str, Placement] = {}
    problems: list[Problem] = []
    for mat, answers in new.answers.items():
        # A stream a trust: what stands beside it in the file does not move its probability.
        rng = task_generator(study.seed, wave.wave, "assign", mat)
        try:
            placements[mat] = place_trust(
                finished.ratings, finished.labels, answers, finished.specification, draws, rng
            )
        except ValueError as error:
            problems.append(
                Problem(
                    new.file,
                    f"This trust cannot be placed: {error}",
                    "Leave it out of the file.",
                    column="mat_id",
                    value=mat,
                )
            )
    raise_if_any(problems)
    return placements


def _preamble(wave: Wave, finished: _Finished, new: NewTrusts) -> Iterator[str]:
    """What has to be known to read the sentences on the trusts."""
    made_up = stamp([wave.provenance])
    if made_up:
        yield f"{made_up}. New trusts are placed among the clusters of {wave.wave}."
    if new.averages:
        yield (
            f"The file's rows are read as each trust's {finished.specification.statistic}s. "
            "Without the answers of its staff only the wave's own respondents are resampled, so "
            "that the probabilities leave out how uncertain the new trust's ratings are."
        )
    if finished.specification.linkage != "average":
        yield (
            f"The clusters were made by {finished.specification.linkage} linkage; a new trust is "
            "placed by its average distance to their members all the same."
        )
    yield (
        "The limit of a cluster is the largest average distance of one of its members to the "
        "others; a trust beyond the limit of the nearest cluster belongs to none of these."
    )
    for cluster in range(1, finished.k + 1):
        members = [mat for mat, own in finished.clusters.items() if own == cluster]
        if len(members) == 1:
            yield (
                f"Cluster {cluster} is {members[0]} alone and has no limit of its own: the largest "
                "of the other clusters' stands for it."
            )


def _sentence(
    mat: str, placement: Placement, finished: _Finished, new: NewTrusts, wave: Wave
) -> str:
    """Where a trust belongs, how surely, and why."""
    nearest, own = placement.nearest, placement.cluster
    distance, limit = (
        f"{values[nearest - 1]:.3g}"
        for values in (placement.average_distances, placement.member_limits)
    )
    if own is None:
        reason = f"The nearest is cluster {nearest}, on average {distance} from its members, beyond"
    else:
        reason = f"It is on average {distance} from the members of cluster {own}, within"
    words = [
        f"{_introduced(mat, new)} {_named(own)}. {_odds(placement)}.",
        f"{reason} the limit of {limit}.",
        *_disagreements(placement),
        *_cautions(mat, finished, new, wave),
    ]
    return " ".join(words)


def _named(cluster: int | None) -> str:
    return "none of these clusters" if cluster is None else f"cluster {cluster}"


def _disagreements(placement: Placement) -> Iterator[str]:
    if placement.nearest_centroid != placement.nearest:
        yield (
            f"The nearest centroid is that of cluster {placement.nearest_centroid}; the average "
            "distance decides."
        )
    likeliest = placement.likeliest
    if likeliest != placement.cluster:
        why = (
            "takes small trusts farther from everything"
            if likeliest is None
            else "takes members farther from one another"
        )
        yield (
            f"The draws say most often {_named(likeliest)}: resampling adds sampling error to "
            f"scores that have it already, which {why}."
        )


def _introduced(mat: str, new: NewTrusts) -> str:
    heard = new.respondents[mat]
    if heard is None:
        return f"{mat}:"
    return f"{mat} ({_counted(heard, 'respondent')}):"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _odds(placement: Placement) -> str:
    names = [*(f"cluster {k}" for k in range(1, len(placement.shares))), "none of these"]
    seen = [
        f"{name} in {_percent(share)}"
        for name, share in zip(names, placement.shares, strict=True)
        if share > 0
    ]
    return f"Of {placement.draws:,} draws: {', '.join(seen)}"


def _percent(share: float) -> str:
    """A share that is not all or nothing never reads 100% or 0%."""
    if share < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < share < 1 else f"{share:.0%}"


def _cautions(mat: str, finished: _Finished, new: NewTrusts, wave: Wave) -> Iterator[str]:
    heard, needed = new.respondents[mat], wave.cluster.min_responses
    if heard is not None and heard < needed:
        yield f"The wave asked for {needed} respondents or more of a trust."
    if mat in finished.clusters:
        yield (
            f"A trust of this name is in the wave, in cluster {finished.clusters[mat]}: it is "
            "placed as if it were another, and the wave's own answers stay among the members'."
        )
    elif mat in finished.respondents:
        yield (
            "A trust of this name is in the wave and was not clustered; it had "
            f"{_counted(finished.respondents[mat], 'response')}."
        )
