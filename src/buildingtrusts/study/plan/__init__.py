"""What a run is to make: the waves it has, where their files are, and what each rule depends on.

The workflow asks this object and nothing else, so that everything it relies on can be tested
without starting it. Settings reach a rule as values (its ``params:``); a rule is given the
declaration of its own wave alone, so that a new wave reruns no other.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection, Mapping, Sequence
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
from buildingtrusts.output.figures import EVIDENCE_FIGURES, STUDY_FIGURES
from buildingtrusts.study.choices import Study
from buildingtrusts.study.codebook import Codebook, codebook_lines, load_codebook
from buildingtrusts.study.common_items import trace_items
from buildingtrusts.study.configuration import load_report_figures, load_study, load_waves
from buildingtrusts.study.plan.checks import problems_of, warnings_of
from buildingtrusts.study.plan.command import as_flags
from buildingtrusts.study.plan.evidence import EvidencePlan
from buildingtrusts.study.plan.figures import FigurePlan
from buildingtrusts.study.plan.interviews import InterviewPlan
from buildingtrusts.study.plan.page import PagePlan
from buildingtrusts.study.plan.paper import PaperPlan
from buildingtrusts.study.plan.publication import PublicationPlan
from buildingtrusts.study.plan.register import RegisterPlan
from buildingtrusts.study.plan.tracking import TrackingPlan
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.wave import ReportFigure, Wave

#: Tables across waves that need an extract of the register.
OF_THE_REGISTER = ("population", "population_tests", "attribute_sensitivity")
#: Tables across waves that need interviews.
OF_INTERVIEWS = ("interviews", "interview_tests")
#: What is published, as data; the list of known reconstructions refuses files and changes none.
_PUBLISHED = ("claims", "crosstabs", "targets", "benchmarks")


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
        return f"{self.specification_flags(wave)} {as_flags(k=self.waves[wave].cluster.k)}"

    def specification_flags(self, wave: str) -> str:
        """Flags that say how a wave is clustered."""
        choices = self.waves[wave].cluster
        return as_flags(
            block=choices.block,
            linkage=choices.linkage,
            metric=choices.metric,
            scaling=choices.scaling,
            statistic=choices.statistic,
        )

    def has_evidence(self, wave: str) -> bool:
        """Whether the evidence for the wave's clusters is computed."""
        return self.waves[wave].evidence.enabled

    def word_flags(self) -> str:
        """Flags that give the study's words; none for the package's own."""
        said = self.study.words.model_dump()
        changed = [f"{word}={text}" for word, text in said.items() if word != text]
        return as_flags(words=tuple(changed)) if changed else ""

    def illustrated_file(self) -> list[str]:
        """The list of claims that an illustration was made to show, if there is one."""
        path = f"{self.study.paths.published}/illustrated.csv"
        return [path] if Path(path).is_file() else []

    def table_names(self, wave: str) -> list[str]:
        """Names of the tables that this run makes of a wave."""
        evidence = EVIDENCE_TABLES if self.has_evidence(wave) else {}
        return [*WAVE_TABLES, *evidence]

    def crosstab_flags(self) -> str:
        """Flags of the crosstabulate step that all waves share."""
        choices = self.study.crosstabs
        return as_flags(
            max_steps=choices.max_steps,
            max_tables=choices.max_tables,
            draws=choices.draws,
            own_family=choices.own_family,
        )

    def profile_flags(self) -> str:
        """Flags of the profile step that all waves share."""
        study = self.study
        return as_flags(
            draws=study.profiles.draws,
            answers_per_mat=study.standardisation.answers_per_mat,
            balanced_draws=study.standardisation.draws,
            hybrid_from=study.operating_model.hybrid_from,
            centralised_from=study.operating_model.centralised_from,
        )

    def drawn_k(self, wave: str) -> int:
        """The partition that figures show: the last one reported."""
        return self.waves[wave].cluster.report_k[-1]

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

    def ledger_flags(self) -> str:
        """Flags of the ledger step: waves, illustrated claims, and the register with its year."""
        words = self.wave_flags()
        for file in self.illustrated_file():
            words += ["--illustrated", file]
        for table in self.register.tables()[:1]:
            words += ["--register-year", self.study.register_.extract[:4]]
            words += ["--register", str(Path(table).parent)]
        return shlex.join(words)

    def study_tables(self) -> list[str]:
        """Names of the tables that this run makes across waves."""
        left_out = {
            *(() if self.register.tables() else OF_THE_REGISTER),
            *(() if self.interviews.sets else OF_INTERVIEWS),
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

    def guide_flags(self, wave: str) -> str:
        """Flags of the describe-tables step for a wave."""
        declared = self.waves[wave]
        flags = as_flags(
            title=declared.title,
            provenance=declared.provenance,
            source=declared.source,
            licence=declared.licence,
        )
        return f"{flags} {self.word_flags()}"

    def inputs_of_a_wave(self, wave: str) -> list[str]:
        """Files that people bring for a wave: its raw files and its declaration."""
        return [*self.raw_files(wave), f"{self.study.paths.config}/waves/{wave}.yaml"]

    def inputs_of_the_study(self, config_file: str) -> list[str]:
        """Files that people bring for all waves, those alone that are there."""
        config, published = Path(self.study.paths.config), Path(self.study.paths.published)
        ensemble = self.evidence.ensemble_file() if self.evidence.reconstructed_waves() else []
        registers = self.register.files()
        cutoffs = ("register.yaml", "register_alternatives.yaml") if registers else ()
        files = [
            config_file,
            *(str(config / name) for name in ("codebook.csv", *cutoffs)),
            *registers,
            *(file for name in self.interviews.sets for file in self.interviews.files(name)),
            *(self.interviews.codes(name) for name in self.interviews.sets),
            *(str(published / f"{name}.csv") for name in _PUBLISHED),
            *ensemble,
            *self.figures.report_figures_file(),
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
            *self.publication.files(),
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.waves
                for name in self.table_names(wave)
            ],
            *[f"{results}/{wave}/tables/README.md" for wave in self.waves],
            *self.tracking.common_files(*[f"{name}.csv" for name in COMMON_TABLES], "README.md"),
            *[f"{results}/tables/{name}.csv" for name in self.study_tables()],
            f"{results}/tables/README.md",
            *[
                file
                for wave in self.waves
                for file in self.figures.files(
                    f"{results}/{wave}/figures", self.figures.of_a_wave()
                )
            ],
            *[
                file
                for wave in self.waves
                if self.has_evidence(wave)
                for file in self.figures.files(f"{results}/{wave}/figures", EVIDENCE_FIGURES)
            ],
            *[f"{results}/{wave}/paper" for wave in self.waves],
            *self.paper.study_files(),
            f"{results}/tables.xlsx",
            *self.figures.files(f"{results}/figures", STUDY_FIGURES),
            *self.figures.tracking_files(),
            *self.figures.files(f"{results}/figures", self.interviews.figures()),
            f"{results}/figures.html",
            f"{results}/report.html",
            *self.paper.methods_files(),
        ]

    def sampled_wave(self) -> str:
        """The wave whose trusts are set beside the register: the first one."""
        return self.wave_names[0]

    @cached_property
    def register(self) -> RegisterPlan:
        """Extracts of the official register."""
        return RegisterPlan(self)

    @cached_property
    def evidence(self) -> EvidencePlan:
        """The evidence for the clusters."""
        return EvidencePlan(self)

    @cached_property
    def tracking(self) -> TrackingPlan:
        """What is followed from wave to wave."""
        return TrackingPlan(self)

    @cached_property
    def interviews(self) -> InterviewPlan:
        """Sets of coded interviews, each joined to a wave."""
        return InterviewPlan(self)

    @cached_property
    def figures(self) -> FigurePlan:
        """Figures of each wave and of the study."""
        return FigurePlan(self)

    @cached_property
    def paper(self) -> PaperPlan:
        """Tables for paper, and the text with its references."""
        return PaperPlan(self)

    @cached_property
    def page(self) -> PagePlan:
        """The page with all results."""
        return PagePlan(self)

    @cached_property
    def publication(self) -> PublicationPlan:
        """The second set of results, in which small numbers are withheld; none unless asked for."""
        return PublicationPlan(self)


def plan_study(
    values: Mapping[str, Any],
    file: str = "config/config.yaml",
    typed: Collection[str] = (),
) -> Plan:
    """Check the configuration, the declared waves, their codebook and their data.

    Parameters
    ----------
    values : mapping
        The run's configuration, as Snakemake read it.
    file : str
        Name used in problem reports.
    typed : collection of str
        Keys that were given on the command line.

    Returns
    -------
    Plan

    Raises
    ------
    InputProblems
        If anything is wrong; a declared wave without data is, a folder of raw data without a
        declaration is a warning.
    """
    study = load_study(values, file, typed)
    config = Path(study.paths.config)
    waves = load_waves(config / "waves")
    book = _existing(config / "codebook.csv")
    codebooks = load_codebook(book, waves)
    trace_items(codebooks, str(book), codebook_lines(book))
    report = Path(study.paths.published, "figures.yaml")
    drawn = load_report_figures(report) if report.is_file() else {}
    plan = Plan(study, waves, codebooks, report_figures=drawn)
    raise_if_any(problems_of(plan, file))
    return replace(plan, warnings=warnings_of(plan))


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise InputProblems(
            [Problem(str(path), "The file exists.", "Create it; config/README.md says how.")]
        )
    return path
