"""What chief executives answered to one item, or to several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, nothing_to_draw
from buildingtrusts.output.figures.marks import mark_columns
from buildingtrusts.output.figures.questions import Question, anchor_note
from buildingtrusts.output.figures.words import count, decimal, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DISTRIBUTION_COLUMNS = ("value", "n")
SIDE_BY_SIDE_COLUMNS = ("position", "respondent_id", "mat_id", "item", "value")
_MOST_OPTIONS = 21


@style.styled
def draw_distribution(
    name: str, title: str, ceo: pd.DataFrame, question: Question | None
) -> Drawing:
    """Draw how many chief executives gave each answer to one question.

    Parameters
    ----------
    name, title : str
        Of the figure.
    ceo : DataFrame
        Columns of ``ceo.csv``.
    question : Question or None
        None if the wave did not ask it.

    Returns
    -------
    Drawing
        Its data count the answers at each point of the scale, zeros included; without a scale,
        at each value given.
    """
    if question is None:
        return nothing_to_draw(name, title, "This was not asked in this wave.")
    given = ceo[(ceo["block"] == question.block) & (ceo["item"] == question.item)]["value"]
    if given.empty:
        return nothing_to_draw(name, title, "No chief executive answered this in this wave.")
    data = _counts(given, question)
    caption = _balance(given, question)
    people = f"answers of {count(len(given), 'chief executive')}"
    subtitle = "; ".join(filter(None, (f"{question.label}: {people}", anchor_note(question))))
    height = style.height_of(1.55, 0.8)
    page = style.new_page(title, subtitle, caption, height + 0.45, style.page_width(style.SINGLE))
    axes = page.axes(0.1, 0.4, page.width - 0.2, height)
    axes.bar(data["value"], data["n"], width=0.8 * _gap(data), color=style.PALETTE[0])
    for value, n in data.itertuples(index=False, name=None):
        if n:
            axes.text(value, n, f"{n}", size=style.LABEL, ha="center", va="bottom")
    axes.set_ylim(0, data["n"].max() * 1.18)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(data["value"].tolist(), [f"{value:g}" for value in data["value"]])
    axes.tick_params(axis="x", length=0)
    style.name_axis(axes, "Answer (above each bar: how many gave it)")
    alt = _alt_distribution(given, question, caption)
    return Drawing(name, title, caption, page.figure, data, alt, unpublished=True)


def _counts(given: pd.Series, question: Question) -> pd.DataFrame:
    low, high, step = question.minimum, question.maximum, question.step
    if low is None or high is None or step is None or (high - low) / step >= _MOST_OPTIONS:
        values = np.unique(given.to_numpy(dtype=float))
    else:
        values = np.linspace(low, high, round((high - low) / step) + 1)
    counts = [int(np.isclose(given.to_numpy(dtype=float), value).sum()) for value in values]
    return pd.DataFrame({"value": values, "n": counts}, columns=list(DISTRIBUTION_COLUMNS))


def _gap(data: pd.DataFrame) -> float:
    return float(np.diff(data["value"]).min()) if len(data) > 1 else 1.0


def _balance(given: pd.Series, question: Question) -> str:
    """Say how the answers fall about the middle of the scale; empty without one."""
    if question.minimum is None or question.maximum is None:
        return ""
    middle = (question.minimum + question.maximum) / 2
    above, below = int((given > middle).sum()), int((given < middle).sum())
    return (
        f"{above} above the middle of the scale ({middle:g}), {len(given) - above - below} on it "
        f"and {below} below."
    )


def _alt_distribution(given: pd.Series, question: Question, balance: str) -> str:
    return (
        f"Answers of {count(len(given), 'chief executive')} on “{question.label}” run from "
        f"{given.min():g} to {given.max():g} with a median of {given.median():g}. {balance}"
    ).strip()


@style.styled
def draw_side_by_side(
    name: str, title: str, ceo: pd.DataFrame, questions: Sequence[Question]
) -> Drawing:
    """Draw the answers to several items, chief executives ordered by the first.

    Parameters
    ----------
    name, title : str
        Of the figure.
    ceo : DataFrame
        Columns of ``ceo.csv``.
    questions : sequence of Question
        Two or more.

    Returns
    -------
    Drawing
        Its data have a row an answer; ``position`` is the place in the order, from 1.
    """
    wide = _wide(ceo, questions)
    if wide.empty:
        return nothing_to_draw(name, title, "No chief executive answered these in this wave.")
    first = questions[0]
    caption = (
        f"Each column is a chief executive, named by trust, in rising order of “{first.label}”. "
        "A gap is a missing answer."
    )
    mats, each = style.names_of(wide["mat_id"]), style.height_of(0.95, 0.42)
    turned = style.label_width(mats) > (style.page_width() - 0.6) / len(mats)
    foot = style.label_width(mats) + 0.1 if turned else 0.25
    page = style.new_page(
        title, anchor_note(first), caption, foot + len(questions) * (each + 0.15) - 0.05
    )
    for place, question in enumerate(questions):
        axes = page.axes(
            0.25, foot + (len(questions) - 1 - place) * (each + 0.15), page.width - 0.3, each - 0.15
        )
        _draw_answers(axes, wide[question.item], question)
        last = place == len(questions) - 1
        mark_columns(axes, wide["mat_id"], range(len(wide)), below=foot if last else 0.0)
        if last:
            _name_columns(axes, mats, (page.width - 0.3) / len(mats), turned)
    return Drawing(
        name,
        title,
        caption,
        page.figure,
        _long(wide, questions),
        _alt_side_by_side(wide, questions),
        True,
    )


def _wide(ceo: pd.DataFrame, questions: Sequence[Question]) -> pd.DataFrame:
    items = [question.item for question in questions]
    asked = {(question.block, question.item) for question in questions}
    chosen = ceo[[pair in asked for pair in zip(ceo["block"], ceo["item"], strict=True)]]
    if chosen.empty:
        return pd.DataFrame(columns=["respondent_id", "mat_id", *items])
    wide = chosen.pivot(index=["respondent_id", "mat_id"], columns="item", values="value")
    wide = wide.reindex(columns=items)
    # Trusts keep the table's order within a tie.
    order = list(dict.fromkeys(chosen["respondent_id"]))
    wide = wide.reset_index().set_index("respondent_id").loc[order].reset_index()
    return wide.sort_values(items[0], kind="stable", ignore_index=True)


def _draw_answers(axes: Axes, answers: pd.Series, question: Question) -> None:
    colour = style.PALETTE[0]
    base = question.minimum if question.minimum is not None else float(answers.min())
    top = question.maximum if question.maximum is not None else float(answers.max())
    places = range(len(answers))
    axes.bar(places, answers - base, bottom=base, width=0.7, color=colour)
    for place, value in zip(places, answers, strict=True):
        if not np.isnan(value):
            axes.text(place, value, f"{value:g}", size=style.TICK, ha="center", va="bottom")
    # Room for the numbers above the bars, however low these are.
    head = max(0.16, 0.12 / style.inches_of(axes)[1])
    axes.set_ylim(base, top + head * (top - base))
    axes.set_yticks([base, top], [f"{base:g}", f"{top:g}"])
    axes.set_xlim(-0.6, len(answers) - 0.4)
    axes.set_xticks([])
    axes.set_title(question.label, pad=5)


def _name_columns(axes: Axes, mats: Sequence[str], room: float, turned: bool) -> None:
    axes.set_xticks(
        range(len(mats)), list(mats), rotation=90 if turned else 0, size=min(style.TICK, room * 60)
    )
    axes.tick_params(axis="x", length=0)


def _long(wide: pd.DataFrame, questions: Sequence[Question]) -> pd.DataFrame:
    rows = [
        (place, respondent, mat, question.item, value)
        for question in questions
        for place, (respondent, mat, value) in enumerate(
            wide[["respondent_id", "mat_id", question.item]].itertuples(index=False, name=None), 1
        )
    ]
    return pd.DataFrame(rows, columns=list(SIDE_BY_SIDE_COLUMNS))


def _alt_side_by_side(wide: pd.DataFrame, questions: Sequence[Question]) -> str:
    averages = [
        f"{decimal(wide[question.item].mean(), 1)} for “{question.label}”" for question in questions
    ]
    # Spearman's coefficient is Pearson's of the ranks.
    both = wide[[questions[0].item, questions[-1].item]].dropna().rank()
    rho = float(both.corr().iloc[0, 1]) if len(both) > 2 else float("nan")
    return (
        f"Mean answers of {count(len(wide), 'chief executive')} are {join(averages)}. The rank "
        f"correlation of the first and the last is {decimal(rho)}."
    )
