"""What the official register answers: how many trusts there are, and of which size and kind.

These quantities take :class:`.Register`, the two tables that ``buildingtrusts register`` makes
from an extract of Get Information About Schools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from buildingtrusts.published.evidence import NotComputable, Register, select

if TYPE_CHECKING:
    import pandas as pd

ABSENT = (
    "No extract of the register: data/raw/register/README.md says what to download and where to "
    "put it; then run the study again."
)


def trusts_with_schools(
    register: Register, at_least: float = 0, at_most: float | None = None
) -> float:
    """Open MATs with so many schools; every open MAT if no bound is given."""
    sizes = _sizes(register)
    kept = sizes >= at_least
    return float((kept if at_most is None else kept & (sizes <= at_most)).sum())


def schools_in_trusts(register: Register) -> float:
    """Schools in open MATs."""
    return float(_sizes(register).sum())


def median_schools(register: Register) -> float:
    """Schools of the median open MAT."""
    return float(_sizes(register).median())


def population_count(register: Register, attribute: str, level: str) -> float:
    """Open MATs with a level of an attribute, by the published cut-offs."""
    if register.population is None:
        raise NotComputable(ABSENT)
    rows = select(register.population, "population.csv", attribute=attribute, level=level)
    return float(rows["n"].sum())


def _sizes(register: Register) -> pd.Series:
    if register.trusts is None:
        raise NotComputable(ABSENT)
    return select(register.trusts, "register_trusts.csv")["n_schools"]
