"""The steps ``run-multiverse`` and ``gather-multiverse``, from tidy files to two tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table
from buildingtrusts.statistics.multiverse import EXCLUDED_COLUMNS, MULTIVERSE_COLUMNS

from .conftest import ingest_example

TABLES = ("multiverse", "multiverse_excluded")
GRID = [
    *("--grid-linkage", "average", "single", "--grid-metric", "euclidean", "correlation"),
    *("--grid-scaling", "none", "zscore", "--grid-statistic", "mean", "--grid-k", "2", "3", "4"),
    *("--grid-min-responses", "3", "6", "--grid-roles", "all", "without_ceo"),
]


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal example, read, aggregated and clustered into one folder."""
    folder = ingest_example(tmp_path_factory.mktemp("multiverse"))
    answers = ["--responses", str(folder / "responses.csv")]
    answers += ["--codebook", str(folder / "codebook.csv")]
    assert main(["aggregate", *answers, "--out", str(folder)]) == 0
    sample = ["--sample", str(folder / "sample.csv"), "--k", "2", "3", "4"]
    sample += ["--cuts", str(folder / "clusters.csv")]
    assert main(["cluster", *answers, *sample, "--out", str(folder)]) == 0
    return folder


def run_part(tidy: Path, out: Path, *flags: str, grid: list[str] = GRID) -> int:
    return main(
        [
            *("run-multiverse", "--responses", str(tidy / "responses.csv")),
            *("--codebook", str(tidy / "codebook.csv"), "--clusters", str(tidy / "clusters.csv")),
            *("--report-k", "2", "3", "--draws", "19", "--seed", "1"),
            *("--wave", "2030-illustration", "--out", str(out), *grid, *flags),
        ]
    )


def run_parts(tidy: Path, out: Path, n: int) -> list[str]:
    files = [out / f"multiverse-{part}.csv" for part in range(1, n + 1)]
    for part, file in enumerate(files, start=1):
        assert run_part(tidy, file, "--part", str(part), "--parts", str(n)) == 0
    return [str(file) for file in files]


@pytest.fixture(scope="module")
def made(tidy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    assert main(["gather-multiverse", "--parts", *run_parts(tidy, out, 1), "--out", str(out)]) == 0
    return out


def test_the_tables_have_their_contracts(made: Path) -> None:
    assert EVIDENCE_TABLES["multiverse"].columns == MULTIVERSE_COLUMNS
    assert EVIDENCE_TABLES["multiverse_excluded"].columns == EXCLUDED_COLUMNS
    tables = [read_table(made / f"{name}.csv") for name in TABLES]
    for name, table in zip(TABLES, tables, strict=True):
        assert tuple(table.columns) == EVIDENCE_TABLES[name].columns
    # The threshold of 5 is the wave's own.
    assert sum(map(len, tables)) == 2 * 2 * 2 * 1 * 3 * 2 * 2 * 3
    assert set(tables[0]["draws"]) == {19}
    assert tables[1]["reason"].notna().all()


def test_the_reported_rows_are_the_partitions_of_the_wave(made: Path, tidy: Path) -> None:
    found = read_table(made / "multiverse.csv")
    reported = found[found["is_report"] == 1].set_index("k")
    partitions = read_table(tidy / "partitions.csv").set_index("k")
    assert reported.index.tolist() == [2, 3]
    for k in (2, 3):
        assert reported.at[k, "sizes"] == partitions.at[k, "sizes"]
        assert reported.at[k, "mean_silhouette"] == pytest.approx(
            partitions.at[k, "mean_silhouette"], abs=1e-12
        )
        assert reported.at[k, "adjusted_rand"] == 1


def test_the_number_of_parts_and_their_order_do_not_change_a_byte(
    made: Path, tidy: Path, tmp_path: Path
) -> None:
    parts = run_parts(tidy, tmp_path, 3)[::-1]
    assert main(["gather-multiverse", "--parts", *parts, "--out", str(tmp_path)]) == 0
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (made / f"{name}.csv").read_bytes()


def test_numbers_pass_through_the_parts_digit_by_digit(made: Path) -> None:
    part = (made / "multiverse-1.csv").read_text("utf-8").splitlines()
    gathered = [
        line
        for name in TABLES
        for line in (made / f"{name}.csv").read_text("utf-8").splitlines()[1:]
    ]
    assert {line.removesuffix(",") for line in part[1:]} == set(gathered)


def test_a_part_that_is_missing_is_told(
    tidy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = run_parts(tidy, tmp_path, 2)
    capsys.readouterr()
    assert main(["gather-multiverse", "--parts", parts[0], "--out", str(tmp_path / "out")]) == 1
    told = capsys.readouterr().err
    assert "each part once" in told
    assert "run every part again" in told
    assert not (tmp_path / "out").exists()


def test_choices_that_cannot_be_crossed_are_told(
    tidy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_part(tidy, tmp_path / "part.csv", "--grid-k", "1", "2") == 1
    assert (
        "k is [1, 2]; allowed are one or more of: whole numbers from 2" in capsys.readouterr().err
    )


def test_a_tiny_wave_without_roles_or_scales_gets_both_tables(tmp_path: Path) -> None:
    """Three trusts with one answer each to one item in decimals without bounds."""
    pd.DataFrame(
        {
            "respondent_id": ["a", "b", "c"],
            "mat_id": ["A", "B", "C"],
            "role": [np.nan] * 3,
            "strategy__only": [1.5, 2.5, 9.0],
        }
    ).to_csv(tmp_path / "responses.csv", index=False)
    (tmp_path / "codebook.csv").write_text(
        "wave,block,item,label,wording,min,max,step,low_anchor,high_anchor,aliases,status,"
        "previous_items\n2031,strategy,only,Only,The only item,,,,,,,new,\n",
        encoding="utf-8",
    )
    (tmp_path / "clusters.csv").write_text(
        "mat_id,k,cluster,type_id\nA,2,1,1\nB,2,1,1\nC,2,2,2\n", encoding="utf-8"
    )
    part = tmp_path / "part.csv"
    assert run_part(tmp_path, part, "--min-responses", "1", grid=[]) == 0
    assert main(["gather-multiverse", "--parts", str(part), "--out", str(tmp_path)]) == 0
    found, excluded = (read_table(tmp_path / f"{name}.csv") for name in TABLES)
    assert found["is_report"].sum() == 1
    assert len(found) + len(excluded) == 4 * 3 * 3 * 2 * 9 * 3 * 2 * 5
