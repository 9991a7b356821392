"""Tables of the crosstabulate step on the minimal example, and on waves with less."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.output.contracts import WAVE_TABLES
from buildingtrusts.output.tables import read_table

from .conftest import Finished, SmallWave, run


def crosstabulate(of: Finished, out: Path, *more: object) -> None:
    run(
        *("crosstabulate", "--clusters", of.tables / "clusters.csv"),
        *("--trusts", of.tidy / "trusts.csv", "--attributes", of.tidy / "attributes.csv"),
        *("--seed", 1, "--wave", "2030-illustration", "--out", out, *more),
    )


@pytest.mark.parametrize("name", ["crosstabs", "associations"])
def test_tables_have_the_columns_of_their_contracts(finished: Finished, name: str) -> None:
    table = read_table(finished.tables / f"{name}.csv")
    assert tuple(table.columns) == WAVE_TABLES[name].columns
    assert set(table["k"]) == {2, 3}


def test_cells_hold_the_trusts_with_zeros_and_the_unknown_one(finished: Finished) -> None:
    table = read_table(finished.tables / "crosstabs.csv")
    assert table.query("k == 3")[["level", "cluster", "n"]].values.tolist() == [
        *(["Mixed", 1, 3], ["Mixed", 2, 0], ["Mixed", 3, 0]),
        *(["Predominantly Primary", 1, 0], ["Predominantly Primary", 2, 3]),
        ["Predominantly Primary", 3, 0],
        *(["(missing)", 1, 0], ["(missing)", 2, 0], ["(missing)", 3, 1]),
    ]


def test_the_unknown_trust_is_left_out_of_the_test(finished: Finished) -> None:
    row = read_table(finished.tables / "associations.csv").query("k == 3").iloc[0]
    assert (row["attribute"], row["n"], row["test"]) == ("phase_mix", 6, "fisher_exact")
    # Three against three, apart: two of the twenty ways to choose three of six.
    assert row["p_value"] == row["p_adjusted"] == row["p_min_attainable"] == 0.1
    assert row["cramers_v"] == 1


def test_levels_that_look_like_numbers_or_missing_values_stay_words(
    finished: Finished, tmp_path: Path
) -> None:
    of = finished.copy(tmp_path)
    levels = ["0", "1.0", "NA", "1e3"]
    (of.tidy / "attributes.csv").write_text(
        "attribute,level\n" + "".join(f"flags,{level}\n" for level in levels)
    )
    mats = ["T1", "T2", "T3", "T4", "T5", "T6", "T7"]
    rows = zip(mats, [*levels, "0", "0", "0"], strict=True)
    (of.tidy / "trusts.csv").write_text(
        "mat_id,flags\n" + "".join(f"{mat},{level}\n" for mat, level in rows)
    )
    crosstabulate(of, tmp_path / "out", "--k", 2)
    table = read_table(tmp_path / "out" / "crosstabs.csv")
    assert table.groupby("level", sort=False)["n"].sum().to_dict() == {
        **{"0": 4, "1.0": 1, "NA": 1, "1e3": 1}
    }


def test_monte_carlo_repeats_by_seed_and_differs_by_wave(
    finished: Finished, tmp_path: Path
) -> None:
    drawn = ["--k", 2, 3, "--max-steps", 1, "--max-tables", 1, "--draws", 200]
    calls = {
        "one": [],
        "same": [],
        "seed": ["--seed", 2],
        "wave": ["--wave", "2031"],
    }
    for name, more in calls.items():
        crosstabulate(finished, tmp_path / name, *drawn, *more)
    texts = {name: (tmp_path / name / "associations.csv").read_bytes() for name in calls}
    assert texts["one"] == texts["same"]
    assert len(set(texts.values())) == 3
    assert b"fisher_monte_carlo" in texts["one"]


def test_a_wave_without_trusts_or_attributes_has_empty_tables(
    wave: SmallWave, tmp_path: Path
) -> None:
    text = Path(wave.declaration).read_text(encoding="utf-8")
    text = text[: text.index("attributes:")] + text[text.index("cluster:") :]
    wave.write(wave.declaration, text.replace("trusts: {file: trusts.csv}\n", ""))
    wave.accepted()
    wave.write("tables/clusters.csv", "mat_id,k,cluster,type_id\nMAT 2,2,1,1\nMAT 10,2,2,2\n")
    crosstabulate(Finished(Path("tidy"), Path("tables")), tmp_path / "out", "--k", 2)
    for name in ("crosstabs", "associations"):
        text = (tmp_path / "out" / f"{name}.csv").read_text(encoding="utf-8")
        assert text == ",".join(WAVE_TABLES[name].columns) + "\n"
