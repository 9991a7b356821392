"""Who answered: responses by trust and role, and which trusts are clustered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_rows
from buildingtrusts.output.figures.words import count, in_role_order, join, role_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("mat_id", "role", "n_responses", "clustered", "reason")
_ROW, _MOST_ROOM, _KEY = 0.2, 9.0, 0.3
#: Shades that no cluster has, and hatching, for roles in the order of the table.
_SHADES = ((style.INK, ""), ("#6E6E6E", "////"), ("#CFCFCF", ""), ("#9C9C9C", "xxxx"))


@style.styled
def draw_sample(sample: pd.DataFrame) -> Drawing:
    """Draw the number of responses of each trust, split by role.

    Parameters
    ----------
    sample : DataFrame
        Columns of ``sample.csv``.

    Returns
    -------
    Drawing
        Clustered trusts first; without roles, one bar a trust.
    """
    title = "Responses by trust and role"
    totals = sample[sample["role"] == "all"]
    if totals.empty:
        return nothing_to_draw("sample", title, "There are no responses in this wave.")
    roles = in_role_order(role for role in sample["role"] if role != "all")
    clustered = totals["clustered"].astype(bool)
    order = [*totals.loc[clustered, "mat_id"], *totals.loc[~clustered, "mat_id"]]
    shown = sample if not roles else sample[sample["role"] != "all"]
    place_of = {mat: place for place, mat in enumerate(order)}
    data = shown.sort_values(
        "mat_id", key=lambda mats: mats.map(place_of), kind="stable", ignore_index=True
    )[list(COLUMNS)]
    caption = (
        "The number at the end of a bar is the trust's total. Trusts below the line are not "
        "clustered; the reason stands beside them."
    )
    columns = 2 if style.on_slide() else 1
    each = -(-len(order) // columns)
    row = style.height_of(max(0.02, min(_ROW, _MOST_ROOM / each)))
    height = row * each
    more = style.key_room([role_title(role) for role in roles], swatches=True)
    # A slide has no caption to say what the line is.
    above = " (above the line)" if columns > 1 and not clustered.all() else ""
    subtitle = f"{_subtitle(totals)}{above}"
    page = style.new_page(title, subtitle, caption, height + 0.45 + _KEY + more)
    names = style.names_of(order)
    left = style.label_width(names) + 0.08
    width = page.width / columns
    most = float(totals["n_responses"].max())
    for column in range(columns):
        part = order[column * each : (column + 1) * each]
        down = height * len(part) / each
        axes = page.axes(left + column * width, 0.4 + height - down, width - left - 0.1, down)
        shown = names[column * each : (column + 1) * each] if row > 0.08 else [""] * len(part)
        style.label_rows(axes, shown, rules=0)
        _draw_bars(axes, data[data["mat_id"].isin(part)], roles or ["all"], part)
        _name_totals(axes, totals[totals["mat_id"].isin(part)], part, most)
        mark_rows(axes, part, range(len(part)), before=left)
        line = int(clustered.sum()) - column * each
        if 0 < clustered.sum() < len(order) and 0 <= line <= len(part):
            axes.axhline(line - 0.5, color=style.INK, linewidth=0.8)
        style.name_axis(axes, "Responses")
    entries = [(_fill(number), role_title(role)) for number, role in enumerate(roles)]
    style.draw_swatches(page, height + 0.58 + more, entries)
    alt = _alt(totals, data, roles)
    return Drawing("sample", title, caption, page.figure, data, alt)


def _fill(number: int) -> dict[str, Any]:
    shade, hatch = _SHADES[number % len(_SHADES)]
    return style.fill_of(shade, hatch)


def _subtitle(totals: pd.DataFrame) -> str:
    n = int(totals["n_responses"].sum())
    return (
        f"{count(n, 'response')} from {count(len(totals), 'trust')}, "
        f"{int(totals['clustered'].astype(bool).sum())} of them clustered"
    )


def _draw_bars(axes: Axes, data: pd.DataFrame, roles: list[str], order: list[str]) -> None:
    base = dict.fromkeys(order, 0)
    for number, role in enumerate(roles):
        of_role = data[data["role"] == role]
        axes.barh(
            [order.index(mat) for mat in of_role["mat_id"]],
            of_role["n_responses"],
            left=[base[mat] for mat in of_role["mat_id"]],
            height=0.68,
            **_fill(number),
        )
        for mat, n in of_role[["mat_id", "n_responses"]].itertuples(index=False, name=None):
            base[mat] += n


def _name_totals(axes: Axes, totals: pd.DataFrame, order: list[str], most: float) -> None:
    axes.set_xlim(0, most * 1.08)
    for mat, n, clustered, reason in totals[
        ["mat_id", "n_responses", "clustered", "reason"]
    ].itertuples(index=False, name=None):
        words = f"{n}" if clustered or pd.isna(reason) else f"{n} (not clustered: {reason})"
        words = f"{n}" if style.on_slide() else words
        axes.text(
            n + most * 0.008,
            order.index(mat),
            words,
            size=style.NOTE,
            va="center_baseline",
        )


def _alt(totals: pd.DataFrame, data: pd.DataFrame, roles: list[str]) -> str:
    low, high = int(totals["n_responses"].min()), int(totals["n_responses"].max())
    by_role = [
        f"{int(data.loc[data['role'] == role, 'n_responses'].sum())} in the role "
        f"“{role_title(role).lower()}”"
        for role in roles
    ]
    words = f"{_subtitle(totals)}; trusts have between {low} and {high} responses."
    return f"{words} There are {join(by_role)}." if by_role else words
