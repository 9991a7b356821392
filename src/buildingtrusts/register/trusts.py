"""What each open multi-academy trust is made of, from the register of schools.

The attributes carry the 2018 report's level names, cut by the rules of
:mod:`buildingtrusts.register.cutoffs`. A trust's schools are those the group links list. What a
school lacks is left out and never filled in: pupils of unknown number are counted in
``pupils_missing``, and an attribute for which nothing is known is at the level ``(missing)``. The
geographical spread is a proxy of our own: a straight line between postcodes (Easting and Northing,
EPSG:27700) stands in for the report's unpublished travel time, and the levels say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from buildingtrusts.output.contracts import MISSING
from buildingtrusts.register.cutoffs import Band, Cutoffs, RapidGrowth, Spread
from buildingtrusts.register.extract import Extract
from buildingtrusts.study.order import natural_key

PHASE_LEVELS = ("Mixed", "Predominantly Primary", "Predominantly Secondary")
TYPE_LEVELS = ("Mixed", "Predominantly converter", "Predominantly sponsored")
SPREAD_LEVELS = (
    "One school",
    "All schools within 1 hour (our distance proxy)",
    "All schools within 1 hour of at least one school (our distance proxy)",
    "Some isolation (our distance proxy)",
    "More isolation (our distance proxy)",
)

GROWTH_LEVELS = ("No", "Yes")

#: Columns of ``register_trusts.csv``, in order.
COLUMNS = (
    "trust_uid",
    "trust_name",
    "n_schools",
    "pupils",
    "pupils_missing",
    "phase_mix",
    "school_type_mix",
    "size_schools",
    "size_pupils",
    "geographical_spread",
    "oldest_joined",
    "joined_last_5_years",
    "trust_age",
    "rapid_growth",
)


@dataclass(frozen=True)
class RegisterTrusts:
    """The trusts of an extract.

    Attributes
    ----------
    table : DataFrame
        One row a trust, in the order of ``trust_uid``, with the columns :data:`COLUMNS`.
        ``pupils`` is the sum of the known rolls and empty if none is known; ``oldest_joined`` is
        an ISO date; ``joined_last_5_years`` counts the schools that joined later than the same
        day five years before the extract, and is empty if no joined date is known. Age and growth
        are of the schools that are members still: what left in between is not in an extract.
    notes : tuple of str
        What a reader must know of the extract and of codes the cut-offs do not place.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def describe_trusts(extract: Extract, cutoffs: Cutoffs) -> RegisterTrusts:
    """Compute the attributes of each open multi-academy trust.

    Parameters
    ----------
    extract : Extract
        The trusts and their schools on one day.
    cutoffs : Cutoffs
        Where the attributes are cut.

    Returns
    -------
    RegisterTrusts

    Notes
    -----
    Rolls that are missing make ``pupils`` and ``size_pupils`` lower bounds; ``pupils_missing``
    says for how many schools. A roll of 0 is a roll.
    """
    members = extract.links.merge(extract.schools, on="urn", how="left", validate="many_to_one")
    phase = _placed(members["phase_code"], _phase_weights(cutoffs))
    kind = _placed(members["type_code"], _type_weights(cutoffs))
    recent = members["joined"] > pd.Timestamp(_years_before(extract.date, 5))
    known = members["joined"].notna()
    by_trust = members.assign(
        unknown_roll=members["pupils"].isna(), recent=recent.astype("float64").where(known)
    ).groupby("trust_uid", sort=False)
    pupils = by_trust["pupils"].sum(min_count=1)
    n_schools = by_trust.size()
    table = pd.DataFrame(
        {
            "trust_name": by_trust["trust_name"].first(),
            "n_schools": n_schools,
            "pupils": pupils.astype("Int64"),
            "pupils_missing": by_trust["unknown_roll"].sum(),
            "phase_mix": _mix(phase, members, cutoffs.phase_mix.share, PHASE_LEVELS),
            "school_type_mix": _mix(kind, members, cutoffs.school_type_mix.share, TYPE_LEVELS),
            "size_schools": size_level(n_schools, cutoffs.size_schools),
            "size_pupils": size_level(pupils, cutoffs.size_pupils),
            "geographical_spread": _spreads(members, cutoffs.geographical_spread),
            "oldest_joined": by_trust["joined"].min().dt.strftime("%Y-%m-%d"),
            "joined_last_5_years": by_trust["recent"].sum(min_count=1).astype("Int64"),
            "trust_age": size_level(
                _years_since(by_trust["joined"].min(), extract.date), cutoffs.trust_age
            ),
            "rapid_growth": _growth(by_trust["recent"].sum(min_count=1), cutoffs.rapid_growth),
        }
    ).reset_index(names="trust_uid")
    table = table.sort_values(
        "trust_uid", key=lambda uids: uids.map(natural_key), ignore_index=True
    )
    return RegisterTrusts(table[list(COLUMNS)], (*extract.notes, *_unplaced(members, cutoffs)))


def size_level(sizes: pd.Series, bands: Sequence[Band]) -> pd.Series:
    """Return the last band whose lower bound each size reaches.

    Parameters
    ----------
    sizes : Series
        Numbers of schools or of pupils; may have missing values.
    bands : sequence of Band
        In rising order.

    Returns
    -------
    Series of str
        Names of levels; ``(missing)`` for a missing size and for one below the first band.
    """
    position = np.searchsorted([band.start for band in bands], sizes.to_numpy(float), side="right")
    position[sizes.isna().to_numpy()] = 0  # NaN sorts above every bound
    names = np.array([MISSING, *(band.level for band in bands)], dtype=object)
    return pd.Series(names[position], index=sizes.index, dtype="str")


