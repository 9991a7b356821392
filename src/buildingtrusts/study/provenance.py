"""Where a wave's answers come from, and what everything made from them has to say.

A reconstruction satisfies published statistics; an illustration shows how the pipeline works.
Neither holds anybody's answers. Only a wave of provenance ``original`` goes without a stamp.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

#: Respondent identifiers of waves that are not original start with this.
ID_PREFIX = {"reconstruction": "reconstructed-", "illustration": "illustration-"}

_STAMP = {
    "reconstruction": "Reconstruction: not the survey's responses",
    "illustration": "Illustration: invented responses",
}
_STATEMENT = {
    "reconstruction": (
        "**These are not the survey's responses.** They were generated to satisfy statistics that "
        "the report published. They hold nobody's answers and are no evidence about any trust "
        "beyond the published numbers."
    ),
    "illustration": (
        "**These are invented responses.** They show how the pipeline works. They hold nobody's "
        "answers and are no evidence about any trust."
    ),
}


def stamp(provenances: Iterable[str]) -> str:
    """The words that figures made from these waves carry; empty if all are original.

    A reconstruction comes first: it is the one that could be mistaken for the survey.

    Examples
    --------
    >>> stamp(["original", "reconstruction"])
    "Reconstruction: not the survey's responses"
    >>> stamp(["original"])
    ''
    """
    return " · ".join(_said(provenances, _STAMP))


def statement(provenances: Iterable[str]) -> str:
    """The paragraphs that open documents made from these waves; empty if all are original."""
    return "\n\n".join(_said(provenances, _STATEMENT))


def _said(provenances: Iterable[str], words: dict[str, str]) -> list[str]:
    given = set(provenances)
    return [text for provenance, text in words.items() if provenance in given]


def may_be_named_after(provenance: str, earlier: str) -> bool:
    """Whether a wave's types may be those of an earlier wave of some provenance.

    Examples
    --------
    >>> may_be_named_after("original", "reconstruction")
    False
    >>> may_be_named_after("illustration", "reconstruction")
    True
    """
    return provenance != "original" or earlier == "original"


def sha256(path: str | Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()
