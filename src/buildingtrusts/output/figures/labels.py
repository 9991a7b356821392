"""Where to put names beside points so that they cover neither points nor each other.

Greedy: each name takes, of a few places near its point, the one that covers least of what is there
already. The order is the caller's, so the result repeats.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def place_labels(
    options: Sequence[Sequence[Point]],
    widths: Sequence[float],
    height: float,
    taken: Sequence[Box],
    room: Point,
) -> list[Point]:
    """Choose the lower left corner of each name.

    Parameters
    ----------
    options : sequence of sequence of (x, y)
        Corners that each name may have, in inches from the lower left corner of the axes, the
        preferred first.
    widths : sequence of float
        Of the names, in inches.
    height : float
        Of all names.
    taken : sequence of (left, low, right, high)
        Boxes that names should leave free, such as markers.
    room : (width, height)
        Of the axes; what lies outside counts as covered.

    Returns
    -------
    list of (x, y)

    Examples
    --------
    >>> place_labels([[(1.0, 1.0), (2.0, 1.0)]], [0.4], 0.1, [(1.1, 1.0, 1.2, 1.1)], (3.0, 2.0))
    [(2.0, 1.0)]
    """
    covered = list(taken)
    corners: list[Point] = []
    for places, width in zip(options, widths, strict=True):
        boxes = [(x, y, x + width, y + height) for x, y in places]
        # The later of two equally free places loses by a hair.
        costs = [_cost(box, covered, room) + 1e-5 * rank for rank, box in enumerate(boxes)]
        best = costs.index(min(costs))
        corners.append(places[best])
        covered.append(boxes[best])
    return corners


def around_marker(x: float, y: float, width: float, height: float, radius: float) -> list[Point]:
    """Corners of a name beside, above and below a marker, and a little further away."""
    w, h, r, d = width, height, radius + 0.02, 0.7 * radius
    near = [
        *((x + r, y - h / 2), (x - r - w, y - h / 2), (x - w / 2, y + r), (x - w / 2, y - r - h)),
        *((x + d, y + d), (x + d, y - d - h), (x - d - w, y + d), (x - d - w, y - d - h)),
    ]
    far = [(x - w / 2 + dx, y - h / 2 + dy) for dx in (-w, 0.0, w) for dy in (-2 * h, 2 * h)]
    return near + far


def around_point(x: float, y: float, radius: float) -> Box:
    """The box of a marker."""
    return (x - radius, y - radius, x + radius, y + radius)


def _cost(box: Box, taken: Sequence[Box], room: tuple[float, float]) -> float:
    covered = sum(_overlap(box, other) for other in taken)
    inside = _overlap(box, (0.0, 0.0, *room))
    # Being cut off at the edge is worse than touching another name.
    return covered + 10 * ((box[2] - box[0]) * (box[3] - box[1]) - inside)


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    up = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(up, 0.0)


def convex_hull(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners of the smallest convex outline, anticlockwise (Andrew, 1979).

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        One or two points are their own outline.

    Returns
    -------
    ndarray of shape (m, 2)

    Examples
    --------
    >>> convex_hull(np.array([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]
    """
    ordered = sorted(set(map(tuple, points.tolist())))
    if len(ordered) < 3:
        return np.array(ordered)
    lower, upper = _half(ordered), _half(ordered[::-1])
    return np.array(lower[:-1] + upper[:-1])


def _half(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], (x, y)) <= 0:
            chain.pop()
        chain.append((x, y))
    return chain


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