def spread_level(easting: np.ndarray, northing: np.ndarray, spread: Spread) -> str:
    """Classify how far apart a trust's schools are, by straight lines in place of travel times.

    Parameters
    ----------
    easting, northing : ndarray of shape (n_schools,)
        Metres, EPSG:27700; NaN where the place is not known.
    spread : Spread
        The length that stands in for an hour, and the share of isolated schools that is no longer
        some.

    Returns
    -------
    str
        One of :data:`SPREAD_LEVELS`. The first is a trust of one school, which cannot be spread.
        In the second every two schools, in the third each school and its nearest are within the
        length. Then come those where less, and where no less, than the stated share of the schools
        has no other within it. Schools without a place are left out; ``(missing)`` if fewer than
        two are left of a trust of several.

    Examples
    --------
    >>> spread = Spread(kilometres=45, isolated_share=0.2, source="ours")
    >>> spread_level(np.array([400e3, 440e3, 480e3]), np.array([300e3] * 3), spread)
    'All schools within 1 hour of at least one school (our distance proxy)'
    """
    if len(easting) == 1:
        return SPREAD_LEVELS[0]
    known = ~(np.isnan(easting) | np.isnan(northing))
    if known.sum() < 2:
        return MISSING
    place = easting[known] + 1j * northing[known]
    apart = np.abs(place[:, None] - place[None, :])
    reach = spread.kilometres * 1000.0
    if apart.max() <= reach:
        return SPREAD_LEVELS[1]
    np.fill_diagonal(apart, np.inf)
    isolated = float(np.mean(apart.min(axis=1) > reach))
    if isolated == 0:
        return SPREAD_LEVELS[2]
    return SPREAD_LEVELS[3] if isolated < spread.isolated_share else SPREAD_LEVELS[4]


def _spreads(members: pd.DataFrame, spread: Spread) -> pd.Series:
    easting, northing = members["easting"].to_numpy(), members["northing"].to_numpy()
    levels = {
        uid: spread_level(easting[rows], northing[rows], spread)
        for uid, rows in members.groupby("trust_uid", sort=False).indices.items()
    }
    return pd.Series(levels, dtype="str")


def _years_since(joined: pd.Series, day: date) -> pd.Series:
    """Completed years; a school that joined after the extract's date is of the year 0."""
    before = (joined.dt.month * 100 + joined.dt.day) > day.month * 100 + day.day
    return (day.year - joined.dt.year - before).clip(lower=0)


def _growth(recent: pd.Series, rule: RapidGrowth) -> pd.Series:
    levels = np.where(
        recent.isna(), MISSING, np.where(recent >= rule.schools, *GROWTH_LEVELS[::-1])
    )
    return pd.Series(levels, index=recent.index, dtype="str")


# --- mixes: how much of each school counts towards the first and the second kind ---------------


def _phase_weights(cutoffs: Cutoffs) -> dict[str, tuple[float, float]]:
    codes = cutoffs.phase_mix
    return (
        _weights(codes.primary, 1, 0)
        | _weights(codes.secondary, 0, 1)
        | _weights(codes.both, 0.5, 0.5)
        | _weights(codes.other, 0, 0)
    )


def _type_weights(cutoffs: Cutoffs) -> dict[str, tuple[float, float]]:
    codes = cutoffs.school_type_mix
    return (
        _weights(codes.converter, 1, 0)
        | _weights(codes.sponsored, 0, 1)
        | _weights(codes.other, 0, 0)
    )


def _weights(codes: Iterable[int], first: float, second: float) -> dict[str, tuple[float, float]]:
    return {str(code): (first, second) for code in codes}


def _placed(codes: pd.Series, weights: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Weigh each school; one whose code is not placed, or not known, is NaN and left out."""
    return pd.DataFrame(
        {
            "first": codes.map({code: pair[0] for code, pair in weights.items()}),
            "second": codes.map({code: pair[1] for code, pair in weights.items()}),
        },
        dtype="float64",
    )


def _mix(
    weights: pd.DataFrame, members: pd.DataFrame, share: float, levels: Sequence[str]
) -> pd.Series:
    """Name the kind that has at least ``share`` of a trust's placed schools, if one has."""
    shares = weights.groupby(members["trust_uid"], sort=False).mean()
    chosen = np.select(
        [
            ~(shares["first"] + shares["second"] > 0),  # also true of NaN: nothing is known
            shares["first"] >= share,
            shares["second"] >= share,
        ],
        [MISSING, levels[1], levels[2]],
        levels[0],
    )
    return pd.Series(chosen, index=shares.index, dtype="str")


def _unplaced(members: pd.DataFrame, cutoffs: Cutoffs) -> list[str]:
    """Say which codes of the register the cut-offs do not place, and for how many schools."""
    notes = []
    for column, attribute, weights in (
        ("phase_code", "phase_mix", _phase_weights(cutoffs)),
        ("type_code", "school_type_mix", _type_weights(cutoffs)),
    ):
        codes = members[column].dropna()
        for code, n in codes[~codes.isin(list(weights))].value_counts().sort_index().items():
            what = f"the code {code}" if code else "no code"
            cure = f"; add it to a list of {attribute}" if code else ""
            notes.append(
                f"{n:,} of the schools with {what} in {column}, which the cut-offs do not place: "
                f"left out of {attribute}{cure}."
            )
    return notes


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
