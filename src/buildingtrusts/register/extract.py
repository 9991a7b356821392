"""A dated extract of the official register, from bytes to two tidy tables.

The register of schools in England is *Get Information About Schools* (GIAS; before 2017 EduBase),
https://get-information-schools.service.gov.uk/Downloads, under the Open Government Licence v3.0.
Two of its downloads make an extract: the group links, one row for each school and each group it
is in, and all establishment data, one row a school. Labels drift from year to year (``Academy
Sponsor Led`` became ``Academy sponsor led``) and codes do not, so schools are read by code; headers
and the labels that have no code are compared without case, spaces and punctuation. Rows are split
by the standard library's reader and held to one width: faster readers let an extra comma shift
every field behind it, silently.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import itemgetter

import pandas as pd

from buildingtrusts.study.problems import Problem, raise_if_any

#: How the two files' names start; the register adds the day of the download and ``.csv``.
LINKS_STEM = "grouplinks_edubaseallacademiesandfree"
SCHOOLS_STEM = "edubasealldata"

LINKS_COLUMNS = (
    "URN",
    "Linked UID",
    "Group Name",
    "Group Type",
    "Group Status",
    "Joined date",
)
SCHOOLS_COLUMNS = (
    "URN",
    "TypeOfEstablishment (code)",
    "PhaseOfEducation (code)",
    "NumberOfPupils",
    "Easting",
    "Northing",
)

#: Corners of the British National Grid (EPSG:27700), in metres.
GRID_EAST, GRID_NORTH = 700_000, 1_300_000

#: Two files of which the second lacks more than this share of the first's schools are no pair.
LARGEST_SHARE_NOT_FOUND = 0.5

_WHERE = (
    "See data/raw/register/README.md for what to download from "
    "https://get-information-schools.service.gov.uk/Downloads and where to put it."
)
_AGAIN = f"Download the file again and leave it as it comes. {_WHERE}"


@dataclass(frozen=True)
class Extract:
    """The open multi-academy trusts of one day and their schools.

    Attributes
    ----------
    date : datetime.date
        The day the register was read; for an extract dated by its month, the first of it.
    links : DataFrame
        One row for each trust and school: ``trust_uid``, ``trust_name``, ``urn`` (text) and
        ``joined`` (datetime; NaT when not given).
    schools : DataFrame
        One row for each school found in the establishment file: ``urn``, ``type_code``,
        ``phase_code`` (text without leading zeros, ``""`` when empty), ``pupils``, ``easting``,
        ``northing`` (numbers; metres, EPSG:27700; NaN when empty or when both coordinates are 0).
    notes : tuple of str
        What was found that is not wrong but that a reader must know, one sentence each.
    """

    date: date
    links: pd.DataFrame
    schools: pd.DataFrame
    notes: tuple[str, ...]


@dataclass
class _Report:
    """Collects what is said of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        rule: str,
        advice: str,
        *,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        self.problems.append(Problem(self.file, rule, advice, line, column, value))


def is_part_of_extract(name: str) -> bool:
    """Tell whether a file of this name is one of the two that make an extract.

    Examples
    --------
    >>> is_part_of_extract("edubasealldata20170119.csv"), is_part_of_extract("notes.txt")
    (True, False)
    """
    return any(_has_stem(name, stem) for stem in (LINKS_STEM, SCHOOLS_STEM))


def tidy_extract(
    folder: str,
    files: Mapping[str, bytes],
    *,
    date_given: str | None = None,
    others: Sequence[str] = (),
) -> Extract:
    r"""Check the two files of an extract and keep what the study needs of them.

    Parameters
    ----------
    folder : str
        The extract's folder as the user named it; its last part is the extract's date
        (``2017-01-19`` or ``2021-12``).
    files : mapping of str to bytes
        Content of each file for which :func:`is_part_of_extract` holds, by name.
    date_given : str, optional
        The date, when neither the folder nor the files are named after it.
    others : sequence of str, optional
        Names of the other files in the folder, to be shown when one of the two is missing.

    Returns
    -------
    Extract
        With the open multi-academy trusts alone. A trust is open when its ``Group Status`` starts
        with ``Open``, which includes one that is proposed to close.

    Raises
    ------
    InputProblems
        With every problem of both files and of the date at once.

    Examples
    --------
    >>> links = (
    ...     b"URN,Linked UID,Group Name,Group Type,Group Status,Joined date\n"
    ...     b"900001,7,Invented Trust,Multi-academy trust,Open,01-09-2016\n"
    ... )
    >>> schools = (
    ...     b"URN,TypeOfEstablishment (code),PhaseOfEducation (code),"
    ...     b"NumberOfPupils,Easting,Northing\n900001,34,2,,450000,250000\n"
    ... )
    >>> extract = tidy_extract(
    ...     "2017-01-19",
    ...     {
    ...         "grouplinks_edubaseallacademiesandfree.csv": links,
    ...         "edubasealldata.csv": schools,
    ...     },
    ... )
    >>> extract.date.isoformat(), len(extract.links), int(extract.schools["pupils"].isna().sum())
    ('2017-01-19', 1, 1)
    """
    about = _Report(folder)
    links_name = _the_one(LINKS_STEM, files, others, about)
    schools_name = _the_one(SCHOOLS_STEM, files, others, about)
    day = _date_of(folder, list(files), date_given, about)
    links, schools = _Report(f"{folder}/{links_name}"), _Report(f"{folder}/{schools_name}")
    links_frame, notes = _links(files.get(links_name or ""), links)
    wanted = frozenset(links_frame["urn"])
    schools_frame = _schools(files.get(schools_name or ""), wanted, schools)
    if not (links.problems or schools.problems or about.problems):
        notes += _schools_not_found(links_frame, schools_frame, schools)
    raise_if_any([*about.problems, *links.problems, *schools.problems])
    notes += _joined_notes(links_frame, day)
    return Extract(day, links_frame, schools_frame, tuple(notes))


