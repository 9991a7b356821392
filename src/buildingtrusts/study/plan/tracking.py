"""What is followed from wave to wave: types of clusters, and the items that all waves asked."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from buildingtrusts.study.common_items import TracedItem, common_block, trace_items
from buildingtrusts.study.plan.command import as_flags
from buildingtrusts.study.provenance import may_be_named_after

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class TrackingPlan:
    """What is followed from wave to wave: types of clusters, and the items that all waves asked."""

    plan: Plan

    def up_to(self, wave: str) -> list[str]:
        """The waves before a wave, in order of date, and the wave itself."""
        return self.plan.wave_names[: self.plan.wave_names.index(wave) + 1]

    def named_after(self, wave: str) -> list[str]:
        """The earlier waves whose types a wave's clusters may be."""
        own = self.plan.waves[wave].provenance
        return [
            name
            for name in self.up_to(wave)[:-1]
            if may_be_named_after(own, self.plan.waves[name].provenance)
        ]

    def typing_flags(self, wave: str) -> str:
        """Flags of the type-clusters step: the wave and those before it."""
        waves = self.up_to(wave)
        return shlex.join([*self.plan.wave_flags(waves), *self.plan.choice_flags(waves)])

    def typing_files(self, wave: str) -> list[str]:
        """What the type-clusters step reads of earlier waves."""
        results, processed = self.plan.study.paths.results, self.plan.study.paths.processed
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
        blocks = {name: wave.cluster.block for name, wave in self.plan.waves.items()}
        found = common_block(trace_items(self.plan.codebooks), blocks)
        if len(self.plan.waves) < 2 or len(found) < 2:
            return ()
        return tuple(sorted(found, key=lambda one: one.places[self.plan.wave_names[0]]))

    def common_flags(self, wave: str) -> str:
        """Flags of the cluster-common step: the common items, and how the wave is clustered."""
        first, own = self.plan.wave_names[0], self.plan.waves[wave].cluster
        words = [*self.plan.wave_flags(self.up_to(wave)), *self.plan.choice_flags([wave])]
        for one in self.common_block:
            ends = one.scale(first) or ("none", "none")
            words += ["--item", one.asked[wave].column, one.asked[first].column, *map(str, ends)]
        return f"{shlex.join(words)} {as_flags(min_responses=own.min_responses, k=own.k)}"

    def common_note(self, wave: str) -> str:
        """What opens the guide to the tables on common items."""
        first = self.plan.wave_names[0]
        items = ", ".join(one.asked[wave].column for one in self.common_block)
        return (
            f"the wave clustered on the {len(self.common_block)} items of its clustered block that "
            f"all waves asked ({items}), answers on the scales of {first}. The rule on how many "
            "responses a trust needs is applied to these items. Tables without rows: the trusts "
            "could not be clustered on them; the log of cluster_common says why."
        )

    def common_typing_files(self, wave: str) -> list[str]:
        """What the cluster-common step reads of earlier waves."""
        results, processed = self.plan.study.paths.results, self.plan.study.paths.processed
        return [
            *[f"{processed}/{name}/common_answers.csv" for name in self.named_after(wave)],
            *[f"{results}/{name}/common/tables/clusters.csv" for name in self.named_after(wave)],
        ]

    def common_files(self, *names: str) -> list[str]:
        """Files of the clusterings on common items, of every wave; none where there are none."""
        if not self.common_block:
            return []
        results = self.plan.study.paths.results
        return [
            f"{results}/{wave}/common/tables/{name}" for wave in self.plan.waves for name in names
        ]

    def flags(self) -> str:
        """Flags of the track step."""
        every_k = sorted({k for wave in self.plan.waves.values() for k in wave.cluster.report_k})
        draws = self.plan.study.tracking.draws
        own = as_flags(k=tuple(every_k), draws=draws, placement_draws=draws)
        words = [*self.plan.wave_flags(), *self.plan.choice_flags(self.plan.wave_names)]
        if self.common_block:
            words.append("--common")
        return f"{shlex.join(words)} {own}"
