"""Follow clusters, trusts and answers from wave to wave."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import load_codebook
from buildingtrusts.study.flags import WaveFolders, add_specification, wave_folders
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.study.randomness import task_generator
from buildingtrusts.survey.common_items import TracedItem, common_items, trace_items

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from buildingtrusts.statistics.nulls import Specification
    from buildingtrusts.statistics.tracking import Matching, Stratum

ROLES = ("ceo", "central_team", "school_leader")
#: The attribute by whose levels change is told too, where a wave has it.
AGE = "trust_age"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--wave",
        action="append",
        required=True,
        type=wave_folders,
        metavar="NAME=PROVENANCE=TABLES=PROCESSED",
        help="a wave, where its answers come from, and its two folders; repeat for each wave, in "
        "order of date",
    )
    parser.add_argument("--codebook", required=True, help="the codebook of all waves")
    add_specification(parser)
    parser.add_argument(
        "--k",
        type=int,
        nargs="+",
        required=True,
        help="numbers of clusters; for each, the waves that have so many are compared",
    )
    parser.add_argument("--draws", type=int, default=1_000, help="bootstraps of each interval")
    parser.add_argument(
        "--placement-draws", type=int, default=1_000, help="bootstraps of each new trust's staff"
    )
    parser.add_argument("--seed", type=int, required=True, help="the study's seed")
    parser.add_argument("--out", required=True, help="folder for the tables")


def run(arguments: argparse.Namespace) -> None:
    """Write ``transitions, wave_agreement, changes, types`` and ``new_trusts`` as CSV.

    The flags on how waves were clustered are those of the earlier wave of each pair, among whose
    clusters new trusts are placed.
    """
    from buildingtrusts.output.tables import write_table
    from buildingtrusts.statistics.assignment import PLACEMENT_COLUMNS
    from buildingtrusts.statistics.tracking import (
        AGREEMENT_COLUMNS,
        CHANGE_COLUMNS,
        TRANSITION_COLUMNS,
        TYPE_COLUMNS,
    )

    _check_flags(arguments)
    waves = [_read_wave(folders) for folders in arguments.wave]
    traced = _traced(arguments, waves)
    series = [_Series(k, [wave for wave in waves if k in wave.made]) for k in arguments.k]
    block = partial(_block, traced, arguments.block)
    transitions, agreement = _moves(series)
    columns = (*("from_wave", "to_wave"), *PLACEMENT_COLUMNS)
    tables = {
        "transitions": (transitions, TRANSITION_COLUMNS),
        "wave_agreement": (agreement, AGREEMENT_COLUMNS),
        "changes": (_changes(waves, traced, arguments), CHANGE_COLUMNS),
        "types": (_types(series, block), TYPE_COLUMNS),
        "new_trusts": (_new_trusts(series, block, arguments, columns), columns),
    }
    for name, (table, contract) in tables.items():
        write_table(Path(arguments.out) / f"{name}.csv", table, contract)
    for earlier, later in pairwise(waves):
        shared = common_items(traced, [earlier.name, later.name])
        print(
            f"{earlier.name} to {later.name}: {len(shared)} common items, "
            f"{len(block(earlier, later))} of them in the block {arguments.block}",
            file=sys.stderr,
        )


@dataclass(frozen=True)
class _Wave:
    """A wave's tables, as far as they are needed here."""

    name: str
    processed: Path
    clusters: pd.DataFrame
    responses: pd.DataFrame
    ages: dict[str, str]
    age_levels: tuple[str, ...]

    @property
    def made(self) -> set[int]:
        return set(self.clusters["k"])

    def cluster_of(self, k: int) -> dict[str, int]:
        at_k = self.clusters[self.clusters["k"] == k]
        return dict(zip(at_k["mat_id"], at_k["cluster"].astype(int), strict=True))


@dataclass(frozen=True)
class _Series:
    """The waves that have k clusters, in order of date."""

    k: int
    waves: Sequence[_Wave]

    @property
    def pairs(self) -> list[tuple[_Wave, _Wave]]:
        return list(pairwise(self.waves))


