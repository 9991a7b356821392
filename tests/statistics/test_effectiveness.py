"""Self-assessed effectiveness: averages of medians and of interquartile ranges by trust."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buildingtrusts.statistics.aggregation import aggregate_scores
from buildingtrusts.statistics.effectiveness import (
    EFFECTIVENESS_COLUMNS,
    summarise_effectiveness,
)

NAN = float("nan")
ASKED = [("effectiveness", area) for area in ("hiring", "it", "vision")]
ITEMS = [*ASKED, ("strategy", "hiring")]
ANSWERS = pd.DataFrame(
    {
        "mat_id": ["A", "A", "A", "B", "B", "C"],
        "effectiveness__hiring": [1.0, 2.0, 6.0, 8.0, 8.0, 3.0],
        "effectiveness__it": [7.0, 7.0, 9.0, NAN, NAN, 3.0],
        "effectiveness__vision": [9.0, 9.0, 9.0, 2.0, 4.0, 3.0],
        "strategy__hiring": [10.0] * 6,
    }
)


def test_a_trusts_averages_are_over_the_areas_that_anybody_rated() -> None:
    table = summarise_effectiveness(aggregate_scores(ANSWERS, ITEMS), ["A", "B"])
    assert table[["mat_id", "item", "n"]].values.tolist() == [
        *(["A", "hiring", 3], ["A", "it", 3], ["A", "vision", 3], ["A", "(all)", 9]),
        *(["B", "hiring", 2], ["B", "it", 0], ["B", "vision", 2], ["B", "(all)", 4]),
    ]
    np.testing.assert_allclose(table["median"], [2, 7, 9, 6, 8, NAN, 3, 5.5])
    np.testing.assert_allclose(table["iqr"], [2.5, 1, 0, 3.5 / 3, 0, NAN, 1, 0.5])


def test_only_clustered_trusts_are_summarised() -> None:
    table = summarise_effectiveness(aggregate_scores(ANSWERS, ITEMS), ["C"])
    assert set(table["mat_id"]) == {"C"}


def test_a_wave_that_did_not_ask_has_an_empty_table() -> None:
    table = summarise_effectiveness(aggregate_scores(ANSWERS, ITEMS[3:]), ["A"])
    assert (len(table), tuple(table.columns)) == (0, EFFECTIVENESS_COLUMNS)
