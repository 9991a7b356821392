"""The dendrogram: branches, colours, cut line and numbers all come from the tables.

A branch has the colour of the cluster that all its trusts belong to in ``clusters.csv``, and none
where they differ; nothing is cut a second time here, so figure and table cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMNS = ("element", "name", "left", "right", "position", "height", "cluster", "type_id")
_LABELLED_ROW, _LEAST_ROW, _MOST_ROOM = 0.19, 0.02, 9.0


@dataclass(frozen=True)
class Branch:
    """A merge as it is drawn: two arms up from what it joins, and the bar between them.

    Attributes
    ----------
    name : str
        ``#step``.
    left, right : str
        What it joins: trusts or earlier merges.
    ends : tuple of (position, height)
        Where the two arms start.
    end_clusters : tuple of int or None
        The clusters of what it joins.
    position, height : float
        The middle of the bar, along the leaves (from 0), and how high it is.
    cluster : int or None
        The cluster all its trusts are in; None where they are in several.
    """

    name: str
    left: str
    right: str
    ends: tuple[tuple[float, float], tuple[float, float]]
    end_clusters: tuple[int | None, int | None]
    position: float
    height: float
    cluster: int | None


def lay_out(linkage: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology) -> list[Branch]:
    """Find the place of every branch.

    Parameters
    ----------
    linkage : DataFrame
        ``step, left, right, height, size``.
    leaf_order : DataFrame
        ``position, mat_id``.
    typology : Typology
        The partition that colours the branches.

    Returns
    -------
    list of Branch
        In the order of the merges.
    """
    place: dict[str, tuple[float, float]] = {
        mat: (float(position), 0.0) for position, mat in enumerate(leaf_order["mat_id"])
    }
    cluster: dict[str, int | None] = dict(typology.cluster_of)
    branches: list[Branch] = []
    for step, left, right, height, _ in linkage.itertuples(index=False, name=None):
        name = f"#{step}"
        ends = place[left], place[right]
        middle = (ends[0][0] + ends[1][0]) / 2
        shared = cluster[left] if cluster[left] == cluster[right] else None
        place[name], cluster[name] = (middle, float(height)), shared
        branches.append(
            Branch(
                *(name, left, right, ends, (cluster[left], cluster[right])),
                *(middle, float(height), shared),
            )
        )
    return branches


def cut_height(linkage: pd.DataFrame, k: int) -> float:
    """A height at which the tree falls into k clusters: midway between the two merges around it."""
    heights = linkage["height"].to_numpy(dtype=float)
    below = len(heights) - k
    return float((heights[below] + heights[below + 1]) / 2)


def draw_branches(axes: Axes, branches: Sequence[Branch], typology: Typology, cut: float) -> None:
    """Draw branches with leaves along the vertical axis and heights along the horizontal.

    Arms that reach across the cut have their cluster's colour up to it.
    """
    for branch in branches:
        (first, first_height), (second, second_height) = branch.ends
        _draw_line(
            axes,
            [first_height, branch.height, branch.height, second_height],
            [first, first, second, second],
            branch.cluster,
            typology,
        )
        if branch.cluster is None:
            for (position, height), cluster in zip(branch.ends, branch.end_clusters, strict=True):
                if cluster is not None:
                    _draw_line(axes, [height, cut], [position, position], cluster, typology)


def _draw_line(
    axes: Axes,
    heights: Sequence[float],
    positions: Sequence[float],
    cluster: int | None,
    typology: Typology,
) -> None:
    axes.plot(
        heights,
        positions,
        color=style.GREY if cluster is None else style.colour_of(typology.type_of[cluster]),
        linewidth=0.8 if cluster is None else 1.5,
        solid_joinstyle="miter",
        solid_capstyle="butt",
    )


@style.styled
def draw_dendrogram(
    linkage: pd.DataFrame, leaf_order: pd.DataFrame, typology: Typology, method: str = ""
) -> Drawing:
    """Draw the tree with its cut line and the clusters it makes.

    Parameters
    ----------
    linkage, leaf_order : DataFrame
        The tree's tables.
    typology : Typology
        The partition to show.
    method : str
        How the tree was built, for the caption.

    Returns
    -------
    Drawing
        Its data have a row for each leaf and merge and one for the cut.
    """
    mats = leaf_order["mat_id"].tolist()
    branches = lay_out(linkage, leaf_order, typology)
    cut = cut_height(linkage, typology.k)
    title = f"Dendrogram of {count(len(mats), 'trust')}, cut into {typology.k} clusters"
    caption = (
        "Distance at which trusts and groups of trusts join; the dashed line is the cut. Numbers "
        "in the markers and colours are those of the table of clusters."
    )
    row = max(_LEAST_ROW, min(_LABELLED_ROW, _MOST_ROOM / len(mats)))
    page = style.new_page(title, method, caption, row * len(mats) + 0.6)
    labelled = row > 0.08
    size = min(style.TICK, row * 50)
    shown = style.names_of(mats, size)
    labels = style.label_width(shown, size) + 0.3 if labelled else 0.1
    names = style.text_width("Cluster 99 ", style.LABEL) + 0.1
    axes = page.axes(names, 0.4, page.width - names - labels, row * len(mats))
    draw_branches(axes, branches, typology, cut)
    top = max(branch.height for branch in branches)
    axes.set_xlim(top * 1.03, 0)
    axes.set_ylim(len(mats) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    style.name_axis(axes, "Height of the merge")
    axes.axvline(cut, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.text(cut, -0.55, f"cut {decimal(cut)}", size=style.NOTE, ha="center", va="bottom")
    leaves = page.axes(page.width - labels, 0.4, labels, row * len(mats))
    leaves.set_axis_off()
    leaves.set_xlim(0, labels)
    leaves.set_ylim(len(mats) - 0.5, -0.5)
    for position, mat in enumerate(mats if labelled else []):
        number = typology.cluster_of[mat]
        style.number_markers(
            leaves, [0.09], [position], typology.type_of[number], number, min(9.0, row * 55)
        )
        leaves.text(0.2, position, shown[position], size=size, va="center_baseline")
    _name_clusters(page.axes(0, 0.4, names, row * len(mats)), mats, typology)
    data = _data(mats, branches, typology, cut)
    return Drawing("dendrogram", title, caption, page.figure, data, _alt(linkage, typology, cut))


def _name_clusters(axes: Axes, mats: Sequence[str], typology: Typology) -> None:
    """Name each cluster beside the rows of its leaves, on the far side of the tree."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(len(mats) - 0.5, -0.5)
    for cluster in typology.clusters:
        rows = [place for place, mat in enumerate(mats) if typology.cluster_of[mat] == cluster]
        colour = style.colour_of(typology.type_of[cluster])
        axes.plot([0.95, 0.95], [min(rows) - 0.35, max(rows) + 0.35], color=colour, linewidth=2.5)
        axes.text(
            0.88,
            float(np.mean(rows)),
            f"Cluster {cluster}",
            size=style.LABEL,
            ha="right",
            va="center",
        )


def _data(
    mats: Sequence[str], branches: Sequence[Branch], typology: Typology, cut: float
) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for position, mat in enumerate(mats):
        number = typology.cluster_of[mat]
        rows.append(("leaf", mat, "", "", position, 0.0, number, typology.type_of[number]))
    for one in branches:
        type_id = None if one.cluster is None else typology.type_of[one.cluster]
        rows.append(
            ("merge", one.name, one.left, one.right, one.position, one.height, one.cluster, type_id)
        )
    rows.append(("cut", "", "", "", None, cut, None, None))
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"cluster": "Int64", "type_id": "Int64"})


def _alt(linkage: pd.DataFrame, typology: Typology, cut: float) -> str:
    sizes = [
        f"cluster {one} with {count(len(typology.members(one)), 'trust')}"
        for one in typology.clusters
    ]
    first = linkage.iloc[0]
    return (
        f"Dendrogram of {count(len(typology.cluster_of), 'trust')}: a cut at height {decimal(cut)} "
        f"gives {join(sizes)}. The first merge is at {decimal(first['height'])}, the last at "
        f"{decimal(linkage['height'].iloc[-1])}."
    )
