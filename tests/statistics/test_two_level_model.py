"""The model of the two-level null keeps how much trusts and their staff vary, and no more."""

import numpy as np
import pytest

from buildingtrusts.statistics import two_level_model
from buildingtrusts.statistics.ratings import (
    gather_ratings,
    observed_scores,
)
from buildingtrusts.statistics.two_level_model import (
    fit_two_level,
    positive_semidefinite,
)

from .drawn_studies import (
    REPORT,
    SIZES,
    all_answers,
    all_scores,
    no_differences,
    rng,
    study,
    two_clusters,
)


def test_trust_covariance_is_that_of_the_means_less_what_sampling_adds() -> None:
    # Variances 2, 8 and 2 of 2, 2 and 4 answers add (1 + 4 + .5) / 3; the means 2, 6, 7 have 7.
    answers = np.array([[1.0, 3.0, 4.0, 8.0, 6.0, 6.0, 7.0, 9.0]]).T
    ratings = gather_ratings(answers, np.array([0, 0, 1, 1, 2, 2, 2, 2]), [None])
    model = fit_two_level(ratings)
    assert model.between[0, 0] == pytest.approx(7 - 5.5 / 3)
    assert model.centre.tolist() == [5]


def test_skipped_answers_leave_the_covariance_of_the_pairs_there_are() -> None:
    # Three answered a, three b, two of them both: the means' covariance is theirs times 2 / 9.
    trust = np.array([[1.0, 2.0], [4.0, np.nan], [7.0, 6.0], [np.nan, 7.0]])
    other = np.array([[5.0, 5.0]] * 3)
    ratings = gather_ratings(np.vstack([trust, other]), np.repeat([0, 1], [4, 3]), [None, None])
    own = ((1 - 4) * (2 - 5) + (7 - 4) * (6 - 5)) / (2 - 1)
    sampling = np.array([[9 / 3, own * 2 / 9], [own * 2 / 9, 7 / 3]]) / 2
    between = np.cov(np.array([[4.0, 5.0], [5.0, 5.0]]), rowvar=False)
    expected = positive_semidefinite(between - sampling)
    np.testing.assert_allclose(fit_two_level(ratings).between, expected, atol=1e-12)


def test_trust_covariance_is_positive_semidefinite_and_keeps_its_trace() -> None:
    difference = np.diag([3.0, 1.0, -1.5]) + 0.3
    found = positive_semidefinite(difference)
    values = np.linalg.eigvalsh(found)
    assert values.min() > -1e-12
    assert np.trace(found) == pytest.approx(np.trace(difference))
    # No other such matrix is nearer.
    draws = rng().normal(size=(200, 3, 3))
    others = draws @ draws.swapaxes(1, 2)
    others *= (np.trace(difference) / np.trace(others, axis1=1, axis2=2))[:, None, None]
    steps = found + 0.01 * (others - found)
    distances = np.linalg.norm(steps - difference, axis=(1, 2))
    assert (distances > np.linalg.norm(found - difference)).all()


def test_a_covariance_stays_and_a_negative_trace_means_no_differences() -> None:
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    np.testing.assert_allclose(positive_semidefinite(covariance), covariance, atol=1e-14)
    assert not positive_semidefinite(np.diag([0.5, -1.0])).any()


def test_without_differences_the_model_has_next_to_none() -> None:
    # Sampling alone gives the means a trace of about 6 x 4 x mean(1 / n) = 2.1.
    traces = [
        np.trace(fit_two_level(study(no_differences(), seed=seed)).between) for seed in range(30)
    ]
    assert np.mean(traces) < 0.3


def test_residuals_are_recentred_by_trust_and_as_wide_as_answers() -> None:
    ratings = study(two_clusters(1), gaps=0.1)
    residuals = fit_two_level(ratings).residuals
    assert residuals.shape == ratings.answers.shape
    np.testing.assert_array_equal(np.isnan(residuals), np.isnan(ratings.answers))
    parts = np.split(residuals, ratings.starts[1:])
    np.testing.assert_allclose([np.nansum(part, axis=0) for part in parts], 0, atol=1e-10)
    for mine, answers in zip(parts, np.split(ratings.answers, ratings.starts[1:]), strict=True):
        np.testing.assert_allclose(np.nanmean(mine**2, axis=0), np.nanvar(answers, axis=0, ddof=1))


