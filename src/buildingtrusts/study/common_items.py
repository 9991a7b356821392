"""Which items are the same over time, from what the codebook says of each wave.

An item that is ``kept`` or ``reworded`` is the same item as the one it came from: that of the same
name in the latest earlier wave that asked it, or the one named in ``previous_items``. An item that
is ``split``, ``merged`` or ``new`` starts a history of its own and is not compared with what was
asked before; one that is ``dropped`` is not asked, and may come back later. In a first wave every
item is a start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import Problem, raise_if_any

#: The same question over time.
SAME = ("kept", "reworded")

Name = tuple[str, str]
Scale = tuple[float, float]


@dataclass(frozen=True)
class TracedItem:
    """One item over time.

    Attributes
    ----------
    asked : mapping of str to Item
        By wave, in order of date, as each wave asked it; waves that did not ask it are absent.
    places : mapping of str to int
        By wave, its place in the questionnaire, from 0.
    """

    asked: Mapping[str, Item]
    places: Mapping[str, int]

    def scale(self, wave: str) -> Scale | None:
        """Lowest and highest answer in a wave; None for decimals without bounds."""
        return self.asked[wave].ends


def trace_items(
    codebooks: Mapping[str, Codebook],
    file: str = "codebook.csv",
    lines: Mapping[tuple[str, str, str], int] | None = None,
) -> tuple[TracedItem, ...]:
    """Follow every item through the waves.

    Parameters
    ----------
    codebooks : mapping of str to Codebook
        By wave, in order of date.
    file : str
        Where they come from, for reports.
    lines : mapping of (wave, block, item) to int, optional
        The line of each row, for reports.

    Returns
    -------
    tuple of TracedItem
        In the order in which they were first asked. A wave that leaves an item out does not end
        it: an item kept from two waves ago is the same item.

    Raises
    ------
    InputProblems
        If an item is kept or reworded from none, from several or from one that another item was
        kept from, if one has a scale in one wave alone, if a split or merged item comes from
        one that nobody was asked, or if a dropped one was not asked before or is asked still.

    Examples
    --------
    >>> def asked(name, **more):
    ...     return Item("s", name, name, "", 1.0, 10.0, 1.0, **more)
    >>> first = Codebook((asked("vision"), asked("office")))
    >>> second = Codebook((asked("aim", status="reworded", previous_items=("vision",)),
    ...                    asked("finance", status="split", previous_items=("office",))))
    >>> [list(one.asked) for one in trace_items({"2017": first, "2024": second})]
    [['2017', '2024'], ['2017'], ['2024']]
    """
    histories: list[dict[str, Item]] = []
    # For each name the history that the latest wave with that name has.
    latest: dict[Name, dict[str, Item]] = {}
    problems: list[Problem] = []
    for number, (wave, codebook) in enumerate(codebooks.items()):
        earlier, taken = dict(latest), dict[int, Item]()
        for item in codebook.items:
            history = None
            if number:
                line = (lines or {}).get((wave, item.block, item.item))
                problems += _problems(item, earlier, taken, file, line)
                history = _history(item, earlier)
            if history is None:
                history = {}
                histories.append(history)
            else:
                taken[id(history)] = item
            history[wave] = item
            latest[item.block, item.item] = history
        for item in codebook.dropped:
            line = (lines or {}).get((wave, item.block, item.item))
            problems += _dropped_problems(item, earlier, taken, file, line)
    raise_if_any(problems)
    order = {wave: list(codebook.items) for wave, codebook in codebooks.items()}
    return tuple(
        TracedItem(history, {wave: order[wave].index(item) for wave, item in history.items()})
        for history in histories
    )


def common_items(traced: Sequence[TracedItem], waves: Sequence[str]) -> tuple[TracedItem, ...]:
    """The items that all of some waves asked.

    Parameters
    ----------
    traced : sequence of TracedItem
        From :func:`trace_items`.
    waves : sequence of str
        One or more; with one, all its items.

    Returns
    -------
    tuple of TracedItem
        In the order of the last wave's questionnaire.

    Examples
    --------
    >>> item = Item("s", "vision", "Vision", "", 1.0, 10.0, 1.0)
    >>> traced = trace_items({"2017": Codebook((item,)), "2024": Codebook((item,))})
    >>> [one.asked["2024"].column for one in common_items(traced, ["2017", "2024"])]
    ['s__vision']
    """
    shared = [one for one in traced if all(wave in one.asked for wave in waves)]
    return tuple(sorted(shared, key=lambda one: one.places[waves[-1]]))


def common_block(traced: Sequence[TracedItem], blocks: Mapping[str, str]) -> tuple[TracedItem, ...]:
    """The items that all of some waves asked in the block that each of them clusters.

    Parameters
    ----------
    traced : sequence of TracedItem
        From :func:`trace_items`.
    blocks : mapping of str to str
        By wave, the block that is clustered.

    Returns
    -------
    tuple of TracedItem
        In the order of the last wave's questionnaire.
    """
    return tuple(
        one
        for one in common_items(traced, list(blocks))
        if all(one.asked[wave].block == block for wave, block in blocks.items())
    )


def _dropped_problems(
    item: Item,
    earlier: Mapping[Name, dict[str, Item]],
    taken: Mapping[int, Item],
    file: str,
    line: int | None,
) -> Iterator[Problem]:
    """A wave can only drop what an earlier one asked and what it does not ask itself."""
    for block, name in _names(item):
        history = earlier.get((block, name))
        if history is None:
            yield Problem(
                file,
                f"{item.column} is dropped, so an earlier wave asked {block}__{name}; none did.",
                "Correct the name, or delete the row: only what an earlier wave asked is dropped.",
                line,
                "status",
                item.status,
            )
        elif id(history) in taken:
            yield Problem(
                file,
                f"{item.column} is dropped, but {taken[id(history)].column} is the same item and "
                "is asked.",
                "Delete the row, or give the other item the status 'new'.",
                line,
                "status",
                item.status,
            )


def _names(item: Item) -> list[Name]:
    """Names of what an item came from; one without its block is of the item's own block."""
    found: list[Name] = []
    for name in item.previous_items or (item.item,):
        block, _, rest = name.rpartition("__")
        found.append((block or item.block, rest))
    return found


