"""Who is clustered and why not; trusts' scores by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildingtrusts.statistics.aggregation import (
    Selection,
    aggregate_scores,
    alignment_table,
    clustering_scores,
    sample_table,
    select_trusts,
)

#: The same examples on every run, however slow the machine.
REPEATED = settings(derandomize=True, deadline=None)

NAN = float("nan")


def responses(**of: list[list[float]]) -> pd.DataFrame:
    """Answers of each trust's respondents to as many questions as there are."""
    rows = [[mat, *answers] for mat, people in of.items() for answers in people]
    width = len(rows[0]) - 1
    return pd.DataFrame(rows, columns=["mat_id", *[f"s__q{n}" for n in range(1, width + 1)]])


def selected(frame: pd.DataFrame, min_responses: int) -> Selection:
    return select_trusts(frame, [name for name in frame if name != "mat_id"], min_responses)


def test_a_trust_is_clustered_from_five_responses_on() -> None:
    chosen = selected(responses(A=[[5]] * 5, B=[[5]] * 4), 5)
    assert chosen == Selection(("A",), {"B": "4 of at least 5 responses"})


def test_people_who_answered_nothing_of_the_block_are_not_counted() -> None:
    chosen = selected(responses(A=[[5, NAN]] * 2 + [[NAN, 5]] * 3 + [[NAN, NAN]]), 6)
    assert chosen.reasons == {"A": "5 of at least 6 responses"}


def test_no_item_of_a_clustered_trust_rests_on_fewer_than_three_answers() -> None:
    people = [[5, 5], [5, 5], [5, NAN], [5, NAN], [5, NAN]]
    chosen = selected(responses(A=people, B=[*people[:4], [5, 5]]), 5)
    assert chosen == Selection(("B",), {"A": "an item rests on 2 of at least 3 answers"})


def test_one_response_is_enough_where_that_is_asked_for() -> None:
    chosen = selected(responses(A=[[5, 6]], B=[[5, NAN]]), 1)
    assert chosen == Selection(("A",), {"B": "an item rests on 0 of at least 1 answers"})


def test_trusts_that_are_not_clustered_are_listed_with_the_reason() -> None:
    frame = responses(B=[[1]] * 2, A=[[1]] * 3)
    frame["role"] = ["school_leader", None, "ceo", "school_leader", "school_leader"]
    table = sample_table(frame, selected(frame.drop(columns="role"), 3))
    assert table.astype(object).where(table.notna(), None).values.tolist() == [
        ["B", "all", 2, False, "2 of at least 3 responses"],
        ["B", "school_leader", 1, False, "2 of at least 3 responses"],
        ["A", "all", 3, True, None],
        ["A", "ceo", 1, True, None],
        ["A", "school_leader", 2, True, None],
    ]


def test_scores_are_over_the_answers_there_are() -> None:
    frame = responses(A=[[1, 7], [2, NAN], [NAN, NAN], [6, NAN]], B=[[NAN, 10], *[[NAN, NAN]] * 3])
    scores = aggregate_scores(frame, [("s", "q1"), ("s", "q2")])
    assert list(scores.columns) == [
        *("mat_id", "block", "item", "n", "mean", "median", "sd", "iqr", "min", "max")
    ]
    assert scores[["mat_id", "block", "item", "n"]].values.tolist() == [
        *(["A", "s", "q1", 3], ["A", "s", "q2", 1], ["B", "s", "q1", 0], ["B", "s", "q2", 1])
    ]
    np.testing.assert_allclose(
        scores[["mean", "median", "sd", "iqr", "min", "max"]].to_numpy(),
        [
            # 1, 2, 6: squares 4 + 1 + 9 over n - 1; quartiles 1.5 and 4 by interpolation.
            [3, 2, np.sqrt(7), 2.5, 1, 6],
            [7, 7, NAN, 0, 7, 7],
            [NAN] * 6,
            [10, 10, NAN, 0, 10, 10],
        ],
    )


def test_clustered_scores_are_means_or_medians_in_the_order_asked_for() -> None:
    frame = responses(A=[[1, 1], [2, 1], [6, NAN]], B=[[4, 9], [4, 10]])
    columns = ["s__q1", "s__q2"]
    assert clustering_scores(frame, columns, ["B", "A"]).tolist() == [[4.0, 9.5], [3.0, 1.0]]
    assert clustering_scores(frame, columns, ["A"], "median").tolist() == [[2.0, 1.0]]
    with pytest.raises(ValueError, match="statistic is 'mode'; allowed are mean and median"):
        clustering_scores(frame, columns, ["A"], "mode")


def test_centring_takes_the_mean_over_what_a_person_answered() -> None:
    # The first rates 2 below and above their mean of 4; the second, who skipped one, 3 and 3 of 6.
    frame = responses(A=[[2, 4, 6], [3, NAN, 9]])
    found = clustering_scores(frame, ["s__q1", "s__q2", "s__q3"], ["A"], centred=True)
    assert found.tolist() == [[-2.5, 0.0, 2.5]]


ANSWERS = st.lists(st.lists(st.integers(1, 10), min_size=3, max_size=3), min_size=4, max_size=4)


@REPEATED
@given(ANSWERS, st.lists(st.integers(-5, 5), min_size=4, max_size=4))
def test_centred_scores_do_not_know_how_generously_a_person_rates(
    answers: list[list[int]], generosity: list[int]
) -> None:
    columns = ["s__q1", "s__q2", "s__q3"]
    plain = responses(A=np.array(answers, float).tolist())
    shifted = responses(A=(np.array(answers, float) + np.array(generosity)[:, None]).tolist())
    np.testing.assert_allclose(
        clustering_scores(plain, columns, ["A"], centred=True),
        clustering_scores(shifted, columns, ["A"], centred=True),
        atol=1e-12,
    )


@REPEATED
@given(st.permutations(range(7)))
def test_the_order_of_respondents_changes_no_score(order: list[int]) -> None:
    frame = responses(A=[[1, NAN], [2, 3], [7, 8], [9, 10]], B=[[4, 4], [5, NAN], [6, 1]])
    items = [("s", "q1"), ("s", "q2")]
    mixed = aggregate_scores(frame.iloc[order], items).sort_values(["mat_id", "item"])
    pd.testing.assert_frame_equal(
        mixed.reset_index(drop=True), aggregate_scores(frame, items), rtol=1e-14
    )


def test_people_of_one_trust_are_apart_by_range_and_quartiles() -> None:
    frame = responses(A=[[1, 5, NAN], [2, 5, NAN], [6, NAN, NAN]])
    table = alignment_table(aggregate_scores(frame, [("s", "q1"), ("s", "q2"), ("s", "q3")]))
    assert table["item"].tolist() == ["q1", "q2", "q3", "(all)"]
    np.testing.assert_allclose(table["range"], [5, 0, NAN, 2.5])
    np.testing.assert_allclose(table["iqr"], [2.5, 0, NAN, 1.25])


def test_averages_follow_their_block_also_where_a_trust_is_called_like_one() -> None:
    frame = pd.DataFrame(
        {"mat_id": ["b", "a"], "a__x": [1.0, 2.0], "a__y": [1.0, 2.0], "b__x": [1.0, 2.0]}
    )
    table = alignment_table(aggregate_scores(frame, [("a", "x"), ("a", "y"), ("b", "x")]))
    in_order = ["a x", "a y", "a (all)", "b x", "b (all)"]
    assert (table["mat_id"] + " " + table["block"] + " " + table["item"]).tolist() == [
        f"{mat} {row}" for mat in ("b", "a") for row in in_order
    ]
