"""Would the clusters come back: each cluster's Jaccard beside that of clusters found in noise.

A Jaccard is never read against a fixed mark: the null is the weakest cluster of studies without
clusters, resampled alike. Reference for the measure: Hennig, C. (2007),
doi:10.1016/j.csda.2006.11.025.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = (
    *("source", "k", "cluster", "type_id", "n_mats", "jaccard_mean", "jaccard_q05"),
    *("jaccard_q95", "null_q50", "null_q95", "draws"),
)
_SOURCES = {
    "respondents": "Staff resampled within trusts",
    "leave_one_mat": "One trust left out",
    "leave_one_item": "One item left out",
}
_ROW, _SIDE, _SIDE_ON_SLIDE = 0.25, 1.3, 0.8
#: The procedure may choose many clusters; then rows are lower.
_MOST_ROOM = 8.0


@style.styled
def draw_stability(
    stability: pd.DataFrame, typologies: Sequence[Typology], drawn: int, chosen: int | None = None
) -> Drawing:
    """Draw mean Jaccard with its 5-95% range, and the null's median and 95% point.

    Parameters
    ----------
    stability : DataFrame
        Columns of ``stability.csv``.
    typologies : sequence of Typology
        The partitions to show.
    drawn : int
        Clusters in the partition that other figures show.
    chosen : int, optional
        Clusters that the procedure of the verdict chose.

    Returns
    -------
    Drawing
        Its data have a row for each source and cluster.
    """
    title = "Would the clusters come back?"
    data = _data(stability, typologies)
    if data.empty:
        return nothing_to_draw("stability", title, "No cluster's stability could be measured.")
    groups = _groups(data, drawn, chosen)
    caption = _caption(data)
    rows = sum(1 + len(clusters) for _, _, clusters in groups)
    row = style.height_of(min(_ROW, _MOST_ROOM / rows), 0.13)
    said = style.on_slide_else(
        "Marker: how well a cluster comes back (1 = wholly), with its 5-95% range; dark line: "
        "95% point of clusters found in noise"
    )
    # Headings of narrow panels have two lines on a slide.
    foot = 0.52 if style.on_slide() else 0.4
    page = style.new_page(title, said, caption, rows * row + foot + 0.24)
    names = style.label_width([_label(9, 99)]) + 0.1
    words = style.text_width("0.88 > 0.88", style.NOTE) + 0.1
    sources = [one for one in _SOURCES if one in set(data["source"])]
    left = names
    side = _SIDE_ON_SLIDE if style.on_slide() else _SIDE
    wide = page.width - names - words - (side + 0.2) * (len(sources) - 1) - 0.05
    for source in sources:
        width = wide if source == sources[0] else side
        axes = page.axes(left, 0.4, width, rows * row)
        of_source = data[data["source"] == source]
        room = width + 0.15 + (words if source == sources[0] else 0.0)
        _draw_source(axes, of_source, groups, typologies, _SOURCES[source], row, room)
        if source == sources[0]:
            _name_rows(axes, of_source, groups)
            left += words
        left += width + 0.2
    return Drawing("stability", title, caption, page.figure, data, _alt(data, groups))


def _data(stability: pd.DataFrame, typologies: Sequence[Typology]) -> pd.DataFrame:
    parts = []
    for typology in typologies:
        part = stability[(stability["k"] == typology.k)].dropna(subset="jaccard_mean")
        part = part[part["cluster"].isin(typology.clusters)]
        sizes = {one: len(typology.members(one)) for one in typology.clusters}
        parts.append(
            part.assign(
                type_id=part["cluster"].map(typology.type_of), n_mats=part["cluster"].map(sizes)
            )
        )
    columns = list(COLUMNS)
    kept = [part[columns] for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def _groups(data: pd.DataFrame, drawn: int, chosen: int | None) -> list[tuple[int, str, list[int]]]:
    """Each partition with its heading and its clusters."""
    groups = []
    for k in dict.fromkeys(int(one) for one in data["k"]):
        what = [
            words
            for found, words in ((drawn, "as drawn"), (chosen, "chosen by the test"))
            if found == k
        ]
        clusters = sorted({int(one) for one in data.loc[data["k"] == k, "cluster"]})
        groups.append((k, ", ".join([f"{k} clusters", *what]), clusters))
    return groups


def _label(cluster: int, n: int) -> str:
    return f"Cluster {cluster} ({count(n, 'trust')})"


def _places(groups: Sequence[tuple[int, str, list[int]]]) -> dict[tuple[int, int], int]:
    """Row of each cluster; the row before a group's first is its heading's."""
    places: dict[tuple[int, int], int] = {}
    row = 0
    for k, _, clusters in groups:
        places.update({(k, cluster): row + 1 + at for at, cluster in enumerate(clusters)})
        row += 1 + len(clusters)
    return places


def _draw_source(
    axes: Axes,
    data: pd.DataFrame,
    groups: Sequence[tuple[int, str, list[int]]],
    typologies: Sequence[Typology],
    heading: str,
    row: float,
    room: float,
) -> None:
    places = _places(groups)
    at = [places[int(k), int(one)] for k, one in zip(data["k"], data["cluster"], strict=True)]
    middle, high = data["null_q50"], data["null_q95"]
    axes.barh(at, high - middle, left=middle, height=1.0, color=style.RULE, zorder=1)
    low_edges, high_edges = [one - 0.5 for one in at], [one + 0.5 for one in at]
    axes.vlines(middle, low_edges, high_edges, style.GREY, linewidth=0.6, zorder=2)
    axes.vlines(high, low_edges, high_edges, style.INK, linewidth=1.1, zorder=2)
    axes.hlines(at, data["jaccard_q05"], data["jaccard_q95"], style.GREY, linewidth=1.2, zorder=3)
    size = min(9.0, row * 50)
    for one in typologies:
        of_k = data[data["k"] == one.k]
        for cluster, mean in zip(of_k["cluster"], of_k["jaccard_mean"], strict=True):
            number = int(cluster)
            style.number_markers(
                axes, [mean], [places[one.k, number]], one.type_of[number], number, size
            )
    style.name_panel(axes, heading, room)
    axes.set_ylim(len(places) + len(groups) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    # Room for a marker at either end of the scale.
    spare = 0.11 / style.inches_of(axes)[0]
    axes.set_xlim(-spare, 1 + spare)
    axes.spines["bottom"].set_bounds(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    style.name_axis(axes, "Jaccard")


def _name_rows(
    axes: Axes, data: pd.DataFrame, groups: Sequence[tuple[int, str, list[int]]]
) -> None:
    places = _places(groups)
    sizes = data.set_index(["k", "cluster"])["n_mats"]
    labels = [_label(cluster, int(sizes.get((k, cluster), 0))) for k, cluster in places]
    style.name_rows(axes, labels, list(places.values()))
    row = 0
    for _, heading, clusters in groups:
        # Above the clusters' names where the panel is too narrow for it.
        left = -(style.label_width(labels) + 0.06) / style.inches_of(axes)[0]
        axes.text(
            *(left if style.on_slide() else 0, row, heading),
            size=style.LABEL,
            va="center_baseline",
            transform=axes.get_yaxis_transform() if style.on_slide() else axes.transData,
        )
        row += 1 + len(clusters)
    for k, cluster, mean, high in data[["k", "cluster", "jaccard_mean", "null_q95"]].itertuples(
        index=False, name=None
    ):
        axes.text(
            *(1.06, places[k, cluster], f"{decimal(mean)} {_sign(mean, high)} {decimal(high)}"),
            size=style.NOTE,
            va="center_baseline",
        )


def _sign(mean: float, high: float) -> str:
    return ">" if mean > high else "≤"


def _caption(data: pd.DataFrame) -> str:
    draws = int(data.loc[data["source"] == data["source"].iloc[0], "draws"].max())
    return (
        "Marker: mean over draws of a cluster's best match (Jaccard: 1 = all its trusts and no "
        "others), with its 5-95% range. Grey: from the median to the 95% point (dark line) of the "
        "weakest cluster of studies without clusters, resampled alike; only a partition whose "
        "every cluster lies beyond the line comes back better than noise. Numbers: mean and 95% "
        f"point. {count(draws, 'draw')} of resampled staff, which the verdict looks at in the "
        "partition that the test chose."
    )


def _alt(data: pd.DataFrame, groups: Sequence[tuple[int, str, list[int]]]) -> str:
    sentences = []
    source = "respondents" if "respondents" in set(data["source"]) else data["source"].iloc[0]
    of_source = data[data["source"] == source]
    for k, heading, _ in groups:
        of_k = of_source[of_source["k"] == k]
        if of_k.empty:
            continue
        above = [str(one) for one in of_k.loc[of_k["jaccard_mean"] > of_k["null_q95"], "cluster"]]
        low = of_k.loc[of_k["jaccard_mean"].idxmin()]
        high = of_k.loc[of_k["jaccard_mean"].idxmax()]
        mark = (
            f"{decimal(of_k['null_q95'].min())}"
            if of_k["null_q95"].nunique() == 1
            else f"{decimal(of_k['null_q95'].min())} to {decimal(of_k['null_q95'].max())}"
        )
        words = f"above the 95% point of clusters found in noise, {mark}"
        which = {0: "none lies", 1: f"cluster {join(above)} lies", len(of_k): "all lie"}.get(
            len(above), f"clusters {join(above)} lie"
        )
        sentences.append(
            f"{heading}: mean Jaccards run from {decimal(low['jaccard_mean'])} (cluster "
            f"{low['cluster']}) to {decimal(high['jaccard_mean'])} (cluster {high['cluster']}); "
            f"{which} {words}."
        )
    return " ".join(sentences)
