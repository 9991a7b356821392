"""A wave's answers in numbers, before anything is analysed: who answered, what, and who did not.

Rates need to know how many were asked. Where the trusts file does not say, a rate is unknown, and
it is never guessed from those who answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.order import natural_key

if TYPE_CHECKING:
    import pandas as pd

ROLES = ("ceo", "central_team", "school_leader")
#: Bins of answers without a scale, and of scales with more options than can be shown one by one.
BINS = 10
_MOST_OPTIONS = 21


@dataclass(frozen=True)
class Description:
    """Tables that describe a wave.

    Attributes
    ----------
    respondents : DataFrame
        ``mat_id, role, n_responses, staff, rate``: a row ``all`` for each trust and one for each
        role that somebody has or was asked for; at the end the same for the trust ``(all)``, whose
        rate is over the trusts for which it is known who was asked. Unknown is missing.
    items : DataFrame
        ``block, item, label, n, n_missing, mean, sd, min, median, max`` on the item's own scale.
    distributions : DataFrame
        ``block, item, low, high, n``: answers from ``low`` to ``high``, which are one number where
        the scale's answers can be shown one by one.
    missing : DataFrame
        ``mat_id, block, n_respondents, n_answers, n_missing, share``.
    """

    respondents: pd.DataFrame
    items: pd.DataFrame
    distributions: pd.DataFrame
    missing: pd.DataFrame


def describe_wave(
    responses: pd.DataFrame,
    mats: Sequence[str],
    codebook: Codebook,
    staff: Mapping[tuple[str, str], int],
) -> Description:
    """Describe a wave's tidy responses.

    Parameters
    ----------
    responses : DataFrame
        ``respondent_id, mat_id, role`` and a column for each item.
    mats : sequence of str
        All trusts of the wave, those without a response too.
    codebook : Codebook
        The wave's items.
    staff : mapping of (str, str) to int
        People asked, by trust and role (``all`` for everybody).

    Returns
    -------
    Description
    """
    return Description(
        _respondents(responses, sorted(mats, key=natural_key), staff),
        _items(responses, codebook),
        _distributions(responses, codebook),
        _missing(responses, codebook),
    )


def response_rate(answered: int, asked: int | None) -> float:
    """Share of those asked who answered; missing if it is unknown or nobody was asked.

    Examples
    --------
    >>> response_rate(3, 4), response_rate(3, None)
    (0.75, nan)
    """
    return answered / asked if asked else float("nan")


def _respondents(
    responses: pd.DataFrame, mats: Sequence[str], staff: Mapping[tuple[str, str], int]
) -> pd.DataFrame:
    import pandas as pd

    counts: dict[tuple[str, str], int] = {}
    for mat, role in zip(responses["mat_id"], responses["role"], strict=True):
        counts[mat, "all"] = counts.get((mat, "all"), 0) + 1
        if isinstance(role, str):
            counts[mat, role] = counts.get((mat, role), 0) + 1
    rows: list[tuple[str, str, int, int | None, float]] = []
    for mat in mats:
        roles = [role for role in ROLES if (mat, role) in counts or (mat, role) in staff]
        for role in ("all", *roles):
            n, asked = counts.get((mat, role), 0), _asked(mat, role, staff)
            rows.append((mat, role, n, asked, response_rate(n, asked)))
    for role in ("all", *ROLES):
        of_role = [row for row in rows if row[1] == role]
        known = [row for row in of_role if row[3] is not None]
        asked = sum(row[3] or 0 for row in known) if known else None
        rate = response_rate(sum(row[2] for row in known), asked)
        if of_role:
            rows.append(("(all)", role, sum(row[2] for row in of_role), asked, rate))
    table = pd.DataFrame(rows, columns=["mat_id", "role", "n_responses", "staff", "rate"])
    return table.astype({"staff": "Int64", "rate": "float64"})


def _asked(mat: str, role: str, staff: Mapping[tuple[str, str], int]) -> int | None:
    """Those asked; everybody is the sum of the roles if all of them are given."""
    if (mat, role) in staff:
        return staff[mat, role]
    by_role = [staff.get((mat, one)) for one in ROLES]
    if role == "all" and all(one is not None for one in by_role):
        return sum(one for one in by_role if one is not None)
    return None


def _items(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for item in codebook.items:
        answers = _answers(responses, item)
        n = len(answers)
        with np.errstate(all="ignore"):
            rows.append(
                {
                    "block": item.block,
                    "item": item.item,
                    "label": item.label,
                    "n": n,
                    "n_missing": len(responses) - n,
                    "mean": answers.mean() if n else np.nan,
                    "sd": answers.std(ddof=1) if n > 1 else np.nan,
                    "min": answers.min() if n else np.nan,
                    "median": np.median(answers) if n else np.nan,
                    "max": answers.max() if n else np.nan,
                }
            )
    return pd.DataFrame(rows)


def _distributions(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for item in codebook.items:
        answers = _answers(responses, item)
        for low, high, n in _bins(answers, item):
            rows.append((item.block, item.item, low, high, n))
    return pd.DataFrame(rows, columns=["block", "item", "low", "high", "n"])


def _bins(answers: np.ndarray, item: Item) -> list[tuple[float, float, int]]:
    """Counts over the whole scale, unused answers too; or over ten equal parts of the range."""
    options = item.n_options
    if options is not None and item.minimum is not None and item.step is not None:
        if options <= _MOST_OPTIONS:
            places = np.rint((answers - item.minimum) / item.step).astype(int)
            counts = np.bincount(places, minlength=options)
            values = [round(item.minimum + item.step * n, 9) for n in range(options)]
            return [(value, value, int(n)) for value, n in zip(values, counts, strict=True)]
        edges = np.linspace(item.minimum, float(item.maximum or 0.0), BINS + 1)
    elif len(answers) and answers.min() < answers.max() and np.isfinite(np.ptp(answers)):
        edges = np.linspace(answers.min(), answers.max(), BINS + 1)
    else:
        return [(float(answers[0]), float(answers[0]), len(answers))] if len(answers) else []
    # By hand, so that the highest answer is in the last bin and none falls beside the edges.
    places = np.clip(np.searchsorted(edges, answers, side="right") - 1, 0, BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    return [
        (float(low), float(high), int(n))
        for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _missing(responses: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for mat, of_mat in responses.groupby("mat_id", sort=False):
        for block in codebook.blocks:
            columns = [item.column for item in codebook.block(block)]
            total = len(of_mat) * len(columns)
            gaps = int(of_mat[columns].isna().sum().sum())
            rows.append((mat, block, len(of_mat), total - gaps, gaps, gaps / total))
    names = ["mat_id", "block", "n_respondents", "n_answers", "n_missing", "share"]
    return pd.DataFrame(rows, columns=names)


def _answers(responses: pd.DataFrame, item: Item) -> np.ndarray:
    found: np.ndarray = responses[item.column].dropna().to_numpy(dtype=float)
    return found
