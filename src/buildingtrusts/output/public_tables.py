"""Published tables as text: numbers, or the symbol for why there is none.

Each function takes a table of the study and what of it may be published, and gives the same rows
and columns with every field as it is to be written.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.publication import (
    CONFIDENTIAL,
    DECIMALS,
    LOW,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    SAMPLE_COLUMNS,
    PublicRule,
    harmless,
    shown,
    shown_count,
)

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[object, ...]
Published = Mapping[Key, float]
_INTERVAL = ("ci_low", "ci_high")
#: What a combination of the multiverse shares with the report's, to be over the same answers.
_SAME_ANSWERS = ("min_responses", "roles", "answers")
#: Degrees of centralisation: schools decide, central.
_WEIGHTS = (1.0, 3.0)
_TESTS = ("p_value", "cramers_v", "cramers_v_corrected")
#: Words, and numbers that are names: written as they are.
_NAMES = ("k", "cluster", "type_id", "step", "member", "seed", "draws", "rule_version")


def public_table(frame: pd.DataFrame, rule: PublicRule) -> pd.DataFrame:
    """Write a table out, with its hidden columns withheld and its statistics rounded."""
    import pandas as pd

    decimals = None if rule.how == "whole" else DECIMALS
    columns = {
        column: _column(
            frame[column],
            NOT_APPLICABLE if column in rule.inapplicable else NOT_AVAILABLE,
            None if column in _NAMES else decimals,
        )
        for column in frame.columns
    }
    written = pd.DataFrame(columns, index=frame.index, dtype=object)
    for column in rule.hidden:
        written[column] = CONFIDENTIAL
    return written


def _column(values: pd.Series, missing: str, decimals: int | None) -> list[str]:
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(values):
        # Empty text says that there is nothing to say.
        return [harmless(str(one)) if pd.notna(one) else "" for one in values]
    return [
        shown(bool(one) if values.dtype == bool else float(one), missing, decimals)
        if pd.notna(one)
        else missing
        for one in values
    ]


def public_crosstabs(
    frame: pd.DataFrame, rule: PublicRule, published: Published, base: int
) -> pd.DataFrame:
    """Counts of trusts by cluster and level."""
    keys = [
        ("cell", int(k), attribute, level, int(cluster))
        for k, attribute, level, cluster in _rows(frame, "k", "attribute", "level", "cluster")
    ]
    return public_table(frame, rule).assign(n=_counts(keys, published, base))


def public_associations(
    frame: pd.DataFrame, rule: PublicRule, crosstabs: pd.DataFrame, published: Published
) -> pd.DataFrame:
    """Tests of the tables that are published whole, and with counts that are not rounded."""
    written = public_table(frame, rule).assign(p_adjusted=CONFIDENTIAL)
    hidden = {
        (int(k), attribute)
        for k, attribute, level, cluster in _rows(crosstabs, "k", "attribute", "level", "cluster")
        if ("cell", int(k), attribute, level, int(cluster)) not in published
    }
    lost = [(int(k), attribute) in hidden for k, attribute in _rows(frame, "k", "attribute")]
    written.loc[lost, list(_TESTS)] = CONFIDENTIAL
    return written


def public_sizes(
    frame: pd.DataFrame, rule: PublicRule, published: Mapping[str, Published], base: int
) -> pd.DataFrame:
    """Types of clusters with their sizes; ``published`` by wave, empty for a table without one."""
    waves = frame["wave"] if "wave" in frame.columns else [""] * len(frame)
    sizes = [
        _count(published.get(wave, {}).get(("size", int(k), int(cluster))), base)
        for wave, (k, cluster) in zip(waves, _rows(frame, "k", "cluster"), strict=True)
    ]
    return public_table(frame, rule).assign(n_mats=sizes)


def public_partitions(
    frame: pd.DataFrame, rule: PublicRule, published: Published, reported: Iterable[int], base: int
) -> pd.DataFrame:
    """Partitions with the sizes of their clusters, those of the reported ones alone."""
    known = set(reported)
    sizes = [
        ";".join(
            _count(published.get(("size", int(k), cluster)), base)
            for cluster in range(1, int(k) + 1)
        )
        if int(k) in known
        else CONFIDENTIAL
        for k in frame["k"]
    ]
    return public_table(frame, rule).assign(sizes=sizes)


def public_stability(frame: pd.DataFrame, rule: PublicRule, published: Published) -> pd.DataFrame:
    """Stability of the clusters whose size is published."""
    written = public_table(frame, rule)
    lost = [
        source == "leave_one_mat" or ("size", int(k), int(cluster)) not in published
        for source, k, cluster in _rows(frame, "source", "k", "cluster")
    ]
    numbers = [name for name in frame.columns if name.startswith(("jaccard", "null_q"))]
    written.loc[lost, numbers] = CONFIDENTIAL
    # A cluster of one trust is not found without it, and so has a draw less.
    alone = (frame["source"] == "leave_one_mat").to_numpy()
    written.loc[alone, ["draws", "null_draws"]] = CONFIDENTIAL
    return written


@dataclass(frozen=True)
class PublicItem:
    """What of the answers to one item is published.

    Attributes
    ----------
    means : mapping
        Means, by group.
    spreads : collection
        Groups of which standard deviation and median are published.
    intervals : bool
        Whether intervals rest on enough trusts; those of one role never do, as most trusts have
        one person in some role, and an interval tells how much the people of a trust differ.
    """

    means: Published
    spreads: Collection[Key]
    intervals: bool


_NOTHING = PublicItem({}, (), False)


def public_profiles(
    frame: pd.DataFrame, rule: PublicRule, published: Mapping[tuple[str, str], PublicItem]
) -> pd.DataFrame:
    """Means of clusters; ``published`` by block and item."""
    written = public_table(frame, rule)
    columns: dict[str, list[bool]] = {
        name: [] for name in ("mean", "scaled_mean", "sd", "median", *_INTERVAL)
    }
    for k, cluster, role, weighting, block, item in _rows(
        frame, "k", "cluster", "role", "weighting", "block", "item"
    ):
        known, key = published.get((block, item), _NOTHING), (int(k), int(cluster), role)
        mean = weighting == "responses" and key in known.means
        spread = mean and key in known.spreads
        columns["mean"].append(mean)
        columns["scaled_mean"].append(mean and ("sample", "all") in known.spreads)
        for name in ("sd", "median"):
            columns[name].append(spread)
        for name in _INTERVAL:
            columns[name].append(spread and role == "all" and known.intervals)
    for name, told in columns.items():
        written.loc[[not one for one in told], name] = CONFIDENTIAL
    return written


def public_standardisation(
    frame: pd.DataFrame, rule: PublicRule, published: Mapping[tuple[str, str], PublicItem]
) -> pd.DataFrame:
    """Means of samples; not of the balanced one, which is one of means of trusts."""
    written = public_table(frame, rule)
    known = [
        (published.get(("standardisation", item), _NOTHING), ("sample", sample))
        for sample, item in _rows(frame, "sample", "item")
    ]
    lost = [key not in one.means for one, key in known]
    written.loc[lost, ["mean", "mean_q05", "mean_q95"]] = CONFIDENTIAL
    written.loc[[key not in one.spreads for one, key in known], "median"] = CONFIDENTIAL
    return written


def public_agreement(frame: pd.DataFrame, rule: PublicRule) -> pd.DataFrame:
    """Agreement within the clustered trusts; that of all trusts would give the few others."""
    written = public_table(frame, rule)
    numbers = [name for name in frame.columns if name.startswith(("icc", "rwg"))]
    written.loc[frame["mats"] != "clustered", numbers] = CONFIDENTIAL
    return written


def public_multiverse(frame: pd.DataFrame, rule: PublicRule) -> pd.DataFrame:
    """Combinations over the very trusts and answers of the report's."""
    same = frame.loc[frame["is_report"] == 1, list(_SAME_ANSWERS)].drop_duplicates()
    return public_table(frame.merge(same, on=list(_SAME_ANSWERS))[list(frame.columns)], rule)


