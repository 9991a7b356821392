"""Answers to the statements of strategy: cluster profiles, CEOs, and the search for the tree.

Profiles start from what the report says of each cluster: an item that a cluster rates high starts
just above the bound that the claim sets, one that it rates low just below, and one that the claims
do not mention near the average. Items that are named as a cluster's highest or lowest start beyond
all its others. CEOs' answers are settled first; everybody else's follow from the positions of
their trusts, which :func:`.fitting.fit_ratings` finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from buildingtrusts.published.fitting import (
    Aims,
    Deviations,
    Floats,
    Integers,
    fit_ratings,
    round_ratings,
)
from buildingtrusts.published.model import Model
from buildingtrusts.published.respondents import cluster_sizes, finest_k
from buildingtrusts.published.targets import Missed, ReconstructionError, Target, Targets
from buildingtrusts.statistics.linkage import build_tree, number_by_first_member

BLOCK = "strategy"

#: Items of which no level is published lie about here on the scale (1-10), with this spread.
LEVEL, LEVEL_SPREAD = 6.6, 0.4
#: Items that most trusts rate at some median or more start this much above it.
LEVEL_START = 0.3
#: Standard deviations, as shares of the spread within trusts, of trusts within their cluster and
#: of clusters on items of which nothing is said.
TRUST_SPREAD, SILENT_SPREAD = 0.3, 0.1
#: How far inside its bounds a profile starts, and how much further out the items that a cluster
#: rates highest or lowest.
PROFILE_START, EXTREME_START = 0.1, 0.3
#: CEOs differ from their staff on what they rate most and least highly, in points: at first, by
#: how much more where that does not do, and at most.
CEO_GAP, CEO_GAP_STEP, MAX_CEO_GAP = 0.5, 0.1, 4.0
#: Orders among CEOs' means are clear by this much (points), so that no rounding upsets them.
CEO_MARGIN = 0.1
#: Merges of the tree differ in height by more than this, in points.
TIE_MARGIN = 1e-6
#: Steps of the search.
STEPS = 4000

KINDS = {
    "scaled": "what clusters rate high or low (scaled_mean)",
    "order": "what a cluster rates highest or lowest (scaled_items)",
    "divergence": "the item on which trusts diverge most (divergent_item)",
    "median": "medians of trusts (median_rating, mats_with_median)",
    "tree": "cluster sizes and members (cluster_size, cluster_of)",
    "width": "silhouettes (mean_silhouette)",
}


@dataclass(frozen=True)
class StrategyAnswers:
    """Answers to the block that satisfy its claims.

    Attributes
    ----------
    answers : ndarray of shape (n_respondents, n_items)
        Whole numbers; ``nan`` where missing.
    steps : int
        Steps that the search tried.
    ceo_gaps : ndarray of shape (n_items,)
        Points by which CEOs were placed above (or below) what their cluster starts from.
    """

    answers: Floats
    steps: int
    ceo_gaps: Floats


def draw_strategy(model: Model) -> StrategyAnswers:
    """Draw everyone's answers to the statements of strategy and fit them.

    Parameters
    ----------
    model : Model
        Targets, people and settings.

    Returns
    -------
    StrategyAnswers

    Raises
    ------
    Missed
        If the search gave up; the message names the kinds of claims that do not hold.
    """
    rng = model.generator("strategy")
    spread = model.spread(BLOCK)
    levels = _levels(model, rng)
    contrasts = spread * _contrasts(model, rng)
    effects = (
        TRUST_SPREAD * spread * rng.standard_normal((len(model.respondents.mats), len(levels)))
    )
    drawn = model.deviations(BLOCK, spread, rng)
    fixed, gaps = settle_ceos(model, drawn, levels + contrasts)
    deviations = replace(drawn, fixed=fixed)
    fit = fit_ratings(_aims(model), deviations, levels, contrasts, effects, rng, STEPS)
    missed = [KINDS[kind] for kind, size in fit.shortfalls.items() if size > 0]
    if missed or _has_ties(model, fit.answers):
        raise Missed("; ".join(missed or ["a tree without ties"]))
    return StrategyAnswers(fit.answers, fit.steps, gaps)


def _has_ties(model: Model, answers: Floats) -> bool:
    """Whether two merges of the finished tree are as good as level."""
    people = model.respondents
    names = [people.mats[mat] for mat in people.clustered]
    means = [np.nanmean(answers[people.people_of(mat)], axis=0) for mat in people.clustered]
    heights = np.sort(build_tree(np.array(means), names).merge_heights)
    return bool(np.diff(heights).min() < TIE_MARGIN)


def _levels(model: Model, rng: np.random.Generator) -> Floats:
    """Where each item lies on the scale: from the medians that most trusts reach, else drawn."""
    levels = LEVEL + LEVEL_SPREAD * rng.standard_normal(len(model.items[BLOCK]))
    for target in model.targets.of("mats_with_median", block=BLOCK):
        reached = target.number("at_least")
        if reached is not None:
            levels[_item(model, target)] = reached + LEVEL_START
    return levels


def _scaled_bounds(model: Model) -> tuple[Floats, Floats]:
    k = finest_k(model.targets)
    low = np.full((k, len(model.items[BLOCK])), -np.inf)
    high = -low
    for target in model.targets.of("scaled_mean", k=k, block=BLOCK):
        row = int(target.arguments["cluster"]) - 1
        item = _item(model, target)
        low[row, item] = max(low[row, item], target.low)
        high[row, item] = min(high[row, item], target.high)
    return low, high


def _contrasts(model: Model, rng: np.random.Generator) -> Floats:
    """Where each cluster starts, in standard deviations; row 0, of no cluster, is 0."""
    low, high = _scaled_bounds(model)
    silent = SILENT_SPREAD * rng.standard_normal(low.shape)
    start = np.where(np.isfinite(low), low + PROFILE_START, silent)
    start = np.where(np.isfinite(high), high - PROFILE_START, start)
    narrow = np.isfinite(low) & np.isfinite(high)
    start[narrow] = (low[narrow] + high[narrow]) / 2
    # A cluster that rates nothing highly still rates some things highest: these get the room.
    ceilings = _ceilings(model)
    start = np.minimum(start, ceilings - 2 * PROFILE_START)
    for cluster, items, sign in _extremes(model):
        start[cluster - 1] = with_extremes(start[cluster - 1], items, sign)
    start = np.minimum(start, ceilings - PROFILE_START)
    return np.vstack([np.zeros(low.shape[1]), start])


def _ceilings(model: Model) -> Floats:
    """What no item of a cluster exceeds; infinite for clusters of which that is not said."""
    ceilings = np.full((finest_k(model.targets), 1), np.inf)
    for target in model.targets.of("extreme_scaled_mean", block=BLOCK, end="highest"):
        ceilings[int(target.arguments["cluster"]) - 1] = target.high
    return ceilings


def with_extremes(profile: Floats, items: Sequence[int], sign: float) -> Floats:
    """Move items to one end of a cluster's profile.

    Parameters
    ----------
    profile : ndarray of shape (n_items,)
        Where the cluster starts, in standard deviations.
    items : sequence of int
        Those that it rates highest or lowest.
    sign : float
        1 for the highest, -1 for the lowest.

    Returns
    -------
    ndarray of shape (n_items,)
        The items further out by :data:`EXTREME_START`, and by as much more as it takes for each
        to be :data:`PROFILE_START` beyond all others.

    Examples
    --------
    >>> with_extremes(np.array([0.0, 0.5, -0.5]), [0], 1.0).round(2).tolist()
    [0.6, 0.5, -0.5]
    """
    moved, named = profile.copy(), list(items)
    moved[named] += sign * EXTREME_START
    # Items of which nothing is said are drawn, and may have been drawn further out than that.
    furthest = (sign * np.delete(moved, named)).max()
    moved[named] += sign * max(0.0, furthest + PROFILE_START - (sign * moved[named]).min())
    return moved


def _extremes(model: Model) -> tuple[tuple[int, tuple[int, ...], float], ...]:
    return tuple(
        (
            int(target.arguments["cluster"]),
            tuple(model.item(BLOCK, item) for item in target.words),
            1.0 if target.arguments["end"] == "highest" else -1.0,
        )
        for target in model.targets.of("scaled_items", k=finest_k(model.targets), block=BLOCK)
    )


def _aims(model: Model) -> Aims:
    """Set out the targets of the block as arrays."""
    targets, people = model.targets, model.respondents
    chain, ks = _chain(targets, people.clusters[people.clustered])
    low, high = _scaled_bounds(model)
    return Aims(
        clusters=people.clusters,
        chain=chain,
        silhouettes=tuple(
            (ks.index(int(target.arguments["k"])), target.centre, target.high - target.centre)
            for target in targets.of("mean_silhouette")
        ),
        scaled_low=low,
        scaled_high=np.minimum(high, _ceilings(model)),
        extremes=_extremes(model),
        divergent=_divergent(model),
        medians=tuple(
            (model.mat(target.arguments["mat"]), _item(model, target), target.centre)
            for target in targets.of("median_rating", block=BLOCK)
        ),
        widespread=tuple(
            (_item(model, target), target.number("at_least") or 0.0, round(target.low))
            for target in targets.of("mats_with_median", block=BLOCK)
        ),
    )


def _item(model: Model, target: Target) -> int:
    return model.item(BLOCK, target.arguments["item"])


def _divergent(model: Model) -> int | None:
    found = model.targets.of("divergent_item", block=BLOCK, rank=1)
    return model.item(BLOCK, found[0].words[0]) if found else None


def _chain(targets: Targets, clusters: Integers) -> tuple[tuple[Integers, ...], list[int]]:
    """The published partitions of the clustered trusts, from the finest to the coarsest.

    A coarser partition joins two clusters of the finer one; which two follows from the sizes.
    """
    fewest = min(int(target.arguments["k"]) for target in targets.of("cluster_size"))
    ks = list(range(finest_k(targets), fewest - 1, -1))
    chain = [clusters]
    for k in ks[1:]:
        sizes = cluster_sizes(targets, k)
        joined = [
            labels
            for labels in _joined(chain[-1])
            if tuple(np.bincount(labels)[1:].tolist()) == sizes
        ]
        if not joined:
            raise ReconstructionError(
                f"No two of {k + 1} clusters join to {k} clusters of {sizes} trusts; correct the "
                "cluster sizes."
            )
        chain.append(joined[0])
    return tuple(chain), ks


def _joined(labels: Integers) -> Iterator[Integers]:
    """Every partition that joins two clusters, numbered by first member."""
    for first in range(1, int(labels.max()) + 1):
        for second in range(first + 1, int(labels.max()) + 1):
            yield number_by_first_member(np.where(labels == second, first, labels))


def settle_ceos(model: Model, drawn: Deviations, positions: Floats) -> tuple[Floats, Floats]:
    """Settle the CEOs' answers, so that their favourites are those that were published.

    Parameters
    ----------
    model : Model
        Targets and people.
    drawn : Deviations
        Everybody's deviations.
    positions : ndarray of shape (k + 1, n_items)
        Where clusters start; row 0 is for trusts without one.

    Returns
    -------
    answers : ndarray of shape (n_respondents, n_items)
        The CEOs' answers; ``nan`` for everybody else.
    gaps : ndarray of shape (n_items,)
        By how many points CEOs were placed above what their cluster starts from.

    Raises
    ------
    Missed
        If the order did not come about with gaps of up to :data:`MAX_CEO_GAP` points.
    """
    people, ceos = model.respondents, model.respondents.ceos
    latent = positions[people.clusters[people.mat_of[ceos]]] + drawn.personal[ceos]
    orders, gaps = _ceo_orders(model), np.zeros(positions.shape[1])
    for items, sign in orders:
        gaps[items] = sign * CEO_GAP
    settled = np.full(drawn.personal.shape, np.nan)
    while True:
        answers = round_ratings(latent + gaps, drawn.low, drawn.high, drawn.heaped[ceos])
        for target in model.targets.of("ceo_answer", block=BLOCK):
            row = people.mat_of[ceos] == model.mat(target.arguments["mat"])
            answers[row, _item(model, target)] = target.whole
        settled[ceos] = answers
        wanted = _wanted_move(answers, orders)
        if wanted is None:
            return settled, gaps
        if np.abs(gaps).max() > MAX_CEO_GAP:
            raise Missed("what CEOs rate most and least highly (ceo_items)")
        item, rival, sign = wanted
        gaps[item] += sign * CEO_GAP_STEP
        gaps[rival] -= sign * CEO_GAP_STEP


def _ceo_orders(model: Model) -> list[tuple[list[int], int]]:
    """Items that CEOs rate highest (1) and lowest (-1)."""
    return [
        (
            [model.item(BLOCK, word) for word in target.words],
            1 if target.arguments["end"] == "highest" else -1,
        )
        for target in model.targets.of("ceo_items", block=BLOCK)
    ]


def _wanted_move(
    answers: Floats, orders: list[tuple[list[int], int]]
) -> tuple[int, int, int] | None:
    """The item out of order, the one it has to pass, and which way; None if all are in order."""
    means = answers.mean(axis=0)
    for items, sign in orders:
        weakest = items[int((sign * means[items]).argmin())]
        others = [item for item in range(len(means)) if item not in items]
        rival = others[int((sign * means[others]).argmax())]
        if sign * (means[weakest] - means[rival]) < CEO_MARGIN:
            return weakest, rival, sign
    return None
