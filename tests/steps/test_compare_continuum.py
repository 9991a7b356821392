"""The step ``compare-continuum``, from tidy files to its table."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table

from .conftest import Finished

WAVE = "2030-illustration"


def compare(finished: Finished, out: Path, *flags: object) -> str:
    words = [
        *("--responses", finished.tidy / "responses.csv"),
        *("--codebook", finished.tidy / "codebook.csv"),
        *("--clusters", finished.tables / "clusters.csv"),
        *("--draws", 40, "--seed", 1, "--wave", WAVE, "--out", out, *flags),
    ]
    assert main(["compare-continuum", *map(str, words)]) == 0
    return (out / "continuum.csv").read_text(encoding="utf-8")


def test_the_table_has_its_contract_and_its_draws(finished: Finished, tmp_path: Path) -> None:
    compare(finished, tmp_path, "--k", 2, 3, 4, 5)
    table = read_table(tmp_path / "continuum.csv")
    assert tuple(table.columns) == EVIDENCE_TABLES["continuum"].columns
    assert set(table["draws"]) == {40}
    assert set(table["model"]) == {"two_level", "one_factor"}
    # Five clusters were not made.
    assert set(table["k"].dropna()) == {2, 3, 4}


def test_numbers_of_clusters_are_whole_and_empty_where_there_is_none(
    finished: Finished, tmp_path: Path
) -> None:
    text = compare(finished, tmp_path, "--k", 2)
    assert "\nfirst_axis_share,two_level,,7," in text
    assert "\ncluster_share,one_factor,2,7," in text


def test_the_observed_silhouettes_are_those_of_the_partitions(
    finished: Finished, tmp_path: Path
) -> None:
    compare(finished, tmp_path, "--k", 2, 3)
    table = read_table(tmp_path / "continuum.csv")
    ours = table.query("measure == 'mean_silhouette' and model == 'two_level'")
    theirs = read_table(finished.tables / "partitions.csv").query("k in (2, 3)")
    assert ours["observed"].tolist() == pytest.approx(theirs["mean_silhouette"].tolist())


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    finished: Finished, tmp_path: Path
) -> None:
    first = compare(finished, tmp_path / "a", "--k", 2, 3)
    assert compare(finished, tmp_path / "b", "--k", 2, 3) == first
    assert compare(finished, tmp_path / "c", "--k", 2, 3, "--seed", 2) != first


def test_how_trusts_were_clustered_reaches_the_table(finished: Finished, tmp_path: Path) -> None:
    usual = compare(finished, tmp_path / "a", "--k", 2)
    for flag, word in (
        ("--scaling", "zscore"),
        ("--metric", "manhattan"),
        ("--statistic", "median"),
    ):
        assert compare(finished, tmp_path / word, "--k", 2, flag, word) != usual, flag


def test_without_any_partition_the_axis_is_told_alone(finished: Finished, tmp_path: Path) -> None:
    text = compare(finished, tmp_path, "--k", 9)
    assert [line.split(",")[0] for line in text.splitlines()] == [
        *("measure", "first_axis_share", "first_axis_share"),
    ]
