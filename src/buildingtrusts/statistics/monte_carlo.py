"""Monte Carlo: draws in chunks that any process may make, and an observed value held against them.

Each chunk has a stream of random numbers of its own, so that the draws do not depend on which
process makes which. The p of Barnard (1963) and Hope, A. C. A. (1968,
doi:10.1111/j.2517-6161.1968.tb00759.x) counts the observed study among the draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Draws made from one stream of random numbers; fewer where a study has many answers, so that a
#: chunk never holds more than so many of them. Neither depends on the machine.
CHUNK_DRAWS = 250
CHUNK_ANSWERS = 1_000_000
#: Part 0 of 1: everything.
WHOLE = (0, 1)
#: A draw this close below the observed value counts as reaching it, relative to values above 1.
TOLERANCE = 1e-12


def chunks(
    draws: int, answers: int, rng: np.random.Generator, part: tuple[int, int] = WHOLE
) -> Iterator[tuple[int, np.random.Generator]]:
    """Split draws into chunks with a stream of random numbers each.

    Parameters
    ----------
    draws : int
        In all, 1 or more.
    answers : int
        Numbers that one draw holds.
    rng : numpy.random.Generator
        Parent of the chunks' streams.
    part : (int, int)
        Which of how many parts, from 0: some of the chunks, in their order. The parts together
        are all chunks, with the same draws however many parts there are.

    Yields
    ------
    (int, numpy.random.Generator)
        Draws of the chunk, and its stream: the same wherever and in whatever order chunks run.

    Raises
    ------
    ValueError
        If ``draws`` is below 1, or the part is empty or not one of the parts.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; it has to be 1 or more.")
    at_once = max(1, min(CHUNK_DRAWS, CHUNK_ANSWERS // answers))
    starts = range(0, draws, at_once)
    children = rng.spawn(len(starts))
    for place in share_of(len(starts), part):
        yield min(at_once, draws - starts[place]), children[place]


def share_of(pieces: int, part: tuple[int, int]) -> range:
    """Find the pieces of work, numbered from 0, that one of several parts does.

    Raises
    ------
    ValueError
        If the part is empty or not one of the parts.

    Examples
    --------
    >>> [list(share_of(5, (part, 2))) for part in (0, 1)]
    [[0, 1], [2, 3, 4]]
    """
    place, parts = part
    if not 0 <= place < parts <= pieces:
        raise ValueError(
            f"part {place} of {parts}, from 0, has none of {pieces} pieces of work; ask for "
            f"{pieces} parts at most."
        )
    return range(pieces * place // parts, pieces * (place + 1) // parts)


@dataclass(frozen=True)
class Exceedance:
    """How often chance reaches what was observed.

    Attributes
    ----------
    p_value : float
        (1 + draws that reach it) / (1 + draws), above 0.
    p_low, p_high : float
        95% interval, by Clopper and Pearson (doi:10.1093/biomet/26.4.404), for the p that
        infinitely many draws would give.
    """

    p_value: float
    p_low: float
    p_high: float


def exceedance(drawn: NDArray[np.float64], observed: float) -> Exceedance:
    """Monte Carlo p of an observed value: large values speak against the null.

    Parameters
    ----------
    drawn : ndarray of shape (draws,)
        Under the null.
    observed : float
        Reached by draws that lie below it by 1e-12 (of it, if it is above 1) or less, and, lest
        an undefined value pass for evidence, by draws that are ``nan``.

    Examples
    --------
    >>> exceedance(np.arange(99.0), 98.0).p_value
    0.02
    """
    from scipy.special import betaincinv

    draws = len(drawn)
    slack = TOLERANCE * max(1.0, abs(observed)) if np.isfinite(observed) else 0.0
    reached = int((~(drawn < observed - slack)).sum())
    low = float(betaincinv(reached, draws - reached + 1, 0.025)) if reached else 0.0
    high = float(betaincinv(reached + 1, draws - reached, 0.975)) if reached < draws else 1.0
    return Exceedance((1 + reached) / (1 + draws), low, high)
