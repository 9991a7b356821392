"""Write a second set of results for publication, with small numbers withheld."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import FORMATS
from buildingtrusts.study.flags import WaveFolders, add_pictures, wave_folders

if TYPE_CHECKING:
    import pandas as pd

    from buildingtrusts.output.figures.drawing import Drawing
    from buildingtrusts.output.figures.questions import Questions
    from buildingtrusts.output.public_tables import PublicItem, Published
    from buildingtrusts.statistics.protection import Protected


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the step's flags."""
    parser.add_argument(
        "--wave",
        action="append",
        required=True,
        type=wave_folders,
        metavar="NAME=PROVENANCE=TABLES=PROCESSED",
        help="a wave, where its answers come from, and its two folders; repeat for each",
    )
    parser.add_argument("--study-tables", required=True, help="folder of tables across waves")
    parser.add_argument(
        "--tables",
        action="append",
        nargs="+",
        default=[],
        metavar=("WAVE", "TABLE"),
        help="a wave, or (study), and its tables; repeat for each",
    )
    parser.add_argument(
        "--drawn",
        action="append",
        nargs=3,
        default=[],
        metavar=("WAVE", "BLOCK", "K"),
        help="block that a wave clusters, and the number of clusters that its figures show",
    )
    parser.add_argument("--suppress-below", type=int, default=5, help="numbers below it are small")
    parser.add_argument("--round-to", type=int, default=1, help="counts are rounded to multiples")
    parser.add_argument("--drop-mats", nargs="*", default=[], help="trusts to leave out altogether")
    add_pictures(parser, FORMATS)


def run(arguments: argparse.Namespace) -> None:
    """Write tables, figures and a README that says what was done."""
    from buildingtrusts.output.files import write_text
    from buildingtrusts.output.publication import is_published
    from buildingtrusts.output.tables import read_table, write_table

    below, base, out = arguments.suppress_below, arguments.round_to, Path(arguments.out)
    asked = {words[0]: words[1:] for words in arguments.tables}
    waves = [_Wave(one, below, tuple(arguments.drop_mats)) for one in arguments.wave]
    _check_dropped(waves, arguments.drop_mats)
    written: dict[str, pd.DataFrame] = {}
    for wave in waves:
        for name in filter(is_published, asked.get(wave.name, [])):
            written[f"{wave.name}/tables/{name}.csv"] = _public_wave_table(wave, name, base)
    sizes = {wave.name: wave.trust_counts.published for wave in waves}
    for name in filter(is_published, asked.get("(study)", [])):
        frame = read_table(Path(arguments.study_tables, f"{name}.csv"))
        table = _public_study_table(name, frame, waves[0], sizes, arguments)
        written[f"tables/{name}.csv"] = table
    for path, table in written.items():
        write_table(out / path, table, list(table.columns))
    for wave in waves:
        _draw(wave, written, arguments)
    write_text(out / "README.md", _guide(waves, written, asked, arguments))
    print(f"{len(written)} tables for publication in {out}", file=sys.stderr)


