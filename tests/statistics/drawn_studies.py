"""Studies drawn at random, with trusts of many sizes, and what nulls draw for them."""

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.nulls import NULLS
from buildingtrusts.statistics.ratings import Ratings, Specification, gather_ratings
from buildingtrusts.statistics.two_level_model import two_level_answers

REPORT = Specification()
SIZES = (5, 5, 6, 8, 9, 11, 13, 16, 20, 24, 30, 41)
ONE_TO_TEN = (1.0, 10.0, 1.0)


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
