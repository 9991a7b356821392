"""Figures with a mark for each trust: silhouettes, and the map of the first two axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.labels import around_marker, around_point, place_labels
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import decimal
from buildingtrusts.output.report import scene
from buildingtrusts.output.report.scene import ROW, SMALL, Group, Scene, Shape

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _MOST_NAME = 400.0, 110.0


def silhouette_chart(
    silhouettes: pd.DataFrame, typology: Typology, keys: Mapping[str, str], stamp: str
) -> Scene:
    """Draw the silhouette width of each trust as a bar, by cluster, widest first.

    Parameters
    ----------
    silhouettes : DataFrame
        ``k, mat_id, cluster, neighbour, width``; other partitions than the typology's are left
        out.
    typology : Typology
        The partition.
    keys : dict of str to str
        Key of each trust on the page.
    stamp : str
        Words at the foot; may be empty.

    Returns
    -------
    Scene
    """
    of_k = silhouettes[silhouettes["k"] == typology.k]
    width_of = dict(zip(of_k["mat_id"], of_k["width"].astype(float), strict=True))
    mats = [
        mat
        for cluster in typology.clusters
        for mat in sorted(typology.members(cluster), key=lambda one: -width_of[one])
    ]
    low, high = min(0.0, *width_of.values()), max(0.1, *width_of.values())
    row = scene.row_height(len(mats))
    named = row >= ROW
    left = 40 + (min(_MOST_NAME, max(map(scene.width_of, mats))) + 34 if named else 20)
    right = _WIDTH - 44

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    legend, used = scene.key(6, 16, typology.key(), _WIDTH - 12)
    top = used + 24
    foot = top + len(mats) * row
    groups = [legend, _scale(x, low, high, top, foot, "silhouette width")]
    for place, mat in enumerate(mats):
        y = top + (place + 0.5) * row
        groups.append(_bar(mat, y, row, x, width_of[mat], typology, keys))
    mean = sum(width_of.values()) / len(width_of)
    groups.append(
        Group(
            (
                scene.line(x(mean), top - 2, x(mean), foot, "cut"),
                scene.label(x(mean), top - 8, f"mean {decimal(mean)}", "small", "middle"),
            )
        )
    )
    return scene.stamped(groups, _WIDTH, foot + 44, 330, stamp)


def _scale(
    x: Callable[[float], float], low: float, high: float, top: float, foot: float, name: str
) -> Group:
    shapes = []
    for tick in scene.ticks(low, high):
        shapes.append(scene.line(x(tick), top, x(tick), foot, "grid"))
        shapes.append(scene.label(x(tick), foot + 12, decimal(tick, 1), "small", "middle"))
    shapes.append(scene.line(x(0.0), top, x(0.0), foot, "axis"))
    shapes.append(scene.label(x(0.0), foot + 30, name, "small"))
    return Group(tuple(shapes))


def _bar(
    mat: str,
    y: float,
    row: float,
    x: Callable[[float], float],
    width: float,
    typology: Typology,
    keys: Mapping[str, str],
) -> Group:
    cluster = typology.cluster_of[mat]
    type_id = typology.type_of[cluster]
    ends = sorted((x(0.0), x(width)))
    shapes: list[Shape] = [scene.box(2, y - row / 2, _WIDTH - 4, row, "hit")]
    look = f"mark {scene.type_look(type_id)}"
    if row < ROW:
        shapes.append(scene.box(6, y - row / 2, 16, row, look))
        shapes.append(scene.box(ends[0], y - row / 2, ends[1] - ends[0], row, look))
    else:
        shapes += scene.marker(14, y, type_id, cluster)
        shapes.append(scene.label(30, y, scene.cut(mat, _MOST_NAME), "name"))
        shapes.append(scene.box(ends[0], y - 6, ends[1] - ends[0], 12, look))
        # A value stands outside its bar, on the side of names only where there is nothing else.
        shapes.append(scene.label(ends[1] + 5, y, decimal(width), "small"))
    shapes.append(scene.box(2, y - row / 2, _WIDTH - 4, row, "ring"))
    return Group(
        tuple(shapes),
        keys[mat],
        f"{mat}, cluster {cluster} of {typology.k}, silhouette width {decimal(width)}",
        "row",
    )


def map_chart(
    axes: pd.DataFrame,
    shares: tuple[float, float],
    typology: Typology,
    keys: Mapping[str, str],
    stamp: str,
) -> Scene:
    """Draw trusts on the first two principal axes of their ratings.

    Parameters
    ----------
    axes : DataFrame
        ``mat_id, axis_1, axis_2``.
    shares : tuple of float
        Share of the variance along each axis.
    typology, keys, stamp
        As in :func:`silhouette_chart`.

    Returns
    -------
    Scene
        One unit is as long along both axes.
    """
    legend, used = scene.key(6, 16, typology.key(), _WIDTH - 12)
    top, side, margin = used + 8, _WIDTH - 16, 34
    first, second = axes["axis_1"].astype(float), axes["axis_2"].astype(float)
    span = max(float(first.max() - first.min()), float(second.max() - second.min())) or 1.0
    unit = (side - 2 * margin) / span
    high = min(side, float(second.max() - second.min()) * unit + 2 * margin)
    middles = ((first.max() + first.min()) / 2, (second.max() + second.min()) / 2)
    points = {
        mat: (
            8 + side / 2 + (one - middles[0]) * unit,
            top + high / 2 - (other - middles[1]) * unit,
        )
        for mat, one, other in zip(axes["mat_id"], first, second, strict=True)
    }
    texts = [
        f"{axis} axis: {share:.0%} of the variance"
        for axis, share in zip(("First", "Second"), shares, strict=True)
    ]
    frame = Group(
        (
            scene.box(8, top, side, high, "frame"),
            scene.label(8 + side, top + high + 13, f"{texts[0]} →", "small", "end"),
            scene.label(8, top + high + 13, f"↑ {texts[1]}", "small"),
        )
    )
    return scene.stamped(
        [legend, frame, *_points(points, typology, keys, top, high)],
        _WIDTH,
        top + high + 30,
        330,
        stamp,
    )


def _points(
    points: Mapping[str, tuple[float, float]],
    typology: Typology,
    keys: Mapping[str, str],
    top: float,
    high: float,
) -> list[Group]:
    groups = []
    for (mat, (x, y)), name in zip(points.items(), _names(points, top, high), strict=True):
        cluster = typology.cluster_of[mat]
        type_id = typology.type_of[cluster]
        size = 14 if name else 7
        mark = (
            (*scene.marker(x, y, type_id, cluster), name) if name else (scene.dot(x, y, type_id),)
        )
        shapes: tuple[Shape, ...] = (
            scene.shape("circle", "hit", cx=x, cy=y, r=size),
            *mark,
            scene.shape("circle", "ring", cx=x, cy=y, r=size),
        )
        said = f"{mat}, cluster {cluster} of {typology.k}"
        groups.append(Group(shapes, keys[mat], said, "point"))
    return groups


def _names(
    points: Mapping[str, tuple[float, float]], top: float, high: float
) -> list[Shape | None]:
    """A label beside each point; none where there are too many."""
    if len(points) > scene.MOST_NAMED:
        return [None] * len(points)
    names = [scene.cut(mat, 110, SMALL) for mat in points]
    widths = [scene.width_of(name, SMALL) for name in names]
    options = [
        around_marker(x - 8, y - top, width, 13, 11)
        for (x, y), width in zip(points.values(), widths, strict=True)
    ]
    taken = [around_point(x - 8, y - top, 11) for x, y in points.values()]
    corners = place_labels(options, widths, 13, taken, (_WIDTH - 16, high))
    return [
        scene.label(left + 8, low + top + 6.5, name, "small name")
        for name, (left, low) in zip(names, corners, strict=True)
    ]
