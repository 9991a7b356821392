"""Do trusts differ at all? PERMANOVA of respondents' answers by trust.

The sums of squares between and within trusts are added up over the items, as distances between
respondents would be, and their ratio is held against the ratios found when respondents are dealt
out over trusts at random: Anderson, M. J. (2001), doi:10.1111/j.1442-9993.2001.01070.pp.x, for
Euclidean distances. A trust's mean is over those who answered the item and nothing is imputed; with
no answer missing the result is Anderson's pseudo-F exactly. A respondent's answers move together,
gaps included. Trusts whose staff merely differ in spread can be found to differ too, more so where
the small trusts are the spread-out ones (Anderson, M. J. and Walsh, D. C. I., 2013,
doi:10.1890/12-2010.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.statistics.monte_carlo import Exceedance, chunks, exceedance

PERMANOVA_COLUMNS = (
    *("n_mats", "n_responses", "pseudo_f", "r_squared", "p_value", "p_low", "p_high", "draws"),
)


@dataclass(frozen=True)
class Permanova:
    """Differences between trusts in all items at once.

    Attributes
    ----------
    pseudo_f : float
        Sum of squares between trusts over its degrees of freedom, over that within trusts over
        its own. Infinite if people of one trust always agree.
    r_squared : float
        Share of the total sum of squares that lies between trusts, 0 to 1; it grows with the
        number of trusts even if they do not differ.
    chance : Exceedance
        p of the pseudo-F, with its Monte Carlo interval.
    n_mats, n_responses : int
        Trusts, and respondents who answered anything.
    draws : int
        Random deals.
    """

    pseudo_f: float
    r_squared: float
    chance: Exceedance
    n_mats: int
    n_responses: int
    draws: int

    def table(self) -> pd.DataFrame:
        """The test as ``permanova.csv``, one row."""
        row = (
            *(self.n_mats, self.n_responses, self.pseudo_f, self.r_squared),
            *(self.chance.p_value, self.chance.p_low, self.chance.p_high, self.draws),
        )
        return pd.DataFrame([row], columns=list(PERMANOVA_COLUMNS))


def permanova(
    answers: NDArray[np.float64],
    mats: NDArray[np.int64],
    draws: int,
    rng: np.random.Generator,
) -> Permanova:
    """Test whether trusts differ in their answers.

    Parameters
    ----------
    answers : ndarray of shape (N, p)
        Ratings on the items' own scale (1-10 for strategy statements); ``nan`` where skipped.
        Items with wider scales count for more. Respondents who skipped everything are left out,
        and so are items that nobody answered.
    mats : ndarray of shape (N,)
        Trust of each respondent, as whole numbers; trusts with one respondent count.
    draws : int
        Random deals of respondents over trusts.
    rng : numpy.random.Generator
        Of this test alone.

    Returns
    -------
    Permanova
        With n_i answers to item i from a_i trusts, the degrees of freedom are the sums over items
        of a_i - 1 and n_i - a_i, counted anew in each deal; with no answer missing they cancel to
        Anderson's.

    Raises
    ------
    ValueError
        If there are fewer than two trusts, no trust has two respondents, or all answers to each
        item are equal.

    Examples
    --------
    >>> answers = np.array([[1.0], [2.0], [8.0], [9.0]])
    >>> permanova(answers, np.array([0, 0, 1, 1]), 99, np.random.default_rng(1)).pseudo_f
    98.0
    """
    answered = ~np.isnan(answers)
    present = answered.any(axis=1)
    codes = mats[present]
    order = np.argsort(codes, kind="stable")
    kept = answers[present][:, answered.any(axis=0)][order]
    _, starts = np.unique(codes[order], return_index=True)
    _check(kept, starts)
    centred = kept - np.nanmean(kept, axis=0)
    total = float(np.nansum(centred**2))
    as_seen = np.arange(len(kept))[None]
    between, ratio = (float(values[0]) for values in _ratios(centred, starts, as_seen, total))
    dealt = [
        _ratios(centred, starts, child.permuted(np.tile(as_seen, (size, 1)), axis=1), total)[1]
        for size, child in chunks(draws, kept.size, rng)
    ]
    chance = exceedance(np.concatenate(dealt), ratio)
    return Permanova(ratio, between / total, chance, len(starts), len(kept), draws)


def _check(answers: NDArray[np.float64], starts: NDArray[np.int64]) -> None:
    if len(starts) < 2 or len(answers) <= len(starts):
        raise ValueError(
            f"{len(answers)} respondents are from {len(starts)} trusts; needed are two trusts or "
            "more, and in one of them two respondents."
        )
    if (np.nanmin(answers, axis=0) == np.nanmax(answers, axis=0)).all():
        raise ValueError(
            "all answers to each item are equal; trusts can differ in items on which somebody does."
        )


def _ratios(
    centred: NDArray[np.float64],
    starts: NDArray[np.int64],
    deals: NDArray[np.int64],
    total: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of squares between trusts and pseudo-F of each deal.

    ``deals`` has a row a deal, of shape (B, N): the respondent in each place. A chunk holds as
    many answers as a chunk of draws of the nulls.
    """
    answered = ~np.isnan(centred)
    filled = np.where(answered, centred, 0.0)
    sums = np.add.reduceat(np.take(filled, deals, axis=0), starts, axis=1)
    if answered.all():
        sizes = np.diff(np.append(starts, len(centred)))
        counts = np.broadcast_to(sizes[None, :, None], sums.shape)
    else:
        counts = np.add.reduceat(np.take(answered, deals, axis=0), starts, axis=1, dtype=np.int64)
    # A trust without answers to an item has a sum of 0 and adds nothing.
    between = (sums**2 / np.maximum(counts, 1)).sum(axis=(1, 2))
    n_answers, n_means = answered.sum(), (counts > 0).sum(axis=(1, 2))
    # Rounding can leave the difference of two equal sums a little below 0.
    within = np.maximum(total - between, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = between / (n_means - answered.shape[1]) / (within / (n_answers - n_means))
    return between, ratios
