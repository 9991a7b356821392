"""The page with all results: what is put on it, and what it says of the waves."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import (
    EVIDENCE_FIGURES,
)
from buildingtrusts.study.plan.command import as_flags

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class PagePlan:
    """The page with all results: what is put on it, and what it says of the waves."""

    plan: Plan

    def picture(self) -> str:
        """Format in which saved figures are put on the page: ``none`` where only PDF is made."""
        return next(
            (one for one in ("svg", "png") if one in self.plan.study.figures.formats), "none"
        )

    def settings(self) -> str:
        """What the page says of declarations, as text; see :meth:`.Plan.ingest_settings`."""
        used = {"wave", "title", "date", "provenance", "source", "licence", "cluster", "evidence"}
        declared = [wave.model_dump(mode="json", include=used) for wave in self.plan.waves.values()]
        return json.dumps(declared, sort_keys=True)

    def files(self) -> list[str]:
        """What is put on the page: tables, tidy files, and figures with their data and texts."""
        results = self.plan.study.paths.results
        endings = [one for one in (self.picture(), "csv", "txt") if one != "none"]
        figures = {f"{results}/figures": self.plan.figures.of_the_study()}
        for wave in self.plan.waves:
            evidence = EVIDENCE_FIGURES if self.plan.has_evidence(wave) else ()
            figures[f"{results}/{wave}/figures"] = [*self.plan.figures.of_a_wave(), *evidence]
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.plan.waves
                for name in self.plan.table_names(wave)
            ],
            *[f"{results}/tables/{name}.csv" for name in self.plan.study_tables()],
            *self.plan.tracking.common_files("partitions.csv"),
            *self.plan.wave_processed("responses", "codebook"),
            *(self.plan.interviews.codes(name) for name in self.plan.interviews.sets),
            self.plan.paper.methods_files()[1],
            *self.plan.figures.report_figures_file(),
            *[
                f"{folder}/{name}.{ending}"
                for folder, names in figures.items()
                for name in names
                for ending in endings
            ],
        ]

    def flags(self) -> str:
        """Flags of the report step: the waves' declarations, and what the run makes across them."""
        config = Path(self.plan.study.paths.config, "waves")
        flags = as_flags(
            wave_files=tuple(str(config / f"{wave}.yaml") for wave in self.plan.waves),
            tables=tuple(self.plan.study_tables()),
            figures=tuple(self.plan.figures.of_the_study()),
            picture=self.picture(),
            results=self.plan.study.paths.results,
            processed=self.plan.study.paths.processed,
            seed=self.plan.study.seed,
            own_family=self.plan.study.crosstabs.own_family,
            methods=self.plan.paper.methods_files()[1],
            **(
                {"report_figures": drawn[0]}
                if (drawn := self.plan.figures.report_figures_file())
                else {}
            ),
        )
        words = ["--common"] if self.plan.tracking.common_block else []
        for name in self.plan.interviews.sets:
            words += ["--interview-codes", name, self.plan.interviews.codes(name)]
        return f"{flags} {shlex.join(words)} {self.plan.word_flags()}"
