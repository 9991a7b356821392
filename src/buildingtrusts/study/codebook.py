"""The codebook: what each item asked, and which answers its scale allows.

``config/codebook.csv`` has one row a wave, block and item. A scale is ``min``, ``max`` and
``step`` (1-10 in whole numbers for strategy statements, 0-10 for operating areas); all three empty
means decimals without bounds.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any

COLUMNS = (
    "wave",
    "block",
    "item",
    "label",
    "wording",
    "min",
    "max",
    "step",
    "low_anchor",
    "high_anchor",
    "aliases",
    "status",
    "previous_items",
)
#: Beyond it neither whole numbers nor steps could be told apart for certain.
_LARGEST = 999_999_999
STATUSES = ("kept", "reworded", "split", "merged", "new", "dropped")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class Item:
    """One question of one wave.

    Attributes
    ----------
    block, item : str
        Together the item's name; its column in tidy responses is ``<block>__<item>``.
    label, wording : str
        A short name for figures, and what respondents read.
    minimum, maximum, step : float or None
        The scale; all None for decimals without bounds.
    low_anchor, high_anchor : str
        What the ends of the scale were called.
    aliases : tuple of str
        Other headers or wordings under which exports carry the item.
    status : str
        Its relation to the wave before: kept, reworded, split, merged, new or dropped.
    previous_items : tuple of str
        Items of the wave before that it came from.
    """

    block: str
    item: str
    label: str
    wording: str
    minimum: float | None
    maximum: float | None
    step: float | None
    low_anchor: str = ""
    high_anchor: str = ""
    aliases: tuple[str, ...] = ()
    status: str = "kept"
    previous_items: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """The item's column in tidy responses."""
        return f"{self.block}__{self.item}"

    @property
    def ends(self) -> tuple[float, float] | None:
        """Lowest and highest answer; None for decimals without bounds."""
        if self.minimum is None or self.maximum is None:
            return None
        return self.minimum, self.maximum

    @property
    def n_options(self) -> int | None:
        """Answers that the scale allows (10 for 1-10, 11 for 0-10); None without a scale."""
        if self.minimum is None or self.maximum is None or self.step is None:
            return None
        return round((self.maximum - self.minimum) / self.step) + 1

    @property
    def whole_numbers(self) -> bool:
        """Whether only whole numbers can be answered."""
        return (
            self.step is not None
            and self.minimum is not None
            and self.step.is_integer()
            and self.minimum.is_integer()
        )


@dataclass(frozen=True)
class Codebook:
    """The items of one wave, in the order of the questionnaire.

    Attributes
    ----------
    items : tuple of Item
        Those that the wave asked.
    dropped : tuple of Item
        Items of status ``dropped``, wherever they were given: an earlier wave asked them and this
        one did not. They have no answers, and nothing is computed of them.
    """

    items: tuple[Item, ...]
    dropped: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        """Keep what was not asked out of ``items``, so that nobody has to look at the status."""
        rows = (*self.items, *self.dropped)
        asked = tuple(item for item in rows if item.status != "dropped")
        object.__setattr__(self, "items", asked)
        object.__setattr__(
            self, "dropped", tuple(item for item in rows if item.status == "dropped")
        )

    @property
    def blocks(self) -> tuple[str, ...]:
        """Names of the blocks, in order of first appearance."""
        return tuple(dict.fromkeys(item.block for item in self.items))

    def block(self, name: str) -> tuple[Item, ...]:
        """Items of one block, in order; empty if the wave does not have it."""
        return tuple(item for item in self.items if item.block == name)

    def clustered_block(self, name: str, file: str) -> tuple[Item, ...]:
        """Items of the block that is clustered; ``file`` is named if the wave does not have it.

        Raises
        ------
        InputProblems
            If there is no such block.
        """
        if name not in self.blocks:
            raise InputProblems(
                [
                    Problem(
                        file,
                        f"The block that is clustered is one of: {', '.join(self.blocks)}.",
                        "Correct it in the wave's file, or add the block to the codebook.",
                        value=name,
                    )
                ]
            )
        return self.block(name)

    @property
    def columns(self) -> list[str]:
        """Columns of tidy responses that hold answers."""
        return [item.column for item in self.items]

    def rows(self) -> list[dict[str, object]]:
        """Plain values, for a rule's ``params:`` and for comparison."""
        return [asdict(item) for item in (*self.items, *self.dropped)]


