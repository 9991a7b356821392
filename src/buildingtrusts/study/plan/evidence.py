"""The evidence for the clusters: draws, how they are split over jobs, multiverse, ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.choices import EnsembleChoices, MultiverseChoices
from buildingtrusts.study.plan.command import as_flags

#: The nulls of the evidence, each a job of its own.
NULLS = ("two_level", "gaussian", "respondents_shuffled", "items_permuted")
#: Draws that have one stream of random numbers, and so cannot be split over jobs.
DRAWS_A_PIECE = 250

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class EvidencePlan:
    """The evidence for the clusters: draws, how they are split over jobs, multiverse, ensemble."""

    plan: Plan

    def draws(self, wave: str) -> int:
        """Draws of each null, bootstraps and deals of a wave."""
        return self.plan.waves[wave].evidence.draws

    def null_study_flags(self, wave: str) -> str:
        """Flags on the studies without clusters that are resampled."""
        declared = self.plan.waves[wave].evidence
        return as_flags(null_studies=declared.null_studies, null_draws=declared.null_draws)

    def multiverse_flags(self, wave: str) -> str:
        """Flags of the multiverse: the wave's own choices, and those that are crossed."""
        own, crossed = self.plan.waves[wave].cluster, self.plan.study.multiverse
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
        return as_flags(**flags, **grid, draws=crossed.draws)

    def draw_files(self, wave: str, work: str) -> list[str]:
        """Files of draws that a step puts together: ``nulls, respondents, ...``, in parts.

        A part of draws is never without any, and what is put together does not depend on how
        many parts there are.
        """
        folder = f"{self.plan.study.paths.processed}/{wave}/evidence"
        if work == "nulls":
            return [f"{folder}/{null}-1.npz" for null in NULLS]
        ending = "npz" if work == "respondents" else "csv"
        return [f"{folder}/{work}-{part}.{ending}" for part in range(1, self.parts(wave, work) + 1)]

    def parts(self, wave: str, work: str) -> int:
        """Over how many jobs the draws of some work are split."""
        declared = self.plan.waves[wave].evidence
        pieces = {
            "respondents": -(-declared.draws // DRAWS_A_PIECE),
            "null_studies": declared.null_studies,
        }
        return min(self.plan.study.evidence.parts, pieces.get(work, self.plan.study.evidence.parts))

    def merge_test_files(self, wave: str) -> list[str]:
        """The tests of the tree's merges, which the dendrogram shows; none without evidence."""
        tested = f"{self.plan.study.paths.results}/{wave}/tables/merge_tests.csv"
        return [tested] if self.plan.has_evidence(wave) else []

    def ensemble_file(self) -> list[str]:
        """The kept evidence of many reconstructions, if there is any."""
        path = f"{self.plan.study.paths.published}/ensemble.csv"
        return [path] if Path(path).is_file() else []

    def ensemble_members(self) -> range:
        """Numbers of the reconstructions of an ensemble."""
        grid = self.plan.study.ensemble
        return range(1, grid.seeds * len(grid.within_sd) * len(grid.count_skew) + 1)

    def ensemble_flags(self, wave: str) -> str:
        """Flags of one reconstruction of the ensemble, but for its number."""
        grid, own = self.plan.study.ensemble, self.plan.waves[wave].cluster
        return " ".join(
            (
                self.plan.cluster_flags(wave),
                as_flags(min_responses=own.min_responses, report_k=own.report_k[-1]),
                as_flags(**{name: getattr(grid, name) for name in EnsembleChoices.model_fields}),
            )
        )

    def reconstructed_waves(self) -> list[str]:
        """Waves that are reconstructions."""
        return [
            name for name, wave in self.plan.waves.items() if wave.provenance == "reconstruction"
        ]
