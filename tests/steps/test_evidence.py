"""The step ``evidence``, from tidy files to a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table

ROOT = Path(__file__).resolve().parents[2]
WAVE = "2030-illustration"


def commands(folder: Path) -> None:
    example = ROOT / "examples" / "minimal"
    tidy = [
        "--responses",
        str(folder / "responses.csv"),
        "--codebook",
        str(folder / "codebook.csv"),
    ]
    out = ["--out", str(folder)]
    wave_file = str(example / "waves" / f"{WAVE}.yaml")
    for command in (
        [
            *("ingest", "--wave-file", wave_file, "--codebook", str(example / "codebook.csv")),
            *("--raw", str(example / "raw" / WAVE), *out),
        ],
        ["aggregate", *tidy, *out],
        ["cluster", *tidy, "--sample", str(folder / "sample.csv"), "--k", "2", "3", "4", *out],
    ):
        assert main(command) == 0


def evidence(folder: Path, out: Path) -> None:
    tidy = [
        "--responses",
        str(folder / "responses.csv"),
        "--codebook",
        str(folder / "codebook.csv"),
    ]
    flags = ["--clusters", str(folder / "clusters.csv"), "--k", "2", "3", "4", "5", "--draws", "99"]
    few = ["--null-studies", "20", "--null-draws", "20", "--seed", "1", "--wave", WAVE]
    told = ["--provenance", "illustration", "--out", str(out)]
    assert main(["evidence", *tidy, *flags, *few, *told]) == 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    commands(folder)
    evidence(folder, folder)
    return folder


def test_every_table_has_its_contract_and_its_draws(made: Path) -> None:
    for name, contract in EVIDENCE_TABLES.items():
        table = read_table(made / f"{name}.csv")
        assert tuple(table.columns) == contract.columns
        assert len(table)
    assert set(read_table(made / "nulls.csv")["draws"]) == {99}


def test_a_number_of_clusters_that_was_not_cut_is_left_out(made: Path) -> None:
    assert set(read_table(made / "nulls.csv")["k"]) == {2, 3, 4}


def test_planted_clusters_come_back_and_differ_from_noise(made: Path) -> None:
    stability = read_table(made / "stability.csv")
    back = stability.query("source == 'respondents' and k == 3")["jaccard_mean"]
    assert back.min() > 0.9
    verdict = read_table(made / "verdict.csv").iloc[0]
    assert verdict["p_value"] <= 0.05
    # Cluster 3 is one trust, so no evidence could make the solution fully supported at k = 3.
    assert verdict["verdict"] in ("weak", "supported")


def test_the_sentence_says_that_invented_answers_cannot_speak_for_a_survey(made: Path) -> None:
    sentence = read_table(made / "verdict.csv")["sentence"].iloc[0]
    assert "invented" in sentence.lower()


def test_the_same_seed_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    evidence(made, tmp_path)
    for name in EVIDENCE_TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (made / f"{name}.csv").read_bytes()