def _history(item: Item, earlier: Mapping[Name, dict[str, Item]]) -> dict[str, Item] | None:
    return earlier.get(_names(item)[0]) if item.status in SAME else None


def _problems(
    item: Item,
    earlier: Mapping[Name, dict[str, Item]],
    taken: Mapping[int, Item],
    file: str,
    line: int | None,
) -> Iterator[Problem]:
    """What an item of a later wave says of its past that cannot be."""

    def problem(rule: str, advice: str, value: str) -> Problem:
        return Problem(file, rule, advice, line, "previous_items", value)

    names = _names(item)
    if item.status in SAME and len(names) > 1:
        yield problem(
            f"An item that is {item.status} came from one item; {item.column} came from "
            f"{len(names)}.",
            "Name one, or use the status 'merged'.",
            "; ".join(item.previous_items),
        )
        return
    if item.status in SAME or (item.status in ("split", "merged") and item.previous_items):
        for block, name in names:
            if (block, name) not in earlier:
                yield problem(
                    f"{item.column} is {item.status}, so an earlier wave asked {block}__{name}; "
                    "none did.",
                    "Correct the name, or use the status 'new'.",
                    "; ".join(item.previous_items),
                )
    history = _history(item, earlier)
    if history is None:
        return
    if id(history) in taken:
        yield problem(
            f"{taken[id(history)].column} and {item.column} are both the same item as "
            f"{'__'.join(names[0])}.",
            "Use the status 'split' for both, or correct one.",
            "; ".join(item.previous_items),
        )
    before = next(reversed(history.values()))
    if (before.minimum is None) != (item.minimum is None):
        yield Problem(
            file,
            f"{item.column} is {item.status}, so it has a scale in every wave or in none.",
            "Fill in min, max and step in both, or use the status 'new'.",
            line,
            "min",
            "" if item.minimum is None else f"{item.minimum:g}",
        )
