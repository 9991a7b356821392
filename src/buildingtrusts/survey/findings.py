"""What in a wave's answers deserves a look before a run, though nothing is wrong with it.

A finding is no error: people do answer everything alike, and small trusts stay small. Whoever ran
the survey knows best; the marks from which something is told are this project's own and none of
them changes a result.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from buildingtrusts.output.contracts import UNKNOWN_LEVELS
from buildingtrusts.statistics.aggregation import clustering_scores, select_trusts
from buildingtrusts.statistics.linkage import build_tree
from buildingtrusts.study.codebook import Codebook, Item
from buildingtrusts.study.problems import Problem
from buildingtrusts.study.wave import Wave
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.responses import Responses
from buildingtrusts.survey.trusts import Trusts

if TYPE_CHECKING:
    import pandas as pd

#: Share of respondents without an answer from which an item is told.
MANY_MISSING = 0.2
#: Answers from which one number throughout, or the same answers twice, is more than chance.
FEWEST_ANSWERS = 5
LISTED_AT_MOST = 10
_DAYS = re.compile(
    r"(start|end|recorded|completion|completed|submit|submitted|date)[ _]?(date|time)?"
    r"( (created|modified))?|timestamp|(start|completion|end) time|date (created|modified)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


@dataclass(frozen=True)
class Finding:
    """One thing to look at.

    Attributes
    ----------
    subject : str
        What it is about: Trusts, Respondents, Roles, Items, Attributes or Dates.
    text : str
        What was found, as a sentence.
    advice : str
        What it may mean or what to do, as a sentence.
    """

    subject: str
    text: str
    advice: str


@dataclass(frozen=True)
class Prospect:
    """What a run will cluster.

    Attributes
    ----------
    trusts : tuple of str
        Those with enough responses.
    reasons : dict of str to str
        Why each other trust that answered is left out.
    n_respondents : int
        People of the clustered trusts who answered any item of the block.
    items : tuple of str
        Labels of the clustered block's items.
    k : tuple of int
        Numbers of clusters that so many trusts allow.
    problems : tuple of Problem
        What a run would stop at.
    """

    trusts: tuple[str, ...]
    reasons: dict[str, str]
    n_respondents: int
    items: tuple[str, ...]
    k: tuple[int, ...]
    problems: tuple[Problem, ...] = ()


def listed(names: Iterable[object]) -> str:
    """Names in a row, the first ten of many.

    Examples
    --------
    >>> listed(range(12))
    '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more'
    """
    words = [str(name) for name in names]
    more = len(words) - LISTED_AT_MOST
    return ", ".join(words[:LISTED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def prospect(wave: Wave, codebook: Codebook, responses: pd.DataFrame, declaration: str) -> Prospect:
    """Say what a run will cluster, by the rules of the run.

    Parameters
    ----------
    wave : Wave
        Says which block is clustered, and how.
    codebook : Codebook
        The wave's items.
    responses : DataFrame
        Tidy responses.
    declaration : str
        The wave's file, for problem reports.

    Returns
    -------
    Prospect
        Its problems: a block that the codebook does not have, too few trusts, trusts that cannot
        be told apart by the distance that is declared.
    """
    choices = wave.cluster
    items = codebook.block(choices.block)
    if not items:
        problem = Problem(
            declaration,
            f"The block that is clustered is one of: {', '.join(codebook.blocks)}.",
            "Correct it in the wave's file, or add the block to the codebook.",
            column="cluster.block",
            value=choices.block,
        )
        return Prospect((), {}, 0, (), (), (problem,))
    columns = [item.column for item in items]
    chosen = select_trusts(responses, columns, choices.min_responses)
    answered = responses[columns].notna().any(axis=1) & responses["mat_id"].isin(chosen.clustered)
    return Prospect(
        chosen.clustered,
        chosen.reasons,
        int(answered.sum()),
        tuple(item.label for item in items),
        tuple(k for k in choices.k if k < len(chosen.clustered)),
        tuple(_cannot_be_clustered(wave, columns, responses, chosen.clustered, declaration)),
    )


def _cannot_be_clustered(
    wave: Wave,
    columns: Sequence[str],
    responses: pd.DataFrame,
    clustered: Sequence[str],
    declaration: str,
) -> Iterator[Problem]:
    choices = wave.cluster
    if min(choices.k) >= len(clustered):
        yield Problem(
            declaration,
            f"{min(choices.k)} clusters need more than {min(choices.k)} trusts; "
            f"{len(clustered)} have enough responses.",
            "Lower 'cluster: min_responses' in the wave's file, or add responses.",
            column="cluster.min_responses",
            value=str(choices.min_responses),
        )
        return
    scores = clustering_scores(
        responses,
        columns,
        clustered,
        choices.statistic,
        centred=choices.scaling == "respondent_centred",
    )
    try:
        with np.errstate(all="ignore"):
            build_tree(scores, clustered, choices.linkage, choices.metric, choices.scaling)
    except ValueError as error:
        yield Problem(
            declaration,
            f"These answers cannot be clustered so: {error}",
            "Change 'cluster' in the wave's file.",
            column="cluster",
        )


def find_remarkable(
    wave: Wave,
    codebook: Codebook,
    responses: Responses,
    trusts: Trusts,
    export: RawTable,
    today: datetime.date,
) -> list[Finding]:
    """Find what deserves a look, in the order of :class:`Finding`'s subjects.

    Parameters
    ----------
    wave, codebook
        As declared.
    responses, trusts
        As they are tidied.
    export : RawTable
        The responses' file without personal columns, for its dates.
    today : date
        An original wave that is later than this is told.

    Returns
    -------
    list of Finding
    """
    table = responses.table
    return [
        *_of_trusts(wave, codebook, table, trusts),
        *_of_respondents(codebook, table),
        *_of_roles(wave, codebook, table),
        *_of_items(codebook, table),
        *_of_attributes(trusts),
        *_of_dates(wave, export, today),
    ]


def other_files(names: Iterable[str], wave: Wave) -> list[str]:
    """Files of the wave's raw folder that no key names and that are no README.

    Examples
    --------
    >>> wave = Wave(wave="w", title="", date="2031-01-01", provenance="original", source="",
    ...             licence="")
    >>> other_files(["responses.csv", "README.md", "export.csv"], wave)
    ['export.csv']
    """
    named = {wave.responses.file, *([wave.trusts.file] if wave.trusts else [])}
    return sorted(
        name
        for name in names
        if name not in named and not name.startswith(".") and PurePath(name).stem != "README"
    )


def _of_trusts(
    wave: Wave, codebook: Codebook, table: pd.DataFrame, trusts: Trusts
) -> Iterator[Finding]:
    heard = set(table["mat_id"])
    silent = [mat for mat in trusts.table["mat_id"] if mat not in heard]
    if silent:
        yield Finding(
            "Trusts",
            f"{len(silent)} of {len(trusts.table)} trusts have no response: {listed(silent)}.",
            "They are in the tables of attributes and in no other.",
        )
    columns = [item.column for item in codebook.block(wave.cluster.block)]
    reasons = select_trusts(table, columns, wave.cluster.min_responses).reasons if columns else {}
    if reasons:
        told = listed(f"{mat} ({reason})" for mat, reason in reasons.items())
        yield Finding(
            "Trusts",
            f"{len(reasons)} of {len(heard)} trusts that answered are not clustered: {told}.",
            "'cluster: min_responses' in the wave's file sets the number; a mean of few answers "
            "says little about a trust.",
        )
    roles = table["role"].to_numpy()
    counts = {
        (mat, role): int(((table["mat_id"] == mat) & ((role == "all") | (roles == role))).sum())
        for mat, role in trusts.staff
    }
    over = [key for key, staff in trusts.staff.items() if counts[key] > staff]
    if over:
        told = listed(
            f"{mat}, {role} ({counts[mat, role]} of {trusts.staff[mat, role]})"
            for mat, role in over
        )
        yield Finding(
            "Trusts",
            f"More people answered than were asked: {told}.",
            "Correct the numbers of 'trusts: staff', or look for people who answered twice.",
        )


def _of_respondents(codebook: Codebook, table: pd.DataFrame) -> Iterator[Finding]:
    answers = table[codebook.columns].to_numpy(dtype=float, na_value=np.nan)
    given = ~np.isnan(answers)
    nothing = table["respondent_id"][~given.any(axis=1)].tolist()
    if nothing:
        yield Finding(
            "Respondents",
            f"{len(nothing)} of {len(table)} respondents answered no item: {listed(nothing)}.",
            "They count in no mean. Leave them in, so that the file stays as it was exported.",
        )
    for block in codebook.blocks:
        places = [place for place, item in enumerate(codebook.items) if item.block == block]
        alike = _alike(answers[:, places])
        if alike.any():
            people = table["respondent_id"][alike].tolist()
            yield Finding(
                "Respondents",
                f"{len(people)} respondents gave one answer to every item of block '{block}' "
                f"(at least {FEWEST_ANSWERS} answers): {listed(people)}.",
                "They may mean it, or have clicked through. Look whether the clusters hang on "
                "them; they are not left out.",
            )
    same = list(_same_answers(table["respondent_id"].tolist(), answers))
    if same:
        told = "; ".join(listed(people) for people in same[:LISTED_AT_MOST])
        yield Finding(
            "Respondents",
            f"{len(same)} sets of respondents gave the same answers to every item: {told}.",
            "One person may have answered twice, or a file may have been put together twice.",
        )


def _alike(answers: np.ndarray) -> np.ndarray:
    """Whether a row's answers are all one number; rows of few answers are not."""
    given = ~np.isnan(answers)
    high = np.where(given, answers, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(given, answers, np.inf).min(axis=1, initial=np.inf)
    found: np.ndarray = (given.sum(axis=1) >= FEWEST_ANSWERS) & (high == low)
    return found


def _same_answers(people: Sequence[str], answers: np.ndarray) -> Iterator[list[str]]:
    """Respondents alike in all answers and gaps; one number throughout is told apart."""
    enough = (~np.isnan(answers)).sum(axis=1) >= FEWEST_ANSWERS
    rows: dict[bytes, list[str]] = {}
    for number in np.flatnonzero(enough & ~_alike(answers)).tolist():
        # One pattern of bits stands for all gaps, and for both zeros.
        key = np.where(np.isnan(answers[number]), np.nan, answers[number] + 0.0).tobytes()
        rows.setdefault(key, []).append(people[number])
    yield from (group for group in rows.values() if len(group) > 1)


def _of_roles(wave: Wave, codebook: Codebook, table: pd.DataFrame) -> Iterator[Finding]:
    if not wave.roles:
        return
    nobody = [role for role in wave.roles if not (table["role"] == role).any()]
    if nobody:
        yield Finding(
            "Roles",
            f"Nobody has the role {listed(nobody)}.",
            "Check the labels under 'roles' in the wave's file, if somebody should.",
        )
    without = int(table["role"].isna().sum())
    if without:
        yield Finding(
            "Roles",
            f"{without} of {len(table)} respondents have no role.",
            "They count in everything but comparisons of roles.",
        )
    for role in wave.roles:
        of_role = table[table["role"] == role]
        if len(of_role):
            yield from _unasked(role, codebook, of_role, table)


def _unasked(
    role: str, codebook: Codebook, of_role: pd.DataFrame, table: pd.DataFrame
) -> Iterator[Finding]:
    """Items that others answered and nobody of this role did; whole blocks as such."""
    open_items = [
        item
        for item in codebook.items
        if of_role[item.column].isna().all() and not table[item.column].isna().all()
    ]
    if not open_items:
        return
    names: list[str] = []
    for block in codebook.blocks:
        of_block = [item.column for item in open_items if item.block == block]
        whole = len(of_block) == len(codebook.block(block))
        names += [f"block '{block}'"] if whole else of_block
    yield Finding(
        "Roles",
        f"No {role} answered {listed(names)}.",
        "If this role was not asked, all is well; if it was, look at the export's columns.",
    )


def _of_items(codebook: Codebook, table: pd.DataFrame) -> Iterator[Finding]:
    gaps = {item.column: float(table[item.column].isna().mean()) for item in codebook.items}
    many = [f"{name} ({share:.0%})" for name, share in gaps.items() if share > MANY_MISSING]
    if many:
        yield Finding(
            "Items",
            f"{len(many)} of {len(gaps)} items lack more than {MANY_MISSING:.0%} of answers: "
            f"{listed(many)}.",
            "Were they asked of everybody, and is every column the right one?",
        )
    flat = [
        f"{item.column} (always {table[item.column].dropna().iloc[0]:g})"
        for item in codebook.items
        if table[item.column].nunique() == 1 and table[item.column].notna().sum() > 1
    ]
    if flat:
        yield Finding(
            "Items",
            f"Everybody gave the same answer to {listed(flat)}.",
            "Such an item tells no trusts apart. Is its column the right one?",
        )
    yield from _of_scales(codebook, table)


def _of_scales(codebook: Codebook, table: pd.DataFrame) -> Iterator[Finding]:
    without = [item.column for item in codebook.items if item.n_options and _half_named(item)]
    if without:
        yield Finding(
            "Items",
            f"{len(without)} items have no name for an end of their scale: {listed(without)}.",
            "Fill in low_anchor and high_anchor in the codebook: a file whose scale runs the "
            "other way is found by them alone.",
        )
    for block in codebook.blocks:
        named = {
            (item.minimum, item.maximum, item.low_anchor.casefold(), item.high_anchor.casefold())
            for item in codebook.block(block)
            if item.n_options and not _half_named(item)
        }
        if len(named) > 1:
            yield Finding(
                "Items",
                f"Items of block '{block}' have {len(named)} different scales or names of ends.",
                "Means of a block's items are compared; check min, max and anchors in the "
                "codebook.",
            )
        yield from _half_used(block, codebook.block(block), table)


def _half_named(item: Item) -> bool:
    return not (item.low_anchor and item.high_anchor)


def _half_used(block: str, items: Sequence[Item], table: pd.DataFrame) -> Iterator[Finding]:
    """A block whose answers all lie in one half of the scale may have another scale."""
    scaled = [item for item in items if item.n_options]
    answers = [table[item.column].dropna() for item in scaled]
    if sum(map(len, answers)) < 4 * FEWEST_ANSWERS:
        return
    shares = np.concatenate(
        [
            (part.to_numpy(dtype=float) - (item.minimum or 0.0))
            / ((item.maximum or 0.0) - (item.minimum or 0.0))
            for item, part in zip(scaled, answers, strict=True)
        ]
    )
    half = "upper" if shares.max() < 0.5 else "lower" if shares.min() > 0.5 else ""
    if half:
        yield Finding(
            "Items",
            f"Nobody used the {half} half of the scale in block '{block}'.",
            "Check min and max in the codebook against the questionnaire.",
        )


def _of_attributes(trusts: Trusts) -> Iterator[Finding]:
    unused, unknown = [], []
    for attribute, levels in trusts.levels.items():
        found = trusts.table[attribute]
        unused += [f"{attribute} '{level}'" for level in levels if not (found == level).any()]
        gaps = int(found.isin(UNKNOWN_LEVELS).sum())
        unknown += [f"{attribute} ({gaps})"] if gaps else []
    if unused:
        yield Finding(
            "Attributes",
            f"No trust has {listed(unused)}.",
            "Such a level stays in the tables, with zeros. Check its spelling in the wave's file.",
        )
    if unknown:
        yield Finding(
            "Attributes",
            f"Unknown for some of the {len(trusts.table)} trusts: {listed(unknown)}.",
            "They are the level '(missing)' or '(not covered)', which tests leave out.",
        )


def _of_dates(wave: Wave, export: RawTable, today: datetime.date) -> Iterator[Finding]:
    if wave.provenance == "original" and wave.date > today:
        yield Finding(
            "Dates",
            f"The wave's date, {wave.date}, is still to come.",
            "Correct 'date' in the wave's file.",
        )
    years = {
        int(found[0])
        for name in export.header
        if _DAYS.fullmatch(name.strip())
        for text in export.column(name)
        if (found := _YEAR.search(text))
    }
    if years and wave.date.year not in years:
        yield Finding(
            "Dates",
            f"The responses are of {listed(sorted(years))}, the wave is dated {wave.date}.",
            "Is this the right file? Otherwise correct 'date' in the wave's file.",
        )
