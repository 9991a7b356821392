"""The sample stands beside the register: counts, tests, and what another cut-off would change."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.register.population import TEST_COLUMNS
from buildingtrusts.register.sensitivity import COLUMNS, LEVEL_COLUMNS

PROJECT = Path(__file__).parents[2]
EXTRACT = PROJECT / "tests" / "register" / "fixtures" / "2017-01-19"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """The register's tables, with every trust's levels under other cut-offs."""
    command = ["register", str(EXTRACT), "--out", str(tmp_path)]
    command += ["--cutoffs", str(PROJECT / "config" / "register.yaml")]
    command += ["--alternatives", str(PROJECT / "config" / "register_alternatives.yaml")]
    assert main(command) == 0
    return tmp_path


def compare(register: Path, trusts: str, *flags: str) -> int:
    (register / "trusts.csv").write_text(trusts, encoding="utf-8")
    words = [
        *("compare-population", "--population", register / "population.csv"),
        *("--trusts", register / "trusts.csv", "--extract", "2017-01-19"),
        *("--out", register / "out" / "population.csv", *flags),
    ]
    return main([str(word) for word in words])


def everything(register: Path, trusts: str, *more: str) -> dict[str, pd.DataFrame]:
    out = register / "out"
    flags = [
        *("--register", register / "register_trusts.csv"),
        *("--alternatives", register / "register_alternatives.csv"),
        *("--tests", out / "tests.csv", "--sensitivity", out / "sensitivity.csv"),
        *("--seed", 3, "--wave", "2031"),
    ]
    assert compare(register, trusts, *map(str, flags), *more) == 0
    return {name: pd.read_csv(out / f"{name}.csv") for name in ("tests", "sensitivity")}


def test_the_registers_step_writes_every_trusts_level_under_each_value(register: Path) -> None:
    table = pd.read_csv(register / "register_alternatives.csv")
    assert tuple(table.columns) == LEVEL_COLUMNS
    assert set(table.groupby(["attribute", "cutoff", "value"]).size()) == {4}


def test_without_the_flags_only_the_counts_are_written(register: Path) -> None:
    assert compare(register, "mat_id,phase_mix\nMAT 1,Mixed\n") == 0
    assert [path.name for path in (register / "out").iterdir()] == ["population.csv"]


def test_tests_and_sensitivity_are_written_beside_the_counts(register: Path) -> None:
    found = everything(register, "mat_id,phase_mix\nMAT 1,Mixed\nMAT 2,(missing)\n")
    assert tuple(found["tests"].columns) == TEST_COLUMNS
    assert tuple(found["sensitivity"].columns) == COLUMNS
    of_phase = found["tests"].set_index(["frame", "attribute"]).loc[("all", "phase_mix")]
    # One trust at each of three levels: whichever is drawn, the others are as probable.
    assert (of_phase["n_population"], of_phase["n_sample"], of_phase["p_value"]) == (3, 1, 1)
    assert found["sensitivity"]["n_sample"].isna().all()


def test_a_sample_with_numbers_has_its_part_of_the_sensitivity(register: Path) -> None:
    trusts = "mat_id,phase_mix\nMAT 1,Predominantly Primary\nMAT 2,(missing)\n"
    matched = register / "matched_trusts.csv"
    matched.write_text("mat_id,trust_uid\nMAT 1,90010\n", encoding="utf-8")
    table = everything(register, trusts, "--matched", str(matched))["sensitivity"]
    moved = table[(table["level"] == "(all)") & (table["attribute"] == "phase_mix")]
    assert set(moved["n_sample"]) == {1}
    assert moved.set_index("value").loc[0.8, "n_sample_moved"] == 1


def test_a_sample_of_which_no_trust_was_found_has_no_part_of_the_sensitivity(
    register: Path,
) -> None:
    matched = register / "matched_trusts.csv"
    matched.write_text("mat_id,trust_uid\n", encoding="utf-8")
    table = everything(register, "mat_id,phase_mix\nMAT 1,Mixed\n", "--matched", str(matched))
    assert table["sensitivity"]["n_sample"].isna().all()


def test_a_table_whose_source_is_not_named_is_told(
    register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = str(register / "out" / "tests.csv")
    assert compare(register, "mat_id\nMAT 1\n", "--tests", tests) == 1
    assert "This table needs --register." in capsys.readouterr().err
    assert not (register / "out").exists()


def test_alternatives_that_are_wrong_are_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("phase_mix: {share: [0.4]}\n", encoding="utf-8")
    command = ["register", str(EXTRACT), "--out", str(tmp_path / "out")]
    command += ["--cutoffs", str(PROJECT / "config" / "register.yaml")]
    assert main([*command, "--alternatives", str(other)]) == 1
    assert "phase_mix.share" in capsys.readouterr().err
    assert main([*command, "--alternatives", str(tmp_path / "nowhere.yaml")]) == 1
    assert "--alternatives" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
