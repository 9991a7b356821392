"""A wave small enough to read, and the minimal example run through the steps once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.study.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "minimal"

DECLARATION = """\
wave: "2031"
title: A survey of two trusts
date: 2031-05-01
provenance: original
source: The survey.
licence: None given.
trusts: {file: trusts.csv}
roles:
  ceo: [Chief executive]
  central_team: [Central]
  school_leader: [Head, Deputy head]
attributes:
  phase_mix: [Mixed, Predominantly Primary]
cluster: {k: [2], report_k: [2]}
"""
CODEBOOK = """\
wave,block,item,label,wording,min,max,step,low_anchor,high_anchor,aliases,status,previous_items
2031,strategy,vision,Vision,Sharing a vision,1,10,1,Low,High,Sharing a vision; Q1,new,
2031,strategy,identity,Identity,Keeping an identity,1,10,1,Low,High,,new,
2031,operations,hiring,Hiring,Hiring staff,0,10,1,Devolved,Central,,new,
2031,workload,hours,Hours,Hours a week,,,,,,,new,
"""
RESPONSES = """\
respondent_id,mat_id,role,strategy__vision,strategy__identity,operations__hiring,workload__hours
p1,MAT 10,Head,7,3,10,38.5
p2,MAT 10,Central,8,,9,40
p3,MAT 2,Chief executive,2,9,0,
p4,MAT 2,Deputy head,3,8,1,41
"""
TRUSTS = """\
mat_id,phase_mix
MAT 10,Mixed
MAT 2,Predominantly Primary
"""


@dataclass
class SmallWave:
    """The wave 2031 in a folder of its own, which is the current one."""

    capsys: pytest.CaptureFixture[str]
    wave: str = "2031"
    responses: str = "raw/2031/responses.csv"
    trusts: str = "raw/2031/trusts.csv"
    declaration: str = "2031.yaml"
    codebook: str = "codebook.csv"

    def write(self, file: str, content: str | bytes) -> None:
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))

    def edit(self, file: str, old: str, new: str) -> None:
        text = Path(file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def answer(self, respondent: str, line: str) -> None:
        """Put another line in the place of a respondent's."""
        lines = Path(self.responses).read_text(encoding="utf-8").splitlines()
        places = [place for place, old in enumerate(lines) if old.startswith(f"{respondent},")]
        lines[places[0]] = line
        self.write(self.responses, "\n".join(lines) + "\n")

    def ingest(self, *flags: str) -> tuple[int, str]:
        """Exit code and standard error of the step."""
        code = main(
            [
                *("ingest", "--wave-file", self.declaration, "--codebook", self.codebook),
                *("--raw", f"raw/{self.wave}", "--out", "tidy", *flags),
            ]
        )
        printed = self.capsys.readouterr()
        assert printed.out == ""
        return code, printed.err

    def accepted(self, *flags: str) -> str:
        """What is logged when the wave is accepted."""
        code, log = self.ingest(*flags)
        assert code == 0, log
        return log

    def refused(self, *flags: str) -> list[str]:
        """Every problem told when the wave is refused, which must leave nothing behind."""
        code, report = self.ingest(*flags)
        assert code == 1, report
        assert not Path("tidy").exists()
        assert "Traceback" not in report
        head, *problems = report.rstrip("\n").split("\n\n")
        count = len(problems)
        words = "1 problem" if count == 1 else f"{count} problems"
        assert head == f"{words} in the input; nothing was written."
        return [one.removeprefix(f"{n}. ") for n, one in enumerate(problems, start=1)]

    def tidy(self, name: str) -> str:
        return Path("tidy", name).read_text(encoding="utf-8")

    def in_responses(
        self,
        rule: str,
        advice: str,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> str:
        return str(Problem(self.responses, rule, advice, line, column, value))

    def in_trusts(
        self,
        rule: str,
        advice: str,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> str:
        return str(Problem(self.trusts, rule, advice, line, column, value))


@pytest.fixture
def wave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> SmallWave:
    """The small wave, sound and not yet read."""
    monkeypatch.chdir(tmp_path)
    small = SmallWave(capsys)
    small.write(small.declaration, DECLARATION)
    small.write(small.codebook, CODEBOOK)
    small.write(small.responses, RESPONSES)
    small.write(small.trusts, TRUSTS)
    return small


def run(*words: object) -> None:
    """Run a step that has to succeed."""
    assert main([str(word) for word in words]) == 0


def ingest_example(folder: Path, example: Path = EXAMPLE, wave: str = "2030-illustration") -> Path:
    """Read a wave of an example; the folder of its tidy tables."""
    run(
        *("ingest", "--wave-file", example / "waves" / f"{wave}.yaml"),
        *("--codebook", example / "codebook.csv", "--raw", example / "raw" / wave),
        *("--out", folder / "tidy"),
    )
    return folder / "tidy"


def analyse(tidy: Path, tables: Path, *, min_responses: int = 5, seed: int = 1) -> None:
    """Run the steps that follow the ingest on its tidy tables."""
    responses = ("--responses", tidy / "responses.csv")
    codebook = ("--codebook", tidy / "codebook.csv")
    run("aggregate", *responses, *codebook, "--min-responses", min_responses, "--out", tables)
    run(
        *("cluster", *responses, *codebook, "--sample", tables / "sample.csv"),
        *("--k", 2, 3, 4, "--cuts", tidy / "cuts.csv", "--out", tables),
    )
    wave = f"2030-illustration=illustration={tables}={tidy}"
    run("type-clusters", "--wave", wave, "--out", tables)
    run(
        *("crosstabulate", "--clusters", tables / "clusters.csv", "--trusts", tidy / "trusts.csv"),
        *("--attributes", tidy / "attributes.csv", "--k", 2, 3, "--draws", 500),
        *("--seed", seed, "--wave", "2030-illustration", "--out", tables),
    )
    run(
        *("profile", *responses, *codebook, "--clusters", tables / "clusters.csv"),
        *("--scores", tables / "scores.csv", "--k", 2, 3, "--draws", 100),
        *("--balanced-draws", 20, "--seed", seed, "--wave", "2030-illustration", "--out", tables),
    )


@dataclass(frozen=True)
class Finished:
    """The minimal example, from its raw files to the last table of a wave."""

    tidy: Path
    tables: Path

    def copy(self, folder: Path) -> Finished:
        shutil.copytree(self.tidy, folder / "tidy")
        shutil.copytree(self.tables, folder / "tables")
        return Finished(folder / "tidy", folder / "tables")


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """The minimal example, run once for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("minimal")
    tidy = ingest_example(folder)
    analyse(tidy, folder / "tables")
    return Finished(tidy, folder / "tables")
