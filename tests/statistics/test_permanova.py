"""Do trusts differ at all: PERMANOVA against vegan, against its own exact p, and on pure chance."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from buildingtrusts.statistics.agreement import icc
from buildingtrusts.statistics.permanova import permanova

ORACLES = Path(__file__).parents[1] / "oracles"
TESTS = pd.read_csv(ORACLES / "permanova_tests.csv")
EXACT = 1e-10


def rng() -> np.random.Generator:
    return np.random.default_rng(2017)


def respondents(test: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    frame = pd.read_csv(ORACLES / "data" / f"{test['data']}.csv").dropna(subset=test["group"])
    if not np.isnan(test["n"]):
        frame = frame[frame[test["group"]].isin(frame[test["group"]].unique()[:2])]
        frame = frame.groupby(test["group"]).head(int(test["n"]))
    answers = frame[test["items"].split(";")].to_numpy(float)
    return answers, frame[test["group"]].to_numpy(int)


def study(
    differences: float, seed: int, sizes: tuple[int, ...] = (5, 5, 8, 13, 21, 34)
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Five whole-number ratings of each respondent; trust effects have the standard deviation."""
    draw = np.random.default_rng(seed)
    mats = np.repeat(np.arange(len(sizes)), sizes)
    effects = draw.normal(0, differences, size=(len(sizes), 5)) if differences else np.zeros((6, 5))
    ratings = np.rint(6 + effects[mats] + draw.normal(0, 2, size=(len(mats), 5)))
    return np.clip(ratings, 1, 10), mats


def test_the_oracle_covers_gaps_unequal_trusts_and_exact_p() -> None:
    assert set(TESTS["source"]) == {"adonis2", "aov"}
    assert set(TESTS["group"]) == {"GRP", "COMPID", "UNEQUAL", "DEALT"}
    assert TESTS["p_exact"].notna().sum() == 2


@pytest.mark.parametrize("row", TESTS.index)
def test_sums_of_squares_and_pseudo_f_are_those_of_r(row: int) -> None:
    test = TESTS.loc[row]
    found = permanova(*respondents(test), draws=1, rng=rng())
    assert (found.n_mats, found.n_responses) == (test["n_groups"], test["n_responses"])
    assert found.pseudo_f == pytest.approx(test["pseudo_f"], rel=EXACT)
    assert found.r_squared == pytest.approx(test["r_squared"], rel=EXACT)


@pytest.mark.parametrize("row", TESTS.index[TESTS["p_exact"].notna()])
def test_random_deals_come_to_the_p_of_all_deals(row: int) -> None:
    test = TESTS.loc[row]
    chance = permanova(*respondents(test), draws=9_999, rng=rng()).chance
    assert chance.p_low < test["p_exact"] < chance.p_high
    assert chance.p_high - chance.p_low < 0.02


def test_gaps_travel_with_the_respondent() -> None:
    """Every deal of six people, by loops over items and trusts, with the answers there are."""
    gap = np.nan
    answers = np.array([[2.0, gap], [4, 3], [5, gap], [5, gap], [10, 4], [5, gap]])
    mats = np.array([0, 0, 0, 1, 1, 1])

    def ratio(deal: tuple[int, ...]) -> float:
        between = within = freedom_between = freedom_within = 0.0
        for column in answers[list(deal)].T:
            groups = [column[(mats == mat) & ~np.isnan(column)] for mat in (0, 1)]
            groups = [group for group in groups if len(group)]
            centre = np.nanmean(column)
            between += sum(len(group) * (group.mean() - centre) ** 2 for group in groups)
            within += sum(((group - group.mean()) ** 2).sum() for group in groups)
            freedom_between += len(groups) - 1
            freedom_within += sum(len(group) - 1 for group in groups)
        return (between / freedom_between) / (within / freedom_within)

    every = [ratio(deal) for deal in permutations(range(6))]
    found = permanova(answers, mats, draws=4_999, rng=rng())
    assert found.pseudo_f == pytest.approx(every[0], rel=EXACT)
    expected = np.mean(np.array(every) >= every[0] - 1e-9)
    assert found.chance.p_low < expected < found.chance.p_high


