"""The step ``test-merges``, from tidy files to its table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table, write_result
from buildingtrusts.statistics.linkage import build_tree
from buildingtrusts.statistics.partitions import partition_tree

from .conftest import Finished

CODEBOOK = """\
wave,block,item,label,wording,min,max,step,low_anchor,high_anchor,aliases,status,previous_items
2031,strategy,vision,Vision,Sharing a vision,1,10,1,Low,High,,new,
"""


def merge_tests(
    tidy: Path, tables: Path, out: Path, *flags: str, block: str = "strategy"
) -> pd.DataFrame:
    command = [
        *(
            "test-merges",
            "--responses",
            tidy / "responses.csv",
            "--codebook",
            tidy / "codebook.csv",
        ),
        *("--clusters", tables / "clusters.csv", "--linkage-table", tables / "linkage.csv"),
        *("--block", block, "--draws", 99, "--seed", 1, "--wave", "2031", "--out", out, *flags),
    ]
    assert main([str(word) for word in command]) == 0
    return read_table(out / "merge_tests.csv")


def small_wave(folder: Path, answers: Sequence[tuple[str, float]]) -> Path:
    """A wave of one item, clustered by its means."""
    responses = pd.DataFrame(answers, columns=["mat_id", "strategy__vision"])
    means = responses.groupby("mat_id", sort=False)["strategy__vision"].mean()
    tree = build_tree(means.to_numpy()[:, None], means.index.tolist())
    parts = partition_tree(tree, [2]).tables()
    write_result(folder / "linkage.csv", parts["linkage"])
    clusters = parts["cuts"].assign(type_id=parts["cuts"]["cluster"])
    write_result(folder / "clusters.csv", clusters)
    responses.insert(0, "respondent_id", range(len(responses)))
    responses.insert(2, "role", "")
    responses.to_csv(folder / "responses.csv", index=False)
    (folder / "codebook.csv").write_text(CODEBOOK, encoding="utf-8")
    return folder


def test_the_table_has_its_contract_and_a_pair_of_rows_for_each_merge(
    finished: Finished, tmp_path: Path
) -> None:
    table = merge_tests(finished.tidy, finished.tables, tmp_path)
    assert tuple(table.columns) == EVIDENCE_TABLES["merge_tests"].columns
    steps = read_table(finished.tables / "linkage.csv")["step"]
    assert table["step"].tolist() == [step for step in steps for _ in range(2)]
    assert table["method"].tolist() == ["shc", "selective"] * len(steps)
    selective = table[table["method"] == "selective"]
    assert selective["p_value"].between(1e-300, 1).all()
    assert set(selective["draws"]) == {99}


@pytest.mark.parametrize(
    "flags",
    [
        ("--linkage", "complete", "--metric", "manhattan"),
        ("--scaling", "zscore", "--statistic", "median"),
        ("--scaling", "respondent_centred"),
        ("--metric", "correlation"),
    ],
    ids=" ".join,
)
def test_every_way_of_clustering_is_tested(
    finished: Finished, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    copy = finished.copy(tmp_path)
    tidy = [
        *("--responses", copy.tidy / "responses.csv", "--codebook", copy.tidy / "codebook.csv"),
        *("--sample", copy.tables / "sample.csv", "--k", 2, "--out", copy.tables),
        *("--cuts", copy.tables / "clusters.csv"),
    ]
    assert main(["cluster", *map(str, tidy), *flags]) == 0
    table = merge_tests(copy.tidy, copy.tables, tmp_path, *flags)
    assert table.query("method == 'selective'")["p_value"].notna().all()


def test_the_same_seed_gives_the_same_bytes(finished: Finished, tmp_path: Path) -> None:
    for name in ("one", "other"):
        merge_tests(finished.tidy, finished.tables, tmp_path / name)
    one, other = (tmp_path / name / "merge_tests.csv" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    "answers",
    [
        [("MAT 1", 1), ("MAT 2", 4), ("MAT 10", 9)],
        [("MAT 1", 5), ("MAT 2", 5), ("MAT 10", 5)],
        [("MAT 1", 1), ("MAT 2", 1), ("MAT 3", 9), ("MAT 4", 9)],
        [("MAT 1", 1), ("MAT 2", float("nan")), ("MAT 2", 3), ("MAT 3", 9)],
    ],
    ids=["three", "coinciding", "tied", "gaps"],
)
def test_a_tiny_wave_of_one_item_has_its_table(
    tmp_path: Path, answers: list[tuple[str, float]]
) -> None:
    small_wave(tmp_path, answers)
    # A trust's means are over those who answered.
    table = merge_tests(tmp_path, tmp_path, tmp_path)
    shc = table[table["method"] == "shc"]
    assert shc["p_value"].isna().all()
    assert set(shc["draws"]) == {0}
    assert table.query("method == 'selective'")["p_value"].notna().all()


def test_the_tests_find_two_groups_that_were_planted(tmp_path: Path) -> None:
    answers = [
        (f"MAT {number}", (2 if number <= 8 else 9) + (number % 3 - 1) / 2)
        for number in range(1, 17)
    ]
    table = merge_tests(small_wave(tmp_path, answers), tmp_path, tmp_path)
    last = table[table["step"] == table["step"].iloc[-1]].set_index("method")["p_value"]
    assert (last <= 0.05).all()
