"""The one writer and reader of tables: UTF-8 CSV, full precision, columns as the contract says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import (
    EVIDENCE_TABLES,
    PROCESSED_TABLES,
    STUDY_TABLES,
    WAVE_TABLES,
)
from buildingtrusts.output.files import write_text

if TYPE_CHECKING:
    import pandas as pd


def write_table(path: str | Path, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    r"""Write a table with exactly the columns of its contract.

    Parameters
    ----------
    path : str or Path
        Where to; replaced in one move.
    frame : DataFrame
        One observation a row, already in its final order.
    columns : sequence of str
        The contract's columns, in order.

    Raises
    ------
    ValueError
        If the frame's columns are not the contract's. Missing values are written as empty
        fields; floats with the fewest digits that read back to the same number.
    """
    if list(frame.columns) != list(columns):
        missing = [name for name in columns if name not in frame.columns]
        extra = [name for name in frame.columns if name not in columns]
        raise ValueError(
            f"{path}: the columns are {list(frame.columns)} where the contract says "
            f"{list(columns)} (missing {missing}, extra {extra}); compute the missing, drop the "
            "extra, and keep the order."
        )
    write_text(path, frame.to_csv(index=False, lineterminator="\n"))


def write_result(path: str | Path, frame: pd.DataFrame) -> None:
    """Write a table whose contract is found by the file's name, such as ``scores.csv``.

    Raises
    ------
    ValueError
        If there is no contract of that name, or the columns are not its.
    """
    contracts = {**WAVE_TABLES, **EVIDENCE_TABLES, **STUDY_TABLES, **PROCESSED_TABLES}
    name = Path(path).stem
    if name not in contracts:
        raise ValueError(f"{path}: no table is called {name!r}; known are {sorted(contracts)}.")
    write_table(path, frame, contracts[name].columns)


def read_table(path: str | Path, *, text: bool = False) -> pd.DataFrame:
    """Read a table of the study: keys and words as text, numbers as numbers, empty as missing.

    Only an empty field is missing: a trust may be called ``NA``. Identifier columns stay text
    even where they look like numbers.

    Parameters
    ----------
    path : str or Path
        A CSV written by :func:`write_table`.
    text : bool
        Keep every column as text, for tables of levels such as ``trusts.csv``.

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    kinds = "str" if text else dict.fromkeys(TEXT_COLUMNS, "str")
    return pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=kinds)


#: Columns that hold names and never numbers, whatever they look like.
TEXT_COLUMNS = (
    "respondent_id",
    "mat_id",
    "other_id",
    "role",
    "block",
    "item",
    "left",
    "right",
    "step",
    "attribute",
    "level",
    "sizes",
    "place",
    "claim",
    "wave",
    "from_wave",
    "to_wave",
    "other_wave",
    "matched_wave",
    "previous_item",
    "stratum",
    "published",
    "computed",
    "tolerance",
    "trust_uid",
    "interviews",
    "code",
    "group",
    "frame",
)