def public_interviews(
    frame: pd.DataFrame, rule: PublicRule, below: int, base: int, dropped: bool
) -> pd.DataFrame:
    """Codes over all interviewed trusts, where neither those with it nor the others are few."""
    whole = frame[frame["group"] == "all"]
    written = public_table(whole, rule)
    told, means = [], []
    for n, coded, mean, sd in _rows(whole, "n_mats", "n_coded", "mean_weight", "sd_weight"):
        told.append(not dropped and min(coded, n - coded) >= below)
        means.append(told[-1] and _no_trust_is_told(coded, mean, sd))
    for name in ("n_mats", "n_coded"):
        shown = [shown_count(int(n), base) for n in whole[name]]
        every = [not dropped and n >= below for n in whole["n_mats"]] if name == "n_mats" else told
        written[name] = [
            one if known else CONFIDENTIAL for one, known in zip(shown, every, strict=True)
        ]
    written.loc[[base > 1 or not one for one in told], "share"] = CONFIDENTIAL
    # Break points have no weights.
    lost = [
        not one and measure == "centralisation"
        for one, measure in zip(means, whole["measure"], strict=True)
    ]
    written.loc[lost, ["mean_weight", "sd_weight"]] = CONFIDENTIAL
    return written


def _no_trust_is_told(n: int, mean: float, sd: float) -> bool:
    """Whether a trust's mean weight can be anything over a fifth of the scale, given all means."""
    if mean != mean or sd != sd or n < 2:
        return False
    low, high = _WEIGHTS
    away = sd * (n - 1) / math.sqrt(n)
    least = max(low, n * mean - (n - 1) * high, mean - away)
    most = min(high, n * mean - (n - 1) * low, mean + away)
    return most - least >= 0.2 * (high - low)


