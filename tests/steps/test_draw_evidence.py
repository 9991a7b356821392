"""The step that draws the evidence writes what it lists, alike with one process and with two."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.figures import EVIDENCE_FIGURES, FORMATS
from buildingtrusts.output.tables import read_table, write_table
from buildingtrusts.steps import draw_evidence

from ..output.evidence_tables import made_up
from .conftest import Finished

STAMP = "Illustration: invented responses"


@pytest.fixture(scope="module")
def folder(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up evidence on the trusts of the minimal example, beside their scores."""
    made = tmp_path_factory.mktemp("evidence")
    mats = list(dict.fromkeys(read_table(finished.tables / "clusters.csv")["mat_id"]))
    for name, table in made_up(mats).tables.items():
        write_table(made / f"{name}.csv", table, list(table.columns))
    for source in (finished.tables / "scores.csv", finished.tidy / "codebook.csv"):
        shutil.copy(source, made)
    return made


def draw(folder: Path, out: Path, *flags: str, provenance: str = "illustration") -> Path:
    words = [
        *("draw-evidence", "--tables", folder, "--processed", folder, "--k", "3"),
        *("--provenance", provenance, "--dpi", "40", "--out", out, *flags),
    ]
    assert main([str(word) for word in words]) == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_figure_has_its_five_files_and_the_stamp(folder: Path, tmp_path: Path) -> None:
    out = draw(folder, tmp_path)
    expected = {f"{name}.{end}" for name in EVIDENCE_FIGURES for end in (*FORMATS, "csv", "txt")}
    assert set(contents(out)) == expected
    assert all(contents(out).values())
    for name in EVIDENCE_FIGURES:
        for ending in ("svg", "txt"):
            assert STAMP in (out / f"{name}.{ending}").read_text("utf-8"), name


def test_one_process_and_two_give_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = ("--formats", "svg", "--only", "noise", "stability", "assignment")
    two = contents(draw(folder, tmp_path / "two", *flags))
    monkeypatch.setattr(draw_evidence, "WORKERS", 1)
    assert contents(draw(folder, tmp_path / "one", *flags)) == two


def test_an_original_wave_carries_no_stamp(folder: Path, tmp_path: Path) -> None:
    only = ("--formats", "svg", "--only", "noise", "k_choice")
    for name, content in contents(draw(folder, tmp_path, *only, provenance="original")).items():
        assert "invented" not in content.decode("utf-8").lower(), name


def test_the_line_lies_along_the_first_component_of_the_clustered_items(folder: Path) -> None:
    parser = argparse.ArgumentParser()
    draw_evidence.add_arguments(parser)
    words = f"--tables {folder} --processed {folder} --provenance original --k 3 --out {folder}"
    line = draw_evidence.read_material(parser.parse_args(words.split())).line
    scores = read_table(folder / "scores.csv")
    scores = scores[(scores["block"] == "strategy") & scores["mat_id"].isin(line.mats)]
    grid = scores.pivot(index="mat_id", columns="item", values="mean").loc[list(line.mats)]
    total = grid.var().sum()
    assert line.positions.mean() == pytest.approx(0)
    assert line.positions.var(ddof=1) / total == pytest.approx(line.share)
    assert line.share > 1 / len(grid.columns)


def test_another_block_is_lined_up_when_told(folder: Path, tmp_path: Path) -> None:
    only = ("--formats", "svg", "--only", "continuum")
    first = draw(folder, tmp_path / "strategy", *only)
    other = draw(folder, tmp_path / "operations", *only, "--block", "operations")
    assert contents(first)["continuum.csv"] != contents(other)["continuum.csv"]
