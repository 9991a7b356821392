"""The questionnaire step: files where they are asked for, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.cli import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "minimal"


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))


def test_a_declaration_and_a_codebook_are_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("docx")
    flags = ["--config", str(EXAMPLE), "--out", str(tmp_path)]
    assert main(["questionnaire", "2030-illustration", *flags]) == 0
    names = ["2030-illustration-qualtrics.txt", "2030-illustration.docx"]
    assert written(tmp_path) == names
    before = [(tmp_path / name).read_bytes() for name in names]
    said = capsys.readouterr().err
    assert "7 items in 2 blocks" in said
    assert "importer: qualtrics" in said
    assert main(["questionnaire", "2030-illustration", *flags]) == 0
    assert [(tmp_path / name).read_bytes() for name in names] == before


def test_one_format_can_be_asked_for_and_trusts_to_choose_from(tmp_path: Path) -> None:
    flags = ["--config", str(EXAMPLE), "--out", str(tmp_path), "--format", "qualtrics"]
    trusts = str(EXAMPLE / "raw" / "2030-illustration" / "trusts.csv")
    assert main(["questionnaire", "2030-illustration", *flags, "--trusts", trusts]) == 0
    assert written(tmp_path) == ["2030-illustration-qualtrics.txt"]
    text = (tmp_path / "2030-illustration-qualtrics.txt").read_text(encoding="utf-8")
    assert "\nT1\nT2\nT3\n" in text


def test_a_wave_that_is_not_declared_is_refused_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--config", str(EXAMPLE), "--out", str(tmp_path)]
    assert main(["questionnaire", "../2030", *flags]) == 1
    report = capsys.readouterr().err
    assert "found '../2030'" in report
    assert "which are: 2030-illustration." in report
    assert written(tmp_path) == []


def test_a_list_of_trusts_without_names_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = tmp_path / "names.csv"
    names.write_text("trust\nRiver\n", encoding="utf-8")
    flags = ["--config", str(EXAMPLE), "--out", str(tmp_path / "out"), "--trusts", str(names)]
    assert main(["questionnaire", "2030-illustration", *flags]) == 1
    assert "has a column mat_id" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
