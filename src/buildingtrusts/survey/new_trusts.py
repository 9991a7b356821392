"""New trusts' ratings, to be placed among a wave's clusters: a file to checked answers.

A row is a respondent, or a trust's averages. Both are read as a wave's responses are, by the
codebook and with all problems at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import InputProblems, Problem, raise_if_any
from buildingtrusts.study.wave import ResponsesFile, Wave
from buildingtrusts.survey.raw_table import RawTable, parse_csv
from buildingtrusts.survey.responses import tidy_responses

_KEYS = ("mat_id", "respondent_id", "n_responses", "role")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True)
class NewTrusts:
    """The new trusts, in natural order.

    Attributes
    ----------
    file : str
        Where they come from.
    averages : bool
        Whether rows are trusts' averages.
    answers : mapping of str to ndarray of shape (respondents, n_items)
        Of each trust; of averages one row; ``nan`` where skipped.
    respondents : mapping of str to int or None
        Who answered any item; known for averages only if the file says so.
    notes : tuple of str
        What was left out, and how the file was read.
    """

    file: str
    averages: bool
    answers: Mapping[str, NDArray[np.float64]]
    respondents: Mapping[str, int | None]
    notes: tuple[str, ...]


def new_trusts(content: bytes, file: str, items: Sequence[Item], wave: Wave) -> NewTrusts:
    r"""Read, check and convert a file of new trusts' ratings.

    Parameters
    ----------
    content : bytes
        CSV with ``mat_id`` and the items' columns; a row a respondent (``respondent_id``), or a
        row a trust (``n_responses``, or each trust once).
    file : str
        Its name, for reports.
    items : sequence of Item
        Those that were clustered.
    wave : Wave
        The wave whose clusters are used: its words for no answer, and its scaling.

    Returns
    -------
    NewTrusts

    Raises
    ------
    InputProblems
        With everything wrong in the file.

    Examples
    --------
    >>> from buildingtrusts.study.wave import Wave
    >>> wave = Wave(wave="2031", title="", date="2031-01-01", provenance="original", source="",
    ...             licence="")
    >>> item = Item("strategy", "vision", "Vision", "", 1.0, 10.0, 1.0)
    >>> found = new_trusts(b"mat_id,strategy__vision\nA,7.5\n", "new.csv", [item], wave)
    >>> found.averages, found.answers["A"].tolist()
    (True, [[7.5]])
    """
    raw = parse_csv(content, file)
    averages = _holds_averages(raw)
    missing = {"", *(word.casefold() for word in wave.responses.missing)}
    problems = list(_key_problems(raw, averages))
    problems += _layout_problems(raw, averages, wave)
    problems += _unanswered(raw, items, missing)
    checked = tuple(items)
    if averages:
        problems += _range_problems(raw, items)
        # An average is a decimal whatever the scale's steps; its range is checked above.
        checked = tuple(replace(item, minimum=None, maximum=None, step=None) for item in items)
    try:
        tidy = tidy_responses(_numbered(raw), Codebook(checked), _plain(wave))
    except InputProblems as found:
        problems += found.problems
    if problems and not averages and "respondent_id" not in raw.header:
        problems.append(_read_as_respondents(file))
    raise_if_any(sorted(problems, key=lambda one: one.line or 0))
    return _gathered(raw, tidy.table, averages, items)


def _holds_averages(raw: RawTable) -> bool:
    """Whether a row is a trust's averages: it says how many answered, or nobody stands behind it.

    A file of one row a trust without any respondent's identifier can be either; a single respondent
    is an average of one.
    """
    if "n_responses" in raw.header or "mat_id" not in raw.header:
        return "n_responses" in raw.header
    mats = raw.column("mat_id")
    return "respondent_id" not in raw.header and len(set(mats)) == len(mats)


def _key_problems(raw: RawTable, averages: bool) -> Iterator[Problem]:
    """Rows that stand twice, respondents without a name, and counts that are none."""
    key = "mat_id" if averages else "respondent_id"
    first: dict[str, int] = {}
    for line, name in zip(raw.lines, raw.column(key) if key in raw.header else (), strict=False):
        if not name and not averages:
            yield Problem(
                raw.file, "Each respondent has an identifier.", "Fill it in.", line, key, name
            )
        elif name and first.setdefault(name, line) != line:
            what = "trust's averages are" if averages else "respondent is"
            yield Problem(
                raw.file,
                f"Each {what} given once; this one stands on line {first[name]} already.",
                "Delete one of the two, or correct the identifier.",
                line,
                key,
                name,
            )
    if averages and "n_responses" in raw.header:
        for line, count in zip(raw.lines, raw.column("n_responses"), strict=True):
            if count and not (count.isascii() and count.isdecimal() and int(count) > 0):
                yield Problem(
                    raw.file,
                    "n_responses is a whole number from 1, or empty.",
                    "Correct it, or leave it empty.",
                    line,
                    "n_responses",
                    count,
                )


def _layout_problems(raw: RawTable, averages: bool, wave: Wave) -> Iterator[Problem]:
    if "n_responses" in raw.header and "respondent_id" in raw.header:
        yield Problem(
            raw.file,
            "A row is either a respondent, with respondent_id, or a trust's averages, with "
            "n_responses; this file has both columns.",
            "Delete the one that does not apply.",
            1,
        )
    elif averages and wave.cluster.scaling == "respondent_centred":
        yield Problem(
            raw.file,
            "The wave's scaling is respondent_centred: each person's own mean is taken off first. "
            "That needs a row for each respondent; this file has a row for each trust.",
            "Give the respondents' answers, with a column respondent_id.",
            1,
        )


def _read_as_respondents(file: str) -> Problem:
    return Problem(
        file,
        "Without a column n_responses or respondent_id, a file in which a trust stands on several "
        "lines is read as one row a respondent.",
        "If rows are averages, give each trust one row.",
        1,
    )


def _header_of(raw: RawTable, item: Item) -> str | None:
    """The item's column, which may go by an alias."""
    return next((name for name in raw.header if name in {item.column, *item.aliases}), None)


