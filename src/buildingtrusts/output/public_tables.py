"""Published tables as text: numbers, or the symbol for why there is none.

Each function takes a table of the study and what of it may be published, and gives the same rows
and columns with every field as it is to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
_PROFILE = ("mean", "median", "sd", "scaled_mean", "ci_low", "ci_high")
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
    """Tests of the tables that are published whole."""
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
    return written


def public_profiles(
    frame: pd.DataFrame, rule: PublicRule, published: Mapping[tuple[str, str], Published]
) -> pd.DataFrame:
    """Means of clusters; ``published`` by block and item."""
    written = public_table(frame, rule)
    lost, unscaled = [], []
    for k, cluster, role, weighting, block, item in _rows(
        frame, "k", "cluster", "role", "weighting", "block", "item"
    ):
        known = published.get((block, item), {})
        lost.append(weighting != "responses" or (int(k), int(cluster), role) not in known)
        unscaled.append(("sample", "all") not in known)
    written.loc[lost, list(_PROFILE)] = CONFIDENTIAL
    written.loc[unscaled, "scaled_mean"] = CONFIDENTIAL
    return written


def public_standardisation(
    frame: pd.DataFrame, rule: PublicRule, published: Mapping[tuple[str, str], Published]
) -> pd.DataFrame:
    """Means of samples; not of the balanced one, which is one of means of trusts."""
    written = public_table(frame, rule)
    lost = [
        ("sample", sample) not in published.get(("standardisation", item), {})
        for sample, item in _rows(frame, "sample", "item")
    ]
    written.loc[lost, ["mean", "median", "mean_q05", "mean_q95"]] = CONFIDENTIAL
    return written


def public_changes(
    frame: pd.DataFrame, rule: PublicRule, below: int, dropped: bool
) -> pd.DataFrame:
    """Changes over all trusts that are in both waves, where there are enough."""
    written = public_table(frame, rule)
    lost = [
        dropped or stratum != "all" or n < below for stratum, n in _rows(frame, "stratum", "n_mats")
    ]
    written.loc[lost, ["change", "ci_low", "ci_high"]] = CONFIDENTIAL
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
