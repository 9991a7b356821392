"""Answers about the operating areas: who decides, how effective, how much standardisation.

Fewer claims bind these three blocks, and each is met by setting what it is about: a shift for the
cluster that centralises, a level and a spread of effectiveness for each trust, a level for each
area. Areas of which no level is published are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from buildingtrusts.published.fitting import (
    Deviations,
    Floats,
    column_quantiles,
    round_ratings,
)
from buildingtrusts.published.model import Model
from buildingtrusts.published.respondents import finest_k
from buildingtrusts.published.targets import Missed, ReconstructionError, Target

OPERATIONS, EFFECTIVENESS, STANDARDISATION = "operations", "effectiveness", "standardisation"

#: Operating areas (0-10): level and spread over areas, shares of the spread within trusts for
#: trusts and for trusts' areas, and how much more the centralising cluster starts with.
AREA_LEVEL, AREA_SPREAD, TRUST_SPREAD, TRUST_AREA_SPREAD = 5.5, 1.2, 0.25, 0.3
CLUSTER_LEAD, LEAD_STEP, LEAD_MARGIN = 0.5, 0.1, 0.2

#: Effectiveness (1-10): spread over areas and over trusts' areas, how far the lowest area starts
#: below the others, in points; and the levels and spreads tried for each trust.
EFFECT_AREA_SPREAD, EFFECT_TRUST_AREA_SPREAD = 0.35, 0.5
LOWEST_AREA, LOWEST_STEP, LOWEST_MARGIN = 0.7, 0.3, 0.05
SPREADS, COARSE = np.arange(12, 121) / 20, 10
#: Averages stay so far (points) inside the ends of their class; steps of each bisection.
CLASS_MARGIN, HALVINGS = 0.03, 12
#: Level and spread of trusts of which nothing is published.
FREE_LEVEL, FREE_SPREAD, FREE_MEDIAN, FREE_IQR = 6.2, 2.2, 6.2, 3.0
#: A one-sided class of trusts (five or less) is this wide, in points.
OPEN_WIDTH = 1.0

#: Desired standardisation (1-5): where areas start, and the points by which they are moved.
SAME = 3.0
SAME_LEVEL, MORE_LEVEL, SAME_SPREAD, LEVEL_STEP = 3.1, 3.9, 0.08, 0.05

_TRIES = 60


def draw_operations(model: Model) -> Floats:
    """Draw who decides what: 0 is devolved to schools, 10 retained by the trust.

    Parameters
    ----------
    model : Model
        Targets, people and settings.

    Returns
    -------
    ndarray of shape (n_respondents, n_items)
        Whole numbers; ``nan`` where missing.

    Raises
    ------
    Missed
        If the centralising cluster cannot be made to lead.
    """
    rng = model.generator(OPERATIONS)
    spread = model.spread(OPERATIONS)
    n_mats, n_items = len(model.respondents.mats), len(model.items[OPERATIONS])
    levels = np.clip(AREA_LEVEL + AREA_SPREAD * rng.standard_normal(n_items), 3.0, 8.0)
    for item, level in _ceo_levels(model).items():
        levels[item] = level
    positions = levels + spread * TRUST_SPREAD * rng.standard_normal((n_mats, 1))
    positions = positions + spread * TRUST_AREA_SPREAD * rng.standard_normal((n_mats, n_items))
    deviations = model.deviations(OPERATIONS, spread, rng)
    deviations = replace(deviations, fixed=_settle_ceos(model, deviations, positions))
    for target in model.targets.of("centralisation_contrast", k=finest_k(model.targets)):
        cluster = int(target.arguments["cluster"])
        positions = _with_lead(model, deviations, positions, cluster, target)
    return deviations.rate(positions, slice(None))


def _ceo_levels(model: Model) -> dict[int, float]:
    """Levels of the areas for which CEOs' answers were counted: towards the side with more."""
    low, high = model.scale(OPERATIONS)
    sides: dict[int, list[tuple[float, int]]] = {}
    for target in model.targets.of("ceo_answers", block=OPERATIONS):
        item = model.item(OPERATIONS, target.arguments["item"])
        value, _, _ = _side(target, low, high)
        sides.setdefault(item, []).append((value, target.whole))
    return {
        item: sum(value * n for value, n in counts) / sum(n for _, n in counts)
        for item, counts in sides.items()
    }


