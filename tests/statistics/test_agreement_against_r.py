"""ICC(1), ICC(2) and rwg against R's package ``multilevel``."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.agreement import (
    icc,
    uniform_null_variance,
    within_group_agreement,
)

ORACLES = Path(__file__).parents[1] / "oracles"
EXACT = 1e-10


def values(name: str) -> pd.DataFrame:
    return pd.read_csv(ORACLES / f"{name}.csv")


def answers_of(row: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    frame = values(f"data/{row['data']}")
    frame = frame[frame[row["group"]].notna()]
    return frame[row["item"]].to_numpy(float), frame[row["group"]].astype(int).to_numpy()


ICC = {f"{row['group']}-{row['item']}": row for _, row in values("agreement_icc").iterrows()}
RWG = {
    "-".join(key): part
    for key, part in values("agreement_rwg").groupby(["group", "item"], sort=False)
}


def test_the_oracle_has_a_negative_icc_groups_of_one_and_missing_answers() -> None:
    assert min(row["icc1"] for row in ICC.values()) < 0
    assert min(part["n"].min() for part in RWG.values()) == 1
    assert any("GAPS" in case for case in ICC)


@pytest.mark.parametrize("case", ICC)
def test_intraclass_correlations_are_those_of_multilevel(case: str) -> None:
    expected = ICC[case]
    found = icc(*answers_of(expected))
    assert found.n_groups == expected["n_groups"]
    assert found.n_responses == expected["n_responses"]
    for name in ("icc1", "icc2", "icc1_n0", "msb", "msw"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=EXACT, abs=EXACT), name


@pytest.mark.parametrize("case", RWG)
def test_within_group_agreement_is_that_of_multilevel(case: str) -> None:
    expected = RWG[case]
    first = expected.iloc[0]
    null_variance = uniform_null_variance(int(first["options"]))
    assert null_variance == pytest.approx(first["null_variance"], abs=EXACT)
    found = within_group_agreement(*answers_of(first), null_variance)
    # multilevel keeps a group of one answer as missing; we leave it out
    rwg = expected.dropna(subset="rwg").astype({"name": str}).set_index("name")["rwg"]
    assert found == pytest.approx(rwg.to_dict(), abs=EXACT)
