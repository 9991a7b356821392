"""Where the attributes of a trust are cut, as data with their sources.

The 2018 report names the levels of its attributes and none of the rules behind them. Each cut-off
is therefore configuration (``config/register.yaml``) and says where it is from; ``ours`` marks
those for which no published rule is known. The bands of 1,200, 5,000 and 12,000 pupils are usually
attributed to Department for Education (2016), *Multi-academy trusts: good practice guidance and
expectations for growth*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from buildingtrusts.study.problems import InputProblems, Problem


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("a source is named, or the word 'ours' is written")
    return text


def _rising(bounds: Sequence[int]) -> None:
    if any(high <= low for low, high in pairwise(bounds)):
        raise ValueError("each lower bound is above the one before it")


Source = Annotated[str, AfterValidator(_said)]
Share = Annotated[float, Field(gt=0.5, le=1)]
Codes = tuple[int, ...]


class Band(_Strict):
    """One level of size or age and the smallest that reaches it."""

    level: str
    start: int = Field(alias="from", ge=0)
    source: Source


def _covers(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    _rising([band.start for band in bands])
    if not bands or bands[0].start > 1:
        raise ValueError("the first band starts at 0 or 1, so that every trust is in one")
    if max(Counter(band.level for band in bands).values()) > 1:
        raise ValueError("each level is named once")
    return bands


Bands = Annotated[tuple[Band, ...], AfterValidator(_covers)]


def _each_once(codes: Iterable[int]) -> None:
    twice = sorted(code for code, n in Counter(codes).items() if n > 1)
    if twice:
        raise ValueError(f"a code is in one list only; {twice} are in more")


class PhaseMix(_Strict):
    """When a phase predominates, and which codes of the register are which phase."""

    share: Share
    source: Source
    codes_source: Source
    primary: Codes
    secondary: Codes
    both: Codes
    other: Codes

    def model_post_init(self, _context: Any, /) -> None:
        """Refuse a code that is in two lists."""
        _each_once((*self.primary, *self.secondary, *self.both, *self.other))


class SchoolTypeMix(_Strict):
    """When a type predominates, and which codes of the register are which type."""

    share: Share
    source: Source
    codes_source: Source
    converter: Codes
    sponsored: Codes
    other: Codes

    def model_post_init(self, _context: Any, /) -> None:
        """Refuse a code that is in two lists."""
        _each_once((*self.converter, *self.sponsored, *self.other))


class Spread(_Strict):
    """The straight line that stands in for an hour, and how much isolation is ``some``."""

    kilometres: float = Field(gt=0)
    isolated_share: float = Field(gt=0, le=1)
    source: Source


class RapidGrowth(_Strict):
    """How many schools a trust took in within five years, at least, to have grown rapidly."""

    schools: int = Field(ge=1)
    source: Source


def _countable(bounds: tuple[int, ...]) -> tuple[int, ...]:
    _rising(bounds)
    return bounds


class Bounds(_Strict):
    """Lower bounds of what is counted in the population, in numbers of schools."""

    starts: Annotated[tuple[Annotated[int, Field(ge=1)], ...], AfterValidator(_countable)] = Field(
        alias="from"
    )
    source: Source


class Cutoffs(_Strict):
    """Every cut-off of the register's attributes; see ``config/register.yaml`` for each."""

    phase_mix: PhaseMix
    school_type_mix: SchoolTypeMix
    size_schools: Bands
    size_pupils: Bands
    geographical_spread: Spread
    trust_age: Bands
    rapid_growth: RapidGrowth
    schools_band: Bounds
    at_least: Bounds


def parse_cutoffs(text: str, file: str) -> Cutoffs:
    """Check the cut-offs written in a YAML file.

    Parameters
    ----------
    text : str
        Content of the file.
    file : str
        Its name, for the report.

    Returns
    -------
    Cutoffs

    Raises
    ------
    InputProblems
        With one problem for each key that is missing, unknown or out of range.

    Examples
    --------
    >>> try:
    ...     parse_cutoffs("phase_mix: 3", "register.yaml")
    ... except InputProblems as wrong:
    ...     print(wrong.problems[0].column, wrong.problems[0].value)
    phase_mix 3
    """
    try:
        written = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputProblems(
            [
                Problem(
                    file,
                    f"The file is YAML: {getattr(error, 'problem', None) or error}.",
                    "Look at the indentation, colons and quotation marks there.",
                    line=None if mark is None else mark.line + 1,
                )
            ]
        ) from None
    try:
        return Cutoffs.model_validate(written)
    except ValidationError as error:
        raise InputProblems(
            Problem(
                file,
                f"{one['msg'].removeprefix('Value error, ')}.",
                "Every key of this file is explained in its own comments and in config/README.md.",
                column=".".join(str(part) for part in one["loc"]) or None,
                value=None if one["type"] == "missing" else str(one["input"])[:80],
            )
            for one in error.errors()
        ) from None
