"""Tables that describe a wave, as text of a hundred columns for people who have run nothing yet."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.terminal import WIDTH, columns_of_text, shortened, wrapped

if TYPE_CHECKING:
    import pandas as pd

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_NAME = 28


def describe_respondents(table: pd.DataFrame) -> str:
    """Who answered, a line a trust and a column a role, with rates for roles that have any.

    Parameters
    ----------
    table : DataFrame
        ``mat_id, role, n_responses, staff, rate``.
    """
    there = set(table["role"])
    roles = [role for role in ("all", "ceo", "central_team", "school_leader") if role in there]
    rated = set(table.loc[table["rate"].notna(), "role"])
    cells = {(row.mat_id, row.role): _answered(row, rated) for row in table.itertuples()}
    mats = list(dict.fromkeys(table["mat_id"]))
    # Where nobody of a role answered, how many there are of it is as unknown as elsewhere.
    nobody = {role: "0 of unknown" if role in rated else "0" for role in roles}
    numbers = [[cells.get((mat, role), nobody[role]) for role in roles] for mat in mats]
    widths = [max(map(len, column)) for column in zip(roles, *numbers, strict=True)]
    room = max(12, min(_NAME, WIDTH - sum(widths) - 2 * len(widths)))
    names = ["all trusts" if mat == "(all)" else shortened(mat, room) for mat in mats]
    rows = [[name, *cells] for name, cells in zip(names, numbers, strict=True)]
    return "\n".join(columns_of_text([["trust", *roles], *rows]))


def _answered(row: Any, rated: Collection[str]) -> str:
    if row.role not in rated:
        return str(row.n_responses)
    if math.isnan(row.rate):
        return f"{row.n_responses} of unknown"
    if row.mat_id == "(all)":
        return f"{row.n_responses} ({row.rate:.0%})"
    return f"{row.n_responses} of {row.staff} ({row.rate:.0%})"


def describe_items(items: pd.DataFrame, distributions: pd.DataFrame) -> str:
    """One line an item, with a histogram across its scale, by block.

    Parameters
    ----------
    items : DataFrame
        ``block, item, label, n, n_missing, mean, sd, min, median, max``.
    distributions : DataFrame
        ``block, item, low, high, n``.
    """
    parts = []
    for block in dict.fromkeys(items["block"]):
        of_block = items[items["block"] == block]
        rows = [["item", "n", "missing", "mean", "sd", "min", "median", "max", "", "answers", ""]]
        for row in of_block.itertuples():
            own = distributions[
                (distributions["block"] == block) & (distributions["item"] == row.item)
            ]
            numbers = [_number(value) for value in (row.mean, row.sd)]
            ends = [_plain(value) for value in (row.min, row.median, row.max)]
            missing = f"{row.n_missing} ({row.n_missing / max(row.n + row.n_missing, 1):.0%})"
            rows.append(
                [
                    shortened(row.label, _NAME),
                    *(str(row.n), missing, *numbers, *ends, *_scale(own)),
                ]
            )
        parts.append(f"block '{block}'\n" + "\n".join(columns_of_text(rows)))
    return "\n\n".join(parts)


def _scale(own: pd.DataFrame) -> tuple[str, str, str]:
    if own.empty:
        return "", "", ""
    ends = _plain(own["low"].iloc[0]), _plain(own["high"].iloc[-1])
    return ends[0], histogram(own["n"].tolist()), ends[1]


def histogram(counts: Sequence[int]) -> str:
    """Counts as bars of eight heights, the highest for the most frequent; none is a point.

    Examples
    --------
    >>> histogram([0, 1, 4, 8])
    '·▁▄█'
    """
    most = max(counts, default=0)
    return "".join(_HEIGHTS[math.ceil(8 * n / most)] if n else "·" for n in counts)


def describe_missing(missing: pd.DataFrame) -> str:
    """Share of answers that are missing, a line a trust and a column a block."""
    blocks = list(dict.fromkeys(missing["block"]))
    parts = []
    for some in _fitting(blocks):
        rows = [["trust", "respondents", *(shortened(block, 20) for block in some)]]
        for mat in dict.fromkeys(missing["mat_id"]):
            of_mat: Mapping[str, float] = missing[missing["mat_id"] == mat].set_index("block")[
                "share"
            ]
            n = missing.loc[missing["mat_id"] == mat, "n_respondents"].iloc[0]
            rows.append(
                [shortened(mat, _NAME), str(n), *(f"{of_mat[block]:.0%}" for block in some)]
            )
        parts.append("\n".join(columns_of_text(rows)))
    return "\n\n".join(parts)


def _fitting(blocks: Sequence[str]) -> Iterator[Sequence[str]]:
    """Blocks in as many tables as a hundred columns ask for."""
    room, some = WIDTH - _NAME - 13, list[str]()
    for block in blocks:
        width = max(len(shortened(block, 20)), 4) + 2
        if some and room < width:
            yield some
            room, some = WIDTH - _NAME - 13, []
        some.append(block)
        room -= width
    if some:
        yield some


def heading(text: str) -> str:
    """A line with a rule below."""
    return f"{text}\n{'-' * len(text)}"


def paragraph(text: str) -> str:
    """Words of at most a hundred columns."""
    return wrapped(text)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}" if abs(value) < 1e6 else f"{value:.3g}"


def _plain(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.6g}"
