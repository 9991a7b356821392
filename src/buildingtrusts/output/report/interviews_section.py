"""Coded interviews: how central each area is said to be, and who mentions which break point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import interview_figure
from buildingtrusts.output.figures.words import attribute_title, count, plain
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import (
    Block,
    Cell,
    Column,
    Paragraph,
    Picture,
    Row,
    Table,
)
from buildingtrusts.output.report.listing import number_cell, p_cell, text_cell, whole
from buildingtrusts.output.report.material import StudyMaterial
from buildingtrusts.output.report.wave_sections import after, behind_titles, pictures

if TYPE_CHECKING:
    import pandas as pd

_ALL = "(all)"
#: What trusts beyond the clusters are called, by their level in the table.
_OUTSIDE = {"(not clustered)": "Not clustered", "(not in the survey)": "Not in the survey"}


def interview_blocks(study: StudyMaterial) -> Iterator[Block]:
    """Each set of interviews beside the wave to which it is joined.

    Parameters
    ----------
    study : StudyMaterial
        With the table of interviews; the tests are left out where there are none.
    """
    table = study.tables["interviews"]
    yield Paragraph(
        "Coded interviews beside the clusters: how central each area is said to be (1: schools "
        f"decide, 3: central), and which {words.GROUPS} mention each break point."
    )
    sets = list(dict.fromkeys(table["interviews"].astype(str)))
    for of_set in sets:
        # A set is named where there are several.
        named = f" ({of_set})" if len(sets) > 1 else ""
        yield from _set(study, of_set, table[table["interviews"] == of_set], named)


def _set(study: StudyMaterial, of_set: str, table: pd.DataFrame, named: str) -> Iterator[Block]:
    labels = study.codes.get(of_set, {})
    of_all = table[table["group"] == "all"]
    if len(of_all):
        n = int(of_all["n_mats"].iloc[0])
        wave = study.short[str(table["wave"].iloc[0])]
        yield Paragraph(
            f"Interviews in {count(n, words.GROUP)}{named}, beside the clusters of {wave}.",
            "finding",
        )
    title = f"{words.INTERVIEW_FIGURES['centralisation']}{named}"
    shown = _figure(study, interview_figure(of_set), title)
    yield from shown
    weights = table[table["measure"] == "centralisation"]
    if len(weights):
        yield _weights_table(weights, labels, of_set, named, study.interview_stamp, after(shown))
    tests = study.tables.get("interview_tests")
    points = table[table["measure"] == "break_point"]
    attributes = [one for one in dict.fromkeys(points["group"]) if one != "all"]
    for place, attribute in enumerate(attributes):
        by = attribute_title(attribute)
        title = words.INTERVIEW_FIGURES["break_points"].format(attribute=by.lower())
        figure = _figure(study, interview_figure(of_set, attribute), f"{title}{named}")
        # The first stands for all; more of the kind are opened.
        yield from behind_titles(figure) if place else figure
        found = points[points["group"].isin(["all", attribute])]
        of_tests = None if tests is None else tests[tests["interviews"] == of_set]
        yield _points_table(found, of_tests, labels, attribute, of_set, named, study, figure)


def _figure(study: StudyMaterial, name: str, title: str) -> list[Picture]:
    found = pictures(study.figures, (name,), "study", study.interview_stamp)
    return [replace(one, title=title) for one in found]


def _weights_table(
    weights: pd.DataFrame,
    labels: Mapping[str, str],
    of_set: str,
    named: str,
    stamp: str,
    fold: str,
) -> Table:
    """A row an area; a column for all trusts, each cluster of each partition, and the others."""
    columns: dict[str, pd.DataFrame] = {}
    for (group, k, level), found in weights.groupby(
        ["group", "k", "level"], sort=False, dropna=False
    ):
        n = int(found["n_mats"].iloc[0])
        if group == "all":
            title = f"All ({n})"
        elif level in _OUTSIDE:
            title = f"{_OUTSIDE[level]} ({n})"
        else:
            title = f"Cluster {level} of {int(k)} ({n})"
        # Trusts beyond the clusters are the same for every number of clusters.
        if n:
            columns.setdefault(title, found)
    codes = list(dict.fromkeys(weights["code"].astype(str)))
    cells = {title: _means(found) for title, found in columns.items()}
    return Table(
        f"interviews-{of_set}-centralisation",
        "interviews-centralisation",
        f"Mean weight of each area by cluster{named}",
        (Column("Area"), *[Column(title, True) for title in columns]),
        tuple(
            Row(
                (
                    text_cell(labels.get(f"area:{code}", plain(code))),
                    *[cells[title].get(code, number_cell(float("nan"))) for title in columns],
                )
            )
            for code in codes
        ),
        note=f"In brackets how many {words.GROUPS}: in a heading those interviewed, in a cell "
        "those with a weight.",
        noun="areas",
        stamp=stamp,
        fold=fold,
    )


def _means(found: pd.DataFrame) -> dict[str, Cell]:
    """Mean weight by code, with the number of trusts that it is of."""
    cells = {}
    for _, row in found.iterrows():
        mean = number_cell(row["mean_weight"])
        n = int(row["n_coded"])
        cells[str(row["code"])] = replace(mean, text=f"{mean.text} ({n})") if n else mean
    return cells


def _points_table(
    points: pd.DataFrame,
    tests: pd.DataFrame | None,
    labels: Mapping[str, str],
    attribute: str,
    of_set: str,
    named: str,
    study: StudyMaterial,
    figure: Sequence[Picture],
) -> Table:
    """A row a break point: how many trusts of each level mention it, and the exact test."""
    levels = [one for one in dict.fromkeys(points["level"].astype(str)) if one != _ALL]
    by_code = points.set_index(["level", "code"])
    of_code = (
        {}
        if tests is None
        else {str(row["code"]): row for _, row in tests[tests["group"] == attribute].iterrows()}
    )
    names = {
        **{"p_value": "Exact p", "p_adjusted": "p, adjusted", "p_min_attainable": "Smallest p"},
        **{"cramers_v": "Cramér's V", "cramers_v_null_mean": "V by chance, mean"},
        "cramers_v_null_q95": "V by chance, 95%",
    }
    rows = []
    for code in dict.fromkeys(points["code"].astype(str)):
        counts = [whole(by_code["n_coded"].get((level, code), 0)) for level in (_ALL, *levels)]
        test = of_code.get(code)
        found = [
            (p_cell if name.startswith("p_") else number_cell)(
                float("nan") if test is None else float(test[name])
            )
            for name in names
        ]
        label = text_cell(labels.get(f"break_point:{code}", plain(code)))
        rows.append(Row((label, *counts, *(found if of_code else ()))))
    sizes = points.groupby("level", sort=False)["n_mats"].max()
    titles = [f"{'All' if one == _ALL else one} ({int(sizes[one])})" for one in (_ALL, *levels)]
    title = words.INTERVIEW_FIGURES["break_points"].format(
        attribute=attribute_title(attribute).lower()
    )
    return Table(
        f"interviews-{of_set}-{attribute.replace('_', '-')}",
        f"interviews-{attribute}",
        f"{title}{named}, with exact tests" if of_code else f"{title}{named}",
        (
            Column("Break point"),
            *[Column(one, True) for one in titles],
            *[Column(one, True) for one in (names.values() if of_code else ())],
        ),
        tuple(rows),
        note=f"Number of {words.GROUPS} that mention it; adjusted by Holm's method over the break "
        "points of the attribute.",
        noun="break points",
        stamp=study.interview_stamp,
        fold=after(figure),
    )
