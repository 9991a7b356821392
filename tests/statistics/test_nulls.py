"""What chance would give: each null keeps what it says it keeps, and p means what it says."""

import numpy as np
import pytest

from buildingtrusts.statistics import nulls
from buildingtrusts.statistics.monte_carlo import CHUNK_DRAWS
from buildingtrusts.statistics.nulls import (
    NULL_COLUMNS,
    NULLS,
    Evaluation,
    draw_null,
    evaluate,
    null_table,
)
from buildingtrusts.statistics.ratings import (
    Ratings,
    Specification,
    gather_ratings,
    observed_scores,
)

from .drawn_studies import REPORT, SIZES, all_scores, no_differences, rng, study, two_clusters

every_null = pytest.mark.parametrize("null", NULLS)


# --- What each null keeps --------------------------------------------------------------------


def test_the_gaussian_null_has_the_means_and_covariance_of_the_scores() -> None:
    ratings = study(two_clusters(1))
    scores = observed_scores(ratings, REPORT)
    drawn = all_scores("gaussian", ratings, 4000)
    variances = np.stack([np.cov(one, rowvar=False) for one in drawn]).mean(axis=0)
    np.testing.assert_allclose(variances, np.cov(scores, rowvar=False), rtol=0.05)
    np.testing.assert_allclose(drawn.mean(axis=(0, 1)), scores.mean(axis=0), atol=0.05)


def test_shuffled_respondents_are_the_same_people_in_trusts_of_the_same_size() -> None:
    ratings = study(two_clusters(2))
    drawn = all_scores("respondents_shuffled", ratings, 400)
    sums = (drawn * np.array(SIZES)[:, None]).sum(axis=1)
    np.testing.assert_allclose(sums, np.tile(ratings.answers.sum(axis=0), (400, 1)))
    # The items rise together within people, which shuffling keeps, and not by trust.
    observed = np.corrcoef(observed_scores(ratings, REPORT), rowvar=False)[0, 1]
    assert observed > 0.9
    assert drawn.std(axis=0).max() < observed_scores(ratings, REPORT).std(axis=0).min()


def test_a_trust_dealt_nobody_who_answered_takes_the_mean_of_the_others() -> None:
    answers = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, np.nan], [4.0, 9.0]])
    ratings = gather_ratings(answers, np.array([0, 0, 1, 1]), [None, None])
    drawn = all_scores("respondents_shuffled", ratings, 100)
    pairs = {tuple(pair) for pair in drawn[:, :, 1]}
    # Either the two who answered meet, and the other trust takes their mean, or each trust has one.
    assert pairs == {(7.0, 7.0), (5.0, 9.0), (9.0, 5.0)}


def test_permuted_items_keep_each_item_and_no_correlation() -> None:
    ratings = study(two_clusters(2))
    scores = observed_scores(ratings, REPORT)
    drawn = all_scores("items_permuted", ratings, 400)
    for one in drawn[:20]:
        np.testing.assert_array_equal(np.sort(one, axis=0), np.sort(scores, axis=0))
    correlations = [np.corrcoef(one, rowvar=False)[0, 1] for one in drawn]
    assert abs(np.mean(correlations)) < 0.05


@every_null
def test_draws_are_clustered_as_the_study_is_specified(null: str) -> None:
    ratings = study(two_clusters(1), gaps=0.02)
    for specification in (
        Specification("ward", "euclidean", "zscore", "mean"),
        Specification("complete", "correlation", "respondent_centred", "median"),
    ):
        drawn = draw_null(null, ratings, specification, (2, 3), 20, rng())
        assert drawn.silhouettes.shape == drawn.pseudo_f.shape == (20, 2)
        assert np.isfinite(drawn.silhouettes).all()
    scores = observed_scores(ratings, specification)
    np.testing.assert_allclose(scores.mean(axis=1), 0, atol=1.5)