def _side(target: Target, low: int, high: int) -> tuple[float, int, int]:
    """Middle and ends of the answers that a count of CEOs is about."""
    above, below, at = (target.number(name) for name in ("above", "below", "at"))
    if at is not None:
        return at, round(at), round(at)
    first = low if above is None else round(above) + 1
    last = high if below is None else round(below) - 1
    return (first + last) / 2, first, last


def _settle_ceos(model: Model, deviations: Deviations, positions: Floats) -> Floats:
    """Settle the answers of CEOs that were counted: in the order drawn, moved into their class."""
    people = model.respondents
    settled = np.full(deviations.personal.shape, np.nan)
    low, high = deviations.low, deviations.high
    for item in _ceo_levels(model):
        name = model.items[OPERATIONS][item]
        counted = model.targets.of("ceo_answers", block=OPERATIONS, item=name)
        classes = sorted((_side(target, low, high)[1:], target.whole) for target in counted)
        ceos = people.ceos[deviations.answered[people.ceos, item]]
        if sum(n for _, n in classes) != len(ceos):
            raise ReconstructionError(
                f"{len(ceos)} CEOs answered {name}, and the claims place "
                f"{sum(n for _, n in classes)} of them; correct the claims."
            )
        latent = positions[people.mat_of[ceos], item] + deviations.personal[ceos, item]
        ends = [end for end, n in classes for _ in range(n)]
        for (first, last), place in zip(ends, np.argsort(latent, kind="stable"), strict=True):
            settled[ceos[place], item] = np.clip(np.rint(latent[place]), first, last)
    return settled


def _with_lead(
    model: Model, deviations: Deviations, positions: Floats, cluster: int, target: Target
) -> Floats:
    """Raise a cluster on all areas until it runs them more centrally by as much as was claimed."""
    members = model.respondents.clusters == cluster
    clustered = model.respondents.clusters > 0
    for step in range(_TRIES):
        raised = positions + (CLUSTER_LEAD + step * LEAD_STEP) * members[:, None]
        centralisation = _trust_means(model, deviations.rate(raised, slice(None))).mean(axis=1)
        lead = centralisation[members].mean() - centralisation[clustered & ~members].mean()
        if lead > target.low + LEAD_MARGIN:
            return raised
    raise Missed(f"{target.claim} was not met by raising cluster {cluster}")


def _trust_means(model: Model, answers: Floats) -> Floats:
    """Mean answers of each trust, shape (n_mats, n_items); ``nan`` without any."""
    people = [model.respondents.people_of(mat) for mat in range(len(model.respondents.mats))]
    counts = np.array([(~np.isnan(answers[rows])).sum(axis=0) for rows in people])
    totals = np.array([np.nansum(answers[rows], axis=0) for rows in people])
    return np.divide(totals, counts, out=np.full(totals.shape, np.nan), where=counts > 0)


def draw_effectiveness(model: Model) -> Floats:
    """Draw how effective people think their trust is in each area.

    Level and spread of each trust are set so that its medians and interquartile ranges, averaged
    over areas, fall into the classes that were counted; which trust is in which class is drawn.

    Parameters
    ----------
    model : Model
        Targets and people. The spread within trusts is published here, so ``within_sd`` plays no
        part.

    Returns
    -------
    ndarray of shape (n_respondents, n_items)

    Raises
    ------
    Missed
        If a trust cannot be brought into its class, or the lowest area made lowest.
    """
    rng = model.generator(EFFECTIVENESS)
    people = model.respondents
    n_mats, n_items = len(people.mats), len(model.items[EFFECTIVENESS])
    areas = EFFECT_AREA_SPREAD * rng.standard_normal(n_items)
    areas = areas + EFFECT_TRUST_AREA_SPREAD * rng.standard_normal((n_mats, n_items))
    deviations = model.deviations(EFFECTIVENESS, 1.0, rng)
    medians = _draw_classes(model, "median", rng)
    ranges = _draw_classes(model, "iqr", rng)
    lowest = _lowest_area(model)
    for step in range(_TRIES):
        shifted = areas.copy()
        if lowest is not None:
            bottom = np.delete(areas.mean(axis=0), lowest).min()
            below = LOWEST_AREA + step * LOWEST_STEP
            shifted[:, lowest] += bottom - below - areas[:, lowest].mean()
        answers = _effectiveness(model, deviations, shifted, medians, ranges)
        if lowest is None or _is_lowest(model, answers, lowest):
            return answers
    raise Missed("the least effective area could not be made the lowest (effectiveness_area)")


