"""A question and its statements: what stands above a column, taken apart.

Survey tools write the question of a grid before each of its rows: ``question - statement``,
``question [statement]``, ``question: statement``. What several columns share at their start is the
question; so is a start that ends with a question mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from buildingtrusts.survey.importers.matching import normal
from buildingtrusts.survey.similarity import SMALL_WORDS, words

_DASH = re.compile(r"\s[-–—]\s|:\s")
_BRACKETS = re.compile(r"(.+?)\s*\[([^\[\]]+)\]")
_TAG = re.compile(r"<[^<>]*>")
_LABEL_AT_MOST = 42
_NAME_AT_MOST = 40
_NAME_WORDS = 4


@dataclass(frozen=True)
class Parts:
    """The question that a column belongs to, empty if it is one by itself, and the statement."""

    stem: str
    statement: str


def taken_apart(texts: Sequence[str]) -> list[Parts]:
    """Part each text into question and statement.

    Examples
    --------
    >>> taken_apart(["How far? - Vision", "How far? - Finance - audit", "Age"])[1]
    Parts(stem='How far?', statement='Finance - audit')
    """
    plain = [" ".join(_TAG.sub("", text).split()) for text in texts]
    shared = Counter(stem for text in plain for stem, _ in _splits(text))
    return [_parted(text, shared) for text in plain]


def item_name(statement: str, taken: Collection[str]) -> str:
    """A name in snake_case from the first words that mean something, and unlike those taken.

    Examples
    --------
    >>> item_name("Promoting social justice and inclusion", [])
    'promoting_social_justice_inclusion'
    >>> item_name("Vision", ["vision"]), item_name("3%", [])
    ('vision_2', 'item')
    """
    ascii_ = unicodedata.normalize("NFKD", statement).encode("ascii", "ignore").decode()
    said = re.findall(r"[a-z0-9]+", re.sub(r"'s\b|'", "", normal(ascii_)))
    kept = [word for word in said if word not in SMALL_WORDS] or said
    while kept and kept[0].isdigit():
        kept = kept[1:]
    name = ""
    for word in kept[:_NAME_WORDS]:
        if len(name) + len(word) < _NAME_AT_MOST:
            name = f"{name}_{word}" if name else word
    if not re.match(r"[a-z]", name):
        name = f"item_{name}" if name else "item"
    number, found = 2, name
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def item_label(statement: str) -> str:
    """A short name for figures: the statement, cut behind a word.

    Examples
    --------
    >>> item_label("Freeing schools up from administration and operations to teach")
    'Freeing schools up from administration'
    """
    if len(statement) <= _LABEL_AT_MOST:
        return statement
    cut = statement[: _LABEL_AT_MOST + 1].rpartition(" ")[0] or statement[:_LABEL_AT_MOST]
    pieces = cut.split()
    while len(pieces) > 1 and pieces[-1].casefold() in SMALL_WORDS:
        pieces.pop()
    return " ".join(pieces).rstrip(" ,;:(-")


def about(stem: str, text: str) -> float:
    """Share of a question's words that a text has, from 0 to 1."""
    said = set(words(stem))
    return len(said & set(words(text))) / len(said) if said else 0.0


def _splits(text: str) -> list[tuple[str, str]]:
    found = []
    for mark in _DASH.finditer(text):
        stem = text[: mark.start() + mark[0].startswith(":")]
        found.append((stem, text[mark.end() :]))
    if brackets := _BRACKETS.fullmatch(text):
        found.append((brackets[1], brackets[2]))
    return [(stem.strip(), rest.strip()) for stem, rest in found if stem.strip() and rest.strip()]


def _parted(text: str, shared: Counter[str]) -> Parts:
    stems = [(stem, rest) for stem, rest in _splits(text) if shared[stem] > 1]
    stems = stems or [(stem, rest) for stem, rest in _splits(text) if stem.endswith("?")][:1]
    if not stems:
        return Parts("", text)
    # The question of most columns; of those, all of it.
    return Parts(*max(stems, key=lambda one: (shared[one[0]], len(one[0]))))
