"""What the paragraphs are written from: tables and choices of a run, and versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class _Tabled:
    """What has contract tables, and tables for paper that the text refers to."""

    tables: Mapping[str, pd.DataFrame]
    paper: Mapping[str, int]

    def table(self, name: str) -> pd.DataFrame | None:
        """A table by name, or None if the run did not make it or it has no rows."""
        found = self.tables.get(name)
        return found if found is not None and len(found) else None

    def see(self, name: str) -> str:
        """How the text refers to a table for paper; empty if the run makes no such table."""
        return f"Table {self.paper[name]}" if name in self.paper else ""


@dataclass(frozen=True)
class WaveMaterial(_Tabled):
    """One wave.

    Attributes
    ----------
    declared : mapping
        Its declaration as ``config/waves/<wave>.yaml`` has it, defaults filled in.
    stamp : str
        The words of a wave that is not original; else empty.
    tables : mapping of str to DataFrame
        By name: its tables, and of its tidy files ``missing`` and ``codebook``.
    paper : mapping of str to int
        Numbers of its tables for paper, by name.
    """

    declared: Mapping[str, Any]
    stamp: str
    tables: Mapping[str, pd.DataFrame]
    paper: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name of the wave."""
        return str(self.declared["wave"])

    @property
    def last_k(self) -> int:
        """The last reported number of clusters, which figures show."""
        return int(self.declared["cluster"]["report_k"][-1])

    @property
    def made_up(self) -> bool:
        """Whether its answers are nobody's."""
        return self.declared["provenance"] != "original"


@dataclass(frozen=True)
class RunMaterial(_Tabled):
    """One run.

    Attributes
    ----------
    choices : mapping
        The run's configuration, defaults filled in.
    versions : mapping of str to str
        Of the package, Python, Snakemake and the libraries.
    waves : tuple of WaveMaterial
        In order of date.
    tables : mapping of str to DataFrame
        Those across waves, by name.
    statement : str
        What opens the text where a wave is made up; else empty.
    stamp : str
        Of what spans waves.
    interviews : mapping of str to str
        Stamp of each set of interviews; empty if both set and wave are original.
    interview_statement : str
        What opens the text where interviews are made up; else empty.
    paper : mapping of str to int
        As of a wave, of the tables across waves.
    """

    choices: Mapping[str, Any]
    versions: Mapping[str, str]
    waves: tuple[WaveMaterial, ...]
    tables: Mapping[str, pd.DataFrame]
    statement: str = ""
    stamp: str = ""
    interviews: Mapping[str, str] = field(default_factory=dict)
    interview_statement: str = ""
    paper: Mapping[str, int] = field(default_factory=dict)