@dataclass(frozen=True)
class _Wave:
    """A wave, and what of it is withheld."""

    folders: WaveFolders
    below: int
    dropped: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.folders.name

    def table(self, name: str) -> pd.DataFrame:
        from buildingtrusts.output.tables import read_table

        return read_table(self.folders.tables / f"{name}.csv")

    @cached_property
    def responses(self) -> pd.DataFrame:
        from buildingtrusts.output.tables import read_table

        return read_table(self.folders.processed / "responses.csv")

    @cached_property
    def trusts(self) -> pd.DataFrame:
        """Attributes of the trusts that answered."""
        from buildingtrusts.output.tables import read_table

        found = read_table(self.folders.processed / "trusts.csv", text=True)
        return found[found["mat_id"].isin(set(self.table("sample")["mat_id"]))]

    @cached_property
    def reported(self) -> list[int]:
        """Partitions that profiles and cross-tabulations are of."""
        return sorted({int(k) for k in self.table("profiles")["k"]})

    @cached_property
    def partitions(self) -> dict[int, dict[str, int]]:
        found = self.table("clusters")
        return {
            k: dict(zip(part["mat_id"], part["cluster"].astype(int), strict=True))
            for k, part in found.groupby("k")
            if k in self.reported
        }

    @cached_property
    def trust_counts(self) -> Protected:
        """Counts of trusts, those that are dropped left out."""
        from buildingtrusts.statistics.protection import protect_trust_counts

        left = {
            k: {mat: one for mat, one in of.items() if mat not in self.dropped}
            for k, of in self.partitions.items()
        }
        trusts = self.trusts[~self.trusts["mat_id"].isin(self.dropped)]
        names = [name for name in trusts.columns if name != "mat_id"]
        return protect_trust_counts(
            left,
            {name: dict(zip(trusts["mat_id"], trusts[name], strict=True)) for name in names},
            {name: self._levels(name, trusts) for name in names},
            [mat for mat in trusts["mat_id"] if mat not in next(iter(left.values()), {})],
            self.below,
        )

    def _levels(self, attribute: str, trusts: pd.DataFrame) -> list[str]:
        from buildingtrusts.output.tables import read_table

        declared = read_table(self.folders.processed / "attributes.csv", text=True)
        own = declared.loc[declared["attribute"] == attribute, "level"]
        return list(dict.fromkeys([*own, *sorted(set(trusts[attribute]))]))

    @cached_property
    def response_counts(self) -> Published:
        """Counts of responses by role, those of dropped trusts left out."""
        from buildingtrusts.statistics.protection import NO_ROLE, ROLES, protect_response_counts

        sample = self.table("sample")
        sample = sample[~sample["mat_id"].isin(self.dropped)]
        finest = self.partitions.get(max(self.reported, default=0), {})
        cluster = sample["mat_id"].map(finest).fillna(0).astype(int)
        parts = [0, *sorted(set(finest.values()))]
        numbers = {
            (role, part): int(
                sample.loc[(sample["role"] == role) & (cluster == part), "n_responses"].sum()
            )
            for role in ("all", *ROLES)
            for part in parts
        }
        for part in parts:
            known = sum(numbers[role, part] for role in ROLES)
            numbers[NO_ROLE, part] = numbers.pop(("all", part)) - known
        found = protect_response_counts(numbers, self.below, self._answers(finest)).published
        return {(role, str(side)): n for (role, side), n in found.items()}

    def _answers(self, finest: Mapping[str, int]) -> dict[tuple[str, tuple[int, ...]], int]:
        """Most answers that a published mean is of, by role and finest clusters."""
        profiles = self.table("profiles")
        profiles = profiles[profiles["weighting"] == "responses"]
        columns = ["k", "cluster", "role", "block", "item", "n_responses"]
        found: dict[tuple[str, tuple[int, ...]], int] = {}
        for k, cluster, role, block, item, n in profiles[columns].itertuples(index=False):
            means = self.items[block, item].means if (block, item) in self.items else {}
            if (int(k), int(cluster), role) in means:
                of = self.partitions[int(k)]
                parts = tuple(sorted({finest[mat] for mat, one in of.items() if one == cluster}))
                found[role, parts] = max(found.get((role, parts), 0), int(n))
        return found

    @cached_property
    def items(self) -> dict[tuple[str, str], PublicItem]:
        """What is published of each item."""
        from buildingtrusts.output.public_tables import PublicItem
        from buildingtrusts.statistics.protection import answers_of, protect_means, spreads_told

        found: dict[tuple[str, str], PublicItem] = {}
        clustered = next(iter(self.partitions.values()), {})
        for item in self.questions.all:
            column = f"{item.block}__{item.item}"
            answers = answers_of(self.responses, column, item.minimum, item.maximum, item.step)
            samples = ("all", "central", "local") if item.block == "standardisation" else ("all",)
            means = protect_means(answers, self.partitions, self.dropped, self.below, samples)
            spreads = spreads_told(answers, self.partitions, self.dropped, means, samples)
            several = {mat for mat in clustered if (answers.mats == mat).sum() > 1}
            found[item.block, item.item] = PublicItem(
                means.published, spreads, several == set(clustered)
            )
        return found

    @cached_property
    def questions(self) -> Questions:
        """What was asked."""
        from buildingtrusts.output.figures.questions import Question, Questions
        from buildingtrusts.study.codebook import read_wave_codebook

        return Questions.of(
            Question(
                *(one.block, one.item, one.label, one.minimum, one.maximum, one.step),
                *(one.low_anchor, one.high_anchor),
            )
            for one in read_wave_codebook(self.folders.processed / "codebook.csv").items
        )


def _check_dropped(waves: Sequence[_Wave], dropped: Sequence[str]) -> None:
    from buildingtrusts.study.problems import Problem, raise_if_any

    known = {mat for wave in waves for mat in wave.trusts["mat_id"]}
    raise_if_any(
        Problem(
            "config.yaml",
            "Trusts that are left out of publication are trusts of a wave.",
            "Correct the name, or take it away; the first column of sample.csv lists the trusts.",
            column="publish.drop_mats",
            value=mat,
        )
        for mat in dropped
        if mat not in known
    )