def _has_stem(name: str, stem: str) -> bool:
    return re.fullmatch(rf"{stem}[\d_-]*\.csv", name, flags=re.IGNORECASE) is not None


def _the_one(
    stem: str, files: Mapping[str, bytes], others: Sequence[str], about: _Report
) -> str | None:
    names = sorted(name for name in files if _has_stem(name, stem))
    if len(names) == 1:
        return names[0]
    rule = f"An extract holds one file named {stem}.csv, or that name followed by its date."
    if names:
        about.add(
            rule, "Keep one; put another day's extract in its own folder.", value=", ".join(names)
        )
    else:
        found = sorted({*files, *others})
        about.add(rule, _WHERE, value=", ".join(found[:8]) if found else "no files")
    return None


def _date_of(folder: str, names: Sequence[str], given: str | None, about: _Report) -> date:
    if given is not None:
        day = _day(given)
        if day is None:
            about.add(
                "The date of an extract is a day (2017-01-19) or a month (2021-12).",
                "Give --extract-date as YYYY-MM-DD.",
                value=given,
            )
        return day or date.min
    last = re.split(r"[/\\]", folder.rstrip("/\\"))[-1]
    stamps = {match[1] for name in names if (match := re.search(r"(\d{8})\.csv$", name.lower()))}
    for text in (last, *sorted(stamps)):
        if (day := _day(text)) is not None:
            return day
    about.add(
        "The folder of an extract is named after its date, a day (2017-01-19) or a month "
        "(2021-12): without it nobody can say who joined in the last five years.",
        "Rename the folder, or give --extract-date YYYY-MM-DD.",
        value=last,
    )
    return date.min  # never seen: the problem above ends the reading


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(20[0-9]{2})(-?)([0-9]{2})(?:\2([0-9]{2}))?", text)
    if match is None or (match[4] is None and not match[2]):
        return None
    return _calendar_day(int(match[1]), int(match[3]), int(match[4] or 1))


def _calendar_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


# --- the two files -----------------------------------------------------------------------------


def _links(raw: bytes | None, report: _Report) -> tuple[pd.DataFrame, list[str]]:
    """Keep one row for each open multi-academy trust and school."""
    kept: dict[tuple[str, str], tuple[str, date | None]] = {}
    names: dict[str, str] = {}
    types: Counter[str] = Counter()
    repeated = 0
    for line, (urn, uid, name, group, status, joined) in _rows(raw, LINKS_COLUMNS, report):
        types[group] += 1
        if _plain(group) != "multiacademytrust" or not _plain(status).startswith("open"):
            continue
        urn = _key(urn, "URN", line, report)
        uid = _key(uid, "Linked UID", line, report)
        day = _joined(joined, line, report)
        repeated += (uid, urn) in kept
        kept.setdefault((uid, urn), (names.setdefault(uid, name), day))
    if raw is not None and not kept and not report.problems:
        report.add(
            "At least one row is an open multi-academy trust.",
            _AGAIN,
            column="Group Type",
            value=", ".join(sorted(types)) or "no rows",
        )
    records = [(uid, name, urn, day) for (uid, urn), (name, day) in kept.items()]
    columns = ["trust_uid", "trust_name", "urn", "joined"]
    frame = pd.DataFrame(records, columns=columns)
    frame = frame.astype(dict.fromkeys(columns[:3], "str") | {"joined": "datetime64[s]"})
    return frame, _link_notes(kept, repeated)


