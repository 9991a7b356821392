"""Search for ratings that satisfy the published typology: a tree, its silhouettes, its profiles.

A rating is a trust's position on an item plus the person's own deviation, rounded to the scale.
The deviations are drawn once and stay; the search moves the positions, so that every answer remains
one that the model could have drawn and nobody's answers are edited to make a sum come out. It
starts from the best of a small grid of scales (how far clusters lie apart, how far trusts lie from
their cluster) and takes random steps that bring the answers closer to all claims at once: a
stochastic hill climb on a sum of shortfalls that is zero when every claim holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.statistics.validity import silhouette

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: A step counts as an improvement only if it is one by more than this: differences in the last
#: bits, which may depend on the machine, decide nothing.
IMPROVEMENT = 1e-9
#: The search gives up after so many steps in a row that were none.
PATIENCE = 800
#: Merges of the tree are kept this far (in scale points) from the merge that would spoil it.
TREE_MARGIN = 0.01
#: Share of a silhouette's tolerance that the search uses up; the rest is reserve.
SILHOUETTE_RESERVE = 0.8
#: Weight of the mean in the shortfall of a median.
MEDIAN_GUIDE = 0.2
#: Bounds on scaled means and orders are kept with this much to spare, in standard deviations.
SCALED_MARGIN = 0.01
#: What one unit of shortfall of each kind is, so that kinds can be added.
_UNITS = {"scaled": 0.1, "order": 0.1, "divergence": 0.1, "median": 1.0, "tree": 0.3, "width": 0.02}

_SHRINKS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
_CONTRASTS = (0.9, 1.1, 1.3, 1.5)


@dataclass(frozen=True)
class Aims:
    """What the ratings of one block have to satisfy.

    Attributes
    ----------
    clusters : ndarray of shape (n_mats,)
        Cluster of each trust, 1..k; 0 for a trust that is not clustered.
    chain : tuple of ndarray of shape (n_clustered,)
        Partitions of the clustered trusts that the tree has to pass, from the finest (the
        clusters above) to the coarsest.
    silhouettes : tuple of (int, float, float)
        Place in ``chain``, mean silhouette, tolerance.
    scaled_low, scaled_high : ndarray of shape (k, n_items)
        Bounds on the clusters' scaled means, in standard deviations; infinite where there is none.
    extremes : tuple of (int, tuple of int, float)
        Cluster (from 1), items, and -1 or 1: these have its lowest or highest scaled means.
    divergent : int or None
        The item on which the clustered trusts' means differ most.
    medians : tuple of (int, int, float)
        Trust, item, its median rating.
    widespread : tuple of (int, float, int)
        Item, median, and how many clustered trusts reach it at least.
    """

    clusters: Integers
    chain: tuple[Integers, ...]
    silhouettes: tuple[tuple[int, float, float], ...]
    scaled_low: Floats
    scaled_high: Floats
    extremes: tuple[tuple[int, tuple[int, ...], float], ...]
    divergent: int | None
    medians: tuple[tuple[int, int, float], ...]
    widespread: tuple[tuple[int, float, int], ...]


@dataclass(frozen=True)
class Deviations:
    """Everything about the answers that the search leaves as it was drawn.

    Attributes
    ----------
    mats : ndarray of shape (n_respondents,)
        Trust of each respondent, 0..n_mats-1, ascending.
    personal : ndarray of shape (n_respondents, n_items)
        Person's deviation from the trust's position, in scale points.
    answered : boolean ndarray of the same shape
        Which answers were given.
    heaped : boolean ndarray of the same shape
        Answers rounded to a favourite number.
    fixed : ndarray of the same shape
        Answers settled beforehand; missing where the search decides.
    low, high : int
        The scale.
    """

    mats: Integers
    personal: Floats
    answered: NDArray[np.bool_]
    heaped: NDArray[np.bool_]
    fixed: Floats
    low: int
    high: int

    def rate(self, positions: Floats, rows: slice) -> Floats:
        """Answers of some respondents, given their trusts' positions; missing ones as ``nan``."""
        latent = positions[self.mats[rows]] + self.personal[rows]
        rated = round_ratings(latent, self.low, self.high, self.heaped[rows])
        rated = np.where(np.isnan(self.fixed[rows]), rated, self.fixed[rows])
        return np.where(self.answered[rows], rated, np.nan)


