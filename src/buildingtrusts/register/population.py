"""How many of all open multi-academy trusts are at each level of each attribute.

The 2018 report shows its sample beside 1,178 trusts; the Education Policy Institute analysed those
with four or more schools. Both counts, the distribution of sizes and of every other attribute come
from one dated extract of the register, and can be set beside a wave's own trusts, with a test of
whether they could be a simple random draw from it. They never were one: trusts chose to take part,
and the report approached those with seven schools or more, which is why the sample is held against
the larger trusts as well as against all. The tests describe how unlike the population the sample
is, beside what chance gives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from buildingtrusts.output.contracts import MISSING, UNKNOWN_LEVELS
from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import Extract
from buildingtrusts.register.trusts import (
    GROWTH_LEVELS,
    PHASE_LEVELS,
    SPREAD_LEVELS,
    TYPE_LEVELS,
)
from buildingtrusts.statistics.crosstabs import holm
from buildingtrusts.statistics.sampling import DRAWS, MAX_SAMPLES, SamplingTest, sampling_test

if TYPE_CHECKING:
    import numpy as np

#: Columns of ``population.csv``, and of the table that sets a sample beside it.
COLUMNS = ("attribute", "level", "n")
COMPARED_COLUMNS = ("extract", "attribute", "level", "n_population", "n_sample")
#: Columns of ``population_tests.csv``.
TEST_COLUMNS = (
    *("extract", "frame", "attribute", "n_population", "n_sample", "test", "p_value"),
    *("p_adjusted", "p_min_attainable", "dissimilarity", "null_mean", "null_q95", "draws", "note"),
)

#: The attribute, and its one level, under which all trusts are counted.
ALL = "all"
#: What is counted of the population and is no attribute of a trust.
_SIZES = (ALL, "schools_band", "at_least")


def count_population(trusts: pd.DataFrame, cutoffs: Cutoffs) -> pd.DataFrame:
    """Count the trusts at each level.

    Parameters
    ----------
    trusts : DataFrame
        The table of :class:`buildingtrusts.register.trusts.RegisterTrusts`.
    cutoffs : Cutoffs
        Whose levels are counted, in their order.

    Returns
    -------
    DataFrame
        ``attribute, level, n``: the total (``all``, ``all``), each attribute's levels in declared
        order with the zeros and ``(missing)`` last, ``schools_band`` (``1``, ``2-5`` ... ``30+``)
        and ``at_least`` (``4+``, ``7+``). Within one attribute the counts add up to the total,
        except under ``at_least``, whose levels contain each other.

    Examples
    --------
    >>> band_labels((1, 2, 6))
    ['1', '2-5', '6+']
    """
    counts = [(ALL, ALL, len(trusts))]
    for attribute, levels in attribute_levels(cutoffs).items():
        found = trusts[attribute].value_counts()
        counts += [(attribute, level, int(found.get(level, 0))) for level in (*levels, MISSING)]
    schools = trusts["n_schools"]
    starts = cutoffs.schools_band.starts
    for low, high, label in zip(starts, (*starts[1:], None), band_labels(starts), strict=True):
        inside = (schools >= low) if high is None else schools.between(low, high - 1)
        counts.append(("schools_band", label, int(inside.sum())))
    for low in cutoffs.at_least.starts:
        counts.append(("at_least", f"{low}+", int((schools >= low).sum())))
    return pd.DataFrame(counts, columns=list(COLUMNS))


def summary(extract: Extract, population: pd.DataFrame) -> str:
    """Say in a sentence how many trusts and schools an extract has."""
    sizes = population[population["attribute"] == "at_least"]
    larger = ", ".join(
        f"{n:,} with {level.removesuffix('+')} schools or more"
        for level, n in zip(sizes["level"], sizes["n"], strict=True)
    )
    total = int(population.loc[population["attribute"] == ALL, "n"].iloc[0])
    return (
        f"Register of {extract.date.isoformat()}: {total:,} open multi-academy trusts with "
        f"{len(extract.links):,} schools" + (f"; {larger}." if larger else ".")
    )


def band_labels(starts: Sequence[int]) -> list[str]:
    """Name each band by its first and last number; the last band is open."""
    labels = [
        str(low) if high == low + 1 else f"{low}-{high - 1}" for low, high in pairwise(starts)
    ]
    return [*labels, f"{starts[-1]}+"]


def compare_with_sample(
    extract: str, population: pd.DataFrame, trusts: pd.DataFrame
) -> pd.DataFrame:
    """Set a wave's trusts beside the population.

    Parameters
    ----------
    extract : str
        Name of the extract, such as ``2017-01-19``.
    population : DataFrame
        ``attribute, level, n``, from :func:`count_population`.
    trusts : DataFrame
        A wave's trusts, one row each, with ``mat_id`` and attributes.

    Returns
    -------
    DataFrame
        ``extract, attribute, level, n_population, n_sample``. ``n_sample`` is 0 where the sample
        has the attribute and no trust at that level, and empty where it does not have the
        attribute or classifies it otherwise, that is, where none of its levels but ``(missing)``
        is among the population's. Levels only the sample has follow in the order in which they
        appear, with an empty ``n_population``. The total is the number of the wave's trusts.

    Examples
    --------
    >>> population = pd.DataFrame(
    ...     {"attribute": ["all", "size"], "level": ["all", "big"], "n": [9, 4]}
    ... )
    >>> trusts = pd.DataFrame({"mat_id": ["MAT 1", "MAT 2"], "size": ["big", "big"]})
    >>> compare_with_sample("2017-01-19", population, trusts)["n_sample"].tolist()
    [2, 2]
    """
    rows: list[tuple[str, str, str, int | None, int | None]] = []
    for attribute, counted in population.groupby("attribute", sort=False):
        levels = dict(zip(counted["level"], counted["n"], strict=True))
        if attribute == ALL:
            rows += [(extract, ALL, level, int(n), len(trusts)) for level, n in levels.items()]
            continue
        sample = _sample_counts(trusts, str(attribute))
        comparable = _comparable(levels, sample)
        rows += [
            (extract, str(attribute), level, int(n), sample.get(level, 0))
            if level in comparable
            else (extract, str(attribute), level, int(n), None)
            for level, n in levels.items()
        ]
        rows += [
            (extract, str(attribute), level, None, n)
            for level, n in sample.items()
            if level not in levels
        ]
    frame = pd.DataFrame(rows, columns=list(COMPARED_COLUMNS))
    return frame.astype({"n_population": "Int64", "n_sample": "Int64"})


def compare_tests(
    extract: str,
    population: pd.DataFrame,
    trusts: pd.DataFrame,
    register: pd.DataFrame,
    stream: Callable[[str], np.random.Generator],
    max_samples: int = MAX_SAMPLES,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Test whether the sample could be a random draw from the population, attribute by attribute.

    Parameters
    ----------
    extract : str
        Name of the extract, such as ``2017-01-19``.
    population : DataFrame
        ``attribute, level, n``, from :func:`count_population`: the levels of each attribute, and
        under ``at_least`` the sizes from which larger trusts are taken by themselves.
    trusts : DataFrame
        A wave's trusts, one row each, with ``mat_id`` and attributes.
    register : DataFrame
        The table of :class:`buildingtrusts.register.trusts.RegisterTrusts`.
    stream : callable
        Gives the random generator of a task by its name; used only by Monte Carlo tests.
    max_samples, draws : int
        See :func:`buildingtrusts.statistics.sampling.sampling_test`.

    Returns
    -------
    DataFrame
        :data:`TEST_COLUMNS`, a row for each frame (``all`` trusts, or those with ``4+`` or ``7+``
        schools) and attribute. Trusts whose level is not known are left out of both counts. p is
        adjusted over the attributes of a frame (Holm). ``note`` says why there is no test: the
        register or the sample does not have the attribute, they classify it otherwise, or the
        sample has more trusts at a level than the frame.

    Examples
    --------
    >>> population = pd.DataFrame({"attribute": ["size"] * 2, "level": ["big", "small"], "n": 3})
    >>> register = pd.DataFrame({"n_schools": 1, "size": ["big"] * 3 + ["small"] * 3})
    >>> trusts = pd.DataFrame({"mat_id": ["A", "B"], "size": ["big", "big"]})
    >>> found = compare_tests("2017-01-19", population, trusts, register, lambda task: None)
    >>> round(float(found["p_value"][0]), 2)
    0.4
    """
    levels = {
        str(attribute): [level for level in counted["level"] if level not in UNKNOWN_LEVELS]
        for attribute, counted in population.groupby("attribute", sort=False)
        if attribute not in _SIZES
    }
    own = [name for name in trusts.columns if name not in ("mat_id", "trust_uid", *levels)]
    rows: list[tuple[object, ...]] = []
    for frame, start in _frames(population).items():
        inside = register[register["n_schools"] >= start]
        found = {
            attribute: _one_test(
                _sample_counts(trusts, attribute),
                inside[attribute].value_counts().to_dict(),
                names,
                stream(f"{frame} {attribute}"),
                (max_samples, draws),
            )
            for attribute, names in levels.items()
        }
        tests = {name: test for name, (_, _, test, _) in found.items() if test is not None}
        adjusted = dict(zip(tests, holm([one.p_value for one in tests.values()]), strict=True))
        rows += [
            (extract, frame, name, n, n_sample)
            + _told_test(test, adjusted.get(name, float("nan")))
            + (note,)
            for name, (n, n_sample, test, note) in found.items()
        ]
    absent = "The register does not have this attribute."
    for name in own:
        known = sum(
            n for level, n in _sample_counts(trusts, name).items() if level not in UNKNOWN_LEVELS
        )
        rows.append((extract, ALL, name, None, known, *_told_test(None, float("nan")), absent))
    table = pd.DataFrame(rows, columns=list(TEST_COLUMNS))
    return table.astype(dict.fromkeys(("n_population", "n_sample", "draws"), "Int64"))