def test_one_item_gives_the_mean_squares_that_icc_rests_on_gaps_and_all() -> None:
    answers, mats = study(1, seed=1)
    one = answers[:, :1]
    one[::7] = np.nan
    squares = icc(one[:, 0], mats.tolist())
    found = permanova(one, mats, draws=1, rng=rng())
    assert found.pseudo_f == pytest.approx(squares.msb / squares.msw, rel=EXACT)
    assert found.n_responses == squares.n_responses == len(mats) - np.isnan(one).sum()


def test_answers_of_one_respondent_are_dealt_together() -> None:
    answers, mats = study(0, seed=4)
    once = permanova(answers[:, :1], mats, draws=199, rng=rng())
    # Three copies of an item say nothing new, and must not seem to.
    thrice = permanova(np.repeat(answers[:, :1], 3, axis=1), mats, draws=199, rng=rng())
    assert thrice.pseudo_f == pytest.approx(once.pseudo_f, rel=EXACT)
    assert thrice.chance == once.chance
    assert 0.05 < once.chance.p_value < 1


def test_trusts_that_differ_are_found_to_differ() -> None:
    found = permanova(*study(1.5, seed=2), draws=999, rng=rng())
    assert found.chance.p_value == 1 / 1000
    assert found.chance.p_low == 0
    assert found.chance.p_high < 0.005


def test_p_is_spread_evenly_where_trusts_do_not_differ() -> None:
    p = []
    for seed in range(200):
        answers, mats = study(0, seed)
        answers[np.random.default_rng(seed).random(answers.shape) < 0.05] = np.nan
        p.append(permanova(answers, mats, draws=99, rng=np.random.default_rng(seed)))
    values = np.sort([one.chance.p_value for one in p])
    distance = np.abs(values - np.arange(1, 201) / 200).max()
    # The 99.9% point of Kolmogorov's statistic is 1.95 / sqrt(200) = .138.
    assert distance < 0.138
    assert (values <= 0.05).mean() < 0.1


def test_deals_do_not_depend_on_how_many_there_are() -> None:
    answers, mats = study(0.3, seed=6)
    few, again = (permanova(answers, mats, draws=250, rng=rng()) for _ in range(2))
    assert few == again
    many = permanova(answers, mats, draws=600, rng=rng())
    assert many.pseudo_f == few.pseudo_f
    reached = few.chance.p_value * 251 - 1
    assert reached <= many.chance.p_value * 601 - 1 <= reached + 350


def test_the_order_of_respondents_changes_no_sum() -> None:
    answers, mats = study(1, seed=7)
    order = rng().permutation(len(mats))
    one = permanova(answers, mats, draws=1, rng=rng())
    other = permanova(answers[order], mats[order], draws=1, rng=rng())
    assert other.pseudo_f == pytest.approx(one.pseudo_f, rel=EXACT)


def test_people_who_skipped_everything_and_items_nobody_answered_are_left_out() -> None:
    answers, mats = study(1, seed=8)
    blank_person = np.vstack([answers, np.full((1, 5), np.nan)])
    blank_item = np.hstack([blank_person, np.full((len(blank_person), 1), np.nan)])
    expected = permanova(answers, mats, draws=19, rng=rng())
    assert permanova(blank_item, np.append(mats, 0), draws=19, rng=rng()) == expected


def test_a_trust_with_one_respondent_counts() -> None:
    answers, mats = study(0, seed=9, sizes=(1, 4, 6, 6, 6, 6))
    found = permanova(answers, mats, draws=99, rng=rng())
    assert found.n_mats == 6
    assert np.isfinite(found.pseudo_f)


def test_people_who_agree_wherever_trusts_differ_give_an_infinite_ratio() -> None:
    answers = np.repeat([[3.0, 4.0], [7.0, 4.0]], 6, axis=0)
    found = permanova(answers, np.repeat([0, 1], 6), draws=199, rng=rng())
    assert found.pseudo_f == float("inf")
    assert found.r_squared == 1
    assert found.chance.p_value < 0.05


@pytest.mark.parametrize("mats", [[0, 0, 0], [0, 1, 2]])
def test_too_few_trusts_or_respondents_are_refused(mats: list[int]) -> None:
    with pytest.raises(ValueError, match="needed are two trusts or more, and in one of them two"):
        permanova(np.array([[1.0], [2.0], [3.0]]), np.array(mats), draws=9, rng=rng())


def test_answers_that_are_all_equal_are_refused() -> None:
    with pytest.raises(ValueError, match="all answers to each item are equal"):
        permanova(np.full((4, 2), 5.0), np.array([0, 0, 1, 1]), draws=9, rng=rng())
