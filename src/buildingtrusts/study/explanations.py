"""What the checks of configuration find, told as problems: what is there, what is allowed."""

from __future__ import annotations

import datetime
import types
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from buildingtrusts.study.problems import Problem


def explained(
    error: ValidationError,
    file: str,
    lines: Mapping[tuple[Hashable, ...], int],
    model: object,
) -> Iterator[Problem]:
    """Turn each of pydantic's errors into a problem with its line and what is allowed there."""
    for found in error.errors():
        # Pydantic marks an error in a key itself by a last part of "[key]".
        place = tuple(part for part in found["loc"] if part != "[key]")
        known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in lines), None)
        yield Problem(
            file=file,
            rule=_rule(found, model),
            advice=_advice(found, model),
            line=None if known is None else lines[known],
            column=".".join(map(str, place)) or None,
            value=_found(found),
        )


def _found(found: Mapping[str, Any]) -> str | None:
    """What stands there; rules about several values say themselves which."""
    value = found.get("input")
    if found["type"] in ("missing", "extra_forbidden") and not isinstance(value, str | int | float):
        return None
    if isinstance(value, Mapping | BaseModel | list | tuple):
        return None if found["type"] == "value_error" else _in_yaml(value)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_yaml(value: object) -> str:
    written = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)
    return written.removesuffix("\n")


def _rule(found: Mapping[str, Any], model: object) -> str:
    if found["type"] == "extra_forbidden":
        return "There is no such key."
    if found["type"] == "missing":
        return f"This key is required: {_allowed_at(model, found['loc'])}."
    if found["type"] == "value_error":
        message = str(found["msg"]).removeprefix("Value error, ")
        return message[:1].upper() + message[1:].rstrip(".") + "."
    if "[key]" in found["loc"]:
        annotation = _annotation_at(model, found["loc"][:-2])
        return f"A key here is {_in_words(get_args(annotation)[0])}."
    return f"Allowed here is {_allowed_at(model, found['loc'])}."


def _advice(found: Mapping[str, Any], model: object) -> str:
    if found["type"] == "extra_forbidden":
        there = _annotation_at(model, found["loc"][:-1])
        return f"Check its spelling and indentation. Allowed here are {_in_words(there)}."
    if found["type"] == "missing":
        return "Add it; config/README.md says what it means."
    if found["type"] == "string_type" and isinstance(found.get("input"), bool):
        return 'YAML reads a bare Yes or No as true or false: put it in quotes, "Yes".'
    if found["type"] == "string_type" and isinstance(found.get("input"), datetime.date):
        return 'YAML reads a bare date as a date: put it in quotes, "2017-01-19".'
    return "Correct it; config/README.md explains every key."


def _allowed_at(model: object, place: Sequence[object]) -> str:
    return _in_words(_annotation_at(model, place))


def _annotation_at(model: object, place: Sequence[object]) -> object:
    """The type that is declared where an error was found, with its bounds."""
    here: object = model
    for part in place:
        if isinstance(here, type) and issubclass(here, BaseModel):
            fields = {field.alias or name: field for name, field in here.model_fields.items()}
            field = fields.get(str(part))
            if field is None:
                return here
            here = field.annotation
            if field.metadata:
                here = Annotated[here, *field.metadata]
        else:
            inner = _inside(here)
            here = inner[-1] if inner else here
        here = _without_none(here)
    return here


def _inside(annotation: object) -> tuple[object, ...]:
    """Types of the entries of a list, or of the keys and values of a mapping."""
    if get_origin(annotation) is Annotated:
        return _inside(get_args(annotation)[0])
    return tuple(part for part in get_args(annotation) if part is not ...)


def _without_none(annotation: object) -> object:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _in_words(annotation: object, low: object = None, high: object = None) -> str:
    """What a type allows, as people say it."""
    annotation = _without_none(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *more = get_args(annotation)
        for one in more:
            for bound in getattr(one, "metadata", (one,)):
                low, high = getattr(bound, "ge", low), getattr(bound, "le", high)
        return _in_words(inner, low, high)
    if origin is Literal:
        return f"one of: {', '.join(map(str, get_args(annotation)))}"
    if origin is tuple:
        return f"a list in square brackets, each entry {_in_words(get_args(annotation)[0])}"
    if origin is dict:
        key, value = get_args(annotation)
        return f"keys with values, each key {_in_words(key)}, each value {_in_words(value)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return f"the keys {', '.join(field.alias or name for name, field in fields)}"
    return _KINDS.get(annotation, "text") + _bounds(low, high)


def _bounds(low: object, high: object) -> str:
    return "".join(
        f" {word} {bound}" for word, bound in (("from", low), ("to", high)) if bound is not None
    )


_KINDS: dict[object, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    datetime.date: "a day, written like 2017-10-31",
}
