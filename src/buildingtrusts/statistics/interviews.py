"""Coded interviews beside the survey: who centralises what, and who met which break point.

Trusts are the units. An excerpt's weight counts once for its area, a trust's weight is the mean
over its excerpts, and a group's the mean over its trusts, so that a talkative chief executive
counts as much as another. A break point is met by a trust if any of its excerpts carries the tag;
that it was not mentioned does not mean that it was not met. Tags are tested against attributes by
the exact test of :mod:`buildingtrusts.statistics.crosstabs`. Clusters are not tested: the few
trusts that were both surveyed and interviewed allow almost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from buildingtrusts.statistics.crosstabs import UNKNOWN_LEVELS, ExactTest, exact_test, holm

#: Measures of the summary.
CENTRALISATION, BREAK_POINT = "centralisation", "break_point"
ALL = "(all)"
SUMMARY_COLUMNS = (
    *("measure", "code", "group", "k", "level", "n_mats", "n_coded", "share", "n_interviews"),
    *("n_excerpts", "mean_weight", "sd_weight"),
)
TEST_COLUMNS = (
    *("code", "group", "n", "test", "p_value", "p_adjusted", "p_min_attainable", "cramers_v"),
    *("cramers_v_null_mean", "cramers_v_null_q95", "draws"),
)


@dataclass(frozen=True)
class Grouping:
    """How interviewed trusts fall into groups.

    Attributes
    ----------
    name : str
        ``cluster``, or the name of an attribute.
    level_of : mapping of str to str
        Of each interviewed trust.
    levels : tuple of str
        In the order wanted; those that no interviewed trust is at stay, with counts of 0.
    k : int, optional
        Of a partition: its number of clusters.
    """

    name: str
    level_of: Mapping[str, str]
    levels: tuple[str, ...]
    k: int | None = None


def summarise_interviews(
    excerpts: pd.DataFrame,
    areas: Sequence[str],
    break_points: Sequence[str],
    clusters: Sequence[Grouping],
    attributes: Sequence[Grouping],
) -> pd.DataFrame:
    """Summarise centralisation by area and cluster, and break points by attribute.

    Parameters
    ----------
    excerpts : DataFrame
        ``interview_id, mat_id, area, weight, break_point, excerpt_id``; weights 1 (schools decide)
        to 3 (central), missing where none was given; a code that is not given is ``""``.
    areas, break_points : sequence of str
        Codes in the order wanted.
    clusters, attributes : sequence of Grouping
        Groups for the areas, and for the break points.

    Returns
    -------
    DataFrame
        :data:`SUMMARY_COLUMNS`. ``n_mats`` interviewed trusts are at the level; ``n_coded`` of
        them have a weight in the area, or the break point's tag, in ``n_excerpts`` excerpts of
        ``n_interviews`` interviews; ``share`` is ``n_coded`` over ``n_mats`` and empty where that
        is 0. ``mean_weight`` and ``sd_weight`` (n - 1) are over the coded trusts; break points
        have none.

    Examples
    --------
    >>> excerpts = pd.DataFrame({"interview_id": ["I1", "I2"], "mat_id": ["A", "B"],
    ...     "area": "governance", "weight": [1, 3], "break_point": ["", "alignment"],
    ...     "excerpt_id": ["E1", "E2"]})
    >>> found = summarise_interviews(excerpts, ["governance"], ["alignment"], [], [])
    >>> found[["code", "n_coded", "share", "mean_weight"]].values.tolist()
    [['governance', 2, 1.0, 2.0], ['alignment', 1, 0.5, nan]]
    """
    everyone = Grouping("all", dict.fromkeys(excerpts["mat_id"].unique(), ALL), (ALL,))
    weighed = excerpts[excerpts["weight"].notna()].drop_duplicates(["excerpt_id", "area"])
    rows: list[tuple[object, ...]] = []
    for measure, codes, coded, groupings in (
        (CENTRALISATION, areas, weighed.assign(code=weighed["area"]), clusters),
        (BREAK_POINT, break_points, excerpts.assign(code=excerpts["break_point"]), attributes),
    ):
        for grouping in (everyone, *groupings):
            level_of = pd.Series(grouping.level_of)
            of_level = coded.assign(level=coded["mat_id"].map(level_of))
            for code in codes:
                of_code = of_level[of_level["code"] == code]
                for level in grouping.levels:
                    here = of_code[of_code["level"] == level]
                    n_mats = int((level_of == level).sum())
                    rows.append(
                        (measure, code, grouping.name, grouping.k, level, n_mats)
                        + _summary_of(here, n_mats, measure == CENTRALISATION)
                    )
    table = pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))
    return table.astype({"k": "Int64"})


def _summary_of(here: pd.DataFrame, n_mats: int, weighed: bool) -> tuple[object, ...]:
    means = here.groupby("mat_id")["weight"].mean().astype(float) if weighed else pd.Series([])
    n_coded = here["mat_id"].nunique()
    return (
        *(n_coded, n_coded / n_mats if n_mats else np.nan),
        *(here["interview_id"].nunique(), here["excerpt_id"].nunique()),
        *(means.mean() if len(means) else np.nan, means.std() if len(means) > 1 else np.nan),
    )


def compare_break_points(
    excerpts: pd.DataFrame,
    break_points: Sequence[str],
    attributes: Sequence[Grouping],
    *,
    stream: Callable[[str], np.random.Generator],
    draws: int = 100_000,
) -> pd.DataFrame:
    """Test whether trusts at different levels of an attribute mention a break point as often.

    Parameters
    ----------
    excerpts : DataFrame
        As for :func:`summarise_interviews`.
    break_points : sequence of str
        Codes in the order wanted.
    attributes : sequence of Grouping
        Trusts at ``(missing)`` and ``(not covered)`` are left out.
    stream : callable
        Gives the random generator of a task by its name; used only by Monte Carlo tests.
    draws : int
        Of a Monte Carlo test.

    Returns
    -------
    DataFrame
        :data:`TEST_COLUMNS`; p is adjusted over the break points of an attribute (Holm). An
        attribute that is known of no interviewed trust has no rows.
    """
    rows: list[tuple[object, ...]] = []
    for grouping in attributes:
        known = {mat: at for mat, at in grouping.level_of.items() if at not in UNKNOWN_LEVELS}
        if not known:
            continue
        levels = list(dict.fromkeys(known.values()))
        tests: dict[str, ExactTest] = {}
        for code in break_points:
            met = set(excerpts.loc[excerpts["break_point"] == code, "mat_id"])
            table = np.zeros((len(levels), 2), dtype=np.int64)
            for mat, level in known.items():
                table[levels.index(level), int(mat in met)] += 1
            rng = stream(f"{grouping.name} {code}")
            tests[code] = exact_test(table, draws=draws, rng=rng)
        adjusted = holm([one.p_value for one in tests.values()])
        rows += [
            (code, grouping.name, len(known), one.test, one.p_value, p_adjusted)
            + (one.p_min_attainable, one.cramers_v, one.cramers_v_null_mean)
            + (one.cramers_v_null_q95, one.draws)
            for (code, one), p_adjusted in zip(tests.items(), adjusted, strict=True)
        ]
    return pd.DataFrame(rows, columns=list(TEST_COLUMNS))
