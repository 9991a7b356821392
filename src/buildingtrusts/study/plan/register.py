"""Extracts of the official register: where they are, and which waves need them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.plan.command import as_flags

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


@dataclass(frozen=True)
class RegisterPlan:
    """Extracts of the official register: where they are, and which waves need them."""

    plan: Plan

    def extract_folder(self, extract: str | None = None) -> str | None:
        """Folder of an extract of the register, or None if it has not been downloaded.

        Without a name it is the study's.
        """
        folder = Path(
            self.plan.study.paths.raw, "register", extract or self.plan.study.register_.extract
        )
        return str(folder) if folder.is_dir() and any(folder.glob("*.csv")) else None

    def extract_files(self, extract: str | None = None) -> list[str]:
        """Files of an extract of the register; none if it has not been downloaded."""
        folder = self.extract_folder(extract)
        return [] if folder is None else sorted(str(path) for path in Path(folder).glob("*.csv"))

    def files(self) -> list[str]:
        """Files of all extracts that the run reads: the study's, and those that waves join."""
        extracts = dict.fromkeys((None, *map(self.joined_extract, self.plan.waves)))
        return [file for one in extracts for file in self.extract_files(one)]

    def tables(self, extract: str | None = None) -> list[str]:
        """Tables made from an extract; none if it has not been downloaded."""
        if self.extract_folder(extract) is None:
            return []
        folder = self.folder(extract)
        return [f"{folder}/{name}" for name in ("register_trusts.csv", "population.csv")]

    def folder(self, extract: str | None = None) -> str:
        """Folder of the tables made from an extract."""
        named = extract or self.plan.study.register_.extract
        return str(Path(self.plan.study.paths.processed, "register", named))

    def joined_extract(self, wave: str) -> str | None:
        """The extract that gives a wave's trusts attributes, if they have numbers there."""
        trusts = self.plan.waves[wave].trusts
        if trusts is None or not trusts.joins_register:
            return None
        return trusts.extract or self.plan.study.register_.extract

    def joined_tables(self, wave: str) -> list[str]:
        """The register's tables that a wave is joined with; none if its trusts have no numbers."""
        extract = self.joined_extract(wave)
        return [] if extract is None else self.tables(extract)

    def join_flags(self, wave: str) -> str:
        """Flag of the ingest step that names the register's tables, if the wave needs them."""
        extract = self.joined_extract(wave)
        return "" if extract is None else as_flags(register=self.folder(extract))
