"""Made-up studies of the 2017 survey's shape, of which it is known whether they have clusters.

A respondent's rating of an item is the sum of a mean, the effect of the trust and the person's own
deviation, rounded to a whole number and clipped to 1-10. The intraclass correlation (ICC) is the
trusts' share of the variance before rounding. Correlated items are correlated .3, between trusts
and between people alike. On a continuum trusts differ in one dimension only: every item moves
alike with the trust's position, which is Gaussian or uniform. Planted clusters are three groups of
trusts whose centres lie equally far from one another, in directions drawn anew for each study;
within groups trusts differ as those without clusters do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.ratings import Ratings, gather_ratings

N_ITEMS = 10
SCALE = (1, 10, 1)
CENTRE, SPREAD = 6.5, 2.0
CORRELATION = 0.3

#: Respondents a trust: 340 in 17 trusts, and 338 as unequally as surveys come back.
EQUAL = (20,) * 17
UNEQUAL = (5, 5, 6, 6, 7, 8, 9, 11, 13, 15, 18, 22, 27, 33, 41, 52, 60)
N_PLANTED = 3


@dataclass(frozen=True)
class Design:
    """How studies of one kind are made.

    Attributes
    ----------
    name : str
        Of the cell, and of its random numbers.
    icc : float
        Share of the variance between trusts, 0 to 1; within groups if there are any.
    items : {"independent", "correlated", "continuum_gaussian", "continuum_uniform"}
    sizes : tuple of int
        Respondents of each trust; dealt out anew over the groups of each study.
    distance : float
        Between the centres of planted clusters, in points of the scale over all items
        (Euclidean); 0 for none.
    """

    name: str
    icc: float
    items: str
    sizes: tuple[int, ...]
    distance: float = 0.0

    @property
    def respondents(self) -> str:
        """The pattern of respondents over trusts, in one word."""
        return "equal" if len(set(self.sizes)) == 1 else "unequal"


@dataclass(frozen=True)
class MadeStudy:
    """A study and what is true of it.

    Attributes
    ----------
    ratings : Ratings
    centres : ndarray of shape (n_mats, p)
        Expected rating in each trust before rounding and clipping.
    within : float
        Standard deviation of one item within a trust, before rounding and clipping.
    groups : ndarray of shape (n_mats,)
        Planted cluster of each trust, from 1; all 1 if there are none.
    """

    ratings: Ratings
    centres: NDArray[np.float64]
    within: float
    groups: NDArray[np.int64]


def make_study(design: Design, rng: np.random.Generator) -> MadeStudy:
    """Make one study."""
    n = len(design.sizes)
    sizes = rng.permutation(design.sizes) if design.distance else np.array(design.sizes)
    groups = np.arange(n) * N_PLANTED // n if design.distance else np.zeros(n, dtype=np.int64)
    effects = np.sqrt(design.icc) * SPREAD * _unit_effects(design.items, n, rng)
    if design.distance:
        effects += planted_centres(design.distance, rng)[groups]
    within = np.sqrt(1 - design.icc) * SPREAD
    mats = np.repeat(np.arange(n), sizes)
    noise = within * _unit_rows(design.items != "independent", len(mats), rng)
    answers = np.clip(np.rint(CENTRE + effects[mats] + noise), SCALE[0], SCALE[1])
    ratings = gather_ratings(answers, mats, [SCALE] * N_ITEMS)
    return MadeStudy(ratings, CENTRE + effects, float(within), groups + 1)


def _unit_effects(items: str, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Trust effects of unit variance on every item, (n, p)."""
    if items == "continuum_gaussian":
        return np.repeat(rng.standard_normal((n, 1)), N_ITEMS, axis=1)
    if items == "continuum_uniform":
        return np.repeat(rng.uniform(-np.sqrt(3), np.sqrt(3), (n, 1)), N_ITEMS, axis=1)
    return _unit_rows(items == "correlated", n, rng)


def _unit_rows(correlated: bool, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    own = rng.standard_normal((n, N_ITEMS))
    if not correlated:
        return own
    shared = rng.standard_normal((n, 1))
    return np.sqrt(CORRELATION) * shared + np.sqrt(1 - CORRELATION) * own


def planted_centres(distance: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Centres of the planted clusters, (3, p): equally far apart, around 0, in any direction."""
    directions, _ = np.linalg.qr(rng.standard_normal((N_ITEMS, N_PLANTED)))
    corners = distance / np.sqrt(2) * directions.T
    return corners - corners.mean(axis=0)


def expected_ratings(study: MadeStudy) -> NDArray[np.float64]:
    """Expected rating in each trust after rounding and clipping, (n_mats, p)."""
    from scipy.special import ndtr

    low, high, step = SCALE
    # A rating is at least v if the person's leaning is above the middle between v - 1 and v.
    marks = np.arange(low, high, step) + step / 2
    above = 1 - ndtr((marks - study.centres[:, :, None]) / study.within)
    return low + step * above.sum(axis=2)


def null_designs() -> list[Design]:
    """Every cell without clusters."""
    patterns = {"equal": EQUAL, "unequal": UNEQUAL}
    kinds = [(icc, items) for icc in (0, 0.05, 0.1, 0.3) for items in ("independent", "correlated")]
    lines = [
        (icc, f"continuum_{shape}") for shape in ("gaussian", "uniform") for icc in (0.05, 0.1, 0.3)
    ]
    return [
        Design(f"{items}-icc{icc}-{name}", icc, items, sizes)
        for icc, items in [*kinds, *lines]
        for name, sizes in patterns.items()
    ]


#: Distances whose clusters have mean silhouettes of about .20, .25, .32, .39 and .46 at k = 3, with
#: 20 respondents in each of 17 trusts; the tables give the silhouettes that came out.
DISTANCES = (2.5, 3.35, 4.1, 4.85, 5.65)
MIDDLE = DISTANCES[2]
#: Share of the variance within planted clusters that lies between their trusts.
PLANTED_ICC = 0.1


def power_designs() -> list[Design]:
    """Three planted clusters, ever further apart."""
    return [
        Design(f"planted{distance}-{name}", PLANTED_ICC, "correlated", sizes, distance)
        for name, sizes in (("equal", EQUAL), ("unequal", UNEQUAL))
        for distance in DISTANCES
    ]


def sizes_designs() -> list[Design]:
    """The same clusters in studies of more trusts, or more respondents a trust."""
    return [
        Design(f"mats{n_mats}-each{each}", PLANTED_ICC, "correlated", (each,) * n_mats, MIDDLE)
        for n_mats in (17, 25, 34, 50)
        for each in (5, 10, 20, 40)
    ]
