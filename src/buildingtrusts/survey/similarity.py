"""How alike two wordings are, and which of many belong together.

The likeness of two texts is the share of words that they have in common: twice the words in both,
over the words of the two together (Dice, 1945). Small words (*of*, *the*) do not count, and endings
are cut, so that *developing* and *development* are one word. The order of words does not matter.
Texts are paired one to one so that the sum of all likenesses is as large as it can be.

Dice, L. R. (1945). Measures of the amount of ecologic association between species. Ecology, 26(3),
297-302. https://doi.org/10.2307/1932409
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.survey.importers.matching import normal

#: Words that say nothing about what a statement is about.
SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and any are as at be by do does each for from has have how if in into is it its of "
        "on or our so such that the their them they this to up us was we what where which while "
        "with you your",
    )
)
_ENDINGS = (
    *("isation", "ization", "ations", "ation", "ments", "ment", "ising", "izing", "ings", "ness"),
    *("ies", "ing", "ion", "es", "ed", "ly", "al", "s", "e", "y"),
)
_SHORTEST = 4


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text that count, without their endings, in the order of the text.

    Examples
    --------
    >>> words("Developing the school's staff"), words("Development of staff in schools")
    (('develop', 'school', 'staff'), ('develop', 'staff', 'school'))
    """
    plain = normal(text).replace("'s ", " ").replace("s' ", "s ").removesuffix("'s")
    found = re.findall(r"[^\W_]+", plain)
    return tuple(_stem(word) for word in found if word not in SMALL_WORDS)


def likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common, from 0 to 1; 0 if either has none.

    Examples
    --------
    >>> likeness("Setting a common vision", "Setting one common vision")
    0.8571428571428571
    >>> likeness("", "Vision")
    0.0
    """
    first, second = Counter(words(one)), Counter(words(other))
    total = first.total() + second.total()
    if not first or not second:
        return 0.0
    return 2 * (first & second).total() / total


def best_pairs(
    scores: Sequence[Sequence[float]] | NDArray[np.float64], at_least: float
) -> list[tuple[int, int]]:
    """Pair rows with columns one to one, so that the sum of the scores is largest.

    Parameters
    ----------
    scores : array of shape (n_rows, n_columns)
        How well each row fits each column. A pair below the threshold is none.
    at_least : float
        The threshold; above 0.

    Returns
    -------
    list of (int, int)
        In the order of the rows. Of several solutions, rows and columns in the same order win.

    Examples
    --------
    >>> best_pairs([[0.9, 0.8], [0.9, 0.1]], at_least=0.5)
    [(0, 1), (1, 0)]
    """
    from scipy.optimize import linear_sum_assignment

    table = np.asarray(scores, dtype=float)
    if table.ndim != 2 or table.size == 0:
        return []
    kept = np.where(table >= at_least, table, 0.0)
    places = np.abs(
        np.linspace(0, 1, len(table))[:, None] - np.linspace(0, 1, table.shape[1])[None, :]
    )
    rows, columns = linear_sum_assignment(kept - 1e-6 * places, maximize=True)
    return [
        (int(row), int(column))
        for row, column in zip(rows, columns, strict=True)
        if kept[row, column] > 0
    ]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word[: -len(ending)]
    return word
