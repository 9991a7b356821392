"""The page in a study's own words for its groups and people.

What the page says of trusts is said here of companies or schools, if the study calls them so. Names
that come from data stay as they are.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from buildingtrusts.output.vocabulary import Vocabulary

_T = TypeVar("_T")
#: Fields that hold no words of the page: keys, pictures, data and stamps.
_KEPT = {
    *("id", "name", "media", "data", "look", "kind", "tag", "value", "mat", "group", "attributes"),
    *("stamp", "stamps", "trusts"),
}


def in_words(content: _T, words: Vocabulary) -> _T:
    """Say some content of the page in a study's words.

    Parameters
    ----------
    content : Report, or anything that it holds
        Texts, tuples of them, and frozen dataclasses.
    words : Vocabulary
        With the names from data, which are not touched.

    Returns
    -------
    The same content.

    Examples
    --------
    >>> from buildingtrusts.output.report.content import Paragraph
    >>> words = Vocabulary({"trusts": "companies"}, frozenset({"All trusts Ltd"}))
    >>> in_words(Paragraph("3 trusts, All trusts Ltd among them"), words).text
    '3 companies, All trusts Ltd among them'
    """
    if not any(word != said for word, said in words.words.items()):
        return content
    return _said(content, words)


def _said(content: Any, words: Vocabulary) -> Any:
    if isinstance(content, str):
        return words.say(content)
    if isinstance(content, tuple):
        return tuple(_said(one, words) for one in content)
    if not is_dataclass(content) or isinstance(content, type):
        return content
    changed = {}
    for field in fields(content):
        value = getattr(content, field.name)
        if field.init and not (field.name in _KEPT and not is_dataclass(value)):
            changed[field.name] = _said(value, words)
    return replace(content, **changed)