@every_null
def test_draws_repeat_and_do_not_depend_on_how_many_follow(null: str) -> None:
    ratings = study(two_clusters(1), sizes=(3,) * 12, gaps=0.02)
    few = draw_null(null, ratings, REPORT, (2, 3), CHUNK_DRAWS, rng())
    more = draw_null(null, ratings, REPORT, (2, 3), 2 * CHUNK_DRAWS + 7, rng())
    assert len(more.silhouettes) == 2 * CHUNK_DRAWS + 7
    np.testing.assert_array_equal(more.silhouettes[:CHUNK_DRAWS], few.silhouettes)
    assert len(np.unique(more.silhouettes[:, 1])) > 0.9 * len(more.silhouettes)


@every_null
def test_draws_made_in_parts_are_those_made_at_once(null: str) -> None:
    def drawn(part: tuple[int, int] = (0, 1)) -> nulls.Evaluation:
        return nulls.draw_null(null, study(two_clusters(1)), REPORT, [2, 3], 700, rng(), part)

    whole, joined = drawn(), nulls.join([drawn((place, 3)) for place in range(3)])
    np.testing.assert_array_equal(joined.silhouettes, whole.silhouettes)
    np.testing.assert_array_equal(joined.pseudo_f, whole.pseudo_f)


def test_an_unknown_null_and_no_draws_are_refused() -> None:
    ratings = study(no_differences())
    with pytest.raises(ValueError, match="allowed are two_level, gaussian, respondents_shuffled"):
        draw_null("three_level", ratings, REPORT, (2,), 10, rng())
    with pytest.raises(ValueError, match="draws is 0"):
        draw_null("two_level", ratings, REPORT, (2,), 0, rng())


# --- p ---------------------------------------------------------------------------------------


def evaluation(*silhouettes: tuple[float, float], k: tuple[int, int] = (2, 3)) -> Evaluation:
    values = np.array(silhouettes)
    return Evaluation(k, values, 10 * values, np.full(len(values), 4.0))


def test_the_table_holds_each_k_and_the_best_k_against_the_null() -> None:
    observed = evaluation((0.5, 0.3))
    # Means .4 and .2; standard deviations .1 and .02: k = 2 is one of them up, k = 3 five.
    drawn = evaluation((0.3, 0.18), (0.4, 0.20), (0.5, 0.22))
    table = null_table(observed, {"gaussian": drawn}, n_mats=9)
    assert tuple(table.columns) == NULL_COLUMNS
    assert (table["null"] == "gaussian").all()
    assert (table["n_mats"] == 9).all()
    assert (table["draws"] == 3).all()
    rows = table.set_index(["statistic", "scope", "k"])
    silhouettes = rows.loc["mean_silhouette"]
    assert silhouettes.index.tolist() == [("k", 2), ("k", 3), ("max", 2)]
    assert silhouettes["observed"].tolist() == [0.5, 0.3, 0.5]
    assert silhouettes["p_value"].tolist() == [2 / 4, 1 / 4, 2 / 4]
    assert silhouettes["null_q50"].tolist() == pytest.approx([0.4, 0.2, 0.4])
    assert silhouettes["null_q95"].tolist() == pytest.approx([0.49, 0.218, 0.49])
    standardised = rows.loc["standardised_silhouette"]
    assert standardised.index.tolist() == [("k", 2), ("k", 3), ("max", 3)]
    assert standardised["observed"].tolist() == pytest.approx([1, 5, 5])
    assert standardised["p_value"].tolist() == [2 / 4, 1 / 4, 1 / 4]
    assert standardised["null_mean"].tolist() == pytest.approx([0, 0, 0])
    assert rows.loc["pseudo_f"]["observed"].tolist() == [5, 3, 5]


