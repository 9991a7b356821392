"""Columns to items: by the header, or by what respondents read above the column.

A header that is ``<block>__<item>`` or an alias of the codebook is an item's, letter for letter.
For items without one, wordings count as aliases do: the whole wording first, then its last part,
since survey tools put the question before each statement (``question - statement``, ``question
[statement]``). Case, blanks, quotation marks and full stops do not matter here; any other
difference does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.survey.raw_table import RawTable

_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"})
_TAG = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"q?\d+(?:[._]\w+)*[.:)]\s+")
_BRACKETS = re.compile(r"\[([^\[\]]+)\]$")


def normal(text: str) -> str:
    """Text without what survey tools change: case, blanks, quotation marks, markup, full stops.

    Examples
    --------
    >>> normal("Each  School’s <b>identity</b>.")
    "each school's identity"
    """
    plain = unicodedata.normalize("NFKC", _TAG.sub("", text.replace("&nbsp;", " ")))
    return " ".join(plain.translate(_SAME).casefold().split()).strip(" .:;?!\"'")


def match_wordings(
    raw: RawTable, codebook: Codebook, keys: Collection[str] = ()
) -> tuple[Codebook, dict[str, str]]:
    """Give items the headers under which the file carries them, where wordings tell.

    Parameters
    ----------
    raw : RawTable
        As an importer read it.
    codebook : Codebook
        The wave's items.
    keys : collection of str
        Headers of the key columns, which are no item's.

    Returns
    -------
    Codebook
        With the headers that were found among the items' aliases.
    dict of str to str
        Header by item, of the items that were found by their wording.

    Raises
    ------
    InputProblems
        If an item's wording stands above several columns, or one column's wording is several
        items'.
    """
    spare = [name for name in raw.header if name not in keys]
    by_header = {item.column for item in codebook.items if _headers(item) & set(spare)}
    taken = {name for item in codebook.items for name in _headers(item) & set(spare)}
    open_items = [item for item in codebook.items if item.column not in by_header]
    found = _candidates(raw, [name for name in spare if name not in taken], open_items)
    raise_if_any(_ambiguous(raw.file, found))
    places = {item: names[0] for item, names in found.items()}
    items = tuple(
        replace(item, aliases=(*item.aliases, places[item.column]))
        if item.column in places
        else item
        for item in codebook.items
    )
    return replace(codebook, items=items), places


def _headers(item: Item) -> set[str]:
    return {item.column, *item.aliases}


def _candidates(raw: RawTable, spare: Iterable[str], items: Iterable[Item]) -> dict[str, list[str]]:
    """Columns whose wording is an item's, whole if there are such, else in its last part."""
    whole: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for name in spare:
        wording = raw.wording(name)
        whole.setdefault(normal(wording), []).append(name)
        for part in {normal(part) for part in last_parts(wording)} - {normal(wording)}:
            parts.setdefault(part, []).append(name)
    found = {}
    for item in items:
        texts = {normal(text) for text in (item.wording, *item.aliases)} - {""}
        for table in (whole, parts):
            names = [name for text in sorted(texts) for name in table.get(text, ())]
            if names:
                found[item.column] = list(dict.fromkeys(names))
                break
    return found


def last_parts(wording: str) -> Iterator[str]:
    """What may be the statement in a wording that starts with the question; the longest first.

    Examples
    --------
    >>> list(last_parts("How much? - Well-being - staff"))[:2]
    ['Well-being - staff', 'staff']
    """
    pieces = re.split(r"\s[-–—]\s", wording)
    for start in range(1, len(pieces)):
        yield " - ".join(pieces[start:])
    if brackets := _BRACKETS.search(wording):
        yield brackets[1]
    yield _NUMBER.sub("", wording.casefold(), count=1)


def _ambiguous(file: str, found: Mapping[str, list[str]]) -> Iterator[Problem]:
    owners: dict[str, list[str]] = {}
    for item, names in found.items():
        for name in names:
            owners.setdefault(name, []).append(item)
        if len(names) > 1:
            yield Problem(
                file,
                f"The item {item} is in one column; its wording stands above {len(names)}.",
                "Add the header of the right one to the item's aliases in the codebook.",
                1,
                value=", ".join(names),
            )
    for name, items in owners.items():
        if len(items) > 1 and all(len(found[item]) == 1 for item in items):
            yield Problem(
                file,
                f"A column is one item's; the wording above this one is that of {len(items)}: "
                f"{', '.join(items)}.",
                "Add each column's header to the aliases of its item in the codebook.",
                1,
                name,
            )