@dataclass(frozen=True)
class _Wanted:
    """What a trust's average is to be, and the ends of its class."""

    value: float
    low: float = -np.inf
    high: float = np.inf

    def holds(self, found: float) -> bool:
        return self.low + CLASS_MARGIN <= found <= self.high - CLASS_MARGIN


def _draw_classes(model: Model, statistic: str, rng: np.random.Generator) -> list[_Wanted]:
    """Draw the average that each clustered trust is to have, class by class.

    Classes with an exact count are filled first, then those with a range, and one without an
    upper limit takes the rest.
    """
    targets = model.targets.of("effectiveness_mats", statistic=statistic)
    left = len(model.respondents.clustered)
    wanted: list[_Wanted] = []
    for target in sorted(targets, key=lambda one: one.high - one.low):
        fewest, most = round(max(target.low, 0)), int(min(target.high, left))
        if fewest > most:
            raise ReconstructionError(
                f"{target.claim}: {left} trusts are left where its class needs {fewest}; correct "
                "the claims."
            )
        n = left if np.isinf(target.high) else int(rng.integers(fewest, most + 1))
        left -= n
        low, high = _class_ends(target)
        inner = rng.uniform(0.75 * low + 0.25 * high, 0.25 * low + 0.75 * high, n)
        wanted += [_Wanted(float(value), low, high) for value in inner]
    wanted += [_Wanted(FREE_MEDIAN if statistic == "median" else FREE_IQR)] * left
    return [wanted[place] for place in rng.permutation(len(wanted))]


def _class_ends(target: Target) -> tuple[float, float]:
    low = target.number("at_least")
    low = target.number("above") if low is None else low
    high = target.number("at_most")
    high = target.number("below") if high is None else high
    if low is None and high is not None:
        return high - OPEN_WIDTH, high
    if high is None and low is not None:
        return low, low + OPEN_WIDTH
    if low is None or high is None:
        raise ReconstructionError(f"{target.claim} counts trusts without a bound; correct it.")
    return low, high


def _lowest_area(model: Model) -> int | None:
    found = model.targets.of("effectiveness_area", statistic="mean", end="lowest")
    return model.item(EFFECTIVENESS, found[0].words[0]) if found else None


def _effectiveness(
    model: Model,
    deviations: Deviations,
    areas: Floats,
    medians: Sequence[_Wanted],
    ranges: Sequence[_Wanted],
) -> Floats:
    """Answers of all trusts, given where their areas lie and what their averages are to be."""
    answers = np.full(deviations.personal.shape, np.nan)
    clustered = model.respondents.clustered.tolist()
    for mat in range(len(model.respondents.mats)):
        rows = model.respondents.people_of(mat)
        if mat in clustered:
            place = clustered.index(mat)
            answers[rows] = _set_trust(deviations, rows, areas[mat], medians[place], ranges[place])
        else:
            answers[rows] = _rated(deviations, rows, areas[mat] + FREE_LEVEL, FREE_SPREAD)
    return answers


def _rated(deviations: Deviations, rows: slice, positions: Floats, spread: float) -> Floats:
    latent = positions + spread * deviations.personal[rows]
    rated = round_ratings(latent, deviations.low, deviations.high, deviations.heaped[rows])
    return np.where(deviations.answered[rows], rated, np.nan)


@dataclass(frozen=True)
class _Rated:
    """A trust's answers at one spread, with the averages of its medians and its ranges."""

    answers: Floats
    median: float
    iqr: float


