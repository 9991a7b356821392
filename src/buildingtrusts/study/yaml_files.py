"""YAML files as mappings, with the line of every key; a repeated key is a problem."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

_MOST_NODES = 100_000


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping; a repeated key is a problem, not a silent choice."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
        raise_if_any(_endless(str(path), root))
        values = None if root is None else loader.construct_document(root)
    except OSError as error:
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The file can be read: {error.strerror}.",
                    "Create it, or correct its name; config/README.md says what it holds.",
                )
            ]
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The file is not valid YAML: {getattr(error, 'problem', error)}.",
                    "Check indentation, quotes and colons near that line.",
                    None if mark is None else mark.line + 1,
                )
            ]
        ) from None
    if not isinstance(values, dict):
        raise InputProblems(
            [Problem(str(path), "The file holds keys and values.", "See config/README.md.")]
        )
    raise_if_any(_repeated_keys(str(path), root))
    return values


def _endless(file: str, root: yaml.Node | None) -> Iterator[Problem]:
    """Anchors that hold themselves, or so many of each other that reading them would not end."""
    sizes: dict[int, float] = {}

    def size(node: Any) -> float:
        if id(node) not in sizes:
            sizes[id(node)] = math.inf  # as long as it is looked at, it can only hold itself
            parts = node.value if isinstance(node, yaml.CollectionNode) else ()
            inside = [one for part in parts for one in (part if type(part) is tuple else (part,))]
            sizes[id(node)] = 1 + sum(map(size, inside))
        return sizes[id(node)]

    if root is not None and size(root) > _MOST_NODES:
        yield Problem(
            file,
            f"A declaration has at most {_MOST_NODES} entries, repeated ones (*) counted in full.",
            "Take out anchors (&) and write out what they stand for.",
        )


class _Loader(yaml.SafeLoader):
    """Leaves a day that does not exist, such as 2017-13-01, as text for the checks to report."""


def _day_or_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _day_or_text)


def _repeated_keys(file: str, node: yaml.Node | None) -> Iterator[Problem]:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                yield Problem(
                    file,
                    f"A key is given once; this one stands on line {seen[key.value]} already.",
                    "Delete one of the two.",
                    line,
                    key.value,
                )
            seen.setdefault(key.value, line)
            yield from _repeated_keys(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _repeated_keys(file, entry)


def lines_of(path: Path) -> dict[tuple[Hashable, ...], int]:
    """Line of every key and list entry of a YAML file, by its path of keys."""
    lines: dict[tuple[Hashable, ...], int] = {}

    def visit(node: yaml.Node | None, place: tuple[Hashable, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                lines[(*place, key.value)] = key.start_mark.line + 1
                visit(value, (*place, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for number, entry in enumerate(node.value):
                lines[(*place, number)] = entry.start_mark.line + 1
                visit(entry, (*place, number))

    try:
        visit(yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader), ())
    except yaml.YAMLError:
        return {}
    return lines
