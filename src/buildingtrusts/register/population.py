"""How many of all open multi-academy trusts are at each level of each attribute.

The 2018 report shows its sample beside 1,178 trusts; the Education Policy Institute analysed those
with four or more schools. Both counts, the distribution of sizes and of every other attribute come
from one dated extract of the register, and can be set beside a wave's own trusts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

import pandas as pd

from buildingtrusts.register.cutoffs import Cutoffs
from buildingtrusts.register.extract import Extract
from buildingtrusts.register.trusts import MISSING, PHASE_LEVELS, SPREAD_LEVELS, TYPE_LEVELS

#: Columns of ``population.csv``, and of the table that sets a sample beside it.
COLUMNS = ("attribute", "level", "n")
COMPARED_COLUMNS = ("extract", "attribute", "level", "n_population", "n_sample")

#: The attribute, and its one level, under which all trusts are counted.
ALL = "all"


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
    for attribute, levels in _levels(cutoffs).items():
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


def _comparable(levels: Collection[str], sample: Collection[str]) -> set[str]:
    """Return the population's levels at which the sample's trusts can be counted."""
    if not sample:
        return set()
    same_words = set(sample) <= {MISSING} or (set(sample) & set(levels)) - {MISSING}
    return set(levels) if same_words else {MISSING}


def _sample_counts(trusts: pd.DataFrame, attribute: str) -> dict[str, int]:
    if attribute not in trusts.columns:
        return {}
    return trusts[attribute].fillna(MISSING).value_counts(sort=False).to_dict()


def _levels(cutoffs: Cutoffs) -> dict[str, tuple[str, ...]]:
    return {
        "phase_mix": PHASE_LEVELS,
        "school_type_mix": TYPE_LEVELS,
        "size_schools": tuple(band.level for band in cutoffs.size_schools),
        "size_pupils": tuple(band.level for band in cutoffs.size_pupils),
        "geographical_spread": SPREAD_LEVELS,
    }
