"""Tables for paper, and the text with its references."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.paper import (
    EVIDENCE_SOURCES,
    WAVE_SOURCES,
    study_paper_tables,
    wave_paper_tables,
)
from buildingtrusts.study.plan.command import as_flags

#: Tables that the methods and results of a paper are written from: of a wave, and across waves.
TOLD_OF_A_WAVE = (
    *("sample", "agreement", "clusters", "partitions", "profiles", "associations"),
    *("nulls", "permanova", "stability", "k_votes", "k_indices", "merge_tests", "continuum"),
    *("multiverse", "multiverse_excluded", "ensemble", "verdict"),
    *("operating_model", "effectiveness", "standardisation"),
)
TOLD_ACROSS_WAVES = (
    *("ledger", "wave_agreement", "changes", "common_items", "common_agreement", "new_trusts"),
    *("population_tests", "interviews", "interview_tests"),
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class PaperPlan:
    """Tables for paper, and the text with its references."""

    plan: Plan

    def methods_choices(self) -> str:
        """What the write-methods step tells of the configuration and of the waves, as text.

        Folders, figures, files of tables, publication and the files of a wave are no part of it:
        they change no sentence.
        """
        silent = {"paths", "figures", "tables", "publish"}
        study = self.plan.study.model_dump(mode="json", by_alias=True, exclude=silent)
        told = {"wave", "title", "date", "provenance", "source", "licence", "cluster", "evidence"}
        waves = {
            name: {
                "declared": wave.model_dump(mode="json", include=told),
                "tables": [one for one in self.plan.table_names(name) if one in TOLD_OF_A_WAVE],
                "paper": _numbered(self.tables(name), self.first_table(name)),
            }
            for name, wave in self.plan.waves.items()
        }
        across = {
            "tables": [name for name in self.plan.study_tables() if name in TOLD_ACROSS_WAVES],
            "paper": _numbered(self.study_tables(), self.first_table()),
        }
        return json.dumps({"study": study, "waves": waves, **across}, sort_keys=True)

    def methods_inputs(self) -> list[str]:
        """The tables that the write-methods step reads."""
        results = self.plan.study.paths.results
        return [
            *[
                f"{results}/{wave}/tables/{name}.csv"
                for wave in self.plan.waves
                for name in self.plan.table_names(wave)
                if name in TOLD_OF_A_WAVE
            ],
            *[
                f"{results}/tables/{name}.csv"
                for name in self.plan.study_tables()
                if name in TOLD_ACROSS_WAVES
            ],
            *self.plan.wave_processed("missing", "codebook"),
        ]

    def methods_files(self) -> list[str]:
        """The text for a paper, its paragraphs one by one, and its references."""
        results = self.plan.study.paths.results
        return [f"{results}/{name}" for name in ("methods.md", "methods.json", "references.bib")]

    def tables(self, wave: str) -> list[str]:
        """Names of a wave's tables for paper."""
        own = self.plan.waves[wave]
        return wave_paper_tables(
            own.cluster.report_k,
            self.plan.codebooks[wave].blocks,
            own.attribute_names,
            self.plan.has_evidence(wave),
        )

    def first_table(self, wave: str | None = None) -> int:
        """Number of the first table for paper of a wave, or across waves: these come last."""
        names = list(self.plan.waves)
        earlier = names[: names.index(wave)] if wave else names
        return 1 + sum(len(self.tables(one)) for one in earlier)

    def sources(self, wave: str) -> list[str]:
        """Tables that a wave's tables for paper are made from."""
        folder = f"{self.plan.study.paths.results}/{wave}/tables"
        evidence = EVIDENCE_SOURCES if self.plan.has_evidence(wave) else ()
        return [f"{folder}/{name}.csv" for name in (*WAVE_SOURCES, *evidence)]

    def flags(self, wave: str) -> str:
        """Flags of the paper-tables step for a wave, but for files."""
        own = self.plan.waves[wave]
        flags = as_flags(
            wave=wave,
            provenance=own.provenance,
            block=own.cluster.block,
            linkage=own.cluster.linkage,
            metric=own.cluster.metric,
            hybrid_from=self.plan.study.operating_model.hybrid_from,
            centralised_from=self.plan.study.operating_model.centralised_from,
            own_family=self.plan.study.crosstabs.own_family,
            date=own.date,
            first=self.first_table(wave),
            only=tuple(self.tables(wave)),
            formats=self.plan.study.tables.formats,
        )
        return f"{flags} {self.plan.word_flags()}"

    def study_tables(self) -> list[str]:
        """Names of the tables for paper that span waves."""
        judged = any(map(self.plan.has_evidence, self.plan.waves))
        return study_paper_tables(self.plan.study_tables(), len(self.plan.waves), judged)

    def study_files(self) -> list[str]:
        """Files of the tables for paper that span waves."""
        folder, formats = f"{self.plan.study.paths.results}/paper", self.plan.study.tables.formats
        return [f"{folder}/{name}.{kind}" for name in self.study_tables() for kind in formats]

    def study_inputs(self) -> dict[str, list[str]]:
        """What the paper-workbook step reads: tables across waves, verdicts, waves' own tables."""
        paths = self.plan.study.paths
        judged = [wave for wave in self.plan.waves if self.plan.has_evidence(wave)]
        return {
            "tables": [f"{paths.results}/tables/{name}.csv" for name in self.plan.study_tables()],
            "verdicts": [f"{paths.results}/{wave}/tables/verdict.csv" for wave in judged],
            "kept": [f"{paths.processed}/{wave}/paper_tables.json" for wave in self.plan.waves],
            "codes": [self.plan.interviews.codes(name) for name in self.plan.interviews.sets],
        }

    def study_flags(self) -> str:
        """Flags of the paper-workbook step, but for files it reads."""
        flags = as_flags(
            provenance=tuple(self.plan.provenances),
            waves=tuple(self.plan.waves),
            date=max(wave.date for wave in self.plan.waves.values()),
            first=self.first_table(),
            only=tuple(self.study_tables()),
            formats=self.plan.study.tables.formats,
            codes=tuple(
                f"{name}={self.plan.interviews.codes(name)}" for name in self.plan.interviews.sets
            ),
        )
        return f"{flags} {self.plan.word_flags()}"


def _numbered(names: Sequence[str], first: int) -> dict[str, int]:
    """Tables for paper by name, with their numbers."""
    return {name: number for number, name in enumerate(names, start=first)}