@dataclass(frozen=True)
class Fit:
    """The outcome of a search.

    Attributes
    ----------
    answers : ndarray of shape (n_respondents, n_items)
        Whole numbers on the scale; ``nan`` where missing.
    shortfalls : dict of str to float
        What is left of each kind of claim, in the kind's unit; all zero when the search succeeded.
    steps : int
        Steps that were tried.
    """

    answers: Floats
    shortfalls: dict[str, float]
    steps: int


def round_ratings(
    latent: Floats, low: int, high: int, heaped: NDArray[np.bool_] | None = None
) -> Floats:
    """Round latent ratings to whole numbers of the scale, as a person ticks them.

    Parameters
    ----------
    latent : ndarray
        Ratings before rounding, in scale points.
    low, high : int
        The scale's ends; what lies outside is ticked at the end.
    heaped : boolean ndarray of the same shape, optional
        Where True, a rating goes to the nearest favourite: the ends, the middle, and 8 on a
        ten-point scale.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> round_ratings(np.array([0.2, 6.6, 11.0]), 1, 10).tolist()
    [1.0, 7.0, 10.0]
    >>> round_ratings(np.array([6.9]), 1, 10, np.array([True])).tolist()
    [8.0]
    """
    rated = np.clip(np.rint(latent), low, high)
    if heaped is None or high - low < 9:
        return rated
    favourites = np.array([low, 3, 5, 8, high], dtype=float)
    nearest = np.abs(latent[..., None] - favourites).argmin(axis=-1)
    return np.where(heaped, favourites[nearest], rated)


def column_quantiles(answers: Floats, p: float) -> Floats:
    """Quantile of each column by linear interpolation (R's type 7), missing answers left out.

    Parameters
    ----------
    answers : ndarray of shape (n, n_items)
    p : float
        0 to 1.

    Returns
    -------
    ndarray of shape (n_items,)
        ``nan`` for a column without answers.

    Examples
    --------
    >>> column_quantiles(np.array([[1.0], [2.0], [4.0], [np.nan]]), 0.25).tolist()
    [1.5]
    """
    # Missing answers sort to the end, so that places follow from the number of answers.
    ordered = np.sort(answers, axis=0)
    place = np.maximum((~np.isnan(answers)).sum(axis=0) - 1, 0) * p
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, np.ceil(place).astype(int))
    items = np.arange(answers.shape[1])
    low, high = ordered[below, items], ordered[above, items]
    return low + (place - below) * (high - low)


def tree_violation(distances: Floats, chain: Sequence[Integers], margin: float = 0.0) -> float:
    """Measure how far average linkage is from passing through the partitions of a chain.

    The tree is built with merges inside the chain's clusters only. Each such merge has to come
    before the nearest merge across clusters would; where it does not, the difference in height is
    the violation. (A count of misplaced objects would not say in which direction to go.)

    Parameters
    ----------
    distances : ndarray of shape (n, n)
        Symmetric distances.
    chain : sequence of ndarray of shape (n,)
        Nested partitions, finest first.
    margin : float
        How far ahead each merge has to be.

    Returns
    -------
    float
        0 if and only if average linkage passes through every partition with the margin to spare.

    Examples
    --------
    >>> points = np.array([0.0, 1.0, 9.0])
    >>> apart = abs(points[:, None] - points)
    >>> tree_violation(apart, [np.array([1, 1, 2])])
    0.0
    >>> tree_violation(apart, [np.array([1, 2, 2])])
    7.0
    """
    average = distances.copy()
    np.fill_diagonal(average, np.inf)
    sizes = np.ones(len(average))
    violation = 0.0
    for labels in chain:
        together = labels[:, None] == labels
        while True:
            inside = np.where(together, average, np.inf)
            first, second = divmod(int(inside.argmin()), len(inside))
            height = inside[first, second]
            if not np.isfinite(height):
                break
            nearest_across = np.where(together, np.inf, average).min()
            violation += max(0.0, height + margin - nearest_across)
            _merge(average, sizes, first, second)
    return float(violation)


