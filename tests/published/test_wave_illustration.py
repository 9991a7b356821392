"""The invented second wave follows what is publicly said of 2024, and says that it is invented."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.published.wave_illustration import (
    FINISHED,
    MOVED,
    NEW,
    PREVIEWS,
    RETURNING,
    UNFINISHED,
    WaveIllustration,
    illustrate_wave,
)
from buildingtrusts.study.codebook import Codebook, load_codebook
from buildingtrusts.study.configuration import load_wave
from buildingtrusts.survey.importers import import_responses
from buildingtrusts.survey.responses import tidy_responses

ROOT = Path(__file__).resolve().parents[2]
WAVE = "2024-illustration"
EARLIER = ROOT / "data" / "raw" / "2017-reconstruction"


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    path = ROOT / "config" / "codebook.csv"
    return load_codebook(path, [WAVE], others_allowed=True)[WAVE]


def made(codebook: Codebook, seed: int) -> WaveIllustration:
    return illustrate_wave(
        pd.read_csv(EARLIER / "responses.csv"),
        pd.read_csv(EARLIER / "trusts.csv", dtype=str, keep_default_na=False),
        codebook,
        np.random.default_rng(seed),
    )


def tidy(responses: str, codebook: Codebook) -> pd.DataFrame:
    wave = load_wave(ROOT / "config" / "waves" / f"{WAVE}.yaml")
    found = import_responses(responses.encode("utf-8"), "responses.csv", wave, codebook)
    return tidy_responses(found.table, found.codebook, wave, None).table


@pytest.fixture(scope="module")
def shipped(codebook: Codebook) -> pd.DataFrame:
    path = ROOT / "data" / "raw" / WAVE / "responses.csv"
    return tidy(path.read_text(encoding="utf-8"), codebook)


def test_previews_and_unfinished_responses_are_left_out_when_the_export_is_read(
    codebook: Codebook,
) -> None:
    text = made(codebook, 1).responses
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3 + FINISHED + PREVIEWS + UNFINISHED
    assert all("ImportId" in cell for cell in rows[2])
    answers = tidy(text, codebook)
    assert len(answers) == FINISHED
    assert answers["respondent_id"].str.startswith("illustration-").all()
    assert not answers["role"].isna().any()


def test_ends_of_scales_are_named_inside_cells(codebook: Codebook) -> None:
    text = made(codebook, 1).responses
    for label in ("10 - Exactly like us", "0 - Entirely devolved to school level"):
        assert f",{label}," in text


def test_some_trusts_come_back_some_are_gone_and_some_are_new(codebook: Codebook) -> None:
    found = made(codebook, 3)
    assert (len(found.returning), len(found.gone)) == (RETURNING, 22 - RETURNING)
    assert set(MOVED) | set(MOVED.values()) <= set(found.returning)
    mats = found.trusts["mat_id"].tolist()
    assert len(mats) == RETURNING + NEW
    assert mats[-1] == f"MAT {22 + NEW}"
    # A trust of 2017 is seven years old at least.
    old = found.trusts[found.trusts["mat_id"].isin(found.returning)]["trust_age"]
    assert set(old) <= {"6 to 9 years", "10 years or more"}


def over_trusts(answers: pd.DataFrame, columns: list[str]) -> pd.Series:
    return answers.groupby("mat_id")[columns].mean().mean()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_directions_are_those_publicly_stated(codebook: Codebook, seed: int) -> None:
    found = made(codebook, seed)
    answers = tidy(found.responses, codebook)
    strategy = over_trusts(answers, [name for name in answers if name.startswith("strategy__")])
    assert strategy.idxmax() == "strategy__workforce_development"
    areas = answers.groupby("mat_id")[[name for name in answers if name.startswith("operations__")]]
    central = (areas.mean() > 5).mean()
    for area in ("finance", "hr", "it", "procurement"):
        assert central[f"operations__{area}"] > 0.5
    for area in ("estates", "safeguarding"):
        assert central[f"operations__{area}"] < 0.5
    savings = answers.groupby("mat_id")["strategy__back_office_savings"].mean()
    age = found.trusts.set_index("mat_id")["trust_age"]
    older = age.reindex(savings.index).isin(["6 to 9 years", "10 years or more"])
    assert savings[older].mean() > savings[~older].mean()
    for column in ("strategy__back_office_savings", "effectiveness__finance"):
        of_role = answers.groupby("role")[column].mean()
        assert of_role["central_team"] > of_role["school_leader"] + 0.3


def test_what_nobody_spoke_of_hardly_moves_on_average(shipped: pd.DataFrame) -> None:
    earlier = pd.read_csv(EARLIER / "responses.csv")
    both = sorted(set(earlier["mat_id"]) & set(shipped["mat_id"]))
    stated = {"strategy__community_strength", "strategy__collaborative_convergence"}
    columns = [
        name
        for name in shipped
        if name in earlier and "__" in name and name not in stated and "pupil_policies" not in name
    ]
    before, after = (
        over_trusts(wave[wave["mat_id"].isin(both)], columns) for wave in (earlier, shipped)
    )
    assert abs((after - before).mean()) < 0.25
    raised = list(stated)
    before, after = (
        over_trusts(wave[wave["mat_id"].isin(both)], raised) for wave in (earlier, shipped)
    )
    assert (after - before).mean() > 0.1


def test_an_earlier_wave_without_the_named_trusts_is_refused(codebook: Codebook) -> None:
    earlier = pd.read_csv(EARLIER / "responses.csv")
    trusts = pd.read_csv(EARLIER / "trusts.csv", dtype=str, keep_default_na=False)
    with pytest.raises(ValueError, match="no MAT 13"):
        illustrate_wave(
            earlier[earlier["mat_id"] != "MAT 13"], trusts, codebook, np.random.default_rng(1)
        )
    asked = earlier.drop(columns="operations__back_office")
    with pytest.raises(ValueError, match="operations__back_office, which was not asked"):
        illustrate_wave(asked, trusts, codebook, np.random.default_rng(1))
