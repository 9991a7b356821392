"""What a run is to make: the waves it has, where their files are, and what each rule depends on.

The workflow asks this object and nothing else, so that everything it relies on can be tested
without starting it. Settings reach a rule as values (its ``params:``); a rule is given the
declaration of its own wave alone, so that a new wave reruns no other.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from buildingtrusts.output.contracts import (
    COMMON_TABLES,
    EVIDENCE_TABLES,
    STUDY_TABLES,
    WAVE_TABLES,
)
from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
    WAVE_FIGURES,
    interview_figure,
)
from buildingtrusts.output.paper import (
    EVIDENCE_SOURCES,
    WAVE_SOURCES,
    study_paper_tables,
    wave_paper_tables,
)
from buildingtrusts.output.publication import PUBLIC_FIGURES, is_published
from buildingtrusts.study.codebook import Codebook, codebook_lines, load_codebook
from buildingtrusts.study.common_items import TracedItem, common_block, trace_items
from buildingtrusts.study.configuration import (
    RESERVED_NAMES,
    EnsembleChoices,
    FigureChoices,
    InterviewSet,
    MultiverseChoices,
    ReportFigure,
    Study,
    Wave,
    load_report_figures,
    load_study,
    load_waves,
)
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.provenance import may_be_named_after

#: The nulls of the evidence, each a job of its own.
NULLS = ("two_level", "gaussian", "respondents_shuffled", "items_permuted")
#: Tables across waves that need an extract of the register.
OF_THE_REGISTER = ("population", "population_tests", "attribute_sensitivity")
#: Tables across waves that need interviews.
OF_INTERVIEWS = ("interviews", "interview_tests")
#: Tables that the methods and results of a paper are written from: of a wave, and across waves.
TOLD_OF_A_WAVE = (
    *("sample", "agreement", "clusters", "partitions", "profiles", "associations"),
    *("nulls", "permanova", "stability", "k_votes", "k_indices", "merge_tests", "continuum"),
    *("multiverse", "multiverse_excluded", "ensemble", "verdict"),
)
TOLD_ACROSS_WAVES = (
    *("ledger", "wave_agreement", "changes", "common_items", "common_agreement", "new_trusts"),
    *("population_tests", "interviews", "interview_tests"),
)
#: What is published, as data; the list of known reconstructions refuses files and changes none.
_PUBLISHED = ("claims", "crosstabs", "targets", "benchmarks")
#: Draws that have one stream of random numbers, and so cannot be split over jobs.
DRAWS_A_PIECE = 250


@dataclass(frozen=True)
class Plan:
    """A checked study: its choices, its waves and their codebooks.

    Attributes
    ----------
    study : Study
        Choices shared by all waves.
    waves : dict of str to Wave
        In order of date.
    codebooks : dict of str to Codebook
        Of each wave.
    warnings : tuple of str
        What looks forgotten, such as a folder of raw data that no wave declares.
    report_figures : dict of str to ReportFigure
        Charts of single items that the study's report drew; without a report there are none.
    """

    study: Study
    waves: dict[str, Wave]
    codebooks: dict[str, Codebook]
    warnings: tuple[str, ...] = ()
    report_figures: dict[str, ReportFigure] = field(default_factory=dict)

    @property
    def wave_names(self) -> list[str]:
        """The waves in order of date."""
        return list(self.waves)

    @property
    def provenances(self) -> list[str]:
        """Provenance of each wave, in the same order."""
        return [wave.provenance for wave in self.waves.values()]

    def raw_files(self, wave: str) -> list[str]:
        """Raw files of a wave: its responses and, if it has any, those about its trusts."""
        folder = Path(self.study.paths.raw, wave)
        return [str(folder / name) for name in dict.fromkeys(self.waves[wave].files)]

    def ingest_settings(self, wave: str) -> str:
        """What the ingest step reads of the wave's declaration and codebook, as text.

        Snakemake compares this text with that of the last run; a change to the wave's title or
        clustering therefore does not read its files again.
        """
        declared = self.waves[wave].model_dump(
            mode="json",
            include={"wave", "provenance", "responses", "trusts", "roles", "attributes"},
        )
        return json.dumps([declared, self.codebooks[wave].rows()], sort_keys=True)

    def cluster_flags(self, wave: str) -> str:
        """Flags that say how a wave is clustered, and into how many clusters."""
        return f"{self.specification_flags(wave)} {_flags(k=self.waves[wave].cluster.k)}"

    def specification_flags(self, wave: str) -> str:
        """Flags that say how a wave is clustered."""
        choices = self.waves[wave].cluster
        return _flags(
            block=choices.block,
            linkage=choices.linkage,
            metric=choices.metric,
            scaling=choices.scaling,
            statistic=choices.statistic,
        )

    def has_evidence(self, wave: str) -> bool:
        """Whether the evidence for the wave's clusters is computed."""
        return self.waves[wave].evidence.enabled

    def null_draws(self, wave: str) -> int:
        """Draws of each null, bootstraps and deals of a wave."""
        return self.waves[wave].evidence.draws

    def null_study_flags(self, wave: str) -> str:
        """Flags on the studies without clusters that are resampled."""
        declared = self.waves[wave].evidence
        return _flags(null_studies=declared.null_studies, null_draws=declared.null_draws)

    def multiverse_flags(self, wave: str) -> str:
        """Flags of the multiverse: the wave's own choices, and those that are crossed."""
        own, crossed = self.waves[wave].cluster, self.study.multiverse
        flags = {
            "block": own.block,
            "linkage": own.linkage,
            "metric": own.metric,
            "scaling": own.scaling,
            "statistic": own.statistic,
            "min_responses": own.min_responses,
            "report_k": own.report_k,
        }
        grid = {
            f"grid_{name}": getattr(crossed, name)
            for name in MultiverseChoices.model_fields
            if name != "draws"
        }
        return _flags(**flags, **grid, draws=crossed.draws)

    def draw_files(self, wave: str, work: str) -> list[str]:
        """Files of draws that a step puts together: ``nulls, respondents, ...``, in parts.

        A part of draws is never without any, and what is put together does not depend on how
        many parts there are.
        """
        folder = f"{self.study.paths.processed}/{wave}/evidence"
        if work == "nulls":
            return [f"{folder}/{null}-1.npz" for null in NULLS]
        ending = "npz" if work == "respondents" else "csv"
        return [f"{folder}/{work}-{part}.{ending}" for part in range(1, self.parts(wave, work) + 1)]

    def parts(self, wave: str, work: str) -> int:
        """Over how many jobs the draws of some work are split."""
        declared = self.waves[wave].evidence
        pieces = {
            "respondents": -(-declared.draws // DRAWS_A_PIECE),
            "null_studies": declared.null_studies,
        }
        return min(self.study.evidence.parts, pieces.get(work, self.study.evidence.parts))

    def merge_test_files(self, wave: str) -> list[str]:
        """The tests of the tree's merges, which the dendrogram shows; none without evidence."""
        tested = f"{self.study.paths.results}/{wave}/tables/merge_tests.csv"
        return [tested] if self.has_evidence(wave) else []

    def benchmark_files(self) -> list[str]:
        """Published figures of other surveys that waves are set beside, if there are any."""
        path = f"{self.study.paths.published}/benchmarks.csv"
        return [path] if Path(path).is_file() else []

    def ensemble_file(self) -> list[str]:
        """The kept evidence of many reconstructions, if there is any."""
        path = f"{self.study.paths.published}/ensemble.csv"
        return [path] if Path(path).is_file() else []

    def word_flags(self) -> str:
        """Flags that give the study's words; none for the package's own."""
        said = self.study.words.model_dump()
        changed = [f"{word}={text}" for word, text in said.items() if word != text]
        return _flags(words=tuple(changed)) if changed else ""

    def report_figures_file(self) -> list[str]:
        """The list of charts that the study's report drew of single items, if there is one."""
        path = f"{self.study.paths.published}/figures.yaml"
        return [path] if self.report_figures else []

    def wave_figures(self) -> list[str]:
        """Names of the figures of a wave, without those of its evidence."""
        return [*WAVE_FIGURES, *self.report_figures]

    def illustrated_file(self) -> list[str]:
        """The list of claims that an illustration was made to show, if there is one."""
        path = f"{self.study.paths.published}/illustrated.csv"
        return [path] if Path(path).is_file() else []

    def ensemble_members(self) -> range:
        """Numbers of the reconstructions of an ensemble."""
        grid = self.study.ensemble
        return range(1, grid.seeds * len(grid.within_sd) * len(grid.count_skew) + 1)

    def ensemble_flags(self, wave: str) -> str:
        """Flags of one reconstruction of the ensemble, but for its number."""
        grid, own = self.study.ensemble, self.waves[wave].cluster
        return " ".join(
            (
                self.cluster_flags(wave),
                _flags(min_responses=own.min_responses, report_k=own.report_k[-1]),
                _flags(**{name: getattr(grid, name) for name in EnsembleChoices.model_fields}),
            )
        )

    def reconstructed_waves(self) -> list[str]:
        """Waves that are reconstructions."""
        return [name for name, wave in self.waves.items() if wave.provenance == "reconstruction"]

    def table_names(self, wave: str) -> list[str]:
        """Names of the tables that this run makes of a wave."""
        evidence = EVIDENCE_TABLES if self.has_evidence(wave) else {}
        return [*WAVE_TABLES, *evidence]

    def crosstab_flags(self) -> str:
        """Flags of the crosstabulate step that all waves share."""
        choices = self.study.crosstabs
        return _flags(
            max_steps=choices.max_steps,
            max_tables=choices.max_tables,
            draws=choices.draws,
            own_family=choices.own_family,
        )

    def profile_flags(self) -> str:
        """Flags of the profile step that all waves share."""
        study = self.study
        return _flags(
            draws=study.profiles.draws,
            answers_per_mat=study.standardisation.answers_per_mat,
            balanced_draws=study.standardisation.draws,
            hybrid_from=study.operating_model.hybrid_from,
            centralised_from=study.operating_model.centralised_from,
        )

    def drawn_k(self, wave: str) -> int:
        """The partition that figures show: the last one reported."""
        return self.waves[wave].cluster.report_k[-1]

    def extract_folder(self, extract: str | None = None) -> str | None:
        """Folder of an extract of the register, or None if it has not been downloaded.

        Without a name it is the study's.
        """
        folder = Path(self.study.paths.raw, "register", extract or self.study.register_.extract)
        return str(folder) if folder.is_dir() and any(folder.glob("*.csv")) else None

    def extract_files(self, extract: str | None = None) -> list[str]:
        """Files of an extract of the register; none if it has not been downloaded."""
        folder = self.extract_folder(extract)
        return [] if folder is None else sorted(str(path) for path in Path(folder).glob("*.csv"))

    def register_tables(self, extract: str | None = None) -> list[str]:
        """Tables made from an extract; none if it has not been downloaded."""
        if self.extract_folder(extract) is None:
            return []
        folder = self.register_folder(extract)
        return [f"{folder}/{name}" for name in ("register_trusts.csv", "population.csv")]

    def register_folder(self, extract: str | None = None) -> str:
        """Folder of the tables made from an extract."""
        named = extract or self.study.register_.extract
        return str(Path(self.study.paths.processed, "register", named))

    def joined_extract(self, wave: str) -> str | None:
        """The extract that gives a wave's trusts attributes, if they have numbers there."""
        trusts = self.waves[wave].trusts
        if trusts is None or not trusts.joins_register:
            return None
        return trusts.extract or self.study.register_.extract

    def joined_tables(self, wave: str) -> list[str]:
        """The register's tables that a wave is joined with; none if its trusts have no numbers."""
        extract = self.joined_extract(wave)
        return [] if extract is None else self.register_tables(extract)

    def join_flags(self, wave: str) -> str:
        """Flag of the ingest step that names the register's tables, if the wave needs them."""
        extract = self.joined_extract(wave)
        return "" if extract is None else _flags(register=self.register_folder(extract))

    def wave_flags(self, waves: Sequence[str] | None = None) -> list[str]:
        """A flag a wave, in order of date: its name, its provenance and its two folders."""
        paths, words = self.study.paths, []
        for name in self.waves if waves is None else waves:
            folders = (Path(paths.results, name, "tables"), Path(paths.processed, name))
            provenance = self.waves[name].provenance
            words += ["--wave", "=".join((name, provenance, *map(str, folders)))]
        return words

    def all_wave_flags(self) -> str:
        """A flag a wave, quoted for the shell: its name, its provenance and its two folders."""
        return shlex.join(self.wave_flags())

    def choice_flags(self, waves: Sequence[str]) -> list[str]:
        """A flag a wave: how it was clustered."""
        words = []
        for name in waves:
            own = self.waves[name].cluster
            choices = (own.block, own.linkage, own.metric, own.scaling, own.statistic)
            words += ["--specification", name, *choices]
        return words

    def up_to(self, wave: str) -> list[str]:
        """The waves before a wave, in order of date, and the wave itself."""
        return self.wave_names[: self.wave_names.index(wave) + 1]

    def named_after(self, wave: str) -> list[str]:
        """The earlier waves whose types a wave's clusters may be."""
        own = self.waves[wave].provenance
        return [
            name
            for name in self.up_to(wave)[:-1]
            if may_be_named_after(own, self.waves[name].provenance)
        ]

    def typing_flags(self, wave: str) -> str:
        """Flags of the type-clusters step: the wave and those before it."""
        waves = self.up_to(wave)
        return shlex.join([*self.wave_flags(waves), *self.choice_flags(waves)])

    def typing_files(self, wave: str) -> list[str]:
        """What the type-clusters step reads of earlier waves."""
        results, processed = self.study.paths.results, self.study.paths.processed
        return [
            *[f"{processed}/{name}/codebook.csv" for name in self.up_to(wave)[:-1]],
            *[f"{processed}/{name}/responses.csv" for name in self.named_after(wave)],
            *[f"{results}/{name}/tables/clusters.csv" for name in self.named_after(wave)],
        ]

    @cached_property
    def common_block(self) -> tuple[TracedItem, ...]:
        """What all waves asked in the block that each clusters, in the first wave's order.

        Nothing for one wave, and nothing for a single item, on which nobody is clustered.
        """
        blocks = {name: wave.cluster.block for name, wave in self.waves.items()}
        found = common_block(trace_items(self.codebooks), blocks)
        if len(self.waves) < 2 or len(found) < 2:
            return ()
        return tuple(sorted(found, key=lambda one: one.places[self.wave_names[0]]))

    def common_flags(self, wave: str) -> str:
        """Flags of the cluster-common step: the common items, and how the wave is clustered."""
        first, own = self.wave_names[0], self.waves[wave].cluster
        words = [*self.wave_flags(self.up_to(wave)), *self.choice_flags([wave])]
        for one in self.common_block:
            ends = one.scale(first) or ("none", "none")
            words += ["--item", one.asked[wave].column, one.asked[first].column, *map(str, ends)]
        return f"{shlex.join(words)} {_flags(min_responses=own.min_responses, k=own.k)}"

    def common_note(self, wave: str) -> str:
        """What opens the guide to the tables on common items."""
        first = self.wave_names[0]
        items = ", ".join(one.asked[wave].column for one in self.common_block)
        return (
            f"the wave clustered on the {len(self.common_block)} items of its clustered block that "
            f"all waves asked ({items}), answers on the scales of {first}. The rule on how many "
            "responses a trust needs is applied to these items. Tables without rows: the trusts "
            "could not be clustered on them; the log of cluster_common says why."
        )

    def common_typing_files(self, wave: str) -> list[str]:
        """What the cluster-common step reads of earlier waves."""
        results, processed = self.study.paths.results, self.study.paths.processed
        return [
            *[f"{processed}/{name}/common_answers.csv" for name in self.named_after(wave)],
            *[f"{results}/{name}/common/tables/clusters.csv" for name in self.named_after(wave)],
        ]

    def common_files(self, *names: str) -> list[str]:
        """Files of the clusterings on common items, of every wave; none where there are none."""
        if not self.common_block:
            return []
        results = self.study.paths.results
        return [f"{results}/{wave}/common/tables/{name}" for wave in self.waves for name in names]

    def tracking_flags(self) -> str:
        """Flags of the track step."""
        every_k = sorted({k for wave in self.waves.values() for k in wave.cluster.report_k})
        draws = self.study.tracking.draws
        own = _flags(k=tuple(every_k), draws=draws, placement_draws=draws)
        words = [*self.wave_flags(), *self.choice_flags(self.wave_names)]
        if self.common_block:
            words.append("--common")
        return f"{shlex.join(words)} {own}"

    def tracking_figure_files(self) -> list[str]:
        """Files of the figures that need two waves; none for one wave."""
        folder = f"{self.study.paths.results}/figures"
        return self.figure_files(folder, TRACKING_FIGURES) if len(self.waves) > 1 else []

    def ledger_flags(self) -> str:
        """Flags of the ledger step: waves, illustrated claims, and the register with its year."""
        words = self.wave_flags()
        for file in self.illustrated_file():
            words += ["--illustrated", file]
        for table in self.register_tables()[:1]:
            words += ["--register-year", self.study.register_.extract[:4]]
            words += ["--register", str(Path(table).parent)]
        return shlex.join(words)

    @property
    def interview_sets(self) -> list[str]:
        """Names of the sets of interviews, in the order of the configuration."""
        return [one.folder for one in self.study.interviews]

    def interview_set(self, name: str) -> InterviewSet:
        """A set of interviews by its name."""
        return next(one for one in self.study.interviews if one.folder == name)

    def interview_folder(self, name: str) -> str:
        """Raw folder of a set of interviews."""
        return str(Path(self.study.paths.raw, "interviews", name))

    def interview_codes(self, name: str) -> str:
        """File of the codes that a set's excerpts carry."""
        return str(Path(self.study.paths.config, self.interview_set(name).codes))

    def interview_files(self, name: str) -> list[str]:
        """Raw files of a set: its excerpts and, if there is one, its trusts."""
        folder = Path(self.interview_folder(name))
        trusts = folder / "trusts.csv"
        return [str(folder / "coded_excerpts.csv"), *([str(trusts)] if trusts.is_file() else [])]

    def interview_inputs(self, name: str) -> dict[str, str | list[str]]:
        """Files that a set's tables are made from: its own, its codes, and its wave's."""
        paths, wave = self.study.paths, self.interview_set(name).wave
        return {
            "raw": self.interview_files(name),
            "codes": self.interview_codes(name),
            "clusters": f"{paths.results}/{wave}/tables/clusters.csv",
            "trusts": f"{paths.processed}/{wave}/trusts.csv",
            "attributes": f"{paths.processed}/{wave}/attributes.csv",
        }

    def interview_tables(self, *names: str) -> list[str]:
        """Tables of these names of every set, before they are put together."""
        folder = f"{self.study.paths.processed}/interviews"
        return [f"{folder}/{one}/{name}.csv" for one in self.interview_sets for name in names]

    def interview_flags(self, name: str) -> str:
        """Flags of the interviews step for a set, but for files and seed."""
        declared = self.interview_set(name)
        k, draws = self.waves[declared.wave].cluster.report_k, self.study.crosstabs.draws
        return _flags(wave=declared.wave, k=k, by=declared.by, draws=draws)

    def interview_figures(self) -> list[str]:
        """Names of the figures of all sets."""
        return [
            interview_figure(one.folder, attribute)
            for one in self.study.interviews
            for attribute in (None, *one.by)
        ]

    def interview_figure_flags(self) -> str:
        """A flag a set for the draw-interviews step: what it is and which files name its parts."""
        words: list[str] = []
        for one in self.study.interviews:
            files = self.interview_inputs(one.folder)
            provenance = self.waves[one.wave].provenance
            words += ["--set", f"{one.folder}={provenance}={files['clusters']}={files['codes']}"]
        return shlex.join(words)

    def methods_choices(self) -> str:
        """What the write-methods step tells of the configuration and of the waves, as text.

        Folders, figures, files of tables, publication and the files of a wave are no part of it:
        they change no sentence.
        """
        silent = {"paths", "figures", "tables", "publish"}
        study = self.study.model_dump(mode="json", by_alias=True, exclude=silent)
        told = {"wave", "title", "date", "provenance", "source", "licence", "cluster", "evidence"}
        waves = {
            name: {
                "declared": wave.model_dump(mode="json", include=told),
                "tables": [one for one in self.table_names(name) if one in TOLD_OF_A_WAVE],
            }
            for name, wave in self.waves.items()
        }
        tables = [name for name in self.study_tables() if name in TOLD_ACROSS_WAVES]
        return json.dumps({"study": study, "waves": waves, "tables": tables}, sort_keys=True)

    def methods_inputs(self) -> list[str]:
        """The tables that the write-methods step reads."""
        results = self.study.paths.results
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in self.table_names(wave)
                if name in TOLD_OF_A_WAVE
            ],
            *[
                f"{results}/tables/{name}.csv"
                for name in self.study_tables()
                if name in TOLD_ACROSS_WAVES
            ],
            *self.wave_processed("missing", "codebook"),
        ]

    def methods_files(self) -> list[str]:
        """The text for a paper, its paragraphs one by one, and its references."""
        results = self.study.paths.results
        return [f"{results}/{name}" for name in ("methods.md", "methods.json", "references.bib")]

    def study_tables(self) -> list[str]:
        """Names of the tables that this run makes across waves."""
        left_out = {
            *(() if self.register_tables() else OF_THE_REGISTER),
            *(() if self.interview_sets else OF_INTERVIEWS),
        }
        return [name for name in STUDY_TABLES if name not in left_out]

    def wave_tables(self, *names: str) -> list[str]:
        """Tables of these names of every wave."""
        results = self.study.paths.results
        return [f"{results}/{wave}/tables/{name}.csv" for wave in self.waves for name in names]

    def wave_processed(self, *names: str) -> list[str]:
        """Tidy tables of these names of every wave."""
        processed = self.study.paths.processed
        return [f"{processed}/{wave}/{name}.csv" for wave in self.waves for name in names]

    def figure_files(self, folder: str, figures: Sequence[str]) -> list[str]:
        """Files of figures: every format, the data drawn and the alternative text."""
        endings = [*self.study.figures.formats, "csv", "txt"]
        return [f"{folder}/{name}.{ending}" for name in figures for ending in endings]

    def picture_flags(self) -> str:
        """Flags of every step that draws: formats, resolution, width and font."""
        choices = self.study.figures
        return _flags(
            formats=choices.formats, dpi=choices.dpi, width=choices.width, font=choices.font
        )

    def figure_flags(self, wave: str) -> str:
        """Flags of the draw step for a wave: what it is, and which partition to show."""
        declared, tested = self.waves[wave], self.merge_test_files(wave)
        beside = self.benchmark_files()
        survey = wave.removesuffix(f"-{declared.provenance}")
        flags = _flags(
            title=declared.title,
            provenance=declared.provenance,
            block=declared.cluster.block,
            linkage=declared.cluster.linkage,
            metric=declared.cluster.metric,
            k=self.drawn_k(wave),
            hybrid_from=self.study.operating_model.hybrid_from,
            centralised_from=self.study.operating_model.centralised_from,
            **({"merge_tests": tested[0]} if tested else {}),
            **({"benchmarks": beside[0], "survey": survey} if beside else {}),
            **({"report_figures": drawn[0]} if (drawn := self.report_figures_file()) else {}),
        )
        return f"{flags} {self.word_flags()}"

    def study_figure_flags(self) -> str:
        """Flags of the draw-study step: the tables that there are, or the sample by itself."""
        folder = Path(self.study.paths.results, "tables")
        flags: dict[str, str] = {
            name: str(folder / f"{name}.csv")
            for name in ("ledger", "published_associations", "population")
            if name in self.study_tables()
        }
        if "population" not in flags:
            flags["sample"] = str(Path(self.study.paths.processed, self.sampled_wave()))
        return f"{_flags(**flags)} {self.word_flags()}"

    def study_figure_inputs(self) -> list[str]:
        """What the draw-study step reads: the tables across waves, or the sample's tidy files."""
        folder = Path(self.study.paths.results, "tables")
        names = ("ledger", "published_associations")
        tables = [str(folder / f"{name}.csv") for name in names]
        if self.register_tables():
            return [*tables, str(folder / "population.csv")]
        sample = Path(self.study.paths.processed, self.sampled_wave())
        return [*tables, str(sample / "trusts.csv"), str(sample / "attributes.csv")]

    def paper_tables(self, wave: str) -> list[str]:
        """Names of a wave's tables for paper."""
        own = self.waves[wave]
        return wave_paper_tables(
            own.cluster.report_k,
            self.codebooks[wave].blocks,
            own.attribute_names,
            self.has_evidence(wave),
        )

    def paper_sources(self, wave: str) -> list[str]:
        """Tables that a wave's tables for paper are made from."""
        folder = f"{self.study.paths.results}/{wave}/tables"
        evidence = EVIDENCE_SOURCES if self.has_evidence(wave) else ()
        return [f"{folder}/{name}.csv" for name in (*WAVE_SOURCES, *evidence)]

    def paper_flags(self, wave: str) -> str:
        """Flags of the paper-tables step for a wave, but for files."""
        own = self.waves[wave]
        flags = _flags(
            wave=wave,
            provenance=own.provenance,
            block=own.cluster.block,
            linkage=own.cluster.linkage,
            metric=own.cluster.metric,
            hybrid_from=self.study.operating_model.hybrid_from,
            centralised_from=self.study.operating_model.centralised_from,
            date=own.date,
            only=tuple(self.paper_tables(wave)),
            formats=self.study.tables.formats,
        )
        return f"{flags} {self.word_flags()}"

    def study_paper_tables(self) -> list[str]:
        """Names of the tables for paper that span waves."""
        judged = any(map(self.has_evidence, self.waves))
        return study_paper_tables(self.study_tables(), len(self.waves), judged)

    def study_paper_files(self) -> list[str]:
        """Files of the tables for paper that span waves."""
        folder, formats = f"{self.study.paths.results}/paper", self.study.tables.formats
        return [f"{folder}/{name}.{kind}" for name in self.study_paper_tables() for kind in formats]

    def study_paper_inputs(self) -> dict[str, list[str]]:
        """What the paper-workbook step reads: tables across waves, verdicts, waves' own tables."""
        paths = self.study.paths
        judged = [wave for wave in self.waves if self.has_evidence(wave)]
        return {
            "tables": [f"{paths.results}/tables/{name}.csv" for name in self.study_tables()],
            "verdicts": [f"{paths.results}/{wave}/tables/verdict.csv" for wave in judged],
            "kept": [f"{paths.processed}/{wave}/paper_tables.json" for wave in self.waves],
        }

    def study_paper_flags(self) -> str:
        """Flags of the paper-workbook step, but for files it reads."""
        flags = _flags(
            provenance=tuple(self.provenances),
            waves=tuple(self.waves),
            date=max(wave.date for wave in self.waves.values()),
            only=tuple(self.study_paper_tables()),
            formats=self.study.tables.formats,
        )
        return f"{flags} {self.word_flags()}"

    def guide_flags(self, wave: str) -> str:
        """Flags of the describe-tables step for a wave."""
        declared = self.waves[wave]
        flags = _flags(
            title=declared.title,
            provenance=declared.provenance,
            source=declared.source,
            licence=declared.licence,
        )
        return f"{flags} {self.word_flags()}"

    def page_picture(self) -> str:
        """Format in which saved figures are put on the page: ``none`` where only PDF is made."""
        return next((one for one in ("svg", "png") if one in self.study.figures.formats), "none")

    def page_settings(self) -> str:
        """What the page says of the waves' declarations, as text; see :meth:`ingest_settings`."""
        used = {"wave", "title", "date", "provenance", "source", "licence", "cluster", "evidence"}
        declared = [wave.model_dump(mode="json", include=used) for wave in self.waves.values()]
        return json.dumps(declared, sort_keys=True)

    def page_files(self) -> list[str]:
        """What is put on the page: tables, tidy files, and figures with their data and texts."""
        results = self.study.paths.results
        endings = [one for one in (self.page_picture(), "csv", "txt") if one != "none"]
        figures = {f"{results}/figures": self.study_figure_names()}
        for wave in self.waves:
            evidence = EVIDENCE_FIGURES if self.has_evidence(wave) else ()
            figures[f"{results}/{wave}/figures"] = [*self.wave_figures(), *evidence]
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in self.table_names(wave)
            ],
            *[f"{results}/tables/{name}.csv" for name in self.study_tables()],
            *self.wave_processed("responses", "codebook"),
            self.methods_files()[0],
            *self.report_figures_file(),
            *[
                f"{folder}/{name}.{ending}"
                for folder, names in figures.items()
                for name in names
                for ending in endings
            ],
        ]

    def page_flags(self) -> str:
        """Flags of the report step: the waves' declarations, and what the run makes across them."""
        config = Path(self.study.paths.config, "waves")
        flags = _flags(
            wave_files=tuple(str(config / f"{wave}.yaml") for wave in self.waves),
            tables=tuple(self.study_tables()),
            figures=tuple(self.study_figure_names()),
            picture=self.page_picture(),
            results=self.study.paths.results,
            processed=self.study.paths.processed,
            seed=self.study.seed,
            methods=self.methods_files()[0],
            **({"report_figures": drawn[0]} if (drawn := self.report_figures_file()) else {}),
        )
        return f"{flags} {self.word_flags()}"

    def study_figure_names(self) -> list[str]:
        """Names of the figures that this run makes across waves."""
        tracking = TRACKING_FIGURES if len(self.waves) > 1 else ()
        return [*STUDY_FIGURES, *tracking, *self.interview_figures()]

    def published_inputs(self) -> list[str]:
        """What the publish step reads, or only counts."""
        if self.study.publish is None:
            return []
        results = self.study.paths.results
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in self.table_names(wave)
            ],
            *[f"{results}/tables/{name}.csv" for name in self.study_tables()],
            *self.wave_processed("responses", "trusts", "attributes", "codebook"),
        ]

    def public_files(self) -> list[str]:
        """Tables and figures for publication, beside their README; none unless asked for."""
        if self.study.publish is None:
            return []
        public = f"{self.study.paths.results}/public"
        return [
            *[
                f"{public}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in filter(is_published, self.table_names(wave))
            ],
            *[f"{public}/tables/{name}.csv" for name in filter(is_published, self.study_tables())],
            *[
                file
                for wave in self.waves
                for file in self.figure_files(f"{public}/{wave}/figures", PUBLIC_FIGURES)
            ],
        ]

    def publish_flags(self) -> str:
        """Flags of the publish step: its choices, the waves, and the tables that there are."""
        chosen = self.study.publish
        if chosen is None:
            return ""
        words = [*self.wave_flags(), "--study-tables", f"{self.study.paths.results}/tables"]
        for wave in self.waves:
            words += ["--tables", wave, *self.table_names(wave)]
            words += ["--drawn", wave, self.waves[wave].cluster.block, str(self.drawn_k(wave))]
        words += ["--tables", "(study)", *self.study_tables()]
        return f"{shlex.join(words)} {_flags(**chosen.model_dump())}"

    def inputs_of_a_wave(self, wave: str) -> list[str]:
        """Files that people bring for a wave: its raw files and its declaration."""
        return [*self.raw_files(wave), f"{self.study.paths.config}/waves/{wave}.yaml"]

    def inputs_of_the_study(self, config_file: str) -> list[str]:
        """Files that people bring for all waves, those alone that are there."""
        config, published = Path(self.study.paths.config), Path(self.study.paths.published)
        ensemble = self.ensemble_file() if self.reconstructed_waves() else []
        extracts = dict.fromkeys((None, *map(self.joined_extract, self.waves)))
        registers = [file for one in extracts for file in self.extract_files(one)]
        cutoffs = ("register.yaml", "register_alternatives.yaml") if registers else ()
        files = [
            config_file,
            *(str(config / name) for name in ("codebook.csv", *cutoffs)),
            *registers,
            *(file for name in self.interview_sets for file in self.interview_files(name)),
            *(self.interview_codes(name) for name in self.interview_sets),
            *(str(published / f"{name}.csv") for name in _PUBLISHED),
            *ensemble,
            *self.report_figures_file(),
        ]
        return [file for file in dict.fromkeys(files) if Path(file).is_file()]

    def crate_file(self) -> str:
        """The description of the whole run, which is made last."""
        return f"{self.study.paths.results}/ro-crate-metadata.json"

    def wanted(self) -> list[str]:
        """Everything that a complete run makes."""
        return [*self.described(), self.crate_file()]

    def described(self) -> list[str]:
        """Everything that a complete run makes but the description of it."""
        results = self.study.paths.results
        public = [] if self.study.publish is None else [f"{results}/public/README.md"]
        return [
            *public,
            *self.public_files(),
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in self.table_names(wave)
            ],
            *[f"{results}/{wave}/tables/README.md" for wave in self.waves],
            *self.common_files(*[f"{name}.csv" for name in COMMON_TABLES], "README.md"),
            *[f"{results}/tables/{name}.csv" for name in self.study_tables()],
            f"{results}/tables/README.md",
            *[
                file
                for wave in self.waves
                for file in self.figure_files(f"{results}/{wave}/figures", self.wave_figures())
            ],
            *[
                file
                for wave in self.waves
                if self.has_evidence(wave)
                for file in self.figure_files(f"{results}/{wave}/figures", EVIDENCE_FIGURES)
            ],
            *[f"{results}/{wave}/paper" for wave in self.waves],
            *self.study_paper_files(),
            f"{results}/tables.xlsx",
            *self.figure_files(f"{results}/figures", STUDY_FIGURES),
            *self.tracking_figure_files(),
            *self.figure_files(f"{results}/figures", self.interview_figures()),
            f"{results}/figures.html",
            f"{results}/report.html",
            *self.methods_files(),
        ]

    def every_figure(self) -> list[str]:
        """All figures of the run, by their files without an ending."""
        results = self.study.paths.results
        of_waves = [
            f"{results}/{wave}/figures/{name}"
            for wave in self.waves
            for name in (
                *self.wave_figures(),
                *(EVIDENCE_FIGURES if self.has_evidence(wave) else ()),
            )
        ]
        tracked = TRACKING_FIGURES if len(self.waves) > 1 else ()
        across = (*STUDY_FIGURES, *tracked, *self.interview_figures())
        return [*of_waves, *(f"{results}/figures/{name}" for name in across)]

    def sampled_wave(self) -> str:
        """The wave whose trusts are set beside the register: the first one."""
        return self.wave_names[0]