def test_a_trust_of_one_counts_as_a_trust_and_lends_no_residual() -> None:
    sizes = (1, *SIZES[1:])
    ratings = study(two_clusters(1), sizes)
    model = fit_two_level(ratings)
    assert len(model.residuals) == sum(sizes) - 1
    pooled = np.concatenate(
        [part - part.mean(axis=0) for part in np.split(ratings.answers, ratings.starts[1:])[1:]]
    )
    variance = (pooled**2).sum(axis=0) / (len(pooled) - len(sizes) + 1)
    own = [part.var(axis=0, ddof=1) for part in np.split(ratings.answers, ratings.starts[1:])[1:]]
    mean = (variance + sum(v / n for v, n in zip(own, sizes[1:], strict=True))) / len(sizes)
    raw = observed_scores(ratings, REPORT).var(axis=0, ddof=1) - mean
    assert np.trace(model.between) == pytest.approx(raw.sum())
    assert np.isfinite(all_answers(ratings, 5)).all()


def test_trusts_of_one_respondent_each_vary_as_their_answers_do() -> None:
    ratings = study(two_clusters(2), sizes=(1,) * len(SIZES))
    model = fit_two_level(ratings)
    assert model.residuals.shape == (0, 6)
    np.testing.assert_allclose(model.between, np.cov(ratings.answers, rowvar=False), atol=1e-12)
    assert np.isfinite(all_answers(ratings, 5)).all()


def test_two_level_studies_have_the_observed_respondents_and_gaps() -> None:
    ratings = study(two_clusters(1), gaps=0.1)
    drawn = all_answers(ratings, 300)
    assert drawn.shape == (300, sum(SIZES), 6)
    assert (np.isnan(drawn) == np.isnan(ratings.answers)).all()


def test_two_level_studies_hold_answers_that_could_have_been_ticked() -> None:
    ratings = study(two_clusters(3))
    drawn = all_answers(ratings, 50)
    assert set(np.unique(drawn)) == set(range(1, 11))


def test_steps_of_a_half_and_answers_without_a_scale_are_kept_apart() -> None:
    answers = rng().normal(3, 2, size=(40, 2))
    ratings = gather_ratings(answers, np.repeat([0, 1, 2, 3], 10), [(0.5, 4.5, 0.5), None])
    drawn = all_answers(ratings, 50)
    assert set(np.unique(drawn[:, :, 0])) == {0.5 * step for step in range(1, 10)}
    assert drawn[:, :, 1].min() < 0
    assert len(np.unique(drawn[:, :, 1])) > 1000


def test_answers_that_no_item_has_a_scale_for_are_not_rounded() -> None:
    answers = np.repeat([0.0, 9.0], 10)[:, None] + rng().normal(size=(20, 1))
    ratings = gather_ratings(answers, np.repeat([0, 1], 10), [None])
    assert len(np.unique(all_answers(ratings, 10))) > 100


def test_two_level_studies_vary_as_much_as_the_study() -> None:
    answers = study(two_clusters(0.5)).answers
    ratings = gather_ratings(answers, np.repeat(np.arange(len(SIZES)), SIZES), [None] * 6)
    model = fit_two_level(ratings)
    drawn = all_scores("two_level", ratings, 4000)
    variances = np.stack([np.cov(scores, rowvar=False) for scores in drawn]).mean(axis=0)
    within = np.cov(model.residuals, rowvar=False) * (1 / np.array(SIZES)).mean()
    np.testing.assert_allclose(variances, model.between + within, atol=0.04)
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), model.centre, atol=0.03)


def test_missing_residuals_are_drawn_from_the_same_item() -> None:
    residuals = np.array([[1.0, np.nan, np.nan], [np.nan, 20.0, np.nan], [2.0, 30.0, np.nan]])
    filled = two_level_model._without_gaps(residuals, rng())
    assert set(filled[:, 0]) <= {1, 2}
    assert set(filled[:, 1]) <= {20, 30}
    assert filled[:, 2].tolist() == [0, 0, 0]
    known = ~np.isnan(residuals)
    np.testing.assert_array_equal(filled[known], residuals[known])