def _merge(average: Floats, sizes: Floats, first: int, second: int) -> None:
    # The distance to a merged group is the mean over its members; the second row goes out of use.
    share = sizes[first] / (sizes[first] + sizes[second])
    merged = share * average[first] + (1 - share) * average[second]
    average[first], average[:, first] = merged, merged
    average[second], average[:, second] = np.inf, np.inf
    average[first, first] = np.inf
    sizes[first] += sizes[second]


@dataclass
class _Summary:
    """Counts, sums, sums of squares and medians of the answers, each of shape (n_mats, n_items)."""

    counts: Floats
    sums: Floats
    squares: Floats
    medians: Floats

    def copy(self) -> _Summary:
        return _Summary(*(part.copy() for part in vars(self).values()))

    def update(self, mat: int, answers: Floats) -> None:
        """Take in the answers of one trust, shape (n, n_items)."""
        answered = ~np.isnan(answers)
        counts = answered.sum(axis=0)
        filled = np.where(answered, answers, 0.0)
        self.counts[mat] = counts
        self.sums[mat] = filled.sum(axis=0)
        self.squares[mat] = (filled**2).sum(axis=0)
        self.medians[mat] = column_quantiles(answers, 0.5)


class _Search:
    """One climb: the positions, the answers they give, and what is still wrong with them."""

    def __init__(self, aims: Aims, deviations: Deviations, positions: Floats) -> None:
        self.aims, self.deviations = aims, deviations
        edges = np.searchsorted(deviations.mats, np.arange(len(aims.clusters) + 1))
        self.rows = [slice(int(a), int(b)) for a, b in pairwise(edges)]
        self.clustered = np.flatnonzero(aims.clusters > 0)
        self.positions = positions.copy()
        self.answers = np.full(deviations.personal.shape, np.nan)
        self.summary = _Summary(*(np.zeros(positions.shape) for _ in range(4)))
        for mat, rows in enumerate(self.rows):
            self.answers[rows] = deviations.rate(positions, rows)
            self.summary.update(mat, self.answers[rows])
        self.loss = self._loss(self.summary, np.inf)

    def _loss(self, summary: _Summary, bar: float) -> float:
        """The sum of shortfalls; the tree is not looked at once the rest reaches the bar."""
        loss = sum(profile_shortfalls(self.aims, summary).values())
        if loss >= bar:
            return loss
        return loss + sum(tree_shortfalls(self.aims, self._means(summary)).values())

    def _means(self, summary: _Summary) -> Floats:
        return summary.sums[self.clustered] / summary.counts[self.clustered]

    def shortfalls(self) -> dict[str, float]:
        """What is still wrong, by kind of claim."""
        return {
            **profile_shortfalls(self.aims, self.summary),
            **tree_shortfalls(self.aims, self._means(self.summary)),
        }

    def try_positions(self, mats: Sequence[int], positions: Floats) -> bool:
        """Move some trusts; keep the move, and say so, only if it is an improvement."""
        summary = self.summary.copy()
        moved = {}
        for mat in mats:
            moved[mat] = self.deviations.rate(positions, self.rows[mat])
            summary.update(mat, moved[mat])
        loss = self._loss(summary, self.loss - IMPROVEMENT)
        if loss >= self.loss - IMPROVEMENT:
            return False
        self.positions, self.summary, self.loss = positions, summary, loss
        for mat, answers in moved.items():
            self.answers[self.rows[mat]] = answers
        return True