def _frames(population: pd.DataFrame) -> dict[str, int]:
    """The trusts a sample is held against: all, and those from each size that is counted."""
    sizes = population.loc[population["attribute"] == "at_least", "level"]
    return {ALL: 0, **{str(level): int(str(level).removesuffix("+")) for level in sizes}}


def _one_test(
    sample: Mapping[str, int],
    frame: Mapping[str, int],
    levels: Sequence[str],
    rng: np.random.Generator,
    limits: tuple[int, int],
) -> tuple[int, int | None, SamplingTest | None, str]:
    """Known trusts of the frame and of the sample, the test, and why there is none."""
    whole = [frame.get(level, 0) for level in levels]
    known = {level: n for level, n in sample.items() if level not in UNKNOWN_LEVELS}
    if not sample:
        return sum(whole), None, None, "The sample does not have this attribute."
    drawn = [known.get(level, 0) for level in levels]
    if not known:
        return sum(whole), 0, None, "Nothing is known of the sample's trusts."
    if sum(drawn) < sum(known.values()):
        return sum(whole), sum(known.values()), None, "The sample is classified otherwise."
    over = [level for level, n, of in zip(levels, drawn, whole, strict=True) if n > of]
    if over:
        note = f"The sample has more trusts than these of the register at: {', '.join(over)}."
        return sum(whole), sum(drawn), None, note
    max_samples, draws = limits
    test = sampling_test(drawn, whole, max_samples, draws, rng)
    return sum(whole), sum(drawn), test, ""