def _check_flags(arguments: argparse.Namespace) -> None:
    names = [wave.name for wave in arguments.wave]
    problems = [
        Problem("--wave", "Each wave is given once.", "Delete the repeated flag.", value=name)
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    for flag, draws in (
        ("--draws", arguments.draws),
        ("--placement-draws", arguments.placement_draws),
    ):
        if draws < 1:
            problems.append(
                Problem(flag, "Draws are counted from 1.", "Ask for 1000.", value=str(draws))
            )
    raise_if_any(problems)


def _read_wave(folders: WaveFolders) -> _Wave:
    from buildingtrusts.output.tables import read_table

    ages: dict[str, str] = {}
    levels: tuple[str, ...] = ()
    attributes = folders.processed / "attributes.csv"
    if attributes.is_file():
        listed = read_table(attributes, text=True)
        levels = tuple(listed.loc[listed["attribute"] == AGE, "level"])
    if levels:
        trusts = read_table(folders.processed / "trusts.csv", text=True)
        ages = dict(zip(trusts["mat_id"], trusts[AGE], strict=True))
        # A missing attribute is a level of its own, which is not declared.
        levels += tuple(sorted(set(ages.values()) - set(levels)))
    return _Wave(
        folders.name,
        folders.processed,
        read_table(folders.tables / "clusters.csv"),
        read_table(folders.processed / "responses.csv"),
        ages,
        levels,
    )


def _traced(arguments: argparse.Namespace, waves: Sequence[_Wave]) -> tuple[TracedItem, ...]:
    """Items over time; every item that two waves share has its column in their answers."""
    codebooks = load_codebook(arguments.codebook, [wave.name for wave in waves], True)
    traced = trace_items(codebooks, arguments.codebook, _lines(arguments.codebook))
    raise_if_any(
        Problem(
            str(wave.processed / "responses.csv"),
            f"The codebook's items have columns; '{one.asked[wave.name].column}' has none.",
            "Ingest the wave again, or give the status 'dropped' to an item that it did not ask.",
        )
        for wave in waves
        for one in traced
        if wave.name in one.asked
        and len(one.asked) > 1
        and one.asked[wave.name].column not in wave.responses
    )
    return traced


def _lines(codebook: str) -> dict[tuple[str, str, str], int]:
    """The line on which each item of each wave starts."""
    found: dict[tuple[str, str, str], int] = {}
    with Path(codebook).open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        start = 1
        for fields in reader:
            if len(fields) > 2:
                wave, block, item = (field.strip() for field in fields[:3])
                found[wave, block, item] = start
            start = reader.line_num + 1
    return found


def _block(
    traced: Sequence[TracedItem], block: str, earlier: _Wave, later: _Wave
) -> tuple[TracedItem, ...]:
    """The items of the clustered block that both waves asked."""
    names = (earlier.name, later.name)
    return tuple(
        one
        for one in common_items(traced, names)
        if all(one.asked[name].block == block for name in names)
    )


def _answers_on_earlier_scale(
    shared: Sequence[TracedItem], earlier: _Wave, later: _Wave
) -> pd.DataFrame:
    """The later wave's answers to common items: ``mat_id, role`` and the later wave's columns."""
    from buildingtrusts.statistics.tracking import rescaled

    found = later.responses[["mat_id", "role"]].copy()
    for one in shared:
        column = one.asked[later.name].column
        values = later.responses[column].to_numpy(dtype=float)
        found[column] = rescaled(values, one.scale(later.name), one.scale(earlier.name))
    return found


def _moves(series: Sequence[_Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who moved between the clusters of successive waves, and how far partitions agree."""
    import pandas as pd

    from buildingtrusts.statistics.tracking import (
        AGREEMENT_COLUMNS,
        TRANSITION_COLUMNS,
        compare_waves,
    )

    moves: list[tuple[object, ...]] = []
    agreement: list[tuple[object, ...]] = []
    for one in series:
        for earlier, later in one.pairs:
            key = (earlier.name, later.name, one.k)
            found = compare_waves(earlier.cluster_of(one.k), later.cluster_of(one.k))
            moves += [
                (*key, row + 1, column + 1, int(found.counts[row, column]))
                for row in range(found.counts.shape[0])
                for column in range(found.counts.shape[1])
            ]
            agreement.append((*key, found.n_mats, found.adjusted_rand))
    return (
        pd.DataFrame(moves, columns=list(TRANSITION_COLUMNS)),
        pd.DataFrame(agreement, columns=list(AGREEMENT_COLUMNS)),
    )


def _types(series: Sequence[_Series], block: partial[tuple[TracedItem, ...]]) -> pd.DataFrame:
    """The type of each wave's clusters: those of a wave alone are its own."""
    import pandas as pd

    from buildingtrusts.statistics.tracking import TYPE_COLUMNS, type_clusters

    rows: list[tuple[object, ...]] = []
    for one in series:
        if not one.waves:
            continue
        matchings = [_matching(one.k, block(*pair), *pair) for pair in one.pairs]
        first_k = max(one.waves[0].cluster_of(one.k).values())
        for wave, types in zip(one.waves, type_clusters(first_k, matchings), strict=True):
            members = list(wave.cluster_of(one.k).values())
            rows += [
                (wave.name, one.k, place + 1, type_id, members.count(place + 1))
                + (float(types.distances[place]), types.nearest[place])
                for place, type_id in enumerate(types.type_ids)
            ]
    return pd.DataFrame(rows, columns=list(TYPE_COLUMNS)).astype({"nearest_type": "Int64"})


def _matching(k: int, shared: Sequence[TracedItem], earlier: _Wave, later: _Wave) -> Matching:
    """Clusters of two waves, by the distances of their centroids on the common items."""
    import numpy as np

    from buildingtrusts.statistics.tracking import centroids, in_common_units, match_clusters

    scores, labels = [], []
    answers = _answers_on_earlier_scale(shared, earlier, later)
    for wave, given in ((earlier, earlier.responses), (later, answers)):
        cluster = wave.cluster_of(k)
        columns = [one.asked[wave.name].column for one in shared]
        means = given.groupby("mat_id")[columns].mean().loc[list(cluster)] if columns else None
        empty = np.zeros((len(cluster), 0))
        scores.append(empty if means is None else means.to_numpy(dtype=float))
        labels.append(np.array(list(cluster.values()), dtype=np.int64))
    units = [one.scale(earlier.name) for one in shared]
    middles = [
        centroids(values, of)
        for values, of in zip(in_common_units(scores[0], scores[1], units), labels, strict=True)
    ]
    # An item that a whole cluster left out places nobody.
    known = ~np.isnan(np.vstack(middles)).any(axis=0)
    return match_clusters(middles[0][:, known], middles[1][:, known])


def _changes(
    waves: Sequence[_Wave], traced: Sequence[TracedItem], arguments: argparse.Namespace
) -> pd.DataFrame:
    """The change of every common item, in the earlier wave's points and under the later's name."""
    import pandas as pd

    from buildingtrusts.statistics.tracking import CHANGE_COLUMNS, change_table

    parts = []
    for earlier, later in pairwise(waves):
        shared = common_items(traced, [earlier.name, later.name])
        names = {one.asked[earlier.name].column: one.asked[later.name].column for one in shared}
        before = earlier.responses[["mat_id", "role", *names]].rename(columns=names)
        part = change_table(
            before,
            _answers_on_earlier_scale(shared, earlier, later),
            [(one.asked[later.name].block, one.asked[later.name].item) for one in shared],
            _strata(earlier, later),
            arguments.draws,
            partial(task_generator, arguments.seed, earlier.name, later.name, "changes"),
        )
        part.insert(0, "from_wave", earlier.name)
        part.insert(1, "to_wave", later.name)
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=list(CHANGE_COLUMNS))
    return pd.concat(parts, ignore_index=True)


def _strata(earlier: _Wave, later: _Wave) -> list[Stratum]:
    """Everybody, each role, and trusts by age, which the later wave says or else the earlier."""
    from buildingtrusts.statistics.tracking import Stratum

    aged = later if later.age_levels else earlier
    by_age = [
        Stratum(
            f"{AGE}: {level}",
            mats=tuple(mat for mat, age in aged.ages.items() if age == level),
        )
        for level in aged.age_levels
    ]
    return [Stratum("all"), *(Stratum(role, role) for role in ROLES), *by_age]


def _new_trusts(
    series: Sequence[_Series],
    block: partial[tuple[TracedItem, ...]],
    arguments: argparse.Namespace,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Trusts clustered in the later wave alone, among the clusters of the earlier one."""
    import pandas as pd

    from buildingtrusts.statistics.nulls import Specification

    specification = Specification(
        arguments.linkage, arguments.metric, arguments.scaling, arguments.statistic
    )
    parts = [
        part
        for one in series
        for earlier, later in one.pairs
        for part in _placed(one.k, block(earlier, later), earlier, later, specification, arguments)
    ]
    if not parts:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(parts, ignore_index=True)[list(columns)]


def _placed(
    k: int,
    shared: Sequence[TracedItem],
    earlier: _Wave,
    later: _Wave,
    specification: Specification,
    arguments: argparse.Namespace,
) -> Iterator[pd.DataFrame]:
    """The table of the new trusts of one wave, if there are any and a common item to place by."""
    import numpy as np

    from buildingtrusts.statistics.assignment import place_trust, placement_table
    from buildingtrusts.survey.ratings import ratings_of

    old = earlier.cluster_of(k)
    new = [mat for mat in later.cluster_of(k) if mat not in old]
    if not new or not shared:
        return
    items = [one.asked[earlier.name] for one in shared]
    reference = ratings_of(earlier.responses, items, list(old))
    labels = np.array(list(old.values()), dtype=np.int64)
    answers = _answers_on_earlier_scale(shared, earlier, later)
    of_new = answers[[one.asked[later.name].column for one in shared]].to_numpy(dtype=float)
    placements = {}
    for mat in new:
        own: NDArray[np.float64] = of_new[(answers["mat_id"] == mat).to_numpy()]
        # A stream a trust: which others are new does not move its probabilities.
        rng = task_generator(arguments.seed, earlier.name, later.name, "place", str(k), mat)
        try:
            placements[mat] = place_trust(
                reference, labels, own, specification, arguments.placement_draws, rng
            )
        except ValueError as error:
            said = f"{mat} of {later.name} is not placed among {k} clusters of {earlier.name}"
            print(f"{said}: {error}", file=sys.stderr)
    yield placement_table(placements).assign(from_wave=earlier.name, to_wave=later.name)
