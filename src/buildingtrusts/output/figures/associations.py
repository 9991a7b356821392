"""How strongly clusters and attributes go together, beside what chance alone gives.

Cramér's V is above 0 in small tables whatever is true, so each is drawn with its mean and 95% point
under the same margins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, test_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("k", "attribute", "n", "cramers_v", "cramers_v_null_mean", "cramers_v_null_q95"),
    *("p_value", "p_adjusted"),
)
_ROW = 0.3
#: Inches that a panel needs beside another.
_LEAST, _LEAST_ON_SLIDE = 1.9, 1.45
_CAPTION = (
    "Circle: Cramér's V (0 = no association, 1 = complete). Grey bar: from the mean (tick) to the "
    "95% point of V when clusters and attribute are unrelated and the totals are as found. p: "
    "exact test, in brackets adjusted for the number of tables (Holm)."
)


@style.styled
def draw_associations(
    name: str, title: str, associations: pd.DataFrame, missing: str, *, printed: bool = False
) -> Drawing:
    """Draw Cramér's V by attribute, a panel for each number of clusters.

    Parameters
    ----------
    name, title : str
        Of the figure.
    associations : DataFrame
        Columns of ``associations.csv``.
    missing : str
        What to say if there are none.
    printed : bool
        Whether the tables are those the report prints rather than a wave's.

    Returns
    -------
    Drawing
        Attributes in the order of the table.
    """
    if associations.empty:
        return nothing_to_draw(name, title, missing)
    data = associations[list(COLUMNS)].sort_values("k", kind="stable", ignore_index=True)
    attributes = list(dict.fromkeys(data["attribute"]))
    labels = style.row_labels(map(attribute_title, attributes), _ROW)
    parts = [int(k) for k in data["k"].unique()]
    said = f"{_CAPTION} Computed from the printed counts alone." if printed else _CAPTION
    height = labels.row * len(attributes)
    # Beside each other where scales have room, else below each other.
    room = style.inner_width() - labels.width - 0.05
    least = _LEAST_ON_SLIDE if style.on_slide() else _LEAST
    abreast = len(parts) if room > least * len(parts) else 1
    rows = -(-len(parts) // abreast)
    how = style.on_slide_else(
        "Circle: Cramér's V; grey: what chance gives, from its mean to its 95% point; "
        "p: exact test (adjusted)"
    )
    page = style.new_page(title, how, said, (height + 0.65) * rows)
    width = (room - 0.25 * (abreast - 1)) / abreast
    for place, k in enumerate(parts):
        down, across = divmod(place, abreast)
        bottom = 0.4 + (height + 0.65) * (rows - 1 - down)
        axes = page.axes(labels.width + across * (width + 0.25), bottom, width, height)
        _draw_panel(axes, data[data["k"] == k], attributes, width)
        shown = labels.texts if across == 0 else [""] * len(attributes)
        style.label_rows(axes, shown, rules=1 / axes.get_xlim()[1])
        axes.set_title(f"{k} clusters")
    return Drawing(name, title, said, page.figure, data, _alt(data), from_answers=not printed)


def _draw_panel(axes: Axes, data: pd.DataFrame, attributes: Sequence[str], width: float) -> None:
    words = [
        test_text(p, adjusted)
        for p, adjusted in zip(data["p_value"], data["p_adjusted"], strict=True)
    ]
    # The scale ends at 1; the rest of the panel's width is for the tests.
    room = style.label_width(words, style.NOTE) + 0.14
    scale = max(style.need(width - room, 0.5), 0.5)
    axes.set_xlim(0, width / scale)
    style.mark_scale(axes, [0, 0.25, 0.5, 0.75, 1])
    style.name_axis(axes, "Cramér's V", scale / width / 2)
    axes.spines["bottom"].set_bounds(0, 1)
    places = [attributes.index(attribute) for attribute in data["attribute"]]
    mean, high = data["cramers_v_null_mean"], data["cramers_v_null_q95"]
    axes.hlines(places, mean, high, color=style.RULE, linewidth=6, zorder=2)
    axes.plot(mean, places, "|", color=style.GREY, markersize=8, zorder=3)
    axes.plot(data["cramers_v"], places, "o", color=style.PALETTE[0], markersize=5.5, zorder=4)
    for place, text in zip(places, words, strict=True):
        axes.text(
            axes.get_xlim()[1], place, text, size=style.NOTE, ha="right", va="center_baseline"
        )


def _alt(data: pd.DataFrame) -> str:
    sentences = []
    for k, of_k in data.groupby("k"):
        above = of_k[of_k["cramers_v"] > of_k["cramers_v_null_q95"]]
        named = [
            f"{attribute_title(attribute).lower()} ({decimal(v)} against {decimal(high)})"
            for attribute, v, high in above[
                ["attribute", "cramers_v", "cramers_v_null_q95"]
            ].itertuples(index=False, name=None)
        ]
        sentences.append(
            f"With {k} clusters Cramér's V of {count(len(of_k), 'attribute')} lies between "
            f"{decimal(of_k['cramers_v'].min())} and {decimal(of_k['cramers_v'].max())}, above "
            f"the 95% point of chance for {join(named) if named else 'none'}."
        )
    return " ".join(sentences)
