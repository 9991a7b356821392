"""The door: columns that say who answered, and what people wrote, are dropped before all else.

Names, addresses, IP and e-mail addresses, telephone numbers and places are known by the column's
name or by what it holds; free text by words that hardly repeat. No message shows what such a column
holds. A wave may keep one by listing its header under ``responses: keep_personal``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from buildingtrusts.study.problems import Problem
from buildingtrusts.survey.raw_table import RawTable

_BY_NAME = (
    ("an IP address", r"ip[ _]?addr(ess)?|ip"),
    ("an e-mail address", r"(.* )?e ?mails?( addr(ess)?(es)?)?( .*)?|recipientemail|emailaddress"),
    (
        "a name",
        r"(recipient|respondent|contact|your|user|the)?('s)?[ _]?"
        r"((first|last|full|fore|sur|family|given|middle) ?)?names?|"
        r"(what is |please (enter|give|state) )?your ((first|last|full) )?name( .*)?|"
        r"username|login|.*\bsurname\b.*|signature",
    ),
    (
        "an address or place",
        r"((home|postal|street|work|school|your) )?addr(ess)?( line)?( \d)?|(.* )?post ?code( .*)?|"
        r"zip( ?code)?|(location)? ?(latitude|longitude|accuracy)|"
        r"location(latitude|longitude|accuracy)|city(/town)?|street",
    ),
    ("a telephone number", r"(.* )?(tele)?phone( ?(number|no))?( .*)?|mobile( number)?"),
    (
        "free text",
        r".*[ _]text( .*)?|.*open[ -]ended response.*|(.* )?other [(]please specify[)].*|"
        r"(.* )?(any (other|further) )?comments?( .*)?|quiz feedback|feedback .*",
    ),
)
_NAMES = tuple((kind, re.compile(pattern)) for kind, pattern in _BY_NAME)
_CONTENTS = (
    ("an e-mail address", re.compile(r".*[^@\s]@[^@\s]+\.[^@\s].*", re.DOTALL)),
    (
        "an IP address",
        re.compile(r"(\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){4,7}", re.I),
    ),
    ("an address or place", re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", re.I)),
)
#: Columns that survey tools fill in themselves, with words that may not repeat.
_BY_THE_TOOL = re.compile(
    r"status|finished|distributionchannel|userlanguage|responseset|language|mode|collector ?id",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_RATING = re.compile(r"[+-]?\d+(\.\d+)?\s*[-–—:=(]")
_LONG = 200


def personal_columns(
    raw: RawTable, wanted: Collection[str] = (), keys: Collection[str] = ()
) -> dict[str, str]:
    """Which columns are personal, and of which kind.

    Parameters
    ----------
    raw : RawTable
        As an importer read it.
    wanted : collection of str
        Headers of keys and items. Ratings may be words and roles may hardly repeat, so only what
        certainly says who a person is counts in them.
    keys : collection of str
        Those of the wanted headers that are keys: they are known by their names too, or people's
        names would become identifiers.

    Returns
    -------
    dict of str to str
        Kind by header, in the order of the columns.

    Examples
    --------
    >>> raw = RawTable("s.csv", ("id", "Email", "q"), (("r1", "", "7"),), (2,))
    >>> personal_columns(raw)
    {'Email': 'an e-mail address'}
    """
    found = {}
    for name in raw.header:
        fields = [field for field in raw.column(name) if field]
        kind = _by_content(fields)
        if name in keys:
            kind = kind or _by_name(name).replace("free text", "")
        elif name not in wanted:
            kind = kind or _by_name(name) or _by_name(raw.wording(name))
            told = name in raw.labels or _BY_THE_TOOL.fullmatch(name)
            if not kind and not told and _is_free_text(fields):
                kind = "free text"
        if kind:
            found[name] = kind
    return found


def drop_personal(
    raw: RawTable, keep: Collection[str] = (), wanted: Collection[str] = ()
) -> RawTable:
    """Leave out personal columns that the wave does not keep, and note which.

    Parameters
    ----------
    raw : RawTable
        As an importer read it.
    keep : collection of str
        Headers of personal columns that stay.
    wanted : collection of str
        As in :func:`personal_columns`.

    Returns
    -------
    RawTable
    """
    kinds = personal_columns(raw, wanted)
    dropped = {name: kind for name, kind in kinds.items() if name not in keep}
    kept = [name for name in kinds if name in keep]
    notes = []
    if dropped:
        listed = ", ".join(f"{name} ({kind})" for name, kind in dropped.items())
        notes.append(f"{len(dropped)} personal columns were dropped at the door: {listed}")
    if kept:
        notes.append(f"personal columns kept, as the wave declares: {', '.join(kept)}")
    return raw.without_columns(dropped).noting(*notes)


def wanted_problems(
    raw: RawTable, keep: Collection[str], wanted: Collection[str], keys: Collection[str] = ()
) -> Iterator[Problem]:
    """Columns that are needed and hold what says who a person is."""
    for name, kind in personal_columns(raw, wanted, keys).items():
        if name in wanted and name not in keep:
            yield Problem(
                raw.file,
                f"Keys and answers do not say who a person is; this column holds {kind}.",
                "Name another column, or, if it has to be this one, list it under "
                "'responses: keep_personal' in the wave's file.",
                column=name,
            )


def _by_name(name: str) -> str:
    plain = " ".join(re.sub(r"[^\w'()/]+", " ", name.casefold()).split())
    spaced = " ".join(plain.replace("_", " ").split())
    for kind, pattern in _NAMES:
        if pattern.fullmatch(spaced) or pattern.fullmatch(spaced.replace(" ", "")):
            return kind
    return ""


def _by_content(fields: Sequence[str]) -> str:
    for kind, pattern in _CONTENTS:
        if any(pattern.fullmatch(field) for field in fields):
            return kind
    return ""


def _is_free_text(fields: Sequence[str]) -> bool:
    """Whether a column holds words that people typed: they hardly repeat, or are long."""
    words = [field for field in fields if _is_words(field)]
    if any(len(field) > _LONG for field in words):
        return True
    return len(words) > 0 and len(set(words)) > len(words) / 2


def _is_words(field: str) -> bool:
    """Neither a number, a day, a rating with its label nor an identifier."""
    if not _LETTERS.search(field) or _DAY.match(field) or _RATING.match(field):
        return False
    return " " in field or not any(letter.isdigit() for letter in field)
