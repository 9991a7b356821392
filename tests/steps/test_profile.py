"""Tables of the profile step on the minimal example, and on waves with less."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.output.contracts import WAVE_TABLES
from buildingtrusts.output.tables import read_table

from .conftest import Finished, SmallWave, analyse, run

TABLES = ("profiles", "ceo", "effectiveness", "standardisation", "operating_model")


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_columns_of_their_contracts(finished: Finished, name: str) -> None:
    table = read_table(finished.tables / f"{name}.csv")
    assert tuple(table.columns) == WAVE_TABLES[name].columns


def test_profiles_are_of_both_partitions_every_role_and_every_block(finished: Finished) -> None:
    table = read_table(finished.tables / "profiles.csv")
    assert len(table) == (2 + 3) * 4 * 2 * 7
    assert table.groupby("k")["cluster"].max().to_dict() == {2: 2, 3: 3}
    assert set(table["block"]) == {"strategy", "operations"}
    assert set(table["role"]) == {"all", "ceo", "central_team", "school_leader"}


def test_opposite_patterns_lie_on_opposite_sides_of_the_mean(finished: Finished) -> None:
    table = read_table(finished.tables / "profiles.csv")
    rows = table.query("k == 3 and role == 'all' and weighting == 'responses'")
    scaled = rows.set_index(["item", "cluster"])["scaled_mean"]
    assert scaled["shared_aims", 1] > 0.9
    assert scaled["shared_aims", 2] < -0.9
    assert ((rows["ci_low"] <= rows["mean"]) & (rows["mean"] <= rows["ci_high"])).all()


def test_the_mean_of_all_responses_includes_trusts_that_are_not_clustered(
    finished: Finished,
) -> None:
    responses = read_table(finished.tidy / "responses.csv")["strategy__shared_aims"]
    table = read_table(finished.tables / "profiles.csv")
    row = table.query(
        "k == 3 and cluster == 3 and role == 'all' and weighting == 'mats' and "
        "item == 'shared_aims'"
    ).iloc[0]
    assert row["mean"] == 5
    assert row["scaled_mean"] == pytest.approx((5 - responses.mean()) / responses.std())


def test_chief_executives_answers_are_one_a_row(finished: Finished) -> None:
    table = read_table(finished.tables / "ceo.csv")
    assert len(table) == 8 * 7
    assert table["respondent_id"].nunique() == 8
    assert table.iloc[0].tolist() == ["illustration-01", "T1", "strategy", "shared_aims", 9]


def test_trusts_are_placed_by_cut_offs_of_the_configuration(
    finished: Finished, tmp_path: Path
) -> None:
    table = read_table(finished.tables / "operating_model.csv")
    places = table[table["role"] == "all"].set_index("mat_id")["place"].to_dict()
    assert places == {
        **dict.fromkeys(["T1", "T2", "T5"], "centralised"),
        **dict.fromkeys(["T3", "T4", "T6"], "decentralised"),
        **dict.fromkeys(["T7", "T10"], "hybrid"),
    }
    run(
        *("profile", "--responses", finished.tidy / "responses.csv"),
        *("--codebook", finished.tidy / "codebook.csv", "--k", 2, "--draws", 2),
        *("--clusters", finished.tables / "clusters.csv"),
        *("--scores", finished.tables / "scores.csv", "--seed", 1, "--wave", "w"),
        *("--hybrid-from", 0, "--centralised-from", 5, "--out", tmp_path),
    )
    table = read_table(tmp_path / "operating_model.csv")
    places = table[table["role"] == "all"].set_index("mat_id")["place"].to_dict()
    assert [places[mat] for mat in ("T3", "T7", "T1")] == ["hybrid", "centralised", "centralised"]


def test_blocks_that_were_not_asked_have_empty_tables(finished: Finished) -> None:
    for name in ("effectiveness", "standardisation"):
        text = (finished.tables / f"{name}.csv").read_text(encoding="utf-8")
        assert text == ",".join(WAVE_TABLES[name].columns) + "\n"


def test_the_whole_of_a_wave_repeats_byte_for_byte_and_another_seed_moves_intervals_alone(
    finished: Finished, tmp_path: Path
) -> None:
    analyse(finished.tidy, tmp_path / "same")
    analyse(finished.tidy, tmp_path / "seed", seed=2)
    for file in sorted(finished.tables.iterdir()):
        assert (tmp_path / "same" / file.name).read_bytes() == file.read_bytes(), file.name
        changed = (tmp_path / "seed" / file.name).read_bytes() != file.read_bytes()
        assert changed == (file.name == "profiles.csv"), file.name


def test_a_wave_of_single_responses_without_roles_and_trusts_runs_to_the_end(
    wave: SmallWave,
) -> None:
    text = Path(wave.declaration).read_text(encoding="utf-8")
    wave.write(
        wave.declaration,
        text[: text.index("trusts:")] + "cluster: {min_responses: 1, k: [2, 3]}\n",
    )
    lines = [
        "respondent_id,mat_id,role,strategy__vision,strategy__identity,operations__hiring,"
        "workload__hours",
        *(f"p{n},MAT {n},Head,{n},{10 - n},{n},4{n}" for n in range(1, 6)),
    ]
    wave.write(wave.responses, "\n".join(lines) + "\n")
    wave.accepted()
    analyse(Path("tidy"), Path("tables"), min_responses=1)
    assert {file.stem for file in Path("tables").iterdir()} == set(WAVE_TABLES)
    profiles = read_table("tables/profiles.csv")
    assert profiles["mean"].notna().any()
    assert profiles["ci_low"].isna().all()
    assert read_table("tables/agreement.csv")["icc1"].isna().all()
    assert len(read_table("tables/ceo.csv")) == 0
