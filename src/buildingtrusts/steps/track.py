"""Follow clusters, trusts and answers from wave to wave."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import Codebook, codebook_lines, load_codebook
from buildingtrusts.study.common_items import TracedItem, common_block, common_items, trace_items
from buildingtrusts.study.flags import Choices, WaveFolders, add_waves, choices_of
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.study.randomness import task_generator

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from buildingtrusts.statistics.tracking import Stratum
    from buildingtrusts.survey.clustered_waves import ClusteredWave

ROLES = ("ceo", "central_team", "school_leader")
#: The attribute by whose levels change is told too, where a wave has it.
AGE = "trust_age"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    add_waves(parser, "a wave")
    parser.add_argument("--codebook", required=True, help="the codebook of all waves")
    parser.add_argument(
        "--common",
        action="store_true",
        help="each wave is clustered on the items common to all, too",
    )
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
    """Write the tables that span waves.

    These are ``transitions, wave_agreement, changes, types, new_trusts, common_items`` and
    ``common_agreement``. New trusts are placed by the choices of the earlier wave, among whose
    clusters they are placed.
    """
    from buildingtrusts.output.tables import write_result

    _check_flags(arguments)
    choices = choices_of(arguments)
    codebooks = load_codebook(arguments.codebook, list(choices), True)
    traced = trace_items(codebooks, arguments.codebook, codebook_lines(arguments.codebook))
    waves = [_read_wave(folders, choices[folders.name]) for folders in arguments.wave]
    _check_columns(waves, traced)
    series = [_Series(k, [wave for wave in waves if k in wave.made]) for k in arguments.k]
    transitions, agreement = _moves(series)
    blocks = {wave.name: wave.choices.block for wave in waves}
    tables = {
        "transitions": transitions,
        "wave_agreement": agreement,
        "changes": _changes(waves, traced, arguments),
        "types": _types(arguments.wave),
        "new_trusts": _new_trusts(series, traced, arguments),
        "common_items": _items(
            codebooks, traced, common_block(traced, blocks) if arguments.common else ()
        ),
        "common_agreement": _common_agreement(waves, arguments),
    }
    for name, table in tables.items():
        write_result(Path(arguments.out) / f"{name}.csv", table)
    for earlier, later in pairwise(waves):
        shared = common_items(traced, [earlier.name, later.name])
        print(
            f"{earlier.name} to {later.name}: {len(shared)} common items, "
            f"{len(_block(traced, earlier, later))} of them in the clustered block",
            file=sys.stderr,
        )


@dataclass(frozen=True)
class _Wave:
    """A wave's tables, as far as they are needed here."""

    name: str
    processed: Path
    choices: Choices
    clustered: ClusteredWave
    ages: dict[str, str]
    age_levels: tuple[str, ...]

    @property
    def responses(self) -> pd.DataFrame:
        return self.clustered.responses

    @property
    def made(self) -> list[int]:
        return self.clustered.made

    def cluster_of(self, k: int) -> dict[str, int]:
        return self.clustered.cluster_of(k)


@dataclass(frozen=True)
class _Series:
    """The waves that have k clusters, in order of date."""

    k: int
    waves: Sequence[_Wave]

    @property
    def pairs(self) -> list[tuple[_Wave, _Wave]]:
        return list(pairwise(self.waves))


def _check_flags(arguments: argparse.Namespace) -> None:
    problems = []
    for flag, draws in (
        ("--draws", arguments.draws),
        ("--placement-draws", arguments.placement_draws),
    ):
        if draws < 1:
            problems.append(
                Problem(flag, "Draws are counted from 1.", "Ask for 1000.", value=str(draws))
            )
    raise_if_any(problems)


def _read_wave(folders: WaveFolders, choices: Choices) -> _Wave:
    from buildingtrusts.output.tables import read_table
    from buildingtrusts.survey.clustered_waves import ClusteredWave

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
        choices,
        ClusteredWave(
            folders.name,
            read_table(folders.tables / "clusters.csv"),
            read_table(folders.processed / "responses.csv"),
        ),
        ages,
        levels,
    )


def _check_columns(waves: Sequence[_Wave], traced: Sequence[TracedItem]) -> None:
    """Every item that two waves share has its column in their answers."""
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


def _block(traced: Sequence[TracedItem], earlier: _Wave, later: _Wave) -> tuple[TracedItem, ...]:
    """The items that both waves asked in the block that they cluster."""
    return common_block(traced, {wave.name: wave.choices.block for wave in (earlier, later)})


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


def _types(folders: Sequence[WaveFolders]) -> pd.DataFrame:
    """The types of all waves, as each wave's own table has them."""
    import pandas as pd

    from buildingtrusts.output.tables import read_table

    tables = [read_table(one.tables / "cluster_types.csv") for one in folders]
    for one, table in zip(folders, tables, strict=True):
        table.insert(0, "wave", one.name)
    return pd.concat(tables, ignore_index=True).astype({"nearest_type": "Int64"})


