"""The questionnaire of a wave, from its declaration and its rows of the codebook.

What is asked is the same in every format: the trust, the role if the wave has roles, and the items
of each block in the order of the codebook, numbered throughout. Items of a block that share a scale
stand together, and what their wordings begin with in common is asked once above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.wave import Wave

#: A scale with more answers than this has no box for each: the answer is written.
MOST_BOXES = 11
CONSENT = (
    "[TO BE WRITTEN BY THE TEAM BEFORE THE SURVEY: who asks and why, what taking part means, that "
    "it is voluntary and can be ended at any time, how answers are stored, for how long and who "
    "sees them, whether people or trusts can be recognised, whom to ask, and how people consent.]"
)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STEM = re.compile(r"^(.{4,}?[:?])\s+(?=\S)", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """One item as respondents read it.

    Attributes
    ----------
    number : int
        From 1, throughout the questionnaire.
    name : str
        ``<block>__<item>``, the header that the importers look for.
    wording : str
        All of it; the item's label if the codebook has no wording.
    options : tuple of int
        Answers with a box each; empty if the answer is written.
    low_anchor, high_anchor : str
        What the ends of the scale are called.
    allowed : str
        What may be written, where there are no boxes.
    """

    number: int
    name: str
    wording: str
    options: tuple[int, ...] = ()
    low_anchor: str = ""
    high_anchor: str = ""
    allowed: str = ""


@dataclass(frozen=True)
class Section:
    """The items of one block, in runs that share a scale."""

    title: str
    runs: tuple[tuple[Question, ...], ...]


@dataclass(frozen=True)
class Questionnaire:
    """All that a questionnaire holds.

    Attributes
    ----------
    wave, title, date : str
        Name and title of the wave, and its day as 2027-03-31.
    warning : str
        What has to be said of a wave whose wordings may not be the survey's; else empty.
    trust_name, role_name : str
        Headers of the export's key columns, as the wave declares them; no role is asked if the
        second is empty.
    trusts, roles : tuple of str
        Names and labels to choose from; without trusts, the name is written.
    sections : tuple of Section
    """

    wave: str
    title: str
    date: str
    warning: str
    trust_name: str
    role_name: str
    trusts: tuple[str, ...]
    roles: tuple[str, ...]
    sections: tuple[Section, ...]


def compose(wave: Wave, codebook: Codebook, trusts: Sequence[str] = ()) -> Questionnaire:
    """Put a wave's questionnaire together.

    Parameters
    ----------
    wave : Wave
        The declaration; its responses need not be there.
    codebook : Codebook
        The wave's items; those with the status ``dropped`` are not asked.
    trusts : sequence of str
        Names to choose from, if they are known beforehand.

    Returns
    -------
    Questionnaire
    """
    asked = [item for item in codebook.items if item.status != "dropped"]
    questions = {item.column: _question(n, item) for n, item in enumerate(asked, 1)}
    sections = [
        Section(
            plain_title(block),
            tuple(_runs([questions[item.column] for item in asked if item.block == block])),
        )
        for block in dict.fromkeys(item.block for item in asked)
    ]
    columns = wave.responses.columns
    return Questionnaire(
        wave=wave.wave,
        title=printable(wave.title),
        date=wave.date.isoformat(),
        warning=_warning(wave),
        trust_name=columns.mat_id,
        role_name=(columns.role or "") if wave.roles else "",
        trusts=tuple(printable(name) for name in trusts),
        roles=tuple(printable(one) for labels in wave.roles.values() for one in labels),
        sections=tuple(sections),
    )


def plain_title(block: str) -> str:
    """Name a block for readers.

    Examples
    --------
    >>> plain_title("social_justice")
    'Social justice'
    """
    words = block.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def printable(text: str) -> str:
    r"""Text without characters that no document can hold, on one line.

    Examples
    --------
    >>> printable("Setting\x0b a\nvision")
    'Setting a vision'
    """
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def common_stem(wordings: Sequence[str]) -> str:
    """What all wordings begin with, up to a colon or question mark; empty if they do not.

    Examples
    --------
    >>> common_stem(["How good is this: hiring", "How good is this: teaching"])
    'How good is this:'
    >>> common_stem(["How good is this: hiring", "How bad is this: teaching"])
    ''
    """
    found = _STEM.match(wordings[0]) if len(wordings) > 1 else None
    if found is None:
        return ""
    stem = found[1]
    rest = [word[len(stem) :].strip() for word in wordings if word.startswith(f"{stem} ")]
    return stem if len(rest) == len(wordings) and all(rest) else ""


def option_label(question: Question, option: int) -> str:
    """An answer as a respondent reads it where each stands by itself.

    Examples
    --------
    >>> one = Question(1, "a__b", "B", (1, 2, 3), "Never", "Always")
    >>> [option_label(one, option) for option in one.options]
    ['1 - Never', '2', '3 - Always']
    """
    ends = {question.options[0]: question.low_anchor, question.options[-1]: question.high_anchor}
    anchor = ends.get(option, "")
    return f"{option} - {anchor}" if anchor else str(option)


def _question(number: int, item: Item) -> Question:
    return Question(
        number,
        item.column,
        printable(item.wording) or printable(item.label),
        _options(item),
        printable(item.low_anchor),
        printable(item.high_anchor),
        _allowed(item),
    )


def _options(item: Item) -> tuple[int, ...]:
    if item.n_options is None or item.n_options > MOST_BOXES or not item.whole_numbers:
        return ()
    first, step = int(item.minimum or 0), int(item.step or 1)
    return tuple(first + step * place for place in range(item.n_options))


def _allowed(item: Item) -> str:
    if item.minimum is None or item.maximum is None:
        return "a number"
    kind = "a whole number" if item.whole_numbers and item.step == 1 else "a number"
    steps = "" if item.step == 1 else f" in steps of {item.step:g}"
    low, high = (
        f"{value:g} ({printable(anchor)})" if anchor else f"{value:g}"
        for value, anchor in ((item.minimum, item.low_anchor), (item.maximum, item.high_anchor))
    )
    return f"{kind} from {low} to {high}{steps}"


def _runs(questions: Sequence[Question]) -> Iterator[tuple[Question, ...]]:
    for _, run in groupby(
        questions, lambda one: (one.options, one.low_anchor, one.high_anchor, one.allowed)
    ):
        yield tuple(run)


def _warning(wave: Wave) -> str:
    if wave.provenance == "original":
        return ""
    return (
        f"Written from the codebook of '{wave.wave}', a wave of made-up answers "
        f"({wave.provenance}). This need not be the questionnaire that any survey used."
    )
