"""Results for publication of the minimal example: eight trusts, of which little can be said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main

from .conftest import Finished

WAVE = "2030-illustration"
TABLES = ("sample", "crosstabs", "partitions", "profiles", "associations", "scores", "ceo")


def flags(of: Finished, out: Path, *more: object) -> list[str]:
    return [
        *("publish", "--wave", f"{WAVE}=illustration={of.tables}={of.tidy}"),
        *("--study-tables", str(of.tables), "--tables", WAVE, *TABLES),
        *("--formats", "svg", "--out", str(out), *map(str, more)),
    ]


def publish(of: Finished, out: Path, *more: object) -> dict[str, bytes]:
    assert main(flags(of, out, *more)) == 0
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def table(out: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(out / WAVE / "tables" / f"{name}.csv", dtype=str, keep_default_na=False)


def test_trusts_and_people_are_not_published(finished: Finished, tmp_path: Path) -> None:
    made = publish(finished, tmp_path, "--suppress-below", 2)
    assert f"{WAVE}/tables/crosstabs.csv" in made
    assert not [path for path in made if "scores" in path or "ceo" in path]
    assert b"illustration-0" not in b"".join(made.values())


def test_the_cluster_of_one_is_withheld_and_another_with_it(
    finished: Finished, tmp_path: Path
) -> None:
    publish(finished, tmp_path, "--suppress-below", 2)
    sizes = table(tmp_path, "partitions").set_index("k")["sizes"]
    assert sizes["3"].endswith("[c]")
    assert sizes["3"].count("[c]") >= 2
    assert sizes["4"] == "[c]"


def test_a_limit_above_the_sample_publishes_no_count(finished: Finished, tmp_path: Path) -> None:
    publish(finished, tmp_path, "--suppress-below", 500)
    assert set(table(tmp_path, "crosstabs")["n"]) == {"[c]"}
    assert set(table(tmp_path, "profiles")["mean"]) == {"[c]"}


def test_the_same_choices_give_the_same_bytes(finished: Finished, tmp_path: Path) -> None:
    one = publish(finished, tmp_path / "one", "--suppress-below", 2, "--round-to", 2)
    assert one == publish(finished, tmp_path / "two", "--suppress-below", 2, "--round-to", 2)


def test_a_dropped_trust_is_in_no_count(finished: Finished, tmp_path: Path) -> None:
    publish(finished, tmp_path / "all", "--suppress-below", 2)
    publish(finished, tmp_path / "less", "--suppress-below", 2, "--drop-mats", "T1")
    everything, less = (table(tmp_path / one, "sample").iloc[0] for one in ("all", "less"))
    assert int(less["n_responses"]) < int(everything["n_responses"])
    assert set(table(tmp_path / "less", "associations")["p_value"]) == {"[c]"}


def test_a_dropped_trust_that_there_is_not_is_a_problem(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags(finished, tmp_path / "public", "--drop-mats", "T99")) == 1
    told = capsys.readouterr().err
    assert "publish.drop_mats" in told
    assert "T99" in told
    assert not (tmp_path / "public").exists()