def profile_shortfalls(aims: Aims, summary: _Summary) -> dict[str, float]:
    """By how much claims about means and medians are missed, in each kind's unit."""
    means = summary.sums / summary.counts
    clustered = aims.clusters > 0
    scaled = _scaled_means(aims, summary)
    found = {
        "scaled": _below(scaled, aims.scaled_low + SCALED_MARGIN)
        + _below(-scaled, -aims.scaled_high + SCALED_MARGIN),
        "order": sum(
            order_shortfall(scaled[cluster - 1], items, sign)
            for cluster, items, sign in aims.extremes
        ),
        "divergence": 0.0,
        "median": _medians_shortfall(aims, summary, means),
    }
    if aims.divergent is not None:
        spread = means[clustered].std(axis=0, ddof=1)
        others = np.delete(spread, aims.divergent)
        found["divergence"] = max(0.0, others.max() + SCALED_MARGIN - spread[aims.divergent])
    return {kind: float(size) / _UNITS[kind] for kind, size in found.items()}


def _scaled_means(aims: Aims, summary: _Summary) -> Floats:
    # The cluster's mean over its answers, less the mean of all answers, over their SD (n - 1).
    n, total = summary.counts.sum(axis=0), summary.sums.sum(axis=0)
    centre = total / n
    spread = np.sqrt((summary.squares.sum(axis=0) - n * centre**2) / (n - 1))
    k = len(aims.scaled_low)
    rows = [aims.clusters == cluster for cluster in range(1, k + 1)]
    means = np.array([summary.sums[r].sum(axis=0) / summary.counts[r].sum(axis=0) for r in rows])
    return (means - centre) / spread


def _below(values: Floats, bounds: Floats) -> float:
    return float(np.maximum(0.0, bounds - values).sum())


def order_shortfall(scaled: Floats, items: Sequence[int], sign: float) -> float:
    """Measure what items lack to be a cluster's highest or lowest, with a margin to spare.

    Parameters
    ----------
    scaled : ndarray of shape (n_items,)
        The cluster's scaled means, in standard deviations.
    items : sequence of int
        Those that have to lie beyond all others.
    sign : float
        1 for the highest, -1 for the lowest.

    Returns
    -------
    float
        0 if and only if each of them is :data:`SCALED_MARGIN` beyond the nearest other; else the
        sum of what they lack, in standard deviations.

    Examples
    --------
    >>> order_shortfall(np.array([0.5, 0.1, 0.3]), [0, 2], 1.0)
    0.0
    >>> round(order_shortfall(np.array([0.5, 0.1, 0.3]), [0, 1], 1.0), 2)
    0.21
    """
    inside = sign * scaled[list(items)]
    best_outside = (sign * np.delete(scaled, list(items))).max()
    return float(np.maximum(0.0, best_outside + SCALED_MARGIN - inside).sum())


def _medians_shortfall(aims: Aims, summary: _Summary, means: Floats) -> float:
    clustered = aims.clusters > 0
    missing = 0.0
    for mat, item, value in aims.medians:
        missing += float(_median_gap(summary.medians[mat, item], means[mat, item], value))
    for item, at_least, wanted in aims.widespread:
        # What the trusts nearest to the mark lack, for as many of them as are wanted.
        medians = np.minimum(summary.medians[clustered, item], at_least)
        gaps = _median_gap(medians, means[clustered, item], at_least)
        missing += float(np.sort(gaps)[:wanted].sum())
    return missing


def _median_gap(medians: Floats, means: Floats, value: float) -> Floats:
    # Medians of whole numbers move in jumps; where one is off, the mean says which way to go.
    side = np.sign(value - medians)
    guide = np.maximum(0.0, 1 + side * (value - means))
    return np.where(side == 0, 0.0, abs(value - medians) + MEDIAN_GUIDE * guide)


