"""Words and numbers as figures and alternative texts write them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

_ATTRIBUTES = {
    "phase_mix": "Phase mix",
    "school_type_mix": "School type mix",
    "size_pupils": "Trust size (pupils)",
    "size_schools": "Trust size (schools)",
    "geographical_spread": "Geographical spread",
    "rapid_growth": "Rapid growth",
    "performance_flags": "Performance flags",
}
_ROLES = {
    "all": "All",
    "ceo": "Chief executive",
    "central_team": "Central team",
    "school_leader": "School leader",
}


def attribute_title(attribute: str) -> str:
    """Name an attribute for readers.

    Examples
    --------
    >>> attribute_title("size_schools"), attribute_title("founding_year")
    ('Trust size (schools)', 'Founding year')
    """
    return _ATTRIBUTES.get(attribute, plain(attribute))


def role_title(role: str) -> str:
    """Name a role for readers."""
    return _ROLES.get(role, plain(role))


def in_role_order(roles: Iterable[str]) -> list[str]:
    """Each role once, from the top of the trust down, whoever answered first.

    Examples
    --------
    >>> in_role_order(["school_leader", "ceo", "school_leader"])
    ['ceo', 'school_leader']
    """
    known = list(_ROLES)
    places = {role: known.index(role) if role in known else len(known) for role in roles}
    return sorted(places, key=places.__getitem__)


def stratum_title(stratum: str) -> str:
    """Name whose change is shown: everybody's, a role's, or that of a level of an attribute.

    Examples
    --------
    >>> stratum_title("all"), stratum_title("ceo"), stratum_title("trust_age: Under 3 years")
    ('All respondents', 'Chief executive', 'Trust age: Under 3 years')
    """
    if stratum == "all":
        return "All respondents"
    attribute, _, level = stratum.partition(": ")
    return f"{attribute_title(attribute)}: {level}" if level else role_title(stratum)


def plain(name: str) -> str:
    """Write a name in snake_case as words."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def join(parts: Sequence[str]) -> str:
    """List words in a sentence.

    Examples
    --------
    >>> join(["a"]), join(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def count(n: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> count(1, "trust"), count(2, "trust")
    ('1 trust', '2 trusts')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def decimal(value: float, places: int = 2) -> str:
    """Write a number with a true minus sign and without a negative zero, halves away from zero.

    Examples
    --------
    >>> decimal(-0.25), decimal(-0.001), decimal(0.125)
    ('−0.25', '0.00', '0.13')
    """
    if math.isnan(value):
        return "missing"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{rounded_half_up(value, places):.{places}f}".replace("-", "−")


def rounded_half_up(value: float, places: int) -> Decimal:
    """Round a number as it is written out, halves away from zero; never to a negative zero.

    Examples
    --------
    >>> rounded_half_up(0.125, 2), rounded_half_up(-0.001, 2)
    (Decimal('0.13'), Decimal('0.00'))
    """
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


def p_text(p: float) -> str:
    """Write a p-value: three decimals below .1, two above.

    Examples
    --------
    >>> p_text(0.0494), p_text(0.5), p_text(0.00001)
    ('p = 0.049', 'p = 0.50', 'p < 0.001')
    """
    if math.isnan(p):
        return "no test"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {decimal(p, 3 if p < 0.1 else 2)}"


def test_text(p: float, adjusted: float) -> str:
    """Write an exact p-value with the adjusted one in brackets.

    Examples
    --------
    >>> test_text(0.041, 0.25), test_text(0.5, float("nan"))
    ('p = 0.041 (0.25)', 'p = 0.50')
    """
    if math.isnan(p) or math.isnan(adjusted):
        return p_text(p)
    return f"{p_text(p)} ({p_text(adjusted).removeprefix('p ').removeprefix('= ')})"
