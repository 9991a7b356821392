"""SPSS and Stata files: codes with their labels, and values that were declared missing.

A cell keeps its code; what the code was called goes into the table's labels, which the codebook's
anchors are checked against, because codes may run opposite to their meaning. Values that the file
declares missing (SPSS's user-missing values and ranges, Stata's ``.a`` to ``.z``) come empty and
are counted. Wordings are the labels of the variables.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any, Literal

from buildingtrusts.study.problems import InputProblems
from buildingtrusts.survey.importers import readstat_process
from buildingtrusts.survey.importers.grids import (
    KINDS,
    plain_text,
    refuse_missing_library,
    refuse_other_kinds,
    refuse_unreadable,
)
from buildingtrusts.survey.importers.qualtrics import is_own_table, without_unfinished
from buildingtrusts.survey.raw_table import RawTable, checked_table, nothing_there

_SECONDS = 300


def read_statistical_file(
    data: bytes, file: str, kind: Literal["spss", "stata"], keep_unfinished: bool = False
) -> RawTable:
    """Read a file of SPSS (``.sav``, ``.zsav``) or Stata (``.dta``).

    Parameters
    ----------
    data : bytes
        The file's content.
    file : str
        Name used in problem reports.
    kind : str
        ``spss`` or ``stata``; the file must be of that kind.
    keep_unfinished : bool
        Of an export by Qualtrics: whether responses stay that did not reach the end.

    Returns
    -------
    RawTable
        Lines are cases, counted from 1 as both programs do.

    Raises
    ------
    InputProblems
        If the library pyreadstat is not installed, or the file is of another kind or cannot be
        read.
    """
    refuse_other_kinds(data, file, kind)
    found = _read(data, file, kind)
    texts, n_missing = [], 0
    for (_, values), flags in zip(found["columns"], found["missing"], strict=True):
        pairs = zip(values, flags, strict=True)
        texts.append(["" if gone else plain_text(value) for value, gone in pairs])
        n_missing += sum(flags)
    rows = list(enumerate(zip(*texts, strict=True), start=1))
    header = [name for name, _ in found["columns"]]
    if not rows:
        raise InputProblems([nothing_there(file, bool(header))])
    notes = [f"read as {KINDS[kind]}; lines are its cases"]
    if n_missing:
        notes.append(f"{n_missing} values that the file declares missing are empty")
    wordings = [" ".join(found["wordings"].get(name, name).split()) for name in header]
    raw = checked_table(file, header, rows, notes, quoting=False, wordings=wordings)
    labels = {
        name: {plain_text(code): label.strip() for code, label in codes}
        for name, codes in found["labels"]
        if name in raw.header
    }
    raw = replace(raw, labels=labels)
    return without_unfinished(raw, keep_unfinished) if is_own_table(raw) else raw


def _read(data: bytes, file: str, kind: Literal["spss", "stata"]) -> dict[str, Any]:
    """Columns and labels, read by a process of its own: damaged files can crash the library."""
    try:
        done = subprocess.run(
            [sys.executable, readstat_process.__file__, kind],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        refuse_unreadable(file, KINDS[kind])
    if done.returncode == readstat_process.NOT_INSTALLED:
        refuse_missing_library(file, KINDS[kind])
    if done.returncode != 0:
        refuse_unreadable(file, KINDS[kind])
    found: dict[str, Any] = json.loads(done.stdout)
    return found
