"""Answers within trusts: put together, weighted, and aggregated as the study aggregates them."""

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.statistics.aggregation import clustering_scores
from buildingtrusts.statistics.ratings import (
    Specification,
    gather_ratings,
    mat_scores,
    observed_scores,
)

from .drawn_studies import ONE_TO_TEN, REPORT, SIZES, no_differences, rng, study, two_clusters


def test_answers_of_a_trust_are_put_together_in_the_order_they_came() -> None:
    ratings = gather_ratings(
        np.array([[3.0], [1.0], [4.0], [2.0]]), np.array([1, 0, 1, 0]), [ONE_TO_TEN]
    )
    assert ratings.answers[:, 0].tolist() == [1, 2, 3, 4]
    assert ratings.sizes.tolist() == [2, 2]


@pytest.mark.parametrize("statistic", ["mean", "median"])
@pytest.mark.parametrize("scaling", ["none", "respondent_centred"])
@pytest.mark.parametrize("gaps", [0, 0.1])
def test_scores_are_those_the_study_is_clustered_on(
    statistic: str, scaling: str, gaps: float
) -> None:
    ratings = study(two_clusters(1), gaps=gaps)
    names = [f"MAT {number}" for number in range(len(SIZES))]
    columns = [f"strategy__{number}" for number in range(6)]
    responses = pd.DataFrame(ratings.answers, columns=columns)
    responses["mat_id"] = np.repeat(names, SIZES)
    expected = clustering_scores(
        responses, columns, names, statistic, centred=scaling == "respondent_centred"
    )
    found = observed_scores(ratings, Specification(scaling=scaling, statistic=statistic))
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-13)


def test_gaps_that_change_from_draw_to_draw_are_counted_in_each() -> None:
    ratings = study(no_differences(), gaps=0.1)
    other = np.where(rng().random(ratings.answers.shape) < 0.1, np.nan, ratings.answers)
    together = mat_scores(ratings, np.stack([ratings.answers, other]), REPORT)
    np.testing.assert_array_equal(together[0], observed_scores(ratings, REPORT))
    np.testing.assert_array_equal(together[1], mat_scores(ratings, other[None], REPORT)[0])


def test_weights_can_give_every_trust_the_same_mix_of_roles() -> None:
    # One CEO and three teachers here, three and one there; each role is to count for half.
    answers = np.array([[9.0], [5.0], [5.0], [np.nan], [9.0], [9.0], [9.0], [5.0]])
    weights = np.array([1, 0.5, 0.5, 0.5, 1, 1, 1, 3])
    ratings = gather_ratings(answers, np.repeat([0, 1], 4), [ONE_TO_TEN], weights)
    assert observed_scores(ratings, REPORT)[:, 0].tolist() == [7, 7]


def test_medians_of_weighted_answers_are_refused() -> None:
    ratings = gather_ratings(
        np.array([[1.0], [2.0]]), np.array([0, 1]), [None], weights=np.array([1.0, 2.0])
    )
    with pytest.raises(ValueError, match="choose statistic 'mean' for unequal ones"):
        observed_scores(ratings, Specification(statistic="median"))


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(ValueError, match="statistic is 'mode'; allowed are mean and median"):
        observed_scores(study(no_differences()), Specification(statistic="mode"))


@pytest.mark.parametrize(
    ("mats", "answers", "message"),
    [
        ([0, 0], [[1.0], [2.0]], "needed are two trusts or more"),
        ([0, 2], [[1.0], [2.0]], "numbered from 0 without gaps"),
        ([0], [[1.0], [2.0]], "needed are one trust and weight a row"),
        ([0, 1], [[1.0, 2.0], [3.0, 4.0]], "one scale a column"),
        ([0, 1], [[1.0], [np.nan]], "nobody of trust number 1 answered item number 0"),
    ],
)
def test_answers_that_do_not_make_a_study_are_refused(
    mats: list[int], answers: list[list[float]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        gather_ratings(np.array(answers), np.array(mats), [ONE_TO_TEN])
