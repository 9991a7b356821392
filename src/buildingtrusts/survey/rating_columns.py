"""Columns that may be ratings: which numbers they hold, what these are called, on which scale.

A rating is a number on a short scale, alone, with its label (``10 - Exactly like us``) or as a
labelled code. Columns that survey tools fill in (progress, durations), counts, days and ticks in
boxes are none. Where the file does not name the ends of a scale, the scale is a guess from all
columns of one question, and is to be checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from buildingtrusts.survey.importers.matching import normal
from buildingtrusts.survey.importers.scales import labelled_number
from buildingtrusts.survey.raw_table import RawTable

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_NO_ANSWER = re.compile(
    r"(n\.?/?a\.?|nan|null|none|nil|missing|do(n't| not) know( .*)?|dk|not applicable|not sure|"
    r"unsure|prefer not to (say|answer)|no (answer|response|opinion)|-+|\.|x|\?)"
)
#: Columns of survey tools, by name.
_OF_THE_TOOL = re.compile(
    r"(response|respondent|collector|user|panel|external)?[ _]?(data)?[ _]?(id|reference)|urn|"
    r"unique response number|progress|duration.*|status|finished|.*\bdate|timestamp|.*\btime|mode|"
    r"(user)?language|distributionchannel|response ?set|consent|(total )?points.*|score|sc\d+|"
    r".*_do(_.*)?|.*(first click|last click|page submit|click count).*|.*[ -]topics",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\b(how (many|long|old)|number of|years?|months?|age)\b", re.IGNORECASE)
_LIKERT = re.compile(
    r"\b(dis)?agree|\b(un)?likely|important|\balways\b|\bnever\b|satisfied|effective|\bless\b|"
    r"\bmore\b|central|devolved|like us|\bbest\b|\bworst\b|confident|\bpoor\b|\bexcellent\b|extent",
    re.IGNORECASE,
)
#: Scales that an unlabelled column is tried on, the first that fits wins.
_USUAL = ((1.0, 5.0), (1.0, 7.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0))
_FEWEST = 3


@dataclass(frozen=True)
class Scale:
    """Lowest and highest answer and the distance between answers."""

    minimum: float
    maximum: float
    step: float = 1.0

    def holds(self, numbers: Sequence[float]) -> bool:
        """Whether all of these are answers on it."""
        return all(
            self.minimum <= number <= self.maximum
            and abs((steps := (number - self.minimum) / self.step) - round(steps)) < 1e-9
            for number in numbers
        )

    def __str__(self) -> str:
        """Return the scale as people write it."""
        ends = f"{self.minimum:g}-{self.maximum:g}"
        return ends if self.step == 1 else f"{ends} in steps of {self.step:g}"


@dataclass(frozen=True)
class Answers:
    """What a column holds.

    Attributes
    ----------
    n : int
        Fields that are not empty.
    numbers : tuple of float
        Different numbers, rising.
    names : mapping of float to str
        What numbers are called in cells or as codes.
    missing : tuple of str
        Words that mean no answer, as in the file.
    words : tuple of str
        Other texts, each once.
    coded : bool
        Whether the names are those of codes.
    """

    n: int
    numbers: tuple[float, ...]
    names: Mapping[float, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    coded: bool = False

    @property
    def are_numbers(self) -> bool:
        """Whether there are numbers, and nothing that is neither a number nor no answer."""
        return bool(self.numbers) and not self.words


def read_answers(raw: RawTable, name: str, no_answer: Collection[str] = ()) -> Answers:
    """Read a column as numbers, with the names that cells or codes give them.

    Parameters
    ----------
    raw : RawTable
        The export.
    name : str
        The column's header.
    no_answer : collection of str
        Words that mean no answer, besides the usual ones.
    """
    more = {word.casefold() for word in no_answer}
    codes = raw.labels.get(name, {})
    shown = _numbers_in_labels(codes)
    numbers: set[float] = set()
    names = {} if shown else {float(c): text for c, text in codes.items() if _is_code(c, text)}
    missing: dict[str, None] = {}
    words: dict[str, None] = {}
    fields = [text for text in raw.column(name) if text]
    for text in fields:
        label = codes.get(text, "")
        found = labelled_number(label if text in shown else text)
        if (label and label.casefold() in more) or _NO_ANSWER.fullmatch(normal(label) or "(none)"):
            missing[label] = None
        elif text in shown:
            numbers.add(shown[text])
        elif _NUMBER.fullmatch(text):
            numbers.add(float(text))
        elif found:
            numbers.add(float(found[0]))
            names[float(found[0])] = found[1]
        elif text.casefold() in more or _NO_ANSWER.fullmatch(normal(text) or text):
            missing[text] = None
        else:
            words[text] = None
    for code, number in shown.items():
        if found := labelled_number(codes[code]):
            names[number] = found[1]
    return Answers(
        len(fields), tuple(sorted(numbers)), names, tuple(missing), tuple(words), bool(codes)
    )


def may_be_ratings(name: str, wording: str, answers: Answers, alike: int) -> bool:
    """Whether a column that is no known item looks like ratings.

    Parameters
    ----------
    name, wording : str
        Header, and what respondents read.
    answers : Answers
        What it holds.
    alike : int
        How many columns belong to the same question or have the same labels, itself included.
    """
    numbers = answers.numbers
    if not answers.are_numbers or _OF_THE_TOOL.fullmatch(name) or _OF_THE_TOOL.fullmatch(wording):
        return False
    if any(number * 2 != int(number * 2) for number in numbers) or numbers[0] < 0:
        return False
    if answers.coded and answers.names:
        likert = any(_LIKERT.search(label) for label in answers.names.values())
        return len(answers.names) >= _FEWEST and (alike > 1 or likert)
    if answers.names:
        return True
    if numbers[-1] < _FEWEST - 1 and (alike == 1 or numbers[-1] <= 1):
        return False
    if numbers[-1] > 10:
        return alike > 1 and numbers[-1] <= 100
    return alike > 1 or not _COUNTED.search(wording)


def guessed_scale(columns: Sequence[Answers], near: Sequence[Scale] = ()) -> tuple[Scale, bool]:
    """A scale that holds the answers of the columns of one question.

    Parameters
    ----------
    columns : sequence of Answers
        Of all columns of the question.
    near : sequence of Scale
        Scales of items beside them, the likeliest first.

    Returns
    -------
    Scale
    bool
        Whether the file itself names both ends; otherwise the scale is a guess.
    """
    numbers = sorted({number for one in columns for number in one.numbers})
    named = sorted({number for one in columns for number in one.names})
    step = 1.0 if all(number.is_integer() for number in numbers) else 0.5
    if len(named) > 1:
        told = Scale(named[0], named[-1], step)
        if told.holds(numbers) and (told.maximum - told.minimum) / step + 1 >= _FEWEST:
            return told, True
    usual = [Scale(low, high, step) for low, high in _USUAL]
    for scale in (*near, *usual):
        if scale.holds([*numbers, *named]):
            return scale, False
    # Numbers off every usual scale: as far as the answers go.
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    return Scale(low, high if high > low else low + 1, step), False


def _is_code(code: str, label: str) -> bool:
    return bool(_NUMBER.fullmatch(code)) and not _NO_ANSWER.fullmatch(normal(label) or "(none)")


def _numbers_in_labels(codes: Mapping[str, str]) -> dict[str, float]:
    """The number in the label of each code, if every label that is an answer has one."""
    shown: dict[str, float] = {}
    for code, label in codes.items():
        if not _is_code(code, label):
            continue
        found = labelled_number(label)
        if not found and not _NUMBER.fullmatch(label):
            return {}
        shown[code] = float(found[0] if found else label)
    return shown