def load_codebook(
    file: str | Path, waves: Iterable[str], others_allowed: bool = False
) -> dict[str, Codebook]:
    """Read the codebook and hand each wave its rows.

    Parameters
    ----------
    file : str or Path
        UTF-8 CSV with the columns of :data:`COLUMNS`.
    waves : iterable of str
        The declared waves; each must have rows.
    others_allowed : bool
        Whether the file may have rows of other waves, which are then left unread.

    Returns
    -------
    dict of str to Codebook

    Raises
    ------
    InputProblems
        With everything wrong in the file at once.
    """
    path, declared = Path(file), list(waves)
    rows, problems = _read_rows(path)
    raise_if_any(problems)
    if others_allowed:
        rows = [(line, row) for line, row in rows if row["wave"] in declared]
    problems = list(_row_problems(str(path), rows, declared))
    present = {row["wave"] for _, row in rows if row["status"] != "dropped"}
    problems += [_without_items(path, wave) for wave in declared if wave not in present]
    raise_if_any(problems)
    return {
        wave: Codebook(tuple(_item(row) for _, row in rows if row["wave"] == wave))
        for wave in declared
    }


def codebook_lines(file: str | Path) -> dict[tuple[str, str, str], int]:
    """The line on which each item of each wave starts, by wave, block and item, for reports."""
    rows, _ = _read_rows(Path(file))
    return {(row["wave"], row["block"], row["item"]): line for line, row in rows}


def examine_codebook(file: str | Path, wave: str) -> tuple[Codebook | None, tuple[Problem, ...]]:
    """Read one wave's rows, and what can be read of a codebook with mistakes.

    Parameters
    ----------
    file : str or Path
        The codebook of all waves.
    wave : str
        Rows of others are left unread.

    Returns
    -------
    Codebook or None
        The rows without a mistake; None if the file cannot be read or the wave has no such row.
    tuple of Problem
        All that is wrong with the file and the wave's rows.
    """
    path = Path(file)
    try:
        rows, problems = _read_rows(path)
    except InputProblems as found:
        return None, found.problems
    own = [(line, row) for line, row in rows if row["wave"] == wave]
    problems += _row_problems(str(path), own, [wave])
    if all(row["status"] == "dropped" for _, row in own):
        problems.append(_without_items(path, wave))
    wrong = {problem.line for problem in problems}
    items = tuple(_item(row) for line, row in own if line not in wrong)
    return Codebook(items) if items else None, tuple(problems)


def read_wave_codebook(file: str | Path) -> Codebook:
    """Read the rows of one wave, as the ingest step wrote them beside the tidy responses."""
    with Path(file).open(encoding="utf-8", newline="") as stream:
        return Codebook(tuple(_item(row) for row in csv.DictReader(stream)))


def wave_codebook_text(wave: str, codebook: Codebook) -> str:
    """The CSV text of one wave's rows, with the columns of the whole codebook."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in (*codebook.items, *codebook.dropped):
        scale = [_number_text(value) for value in (item.minimum, item.maximum, item.step)]
        writer.writerow(
            [
                *(wave, item.block, item.item, item.label, item.wording, *scale),
                *(item.low_anchor, item.high_anchor, "; ".join(item.aliases)),
                *(item.status, "; ".join(item.previous_items)),
            ]
        )
    return stream.getvalue()


def _number_text(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def _without_items(path: Path, wave: str) -> Problem:
    return Problem(
        str(path),
        f"The wave '{wave}' is declared, so the codebook has its items.",
        "Add a row for each item asked in it.",
    )


def _read_rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[Problem]]:
    """Rows of the right width, and the problems of the others."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = list(_numbered(text))
    except OSError as error:
        raise InputProblems([_unreadable(path, error.strerror, "Create it or name it.")]) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputProblems([_unreadable(path, error, "Save it as CSV UTF-8.")]) from None
    header = lines[0][1] if lines else []
    if header != list(COLUMNS):
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"The header is {', '.join(COLUMNS)}.",
                    "Correct the first line; columns come in this order.",
                    1,
                    value=", ".join(header),
                )
            ]
        )
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[Problem] = []
    for line, fields in lines[1:]:
        if len(fields) != len(COLUMNS):
            problems.append(
                Problem(
                    str(path),
                    f"Each row has {len(COLUMNS)} fields, this one {len(fields)}.",
                    "Put text that holds a comma in double quotes.",
                    line,
                )
            )
            continue
        rows.append((line, dict(zip(COLUMNS, map(str.strip, fields), strict=True))))
    return rows, problems


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, each with the line it starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    for fields in reader:
        if fields:
            yield start, fields
        start = reader.line_num + 1