def _unanswered(raw: RawTable, items: Sequence[Item], missing: set[str]) -> Iterator[Problem]:
    """A trust can only be placed if it has a score on every item."""
    if "mat_id" not in raw.header:
        return
    mats = raw.column("mat_id")
    lines = {mat: line for mat, line in reversed(list(zip(mats, raw.lines, strict=True))) if mat}
    for item in items:
        header = _header_of(raw, item)
        if header is None:
            continue
        fields = zip(mats, raw.column(header), strict=True)
        heard = {mat for mat, field in fields if field.casefold() not in missing}
        for mat, line in lines.items():
            if mat not in heard:
                yield Problem(
                    raw.file,
                    f"A trust is placed by its score on every item; '{mat}' has none on this one.",
                    "Fill in an answer, or leave the trust out of the file.",
                    line,
                    header,
                    "",
                )


def _range_problems(raw: RawTable, items: Sequence[Item]) -> Iterator[Problem]:
    for item in items:
        header = _header_of(raw, item)
        if header is None or item.minimum is None or item.maximum is None:
            continue
        for line, field in zip(raw.lines, raw.column(header), strict=True):
            if _NUMBER.fullmatch(field) and not item.minimum <= float(field) <= item.maximum:
                yield Problem(
                    raw.file,
                    f"An average is from {item.minimum:g} to {item.maximum:g}.",
                    "Correct it, or rescale it as the questionnaire of the wave asked.",
                    line,
                    header,
                    field,
                )


def _numbered(raw: RawTable) -> RawTable:
    """The same table with lines in place of identifiers, which are nobody's business from here."""
    kept = [place for place, name in enumerate(raw.header) if name != "respondent_id"]
    return replace(
        raw,
        header=("respondent_id", *(raw.header[place] for place in kept)),
        rows=tuple(
            (f"line {line}", *(row[place] for place in kept))
            for line, row in zip(raw.lines, raw.rows, strict=True)
        ),
    )


def _plain(wave: Wave) -> Wave:
    """The wave as its tidy files are: own key columns, no roles, no prefix of identifiers."""
    return wave.model_copy(
        update={
            "roles": {},
            "provenance": "original",
            "responses": ResponsesFile(missing=wave.responses.missing),
        }
    )


def _gathered(
    raw: RawTable, table: pd.DataFrame, averages: bool, items: Sequence[Item]
) -> NewTrusts:
    answers: dict[str, NDArray[np.float64]] = {}
    heard: dict[str, int | None] = {}
    for mat in sorted(set(table["mat_id"]), key=natural_key):
        rows = table.loc[table["mat_id"] == mat, [item.column for item in items]]
        answers[mat] = rows.to_numpy(dtype=float, na_value=np.nan)
        heard[mat] = None if averages else int((~np.isnan(answers[mat])).any(axis=1).sum())
    if averages and "n_responses" in raw.header:
        counts = zip(raw.column("mat_id"), raw.column("n_responses"), strict=True)
        heard |= {mat: int(count) if count else None for mat, count in counts}
    used = {*_KEYS, *(_header_of(raw, item) for item in items)}
    outside = [name for name in raw.header if name not in used]
    trusts = "trust" if len(answers) == 1 else "trusts"
    unit = "trust, which holds its averages" if averages else "respondent"
    notes = [*raw.notes, f"{len(answers)} {trusts}, read as one row a {unit}"]
    if outside:
        notes.append(f"left out, being no items of the clustered block: {', '.join(outside)}")
    return NewTrusts(
        raw.file, averages, answers, heard, tuple(f"{raw.file}: {note}" for note in notes)
    )
