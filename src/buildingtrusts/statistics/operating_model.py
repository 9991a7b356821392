"""Where a trust stands between devolved and central, over its operating areas.

Each operating area is rated from 0 (entirely devolved to school level) to 10 (entirely retained by
the trust). A trust's centralisation is the mean over areas of its mean ratings, its spread their
standard deviation: a trust may be central in everything, or central in some areas and devolved in
others. Cut-offs between decentralised, hybrid and centralised are choices of the configuration.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

PLACES = ("decentralised", "hybrid", "centralised")
OPERATING_MODEL_COLUMNS = ("mat_id", "role", "n", "centralisation", "spread", "place")
CEO_COLUMNS = ("respondent_id", "mat_id", "block", "item", "value")


def place_trusts(
    responses: pd.DataFrame,
    columns: Sequence[str],
    hybrid_from: float,
    centralised_from: float,
    roles: Sequence[str] = ("all", "ceo", "central_team", "school_leader"),
) -> pd.DataFrame:
    """Place each trust on the spectrum, as its staff and as each role of them see it.

    Parameters
    ----------
    responses : DataFrame
        ``mat_id, role`` and the answers.
    columns : sequence of str
        Columns of the operating areas, each rated 0-10.
    hybrid_from, centralised_from : float
        Centralisation from which a trust is a hybrid, and centralised.
    roles : sequence of str
        ``all`` or roles.

    Returns
    -------
    DataFrame
        ``mat_id, role, n, centralisation, spread, place``; n counts respondents who rated any
        area, and a trust and role with none has no row. The spread (n - 1 over areas) is missing
        where fewer than two areas were rated.

    Examples
    --------
    >>> r = pd.DataFrame({"mat_id": ["A"], "role": ["ceo"], "o__hiring": [3.0], "o__it": [9.0]})
    >>> placed = place_trusts(r, ["o__hiring", "o__it"], 4.0, 6.0, roles=["all"])
    >>> placed[["centralisation", "place"]].values.tolist()
    [[6.0, 'centralised']]
    """
    rows: list[tuple[object, ...]] = []
    if not columns:
        return pd.DataFrame(rows, columns=list(OPERATING_MODEL_COLUMNS))
    values = responses[list(columns)].to_numpy(dtype=float, na_value=np.nan)
    mats, role_of = responses["mat_id"].to_numpy(), responses["role"].to_numpy()
    for mat in pd.unique(mats):
        for role in roles:
            answers = values[(mats == mat) & ((role == "all") | (role_of == role))]
            rated = ~np.isnan(answers)
            n = int(rated.any(axis=1).sum())
            if n == 0:
                continue
            asked = rated.any(axis=0)
            areas = np.nansum(answers[:, asked], axis=0) / rated[:, asked].sum(axis=0)
            centralisation = float(areas.mean())
            place = PLACES[(centralisation >= hybrid_from) + (centralisation >= centralised_from)]
            spread = float(areas.std(ddof=1)) if len(areas) > 1 else np.nan
            rows.append((mat, role, n, centralisation, spread, place))
    return pd.DataFrame(rows, columns=list(OPERATING_MODEL_COLUMNS))


def ceo_answers(responses: pd.DataFrame, items: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """List the CEOs' answers, one a row.

    Parameters
    ----------
    responses : DataFrame
        ``respondent_id, mat_id, role`` and a column ``<block>__<item>`` for each item.
    items : sequence of (block, item)
        In the order of the rows wanted.

    Returns
    -------
    DataFrame
        ``respondent_id, mat_id, block, item, value`` on the item's own scale; missing answers
        have no row.

    Examples
    --------
    >>> r = pd.DataFrame(
    ...     [["p1", "A", "ceo", 7.0], ["p2", "A", "school_leader", 3.0]],
    ...     columns=["respondent_id", "mat_id", "role", "strategy__vision"],
    ... )
    >>> ceo_answers(r, [("strategy", "vision")]).values.tolist()
    [['p1', 'A', 'strategy', 'vision', 7.0]]
    """
    ceos = responses[responses["role"] == "ceo"]
    rows = [
        (respondent, mat, block, item, value)
        for block, item in items
        for respondent, mat, value in zip(
            ceos["respondent_id"], ceos["mat_id"], ceos[f"{block}__{item}"], strict=True
        )
        if not pd.isna(value)
    ]
    return pd.DataFrame(rows, columns=list(CEO_COLUMNS))
