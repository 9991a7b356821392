"""The step ``count-clusters`` on the minimal example, whose three clusters were planted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table

from .conftest import Finished, SmallWave, run

TABLES = ("k_indices", "medoids", "medoid_partitions")


def count(of: Finished, out: Path, *more: object, k: Sequence[int] = (2, 3, 4, 5)) -> None:
    run(
        *("count-clusters", "--responses", of.tidy / "responses.csv"),
        *("--codebook", of.tidy / "codebook.csv", "--clusters", of.tables / "clusters.csv"),
        *("--k", *k, "--draws", 50, "--seed", 1, "--wave", "2030-illustration"),
        *("--out", out, *more),
    )


@pytest.fixture(scope="module")
def made(finished: Finished, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("counted")
    count(finished, folder)
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_columns_of_its_contract(made: Path, name: str) -> None:
    table = read_table(made / f"{name}.csv")
    assert tuple(table.columns) == EVIDENCE_TABLES[name].columns
    assert len(table)


def test_a_number_of_clusters_that_was_not_cut_is_left_out(made: Path) -> None:
    indices = read_table(made / "k_indices.csv")
    assert set(indices.query("index == 'silhouette'")["k"]) == {2, 3, 4}
    assert set(indices.query("index == 'gap'")["k"]) == {1, 2, 3, 4}
    assert set(read_table(made / "medoids.csv")["k"]) == {2, 3, 4}


def test_most_indices_choose_the_planted_clusters(made: Path) -> None:
    vote = read_table(made / "k_indices.csv").query("index == 'vote'")
    assert vote.loc[vote["chosen"] == 1, "k"].tolist() == [3]


def test_indices_of_one_partition_are_those_of_the_cluster_step(
    made: Path, finished: Finished
) -> None:
    told = read_table(finished.tables / "partitions.csv").rename(
        columns={"mean_silhouette": "silhouette"}
    )
    indices = read_table(made / "k_indices.csv")
    for name in ("silhouette", "calinski_harabasz", "davies_bouldin", "dunn", "c_index"):
        of_index = indices[indices["index"] == name]
        assert of_index["value"].tolist() == told[name].tolist()
        assert set(of_index["draws"]) == {0}


def test_medoids_find_the_planted_clusters_too(made: Path, finished: Finished) -> None:
    partitions = read_table(made / "medoid_partitions.csv").set_index("k")
    assert partitions.loc[3, "adjusted_rand"] == 1
    assert partitions.loc[3, "sizes"] == "3;3;1"
    medoids = read_table(made / "medoids.csv").query("k == 3").set_index("mat_id")
    tree = read_table(finished.tables / "clusters.csv").query("k == 3").set_index("mat_id")
    assert medoids["cluster"].to_dict() == tree["cluster"].to_dict()
    assert medoids.groupby("cluster")["medoid"].sum().tolist() == [1, 1, 1]
    assert partitions.loc[3, "mean_silhouette"] == pytest.approx(medoids["width"].mean())


def test_the_same_seed_gives_the_same_bytes_and_another_other_draws(
    made: Path, finished: Finished, tmp_path: Path
) -> None:
    count(finished, tmp_path / "same")
    count(finished, tmp_path / "other", "--seed", 2)
    first, same, other = (
        (folder / "k_indices.csv").read_bytes()
        for folder in (made, tmp_path / "same", tmp_path / "other")
    )
    assert first == same != other


@pytest.mark.parametrize(
    "choice",
    [
        ["--metric", "manhattan"],
        ["--metric", "correlation"],
        ["--linkage", "ward"],
        ["--scaling", "zscore"],
        ["--scaling", "respondent_centred"],
        ["--statistic", "median"],
    ],
    ids=" ".join,
)
def test_choices_are_those_of_the_cluster_step(
    finished: Finished, tmp_path: Path, choice: list[str]
) -> None:
    run(
        *("cluster", "--responses", finished.tidy / "responses.csv"),
        *("--codebook", finished.tidy / "codebook.csv"),
        *("--sample", finished.tables / "sample.csv", "--k", 2, 3, 4, "--out", tmp_path, *choice),
        *("--cuts", tmp_path / "clusters.csv"),
    )
    count(Finished(finished.tidy, tmp_path), tmp_path, *choice)
    told = read_table(tmp_path / "partitions.csv")
    indices = read_table(tmp_path / "k_indices.csv")
    for name, column in (("silhouette", "mean_silhouette"), ("davies_bouldin", "davies_bouldin")):
        of_index = indices[indices["index"] == name]
        assert of_index["value"].tolist() == told[column].tolist()


def test_samples_are_clustered_by_the_linkage_asked_for(
    made: Path, finished: Finished, tmp_path: Path
) -> None:
    """The planted clusters are so far apart that every linkage finds the same; samples differ."""
    count(finished, tmp_path, "--linkage", "single")
    tables = [read_table(folder / "k_indices.csv") for folder in (made, tmp_path)]
    silhouettes, gaps = (
        [table.loc[table["index"] == name, "value"].tolist() for table in tables]
        for name in ("silhouette", "gap")
    )
    assert silhouettes[0] == silhouettes[1]
    assert gaps[0] != gaps[1]


def small(wave: SmallWave, tmp_path: Path, k: Sequence[int]) -> tuple[pd.DataFrame, ...]:
    """Three trusts, of which one has two respondents."""
    wave.write(wave.trusts, "mat_id,phase_mix\nMAT 10,Mixed\nMAT 2,Mixed\nMAT 3,Mixed\n")
    wave.answer("p4", "p4,MAT 3,Deputy head,3,8,1,41")
    wave.accepted()
    run(
        *("aggregate", "--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"),
        *("--min-responses", 1, "--out", "tables"),
    )
    run(
        *("cluster", "--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"),
        *("--sample", "tables/sample.csv", "--k", 2, "--out", "tables"),
        *("--cuts", "tables/clusters.csv"),
    )
    count(Finished(tmp_path / "tidy", tmp_path / "tables"), tmp_path / "out", k=k)
    return tuple(read_table(tmp_path / "out" / f"{name}.csv") for name in TABLES)


def test_a_wave_of_three_trusts_has_its_tables(wave: SmallWave, tmp_path: Path) -> None:
    indices, medoids, partitions = small(wave, tmp_path, [2, 3])
    assert set(indices["k"]) == {1, 2}
    strength = indices.query("index == 'prediction_strength'").set_index("k")
    assert strength["value"].isna().tolist() == [False, True]
    assert not strength["chosen"].any()
    assert (len(medoids), len(partitions)) == (3, 1)


def test_where_no_number_of_clusters_was_cut_tables_have_their_header_alone(
    wave: SmallWave, tmp_path: Path
) -> None:
    for table, name in zip(small(wave, tmp_path, [5]), TABLES, strict=True):
        assert tuple(table.columns) == EVIDENCE_TABLES[name].columns
        assert not len(table)
