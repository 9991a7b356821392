"""What chance would give: each null keeps what it says it keeps, and p means what it says."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from buildingtrusts.statistics import nulls
from buildingtrusts.statistics.aggregation import clustering_scores
from buildingtrusts.statistics.nulls import (
    NULL_COLUMNS,
    NULLS,
    Evaluation,
    Ratings,
    Specification,
    draw_null,
    evaluate,
    exceedance,
    fit_two_level,
    gather_ratings,
    mat_scores,
    null_table,
    observed_scores,
    positive_semidefinite,
    two_level_answers,
)

REPORT = Specification()
SIZES = (5, 5, 6, 8, 9, 11, 13, 16, 20, 24, 30, 41)
ONE_TO_TEN = (1.0, 10.0, 1.0)
every_null = pytest.mark.parametrize("null", NULLS)


def rng(seed: int = 2017) -> np.random.Generator:
    return np.random.default_rng(seed)


def study(
    effects: NDArray[np.float64],
    sizes: tuple[int, ...] = SIZES,
    gaps: float = 0.0,
    seed: int = 1,
) -> Ratings:
    """Whole-number ratings from 1 to 10 around the trusts' effects on each item."""
    draw = rng(seed)
    mats = np.repeat(np.arange(len(sizes)), sizes)
    answers = 6 + effects[mats] + draw.normal(0, 2, size=(len(mats), effects.shape[1]))
    answers = np.clip(np.rint(answers), 1, 10)
    answers[draw.random(answers.shape) < gaps] = np.nan
    return gather_ratings(answers, mats, [ONE_TO_TEN] * effects.shape[1])


def no_differences(n_items: int = 6) -> NDArray[np.float64]:
    return np.zeros((len(SIZES), n_items))


def two_clusters(apart: float) -> NDArray[np.float64]:
    return np.where(np.arange(len(SIZES)) % 2, apart, -apart)[:, None] * np.ones(6)


def all_answers(ratings: Ratings, draws: int) -> NDArray[np.float64]:
    return np.concatenate(list(two_level_answers(ratings, draws, rng())))


def all_scores(null: str, ratings: Ratings, draws: int) -> NDArray[np.float64]:
    return np.concatenate(list(NULLS[null](ratings, REPORT, draws, rng())))


# --- From answers to scores ------------------------------------------------------------------


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


# --- The model of the two-level null ---------------------------------------------------------


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


# --- What each null keeps --------------------------------------------------------------------


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
    filled = nulls._without_gaps(residuals, rng())
    assert set(filled[:, 0]) <= {1, 2}
    assert set(filled[:, 1]) <= {20, 30}
    assert filled[:, 2].tolist() == [0, 0, 0]
    known = ~np.isnan(residuals)
    np.testing.assert_array_equal(filled[known], residuals[known])


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
    few = draw_null(null, ratings, REPORT, (2, 3), nulls.CHUNK_DRAWS, rng())
    more = draw_null(null, ratings, REPORT, (2, 3), 2 * nulls.CHUNK_DRAWS + 7, rng())
    assert len(more.silhouettes) == 2 * nulls.CHUNK_DRAWS + 7
    np.testing.assert_array_equal(more.silhouettes[: nulls.CHUNK_DRAWS], few.silhouettes)
    assert len(np.unique(more.silhouettes[:, 1])) > 0.9 * len(more.silhouettes)


@every_null
def test_draws_made_in_parts_are_those_made_at_once(null: str) -> None:
    def drawn(part: tuple[int, int] = (0, 1)) -> nulls.Evaluation:
        return nulls.draw_null(null, study(two_clusters(1)), REPORT, [2, 3], 700, rng(), part)

    whole, joined = drawn(), nulls.join([drawn((place, 3)) for place in range(3)])
    np.testing.assert_array_equal(joined.silhouettes, whole.silhouettes)
    np.testing.assert_array_equal(joined.pseudo_f, whole.pseudo_f)


def test_a_part_without_work_is_an_error() -> None:
    with pytest.raises(ValueError, match="ask for 2 parts at most"):
        list(nulls.chunks(300, 10, rng(), part=(0, 3)))
    with pytest.raises(ValueError, match="part 2 of 2"):
        list(nulls.chunks(900, 10, rng(), part=(2, 2)))


def test_chunks_may_run_in_any_order() -> None:
    forwards = [child.random() for _, child in nulls.chunks(900, 10, rng())]
    children = [child for _, child in nulls.chunks(900, 10, rng())]
    assert [child.random() for child in reversed(children)] == forwards[::-1]
    assert len(set(forwards)) == 4


def test_a_chunk_never_holds_more_than_so_many_answers() -> None:
    sizes = [size for size, _ in nulls.chunks(1000, answers=nulls.CHUNK_ANSWERS // 3, rng=rng())]
    assert sizes == [3] * 333 + [1]
    assert [size for size, _ in nulls.chunks(2, 10 * nulls.CHUNK_ANSWERS, rng())] == [1, 1]


def test_an_unknown_null_and_no_draws_are_refused() -> None:
    ratings = study(no_differences())
    with pytest.raises(ValueError, match="allowed are two_level, gaussian, respondents_shuffled"):
        draw_null("three_level", ratings, REPORT, (2,), 10, rng())
    with pytest.raises(ValueError, match="draws is 0"):
        draw_null("two_level", ratings, REPORT, (2,), 0, rng())


# --- p ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reached", [0, 1, 17, 99])
def test_p_counts_the_study_among_the_draws_and_its_interval_is_that_of_clopper_pearson(
    reached: int,
) -> None:
    found = exceedance(np.repeat([1.0, 0.0], [reached, 99 - reached]), 0.5)
    expected = binomtest(reached, 99).proportion_ci(0.95, method="exact")
    assert found.p_value == (1 + reached) / 100
    assert found.p_low == pytest.approx(expected.low, abs=1e-12)
    assert found.p_high == pytest.approx(expected.high, abs=1e-12)
    assert found.p_low <= found.p_value <= found.p_high


def test_draws_equal_to_the_study_but_for_rounding_reach_it() -> None:
    assert exceedance(np.array([0.3 - 1e-13, 0.3 - 1e-11, 0.1]), 0.3).p_value == 2 / 4
    assert exceedance(np.array([3e5 - 1e-8, 3e5 - 1e-6]), 3e5).p_value == 2 / 3


def test_undefined_values_never_speak_against_the_null() -> None:
    assert exceedance(np.array([np.nan, 0.0]), 1.0).p_value == 2 / 3
    assert exceedance(np.zeros(9), float("nan")).p_value == 1
    assert exceedance(np.array([np.inf, 0.0]), float("inf")).p_value == 2 / 3


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
