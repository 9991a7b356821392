"""What the report is made from: the tables of each wave and of the study, and the saved figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.questions import Questions
from buildingtrusts.output.figures.typology import Typology, drawn_typology

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Saved:
    """A figure of the run: the picture, its media type, its data as CSV, its alternative text.

    ``title`` is what the study calls a figure of its own; the page has titles for all others.
    """

    picture: bytes
    media: str
    data: str
    alt: str
    title: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the page; 0 where they cannot be told."""
        found = re.search(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"', self.picture[:2000])
        if found:
            return round(float(found[1])), round(float(found[2]))
        if self.picture.startswith(b"\x89PNG"):
            return (
                int.from_bytes(self.picture[16:20], "big"),
                int.from_bytes(self.picture[20:24], "big"),
            )
        return 0, 0


@dataclass(frozen=True)
class WaveMaterial:
    """One wave.

    Attributes
    ----------
    name, title : str
        As declared.
    year : int
        Of its date.
    provenance, stamp, statement : str
        Whose answers they are; the last two are empty for an original wave.
    source, licence : str
        As declared.
    block : str
        Block that is clustered.
    min_responses : int
        Answers that a trust needs to be clustered.
    linkage, metric, scaling, statistic : str
        How it was clustered.
    report_k : tuple of int
        Numbers of clusters that are reported; the last is drawn.
    evidence : bool
        Whether the evidence for its clusters was computed.
    tables : dict of str to DataFrame
        By name; those that the run did not make are missing. ``common_partitions`` is that of the
        clustering on the items that all waves asked.
    reference : DataFrame
        ``item, centre, spread``: mean and standard deviation of all responses to each item of
        the block.
    questions : Questions
        What was asked.
    figures : dict of str to Saved
        By name.
    axes : DataFrame
        ``mat_id, axis_1, axis_2`` of the clustered trusts.
    own_family : tuple of str
        Attributes whose tests were adjusted apart from the others'.
    shares : tuple of float
        Of the two axes.
    """

    name: str
    title: str
    year: int
    provenance: str
    stamp: str
    statement: str
    source: str
    licence: str
    block: str
    min_responses: int
    linkage: str
    metric: str
    scaling: str
    statistic: str
    report_k: tuple[int, ...]
    evidence: bool
    tables: Mapping[str, pd.DataFrame]
    reference: pd.DataFrame
    questions: Questions
    figures: Mapping[str, Saved]
    axes: pd.DataFrame
    shares: tuple[float, float] = (0.0, 0.0)
    own_family: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What identifiers on the page begin with, another for each wave."""
        return f"w-{self.name}"

    @property
    def partitions(self) -> list[Typology]:
        """The reported partitions that there are, fewest clusters first."""
        found = {
            one.k: one
            for one in (drawn_typology(self.tables["clusters"], k) for k in sorted(self.report_k))
        }
        return list(found.values())

    @property
    def drawn(self) -> Typology:
        """The partition that figures show: the last one reported."""
        return drawn_typology(self.tables["clusters"], self.report_k[-1])

    def has(self, name: str) -> bool:
        """Whether there is such a table, with rows."""
        return name in self.tables and not self.tables[name].empty


@dataclass(frozen=True)
class StudyMaterial:
    """What spans waves, and what the page says of itself.

    Attributes
    ----------
    waves : tuple of WaveMaterial
        In order of date.
    tables, figures : dict
        As in :class:`WaveMaterial`.
    stamp : str
        Of everything made from all waves.
    interview_stamp : str
        Of interviews and what is made from them.
    codes : dict of str to dict of str to str
        Labels of the codes of interviews, by set of interviews; first areas, then break points,
        as ``area`` or ``break_point``, a colon and the code.
    seed : int
        Of all random draws.
    versions : dict of str to str
        Of the software.
    citation : dict
        Content of CITATION.cff; empty if there is none.
    methods : dict
        Content of methods.json; empty if the run wrote none.
    claims : mapping of (str, str) to mapping of str to int
        Number of claims by survey and basis, then by verdict.
    """

    waves: tuple[WaveMaterial, ...]
    tables: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Saved]
    stamp: str
    seed: int
    versions: Mapping[str, str]
    citation: Mapping[str, object] = field(default_factory=dict)
    methods: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    interview_stamp: str = ""
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def short(self) -> dict[str, str]:
        """What a wave is called in tables and sentences: its year, or its name if years repeat."""
        years = {wave.year for wave in self.waves}
        return {
            wave.name: str(wave.year) if len(years) == len(self.waves) else wave.name
            for wave in self.waves
        }

    def has(self, name: str) -> bool:
        """Whether there is such a table, with rows."""
        return name in self.tables and not self.tables[name].empty
