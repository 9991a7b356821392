"""The second set of results, in which small numbers are withheld; none unless asked for."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.publication import PUBLIC_FIGURES, is_published
from buildingtrusts.study.plan.command import as_flags

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class PublicationPlan:
    """The second set of results, in which small numbers are withheld; none unless asked for."""

    plan: Plan

    def inputs(self) -> list[str]:
        """What the publish step reads, or only counts."""
        if self.plan.study.publish is None:
            return []
        results = self.plan.study.paths.results
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.plan.waves
                for name in self.plan.table_names(wave)
            ],
            *[f"{results}/tables/{name}.csv" for name in self.plan.study_tables()],
            *self.plan.wave_processed("responses", "trusts", "attributes", "codebook"),
        ]

    def files(self) -> list[str]:
        """Tables and figures for publication, beside their README; none unless asked for."""
        if self.plan.study.publish is None:
            return []
        public = f"{self.plan.study.paths.results}/public"
        return [
            *[
                f"{public}/{wave}/tables/{name}.csv"
                for wave in self.plan.waves
                for name in filter(is_published, self.plan.table_names(wave))
            ],
            *[
                f"{public}/tables/{name}.csv"
                for name in filter(is_published, self.plan.study_tables())
            ],
            *[
                file
                for wave in self.plan.waves
                for file in self.plan.figures.files(f"{public}/{wave}/figures", PUBLIC_FIGURES)
            ],
        ]

    def flags(self) -> str:
        """Flags of the publish step: its choices, the waves, and the tables that there are."""
        chosen = self.plan.study.publish
        if chosen is None:
            return ""
        words = [
            *self.plan.wave_flags(),
            "--study-tables",
            f"{self.plan.study.paths.results}/tables",
        ]
        for wave in self.plan.waves:
            words += ["--tables", wave, *self.plan.table_names(wave)]
            words += [
                "--drawn",
                wave,
                self.plan.waves[wave].cluster.block,
                str(self.plan.drawn_k(wave)),
            ]
        words += ["--tables", "(study)", *self.plan.study_tables()]
        return f"{shlex.join(words)} {as_flags(**chosen.model_dump())}"
