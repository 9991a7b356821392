"""Key columns by their names: who answered, from which trust, in which role.

Columns are proposed by the names that survey tools and people give them, and by what they hold.
A role's label is one of the three roles only if its words say so and none speaks for another; any
other label is left to a person.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from buildingtrusts.study.wave import Role
from buildingtrusts.survey.importers.matching import normal
from buildingtrusts.survey.importers.personal import personal_columns
from buildingtrusts.survey.raw_table import RawTable

#: Roles in the order in which they are listed.
ROLES: tuple[Role, ...] = ("ceo", "central_team", "school_leader")
_RESPONDENT = (
    r"respondent[ _]?id",
    r"response[ _]?id",
    r"unique response number",
    r"urn",
    r"submission[ _]?id",
    r"id",
)
_TRUST = (
    r"mat[ _]?id|trust[ _]?id",
    r"mat|trust|(mat|trust)[ _]?name|name of (your |the )?(mat|(academy )?trust)",
    r".*\b(which|what|name of|name|select|choose)\b.*\b(trust|mat)\b.*",
    r"your (multi.academy )?trust|(multi.?academy|academy) trust",
    r"collector[ _]?id",
)
_ROLE = (
    r"role|job|position|job[ _]?(title|role)|role[ _]?(group|type)",
    r".*\b(what|which|your|current|main|primary|best describes)\b.*\b(role|job|position|post)\b.*",
    r".*\brole\b.*",
)
_MOST_LABELS = 40
_CEO = r"\bceo\b|\bchief executive\b( officer)?"
_NOT_THE_CEO = r"\b(deputy|assistant|adviser|advisor|pa|office of|secretary|former)\b"
_CENTRAL = (
    r"\bcentral\b|\bhead office\b|\btrust[ -]wide\b|\bregional\b|"
    r"\bchief (operating|finance|financial|people|education|information|technology)\b|"
    r"\b[cf]fo\b|\bcoo\b"
)
_SCHOOL = (
    r"\bhead ?teachers?\b|\bprincipals?\b|\bhead of (school|academy|campus)\b|\bteachers?\b|"
    r"\bheads?\b(?! (of|office)\b)|\bschool (leaders?|based)\b|\bsenco\b"
)
_ACROSS_SCHOOLS = r"\bexecutive\b(?! officer)"


@dataclass(frozen=True)
class KeyColumn:
    """A column proposed as a key, and why."""

    column: str
    how: str


def respondent_column(raw: RawTable, prefix: str = "") -> KeyColumn | None:
    """The column that identifies respondents, if there is one that does.

    Parameters
    ----------
    raw : RawTable
        With personal columns.
    prefix : str
        What identifiers start with in a wave that is not original.
    """
    for name in _by_patterns(raw, _RESPONDENT):
        fields = raw.column(name)
        unique = all(fields) and len(set(fields)) == len(fields)
        if unique and all(field.startswith(prefix) for field in fields):
            return KeyColumn(name, "by its name; every response has its own")
    return None


def trust_column(
    raw: RawTable, trusts: Collection[str] = (), others: Collection[str] = ()
) -> KeyColumn | None:
    """The column that names the trust: what it holds stands in the trusts file, or its name.

    Parameters
    ----------
    raw : RawTable
        With personal columns.
    trusts : collection of str
        Of the trusts file, if there is one.
    others : collection of str
        Columns that are something else.
    """
    free = [name for name in raw.header if name not in others and not _personal(raw, name)]
    known = {
        name: sum(field in set(trusts) for field in labelled_column(raw, name)) for name in free
    }
    if trusts and free and max(known.values()) * 2 >= len(raw.rows):
        return KeyColumn(max(free, key=lambda one: known[one]), "it holds the trusts of the file")
    for name in _by_patterns(raw, _TRUST):
        if name in free and any(raw.column(name)):
            return KeyColumn(name, "by its name or question")
    return None


def role_column(raw: RawTable, others: Collection[str] = ()) -> KeyColumn | None:
    """The column with the respondent's role, if one is called so."""
    for name in _by_patterns(raw, _ROLE):
        labels = {label for label in labelled_column(raw, name) if label}
        words = any(re.search(r"[^\W\d_]", label) for label in labels)
        fits = name not in others and words and len(labels) <= _MOST_LABELS
        if fits and not _personal(raw, name):
            return KeyColumn(name, "by its name or question")
    return None


