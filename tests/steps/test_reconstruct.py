"""The one command that writes under the raw data, and what it refuses to touch."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from buildingtrusts.cli import main

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "data" / "raw" / "2017-reconstruction"
FILES = ("responses.csv", "trusts.csv", "README.md")


def flags(out: Path, *more: str) -> list[str]:
    published = ROOT / "data" / "published"
    return [
        "reconstruct",
        *("--claims", str(published / "claims.csv")),
        *("--crosstabs", str(published / "crosstabs.csv")),
        *("--targets", str(published / "targets.csv")),
        *("--codebook", str(ROOT / "config" / "codebook.csv")),
        *("--known", str(out.parent / "reconstructions.csv")),
        *("--out", str(out)),
        *more,
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("raw") / "2017-reconstruction"
    assert main(flags(out)) == 0
    return out


@pytest.mark.parametrize("name", FILES)
def test_the_default_settings_give_the_shipped_file_byte_for_byte(made: Path, name: str) -> None:
    assert (made / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_every_file_written_is_in_the_registry_with_its_settings(made: Path) -> None:
    with (made.parent / "reconstructions.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["file"]: row for row in csv.DictReader(stream)}
    for name in FILES:
        assert rows[name]["sha256"] == hashlib.sha256((made / name).read_bytes()).hexdigest()
        assert (rows[name]["seed"], rows[name]["within_sd"]) == ("2017", "2.0")


def test_the_shipped_files_are_in_the_shipped_registry() -> None:
    with (ROOT / "data" / "published" / "reconstructions.csv").open(encoding="utf-8") as stream:
        known = {row["sha256"] for row in csv.DictReader(stream)}
    assert {hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() for name in FILES} <= known


def test_the_readme_begins_with_what_the_files_are_not(made: Path) -> None:
    lines = (made / "README.md").read_text("utf-8").splitlines()
    assert lines[0] == "# Not the responses of the survey"
    assert lines[2].startswith("**These are not the survey's responses.**")


def test_the_readme_gives_seed_settings_hashes_and_licence(made: Path) -> None:
    text = (made / "README.md").read_text("utf-8")
    for name in ("responses.csv", "trusts.csv"):
        assert hashlib.sha256((made / name).read_bytes()).hexdigest() in text
    assert "--seed 2017 --within-sd 2.0 --count-skew 0.8" in text
    assert "CC0-1.0" in text


def test_a_file_of_unknown_origin_is_never_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "2017-reconstruction"
    out.mkdir()
    (out / "responses.csv").write_text("respondent_id,mat_id,role\n1,MAT 1,ceo\n")
    assert main(flags(out)) == 1
    assert (out / "responses.csv").read_text() == "respondent_id,mat_id,role\n1,MAT 1,ceo\n"
    assert [file.name for file in out.iterdir()] == ["responses.csv"]
    report = capsys.readouterr().err
    assert "Only files that this command made are replaced" in report
    assert "move it to a wave of its own" in report


def test_an_edited_file_is_not_replaced_either(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "2017-reconstruction"
    out.mkdir()
    text = (made / "responses.csv").read_text("utf-8")
    (out / "responses.csv").write_text(text.replace("ceo", "school_leader", 1), "utf-8")
    (tmp_path / "reconstructions.csv").write_bytes(
        (made.parent / "reconstructions.csv").read_bytes()
    )
    assert main(flags(out)) == 1
    assert "school_leader" in (out / "responses.csv").read_text("utf-8")


def test_its_own_files_are_replaced_and_old_hashes_stay_known(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "2017-reconstruction"
    out.mkdir()
    for name in FILES:
        (out / name).write_bytes((made / name).read_bytes())
    registry = tmp_path / "reconstructions.csv"
    registry.write_bytes((made.parent / "reconstructions.csv").read_bytes())
    before = registry.read_text("utf-8")
    assert main(flags(out, "--seed", "8")) == 0
    assert registry.read_text("utf-8").startswith(before)
    assert (out / "responses.csv").read_bytes() != (made / "responses.csv").read_bytes()


@pytest.mark.parametrize("name", ["2017", "reconstruction", "2017-illustration"])
def test_a_folder_that_does_not_say_reconstruction_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(flags(tmp_path / name)) == 1
    assert "ends in '-reconstruction'" in capsys.readouterr().err
    assert not (tmp_path / name).exists()


def test_a_wave_that_the_codebook_does_not_know_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags(tmp_path / "1999-reconstruction")) == 1
    assert "1999-reconstruction" in capsys.readouterr().err


def test_a_missing_file_of_claims_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "2017-reconstruction"
    assert main([*flags(out), "--claims", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_settings_that_cannot_be_met_end_in_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags(tmp_path / "2017-reconstruction", "--within-sd", "9")) == 1
    assert "within_sd is 9.0" in capsys.readouterr().err
    assert not (tmp_path / "2017-reconstruction").exists()