def _public_wave_table(wave: _Wave, name: str, base: int) -> pd.DataFrame:
    from buildingtrusts.output import public_tables as public
    from buildingtrusts.output.publication import rule_of

    rule, counts = rule_of(name), wave.trust_counts.published
    if name == "sample":
        return public.public_sample(wave.response_counts, counts, base)
    frame = wave.table(name)
    if name == "crosstabs":
        return public.public_crosstabs(frame, rule, counts, base)
    if name == "associations":
        # Tests are of all trusts, those that are dropped included, and of counts as they are.
        known = {} if wave.dropped or base > 1 else counts
        return public.public_associations(frame, rule, wave.table("crosstabs"), known)
    if name == "cluster_types":
        return public.public_sizes(frame, rule, {"": counts}, base)
    if name == "partitions":
        return public.public_partitions(frame, rule, counts, wave.reported, base)
    if name == "stability":
        return public.public_stability(frame, rule, counts)
    if name == "profiles":
        return public.public_profiles(frame, rule, wave.items)
    if name == "standardisation":
        return public.public_standardisation(frame, rule, wave.items)
    if name == "agreement":
        return public.public_agreement(frame, rule)
    if name == "multiverse":
        return public.public_multiverse(frame, rule)
    return public.public_table(frame, rule)


def _public_study_table(
    name: str,
    frame: pd.DataFrame,
    first: _Wave,
    sizes: Mapping[str, Published],
    arguments: argparse.Namespace,
) -> pd.DataFrame:
    from buildingtrusts.output import public_tables as public
    from buildingtrusts.output.publication import rule_of

    rule, below, dropped = rule_of(name), arguments.suppress_below, bool(arguments.drop_mats)
    if name == "types":
        return public.public_sizes(frame, rule, sizes, arguments.round_to)
    if name == "population":
        counts = first.trust_counts
        return public.public_population(
            frame, rule, counts.published, counts.keys, arguments.round_to
        )
    if name == "changes":
        return public.public_changes(frame, rule, below, dropped)
    if name == "interviews":
        return public.public_interviews(frame, rule, below, arguments.round_to, dropped)
    return public.public_table(frame, rule)


def _draw(wave: _Wave, written: Mapping[str, pd.DataFrame], arguments: argparse.Namespace) -> None:
    from buildingtrusts.output.figures.drawing import save_drawing, stamp_of
    from buildingtrusts.output.figures.paper import drawn_to_fit
    from buildingtrusts.output.figures.public import draw_public_figures
    from buildingtrusts.output.figures.style import in_font
    from buildingtrusts.study.provenance import stamp

    block, k = next((words[1:] for words in arguments.drawn if words[0] == wave.name), ("", "0"))
    names = ("profiles", "crosstabs", "cluster_types")
    tables = {one: written.get(f"{wave.name}/tables/{one}.csv") for one in names}
    profiles, crosstabs, types = tables.values()
    if not block or profiles is None or crosstabs is None or types is None:
        return
    words, folder = stamp([wave.folders.provenance]), Path(arguments.out, wave.name, "figures")
    reconstructed = wave.folders.provenance == "reconstruction"
    given = (profiles, crosstabs, types, wave.questions, block, int(k), arguments.round_to)

    def draw(place: int) -> Drawing:
        return list(draw_public_figures(*given))[place]

    with in_font(arguments.font):
        for place in range(len(list(draw_public_figures(*given)))):
            drawing = drawn_to_fit(partial(draw, place), arguments.width)
            said = stamp_of(drawing, words, reconstructed)
            save_drawing(folder, drawing, arguments.formats, arguments.dpi, said)


def _guide(
    waves: Sequence[_Wave],
    written: Mapping[str, pd.DataFrame],
    asked: Mapping[str, Sequence[str]],
    arguments: argparse.Namespace,
) -> str:
    from buildingtrusts.output.public_tables import withheld_count
    from buildingtrusts.output.publication import public_guide
    from buildingtrusts.study.provenance import statement
    from buildingtrusts.survey.interviews import interview_statement

    interviews = written.get("tables/interviews.csv")
    warnings = (
        statement([wave.folders.provenance for wave in waves]),
        "" if interviews is None else interview_statement(dict.fromkeys(interviews["interviews"])),
    )
    return public_guide(
        "\n\n".join(filter(None, warnings)),
        arguments.suppress_below,
        arguments.round_to,
        len(arguments.drop_mats),
        {path: (len(table), withheld_count(table)) for path, table in written.items()},
        dict.fromkeys(name for names in asked.values() for name in names),
    )
