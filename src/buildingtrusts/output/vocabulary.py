"""A study's own words for its groups and people, in figures and in texts beside tables.

The package speaks of trusts and their staff. A study of companies or of schools says in its
configuration what stands for these words; they are put in wherever a text leaves the package.
Names that come from data (groups, labels of items, levels) are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Vocabulary:
    """What stands for each of the package's words, and which names stay as they are.

    Attributes
    ----------
    words : mapping of str to str
        By the package's word, in lower case; those left out stand for themselves.
    names : frozenset of str
        Texts from data, whatever words they contain.

    Examples
    --------
    >>> words = Vocabulary({"trust": "company", "trusts": "companies"}, frozenset({"A Trust"}))
    >>> words.say("Trusts like A Trust: each trust's rating")
    "Companies like A Trust: each company's rating"
    """

    words: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()

    def say(self, text: str) -> str:
        """A text of the package in the study's words."""
        changed = {word: said for word, said in self.words.items() if word != said}
        if not changed or self._is_a_name(text):
            return text
        return self._pattern(changed).sub(lambda found: _put(found, changed), text)

    def _is_a_name(self, text: str) -> bool:
        """Whether a text is a name, perhaps folded, or cut short where an ellipsis says so."""
        plain = " ".join(text.split())
        if plain in self.names:
            return True
        start = plain.removesuffix("…")
        return start != plain and any(name.startswith(start) for name in self.names)

    def _pattern(self, changed: Mapping[str, str]) -> re.Pattern[str]:
        # A name may have been folded. Names come first, the longest before what it contains.
        holding = [name for name in self.names if _mentions(name, changed)]
        names = [
            r"\s+".join(map(re.escape, name.split()))
            for name in sorted(holding, key=lambda name: (-len(name), name))
        ]
        words = "|".join(sorted(changed, key=len, reverse=True))
        kept = f"(?P<name>(?<!\\w)(?:{'|'.join(names)})(?!\\w))|" if names else ""
        return re.compile(rf"{kept}\b(?P<word>{words}|{words.title()})\b")


def _mentions(name: str, changed: Mapping[str, str]) -> bool:
    return any(word in changed for word in re.findall(r"\w+", name.lower()))


def _put(found: re.Match[str], changed: Mapping[str, str]) -> str:
    word = found["word"]
    if word is None:
        return found[0]
    said = changed[word.lower()]
    return said[:1].upper() + said[1:] if word[0].isupper() else said


_SPOKEN: ContextVar[Vocabulary | None] = ContextVar("vocabulary", default=None)


@contextmanager
def speaking(words: Mapping[str, str], names: Iterable[str] = ()) -> Iterator[None]:
    """Draw and write in a study's words, for as long as the block lasts.

    Parameters
    ----------
    words : mapping of str to str
        See :class:`Vocabulary`.
    names : iterable of str
        Texts from data that are not to be touched.
    """
    plain = frozenset(" ".join(str(name).split()) for name in names) - {""}
    token = _SPOKEN.set(Vocabulary(dict(words), plain))
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken(text: str) -> str:
    """A text in the words of the study; unchanged where nothing else was said."""
    vocabulary = _SPOKEN.get()
    return text if vocabulary is None else vocabulary.say(text)
