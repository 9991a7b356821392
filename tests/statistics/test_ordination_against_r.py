"""Principal components against R's ``prcomp``."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.linkage import scale
from buildingtrusts.statistics.ordination import ordinate

ORACLES = Path(__file__).parents[1] / "oracles"
EXACT = 1e-10
AXES = {
    "-".join(key): part
    for key, part in pd.read_csv(ORACLES / "summaries_axes.csv").groupby(["data", "scaling"])
}


@pytest.mark.parametrize("case", AXES)
def test_shares_and_lengths_of_the_axes_are_those_of_prcomp(case: str) -> None:
    data, scaling = case.split("-")
    frame = pd.read_csv(ORACLES / "data" / f"{data}.csv").drop(columns="label")
    found = ordinate(scale(frame.to_numpy(float), scaling))
    np.testing.assert_allclose(found.shares, AXES[case]["share"], atol=EXACT)
    lengths = found.coordinates.std(axis=0, ddof=1)
    np.testing.assert_allclose(lengths, AXES[case]["sd"], rtol=EXACT)
