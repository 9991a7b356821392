"""Raw fields to tidy responses: found by the codebook, converted by its scales, all checked.

Every field is either an answer that the item's scale allows or empty. Nothing is corrected and no
row is dropped: what does not fit is reported, all of it at once. Columns that are not in the
codebook (names, addresses, free text) stay outside, and the log says which.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.study.provenance import ID_PREFIX
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import RawTable

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_TYPED_MISSING = re.compile(
    r"(n\.?/?a\.?|nan|null|none|nil|missing|don'?t know|dk|-+|\.|x|\?)", re.IGNORECASE
)


@dataclass(frozen=True)
class Responses:
    """A wave's tidy responses.

    Attributes
    ----------
    table : DataFrame
        ``respondent_id, mat_id, role`` and one column ``<block>__<item>`` an item; trusts and
        respondents in natural order; missing answers are missing.
    missing : DataFrame
        ``block, item, n_respondents, n_missing``.
    notes : tuple of str
        What was left out or found and accepted, for the log.
    """

    table: pd.DataFrame
    missing: pd.DataFrame
    notes: tuple[str, ...]


def tidy_responses(
    raw: RawTable, codebook: Codebook, wave: Wave, mats: Sequence[str] | None = None
) -> Responses:
    """Find, check and convert the answers of a wave.

    Parameters
    ----------
    raw : RawTable
        The wave's file as text.
    codebook : Codebook
        The wave's items; a column is an item's if its header is ``<block>__<item>`` or one of the
        item's aliases.
    wave : Wave
        Names the key columns, the labels of roles and the words that mean no answer.
    mats : sequence of str, optional
        The trusts of the wave's trusts file; a response from any other is a problem. None if the
        wave has no such file.

    Returns
    -------
    Responses

    Raises
    ------
    InputProblems
        With every missing column, repeated respondent, unknown trust or role, answer outside its
        scale, and column of answers to an item that the wave dropped.
    """
    places, problems = _places(raw, codebook, wave)
    problems += _dropped_problems(raw, codebook, wave, set(places.values()))
    # One missing item hides no wrong answer to another; without the keys there are no responses.
    keys = {name: raw.column(h) for name, h in _key_headers(wave) if h in raw.header}
    if not {"respondent_id", "mat_id"} <= keys.keys():
        raise_if_any(problems)
    problems += _key_problems(raw, keys, wave, mats)
    roles, role_problems = _roles(raw, keys.get("role"), wave)
    problems += role_problems
    missing_words = {word.casefold() for word in wave.responses.missing}
    answers: dict[str, list[float | None]] = {}
    for item in codebook.items:
        if item.column in places:
            header = places[item.column]
            answers[item.column], found = _answers(
                raw, header, raw.column(header), item, missing_words
            )
            problems += found
    raise_if_any(problems)
    kept = {*places.values(), *(header for _, header in _key_headers(wave) if header)}
    return _responses(raw, keys, roles, answers, codebook, kept)


def _key_headers(wave: Wave) -> Iterator[tuple[str, str | None]]:
    columns = wave.responses.columns
    yield "respondent_id", columns.respondent_id
    yield "mat_id", columns.mat_id
    yield "role", columns.role if wave.roles else None


def _places(raw: RawTable, codebook: Codebook, wave: Wave) -> tuple[dict[str, str], list[Problem]]:
    """Match each item with a header of the file; report those that have none, or several."""
    places: dict[str, str] = {}
    problems: list[Problem] = []
    wanted = [header for _, header in _key_headers(wave) if header]
    spare = [name for name in raw.header if name not in wanted]
    for item in codebook.items:
        found = [name for name in spare if name in {item.column, *item.aliases}]
        if len(found) == 1:
            places[item.column] = found[0]
        elif found:
            problems.append(
                Problem(
                    raw.file,
                    f"The item {item.column} is in one column; found {len(found)}.",
                    "Delete all but one, or correct the aliases in the codebook.",
                    1,
                    value=", ".join(found),
                )
            )
    unused = [name for name in spare if name not in places.values()]
    absent = [name for name in wanted if name not in raw.header]
    absent += [
        item.column
        for item in codebook.items
        if item.column not in places and not any(n in {item.column, *item.aliases} for n in spare)
    ]
    return places, problems + [_absent(raw, name, unused) for name in absent]


def _absent(raw: RawTable, name: str, unused: Sequence[str]) -> Problem:
    close = difflib.get_close_matches(name, unused, n=1, cutoff=0.75)
    advice = (
        f"If '{close[0]}' is this column, rename it, or add '{close[0]}' to the item's aliases in "
        "the codebook (for a key column: to 'columns' in the wave's file)."
        if close
        else "Export the file with this column, or take the item out of the codebook."
    )
    return Problem(raw.file, "The file has this column; it is missing.", advice, 1, name)


def _dropped_problems(
    raw: RawTable, codebook: Codebook, wave: Wave, asked: set[str]
) -> Iterator[Problem]:
    """Answers to an item that the codebook says was not asked; an empty column says nothing."""
    missing = {"", *(word.casefold() for word in wave.responses.missing)}
    for item in codebook.dropped:
        for name in raw.header:
            if name not in {item.column, *item.aliases} - asked:
                continue
            n = sum(field.casefold() not in missing for field in raw.column(name))
            if n:
                yield Problem(
                    raw.file,
                    f"The codebook says that this wave dropped {item.column}; the file has {n} "
                    f"answer{'' if n == 1 else 's'} to it.",
                    "Give the item another status in the codebook if it was asked ('kept'), or "
                    "delete the column.",
                    1,
                    name,
                )


def _key_problems(
    raw: RawTable, keys: Mapping[str, Sequence[str]], wave: Wave, mats: Sequence[str] | None
) -> list[Problem]:
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    prefix = ID_PREFIX.get(wave.provenance, "")
    columns = wave.responses.columns
    for line, respondent, mat in zip(raw.lines, keys["respondent_id"], keys["mat_id"], strict=True):
        if not respondent or not mat:
            problems.append(
                Problem(
                    raw.file,
                    "Each response has a respondent and a trust.",
                    "Fill in the identifier.",
                    line,
                    columns.mat_id if respondent else columns.respondent_id,
                    "",
                )
            )
        elif respondent in first_line:
            problems.append(
                Problem(
                    raw.file,
                    f"Each respondent answers once; this one is on line {first_line[respondent]}.",
                    "Delete the repeated response, or give it an identifier of its own.",
                    line,
                    columns.respondent_id,
                    respondent,
                )
            )
        first_line.setdefault(respondent, line)
        problems += _provenance_problems(raw.file, line, respondent, prefix, wave)
        if mats is not None and mat and mat not in mats:
            problems.append(_unknown_mat(raw.file, line, columns.mat_id, mat, mats))
    return problems


def _provenance_problems(
    file: str, line: int, respondent: str, prefix: str, wave: Wave
) -> Iterator[Problem]:
    made_up = next((word for word in ID_PREFIX.values() if respondent.startswith(word)), "")
    if respondent and made_up != prefix:
        yield Problem(
            file,
            f"In a wave of provenance '{wave.provenance}' respondent identifiers "
            + (f"start with '{prefix}'." if prefix else f"do not start with '{made_up}'."),
            "Correct the identifiers, or declare what the file is: original, reconstruction or "
            "illustration.",
            line,
            wave.responses.columns.respondent_id,
            respondent,
        )


def _unknown_mat(file: str, line: int, column: str, mat: str, mats: Sequence[str]) -> Problem:
    close = difflib.get_close_matches(mat, mats, n=1, cutoff=0.6)
    hint = f" (did you mean '{close[0]}'?)" if close else ""
    return Problem(
        file,
        f"A response is from one of the {len(mats)} trusts of the trusts file.",
        f"Correct the name{hint}, or add the trust to the trusts file.",
        line,
        column,
        mat,
    )


def _roles(
    raw: RawTable, labels: Sequence[str] | None, wave: Wave
) -> tuple[list[str], list[Problem]]:
    """Translate the file's labels of roles; an empty field or a word for no answer is none."""
    if labels is None:
        return [""] * len(raw.rows), []
    none = {word.casefold() for word in wave.responses.missing}
    labels = ["" if label.casefold() in none else label for label in labels]
    role_of = {label: role for role, names in wave.roles.items() for label in (*names, role)}
    problems = [
        Problem(
            raw.file,
            f"A role is one of: {', '.join(role_of)}.",
            "Correct it, leave it empty, or list the label under 'roles' in the wave's file.",
            line,
            wave.responses.columns.role,
            label,
        )
        for line, label in zip(raw.lines, labels, strict=True)
        if label and label not in role_of
    ]
    return [role_of.get(label, "") for label in labels], problems


