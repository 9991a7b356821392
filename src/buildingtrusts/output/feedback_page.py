"""A page of feedback for one trust, and the team's list of pages, as self-contained HTML.

Whatever comes from files is escaped by Jinja2's autoescaping, and a policy in the head keeps
browsers from running or fetching anything. Charts are drawn inside the page; the numbers that they
show stand in the same row. There are no scripts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from buildingtrusts.output.feedback_text import Entry, Page, Words
from buildingtrusts.output.markup import markup_environment
from buildingtrusts.output.terminal import visible

if TYPE_CHECKING:
    import jinja2

_LONGEST_NAME = 60


def as_page(page: Page) -> str:
    """One trust's page."""
    return _template("feedback_page.html").render(page=page, words=page.words)


def as_list(
    entries: Sequence[Entry],
    wave: str,
    title: str,
    statement: str,
    words: Words,
    at_least: int,
) -> str:
    """The team's list: which trusts get a page, and why the others get none.

    Parameters
    ----------
    entries : sequence of Entry
        In the order of the list.
    wave, title, statement : str
        The survey, and what it says if it holds nobody's answers.
    words : Words
        Of the study.
    at_least : int
        Answers that a number rests on at least.
    """
    return _template("feedback_list.html").render(
        entries=entries,
        given=[one for one in entries if one.file],
        withheld=[one for one in entries if not one.file],
        wave=wave,
        title=title,
        statement=statement,
        words=words,
        at_least=at_least,
    )


def file_names(wave: str, mat_ids: Sequence[str]) -> dict[str, str]:
    """A file name for each trust: safe on every system, different, and the same in every run.

    Names start with the wave's, so that made-up answers are told by every name. Letters without
    accents and digits stay; a trust whose name has anything else, or differs from another in case
    alone, gets eight digits of its SHA-256 as well.

    Examples
    --------
    >>> file_names("2027", ["MAT 1", "../x"])
    {'MAT 1': '2027-MAT-1.html', '../x': '2027-x-d6b96a97.html'}
    """
    plain = {mat: _plain(mat) for mat in mat_ids}
    often = Counter(name.casefold() for name in plain.values())
    names = {}
    for mat, name in plain.items():
        kept = name and name.replace("-", " ") == mat and often[name.casefold()] == 1
        mark = "" if kept else hashlib.sha256(mat.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        names[mat] = "-".join(filter(None, (wave, name, mark))) + ".html"
    return names


def _plain(mat_id: str) -> str:
    without_accents = unicodedata.normalize("NFKD", mat_id).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", without_accents).strip("-")[:_LONGEST_NAME].rstrip("-")


def list_name(wave: str) -> str:
    """Name of the file with the team's list; no trust's page can be called so."""
    return f"{wave}_list_for_the_team.html"


@cache
def _template(name: str) -> jinja2.Template:
    environment = markup_environment()
    environment.filters["visible"] = visible
    return environment.get_template(name)
