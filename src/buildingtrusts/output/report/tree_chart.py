"""The tree and the ratings in one figure, so that both have one order of trusts.

Branches are laid out by the module that draws the saved dendrogram; the cut and the clusters come
from the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.questions import Question, scale_limits
from buildingtrusts.output.figures.trees import Branch, cut_height, lay_out
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import decimal
from buildingtrusts.output.report import scene
from buildingtrusts.output.report.scene import ROW, SMALL, Group, Scene, Shape

if TYPE_CHECKING:
    import pandas as pd

_TREE, _LEFT, _MOST_NAME, _MOST_ITEM = 190.0, 14.0, 150.0, 170.0
#: Cosine and sine of the angle at which items are written.
_SLANT = 0.71
#: From low to high; text in a cell is black or white, whichever contrasts more.
_SHADES = ((245, 248, 252), (122, 171, 214), (18, 67, 109))


@dataclass(frozen=True)
class _Frame:
    """Places in pixels: where leaves end, names and cells begin, rows begin; sizes of a cell."""

    leaves: float
    names: float
    cells: float
    top: float
    cell: float
    high: float

    def row(self, position: float) -> float:
        return self.top + (position + 0.5) * self.high

    @property
    def named(self) -> bool:
        """Whether rows have room for text."""
        return self.high >= ROW


def tree_chart(
    linkage: pd.DataFrame,
    leaf_order: pd.DataFrame,
    means: pd.DataFrame,
    typology: Typology,
    questions: Sequence[Question],
    keys: Mapping[str, str],
    distance: str,
    stamp: str,
) -> Scene:
    """Draw the tree with each trust's mean ratings beside its leaf.

    Parameters
    ----------
    linkage, leaf_order : DataFrame
        The tree's tables.
    means : DataFrame
        Mean rating by trust (index) and item (columns); missing where nobody answered.
    typology : Typology
        The partition that is cut.
    questions : sequence of Question
        The clustered items, in order.
    keys : dict of str to str
        Key of each trust on the page.
    distance : str
        What heights are.
    stamp : str
        Words at the foot; may be empty.

    Returns
    -------
    Scene
    """
    mats = leaf_order["mat_id"].tolist()
    frame, width = _frame(mats, questions, typology)
    legend, _ = scene.key(_LEFT, 16, typology.key(), width - 2 * _LEFT)
    branches = lay_out(linkage, leaf_order, typology)
    height = frame.row(len(mats)) + 26
    limits = scale_limits(questions) or _limits(means)
    groups = [
        legend,
        _items(questions, frame),
        _tree(branches, cut_height(linkage, typology.k), typology, frame, len(mats)),
        *[
            _row(mat, position, means, typology, questions, keys, frame, limits)
            for position, mat in enumerate(mats)
        ],
        _foot(limits, distance, frame, height, len(questions)),
    ]
    return scene.stamped(groups, width, height + 8, 700, stamp)


def _frame(
    mats: Sequence[str], questions: Sequence[Question], typology: Typology
) -> tuple[_Frame, float]:
    names, high = _LEFT + _TREE + 30, scene.row_height(len(mats))
    room = min(_MOST_NAME, max(map(scene.width_of, mats))) + 10 if high >= ROW else 0.0
    cells = names + room
    slanted = max((min(_MOST_ITEM, scene.width_of(one.label)) for one in questions), default=0)
    cell = min(58.0, max(34.0, (940 - cells - 60) / max(1, len(questions))))
    width = cells + len(questions) * cell + _SLANT * slanted - cell / 2 + 8
    _, legend = scene.key(_LEFT, 16, typology.key(), width - 2 * _LEFT)
    return _Frame(_LEFT + _TREE, names, cells, 10 + legend + _SLANT * slanted, cell, high), width


def _items(questions: Sequence[Question], frame: _Frame) -> Group:
    shapes = []
    for place, one in enumerate(questions):
        x, y = frame.cells + (place + 0.5) * frame.cell, frame.top - 6
        turn = f"translate({scene.number(x)},{scene.number(y)}) rotate(-45)"
        text = scene.cut(one.label, _MOST_ITEM)
        shapes.append(scene.shape("text", "", text, transform=turn))
    return Group(tuple(shapes))


def _tree(
    branches: Sequence[Branch], cut: float, typology: Typology, frame: _Frame, n: int
) -> Group:
    highest = max([branch.height for branch in branches] + [cut]) or 1.0

    def x(height: float) -> float:
        return frame.leaves - height / highest * (_TREE - 6)

    shapes = []
    for branch in branches:
        (first, low), (second, other) = branch.ends
        path = (
            f"M{_n(x(low))},{_n(frame.row(first))}H{_n(x(branch.height))}"
            f"V{_n(frame.row(second))}H{_n(x(other))}"
        )
        shapes.append(_branch(path, branch.cluster, typology))
        if branch.cluster is None:
            for (position, height), cluster in zip(branch.ends, branch.end_clusters, strict=True):
                if cluster is not None:
                    arm = f"M{_n(x(height))},{_n(frame.row(position))}H{_n(x(cut))}"
                    shapes.append(_branch(arm, cluster, typology))
    shapes.append(scene.line(x(cut), frame.top - 4, x(cut), frame.row(n - 0.5), "cut"))
    shapes.append(scene.label(x(cut), frame.top - 12, "cut", "small", "middle"))
    for tick in scene.ticks(0, highest):
        foot = frame.row(n - 0.5) + 4
        shapes.append(scene.line(x(tick), foot, x(tick), foot + 4, "axis"))
        shapes.append(scene.label(x(tick), foot + 12, f"{tick:g}", "small", "middle"))
    return Group(tuple(shapes))


def _branch(path: str, cluster: int | None, typology: Typology) -> Shape:
    look = "stem" if cluster is None else scene.type_look(typology.type_of[cluster])
    return scene.shape("path", f"branch {look}", d=path)


def _row(
    mat: str,
    position: int,
    means: pd.DataFrame,
    typology: Typology,
    questions: Sequence[Question],
    keys: Mapping[str, str],
    frame: _Frame,
    limits: tuple[float, float],
) -> Group:
    y = frame.row(position)
    cluster = typology.cluster_of[mat]
    right = frame.cells + len(questions) * frame.cell
    type_id, top = typology.type_of[cluster], y - frame.high / 2
    shapes = [scene.box(frame.leaves + 2, top, right - frame.leaves - 2, frame.high, "hit")]
    if frame.named:
        shapes += scene.marker(frame.leaves + 14, y, type_id, cluster)
        shapes.append(scene.label(frame.names, y, scene.cut(mat, _MOST_NAME), "name"))
    else:
        look = f"mark {scene.type_look(type_id)}"
        shapes.append(scene.box(frame.leaves + 6, top, 16, frame.high, look))
    for place, one in enumerate(questions):
        value = float(means[one.item].get(mat, float("nan"))) if one.item in means else float("nan")
        shapes += _cell(frame.cells + place * frame.cell, y, frame, value, limits)
    shapes.append(scene.box(frame.cells - 1, top, right - frame.cells + 2, frame.high, "ring"))
    said = f"{mat}, cluster {cluster} of {typology.k}"
    return Group(tuple(shapes), keys[mat], said, "row")


def _cell(
    x: float, y: float, frame: _Frame, value: float, limits: tuple[float, float]
) -> list[Shape]:
    middle = x + frame.cell / 2
    if value != value:
        return [scene.label(middle, y, "–", "small", "middle")] if frame.named else []
    share = (value - limits[0]) / ((limits[1] - limits[0]) or 1.0)
    fill = _colour(share)
    gap = 1.0 if frame.named else 0.0
    area = scene.shape(
        "rect",
        "",
        x=x + 0.5,
        y=y - frame.high / 2 + gap / 2,
        width=frame.cell - 1,
        height=frame.high - gap,
        fill=fill,
    )
    if not frame.named:
        return [area]
    ink = "#ffffff" if style.ink_on(fill) == style.PAPER else "#000000"
    figure = scene.shape(
        "text",
        "cell",
        decimal(value, 1),
        x=middle,
        y=y,
        dy="0.35em",
        text_anchor="middle",
        fill=ink,
    )
    return [area, figure]


def _colour(share: float) -> str:
    share = 2 * min(1.0, max(0.0, share))
    first = min(1, int(share))
    between = zip(_SHADES[first], _SHADES[first + 1], strict=True)
    mixed = (round(a + (b - a) * (share - first)) for a, b in between)
    return "#" + "".join(f"{one:02x}" for one in mixed)


def _limits(means: pd.DataFrame) -> tuple[float, float]:
    """Where items have no common scale, cells run from the lowest mean to the highest."""
    return float(means.min().min()), float(means.max().max())


def _foot(
    limits: tuple[float, float], distance: str, frame: _Frame, height: float, n_items: int
) -> Group:
    """Say what heights are, and what the shades mean."""
    y, steps = height - 4, 24
    wide = min(220.0, n_items * frame.cell - 60)
    left = frame.cells + 24
    shapes = [
        scene.shape(
            "rect",
            "",
            x=left + place * wide / steps,
            y=y - 5,
            width=wide / steps + 0.4,
            height=10,
            fill=_colour(place / (steps - 1)),
        )
        for place in range(steps)
    ]
    shapes += [
        scene.label(left - 6, y, f"{limits[0]:g}", "small", "end"),
        scene.label(left + wide + 6, y, f"{limits[1]:g} mean rating", "small"),
        scene.label(_LEFT, y, scene.cut(distance, frame.names + 60, SMALL), "small"),
    ]
    return Group(tuple(shapes))


def _n(value: float) -> str:
    return scene.number(value)
