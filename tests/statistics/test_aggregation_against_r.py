"""Means, quartiles (type 7) and standard deviations against R's ``stats``."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.aggregation import aggregate_scores, clustering_scores

ORACLES = Path(__file__).parents[1] / "oracles"
ITEMS = ["LEAD01", "TSIG01", "LEAD07_GAPS"]
EXACT = 1e-10


def values(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"{name}.csv")


def responses(group: str) -> pd.DataFrame:
    frame = values("data/lq2002_respondents").dropna(subset=group)
    mats = frame[group].astype(int).astype(str)
    return frame[ITEMS].add_prefix("survey__").assign(mat_id=mats)


EXPECTED = values("summaries_groups").astype({"group": str}).set_index(["group", "item"])


@pytest.mark.parametrize("name", ["n", "mean", "median", "sd", "iqr", "min", "max"])
def test_scores_of_unequal_groups_are_those_of_r(name: str) -> None:
    found = aggregate_scores(responses("UNEQUAL"), [("survey", item) for item in ITEMS])
    found = found[found["n"] > 0].set_index(["mat_id", "item"])
    assert set(found.index) == set(EXPECTED.index)
    np.testing.assert_allclose(
        found[name], EXPECTED.loc[found.index, name], atol=EXACT, equal_nan=True
    )


def test_the_oracle_has_groups_of_one_and_quartiles_between_answers() -> None:
    assert EXPECTED["n"].min() == 1
    assert (EXPECTED["q25"] % 1 > 0).any()


def test_means_centred_by_respondent_are_those_of_r() -> None:
    expected = values("summaries_centred").astype({"group": str})
    columns = [f"survey__{item}" for item in ITEMS]
    found = clustering_scores(
        responses("COMPID"), columns, expected["group"].tolist(), "mean", True
    )
    np.testing.assert_allclose(found, expected[ITEMS].to_numpy(), atol=EXACT)
