"""Runs of the whole workflow, each in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = """\
paths:
  config: config
  raw: raw
  processed: processed
  results: results
  published: published
  logs: logs
seed: 1
profiles: {draws: 100}
standardisation: {draws: 20}
evidence: {merge_draws: 50, index_draws: 20, continuum_draws: 50}
multiverse:
  scaling: [none]
  statistic: [mean]
  min_responses: [3, 5]
  roles: [all, without_ceo]
  answers: [available]
  k: [2, 3]
  draws: 20
figures: {formats: [svg], dpi: 50}
"""


@dataclass(frozen=True)
class Project:
    """A study in a folder of its own, run by the project's Snakefile."""

    folder: Path
    root: Path = ROOT

    def snakemake(self, *flags: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake there; what it prints is in ``stdout``."""
        environment = {**os.environ, "PYTHONPATH": str(self.root / "src")}
        return subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", "--snakefile", str(self.root / "Snakefile")),
                *("--directory", str(self.folder), "--cores", "2"),
                *("--workflow-profile", "none", "--show-failed-logs", *flags),
            ],
            cwd=self.folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    def run(self, *flags: str) -> str:
        """Run to the end and return what was printed."""
        done = self.snakemake(*self.configuration, *flags)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    @property
    def configuration(self) -> list[str]:
        """Flags that name the folder's configuration, where it is not the default one."""
        own = self.folder / "config.yaml"
        return ["--configfile", str(own)] if own.is_file() else []

    def results(self) -> dict[str, bytes]:
        """Every result by its path."""
        results = self.folder / "results"
        return {
            str(path.relative_to(results)): path.read_bytes()
            for path in sorted(results.rglob("*"))
            if path.is_file()
        }

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a text file of the project."""
        path = self.folder / file
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


def small_project(folder: Path, root: Path = ROOT) -> Project:
    """Lay out the minimal example in a folder."""
    example = ROOT / "examples" / "minimal"
    shutil.copytree(example / "waves", folder / "config" / "waves")
    shutil.copy(example / "codebook.csv", folder / "config" / "codebook.csv")
    shutil.copytree(example / "raw", folder / "raw")
    shutil.copytree(ROOT / "data" / "published", folder / "published")
    (folder / "config.yaml").write_text(CONFIGURATION, encoding="utf-8")
    return Project(folder, root)


@pytest.fixture
def minimal(tmp_path: Path) -> Project:
    """The minimal example, not yet run."""
    return small_project(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The minimal example, run once for all tests that only look at it."""
    project = small_project(tmp_path_factory.mktemp("finished"))
    project.run()
    return project


@pytest.fixture
def rerun(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished example, to change and run again."""
    shutil.copytree(finished.folder, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The study as shipped, with the default configuration, run once."""
    folder = tmp_path_factory.mktemp("study")
    shutil.copytree(ROOT / "config", folder / "config")
    shutil.copytree(ROOT / "data" / "published", folder / "data" / "published")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    project = Project(folder)
    project.run()
    return project
