"""Numbers in sentences, rounded as the tables for paper round them, and references to these tables.

A number that stands in the text and in a table is the same in both.
"""

from __future__ import annotations

from buildingtrusts.output.figures.questions import uncapitalised
from buildingtrusts.output.figures.words import attribute_title
from buildingtrusts.output.methods.manuscript import escape
from buildingtrusts.output.paper.table import cell_of, shown

#: A p of at most this is told as a finding.
LEVEL = 0.05
#: Most that is named of a list, whose rest is in a table.
NAMED = 3
_SPELLED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def few(n: int) -> str:
    """A count as prose has it, in words below ten.

    Examples
    --------
    >>> few(0), few(3), few(1200)
    ('no', 'three', '1,200')
    """
    return _SPELLED[n] if n < len(_SPELLED) else f"{n:,}"


def of_them(n: int) -> str:
    """How many of some, which are none where there is no such.

    Examples
    --------
    >>> of_them(0), of_them(2)
    ('none', 'two')
    """
    return few(n) if n else "none"


def counted(n: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    Examples
    --------
    >>> counted(1, "trust"), counted(12, "study", "studies")
    ('one trust', '12 studies')
    """
    return f"{few(n)} {one if n == 1 else many or one + 's'}"


def number(value: object) -> str:
    """A number with two decimals.

    Examples
    --------
    >>> number(0.125), number(-0.001)
    ('0.13', '0.00')
    """
    return shown(cell_of(value), "decimal")


def p_value(p: object, name: str = "p") -> str:
    """A p-value with three decimals.

    Examples
    --------
    >>> p_value(0.0514), p_value(0.00001), p_value(0.3, "adjusted p")
    ('p = 0.051', 'p < 0.001', 'adjusted p = 0.300')
    """
    text = shown(cell_of(p), "p")
    return f"{name} < {text[1:]}" if text.startswith("<") else f"{name} = {text}"


def percent(part: float, whole: float) -> str:
    """A share; of nothing it is 0%.

    Examples
    --------
    >>> percent(1, 8), percent(0, 0)
    ('12.5%', '0%')
    """
    return f"{100 * part / whole:.1f}%" if whole else "0%"


def attribute(name: object) -> str:
    """Name of an attribute within a sentence."""
    return escape(uncapitalised(attribute_title(str(name))))


def in_brackets(*parts: str) -> str:
    """Those parts that say something, in brackets, with the space before them.

    Examples
    --------
    >>> in_brackets("p = 0.051", "", "Table 3"), in_brackets("")
    (' (p = 0.051; Table 3)', '')
    """
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""
