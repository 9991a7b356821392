"""What clusters are like: scaled means by item, and behind them where each trust lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.questions import Question
from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import decimal
from buildingtrusts.output.report import scene
from buildingtrusts.output.report.scene import Group, Scene

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _MOST_LABEL, _LINE = 480.0, 175.0, 15.0


def profile_chart(
    clusters: pd.DataFrame,
    trusts: pd.DataFrame,
    typology: Typology,
    questions: Sequence[Question],
    keys: Mapping[str, str],
    stamp: str,
) -> Scene:
    """Draw each cluster's scaled mean of each item, with its interval.

    Parameters
    ----------
    clusters : DataFrame
        ``cluster, item, value, low, high`` in standard deviations from the mean of all responses.
    trusts : DataFrame
        Scaled mean by trust (index) and item (columns), shown as faint strokes.
    typology, questions, keys, stamp
        As in :func:`buildingtrusts.output.report.tree_chart.tree_chart`.

    Returns
    -------
    Scene
    """
    left = 12 + min(_MOST_LABEL, max(scene.width_of(one.label) for one in questions))
    legend, used = scene.key(6, 16, typology.key(), _WIDTH - 12)
    row = max(30.0, _LINE * len(typology.clusters) + 10)
    top = used + 6
    foot = top + row * len(questions)
    values = [clusters[["value", "low", "high"]].stack(), trusts.stack()]
    low = min(-0.1, *(float(one.min()) for one in values if len(one)))
    high = max(0.1, *(float(one.max()) for one in values if len(one)))
    right = _WIDTH - 18

    def x(value: float) -> float:
        return left + 10 + (value - low) / (high - low) * (right - left - 10)

    groups = [legend, _ground(questions, x, (low, high), left, top, row)]
    middles = {one.item: top + (place + 0.5) * row for place, one in enumerate(questions)}
    groups += [_strokes(mat, trusts, x, middles, row, keys) for mat in trusts.index]
    groups += _marks(clusters, typology, x, middles)
    return scene.stamped(groups, _WIDTH, foot + 42, 420, stamp)


def _ground(
    questions: Sequence[Question],
    x: Callable[[float], float],
    limits: tuple[float, float],
    left: float,
    top: float,
    row: float,
) -> Group:
    foot = top + row * len(questions)
    shapes = []
    for place, one in enumerate(questions):
        y = top + (place + 0.5) * row
        if place % 2 == 0:
            shapes.append(scene.box(left + 6, y - row / 2, _WIDTH - left - 12, row, "band"))
        shapes.append(scene.label(left, y, scene.cut(one.label, _MOST_LABEL), "", "end"))
    for tick in scene.ticks(*limits):
        shapes.append(scene.line(x(tick), top, x(tick), foot, "grid"))
        shapes.append(scene.label(x(tick), foot + 12, decimal(tick, 1), "small", "middle"))
    shapes.append(scene.line(x(0.0), top, x(0.0), foot, "axis"))
    words = "standard deviations from the mean of all responses"
    shapes.append(scene.label(_WIDTH - 18, foot + 30, words, "small", "end"))
    return Group(tuple(shapes))


def _strokes(
    mat: str,
    trusts: pd.DataFrame,
    x: Callable[[float], float],
    middles: Mapping[str, float],
    row: float,
    keys: Mapping[str, str],
) -> Group:
    """A stroke on each item where the trust lies, and a line through them for when it is found."""
    points = [
        (x(float(value)), middles[item])
        for item, value in trusts.loc[mat].items()
        if item in middles and value == value
    ]
    shapes = [
        scene.line(across, y - row / 2 + 4, across, y + row / 2 - 4, "stroke")
        for across, y in points
    ]
    path = "M" + "L".join(f"{scene.number(across)},{scene.number(y)}" for across, y in points)
    if points:
        shapes.insert(0, scene.shape("path", "thread", d=path))
    return Group(tuple(shapes), keys[mat], f"{mat}, its mean of each statement", "faint")


def _marks(
    clusters: pd.DataFrame,
    typology: Typology,
    x: Callable[[float], float],
    middles: Mapping[str, float],
) -> list[Group]:
    groups = []
    for place, cluster in enumerate(typology.clusters):
        type_id = typology.type_of[cluster]
        shapes = []
        offset = (place - (len(typology.clusters) - 1) / 2) * _LINE
        for row in clusters[clusters["cluster"] == cluster].itertuples():
            if row.item not in middles or row.value != row.value:
                continue
            y = middles[row.item] + offset
            if row.low == row.low:
                look = f"interval {scene.type_look(type_id)}"
                shapes.append(scene.line(x(row.low), y, x(row.high), y, look))
            shapes += scene.marker(x(row.value), y, type_id, cluster)
        groups.append(Group(tuple(shapes)))
    return groups