def _answers(
    raw: RawTable, header: str, fields: Iterable[str], item: Item, missing_words: set[str]
) -> tuple[list[float | None], list[Problem]]:
    answers: list[float | None] = []
    problems: list[Problem] = []
    for line, field in zip(raw.lines, fields, strict=True):
        if field == "" or field.casefold() in missing_words:
            answers.append(None)
        elif _NUMBER.fullmatch(field) and _on_scale(float(field), item):
            answers.append(float(field))
        else:
            answers.append(None)
            problems.append(
                Problem(raw.file, _scale_in_words(item), _cure(field, item), line, header, field)
            )
    return answers, problems


def _on_scale(value: float, item: Item) -> bool:
    if item.minimum is None or item.maximum is None or item.step is None:
        return math.isfinite(value)
    steps = (value - item.minimum) / item.step
    return item.minimum <= value <= item.maximum and abs(steps - round(steps)) < 1e-9


def _scale_in_words(item: Item) -> str:
    if item.minimum is None or item.maximum is None or item.step is None:
        return "An answer is a number with a decimal point, or empty."
    if item.whole_numbers and item.step == 1:
        return f"An answer is a whole number from {item.minimum:g} to {item.maximum:g}, or empty."
    return (
        f"An answer is from {item.minimum:g} to {item.maximum:g} in steps of {item.step:g}, "
        "or empty."
    )


