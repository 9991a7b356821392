"""What was asked, as figures need it: labels and scales, in the order of the questionnaire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One item: its short label and its scale.

    Attributes
    ----------
    block, item, label : str
        Its name and what figures call it.
    minimum, maximum, step : float or None
        The scale; all None for decimals without bounds.
    low_anchor, high_anchor : str
        What the ends of the scale were called; may be empty.
    """

    block: str
    item: str
    label: str
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    low_anchor: str = ""
    high_anchor: str = ""


@dataclass(frozen=True)
class Questions:
    """The questions of a wave."""

    all: tuple[Question, ...]

    @classmethod
    def of(cls, questions: Iterable[Question]) -> Questions:
        """Collect questions, in order."""
        return cls(tuple(questions))

    def block(self, name: str) -> tuple[Question, ...]:
        """Questions of a block, in order; empty if the wave did not ask them."""
        return tuple(question for question in self.all if question.block == name)

    def find(self, block: str, item: str) -> Question | None:
        """One question, or None if the wave did not ask it."""
        return next((one for one in self.block(block) if one.item == item), None)


def scale_limits(questions: Iterable[Question]) -> tuple[float, float] | None:
    """The common scale of questions, or None where one has no bounds or they differ."""
    limits = {(one.minimum, one.maximum) for one in questions}
    if len(limits) != 1:
        return None
    low, high = limits.pop()
    return None if low is None or high is None else (low, high)


def anchor_note(question: Question) -> str:
    r"""Say what the ends of a scale meant; empty if the codebook does not.

    Examples
    --------
    >>> anchor_note(Question("b", "i", "I", 1, 10, 1, "Not at all like us", "Exactly like us"))
    '1\xa0=\xa0not at all like us, 10\xa0=\xa0exactly like us'
    """
    if question.minimum is None or question.maximum is None:
        return ""
    ends = [
        f"{value:g}\u00a0=\u00a0{uncapitalised(anchor)}"
        for value, anchor in (
            (question.minimum, question.low_anchor),
            (question.maximum, question.high_anchor),
        )
        if anchor
    ]
    return ", ".join(ends)


def uncapitalised(text: str) -> str:
    """Begin with a small letter; an acronym keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
