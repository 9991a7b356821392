"""Kinds of value that configuration and declarations hold, and what each allows."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

# Strict, or a bare Yes would be the number 1.
NonNegative = Annotated[int, Field(ge=0, strict=True)]
Positive = Annotated[int, Field(ge=1, strict=True)]
CutOff = Annotated[float, Field(strict=True)]


def _some_and_distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse a list without entries, or with one that is repeated."""
    if not values:
        raise ValueError("at least one entry is needed")
    return distinct(values)


def distinct(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse a list with an entry that is repeated."""
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"each entry stands once; '{value}' is repeated")
    return values


Partitions = Annotated[
    tuple[Annotated[int, Field(ge=2, strict=True)], ...], AfterValidator(_some_and_distinct)
]
Levels = Annotated[tuple[str, ...], AfterValidator(_some_and_distinct)]
Linkage = Literal["average", "complete", "single", "ward"]
Metric = Literal["euclidean", "manhattan", "correlation"]
Scaling = Literal["none", "zscore", "respondent_centred"]
Statistic = Literal["mean", "median"]
_T = TypeVar("_T")
#: A list with at least one entry, each once.
Words = Annotated[tuple[_T, ...], AfterValidator(_some_and_distinct)]

#: Widths of figures that have a name; a number is of millimetres.
FIGURE_WIDTHS = ("page", "one_column", "two_columns", "slide")


def _figure_width(value: object) -> object:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value in FIGURE_WIDTHS or (number and 60 <= float(str(value)) <= 400):
        return value
    names = ", ".join(FIGURE_WIDTHS)
    raise ValueError(f"found '{value}'; allowed here is {names}, or millimetres from 60 to 400")


#: A named width of figures, or millimetres.
FigureWidth = Annotated[int | float | str, BeforeValidator(_figure_width)]


class Strict(BaseModel):
    """What people write: an unknown key is a problem, and nothing changes once it is read."""

    # Numbers become text where text is meant: a wave called 2017 needs no quotes.
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)