def _link_notes(kept: Collection[tuple[str, str]], repeated: int) -> list[str]:
    notes = []
    if repeated:
        notes.append(f"{_count(repeated, 'row')} repeated a trust's school; it was counted once.")
    trusts_of = Counter(urn for _, urn in kept)
    shared = sorted(urn for urn, n in trusts_of.items() if n > 1)
    if shared:
        notes.append(
            f"{_count(len(shared), 'school')} in more than one open trust, counted in each: "
            f"{_some(shared)}."
        )
    return notes


def _schools(raw: bytes | None, wanted: Collection[str], report: _Report) -> pd.DataFrame:
    """Keep the schools of the trusts; the other rows of a national file are not looked into."""
    kept: dict[str, tuple[str, str, float, float, float]] = {}
    for line, (urn, kind, phase, pupils, east, north) in _rows(raw, SCHOOLS_COLUMNS, report):
        if urn not in wanted:
            continue
        if urn in kept:
            report.add("Each school has one row.", _AGAIN, line=line, column="URN", value=urn)
        point = (
            _number(east, "Easting", line, GRID_EAST, report),
            _number(north, "Northing", line, GRID_NORTH, report),
        )
        # The register writes an unknown place as 0, 0: a point in the sea off Scilly.
        place = point if point[0] and point[1] else (float("nan"), float("nan"))
        kept[urn] = (
            _code(kind, "TypeOfEstablishment (code)", line, report),
            _code(phase, "PhaseOfEducation (code)", line, report),
            _number(pupils, "NumberOfPupils", line, 100_000, report),
            *place,
        )
    columns = ["urn", "type_code", "phase_code", "pupils", "easting", "northing"]
    frame = pd.DataFrame([(urn, *rest) for urn, rest in kept.items()], columns=columns)
    text = dict.fromkeys(columns[:3], "str")
    return frame.astype(text | dict.fromkeys(columns[3:], "float64"))


def _schools_not_found(links: pd.DataFrame, schools: pd.DataFrame, report: _Report) -> list[str]:
    listed = sorted(set(links["urn"]))
    missing = sorted(set(listed) - set(schools["urn"]))
    if len(missing) > LARGEST_SHARE_NOT_FOUND * len(listed):
        report.add(
            f"The two files of an extract are of one day; of the {len(listed):,} schools in the "
            f"group links this one lacks {len(missing):,}.",
            _AGAIN,
            column="URN",
            value=_some(missing),
        )
    if not missing:
        return []
    return [
        f"{_count(len(missing), 'school')} in the group links but not in the establishment file; "
        f"counted in n_schools and in pupils_missing, left out of the other attributes: "
        f"{_some(missing)}."
    ]


def _joined_notes(links: pd.DataFrame, day: date) -> list[str]:
    unknown = int(links["joined"].isna().sum())
    later = int((links["joined"] > pd.Timestamp(day)).sum())
    notes = []
    if unknown:
        notes.append(
            f"{_count(unknown, 'school')} without a joined date, left out of oldest_joined and "
            "joined_last_5_years."
        )
    if later:
        notes.append(
            f"{_count(later, 'school')} joined after the extract's date, {day.isoformat()}; they "
            "are counted as members. Is the date right?"
        )
    return notes


# --- one file ----------------------------------------------------------------------------------


def _rows(
    raw: bytes | None, columns: Sequence[str], report: _Report
) -> list[tuple[int, tuple[str, ...]]]:
    """Return each row's line and its fields in the order of ``columns``; report the rest."""
    text = None if raw is None else _text(raw, report)
    if text is None:
        return []
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[tuple[int, int, tuple[str, ...]]] = []
    try:
        header = next(reader, [])
        places = _places(header, columns, report)
        if places is None:
            return []
        pick, last, end = itemgetter(*places), max(places), reader.line_num
        for fields in reader:
            # A quoted field may hold line ends: the row starts after the last one's end.
            line, end = end + 1, reader.line_num
            if fields:
                picked = tuple(map(str.strip, pick(fields))) if len(fields) > last else ()
                rows.append((line, len(fields), picked))
    except csv.Error as error:
        report.add(
            "Rows are comma-separated, with quotation marks in pairs.",
            f"The file broke off here ({error}). {_AGAIN}",
            line=reader.line_num,
        )
        return []
    return _of_one_width(rows, len(header), last, report)


