"""Sets of coded interviews, each joined to a wave."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import (
    interview_figure,
)
from buildingtrusts.study.choices import InterviewSet
from buildingtrusts.study.plan.command import as_flags

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class InterviewPlan:
    """Sets of coded interviews, each joined to a wave."""

    plan: Plan

    @property
    def sets(self) -> list[str]:
        """Names of the sets of interviews, in the order of the configuration."""
        return [one.folder for one in self.plan.study.interviews]

    def set_of(self, name: str) -> InterviewSet:
        """A set of interviews by its name."""
        return next(one for one in self.plan.study.interviews if one.folder == name)

    def folder(self, name: str) -> str:
        """Raw folder of a set of interviews."""
        return str(Path(self.plan.study.paths.raw, "interviews", name))

    def codes(self, name: str) -> str:
        """File of the codes that a set's excerpts carry."""
        return str(Path(self.plan.study.paths.config, self.set_of(name).codes))

    def files(self, name: str) -> list[str]:
        """Raw files of a set: its excerpts and, if there is one, its trusts."""
        folder = Path(self.folder(name))
        trusts = folder / "trusts.csv"
        return [str(folder / "coded_excerpts.csv"), *([str(trusts)] if trusts.is_file() else [])]

    def inputs(self, name: str) -> dict[str, str | list[str]]:
        """Files that a set's tables are made from: its own, its codes, and its wave's."""
        paths, wave = self.plan.study.paths, self.set_of(name).wave
        return {
            "raw": self.files(name),
            "codes": self.codes(name),
            "clusters": f"{paths.results}/{wave}/tables/clusters.csv",
            "trusts": f"{paths.processed}/{wave}/trusts.csv",
            "attributes": f"{paths.processed}/{wave}/attributes.csv",
        }

    def tables(self, *names: str) -> list[str]:
        """Tables of these names of every set, before they are put together."""
        folder = f"{self.plan.study.paths.processed}/interviews"
        return [f"{folder}/{one}/{name}.csv" for one in self.sets for name in names]

    def flags(self, name: str) -> str:
        """Flags of the interviews step for a set, but for files and seed."""
        declared = self.set_of(name)
        k, draws = self.plan.waves[declared.wave].cluster.report_k, self.plan.study.crosstabs.draws
        return as_flags(wave=declared.wave, k=k, by=declared.by, draws=draws)

    def figures(self) -> list[str]:
        """Names of the figures of all sets."""
        return [
            interview_figure(one.folder, attribute)
            for one in self.plan.study.interviews
            for attribute in (None, *one.by)
        ]

    def figure_flags(self) -> str:
        """A flag a set for the draw-interviews step: what it is and which files name its parts."""
        words: list[str] = []
        for one in self.plan.study.interviews:
            files = self.inputs(one.folder)
            provenance = self.plan.waves[one.wave].provenance
            words += ["--set", f"{one.folder}={provenance}={files['clusters']}={files['codes']}"]
        return shlex.join(words)