def _items(
    codebooks: Mapping[str, Codebook],
    traced: Sequence[TracedItem],
    common: Sequence[TracedItem],
) -> pd.DataFrame:
    """Each wave's items over time, those that it dropped after those that it asked."""
    import pandas as pd

    from buildingtrusts.output.contracts import STUDY_TABLES

    rows: list[tuple[object, ...]] = []
    for wave, codebook in codebooks.items():
        history = {one.asked[wave]: one for one in traced if wave in one.asked}
        for item in codebook.items:
            one = history[item]
            waves = list(one.asked)
            place = waves.index(wave)
            previous = one.asked[waves[place - 1]].column if place else None
            rows.append(
                (wave, item.block, item.item, item.label, item.status)
                + (previous, len(waves), one in common)
            )
        for item in codebook.dropped:
            name = "; ".join(item.previous_items) or item.column
            rows.append((wave, item.block, item.item, item.label, item.status, name, None, False))
    table = pd.DataFrame(rows, columns=list(STUDY_TABLES["common_items"].columns))
    return table.astype({"n_waves": "Int64"})


def _common_agreement(waves: Sequence[_Wave], arguments: argparse.Namespace) -> pd.DataFrame:
    """Each wave's own clusters beside those on common items, and these from wave to wave."""
    import pandas as pd

    from buildingtrusts.output.contracts import STUDY_TABLES
    from buildingtrusts.output.tables import read_table

    rows: list[tuple[object, ...]] = []
    if arguments.common:
        common = [
            replace(wave.clustered, clusters=read_table(folders.common / "clusters.csv"))
            for wave, folders in zip(waves, arguments.wave, strict=True)
        ]
        pairs = [
            *((wave.clustered, "own", one) for wave, one in zip(waves, common, strict=True)),
            *((one, "common", other) for one, other in pairwise(common)),
        ]
        rows = [
            (one.name, clustered_on, other.name, "common", *compared)
            for one, clustered_on, other in pairs
            for compared in _compared(one, other)
        ]
    return pd.DataFrame(rows, columns=list(STUDY_TABLES["common_agreement"].columns))


def _compared(one: ClusteredWave, other: ClusteredWave) -> Iterator[tuple[int, int, float]]:
    from buildingtrusts.statistics.tracking import compare_waves

    for k in sorted(set(one.made) & set(other.made)):
        found = compare_waves(one.cluster_of(k), other.cluster_of(k))
        yield k, found.n_mats, found.adjusted_rand


def _changes(
    waves: Sequence[_Wave], traced: Sequence[TracedItem], arguments: argparse.Namespace
) -> pd.DataFrame:
    """The change of every common item, in the earlier wave's points and under the later's name."""
    import pandas as pd

    from buildingtrusts.statistics.tracking import CHANGE_COLUMNS, change_table
    from buildingtrusts.survey.clustered_waves import answers_on_earlier_scale

    parts = []
    for earlier, later in pairwise(waves):
        shared = common_items(traced, [earlier.name, later.name])
        names = {one.asked[earlier.name].column: one.asked[later.name].column for one in shared}
        before = earlier.responses[["mat_id", "role", *names]].rename(columns=names)
        part = change_table(
            before,
            answers_on_earlier_scale(shared, earlier.name, later.clustered),
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
    series: Sequence[_Series], traced: Sequence[TracedItem], arguments: argparse.Namespace
) -> pd.DataFrame:
    """Trusts clustered in the later wave alone, among the clusters of the earlier one."""
    import pandas as pd

    from buildingtrusts.output.contracts import STUDY_TABLES

    columns = list(STUDY_TABLES["new_trusts"].columns)
    parts = [
        part
        for one in series
        for earlier, later in one.pairs
        for part in _placed(one.k, _block(traced, earlier, later), earlier, later, arguments)
    ]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _placed(
    k: int,
    shared: Sequence[TracedItem],
    earlier: _Wave,
    later: _Wave,
    arguments: argparse.Namespace,
) -> Iterator[pd.DataFrame]:
    """The table of the new trusts of one wave, if there are any and a common item to place by."""
    import numpy as np

    from buildingtrusts.statistics.assignment import place_trust, placement_table
    from buildingtrusts.statistics.ratings import Specification
    from buildingtrusts.survey.clustered_waves import answers_on_earlier_scale
    from buildingtrusts.survey.ratings import ratings_of

    old, choices = earlier.cluster_of(k), earlier.choices
    new = [mat for mat in later.cluster_of(k) if mat not in old]
    if not new or not shared:
        return
    items = [one.asked[earlier.name] for one in shared]
    reference = ratings_of(earlier.responses, items, list(old))
    labels = np.array(list(old.values()), dtype=np.int64)
    specification = Specification(
        choices.linkage, choices.metric, choices.scaling, choices.statistic
    )
    answers = answers_on_earlier_scale(shared, earlier.name, later.clustered)
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