def _cure(field: str, item: Item) -> str:
    if _DECIMAL_COMMA.fullmatch(field):
        return "Write decimals with a point; if the scale has no decimals, see the questionnaire."
    if _TYPED_MISSING.fullmatch(field):
        return (
            "If this means no answer, leave the field empty, or list the word under "
            "'responses: missing' in the wave's file."
        )
    if _NUMBER.fullmatch(field):
        return (
            "Correct the answer from the survey tool, leave it empty, or correct the scale of "
            f"{item.column} in the codebook."
        )
    return "Export answers as numbers, not as words; or correct this one from the survey tool."


def _responses(
    raw: RawTable,
    keys: Mapping[str, Sequence[str]],
    roles: Sequence[str],
    answers: Mapping[str, Sequence[float | None]],
    codebook: Codebook,
    kept: set[str],
) -> Responses:
    import pandas as pd

    order = sorted(
        range(len(raw.rows)),
        key=lambda row: (natural_key(keys["mat_id"][row]), natural_key(keys["respondent_id"][row])),
    )
    table = pd.DataFrame(
        {
            "respondent_id": [keys["respondent_id"][row] for row in order],
            "mat_id": [keys["mat_id"][row] for row in order],
            "role": [roles[row] or None for row in order],
        }
    )
    converted = {
        item.column: pd.array(
            [answers[item.column][row] for row in order],
            dtype="Int64" if item.whole_numbers else "Float64",
        )
        for item in codebook.items
    }
    table = pd.concat([table, pd.DataFrame(converted)], axis=1)
    missing = pd.DataFrame(
        {
            "block": [item.block for item in codebook.items],
            "item": [item.item for item in codebook.items],
            "n_respondents": len(table),
            "n_missing": [int(table[item.column].isna().sum()) for item in codebook.items],
        }
    )
    return Responses(table, missing, tuple(_notes(raw, table, missing, kept)))


def _notes(
    raw: RawTable,
    table: pd.DataFrame,
    missing: pd.DataFrame,
    kept: set[str],
) -> Iterator[str]:
    yield from (f"{raw.file}: {note}" for note in raw.notes)
    yield f"{raw.file}: {len(table)} responses from {table['mat_id'].nunique()} trusts"
    n_missing, n_fields = int(missing["n_missing"].sum()), len(table) * len(missing)
    yield f"{raw.file}: {n_missing} of {n_fields} answers are missing ({n_missing / n_fields:.1%})"
    without_role = int(table["role"].isna().sum())
    if without_role:
        yield f"{raw.file}: {without_role} responses have no role"
    outside = [name for name in raw.header if name not in kept]
    if outside:
        yield (
            f"{raw.file}: {len(outside)} columns are not in the codebook and were left out: "
            + ", ".join(outside)
        )
