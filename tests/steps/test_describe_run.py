"""The step that describes a run: no machine in it, and the same bytes for the same run."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from buildingtrusts.steps import describe_run
from buildingtrusts.study.plan import plan_study

ROOT = Path(__file__).resolve().parents[2]
VALUES = {"paths": {"raw": "raw", "results": "results", "published": "published"}, "seed": 5}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The minimal example with an empty file for each that a run makes."""
    example = ROOT / "examples" / "minimal"
    shutil.copytree(example / "waves", tmp_path / "config" / "waves")
    shutil.copy(example / "codebook.csv", tmp_path / "config" / "codebook.csv")
    shutil.copytree(example / "raw", tmp_path / "raw")
    (tmp_path / "config.yaml").write_text("seed: 5\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    for file in plan_study(VALUES, "config.yaml").described():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(file, encoding="utf-8")
    return tmp_path


def described(values: dict[str, Any] = VALUES, file: str = "config.yaml") -> dict[str, Any]:
    out = "results/ro-crate-metadata.json"
    describe_run.run(
        argparse.Namespace(configuration=json.dumps(values), config_file=file, out=out)
    )
    return {one["@id"]: one for one in json.loads(Path(out).read_text("utf-8"))["@graph"]}


def test_every_file_of_the_plan_is_there_with_its_hash_and_no_other(study: Path) -> None:
    graph = described()
    files = {one["@id"]: one["sha256"] for one in graph.values() if one["@type"] == "File"}
    assert len(files) > 100
    assert files == {
        Path(file).relative_to("results").as_posix(): hashlib.sha256(file.encode()).hexdigest()
        for file in plan_study(VALUES, "config.yaml").described()
    }


def test_inputs_are_raw_files_declarations_codebook_and_configuration(study: Path) -> None:
    graph = described()
    names = {one["name"] for one in graph.values() if one["@id"].startswith("ni:")}
    assert names == {
        *("config.yaml", "config/codebook.csv", "config/waves/2030-illustration.yaml"),
        *("raw/2030-illustration/responses.csv", "raw/2030-illustration/trusts.csv"),
    }
    assert graph["#choice-seed"]["value"] == 5


def test_nothing_tells_of_the_machine(study: Path) -> None:
    described(file=str(study / "config.yaml"))
    text = (study / "results" / "ro-crate-metadata.json").read_text("utf-8")
    for word in (str(study), str(ROOT), os.uname().nodename, str(Path.home())):
        assert len(word) < 3 or word not in text
    assert '"config.yaml"' in text


def test_a_configuration_from_elsewhere_is_told_by_its_name_alone(
    study: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mine.yaml"
    elsewhere.write_text("seed: 5\n", encoding="utf-8")
    graph = described(file=str(elsewhere))
    assert "mine.yaml" in {one["name"] for one in graph.values() if one["@id"].startswith("ni:")}
    assert str(elsewhere.parent) not in json.dumps(graph)


def test_the_same_run_gives_the_same_bytes(study: Path) -> None:
    described()
    first = Path("results/ro-crate-metadata.json").read_bytes()
    described()
    assert Path("results/ro-crate-metadata.json").read_bytes() == first


def test_the_date_is_that_of_the_sources_and_of_no_clock(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describe_run, "_commit", lambda: ("", "", False))
    assert described()["./"]["datePublished"] == "2030-01-01"
    monkeypatch.setattr(describe_run, "_commit", lambda: ("abc", "2031-02-03", False))
    assert described()["./"]["datePublished"] == "2031-02-03"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert described()["./"]["datePublished"] == "1970-01-02"


def test_without_a_repository_there_is_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages" / "describe_run.py"
    installed.parent.mkdir()
    installed.write_text("", encoding="utf-8")
    monkeypatch.setattr(describe_run, "__file__", str(installed))
    assert describe_run._commit() == ("", "", False)


def test_the_repository_around_an_installed_package_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    installed = tmp_path / "site-packages" / "describe_run.py"
    installed.parent.mkdir()
    installed.write_text("", encoding="utf-8")
    monkeypatch.setattr(describe_run, "__file__", str(installed))

    def git(*words: str) -> None:
        own = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    git("commit", "--allow-empty", "-m", "a study")
    assert describe_run._commit() == ("", "", False)
    git("add", ".")
    git("commit", "-m", "the package itself")
    commit, day, dirty = describe_run._commit()
    assert (len(commit), len(day), dirty) == (40, 10, False)
    installed.write_text("changed", encoding="utf-8")
    assert describe_run._commit() == (commit, day, True)


def test_a_folder_that_a_rule_makes_is_described_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "made" / "b").mkdir(parents=True)
    for name in ("b/2.csv", "1.csv", ".snakemake_timestamp"):
        (tmp_path / "made" / name).write_text("x", encoding="utf-8")
    found = [one.name for one in describe_run._files([str(tmp_path / "made")])]
    assert found == ["1.csv", "2.csv"]


def test_an_extract_of_the_register_keeps_its_licence(study: Path) -> None:
    folder = study / "raw" / "register" / "2017-01-19"
    shutil.copytree(ROOT / "tests" / "register" / "fixtures" / "2017-01-19", folder)
    for file in plan_study(VALUES, "config.yaml").described():
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(file, encoding="utf-8")
    graph = described()
    licensed = {one["name"]: one["license"]["@id"] for one in graph.values() if "license" in one}
    extract = [name for name in licensed if name.startswith("raw/register/")]
    assert len(extract) == 2
    assert {licensed[name] for name in extract} == {"https://spdx.org/licenses/OGL-UK-3.0"}
