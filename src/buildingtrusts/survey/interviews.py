"""Interviews as data: excerpts by their codes, without a word of their text.

An excerpt of an interview is coded with the operating area that it is about, with how far that area
is centralised (1 schools decide, 2 shared, 3 central; the direction is ours, as the 2018 report
says three points and no more) and, where it tells of one, with a break point: a size or spread of
the trust at which a way of running it stopped working. A row is an excerpt and one pair of an area
and a break point, either of which may be empty. Codes are data (``config/interview_codes.csv``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import MISSING
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.problems import Problem, raise_if_any
from buildingtrusts.study.provenance import ID_PREFIX, stamp
from buildingtrusts.study.wave import MADE_UP
from buildingtrusts.survey.raw_table import RawTable

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("interview_id", "mat_id", "area", "weight", "break_point", "excerpt_id")
CODE_COLUMNS = ("kind", "code", "label", "group")
AREA, BREAK_POINT = "area", "break_point"
#: Degrees of centralisation, and what each means.
WEIGHTS: Mapping[str, str] = {"1": "schools decide", "2": "shared", "3": "central"}
_KEYS = ("interview_id", "mat_id", "excerpt_id")
_NAME = re.compile(r"\w[\w .:/-]{0,63}")
_WORD = re.compile(r"[a-z0-9_]+")
_STAMP = {
    "illustration": "Illustration: invented interviews",
    "reconstruction": "Reconstruction: not the interviews that were held",
}


@dataclass(frozen=True)
class Code:
    """One code: its name in tables, its label for readers, and the group that it is shown in."""

    code: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Codes:
    """The codes that excerpts may carry, in the order in which tables list them."""

    areas: tuple[Code, ...]
    break_points: tuple[Code, ...]


@dataclass(frozen=True)
class Interviews:
    """Coded excerpts.

    Attributes
    ----------
    table : DataFrame
        :data:`COLUMNS`; ``weight`` is a whole number or missing, codes are ``""`` where there is
        none. Sorted by trust, interview, excerpt and code.
    notes : tuple of str
        What was left out, for the log.
    """

    table: pd.DataFrame
    notes: tuple[str, ...]


def provenance_of(folder: str) -> str:
    """Tell from a folder's name whose interviews it holds.

    Examples
    --------
    >>> provenance_of("2017-illustration"), provenance_of("2017")
    ('illustration', 'original')
    """
    return next((word for word in MADE_UP if folder.endswith(f"-{word}")), "original")


def interview_stamp(interviews: str, wave: str) -> str:
    """What figures of interviews and a wave's clusters have to say about where both come from.

    Examples
    --------
    >>> interview_stamp("illustration", "reconstruction")
    "Illustration: invented interviews · Reconstruction: not the survey's responses"
    >>> interview_stamp("original", "original")
    ''
    """
    return " · ".join(filter(None, (_STAMP.get(interviews, ""), stamp([wave]))))


def stamp_of_sets(sets: Iterable[tuple[str, str]], provenances: Mapping[str, str]) -> str:
    """What a table or a page of several sets has to say of them and of their waves.

    Parameters
    ----------
    sets : iterable of (str, str)
        Name of each set, and of the wave it is joined to.
    provenances : mapping of str to str
        Of the waves; one that is not named is original.

    Examples
    --------
    >>> stamp_of_sets([("2024", "2024"), ("2017-illustration", "2017")], {"2017": "original"})
    'Illustration: invented interviews'
    """
    said = [
        interview_stamp(provenance_of(one), provenances.get(wave, "original")) for one, wave in sets
    ]
    return " · ".join(dict.fromkeys(part for one in said for part in one.split(" · ") if part))


def interview_statement(folders: Iterable[str]) -> str:
    """The paragraph that opens documents made from these sets; empty if all were held.

    Examples
    --------
    >>> interview_statement(["2017", "2017-illustration"])
    '**The interviews of 2017-illustration were not held.** They are made up.'
    >>> interview_statement(["2017"])
    ''
    """
    made_up = [folder for folder in folders if provenance_of(folder) != "original"]
    if not made_up:
        return ""
    return f"**The interviews of {', '.join(made_up)} were not held.** They are made up."


def tidy_codes(raw: RawTable) -> Codes:
    """Check a file of codes.

    Parameters
    ----------
    raw : RawTable
        ``kind`` (``area`` or ``break_point``), ``code``, ``label`` and ``group``; other columns
        are for readers.

    Returns
    -------
    Codes

    Raises
    ------
    InputProblems
        With every missing column, unknown kind, repeated or empty code, and if a kind has none.
    """
    raise_if_any(_missing_columns(raw, CODE_COLUMNS))
    fields = zip(raw.lines, *(raw.column(name) for name in CODE_COLUMNS), strict=True)
    problems: list[Problem] = []
    found: dict[str, dict[str, Code]] = {AREA: {}, BREAK_POINT: {}}
    for line, kind, code, label, group in fields:
        if kind not in found:
            rule = f"A code is of the kind {AREA} or {BREAK_POINT}."
            problems.append(Problem(raw.file, rule, "Correct it.", line, "kind", kind))
        elif not _WORD.fullmatch(code) or code in found[kind]:
            rule = f"Each {kind} has a code of its own, of small letters, digits and _."
            problems.append(Problem(raw.file, rule, "Correct it.", line, "code", code))
        else:
            found[kind][code] = Code(code, label or code, group)
    if not problems:
        problems += [
            Problem(raw.file, f"There is at least one code of the kind {kind}.", "Add it.")
            for kind, codes in found.items()
            if not codes
        ]
    raise_if_any(problems)
    return Codes(*(tuple(codes.values()) for codes in found.values()))


def tidy_excerpts(raw: RawTable, codes: Codes, provenance: str) -> Interviews:
    r"""Check a table of coded excerpts.

    Parameters
    ----------
    raw : RawTable
        With :data:`COLUMNS`. A code may be written as its label. All other columns are left out,
        so that the text of an excerpt goes no further than this.
    codes : Codes
        Allowed areas and break points.
    provenance : str
        ``original``, ``reconstruction`` or ``illustration``. Identifiers of the last two start
        with the word, and those of an original do not.

    Returns
    -------
    Interviews

    Raises
    ------
    InputProblems
        With every problem: a code that is not listed, a weight that is none or has no area, a row
        without any code or that stands twice, an interview in two trusts, an excerpt in two
        interviews or with two weights for one area, and an identifier that is a text.

    Examples
    --------
    >>> from buildingtrusts.survey.raw_table import parse_csv
    >>> codes = Codes((Code("governance", "Governance"),), (Code("alignment", "Alignment"),))
    >>> text = "interview_id,mat_id,area,weight,break_point,excerpt_id\nI1,A,Governance,3,,E1\n"
    >>> tidy_excerpts(parse_csv(text.encode(), "x.csv"), codes, "original").table["area"].tolist()
    ['governance']
    """
    import pandas as pd

    raise_if_any(_missing_columns(raw, COLUMNS))
    rows = [
        (line, dict(zip(COLUMNS, fields, strict=True)))
        for line, *fields in zip(raw.lines, *(raw.column(name) for name in COLUMNS), strict=True)
    ]
    names = {AREA: _names(codes.areas), BREAK_POINT: _names(codes.break_points)}
    raise_if_any(
        [
            *_key_problems(raw.file, rows, provenance),
            *_code_problems(raw.file, rows, names),
            *_consistency_problems(raw.file, rows, names),
        ]
    )
    tidy = [
        {
            **row,
            AREA: names[AREA].get(row[AREA].casefold(), ""),
            BREAK_POINT: names[BREAK_POINT].get(row[BREAK_POINT].casefold(), ""),
        }
        for _, row in rows
    ]
    tidy.sort(key=lambda row: [natural_key(row[name]) for name in _SORTED])
    table = pd.DataFrame(tidy, columns=list(COLUMNS))
    table["weight"] = pd.to_numeric(table["weight"]).astype("Int64")
    outside = [name for name in raw.header if name not in COLUMNS]
    notes = [
        *raw.notes,
        f"{table['excerpt_id'].nunique():,} excerpts of {table['interview_id'].nunique():,} "
        f"interviews in {table['mat_id'].nunique():,} trusts",
    ]
    if outside:
        notes.append(f"left out, being no codes: {', '.join(outside)}")
    return Interviews(table, tuple(f"{raw.file}: {note}" for note in notes))


def tidy_interviewed(
    raw: RawTable, levels: Mapping[str, Sequence[str]], wave_mats: Collection[str]
) -> pd.DataFrame:
    """Check the attributes of interviewed trusts that are not in the survey's wave.

    Parameters
    ----------
    raw : RawTable
        ``mat_id`` and the attributes.
    levels : mapping of str to sequence of str
        The attributes wanted and their levels, which are the wave's.
    wave_mats : collection of str
        Trusts of the wave, whose attributes are known from there.

    Returns
    -------
    DataFrame
        ``mat_id`` and the attributes, ``(missing)`` where empty.

    Raises
    ------
    InputProblems
        With every missing column, trust that stands twice or is the wave's, and unknown level.
    """
    import pandas as pd

    wanted = ("mat_id", *levels)
    raise_if_any(_missing_columns(raw, wanted))
    problems: list[Problem] = []
    seen: set[str] = set()
    for line, mat in zip(raw.lines, raw.column("mat_id"), strict=True):
        if not mat or mat in seen:
            rule = "Each trust is named, and has one row."
            problems.append(Problem(raw.file, rule, "Correct it.", line, "mat_id", mat))
        elif mat in wave_mats:
            rule = "This trust is in the wave, whose own attributes are used."
            problems.append(Problem(raw.file, rule, "Delete the row.", line, "mat_id", mat))
        seen.add(mat)
    for attribute, allowed in levels.items():
        problems += [
            Problem(
                raw.file,
                f"Levels are the wave's: {', '.join(allowed)}.",
                "Correct it, or leave it empty.",
                line,
                attribute,
                level,
            )
            for line, level in zip(raw.lines, raw.column(attribute), strict=True)
            if level and level not in allowed
        ]
    raise_if_any(problems)
    return pd.DataFrame({name: [field or MISSING for field in raw.column(name)] for name in wanted})


_SORTED = ("mat_id", "interview_id", "excerpt_id", "area", "break_point")


def _names(codes: Sequence[Code]) -> dict[str, str]:
    """Codes by what may be written for them, without regard to case."""
    labels = {one.label.casefold(): one.code for one in codes}
    return labels | {one.code.casefold(): one.code for one in codes}


def _missing_columns(raw: RawTable, wanted: Sequence[str]) -> Iterator[Problem]:
    for name in wanted:
        if name not in raw.header:
            rule = "The file has this column; it is missing."
            yield Problem(raw.file, rule, "Add it, or correct the header.", 1, name)


_Rows = Sequence[tuple[int, Mapping[str, str]]]


def _key_problems(file: str, rows: _Rows, provenance: str) -> Iterator[Problem]:
    prefix = ID_PREFIX.get(provenance, "")
    for line, row in rows:
        for name in _KEYS:
            if not _NAME.fullmatch(row[name]):
                # What stands there may be what somebody said: its length is told, and no more.
                yield Problem(
                    file,
                    "Interviews, trusts and excerpts have short identifiers of letters, digits, "
                    "spaces and . : / - _, and no text.",
                    "Give a number or a short name, at most 64 characters long.",
                    line,
                    name,
                    f"{len(row[name])} characters",
                )
        interview = row["interview_id"]
        if prefix and not interview.startswith(prefix):
            rule = f"Identifiers of an {provenance} start with '{prefix}'."
            advice = "Correct it, or move real interviews to a folder that does not say otherwise."
            yield Problem(file, rule, advice, line, "interview_id", interview)
        elif not prefix and interview.startswith(tuple(ID_PREFIX.values())):
            yield Problem(
                file,
                "The folder's name says that these are interviews that were held; this identifier "
                "says that it is made up.",
                "Use the real interviews, or name the folder <name>-illustration.",
                line,
                "interview_id",
                interview,
            )


def _code_problems(
    file: str, rows: _Rows, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    for line, row in rows:
        for kind, known in names.items():
            if row[kind] and row[kind].casefold() not in known:
                allowed = ", ".join(dict.fromkeys(known.values()))
                yield Problem(
                    file,
                    f"It is empty or one of: {allowed}.",
                    "Correct it, or add the code to the file of codes.",
                    line,
                    kind,
                    row[kind],
                )
        if row["weight"] and row["weight"] not in WEIGHTS:
            meant = ", ".join(f"{weight} {words}" for weight, words in WEIGHTS.items())
            rule = f"A weight is empty or one of: {meant}."
            yield Problem(file, rule, "Correct it.", line, "weight", row["weight"])
        elif row["weight"] and not row[AREA]:
            rule = "A weight says how far an area is centralised; this row has no area."
            yield Problem(file, rule, "Name the area.", line, AREA, "")
        if not row[AREA] and not row[BREAK_POINT]:
            rule = "A row has an area, a break point, or both."
            yield Problem(file, rule, "Add a code, or delete the row.", line, AREA, "")


def _consistency_problems(
    file: str, rows: _Rows, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    """Rows that say two things of one interview or excerpt, or one thing twice."""
    first: dict[tuple[str, ...], tuple[int, str]] = {}
    for line, row in rows:
        coded = {kind: names[kind].get(row[kind].casefold(), row[kind]) for kind in names}
        said: list[tuple[str, str, tuple[str, ...], str]] = [
            ("mat_id", "An interview is with one trust", ("i", row["interview_id"]), row["mat_id"]),
            (
                "interview_id",
                "An excerpt is of one interview",
                ("e", row["excerpt_id"]),
                row["interview_id"],
            ),
        ]
        if coded[AREA]:
            weighed = ("w", row["excerpt_id"], coded[AREA])
            said.append(("weight", "An excerpt has one weight for an area", weighed, row["weight"]))
        for column, rule, key, value in said:
            before, other = first.setdefault(key, (line, value))
            if other != value:
                rule = f"{rule}; line {before} says '{other}'."
                yield Problem(file, rule, "Correct one of them.", line, column, value)
        pair = ("row", row["excerpt_id"], coded[AREA], coded[BREAK_POINT])
        before, _ = first.setdefault(pair, (line, ""))
        if before != line:
            rule = f"Each excerpt has a pair of codes once; this one stands on line {before} too."
            yield Problem(file, rule, "Delete one of them.", line, "excerpt_id", row["excerpt_id"])
