"""Text that comes from data, made harmless: for any page, for Markdown, for a spreadsheet.

Names of trusts, wordings and levels may hold anything. What no page can show (control characters,
marks that turn the direction of reading, halves of characters) is dropped, and white space is
folded. What Markdown or a spreadsheet would obey is escaped, so that it is read as it was written.
"""

from __future__ import annotations

import re
import unicodedata

# Marks that turn the direction of reading, and the mark of byte order.
_HIDDEN = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]|~$@^#]|(?<=www)\.|:(?=//))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: A cell of text that begins with one of these is run as a formula by some spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def clean(text: str) -> str:
    r"""One line of text that any page can show.

    Examples
    --------
    >>> clean(" A\tTrust\x07\n of \u202eschools ")
    'A Trust of schools'
    """
    return " ".join("".join(_shown(one) for one in text).split())


def _shown(character: str) -> str:
    if character.isspace():
        # A space that does not break is kept for what it says.
        return character if character in "\u00a0\u202f" else " "
    kind = unicodedata.category(character)
    if character in _HIDDEN or kind == "Cc":
        return ""
    # Halves of characters and places that stand for no character cannot be written to XML.
    return "\ufffd" if kind == "Cs" or (ord(character) & 0xFFFE) == 0xFFFE else character


def markdown_text(text: str) -> str:
    r"""Text as Markdown shows it unchanged, in a paragraph or in a cell.

    Examples
    --------
    >>> markdown_text("a|b <b>*")
    'a\\|b &lt;b&gt;\\*'
    """
    escaped = _MARKDOWN.sub(r"\\\1", clean(text))
    return re.sub("[&<>]", lambda found: _ENTITIES[found[0]], escaped)


def spreadsheet_text(text: str) -> str:
    """Text that no spreadsheet runs as a formula, also after it was saved as CSV.

    Examples
    --------
    >>> spreadsheet_text("=1+1"), spreadsheet_text("MAT 1")
    ("'=1+1", 'MAT 1')
    """
    plain = clean(text)
    return f"'{plain}" if plain.startswith(FORMULA_STARTS) else plain