def plan_study(values: Mapping[str, Any], file: str = "config/config.yaml") -> Plan:
    """Check the configuration, the declared waves, their codebook and their data.

    Parameters
    ----------
    values : mapping
        The run's configuration, as Snakemake read it.
    file : str
        Name used in problem reports.

    Returns
    -------
    Plan

    Raises
    ------
    InputProblems
        If anything is wrong; a declared wave without data is, a folder of raw data without a
        declaration is a warning.
    """
    study = load_study(values, file)
    config = Path(study.paths.config)
    waves = load_waves(config / "waves")
    book = _existing(config / "codebook.csv")
    codebooks = load_codebook(book, waves)
    trace_items(codebooks, str(book), codebook_lines(book))
    report = Path(study.paths.published, "figures.yaml")
    drawn = load_report_figures(report) if report.is_file() else {}
    plan = Plan(study, waves, codebooks, report_figures=drawn)
    raise_if_any(
        [
            *_absent_files(plan, config),
            *_absent_extracts(plan, config),
            *_unknown_blocks(plan, config),
            *_interview_problems(plan, file),
            *_font_problems(study, file),
        ],
    )
    warnings = (
        *_undeclared(study, waves),
        *_undeclared_interviews(study),
        *_unknown_families(study, waves),
        *_other_extract(plan),
        *_too_few_common(plan),
    )
    return replace(plan, warnings=warnings)