def _unreadable(path: Path, why: object, advice: str) -> Problem:
    return Problem(str(path), f"The codebook is comma-separated UTF-8 text: {why}.", advice)


def _row_problems(
    file: str, rows: Sequence[tuple[int, dict[str, str]]], waves: Sequence[str]
) -> Iterator[Problem]:
    counts = Counter((row["wave"], row["block"], row["item"]) for _, row in rows)
    for line, row in rows:
        if row["wave"] not in waves:
            yield Problem(
                file,
                f"Waves are those declared: {', '.join(waves)}.",
                "Correct the name, or add its file under waves/.",
                line,
                "wave",
                row["wave"],
            )
        for column in ("block", "item"):
            if not _NAME.fullmatch(row[column]) or "__" in row[column]:
                yield Problem(
                    file,
                    "Blocks and items are named in snake_case, without a double underscore.",
                    "Use lower-case letters, digits and single underscores.",
                    line,
                    column,
                    row[column],
                )
        if counts[(row["wave"], row["block"], row["item"])] > 1:
            yield Problem(
                file,
                "A wave lists each item of a block once.",
                "Delete or rename the repeated row.",
                line,
                "item",
                row["item"],
            )
        if row["status"] not in STATUSES:
            yield Problem(
                file,
                f"A status is one of {', '.join(STATUSES)}.",
                "Use 'kept' for an item of a first wave.",
                line,
                "status",
                row["status"],
            )
        yield from _scale_problems(file, line, row)
    yield from _alias_problems(file, rows)


def _alias_problems(file: str, rows: Sequence[tuple[int, dict[str, str]]]) -> Iterator[Problem]:
    """A header that stands for two items would give both the same answers."""
    owner: dict[tuple[str, str], str] = {}
    for _, row in rows:
        column = f"{row['block']}__{row['item']}"
        owner[row["wave"], column] = column
    for line, row in rows:
        column = f"{row['block']}__{row['item']}"
        for alias in _list(row["aliases"]):
            first = owner.setdefault((row["wave"], alias), column)
            if first != column:
                yield Problem(
                    file,
                    f"A header stands for one item; this alias stands for {first} already.",
                    "Take it from one of the two.",
                    line,
                    "aliases",
                    alias,
                )


def _scale_problems(file: str, line: int, row: dict[str, str]) -> Iterator[Problem]:
    scale = {name: row[name] for name in ("min", "max", "step")}
    if not any(scale.values()):
        return
    wrong = [name for name, value in scale.items() if not _NUMBER.fullmatch(value)]
    for name in wrong:
        yield Problem(
            file,
            "A scale has a number in each of min, max and step, or nothing in all three.",
            "Fill in the scale, such as 1, 10 and 1.",
            line,
            name,
            scale[name],
        )
    if wrong:
        return
    low, high, step = (float(value) for value in scale.values())
    if max(abs(low), abs(high), step) > _LARGEST:
        yield Problem(
            file,
            "A scale's numbers have nine digits before the point at most.",
            "Correct the scale; for amounts without bounds leave min, max and step empty.",
            line,
            "max",
            f"{scale['min']}, {scale['max']}, {scale['step']}",
        )
        return
    if (
        not (low < high and step > 0)
        or abs((high - low) / step - round((high - low) / step)) > 1e-9
    ):
        yield Problem(
            file,
            "min is below max, and whole steps lead from one to the other.",
            "Correct the scale.",
            line,
            "min",
            f"{scale['min']}, {scale['max']}, {scale['step']}",
        )


def _item(row: dict[str, str]) -> Item:
    return Item(
        block=row["block"],
        item=row["item"],
        label=row["label"] or row["item"],
        wording=row["wording"],
        minimum=_number(row["min"]),
        maximum=_number(row["max"]),
        step=_number(row["step"]),
        low_anchor=row["low_anchor"],
        high_anchor=row["high_anchor"],
        aliases=_list(row["aliases"]),
        status=row["status"],
        previous_items=_list(row["previous_items"]),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