def _set_trust(
    deviations: Deviations, rows: slice, areas: Floats, median: _Wanted, iqr: _Wanted
) -> Floats:
    """Answers of one trust whose medians and interquartile ranges average to what is wanted."""

    def distance(rated: _Rated) -> float:
        return round(max(abs(rated.median - median.value), abs(rated.iqr - iqr.value)), 6)

    def at(spreads: Floats) -> list[_Rated]:
        return [_level(deviations, rows, areas, float(spread), median.value) for spread in spreads]

    # Ranges grow with the spread, though not at every step: look around, then closely.
    nearest = int(np.argmin([distance(rated) for rated in at(SPREADS[::COARSE])])) * COARSE
    close = at(SPREADS[max(0, nearest - COARSE) : nearest + COARSE + 1])
    held = [rated for rated in close if median.holds(rated.median) and iqr.holds(rated.iqr)]
    if not held:
        raise Missed(
            f"the effectiveness of a trust with {rows.stop - rows.start} responses could not be "
            f"brought to an average median of {median.value:.2f} and an average interquartile "
            f"range of {iqr.value:.2f} (effectiveness_mats)"
        )
    return min(held, key=distance).answers


def _level(
    deviations: Deviations, rows: slice, areas: Floats, spread: float, median: float
) -> _Rated:
    """Halve the interval of levels until the medians average to what is wanted."""
    low, high = float(deviations.low) - 3, float(deviations.high) + 3
    for _ in range(HALVINGS):
        level = (low + high) / 2
        answers = _rated(deviations, rows, areas + level, spread)
        found = float(np.nanmean(column_quantiles(answers, 0.5)))
        low, high = (level, high) if found < median else (low, level)
    quartiles = [column_quantiles(answers, p) for p in (0.25, 0.75)]
    return _Rated(answers, found, float(np.nanmean(quartiles[1] - quartiles[0])))


def _is_lowest(model: Model, answers: Floats, area: int) -> bool:
    clustered = [model.respondents.people_of(mat) for mat in model.respondents.clustered]
    medians = np.array([column_quantiles(answers[rows], 0.5) for rows in clustered])
    means = np.nanmean(medians, axis=0)
    return bool(means[area] + LOWEST_MARGIN <= np.delete(means, area).min())


def draw_standardisation(model: Model) -> Floats:
    """Draw whether people want less (1, 2), about the same (3) or more (4, 5) standardisation.

    Parameters
    ----------
    model : Model
        Targets, people and settings.

    Returns
    -------
    ndarray of shape (n_respondents, n_items)

    Raises
    ------
    Missed
        If the medians over all responses cannot be brought about.
    """
    rng = model.generator(STANDARDISATION)
    spread = model.spread(STANDARDISATION)
    n_mats, n_items = len(model.respondents.mats), len(model.items[STANDARDISATION])
    low, high = _standardisation_bounds(model)
    more = low > SAME
    levels = np.where(more, MORE_LEVEL, SAME_LEVEL) + SAME_SPREAD * rng.standard_normal(n_items)
    effects = TRUST_SPREAD * spread * rng.standard_normal((n_mats, n_items))
    deviations = model.deviations(STANDARDISATION, spread, rng)
    for _ in range(_TRIES):
        answers = deviations.rate(levels + effects, slice(None))
        medians = column_quantiles(answers, 0.5)
        if not ((medians < low) | (medians > high)).any():
            return answers
        levels = levels + LEVEL_STEP * (medians < low) - LEVEL_STEP * (medians > high)
    raise Missed(
        "the medians of desired standardisation could not be brought about "
        "(standardisation_median, standardisation_areas)"
    )


def _standardisation_bounds(model: Model) -> tuple[Floats, Floats]:
    """Bounds on the median of each area: those singled out, and about the same everywhere else."""
    n_items = len(model.items[STANDARDISATION])
    low, high = np.full(n_items, -np.inf), np.full(n_items, np.inf)
    if model.targets.of("standardisation_areas", sample="all"):
        low[:], high[:] = SAME, SAME
    for target in model.targets.of("standardisation_median", sample="all"):
        item = model.item(STANDARDISATION, target.arguments["item"])
        low[item], high[item] = target.low, target.high
    return low, high