def _flags(**values: object) -> str:
    """Write settings as command-line flags, quoted for the shell."""
    words: list[str] = []
    for name, value in values.items():
        words.append("--" + name.replace("_", "-"))
        words += [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
    return shlex.join(words)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InputProblems(
            [Problem(str(path), "The file exists.", "Create it; config/README.md says how.")]
        )
    return path


def _absent_files(plan: Plan, config: Path) -> list[Problem]:
    return [
        Problem(
            str(config / "waves" / f"{wave}.yaml"),
            f"A declared wave has its data; {file} does not exist.",
            "Put the file there, correct its name, or take the declaration away.",
            value=wave,
        )
        for wave in plan.waves
        for file in plan.raw_files(wave)
        if not Path(file).is_file()
    ]


def _absent_extracts(plan: Plan, config: Path) -> list[Problem]:
    folder = Path(plan.study.paths.raw, "register")
    return [
        Problem(
            str(config / "waves" / f"{name}.yaml"),
            "The column with the trusts' numbers brings attributes from the register, so its "
            f"extract is needed; there is none in {folder / extract}.",
            "Download one (data/raw/register/README.md says how), name another under "
            "'trusts: extract', or write 'from_register: []' under 'trusts'.",
            column="trusts.uid",
            value=wave.trusts.uid if wave.trusts else None,
        )
        for name, wave in plan.waves.items()
        for extract in [plan.joined_extract(name)]
        if extract is not None and plan.extract_folder(extract) is None
    ]


def _other_extract(plan: Plan) -> list[str]:
    """Warn of a sample whose attributes are of another day than the population beside it."""
    name, ours = plan.sampled_wave(), plan.study.register_.extract
    joined = plan.joined_extract(name)
    if joined in (None, ours) or not plan.register_tables():
        return []
    return [
        f"{name} has its attributes from the register's extract {joined} and is set beside the "
        f"population of {ours}; 'register: extract' in config.yaml names the latter."
    ]


def _unknown_blocks(plan: Plan, config: Path) -> list[Problem]:
    return [
        Problem(
            str(config / "waves" / f"{name}.yaml"),
            f"The block that is clustered is one of: {', '.join(plan.codebooks[name].blocks)}.",
            "Correct cluster: block, or add the block to the codebook.",
            column="cluster.block",
            value=wave.cluster.block,
        )
        for name, wave in plan.waves.items()
        if wave.cluster.block not in plan.codebooks[name].blocks
    ]


def _interview_problems(plan: Plan, file: str) -> Iterator[Problem]:
    """Sets of interviews without files, or joined to what is not there."""
    for number, one in enumerate(plan.study.interviews):
        key = f"interviews.{number}"
        wave = plan.waves.get(one.wave)
        if wave is None:
            rule = f"Interviews are joined to one of the waves: {', '.join(plan.waves)}."
            advice = "Correct it, or take the set of interviews away."
            yield Problem(file, rule, advice, column=f"{key}.wave", value=one.wave)
        else:
            rule = f"Attributes of the wave {one.wave} are: {', '.join(wave.attributes) or 'none'}."
            advice = "Correct it, or declare the attribute in the wave's file."
            for name in one.by:
                if name not in wave.attributes:
                    yield Problem(file, rule, advice, column=f"{key}.by", value=name)
        for column, needed in (
            ("folder", plan.interview_files(one.folder)[0]),
            ("codes", plan.interview_codes(one.folder)),
        ):
            if not Path(needed).is_file():
                rule = f"A set of interviews has its files; {needed} does not exist."
                advice = "Put the file there, correct its name, or take the set away."
                value = str(getattr(one, column))
                yield Problem(file, rule, advice, column=f"{key}.{column}", value=value)


def _font_problems(study: Study, file: str) -> Iterator[Problem]:
    font = study.figures.font
    if font == FigureChoices().font:
        return
    # Looking fonts up takes a second, which a study with the usual one does not wait for.
    from buildingtrusts.output.figures.fonts import known_families

    known = known_families()
    if font not in known:
        yield Problem(
            file,
            f"Fonts of this machine that figures can be set in are: {', '.join(known)}.",
            "Name one of these, install the font as TrueType (.ttf), or delete the key.",
            column="figures.font",
            value=font,
        )


def _undeclared_interviews(study: Study) -> Iterator[str]:
    raw = Path(study.paths.raw, "interviews")
    declared = {one.folder for one in study.interviews}
    for path in sorted(raw.iterdir()) if raw.is_dir() else []:
        if path.is_dir() and path.name not in declared:
            yield (
                f"{path} is not named under 'interviews' in the configuration and is left out; "
                "config/README.md says how to add it."
            )


def _too_few_common(plan: Plan) -> Sequence[str]:
    if len(plan.waves) < 2 or plan.common_block:
        return ()
    return (
        "The waves have fewer than two items in common in the blocks that they cluster, so they "
        "are not clustered on common items; status and previous_items in the codebook say which "
        "items are the same.",
    )


def _unknown_families(study: Study, waves: Mapping[str, Wave]) -> Sequence[str]:
    known = {name for wave in waves.values() for name in wave.attribute_names}
    # The default names an attribute of the 2018 study, which other studies need not have.
    named = study.crosstabs.own_family if "own_family" in study.crosstabs.model_fields_set else ()
    return [
        f"crosstabs: own_family names {name}, which is no attribute of any wave; its tests are "
        "adjusted with the others."
        for name in named
        if name not in known
    ]


def _undeclared(study: Study, waves: Mapping[str, Wave]) -> Sequence[str]:
    raw = Path(study.paths.raw)
    folders = sorted(path.name for path in raw.iterdir() if path.is_dir()) if raw.is_dir() else []
    return [
        f"{raw / name} is not declared as a wave and is left out; "
        f"{Path(study.paths.config, 'waves', name + '.yaml')} would declare it."
        for name in folders
        if name not in waves and name not in RESERVED_NAMES
    ]