def _told_test(test: SamplingTest | None, adjusted: float) -> tuple[object, ...]:
    if test is None:
        return ("", *[float("nan")] * 6, None)
    return (
        *(test.test, test.p_value, adjusted, test.p_min_attainable),
        *(test.dissimilarity, test.null_mean, test.null_q95, test.draws),
    )


def _comparable(levels: Collection[str], sample: Collection[str]) -> set[str]:
    """Return the population's levels at which the sample's trusts can be counted."""
    if not sample:
        return set()
    known = set(sample) - set(UNKNOWN_LEVELS)
    return set(levels) if not known or known & set(levels) else {MISSING}


def _sample_counts(trusts: pd.DataFrame, attribute: str) -> dict[str, int]:
    if attribute not in trusts.columns:
        return {}
    return trusts[attribute].fillna(MISSING).value_counts(sort=False).to_dict()


def attribute_levels(cutoffs: Cutoffs) -> dict[str, tuple[str, ...]]:
    """The levels of each attribute that the register gives, in order, without ``(missing)``."""
    return {
        "phase_mix": PHASE_LEVELS,
        "school_type_mix": TYPE_LEVELS,
        "size_schools": tuple(band.level for band in cutoffs.size_schools),
        "size_pupils": tuple(band.level for band in cutoffs.size_pupils),
        "geographical_spread": SPREAD_LEVELS,
        "trust_age": tuple(band.level for band in cutoffs.trust_age),
        "rapid_growth": GROWTH_LEVELS,
    }
