"""The order in which things are listed: as a person counts, so that MAT 2 precedes MAT 10."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"(\d+)")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that compares runs of digits as numbers and the rest as text.

    Parameters
    ----------
    text : str
        An identifier, such as ``"MAT 10"``. May be empty.

    Returns
    -------
    tuple
        A key for :func:`sorted`; digits sort before letters.

    Examples
    --------
    >>> sorted(["MAT 10", "MAT 2", "MAT 1"], key=natural_key)
    ['MAT 1', 'MAT 2', 'MAT 10']
    """
    parts = _DIGITS.split(text)
    return tuple(
        (0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts if part
    )
