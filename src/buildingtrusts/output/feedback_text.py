"""What a trust's page of feedback says: numbers as people read them, findings in sentences.

Spread is given in words, because a mean and a standard deviation of five whole numbers leave few
possible sets of answers; answers that are all alike are called close like many others. A mean
within half a step of an end of the scale is given as a bound: at the end itself everybody has
answered the same, and each person's answer would be known.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.questions import Question, scale_limits
from buildingtrusts.output.figures.words import count, decimal, join, plain

if TYPE_CHECKING:
    import pandas as pd

#: Where within-group agreement (rwg) is called spread, and where close (LeBreton and Senter, 2008,
#: doi:10.1177/1094428106296642: up to .30 lack of agreement, above .70 strong agreement).
SPREAD_FROM, CLOSE_FROM = 0.30, 0.70
NOT_SHOWN = "not shown"
#: Inside the box of a chart, which is 200 wide, from the lowest answer to the highest.
LEFT, RIGHT = 8.0, 192.0
#: Items named where school leaders and the centre differ most.
SPLITS_SHOWN = 6
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_VERDICTS = {
    "supported": "The clusters of this survey are more distinct than chance would make them.",
    "weak": "There is some evidence, but not much, that the clusters of this survey are more than "
    "chance.",
    "not distinguishable from noise": "The clusters of this survey may be chance: answers without "
    "any clusters in them give clusters like these.",
    "not determined": "Whether the clusters of this survey are more than chance is not known.",
}
_UNJUDGED = (
    "Whether the clusters of this survey are more than chance was not examined: take them as a "
    "description of the answers, and as no more."
)


@dataclass(frozen=True)
class Words:
    """What the study says for trust, trusts and staff."""

    trust: str = "trust"
    trusts: str = "trusts"
    staff: str = "staff"


@dataclass(frozen=True)
class Row:
    """One item of a trust's table; places are in the chart's box, None where nothing is drawn."""

    label: str
    own: str
    cluster: str
    others: str
    answers: str
    close: str
    others_close: str
    wording: str = ""
    own_at: float | None = None
    cluster_at: float | None = None
    others_at: float | None = None


@dataclass(frozen=True)
class Section:
    """One block of the questionnaire.

    Attributes
    ----------
    title, scale, asked : str
        Its name, what the ends of its scale mean, and the question that its items share, if any.
    rows : tuple of Row
        Its items.
    findings : tuple of str
        What the rows show, in sentences.
    has_cluster, has_chart : bool
        Whether any mean of the cluster may be told, and whether there is a scale to draw on.
    """

    title: str
    scale: str
    rows: tuple[Row, ...]
    findings: tuple[str, ...] = ()
    has_cluster: bool = True
    has_chart: bool = True
    asked: str = ""


@dataclass(frozen=True)
class Page:
    """All that one trust is told.

    Attributes
    ----------
    mat_id, wave, title, when : str
        The trust, and the survey that it took part in.
    statement : str
        What a wave says that holds nobody's answers; else empty.
    words : Words
        Of the study.
    n_answers : int
        Responses of its staff.
    sections : tuple of Section
        Block by block.
    cluster : tuple of str
        Which cluster, how sure, and what it means.
    splits : tuple of (str, str, str)
        Item, mean of school leaders, mean of the centre, where they differ most.
    at_least, fewest : int
        Answers and other trusts that a number rests on at least.
    """

    mat_id: str
    wave: str
    title: str
    when: str
    statement: str
    words: Words
    n_answers: int
    sections: tuple[Section, ...]
    cluster: tuple[str, ...]
    splits: tuple[tuple[str, str, str], ...] = ()
    at_least: int = 5
    fewest: int = 3
    has_roles: bool = False

    @property
    def shows_cluster(self) -> bool:
        """Whether any mean of the cluster is told."""
        return any(section.has_cluster for section in self.sections)


@dataclass(frozen=True)
class Membership:
    """Which cluster a trust is in, and how sure that is.

    Attributes
    ----------
    k, cluster, size, n_clustered : int
        Clusters there are, the trust's, the trusts in it, and those in all.
    width : float
        Its silhouette width.
    neighbour : int or None
        The nearest other cluster.
    block, least : str, int
        What was clustered, and how many answers a trust needed.
    returns : float
        Share of repetitions with resampled staff in which it falls into this cluster; ``nan`` if
        that was not computed.
    verdict, sentence : str
        The verdict on the wave's clusters; empty if there is none.
    shown : bool
        Whether any mean of the cluster may be told.
    """

    k: int
    cluster: int
    size: int
    n_clustered: int
    width: float
    neighbour: int | None
    block: str
    least: int
    returns: float = math.nan
    verdict: str = ""
    sentence: str = ""
    shown: bool = True


def month_of(day: datetime.date) -> str:
    """Name the month of a day.

    Examples
    --------
    >>> month_of(datetime.date(2027, 3, 1))
    'March 2027'
    """
    return f"{_MONTHS[day.month - 1]} {day.year}"


def how_close(agreement: float) -> str:
    """Within-group agreement in a word; empty where it is not known.

    Examples
    --------
    >>> how_close(0.1), how_close(0.5), how_close(1.0), how_close(float("nan"))
    ('far apart', 'some spread', 'close', '')
    """
    if math.isnan(agreement):
        return ""
    if agreement <= SPREAD_FROM:
        return "far apart"
    return "some spread" if agreement <= CLOSE_FROM else "close"


def bounded(mean: float, question: Question) -> tuple[str, float]:
    """A mean with one decimal, or the bound that stands for it, and where it is drawn.

    Examples
    --------
    >>> scale = Question("s", "q", "Q", 1, 10, 1)
    >>> bounded(7.25, scale), bounded(9.8, scale), bounded(1.0, scale)
    (('7.3', 7.25), ('9.5 or more', 9.5), ('1.5 or less', 1.5))
    """
    low, high, step = question.minimum, question.maximum, question.step
    if low is None or high is None:
        return decimal(mean, 1), mean
    half = (step or 1) / 2
    if mean >= high - half:
        return f"{high - half:g} or more", high - half
    if mean <= low + half:
        return f"{low + half:g} or less", low + half
    return decimal(mean, 1), mean


def shared_question(wordings: Sequence[str]) -> str:
    """The question in front of a colon that all wordings start with; empty if there is none.

    Examples
    --------
    >>> shared_question(["How good: Hiring", "How good: Pay"]), shared_question(["Hiring", "Pay"])
    ('How good', '')
    """
    starts = {wording.rpartition(": ")[0] for wording in wordings}
    return starts.pop() if len(starts) == 1 and len(wordings) > 1 else ""


def section_of(
    compared: pd.DataFrame,
    questions: Sequence[Question],
    wordings: Mapping[str, str],
    off_by: float,
    words: Words,
    asked: str = "",
) -> Section:
    """Write one block.

    Parameters
    ----------
    compared : DataFrame
        Rows of the block, as ``statistics.feedback.compare`` gives them.
    questions : sequence of Question
        Of the block, in order.
    wordings : mapping of str to str
        By item, where the wording is to stand below the label.
    off_by : float
        How far a mean is easily off, on the block's scale; ``nan`` where that is not known.
    words : Words
        Of the study.
    asked : str
        The question that the items share, if any.
    """
    scale = scale_limits(questions)
    found = {str(row["item"]): row for row in compared.to_dict("records")}
    pairs = [(one, found[one.item]) for one in questions if one.item in found]
    rows = tuple(_row(question, row, scale, wordings) for question, row in pairs)
    findings = [*_highest_and_lowest(pairs), *_furthest(pairs, words)]
    if not math.isnan(off_by) and scale:
        findings.append(
            f"Had other {words.staff} answered, each of your means could easily be "
            f"{decimal(off_by, 1)} points higher or lower. Smaller differences say little."
        )
    return Section(
        title=plain(questions[0].block),
        scale=_scale_note(questions, scale),
        rows=rows,
        findings=tuple(findings),
        has_cluster=bool(compared["cluster"].notna().any()),
        has_chart=scale is not None,
        asked=asked,
    )


def _row(
    question: Question,
    row: Mapping[Hashable, Any],
    scale: tuple[float, float] | None,
    wordings: Mapping[str, str],
) -> Row:
    values = {name: float(row[name]) for name in ("own", "cluster", "others")}
    own, own_at = bounded(values["own"], question)
    shown = {
        name: NOT_SHOWN if math.isnan(value) else decimal(value, 1)
        for name, value in values.items()
    }
    places = {
        name: None if scale is None or math.isnan(value) else _place(value, scale)
        for name, value in {**values, "own": own_at}.items()
    }
    told = not math.isnan(values["own"])
    return Row(
        label=question.label,
        wording=wordings.get(question.item, ""),
        own=own if told else NOT_SHOWN,
        cluster=shown["cluster"],
        others=shown["others"],
        answers=str(row["n"]) if told else "too few",
        close=how_close(float(row["agreement"])),
        others_close=how_close(float(row["others_agreement"])),
        own_at=places["own"],
        cluster_at=places["cluster"],
        others_at=places["others"],
    )


def _place(value: float, scale: tuple[float, float]) -> float:
    low, high = scale
    return round(LEFT + (RIGHT - LEFT) * (value - low) / (high - low), 1)


def _scale_note(questions: Sequence[Question], scale: tuple[float, float] | None) -> str:
    if scale is None:
        return "Mean answers, each on its own scale."
    anchors = {(one.low_anchor, one.high_anchor) for one in questions}
    low, high = anchors.pop() if len(anchors) == 1 else ("", "")
    ends = [
        f"{value:g} ({anchor[:1].lower()}{anchor[1:]})" if anchor else f"{value:g}"
        for value, anchor in zip(scale, (low, high), strict=True)
    ]
    return f"Mean answers, from {ends[0]} to {ends[1]}."


def _highest_and_lowest(pairs: Sequence[tuple[Question, Mapping[Hashable, Any]]]) -> Iterator[str]:
    told = [(float(row["own"]), one) for one, row in pairs]
    told = [(value, one) for value, one in told if not math.isnan(value)]
    if len(told) < 2 or scale_limits([one for _, one in told]) is None:
        return
    high, low = max(told, key=lambda pair: pair[0]), min(told, key=lambda pair: pair[0])
    yield (
        f"You answered highest on {high[1].label} ({bounded(*high)[0]}) and lowest on "
        f"{low[1].label} ({bounded(*low)[0]})."
    )


def _furthest(
    pairs: Sequence[tuple[Question, Mapping[Hashable, Any]]], words: Words
) -> Iterator[str]:
    """Name the items on which the trust is furthest above and below the others, as printed."""
    gaps = []
    for one, row in pairs:
        own, others = (float(row[name]) for name in ("own", "others"))
        if not (math.isnan(own) or math.isnan(others)):
            # From the bound that is printed: the gap must not give the mean back.
            gaps.append((round(bounded(own, one)[1], 1) - round(others, 1), one))
    above = max(gaps, key=lambda pair: pair[0], default=None)
    below = min(gaps, key=lambda pair: pair[0], default=None)
    parts = []
    if above and above[0] >= 0.1:
        parts.append(f"most above them on {above[1].label} ({decimal(above[0], 1)} points)")
    if below and below[0] <= -0.1:
        parts.append(f"most below them on {below[1].label} ({decimal(-below[0], 1)} points)")
    if parts and scale_limits([one for _, one in gaps]) is not None:
        yield f"Beside the other {words.trusts} you are {join(parts)}."


def cluster_text(member: Membership, words: Words) -> tuple[str, ...]:
    """Say which cluster a trust is in, how sure that is, and what it means."""
    beside = member.size - 1
    which = (
        f"By their answers on {plain(member.block).lower()}, {member.n_clustered} {words.trusts} "
        f"with at least {count(member.least, 'response')} were put into {member.k} clusters. "
        f"Yours is in cluster {member.cluster}, "
        + (f"with {beside} other{'' if beside == 1 else 's'}." if beside else "by itself.")
    )
    returns = (
        ""
        if math.isnan(member.returns)
        else f"When {words.staff} are drawn anew from those who answered, your {words.trust} falls "
        f"into this cluster in {100 * member.returns:.0f} of 100 repetitions."
    )
    quoted = member.sentence and f"In the words of the study: {member.sentence}"
    meaning = (
        f"A cluster is a group of {words.trusts} whose {words.staff} answered more like each other "
        f"than like the rest. It is no mark: no cluster is better than another, it says nothing of "
        f"how well a {words.trust} does, and it rests on the people who answered."
    )
    kept_back = (
        ""
        if member.shown or not beside
        else f"The means of your cluster are not shown. With so few {words.trusts} in it, or "
        f"outside it, they would tell what single {words.trusts} answered."
    )
    paragraphs = (
        (which, _how_near(member, words), returns),
        (_VERDICTS.get(member.verdict, _UNJUDGED), quoted),
        (meaning, kept_back),
    )
    return tuple(" ".join(filter(None, sentences)) for sentences in paragraphs)


def _how_near(member: Membership, words: Words) -> str:
    if member.size == 1 or member.neighbour is None:
        return ""
    other = f"cluster {member.neighbour}"
    subject = f"Your {words.trust}'s answers are"
    if member.width < 0:
        return f"{subject} on average nearer to those of {other} than to those of its own cluster."
    if member.width < 0.25:
        return (
            f"{subject} hardly nearer to those of its own cluster than to those of {other}: it "
            "stands between the two."
        )
    if member.width < 0.5:
        return f"{subject} nearer to those of its own cluster than to those of {other}."
    return f"{subject} much nearer to those of its own cluster than to those of {other}."


def splits_of(
    split: pd.DataFrame, questions: Sequence[Question]
) -> tuple[tuple[str, str, str], ...]:
    """Where school leaders and the centre differ most, the largest difference first.

    Parameters
    ----------
    split : DataFrame
        ``block, item, local, central``: one scale a block.
    questions : sequence of Question
        Of all blocks.
    """
    named = {(one.block, one.item): one for one in questions}
    found = []
    for number, row in enumerate(split.itertuples()):
        one = named[str(row.block), str(row.item)]
        limits = one.minimum, one.maximum
        if limits[0] is None or limits[1] is None:
            continue
        # Blocks have scales of their own, so gaps are shares of the scale.
        local, central = (bounded(float(value), one) for value in (row.local, row.central))
        gap = abs(local[1] - central[1]) / (limits[1] - limits[0])
        title = f"{plain(one.block)}: {one.label} ({limits[0]:g} to {limits[1]:g})"
        found.append((-gap, number, (title, local[0], central[0])))
    return tuple(shown for _, _, shown in sorted(found)[:SPLITS_SHOWN])


@dataclass(frozen=True)
class Entry:
    """A trust in the team's list: its page's file, or why it has none."""

    mat_id: str
    n_answers: int
    file: str = ""
    reason: str = ""
