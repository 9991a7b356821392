"""The draw steps write every file they are listed with, alike with one process and with two."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.figures import FORMATS, STUDY_FIGURES, WAVE_FIGURES
from buildingtrusts.steps import draw

from .conftest import Finished

STAMP = "Illustration: invented responses"


def draw_wave(finished: Finished, out: Path, *flags: str, provenance: str = "illustration") -> Path:
    words = [
        *("draw", "--tables", finished.tables, "--processed", finished.tidy, "--k", "3"),
        *("--provenance", provenance, "--dpi", "50", "--out", out, *flags),
    ]
    assert main([str(word) for word in words]) == 0
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_every_figure_has_its_five_files(finished: Finished, tmp_path: Path) -> None:
    out = draw_wave(finished, tmp_path)
    expected = {f"{name}.{end}" for name in WAVE_FIGURES for end in (*FORMATS, "csv", "txt")}
    assert set(contents(out)) == expected
    assert all(contents(out).values())


def test_one_process_and_two_give_the_same_bytes(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = contents(draw_wave(finished, tmp_path / "two"))
    monkeypatch.setattr(draw, "WORKERS", 1)
    assert contents(draw_wave(finished, tmp_path / "one")) == two


def test_only_what_is_asked_for_is_drawn(finished: Finished, tmp_path: Path) -> None:
    out = draw_wave(finished, tmp_path, "--only", "dendrogram", "--formats", "svg")
    assert set(contents(out)) == {f"dendrogram.{end}" for end in ("svg", "csv", "txt")}


def test_a_wave_that_is_not_original_is_stamped(finished: Finished, tmp_path: Path) -> None:
    out = draw_wave(finished, tmp_path, "--formats", "svg")
    for name in WAVE_FIGURES:
        for ending in ("svg", "txt"):
            assert STAMP in (out / f"{name}.{ending}").read_text("utf-8"), name


def test_an_original_wave_carries_no_stamp(finished: Finished, tmp_path: Path) -> None:
    out = draw_wave(finished, tmp_path, "--formats", "svg", provenance="original")
    for name, content in contents(out).items():
        text = content.decode("utf-8").lower()
        assert "invented" not in text, name
        assert "reconstruction" not in text, name


def test_the_caption_says_how_the_tree_was_built_when_told(
    finished: Finished, tmp_path: Path
) -> None:
    flags = ("--linkage", "ward", "--metric", "euclidean", "--title", "A study")
    out = draw_wave(finished, tmp_path, "--only", "dendrogram", "--formats", "svg", *flags)
    assert "A study; Ward linkage; Euclidean distance" in (out / "dendrogram.svg").read_text(
        "utf-8"
    )


LEDGER = """\
claim,wave,section,statement,published,computed,unit,tolerance,basis,verdict,note,conflicts_with
a,2017,1,A,1,1,,0,derived,reproduced,,
b,2017,1,B,1,2,,0,register,not computable,,
"""
POPULATION = """\
extract,attribute,level,n_population,n_sample
2017-01-19,phase_mix,Mixed,283,4
2017-01-19,phase_mix,Predominantly Primary,578,3
"""


def draw_study(finished: Finished, folder: Path, *flags: object) -> Path:
    (folder / "ledger.csv").write_text(LEDGER, "utf-8")
    words = [
        *("draw-study", "--published-associations", finished.tables / "associations.csv"),
        *("--ledger", folder / "ledger.csv", "--provenance", "original", "illustration"),
        *("--formats", "svg", "--out", folder / "out", *flags),
    ]
    assert main([str(word) for word in words]) == 0
    return folder / "out"


def test_the_study_has_its_figures_and_one_made_up_wave_stamps_them(
    finished: Finished, tmp_path: Path
) -> None:
    (tmp_path / "population.csv").write_text(POPULATION, "utf-8")
    out = draw_study(finished, tmp_path, "--population", tmp_path / "population.csv")
    assert set(contents(out)) == {
        f"{name}.{ending}" for name in STUDY_FIGURES for ending in ("svg", "csv", "txt")
    }
    for name in STUDY_FIGURES:
        stamped = STAMP in (out / f"{name}.svg").read_text("utf-8")
        assert stamped == (name != "published_associations")
    assert "283" in (out / "sample_phase_mix.csv").read_text("utf-8")


def test_without_an_extract_the_sample_is_counted_from_the_wave(
    finished: Finished, tmp_path: Path
) -> None:
    out = draw_study(finished, tmp_path, "--sample", finished.tidy)
    text = (out / "sample_phase_mix.csv").read_text("utf-8")
    assert "All trusts" not in text
    assert "Sample" in text
    assert "data/raw/register/README.md" in (out / "sample_phase_mix.svg").read_text("utf-8")


def test_without_extract_and_sample_the_figure_says_what_to_do(
    finished: Finished, tmp_path: Path
) -> None:
    out = draw_study(finished, tmp_path)
    assert "data/raw/register/README.md" in (out / "sample_phase_mix.txt").read_text("utf-8")
