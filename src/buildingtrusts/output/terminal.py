"""Text for a terminal of a hundred columns, and for any other place where odd characters do harm.

What stands in survey files ends up on screens: characters that cannot be seen, turn the direction
of writing or steer a terminal are shown by their code. What a screen's encoding cannot show becomes
a question mark, since a report with one is better than none.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence

WIDTH = 100


def visible(text: str) -> str:
    r"""Text with every character that cannot be seen shown by its code; line ends stay.

    Examples
    --------
    >>> print(visible("a\x1b[31mb"))
    a\x1b[31mb
    """
    return "".join(
        one if one.isprintable() or one == "\n" else one.encode("unicode_escape").decode()
        for one in text
    )


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """A paragraph of at most a hundred columns; words longer than a line stay whole.

    Parameters
    ----------
    text : str
        Its line ends become blanks.
    indent : str
        In front of each line.
    first : str, optional
        In front of the first line instead, such as a number.
    """
    return textwrap.fill(
        visible(" ".join(text.split())),
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns_of_text(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Rows as lines with aligned columns, two blanks between.

    Parameters
    ----------
    rows : sequence of sequence of str
        As many cells each; a long one makes its column wide.
    left : int
        So many first columns stand to the left, the others to the right.

    Examples
    --------
    >>> columns_of_text([["trust", "n"], ["A", "12"]])
    ['trust   n', 'A      12']
    """
    shown = [[visible(" ".join(cell.split())) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in shown
    ]


def shortened(text: str, width: int) -> str:
    """Text of at most so many characters, with three points where some were cut off."""
    shown = " ".join(text.split())
    return shown if len(shown) <= width else shown[: width - 3] + "..."


def say(text: str) -> None:
    """Print text, whatever encoding the terminal has."""
    encoding = sys.stdout.encoding or "utf-8"
    print(visible(text).encode(encoding, errors="replace").decode(encoding))
