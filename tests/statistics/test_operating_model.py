"""Where trusts stand between devolved and central, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.operating_model import (
    CEO_COLUMNS,
    OPERATING_MODEL_COLUMNS,
    ceo_answers,
    place_trusts,
)

NAN = float("nan")
AREAS = ["o__hiring", "o__it"]


def staff(*rows: tuple[str, str | None, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["mat_id", "role", *AREAS])
    return frame.assign(respondent_id=[f"p{n}" for n in range(1, len(rows) + 1)])


@pytest.mark.parametrize(
    ("ratings", "place"),
    [
        ((0, 0), "decentralised"),
        ((3.9, 4.0), "decentralised"),
        ((4, 4), "hybrid"),
        ((2, 9.9), "hybrid"),
        ((6, 6), "centralised"),
        ((10, 10), "centralised"),
    ],
)
def test_a_cut_off_belongs_to_the_more_central_side(
    ratings: tuple[float, float], place: str
) -> None:
    table = place_trusts(staff(("A", None, *ratings)), AREAS, 4.0, 6.0, roles=["all"])
    assert table["place"].tolist() == [place]


def test_centralisation_is_over_areas_whatever_number_answered_each() -> None:
    # Hiring: 1, 2, 3 (mean 2); IT: 8 alone.
    frame = staff(
        ("A", "ceo", 1, 8), ("A", None, 2, NAN), ("A", None, 3, NAN), ("A", None, NAN, NAN)
    )
    (found,) = place_trusts(frame, AREAS, 4.0, 6.0, roles=["all"]).itertuples(index=False)
    assert (found.n, found.centralisation, found.place) == (3, 5.0, "hybrid")
    assert found.spread == pytest.approx(np.std([2, 8], ddof=1))


def test_each_role_sees_its_own_trust_and_one_that_nobody_has_no_row() -> None:
    frame = staff(("A", "ceo", 9, 9), ("A", "school_leader", 1, 1), ("B", "ceo", NAN, NAN))
    table = place_trusts(frame, AREAS, 4.0, 6.0)
    assert table[["mat_id", "role", "centralisation", "place"]].values.tolist() == [
        ["A", "all", 5.0, "hybrid"],
        ["A", "ceo", 9.0, "centralised"],
        ["A", "school_leader", 1.0, "decentralised"],
    ]


def test_one_rated_area_has_no_spread() -> None:
    table = place_trusts(staff(("A", None, 3, NAN)), AREAS, 4.0, 6.0, roles=["all"])
    assert table["centralisation"].tolist() == [3.0]
    assert table["spread"].isna().all()


def test_a_wave_that_did_not_ask_has_an_empty_table() -> None:
    table = place_trusts(staff(("A", None, 3, 3)), [], 4.0, 6.0)
    assert (len(table), tuple(table.columns)) == (0, OPERATING_MODEL_COLUMNS)


def test_ceos_answers_come_by_item_and_without_gaps() -> None:
    frame = staff(("A", "ceo", 9, NAN), ("A", "school_leader", 1, 1), ("B", "ceo", 4, 0))
    table = ceo_answers(frame, [("o", "it"), ("o", "hiring")])
    assert tuple(table.columns) == CEO_COLUMNS
    assert table.values.tolist() == [
        *(["p3", "B", "o", "it", 0.0], ["p1", "A", "o", "hiring", 9.0]),
        ["p3", "B", "o", "hiring", 4.0],
    ]


def test_without_ceos_there_is_nothing_to_list() -> None:
    assert len(ceo_answers(staff(("A", None, 1, 1)), [("o", "it")])) == 0