def test_silhouettes_are_held_against_draws_that_scatter_in_as_many_directions() -> None:
    # At both k silhouettes fall by .1 for each doubling of the dimensions, give or take .01.
    dimensions = np.array([1.0, 2.0, 4.0, 8.0])
    fallen = 0.5 - 0.1 * np.log2(dimensions) + 0.01 * np.array([1, -1, -1, 1])
    drawn = Evaluation((2,), fallen[:, None], np.ones((4, 1)), dimensions)
    # .3 is not much among the draws, and .2 more than what 16 dimensions give.
    observed = Evaluation((2,), np.array([[0.3]]), np.ones((1, 1)), np.array([16.0]))
    rows = null_table(observed, {"two_level": drawn}, 9).set_index(["statistic", "scope"])
    assert rows.loc[("mean_silhouette", "k"), "p_value"] == 3 / 5
    standardised = rows.loc[("standardised_silhouette", "k")]
    assert standardised["observed"] == pytest.approx(0.2 / np.std([0.01] * 2 + [-0.01] * 2, ddof=1))
    assert standardised["p_value"] == 1 / 5


def test_effective_dimensions_by_hand() -> None:
    # Variances 4 and 1 along the items: 25 / 17.
    points = np.array([[2.0, 0], [-2.0, 0], [0, 1], [0, -1]])
    found = nulls.effective_dimensions(np.stack([points, points * [0, 1], points * 0]))
    assert found.tolist() == pytest.approx([25 / 17, 1, 1])


def test_draws_without_any_spread_give_a_finite_table() -> None:
    table = null_table(evaluation((0.5, 0.3)), {"gaussian": evaluation((0.4, 0.3), (0.4, 0.3))}, 5)
    values = table.loc[table["statistic"] == "standardised_silhouette", "observed"]
    assert np.isfinite(values).all()
    assert table["p_value"].tolist()[:3] == [1 / 3, 1, 1 / 3]


@pytest.mark.parametrize(
    "drawn", [evaluation((0.4, 0.3)), evaluation((0.4, 0.3), (0.4, 0.3), k=(2, 4))]
)
def test_a_null_of_one_draw_or_of_other_k_is_refused(drawn: Evaluation) -> None:
    with pytest.raises(ValueError, match="needed are two or more at k ="):
        null_table(evaluation((0.5, 0.3)), {"gaussian": drawn}, 9)


@pytest.mark.parametrize("k", [(), (1,), (2, 12)])
def test_numbers_of_clusters_without_both_statistics_are_refused(k: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="with 12 trusts needed are numbers from 2 to 11"):
        evaluate(observed_scores(study(no_differences()), REPORT)[None], k, REPORT)


# --- Known answers ---------------------------------------------------------------------------


def p_of_the_verdict(ratings: Ratings, draws: int, seed: int) -> float:
    """The two-level p of the largest standardised silhouette."""
    k = range(2, 7)
    observed = evaluate(observed_scores(ratings, REPORT)[None], k, REPORT)
    drawn = draw_null("two_level", ratings, REPORT, k, draws, rng(seed))
    table = null_table(observed, {"two_level": drawn}, len(ratings.starts))
    best = table[(table["statistic"] == "standardised_silhouette") & (table["scope"] == "max")]
    return float(best["p_value"].iloc[0])


def test_planted_clusters_are_beyond_chance() -> None:
    """Three clusters, each high on items of its own."""
    profile = np.kron(np.eye(3), np.ones(2)) * 3
    ratings = study(profile[np.arange(len(SIZES)) % 3])
    assert p_of_the_verdict(ratings, draws=399, seed=1) <= 0.01


def test_a_continuum_of_trusts_is_not_beyond_chance() -> None:
    ratings = study(rng(3).normal(0, 1, size=(len(SIZES), 6)))
    assert p_of_the_verdict(ratings, draws=399, seed=1) > 0.1


def test_p_is_spread_evenly_where_trusts_do_not_differ() -> None:
    p = [
        p_of_the_verdict(study(no_differences(), gaps=0.02, seed=seed), draws=99, seed=seed)
        for seed in range(60)
    ]
    values = np.sort(p)
    # The 99.9% point of Kolmogorov's statistic is 1.95 / sqrt(60) = .252.
    assert np.abs(values - np.arange(1, 61) / 60).max() < 0.252
    assert (values <= 0.05).mean() <= 0.15