def tree_shortfalls(aims: Aims, means: Floats) -> dict[str, float]:
    """By how much the claims about tree and silhouettes are missed, in each kind's unit."""
    differences = means[:, None, :] - means[None, :, :]
    distances = np.sqrt((differences**2).sum(axis=2))
    found = {"tree": tree_violation(distances, aims.chain, TREE_MARGIN), "width": 0.0}
    for place, target, tolerance in aims.silhouettes:
        width = silhouette(distances, aims.chain[place]).mean_width
        found["width"] += max(0.0, abs(width - target) - SILHOUETTE_RESERVE * tolerance)
    return {kind: float(size) / _UNITS[kind] for kind, size in found.items()}


def fit_ratings(
    aims: Aims,
    deviations: Deviations,
    levels: Floats,
    contrasts: Floats,
    effects: Floats,
    rng: np.random.Generator,
    max_steps: int,
) -> Fit:
    """Find positions of the trusts at which everyone's answers satisfy all claims at once.

    Parameters
    ----------
    aims : Aims
        What has to hold.
    deviations : Deviations
        The people.
    levels : ndarray of shape (n_items,)
        Where items lie on the scale.
    contrasts : ndarray of shape (k + 1, n_items)
        How clusters differ from that, in scale points; row 0 is for trusts without a cluster.
    effects : ndarray of shape (n_mats, n_items)
        How trusts differ from their cluster, in scale points.
    rng : numpy.random.Generator
        For the steps.
    max_steps : int
        When to give up.

    Returns
    -------
    Fit
        Succeeded if no shortfall is left.
    """
    search = min(
        (
            _Search(aims, deviations, positions)
            for positions in _starts(aims, deviations, levels, contrasts, effects)
        ),
        key=lambda one: round(one.loss, 6),
    )
    step = last_taken = 0
    while search.loss > 0 and step < max_steps and step - last_taken < PATIENCE:
        step += 1
        if search.try_positions(*_propose(search, rng)):
            last_taken = step
    return Fit(search.answers, search.shortfalls(), step)


def _starts(
    aims: Aims, deviations: Deviations, levels: Floats, contrasts: Floats, effects: Floats
) -> list[Floats]:
    # The sampling error of a small trust's mean is shrunk with its effect: what is published
    # constrains the observed means, which hold both.
    n_mats = len(aims.clusters)
    error = np.array(
        [deviations.personal[deviations.mats == mat].mean(axis=0) for mat in range(n_mats)]
    )
    settled = {(mat, item): value for mat, item, value in aims.medians}
    starts = []
    for stretch in _CONTRASTS:
        for shrink in _SHRINKS:
            positions = levels + stretch * contrasts[aims.clusters]
            positions = positions + shrink * (effects + error) - error
            for (mat, item), value in settled.items():
                positions[mat, item] = value
            starts.append(positions)
    return starts


def _propose(search: _Search, rng: np.random.Generator) -> tuple[Sequence[int], Floats]:
    """Draw a step: a trust; one item of a trust, a cluster or all trusts; a cluster's spread."""
    kind, size = rng.random(), rng.choice([0.1, 0.3, 0.8])
    positions = search.positions.copy()
    mat = int(rng.choice(search.clustered))
    item = int(rng.integers(positions.shape[1]))
    members = np.flatnonzero(search.aims.clusters == search.aims.clusters[mat])
    if kind < 0.4:
        positions[mat] += size * rng.standard_normal(positions.shape[1])
        return [mat], positions
    if kind < 0.75:
        positions[mat, item] += 2 * size * rng.standard_normal()
        return [mat], positions
    if kind < 0.85:
        positions[members, item] += size * rng.standard_normal()
        return members.tolist(), positions
    if kind < 0.95:
        clustered = search.clustered
        positions[clustered, item] += size * rng.standard_normal(len(clustered))
        return clustered.tolist(), positions
    centre = positions[members].mean(axis=0)
    positions[members] = centre + (positions[members] - centre) * (1 + 0.3 * rng.uniform(-1, 1))
    return members.tolist(), positions