def _of_one_width(
    rows: Sequence[tuple[int, int, tuple[str, ...]]], n_header: int, last: int, report: _Report
) -> list[tuple[int, tuple[str, ...]]]:
    """Keep the rows if all have one width, so that no field can have slipped into another's place.

    The group links are published with rows a field shorter than their header, whose last column
    is never written. A width below the header's is therefore accepted if all rows share it and no
    column that is needed (up to place ``last``) is cut off.
    """
    widths = Counter(width for _, width, _ in rows)
    usual = max(widths, key=lambda width: (widths[width], width), default=n_header)
    advice = f"Look for a stray comma or quotation mark, or an editor's changes. {_AGAIN}"
    if not last < usual <= n_header:
        report.add(
            f"Rows have as many fields as the header, {n_header}.",
            advice,
            line=rows[0][0],
            value=f"{usual} fields in {widths[usual]:,} rows",
        )
        return []
    for line, width, _ in rows:
        if width != usual:
            report.add(
                f"Every row has as many fields as the others, {usual}.",
                advice,
                line=line,
                value=f"{width} fields",
            )
    return [(line, picked) for line, width, picked in rows if width == usual]


def _text(raw: bytes, report: _Report) -> str | None:
    """Decode a file that is what its name says; UTF-8 is tried first, as cp1252 takes anything."""
    disguise = _disguise(raw)
    if disguise is not None:
        report.add("The file is a table of comma-separated text.", disguise[1], value=disguise[0])
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError as error:
        report.add(
            "The file is in the register's encoding, cp1252, or in UTF-8.",
            f"Another program has saved it in some other encoding. {_AGAIN}",
            line=raw.count(b"\n", 0, error.start) + 1,
            value=f"byte 0x{raw[error.start]:02x}",
        )
        return None


def _disguise(raw: bytes) -> tuple[str, str] | None:
    """Say what a file is when it is no CSV, and what to do then."""
    start = raw[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not raw.strip():
        return "an empty file", _AGAIN
    if start.startswith(b"<"):
        return (
            "a web page: " + start[:40].decode("latin-1"),
            f"The site answered with a page, most often an error, in place of the data. {_AGAIN}",
        )
    if start.startswith(b"PK\x03\x04"):
        return "a ZIP archive or a workbook", "Unpack it and use the CSV that is inside."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
        return "text in UTF-16", f"Another program has saved it anew. {_AGAIN}"
    return None


def _places(
    header: Sequence[str], columns: Sequence[str], report: _Report
) -> tuple[int, ...] | None:
    plain = [_plain(name) for name in header]
    found = {column: plain.count(_plain(column)) for column in columns}
    for column, times in found.items():
        if times == 0:
            report.add(
                f"The header has the column '{column}'.",
                f"Tick all fields when downloading, and change no header. {_WHERE}",
                line=1,
                column=column,
                value=_some([name.strip() for name in header]),
            )
        elif times > 1:
            report.add("A column is there once.", _AGAIN, line=1, column=column, value=column)
    if any(times != 1 for times in found.values()):
        return None
    return tuple(plain.index(_plain(column)) for column in columns)


# --- one field ---------------------------------------------------------------------------------

_DIGITS = re.compile(r"[0-9]{1,12}")
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]*)?")


def _key(text: str, column: str, line: int, report: _Report) -> str:
    if not _DIGITS.fullmatch(text):
        report.add("A key is a whole number.", _AGAIN, line=line, column=column, value=text)
    return text


def _code(text: str, column: str, line: int, report: _Report) -> str:
    if not text:
        return ""
    if not _DIGITS.fullmatch(text):
        report.add("A code is a whole number.", _AGAIN, line=line, column=column, value=text)
        return ""
    return text.lstrip("0") or "0"


def _number(text: str, column: str, line: int, largest: int, report: _Report) -> float:
    """Read a number from 0 to ``largest``; empty is missing, never 0."""
    if not text:
        return float("nan")
    number = float(text) if _NUMBER.fullmatch(text) else -1.0
    if not 0 <= number <= largest or (column == "NumberOfPupils" and not number.is_integer()):
        kind = "whole number" if column == "NumberOfPupils" else "number of metres"
        report.add(
            f"A {kind} from 0 to {largest:,}, or nothing when it is not known.",
            _AGAIN,
            line=line,
            column=column,
            value=text,
        )
    return number


def _joined(text: str, line: int, report: _Report) -> date | None:
    if not text:
        return None
    day = _read_day(text)
    if day is None:
        report.add(
            "A date is written as the register does, 01-09-2016 for the first of September.",
            _AGAIN,
            line=line,
            column="Joined date",
            value=text,
        )
    return day


@lru_cache(maxsize=8192)
def _read_day(text: str) -> date | None:
    match = re.fullmatch(r"([0-9]{2})[-/]([0-9]{2})[-/]((?:19|20)[0-9]{2})", text)
    if match is None:
        return None
    return _calendar_day(int(match[3]), int(match[2]), int(match[1]))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _some(names: Sequence[str], at_most: int = 5) -> str:
    rest = len(names) - at_most
    return ", ".join(names[:at_most]) + (f" and {rest:,} more" if rest > 0 else "")
