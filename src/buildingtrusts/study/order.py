"""The order in which things are listed: as a person counts, so that Unit 2 precedes Unit 10."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that compares runs of digits as numbers and the rest as text.

    Parameters
    ----------
    text : str
        An identifier, such as ``"Unit 10"``. May be empty.

    Returns
    -------
    tuple
        A key for :func:`sorted`; digits sort before letters.

    Examples
    --------
    >>> sorted(["Unit 10", "Unit 2", "Unit 1"], key=natural_key)
    ['Unit 1', 'Unit 2', 'Unit 10']
    """
    parts = _DIGITS.split(text)
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part
    )
