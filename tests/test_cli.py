"""What people type: help, versions, mistakes; and that both ways to call are one program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from buildingtrusts import __version__
from buildingtrusts.cli import BY_HAND, COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]


def called(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        list(words),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100"},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"]])
def test_help_lists_every_command(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    lines = [line.split() for line in printed.out.splitlines() if line.startswith("  ")]
    assert sorted(line[0] for line in lines) == sorted(COMMANDS)
    assert [line[0] for line in lines[: len(BY_HAND)]] == list(BY_HAND)
    assert all(len(line) > 3 for line in lines)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"buildingtrusts {__version__}\n"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__


def test_a_misspelt_command_is_told_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["clutser"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("'clutser' is not a command. Did you mean 'cluster'?")
    assert printed.err.count("\n") == 1
    assert main(["xyzzy"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: buildingtrusts {command} ")


def test_every_flag_of_every_command_has_a_help_text() -> None:
    import argparse
    import importlib

    for command in COMMANDS:
        parser = argparse.ArgumentParser()
        step = importlib.import_module(f"buildingtrusts.steps.{command.replace('-', '_')}")
        step.add_arguments(parser)
        assert not [one.dest for one in parser._actions if not one.help], command


def test_help_tells_defaults_that_say_something_and_what_is_needed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("assign", "add-wave", "draw"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
    printed = " ".join(capsys.readouterr().out.split())
    assert not re.findall(r"\(default: (?:None|\[.*?|False|)\)", printed)
    assert "table to write (needed)" in printed
    assert "bootstraps of respondents (default: 1000)" in printed
    assert "pictures to write (default: pdf svg png)" in printed


@pytest.mark.parametrize("words", [["cluster"], ["cluster", "--kk", "3"], ["ingest", "--out"]])
def test_wrong_flags_end_with_code_2(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"usage: buildingtrusts {words[0]} ")


def test_bad_input_ends_with_code_1_and_a_report_without_traceback(tmp_path: Path) -> None:
    done = called(
        *(
            sys.executable,
            "-m",
            "buildingtrusts",
            "ingest",
            "--wave-file",
            str(tmp_path / "w.yaml"),
        ),
        *("--codebook", "c.csv", "--raw", str(tmp_path), "--out", str(tmp_path / "out")),
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("1 problem in the input; nothing was written.\n")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_module_and_the_script_are_one_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"buildingtrusts": "buildingtrusts.cli:main"}
    module = called(sys.executable, "-m", "buildingtrusts", "--help")
    assert module.returncode == 0
    script = Path(sys.executable).with_name("buildingtrusts")
    if not script.exists():
        pytest.skip("the package is not installed beside this interpreter")
    assert called(str(script), "--help").stdout == module.stdout
    assert called(str(script), "clutser").returncode == 2


def test_a_missing_file_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "nowhere.csv")
    flags = ["--responses", nowhere, "--codebook", nowhere, "--out", str(tmp_path / "out")]
    assert main(["aggregate", *flags]) == 1
    told = capsys.readouterr().err
    assert "nowhere.csv" in told
    assert "There is no such file." in told
    assert not (tmp_path / "out").exists()