def labelled_column(raw: RawTable, name: str) -> list[str]:
    """A column with the labels of its codes, where the file has them."""
    codes = raw.labels.get(name, {})
    return [codes.get(field, field) for field in raw.column(name)]


def role_of(label: str) -> Role | None:
    """The role that the words of a label tell; None if they tell none, or two.

    Examples
    --------
    >>> role_of("Chief Executive"), role_of("Headteacher"), role_of("Head office staff")
    ('ceo', 'school_leader', 'central_team')
    >>> role_of("Executive headteacher") is None and role_of("PA to the CEO") is None
    True
    """
    plain = normal(label.replace("_", " "))
    if plain in ("ceo", "central team", "school leader"):
        return next(role for role in ROLES if role.replace("_", " ") == plain)
    told: list[Role] = []
    if re.search(_CEO, plain):
        told.append("ceo")
    if re.search(_CENTRAL, plain):
        told.append("central_team")
    if re.search(_SCHOOL, plain):
        told.append("school_leader")
    rest = re.sub(_CEO, "", plain)
    if len(told) != 1 or (told == ["ceo"] and re.search(_NOT_THE_CEO, plain)):
        return None
    if told == ["school_leader"] and re.search(_ACROSS_SCHOOLS, rest):
        return None
    return told[0]


def roles_of_labels(
    counts: Mapping[str, int], earlier: Mapping[str, Role], said: Mapping[str, str]
) -> tuple[dict[Role, tuple[str, ...]], tuple[str, ...]]:
    """Give each label its role: as a person said, as in an earlier wave, or by its words.

    Returns
    -------
    dict of str to tuple of str
        Labels by role.
    tuple of str
        Labels whose role nobody knows.
    """
    found: dict[Role, list[str]] = {}
    unknown = []
    before = {normal(label): role for label, role in earlier.items()}
    for label in counts:
        if said.get(label) == "none":
            continue
        asked = next((role for role in ROLES if role == said.get(label)), None)
        role = asked or before.get(normal(label)) or role_of(label)
        if role is None:
            unknown.append(label)
        else:
            found.setdefault(role, []).append(label)
    ordered = {role: tuple(found[role]) for role in ROLES if role in found}
    return ordered, tuple(unknown)


def counted(fields: Sequence[str]) -> dict[str, int]:
    """How often each text stands there, empty ones left out; in order of first appearance."""
    return dict(Counter(field for field in fields if field))


def near_names(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of names that may be one trust spelt twice.

    Examples
    --------
    >>> near_names(["River Trust", "River trust ", "MAT 1", "MAT 2"])
    [('River Trust', 'River trust ')]
    """
    found = []
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            a, b = normal(one), normal(other)
            numbers = re.findall(r"\d+", a) == re.findall(r"\d+", b)
            if a == b or (numbers and difflib.SequenceMatcher(None, a, b).ratio() >= 0.85):
                found.append((one, other))
    return found


def _by_patterns(raw: RawTable, patterns: Sequence[str]) -> list[str]:
    """Columns whose header or wording is one of these, the surest pattern first."""
    found: dict[str, None] = {}
    for pattern in patterns:
        for name in raw.header:
            texts = {normal(name), normal(raw.wording(name)), normal(_last_question(raw, name))}
            if any(re.fullmatch(pattern, text) for text in texts):
                found[name] = None
    return list(found)


def _last_question(raw: RawTable, name: str) -> str:
    return re.sub(r"^q?\d+[\w.]*[.:)]\s*", "", raw.wording(name).casefold())


def _personal(raw: RawTable, name: str) -> bool:
    return name in personal_columns(raw, [name], [name])
