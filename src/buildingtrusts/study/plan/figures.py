"""Figures of waves and of the study: which there are, their files, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
    STUDY_FIGURES,
    TRACKING_FIGURES,
    WAVE_FIGURES,
)
from buildingtrusts.study.plan.command import as_flags

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class FigurePlan:
    """Figures of waves and of the study: which there are, their files, and how they are drawn."""

    plan: Plan

    def benchmark_files(self) -> list[str]:
        """Published figures of other surveys that waves are set beside, if there are any."""
        path = f"{self.plan.study.paths.published}/benchmarks.csv"
        return [path] if Path(path).is_file() else []

    def report_figures_file(self) -> list[str]:
        """The list of charts that the study's report drew of single items, if there is one."""
        path = f"{self.plan.study.paths.published}/figures.yaml"
        return [path] if self.plan.report_figures else []

    def of_a_wave(self) -> list[str]:
        """Names of the figures of a wave, without those of its evidence."""
        return [*WAVE_FIGURES, *self.plan.report_figures]

    def tracking_files(self) -> list[str]:
        """Files of the figures that need two waves; none for one wave."""
        folder = f"{self.plan.study.paths.results}/figures"
        return self.files(folder, TRACKING_FIGURES) if len(self.plan.waves) > 1 else []

    def files(self, folder: str, figures: Sequence[str]) -> list[str]:
        """Files of figures: every format, the data drawn and the alternative text."""
        endings = [*self.plan.study.figures.formats, "csv", "txt"]
        return [f"{folder}/{name}.{ending}" for name in figures for ending in endings]

    def picture_flags(self) -> str:
        """Flags of every step that draws: formats, resolution, width and font."""
        choices = self.plan.study.figures
        return as_flags(
            formats=choices.formats, dpi=choices.dpi, width=choices.width, font=choices.font
        )

    def flags(self, wave: str) -> str:
        """Flags of the draw step for a wave: what it is, and which partition to show."""
        declared, tested = self.plan.waves[wave], self.plan.evidence.merge_test_files(wave)
        beside = self.benchmark_files()
        survey = wave.removesuffix(f"-{declared.provenance}")
        flags = as_flags(
            title=declared.title,
            provenance=declared.provenance,
            block=declared.cluster.block,
            linkage=declared.cluster.linkage,
            metric=declared.cluster.metric,
            k=self.plan.drawn_k(wave),
            hybrid_from=self.plan.study.operating_model.hybrid_from,
            centralised_from=self.plan.study.operating_model.centralised_from,
            **({"merge_tests": tested[0]} if tested else {}),
            **({"benchmarks": beside[0], "survey": survey} if beside else {}),
            **({"report_figures": drawn[0]} if (drawn := self.report_figures_file()) else {}),
        )
        return f"{flags} {self.plan.word_flags()}"

    def study_flags(self) -> str:
        """Flags of the draw-study step: the tables that there are, or the sample by itself."""
        folder = Path(self.plan.study.paths.results, "tables")
        flags: dict[str, str] = {
            name: str(folder / f"{name}.csv")
            for name in ("ledger", "published_associations", "population")
            if name in self.plan.study_tables()
        }
        if "population" not in flags:
            flags["sample"] = str(Path(self.plan.study.paths.processed, self.plan.sampled_wave()))
        return f"{as_flags(**flags)} {self.plan.word_flags()}"

    def study_inputs(self) -> list[str]:
        """What the draw-study step reads: the tables across waves, or the sample's tidy files."""
        folder = Path(self.plan.study.paths.results, "tables")
        names = ("ledger", "published_associations")
        tables = [str(folder / f"{name}.csv") for name in names]
        if self.plan.register.tables():
            return [*tables, str(folder / "population.csv")]
        sample = Path(self.plan.study.paths.processed, self.plan.sampled_wave())
        return [*tables, str(sample / "trusts.csv"), str(sample / "attributes.csv")]

    def of_the_study(self) -> list[str]:
        """Names of the figures that this run makes across waves."""
        tracking = TRACKING_FIGURES if len(self.plan.waves) > 1 else ()
        return [*STUDY_FIGURES, *tracking, *self.plan.interviews.figures()]

    def everything(self) -> list[str]:
        """All figures of the run, by their files without an ending."""
        results = self.plan.study.paths.results
        of_waves = [
            f"{results}/{wave}/figures/{name}"
            for wave in self.plan.waves
            for name in (
                *self.of_a_wave(),
                *(EVIDENCE_FIGURES if self.plan.has_evidence(wave) else ()),
            )
        ]
        tracked = TRACKING_FIGURES if len(self.plan.waves) > 1 else ()
        across = (*STUDY_FIGURES, *tracked, *self.plan.interviews.figures())
        return [*of_waves, *(f"{results}/figures/{name}" for name in across)]
