"""Answers to the codebook's numbers: labels in cells, labels of codes, scales that run backwards.

Where an export says what an answer was called (``10 - Exactly like us`` in a cell, or the label of
a code in SPSS or Stata), the names of the end points are held against the codebook's anchors. A
scale whose names stand at the opposite ends is a problem, and so is any other disagreement: nothing
is turned round unless the wave declares it under ``responses: reversed``, and a declaration that
the labels contradict is a problem too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.survey.importers.matching import normal
from buildingtrusts.survey.raw_table import RawTable

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_LABELLED = (
    re.compile(
        r"(?P<number>[+-]?\d+(?:\.\d+)?)\s*(?:\s[-–—]|[-–—:=)]\s|\n)\s*(?P<label>\S.*)",
        re.ASCII | re.DOTALL,
    ),
    re.compile(r"[(\[](?P<number>\d+(?:\.\d+)?)[)\]]\s*(?P<label>\S.*)", re.ASCII | re.DOTALL),
    re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*[(\[](?P<label>[^()\[\]]+)[)\]]", re.ASCII),
    re.compile(r"(?P<label>\S.*?)\s*[(\[](?P<number>\d+(?:\.\d+)?)[)\]]", re.ASCII | re.DOTALL),
    re.compile(r"(?P<label>\S.*?)\s+[-–—=:]\s*(?P<number>\d+(?:\.\d+)?)", re.ASCII | re.DOTALL),
)
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = 5
_LABEL_AT_MOST = 200


@dataclass
class _Reading:
    """One item's column on its way: fields, what numbers were called, and what is wrong."""

    item: Item
    header: str
    fields: list[str]
    names: dict[float, set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    relabelled: bool = False

    def call(self, number: float, label: str) -> None:
        self.names.setdefault(number, set()).add(normal(label))


def labelled_number(text: str) -> tuple[str, str] | None:
    """The number in a field and what it is called, if the field has both.

    Examples
    --------
    >>> labelled_number("10 - Exactly like us"), labelled_number("Never (1)")
    (('10', 'Exactly like us'), ('1', 'Never'))
    >>> labelled_number("7-8") is None and labelled_number("7 or more") is None
    True
    """
    if len(text) > _LABEL_AT_MOST:
        return None
    for pattern in _LABELLED:
        found = pattern.fullmatch(text.strip())
        if found and _LETTER.search(found["label"]) and not found["label"][0].isdigit():
            return found["number"], found["label"].strip()
    return None


def to_codebook_scales(
    raw: RawTable,
    codebook: Codebook,
    missing: Collection[str] = (),
    reversed_items: Collection[str] = (),
    keys: Collection[str] = (),
) -> RawTable:
    """Turn labelled answers into numbers, and check every scale whose ends are named.

    Parameters
    ----------
    raw : RawTable
        As an importer read it.
    codebook : Codebook
        The wave's items, with the headers under which the file carries them among their aliases.
    missing : collection of str
        Words that mean no answer, also as the label of a code.
    reversed_items : collection of str
        Items, as ``<block>__<item>``, whose numbers run opposite to the codebook's in this file.
    keys : collection of str
        Headers of the key columns, which are no item's.

    Returns
    -------
    RawTable
        Answers that are neither numbers nor labelled ones stay as they are, for the codebook's
        checks to report.

    Raises
    ------
    InputProblems
        With every item whose labels disagree with the codebook, each named.
    """
    words = {word.casefold() for word in missing}
    problems = list(_declaration_problems(raw.file, codebook, reversed_items))
    readings = []
    for item in codebook.items:
        known = {item.column, *item.aliases} - set(keys)
        headers = [name for name in raw.header if name in known]
        if len(headers) == 1:
            reading = _Reading(item, headers[0], list(raw.column(headers[0])))
            _read(reading, raw, words)
            _check_ends(reading, raw.file, item.column in reversed_items)
            _check_sentences(reading, raw)
            problems += reading.problems
            readings.append(reading)
    raise_if_any(problems)
    for reading in readings:
        if reading.item.column in reversed_items:
            reading.fields = [_turned(text, reading.item) for text in reading.fields]
    done = raw.with_columns({reading.header: reading.fields for reading in readings})
    return done.noting(*_notes(readings, reversed_items))


def _read(reading: _Reading, raw: RawTable, words: Collection[str]) -> None:
    """Numbers out of labels, and the names of numbers out of both."""
    codes = raw.labels.get(reading.header, {})
    numbers = _numbers_of_codes(reading, raw.file, codes, words)
    named, bare = set(), set()
    for row, text in enumerate(reading.fields):
        label = codes.get(text, "")
        if text.casefold() in words or label.casefold() in words:
            reading.fields[row] = ""
        elif text in numbers:
            reading.fields[row] = numbers[text]
        elif _NUMBER.fullmatch(text):
            bare.add(float(text))
        elif found := labelled_number(text):
            reading.fields[row] = found[0]
            reading.call(float(found[0]), found[1])
            named.add(float(found[0]))
            reading.relabelled = True
        elif (end := _end_called(reading.item, text)) is not None:
            reading.fields[row] = end
            reading.relabelled = True
    for number in sorted(named):
        if number in bare or len(reading.names[number]) > 1:
            reading.problems.append(_two_names(reading, raw.file, number))


def _numbers_of_codes(
    reading: _Reading, file: str, codes: Mapping[str, str], words: Collection[str]
) -> dict[str, str]:
    """The answer's number for each code that has another one in its label (code 1, label '0')."""
    shown: dict[str, str] = {}
    for code, label in codes.items():
        if label.casefold() in words or not _NUMBER.fullmatch(code):
            continue
        found = (label, "") if _NUMBER.fullmatch(label) else labelled_number(label)
        if found:
            shown[code] = found[0]
            if found[1]:
                reading.call(float(found[0]), found[1])
        else:
            reading.call(float(code), label)
    if all(float(code) == float(number) for code, number in shown.items()):
        return {}
    unlabelled = {text for text in reading.fields if text and text not in codes}
    if unlabelled or len(shown) < len([c for c in codes if codes[c].casefold() not in words]):
        reading.problems.append(_shifted(reading, file, shown))
        return {}
    reading.relabelled = True
    return shown


def _end_called(item: Item, text: str) -> str | None:
    """The end of the scale that a field names by its anchor alone."""
    low, high = normal(item.low_anchor), normal(item.high_anchor)
    if item.minimum is None or item.maximum is None or low == high:
        return None
    ends = {low: item.minimum, high: item.maximum}
    ends.pop("", None)
    end = ends.get(normal(text))
    return None if end is None else f"{end:g}"


def _check_ends(reading: _Reading, file: str, declared: bool) -> None:
    item = reading.item
    if item.minimum is None or item.maximum is None:
        return
    low, high = normal(item.low_anchor), normal(item.high_anchor)
    own = {item.minimum: low, item.maximum: high}
    other = {item.minimum: high, item.maximum: low}
    verdicts = set()
    for number, names in sorted(reading.names.items()):
        for name in sorted(names):
            if number in own and not own[number]:
                continue
            if number not in own and name not in (low, high):
                continue
            verdict = (
                "right"
                if name == own.get(number)
                else "opposite"
                if name == other.get(number)
                else "wrong"
            )
            verdicts.add(verdict)
            if verdict == "wrong":
                reading.problems.append(_misnamed(reading, file, number, name))
    if "opposite" in verdicts and not declared:
        reading.problems.append(_runs_backwards(reading, file))
    if "right" in verdicts and declared:
        reading.problems.append(_does_not_run_backwards(reading, file))


def _check_sentences(reading: _Reading, raw: RawTable) -> None:
    """What people wrote stays out of messages: a column of sentences is one problem, unquoted."""
    rows = [
        row
        for row, text in enumerate(reading.fields)
        if len(text.split()) >= _SENTENCE and not _NUMBER.fullmatch(text)
    ]
    if rows:
        reading.problems.append(
            Problem(
                raw.file,
                f"An answer to {reading.item.column} is a number; {len(rows)} of this column are "
                "sentences, which are not shown.",
                "Check that the codebook's aliases name the right column, and export answers as "
                "numbers.",
                raw.lines[rows[0]],
                reading.header,
            )
        )


def _turned(text: str, item: Item) -> str:
    """An answer on the scale counted from the other end; any other stays to be reported."""
    if item.minimum is None or item.maximum is None or not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if not item.minimum <= number <= item.maximum:
        return text
    return f"{item.minimum + item.maximum - number:.12g}"


def _declaration_problems(
    file: str, codebook: Codebook, reversed_items: Collection[str]
) -> Iterator[Problem]:
    items = {item.column: item for item in codebook.items}
    for name in reversed_items:
        if name not in items:
            yield Problem(
                file,
                "'responses: reversed' lists items of the codebook, as <block>__<item>.",
                "Correct the name in the wave's file.",
                value=name,
            )
        elif items[name].minimum is None:
            yield Problem(
                file,
                "An item under 'responses: reversed' has a scale to be counted from the other end.",
                "Fill in min, max and step in the codebook, or take it from the list.",
                value=name,
            )


def _ends_in_words(item: Item) -> str:
    return f"{item.minimum:g} '{item.low_anchor}' to {item.maximum:g} '{item.high_anchor}'"


def _called(reading: _Reading) -> str:
    item = reading.item
    ends = [number for number in (item.minimum, item.maximum) if number in reading.names]
    return ", ".join(
        f"{number:g} is '{name}'"
        for number in ends
        if number is not None
        for name in sorted(reading.names[number])
    )


def _runs_backwards(reading: _Reading, file: str) -> Problem:
    return Problem(
        file,
        f"In the codebook {reading.item.column} runs from {_ends_in_words(reading.item)}; in this "
        "file it runs the other way.",
        f"List {reading.item.column} under 'responses: reversed' in the wave's file, or swap its "
        "anchors in the codebook.",
        column=reading.header,
        value=_called(reading),
    )


def _does_not_run_backwards(reading: _Reading, file: str) -> Problem:
    return Problem(
        file,
        f"The wave declares {reading.item.column} as reversed; in this file it runs as in the "
        f"codebook, from {_ends_in_words(reading.item)}.",
        "Take it from 'responses: reversed' in the wave's file.",
        column=reading.header,
        value=_called(reading),
    )


def _misnamed(reading: _Reading, file: str, number: float, name: str) -> Problem:
    return Problem(
        file,
        f"In the codebook {reading.item.column} runs from {_ends_in_words(reading.item)}; this "
        f"file calls {number:g} something else.",
        "Correct the item's anchors or scale in the codebook, or the aliases by which the column "
        "was found.",
        column=reading.header,
        value=name,
    )


def _two_names(reading: _Reading, file: str, number: float) -> Problem:
    return Problem(
        file,
        f"An answer is called the same in every row; {number:g} is called differently in some.",
        "Check that the column holds choices and not what people typed.",
        column=reading.header,
    )


def _shifted(reading: _Reading, file: str, shown: Mapping[str, str]) -> Problem:
    code, number = next((c, n) for c, n in shown.items() if float(c) != float(n))
    return Problem(
        file,
        f"A code is the number that respondents saw; the code {code} is called {number}, and not "
        "every code has a number in its label, so the rest cannot be told.",
        "Set the recode values in the survey tool to the numbers shown, and export again.",
        column=reading.header,
    )


def _notes(readings: Sequence[_Reading], reversed_items: Collection[str]) -> Iterator[str]:
    named = [r for r in readings if _ends_named(r)]
    relabelled = [r.header for r in readings if r.relabelled]
    turned = [r.item.column for r in readings if r.item.column in reversed_items]
    if relabelled:
        yield f"{len(relabelled)} items are numbers taken from labels: {', '.join(relabelled)}"
    if named:
        yield (
            f"the names of end points of {len(named)} of {len(readings)} items agree with the "
            "codebook's anchors; the others have none in this file or in the codebook"
        )
    if turned:
        yield f"{len(turned)} items were turned round, as the wave declares: {', '.join(turned)}"


def _ends_named(reading: _Reading) -> bool:
    item = reading.item
    anchors = ((item.minimum, item.low_anchor), (item.maximum, item.high_anchor))
    return any(number in reading.names and anchor for number, anchor in anchors)
