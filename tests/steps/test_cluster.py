"""Tables of the cluster step on the minimal example, whose three clusters were planted."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from sklearn.metrics import calinski_harabasz_score

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import WAVE_TABLES
from buildingtrusts.output.tables import read_table
from buildingtrusts.statistics import linkage
from buildingtrusts.steps.cluster import add_arguments

from .conftest import Finished, SmallWave, run

PLANTED = {"T1": 1, "T2": 1, "T5": 1, "T3": 2, "T4": 2, "T6": 2, "T7": 3}


def words(of: Finished, *more: object) -> list[str]:
    return [
        *("cluster", "--responses", str(of.tidy / "responses.csv")),
        *("--codebook", str(of.tidy / "codebook.csv"), "--sample", str(of.tables / "sample.csv")),
        *map(str, more),
    ]


def parsed(folder: Path) -> list[str]:
    return ["--cuts", str(folder / "cuts.csv"), "--out", str(folder)]


def clusters(folder: Path, k: int) -> dict[str, int]:
    table = read_table(folder / "cuts.csv")
    return dict(table.loc[table["k"] == k, ["mat_id", "cluster"]].itertuples(index=False))


@pytest.mark.parametrize("name", ["linkage", "leaf_order", "silhouettes", "partitions"])
def test_tables_have_the_columns_of_their_contracts(finished: Finished, name: str) -> None:
    table = read_table(finished.tables / f"{name}.csv")
    assert tuple(table.columns) == WAVE_TABLES[name].columns


def test_planted_clusters_are_found_and_numbered_by_first_member(finished: Finished) -> None:
    assert clusters(finished.tidy, 3) == PLANTED


def test_the_trust_with_too_few_responses_is_in_no_table(finished: Finished) -> None:
    for name in ("linkage", "leaf_order", "clusters", "silhouettes"):
        text = (finished.tables / f"{name}.csv").read_text(encoding="utf-8")
        assert "T7" in text
        assert "T10" not in text


def test_the_planted_partition_has_the_largest_silhouette(finished: Finished) -> None:
    table = read_table(finished.tables / "partitions.csv").set_index("k")
    assert table["mean_silhouette"].idxmax() == 3
    assert table.loc[3, "sizes"] == "3;3;1"
    widths = read_table(finished.tables / "silhouettes.csv").query("k == 3").set_index("mat_id")
    assert widths.loc["T7", "width"] == 0
    assert (widths["width"].drop("T7") > 0.7).all()


def test_indices_are_of_the_scores_as_they_were_scaled(finished: Finished, tmp_path: Path) -> None:
    names = ["calinski_harabasz", "davies_bouldin", "dunn", "c_index"]
    plain = read_table(finished.tables / "partitions.csv").set_index("k")
    assert plain[names].notna().all(axis=None)
    assert plain["davies_bouldin"].idxmin() == plain["dunn"].idxmax() == 3
    run(*words(finished, "--k", 3, *parsed(tmp_path), "--scaling", "zscore"))
    scaled = read_table(tmp_path / "partitions.csv").set_index("k").loc[3]
    responses = read_table(finished.tidy / "responses.csv")
    columns = [column for column in responses if column.startswith("strategy__")]
    means = responses.groupby("mat_id")[columns].mean().loc[list(PLANTED)]
    labels = list(PLANTED.values())
    for frame, told in ((means, plain.loc[3]), ((means / means.std()), scaled)):
        assert told["calinski_harabasz"] == pytest.approx(calinski_harabasz_score(frame, labels))


@pytest.mark.parametrize(
    "choice",
    [
        *(["--linkage", "complete"], ["--linkage", "single"], ["--linkage", "ward"]),
        *(["--metric", "manhattan"], ["--metric", "correlation"]),
        *(["--scaling", "zscore"], ["--scaling", "respondent_centred"]),
        ["--statistic", "median"],
    ],
)
def test_clusters_so_far_apart_are_found_by_any_choice(
    finished: Finished, tmp_path: Path, choice: list[str]
) -> None:
    run(*words(finished, "--k", 3, *parsed(tmp_path), *choice))
    assert clusters(tmp_path, 3) == PLANTED
    heights = [
        read_table(folder / "linkage.csv")["height"].tolist()
        for folder in (tmp_path, finished.tables)
    ]
    assert heights[0] != heights[1]


def test_choices_of_the_step_are_those_that_the_statistics_know() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    choices = {action.dest: action.choices for action in parser._actions if action.choices}
    assert choices == {
        **{"linkage": linkage.LINKAGES, "metric": linkage.METRICS, "scaling": linkage.SCALINGS},
        "statistic": ("mean", "median"),
    }


def test_more_clusters_than_trusts_are_left_out_and_told(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(*words(finished, "--k", 6, 7, 8, *parsed(tmp_path)))
    assert set(read_table(tmp_path / "partitions.csv")["k"]) == {6}
    assert capsys.readouterr().err == (
        "7 trusts on 4 items, k = [6]\nk = [7, 8] left out: there are only 7 trusts\n"
    )


def test_too_few_trusts_for_any_partition_are_a_problem(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(finished, "--k", 7, 9, *parsed(tmp_path / "tables"))) == 1
    assert "7 clusters need more than 7 trusts; 7 have enough responses." in capsys.readouterr().err
    assert not (tmp_path / "tables").exists()


def test_a_trust_that_rates_all_alike_cannot_be_clustered_by_correlation(
    wave: SmallWave, capsys: pytest.CaptureFixture[str]
) -> None:
    wave.answer("p1", "p1,MAT 10,Head,5,5,10,38.5")
    wave.answer("p2", "p2,MAT 10,Central,5,5,9,40")
    wave.write(wave.trusts, "mat_id,phase_mix\nMAT 10,Mixed\nMAT 2,Mixed\nMAT 3,Mixed\n")
    wave.answer("p4", "p4,MAT 3,Deputy head,3,8,1,41")
    wave.accepted()
    answers = ["--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"]
    run("aggregate", *answers, "--min-responses", 1, "--out", "tables")
    flags = [*answers, "--sample", "tables/sample.csv", "--k", "2", *parsed(Path("tables"))]
    capsys.readouterr()
    assert main(["cluster", *flags, "--metric", "correlation"]) == 1
    report = capsys.readouterr().err
    assert "a correlation needs scores that differ between items; those of MAT 10 do not" in report
    assert "Change 'cluster' in the wave's file." in report


def test_a_block_that_was_not_asked_is_a_problem_and_no_crash(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(finished, "--k", 2, "--block", "stratagem", *parsed(tmp_path / "t"))) == 1
    assert "found 'stratagem'." in capsys.readouterr().err
