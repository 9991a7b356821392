"""The invented wave is made again byte for byte, and nobody's files are replaced by it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from buildingtrusts.cli import main

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "raw" / "2024-illustration"
FILES = ("responses.csv", "trusts.csv", "README.md")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the command reads, in a folder of its own, which is the current one."""
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config" / "codebook.csv", tmp_path / "config")
    earlier = "data/raw/2017-reconstruction"
    shutil.copytree(ROOT / earlier, tmp_path / earlier)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data" / "raw" / "2024-illustration"


def test_the_shipped_wave_is_what_the_command_makes(project: Path) -> None:
    assert main(["illustrate-wave"]) == 0
    for name in FILES:
        assert (project / name).read_bytes() == (SHIPPED / name).read_bytes(), name


def test_the_readme_opens_with_the_fact_and_lists_the_hashes() -> None:
    text = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert "every answer here is invented" in text.splitlines()[0]
    for name in FILES[:2]:
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() in text
    assert (
        max(len(line) for line in text.splitlines() if "|" not in line and "**" not in line) < 101
    )


def test_its_own_files_are_replaced(project: Path) -> None:
    assert main(["illustrate-wave"]) == 0
    assert main(["illustrate-wave", "--seed", "7"]) == 0
    assert (project / "responses.csv").read_bytes() != (SHIPPED / "responses.csv").read_bytes()
    assert "--seed 7" in (project / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["responses.csv", "trusts.csv", "notes.txt"])
def test_a_folder_with_anything_else_in_it_is_left_alone(
    project: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["illustrate-wave"]) == 0
    with (project / file).open("a", encoding="utf-8") as stream:
        stream.write("somebody's line\n")
    held = {path.name: path.read_bytes() for path in project.iterdir()}
    assert main(["illustrate-wave", "--seed", "7"]) == 1
    assert file in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in project.iterdir()} == held


def test_a_folder_that_does_not_say_so_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["illustrate-wave", "--out", "data/raw/2024"]) == 1
    assert "ends in '-illustration'" in capsys.readouterr().err
    assert not Path("data/raw/2024").exists()


def test_an_earlier_wave_that_cannot_be_followed_is_a_problem_report(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = Path("data/raw/2017-reconstruction/responses.csv")
    lines = raw.read_text(encoding="utf-8").splitlines(keepends=True)
    raw.write_text("".join(line for line in lines if ",MAT 9," not in line), encoding="utf-8")
    assert main(["illustrate-wave"]) == 1
    assert "MAT 9" in capsys.readouterr().err
    assert not project.exists()
