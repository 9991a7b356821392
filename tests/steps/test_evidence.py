"""The steps of the evidence, from tidy files to a verdict."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.tables import read_table, write_result
from buildingtrusts.statistics.nulls import NULLS

ROOT = Path(__file__).resolve().parents[2]
WAVE = "2030-illustration"
TABLES = (
    *("nulls", "permanova", "stability", "co_clustering", "assignment", "k_votes"),
    *("verdict", "ensemble"),
)


def call(*words: str | Path) -> None:
    assert main([str(word) for word in words]) == 0


def tidy(folder: Path) -> None:
    """The minimal example, tidied, aggregated and clustered."""
    example = ROOT / "examples" / "minimal"
    wave_file, codebook = example / "waves" / f"{WAVE}.yaml", example / "codebook.csv"
    out = ("--out", folder)
    call(
        *("ingest", "--wave-file", wave_file, "--codebook", codebook),
        *("--raw", example / "raw" / WAVE, *out),
    )
    read = ("--responses", folder / "responses.csv", "--codebook", folder / "codebook.csv")
    call("aggregate", *read, *out)
    cuts = ("--cuts", folder / "clusters.csv")
    call("cluster", *read, "--sample", folder / "sample.csv", "--k", 2, 3, 4, *cuts, *out)


def examine(folder: Path, out: Path, parts: int = 1, provenance: str = "illustration") -> None:
    """All steps of the evidence, with few draws, shared out over so many parts."""
    given = (
        *("--responses", folder / "responses.csv", "--codebook", folder / "codebook.csv"),
        *("--clusters", folder / "clusters.csv", "--k", 2, 3, 4, 5),
    )
    stream = ("--seed", 1, "--wave", WAVE)
    drawn = []
    for null in NULLS:
        drawn.append(out / "draws" / f"{null}-1.npz")
        call("draw-null", *given, *stream, "--null", null, "--draws", 99, "--out", drawn[-1])
    call("test-noise", *given, *stream, "--drawn", *drawn, "--draws", 99, "--out", out)
    resampled, studies = [], []
    for part in range(1, parts + 1):
        share = ("--part", part, "--parts", parts)
        resampled.append(out / "draws" / f"respondents-{part}.npz")
        studies.append(out / "draws" / f"null_studies-{part}.csv")
        call(
            *("resample-respondents", *given, *stream, *share, "--draws", 600),
            *("--out", resampled[-1]),
        )
        call(
            *("resample-null-studies", *given, *stream, *share, "--out", studies[-1]),
            *("--null-studies", 20, "--null-draws", 20),
        )
    call(
        *("measure-stability", *given, "--resampled", *resampled, "--null-studies", *studies),
        *("--out", out),
    )
    if out != folder:
        shutil.copy(folder / "clusters.csv", out)
    judge(out, provenance)


def judge(folder: Path, provenance: str, *more: str | Path) -> None:
    call(
        *("judge", "--tables", folder, "--wave", WAVE, "--provenance", provenance),
        *("--out", folder, *more),
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    tidy(folder)
    examine(folder, folder)
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_contract(made: Path, name: str) -> None:
    table = read_table(made / f"{name}.csv")
    assert tuple(table.columns) == EVIDENCE_TABLES[name].columns
    assert len(table) or name == "ensemble"


def test_every_table_counts_its_draws(made: Path) -> None:
    assert set(read_table(made / "nulls.csv")["draws"]) == {99}
    assert set(read_table(made / "permanova.csv")["draws"]) == {99}
    stability = read_table(made / "stability.csv").query("source == 'respondents'")
    assert stability["draws"].max() == 600
    assert set(stability["null_studies"]) == {20}


def test_a_number_of_clusters_that_was_not_cut_is_left_out(made: Path) -> None:
    assert set(read_table(made / "nulls.csv")["k"]) == {2, 3, 4}


def test_planted_clusters_come_back_and_differ_from_noise(made: Path) -> None:
    stability = read_table(made / "stability.csv")
    back = stability.query("source == 'respondents' and k == 3")["jaccard_mean"]
    assert back.min() > 0.9
    assert read_table(made / "permanova.csv")["p_value"].iloc[0] <= 0.05
    verdict = read_table(made / "verdict.csv").iloc[0]
    assert verdict["p_value"] <= 0.05
    # Cluster 3 is one trust, so no evidence could make the solution fully supported at k = 3.
    assert verdict["verdict"] in ("weak", "supported")


def test_the_sentence_says_that_invented_answers_cannot_speak_for_a_survey(made: Path) -> None:
    sentence = read_table(made / "verdict.csv")["sentence"].iloc[0]
    assert "invented" in sentence.lower()


def test_the_same_seed_gives_the_same_bytes_however_draws_are_shared_out(
    made: Path, tmp_path: Path
) -> None:
    examine(made, tmp_path, parts=3)
    for name in TABLES:
        assert (tmp_path / f"{name}.csv").read_bytes() == (made / f"{name}.csv").read_bytes()


def ensemble(verdicts: list[str]) -> pd.DataFrame:
    columns = EVIDENCE_TABLES["ensemble"].columns
    rows = pd.DataFrame({"member": range(1, len(verdicts) + 1), "verdict": verdicts})
    numbers = rows.assign(wave=WAVE, k=rows["member"] + 1, p_value=0.01, rule_version="1")
    return numbers.reindex(columns=list(columns))


def test_a_reconstruction_is_judged_by_its_ensemble_and_not_by_itself(
    made: Path, tmp_path: Path
) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    kept = tmp_path / "kept" / "ensemble.csv"
    other = ensemble(["supported"]).assign(wave="other-reconstruction")
    write_result(kept, pd.concat([ensemble(["weak", "supported"]), other], ignore_index=True))
    judge(tmp_path, "reconstruction", "--ensemble", kept)
    verdict = read_table(tmp_path / "verdict.csv").iloc[0]
    assert verdict["verdict"] == "not determined"
    assert pd.isna(verdict["k"])
    assert verdict["p_value"] == 0.01
    assert "of 2 reconstructions" in verdict["sentence"]
    assert len(read_table(tmp_path / "ensemble.csv")) == 2


def test_a_wave_that_is_no_reconstruction_has_no_ensemble(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    kept = tmp_path / "kept" / "ensemble.csv"
    write_result(kept, ensemble(["weak"]))
    judge(tmp_path, "original", "--ensemble", kept)
    assert not len(read_table(tmp_path / "ensemble.csv"))
    assert "reconstruction" not in read_table(tmp_path / "verdict.csv")["sentence"].iloc[0]


def test_one_respondent_a_trust_ends_in_a_verdict_and_not_in_an_error(tmp_path: Path) -> None:
    tidy(tmp_path)
    responses = read_table(tmp_path / "responses.csv")
    one_each = responses.groupby("mat_id", sort=False).head(1)
    one_each.to_csv(tmp_path / "responses.csv", index=False)
    read = (
        *("--responses", tmp_path / "responses.csv"),
        *("--codebook", tmp_path / "codebook.csv", "--out", tmp_path),
    )
    call("aggregate", *read, "--min-responses", 1)
    cuts = ("--cuts", tmp_path / "clusters.csv")
    call("cluster", *read, "--sample", tmp_path / "sample.csv", "--k", 2, 3, *cuts)
    examine(tmp_path, tmp_path)
    assert not len(read_table(tmp_path / "permanova.csv"))
    verdict = read_table(tmp_path / "verdict.csv").iloc[0]
    assert verdict["verdict"] == "not distinguishable from noise"
    assert "could not be tested" in verdict["sentence"]


# --- known answers, from files to the verdict ---------------------------------------------------


def study_of(folder: Path, centres: np.ndarray, within: float) -> None:
    """Tidy files of a made-up wave: twelve answers from each trust, six items from 1 to 10."""
    rng = np.random.default_rng(7)
    mats = np.repeat(np.arange(len(centres)), 12)
    answers = np.clip(np.rint(centres[mats] + rng.normal(0, within, (len(mats), 6))), 1, 10)
    items = [f"strategy__i{number}" for number in range(6)]
    table = pd.DataFrame(answers.astype(int), columns=items)
    table.insert(0, "role", "school_leader")
    table.insert(0, "mat_id", [f"MAT {mat + 1}" for mat in mats])
    table.insert(0, "respondent_id", [f"r{row}" for row in range(len(mats))])
    folder.mkdir(exist_ok=True)
    table.to_csv(folder / "responses.csv", index=False)
    header = (
        "wave,block,item,label,wording,min,max,step,low_anchor,high_anchor,aliases,status,"
        "previous_items"
    )
    rows = [f"{WAVE},strategy,i{number},Item,Item,1,10,1,,,,kept," for number in range(6)]
    (folder / "codebook.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    read = (
        *("--responses", folder / "responses.csv"),
        *("--codebook", folder / "codebook.csv", "--out", folder),
    )
    call("aggregate", *read)
    cuts = ("--cuts", folder / "clusters.csv")
    call("cluster", *read, "--sample", folder / "sample.csv", "--k", 2, 3, 4, 5, *cuts)


def verdict_on(folder: Path) -> str:
    examine(folder, folder, provenance="original")
    return str(read_table(folder / "verdict.csv")["verdict"].iloc[0])


def test_three_planted_clusters_are_supported(tmp_path: Path) -> None:
    centres = np.repeat([[2, 8, 5, 5, 8, 2], [8, 2, 5, 8, 2, 5], [5, 5, 9, 2, 5, 8]], 5, axis=0)
    study_of(tmp_path, centres, within=1.5)
    assert verdict_on(tmp_path) == "supported"


def test_trusts_that_do_not_differ_are_noise(tmp_path: Path) -> None:
    study_of(tmp_path, np.full((15, 6), 6), within=2.0)
    assert verdict_on(tmp_path) == "not distinguishable from noise"
