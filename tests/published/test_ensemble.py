"""An ensemble of reconstructions: its grid, its rows, and the one that is kept."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table
from buildingtrusts.published.ensemble import claims_of_survey, ensemble_members, fingerprint
from buildingtrusts.statistics.verdict import RULE_VERSION
from buildingtrusts.study.choices import EnsembleChoices

ROOT = Path(__file__).resolve().parents[2]
WAVE = "2017-reconstruction"
PUBLISHED = ROOT / "data" / "published"


def test_every_combination_of_settings_has_every_seed() -> None:
    members = ensemble_members(5, 3, [1.5, 2.5], [0.0, 1.0])
    assert [one.member for one in members] == list(range(1, 13))
    assert len({(one.seed, one.within_sd, one.count_skew) for one in members}) == 12
    assert {one.seed for one in members} == {5, 6, 7}


def test_the_fingerprint_tells_where_one_text_ends() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


@pytest.fixture(scope="module")
def codebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wave's own rows of the codebook, as ingest writes them."""
    folder = tmp_path_factory.mktemp("tidy")
    config = ROOT / "config"
    words = [
        *("ingest", "--wave-file", config / "waves" / f"{WAVE}.yaml"),
        *("--codebook", config / "codebook.csv", "--raw", ROOT / "data" / "raw" / WAVE),
        *("--known", PUBLISHED / "reconstructions.csv", "--out", folder),
    ]
    assert main([str(word) for word in words]) == 0
    return folder / "codebook.csv"


def examine(member: int, codebook: Path, out: Path) -> pd.DataFrame:
    words = [
        *("examine-reconstruction", "--claims", PUBLISHED / "claims.csv"),
        *("--crosstabs", PUBLISHED / "crosstabs.csv", "--targets", PUBLISHED / "targets.csv"),
        *("--codebook", codebook, "--k", 2, 3, 4, 5, 6, 7, 8, "--report-k", 3),
        *("--first-seed", 2017, "--seeds", 2, "--within-sd", 1.5, 2.0, "--count-skew", 0.8),
        *("--draws", 50, "--null-studies", 5, "--null-draws", 10),
        *("--member", member, "--wave", WAVE, "--out", out),
    ]
    assert main([str(word) for word in words]) == 0
    return read_table(out)


@pytest.fixture(scope="module")
def rows(codebook: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("members")
    for member in (3, 2):
        examine(member, codebook, folder / f"{member}.csv")
    return folder


def test_a_reconstruction_is_judged_with_its_own_settings(rows: Path) -> None:
    row = read_table(rows / "3.csv").iloc[0]
    assert (row["seed"], row["within_sd"], row["count_skew"]) == (2017, 2.0, 0.8)
    assert row["n_mats"] == 17
    assert row["rule_version"] == int(RULE_VERSION)
    assert (row["draws"], row["null_studies"], row["null_draws"]) == (50, 5, 10)
    # p of 50 draws is a whole number of fifty-firsts.
    assert row["p_value"] * 51 == pytest.approx(round(row["p_value"] * 51))
    assert row["report_k"] == 3


def test_rows_are_put_together_in_their_order(rows: Path, tmp_path: Path) -> None:
    out = tmp_path / "ensemble.csv"
    assert main(["gather-ensemble", "--members", str(rows), "--out", str(out)]) == 0
    table = read_table(out)
    assert tuple(table.columns) == EVIDENCE_TABLES["ensemble"].columns
    assert table["member"].tolist() == [2, 3]


def test_an_ensemble_is_made_from_the_claims_of_its_own_survey() -> None:
    own = 'claim,survey,note\na,2017,"two\nlines, 2024"\nb,2017,\n'
    others = own.replace("b,2017,", 'c,2024,"of\nanother"\nb,2017,') + "d,2024,\n"
    assert claims_of_survey(others, "2017") == own
    assert claims_of_survey(own, "2024") == "claim,survey,note\n"


def test_the_kept_ensemble_is_of_todays_claims_rule_and_grid(codebook: Path) -> None:
    kept = read_table(PUBLISHED / "ensemble.csv")
    texts = [
        path.read_text(encoding="utf-8")
        for path in (
            *(PUBLISHED / f"{name}.csv" for name in ("claims", "crosstabs", "targets")),
            codebook,
        )
    ]
    texts[0] = claims_of_survey(texts[0], "2017")
    assert set(kept["made_from"]) == {fingerprint(*texts)}, "run `make ensemble` again"
    assert set(kept["rule_version"]) == {int(RULE_VERSION)}
    settings = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    grid = EnsembleChoices(**settings["ensemble"])
    members = ensemble_members(grid.first_seed, grid.seeds, grid.within_sd, grid.count_skew)
    assert len(kept) == len(members) >= 100
    listed = kept[["member", "seed", "within_sd", "count_skew"]].itertuples(index=False, name=None)
    assert [tuple(row) for row in listed] == [
        (one.member, one.seed, one.within_sd, one.count_skew) for one in members
    ]
    assert set(kept["draws"]) == {grid.draws}


def test_the_shipped_reconstruction_is_one_of_the_ensemble() -> None:
    known = pd.read_csv(PUBLISHED / "reconstructions.csv").iloc[-1]
    kept = read_table(PUBLISHED / "ensemble.csv")
    same = kept[["seed", "within_sd", "count_skew"]] == known[["seed", "within_sd", "count_skew"]]
    assert same.all(axis=1).sum() == 1
