"""Tables of the aggregate step on the minimal example, and on waves with less."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import WAVE_TABLES
from buildingtrusts.output.tables import read_table

from .conftest import Finished, SmallWave, run

TABLES = ("sample", "scores", "agreement", "alignment")
MATS = ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T10"]


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_columns_of_their_contracts(finished: Finished, name: str) -> None:
    table = read_table(finished.tables / f"{name}.csv")
    assert tuple(table.columns) == WAVE_TABLES[name].columns


def test_the_trust_with_two_responses_is_listed_with_the_reason(finished: Finished) -> None:
    sample = read_table(finished.tables / "sample.csv")
    everyone = sample[sample["role"] == "all"].set_index("mat_id")
    assert everyone.index.tolist() == MATS
    assert everyone["n_responses"].tolist() == [6, 6, 6, 6, 6, 6, 6, 2]
    assert everyone["clustered"].tolist() == [True] * 7 + [False]
    assert everyone.loc["T10", "reason"] == "2 of at least 5 responses"
    assert everyone["reason"].isna().sum() == 7


def test_responses_by_role_add_up_to_the_trust(finished: Finished) -> None:
    sample = read_table(finished.tables / "sample.csv")
    roles = sample[sample["role"] != "all"].groupby("mat_id")["n_responses"].sum()
    everyone = sample[sample["role"] == "all"].set_index("mat_id")["n_responses"]
    assert roles.to_dict() == everyone.to_dict()


def test_all_trusts_have_scores_clustered_or_not(finished: Finished) -> None:
    scores = read_table(finished.tables / "scores.csv")
    assert scores["mat_id"].drop_duplicates().tolist() == MATS
    # T1 on one model: 8, 7, 8, 8 and 8; one of six left it out.
    of = scores[(scores["mat_id"] == "T1") & (scores["item"] == "one_model")].iloc[0]
    assert of[["n", "mean", "median", "min", "max"]].tolist() == [5, 7.8, 8, 7, 8]


def test_agreement_is_told_of_all_trusts_and_of_the_clustered_ones(finished: Finished) -> None:
    agreement = read_table(finished.tables / "agreement.csv")
    groups = agreement.groupby("mats")["n_groups"].unique().apply(list)
    assert groups.to_dict() == {"all": [8], "clustered": [7]}
    # Trusts were given opposite patterns, with little spread inside.
    planted = agreement.query("mats == 'clustered' and item == 'shared_aims'").iloc[0]
    assert planted["icc1"] > 0.9
    assert planted["rwg_mean"] > 0.9


def test_alignment_is_what_scores_say(finished: Finished) -> None:
    scores = read_table(finished.tables / "scores.csv").set_index(["mat_id", "block", "item"])
    alignment = read_table(finished.tables / "alignment.csv").set_index(["mat_id", "block", "item"])
    items = alignment.drop("(all)", level="item")
    pd.testing.assert_series_equal(
        items["range"], (scores["max"] - scores["min"])[items.index], check_names=False
    )
    assert len(alignment) == len(scores) + 2 * len(MATS)


def test_with_one_response_enough_every_trust_is_clustered(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        *("aggregate", "--responses", finished.tidy / "responses.csv", "--min-responses", 1),
        *("--codebook", finished.tidy / "codebook.csv", "--out", tmp_path),
    )
    assert read_table(tmp_path / "sample.csv")["clustered"].all()
    assert capsys.readouterr().err == "8 trusts are clustered, 0 are not\n"


def test_a_trust_of_one_person_has_scores_without_spread(wave: SmallWave) -> None:
    wave.answer("p4", "p4,MAT 10,Deputy head,3,8,1,41")
    wave.accepted()
    run(
        *("aggregate", "--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"),
        *("--min-responses", 1, "--out", "tables"),
    )
    scores = read_table("tables/scores.csv").set_index(["mat_id", "item"])
    alone = scores.loc[("MAT 2", "vision")]
    assert alone[["n", "mean", "iqr"]].tolist() == [1, 2, 0]
    assert pd.isna(alone["sd"])


def test_a_wave_without_roles_has_one_row_a_trust(wave: SmallWave) -> None:
    text = Path(wave.declaration).read_text(encoding="utf-8")
    wave.write(wave.declaration, text[: text.index("roles:")] + text[text.index("attributes:") :])
    wave.accepted()
    run(
        *("aggregate", "--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"),
        *("--min-responses", 1, "--out", "tables"),
    )
    assert read_table("tables/sample.csv")["role"].tolist() == ["all", "all"]


def test_an_item_without_a_scale_has_no_rwg(wave: SmallWave) -> None:
    wave.accepted()
    run(
        *("aggregate", "--responses", "tidy/responses.csv", "--codebook", "tidy/codebook.csv"),
        *("--min-responses", 1, "--out", "tables"),
    )
    agreement = read_table("tables/agreement.csv").set_index(["mats", "item"])
    assert pd.isna(agreement.loc[("all", "hours"), "rwg_mean"])
    assert not pd.isna(agreement.loc[("all", "vision"), "rwg_mean"])


def test_a_block_that_was_not_asked_is_a_problem_and_no_crash(
    finished: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        *("aggregate", "--responses", str(finished.tidy / "responses.csv"), "--block", "stratagem"),
        *("--codebook", str(finished.tidy / "codebook.csv"), "--out", str(tmp_path / "tables")),
    ]
    assert main(words) == 1
    assert "found 'stratagem'. The block that is clustered is one of: strategy, operations." in (
        capsys.readouterr().err
    )
    assert not (tmp_path / "tables").exists()