def public_changes(
    frame: pd.DataFrame, rule: PublicRule, below: int, dropped: bool
) -> pd.DataFrame:
    """Changes over all trusts that are in both waves, where there are enough."""
    written = public_table(frame, rule)
    lost = [
        dropped or stratum != "all" or n < below for stratum, n in _rows(frame, "stratum", "n_mats")
    ]
    # Where there are no trusts, there are no draws.
    written.loc[lost, ["change", "ci_low", "ci_high", "draws"]] = CONFIDENTIAL
    return written


def public_population(
    frame: pd.DataFrame, rule: PublicRule, published: Published, asked: Iterable[Key], base: int
) -> pd.DataFrame:
    """The register's trusts beside those of the sample; ``asked`` is what the sample can be."""
    keys: list[Key] = [
        ("trusts", "all") if attribute == "all" else ("sample", attribute, level)
        for attribute, level in _rows(frame, "attribute", "level")
    ]
    counts = _counts(keys, published, base)
    possible = {("trusts", "all"), *asked}
    shown = [
        NOT_AVAILABLE if missing else count if key in possible else NOT_APPLICABLE
        for missing, count, key in zip(frame["n_sample"].isna(), counts, keys, strict=True)
    ]
    return public_table(frame, rule).assign(n_sample=shown)


def public_sample(published: Published, trusts: Published, base: int) -> pd.DataFrame:
    """Responses by role and by whether their trust is clustered, with numbers of trusts."""
    import pandas as pd

    which = {"True": "clustered", "False": "others", "all": "all"}
    rows = [
        (
            role,
            clustered,
            _count(trusts.get(("trusts", which[clustered])), base)
            if role == "all"
            else NOT_APPLICABLE,
            _count(published.get((role, clustered)), base),
        )
        for role in ("all", "ceo", "central_team", "school_leader", "(missing)")
        for clustered in ("all", "True", "False")
    ]
    return pd.DataFrame(rows, columns=list(SAMPLE_COLUMNS))


def withheld_count(table: pd.DataFrame) -> int:
    """How many fields of a published table are withheld."""
    return int((table == CONFIDENTIAL).to_numpy().sum())


def as_numbers(table: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """A published table with numbers again, to draw: symbols are missing, and low ones 0."""
    import pandas as pd

    back = table.copy()
    for column in columns:
        back[column] = pd.to_numeric(back[column].replace(LOW, "0"), errors="coerce")
    return back


def _rows(frame: pd.DataFrame, *columns: str) -> Iterable[tuple]:
    return frame[list(columns)].itertuples(index=False, name=None)


def _counts(keys: Iterable[Key], published: Published, base: int) -> list[str]:
    return [_count(published.get(key), base) for key in keys]


def _count(value: float | None, base: int) -> str:
    return CONFIDENTIAL if value is None else shown_count(round(value), base)
