"""Write the tables of the calibration into its document, between marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from buildingtrusts.statistics.verdict import LEVEL

ITEMS = {
    "independent": "independent",
    "correlated": "correlated .3",
    "continuum_gaussian": "one dimension, Gaussian",
    "continuum_uniform": "one dimension, uniform",
}
#: Share of studies that a study should be one of.
POWER = 0.8
WEIGHTINGS = {"mats": "each MAT alike", "responses": "each answer alike"}


def write_document(document: Path, folder: Path) -> None:
    """Replace each marked table by the one that the folder's file gives."""
    text = document.read_text(encoding="utf-8")
    for mark, make in TABLES.items():
        file = folder / f"{FILES.get(mark, mark.split('_')[0])}.csv"
        pattern = rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)"
        content = make(pd.read_csv(file, dtype={"respondents": str}))
        text, times = re.subn(
            pattern, lambda found, new=content: f"{found[1]}{new}\n{found[2]}", text, flags=re.S
        )
        if times != 1:
            raise ValueError(f"{document.name} has {times} places marked {mark!r}; needed is one.")
    document.write_text(text, encoding="utf-8", newline="\n")


def markdown(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def with_interval(row: pd.Series, name: str) -> str:
    low, high = percent(row[f"{name}_low"]), percent(row[f"{name}_high"])
    return f"{percent(row[name])} ({low} to {high})"


def null_table(table: pd.DataFrame) -> str:
    """The verdict on studies without clusters, beside two rules of thumb."""
    heads = ["ICC", "items", "respondents", "`supported` % (95%)", "`weak` % (95%)"]
    heads += ["`clusterboot` .75 %", "silhouette above .25 %"]
    rows = [
        [
            *(f"{row['icc']:g}", ITEMS[row["items"]], row["respondents"]),
            *(with_interval(row, "supported"), with_interval(row, "weak")),
            *(percent(row["clusterboot"]), percent(row["silhouette_above"])),
        ]
        for _, row in table.iterrows()
    ]
    return markdown(heads, rows)


def null_parts(table: pd.DataFrame) -> str:
    """What each condition of the rule contributes."""
    heads = ["ICC", "items", "respondents", "MATs differ", "apart", "both"]
    heads += ["both and return", "return", "rule 1", "raw maximum"]
    names = ["trusts_differ", "apart", "differ_and_apart", "apart_and_return", "return"]
    names += ["rule_1_apart", "raw_maximum_apart"]
    rows = [
        [
            *(f"{row['icc']:g}", ITEMS[row["items"]], row["respondents"]),
            *(percent(row[name]) for name in names),
        ]
        for _, row in table.iterrows()
    ]
    return markdown(heads, rows)


def null_summary(table: pd.DataFrame) -> str:
    """The worst cells in words."""
    worst = table.loc[table["supported"].idxmax()]
    weak = table.loc[table["weak"].idxmax()]
    lines = [
        f"{len(table)} cells of {_range(table['studies'])} studies (`weak`: "
        f"{_range(table['weak_studies'])}).",
        f"`supported` is given most often to {_cell(worst)}: {with_interval(worst, 'supported')}%. "
        f"{_above(table)}",
        f"`weak` is given most often to {_cell(weak)}: {with_interval(weak, 'weak')}%.",
        f"`clusterboot`'s convention calls {_span(table['clusterboot'])}% of these studies without "
        f"clusters stable; {_span(table['silhouette_above'])}% have a silhouette above .25.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _above(table: pd.DataFrame) -> str:
    above = table[table["supported_low"] > LEVEL]
    if above.empty:
        return f"In no cell does its interval lie above {percent(LEVEL)}%."
    where = "; ".join(_cell(row) for _, row in above.iterrows())
    return f"Its interval lies above {percent(LEVEL)}% in {len(above)}: {where}."


def _cell(row: pd.Series) -> str:
    return f"ICC {row['icc']:g}, {ITEMS[row['items']]}, {row['respondents']} numbers"


def _span(values: pd.Series) -> str:
    return f"{percent(values.min())} to {percent(values.max())}"


def _range(values: pd.Series) -> str:
    return f"{values.min():,}" if values.nunique() == 1 else f"{values.min():,}-{values.max():,}"


def power_table(table: pd.DataFrame) -> str:
    """How often three planted clusters are supported, by how far apart they are."""
    heads = ["distance", "respondents", "mean silhouette, k = 3", "`supported` % (95%)"]
    heads += ["`weak` %", "both %", "return %", "none below 3 %", "k = 3 chosen %"]
    heads += ["rule 1 %", "raw maximum %"]
    heads += ["`clusterboot` .75 %", "silhouette above .25 %"]
    names = ["weak", "apart", "return", "large_enough", "three_chosen"]
    names += ["rule_1_apart", "raw_maximum_apart", "clusterboot", "silhouette_above"]
    rows = [
        [
            *(f"{row['distance']:g}", row["respondents"], f"{row['silhouette_3']:.2f}"),
            *(with_interval(row, "supported"), *(percent(row[name]) for name in names)),
        ]
        for _, row in table.iterrows()
    ]
    return markdown(heads, rows)


def sizes_table(table: pd.DataFrame, value: Callable[[pd.Series], str] | None = None) -> str:
    """A share by numbers of trusts and of respondents in each."""
    shown = value or (lambda row: with_interval(row, "supported"))
    table = table.assign(each=table["n_responses"] // table["n_mats"])
    each = sorted(table["each"].unique())
    rows = []
    for n_mats, part in table.groupby("n_mats"):
        cells = {row["each"]: shown(row) for _, row in part.iterrows()}
        rows.append([str(n_mats), *(cells.get(one, "") for one in each)])
    return markdown(["MATs", *(f"{one} respondents" for one in each)], rows)


def sizes_studies(table: pd.DataFrame) -> str:
    """How many studies each row rests on."""
    counts = table.groupby("n_mats")["studies"].agg(["min", "max"])
    parts = [f"{_range(pd.Series([*pair]))} of {n} MATs" for n, pair in counts.iterrows()]
    return f"Studies in each cell: {', '.join(parts)}."


def sizes_apart(table: pd.DataFrame) -> str:
    """The silhouette condition alone, and how often no cluster is below three trusts."""
    return sizes_table(
        table, lambda row: f"{percent(row['apart'])} / {percent(row['large_enough'])}"
    )


def coverage_table(table: pd.DataFrame) -> str:
    """How often the intervals of cluster profiles cover."""
    heads = ["respondents a MAT", "clusters", "weighting", "covered % (95%)", "truth below %"]
    heads += ["truth above %", "clusters of one MAT %"]
    equal = ~table["respondents"].str.contains("-")
    once = table[~(equal & (table["weighting"] == "responses"))]
    rows = [
        [
            *(row["respondents"], row["clusters"]),
            WEIGHTINGS[row["weighting"]] if "-" in row["respondents"] else "either",
            with_interval(row, "covered"),
            *(percent(row["truth_below"]), percent(row["truth_above"])),
            "" if pd.isna(row["covered_of_one_mat"]) else percent(row["covered_of_one_mat"]),
        ]
        for _, row in once.iterrows()
    ]
    return markdown(heads, rows)


def coverage_summary(table: pd.DataFrame) -> str:
    """The range of coverages, of clusters planted and found."""
    spans = [
        f"{_span(part['covered'])}% of {clusters} clusters' means"
        for clusters, part in table.groupby("clusters", sort=False)
    ]
    return (
        f"Intervals cover {' and '.join(spans)} ({_range(table['studies'])} studies a row, "
        f"{_range(table['draws'])} bootstraps)."
    )


def sizes_summary(table: pd.DataFrame) -> str:
    """Which studies have enough trusts and respondents."""
    enough = table[table["supported"] >= POWER]
    if enough.empty:
        return f"In none of these are {percent(POWER)}% of the studies `supported`."
    cells = [
        f"{row['n_mats']} x {row['n_responses'] // row['n_mats']}" for _, row in enough.iterrows()
    ]
    return (
        f"{percent(POWER)}% or more are `supported` with (MATs x respondents each): "
        f"{', '.join(cells)}."
    )


def times(table: pd.DataFrame) -> str:
    """How long studies without clusters took to judge."""
    hours = table["processor_minutes"].sum() / 60
    each = 60 * table["processor_minutes"].sum() / table["studies"].sum()
    return f"The part `null` took {hours:.1f} hours of processor time, {each:.2f} seconds a study."


def fpc_summary(table: pd.DataFrame) -> str:
    """How close the re-implementation comes to R's."""
    gap = (table["fpc"] - table["ours"]).abs().max()
    sets = table.groupby(["cell", "k"]).ngroups
    return (
        f"On {sets} partitions ({len(table)} clusters, {_range(table['draws'])} bootstraps each, "
        f"the same samples) the largest difference from fpc's mean Jaccard is {gap:.1e}."
    )


def effort_line(table: pd.DataFrame) -> str:
    """How many draws each study was judged by."""
    names = {
        "draws": "draws of the two-level null and deals of respondents",
        "bootstraps": "bootstraps of respondents",
        "null_studies": "studies without clusters",
        "null_draws": "bootstraps of each of those",
    }
    return "; ".join(f"{_range(table[name])} {words}" for name, words in names.items()) + "."


def rule_1_summary(table: pd.DataFrame) -> str:
    """What the pilot of the first version of the rule found."""
    clouds = table[(table["icc"] > 0) & table["items"].isin(["independent", "correlated"])]
    worst = table.loc[table["supported"].idxmax()]
    return (
        f"In its pilot ({_range(table['studies'])} studies in each of {len(table)} cells) the "
        f"silhouette condition held in {_span(clouds['differ_and_apart'])}% of the studies without "
        "clusters whose MATs differ in ten statements, where 5% would be allowed; `supported` was "
        f"given most often to {_cell(worst)}: {with_interval(worst, 'supported')}%."
    )


#: Files of marks that do not begin with their file's name.
FILES = {"rule_1_summary": "rule_1_pilot", "times": "null"}
TABLES: dict[str, Callable[[pd.DataFrame], str]] = {
    "rule_1_summary": rule_1_summary,
    "null_effort": effort_line,
    "null_summary": null_summary,
    "null_table": null_table,
    "null_parts": null_parts,
    "power_table": power_table,
    "sizes_studies": sizes_studies,
    "sizes_table": sizes_table,
    "sizes_apart": sizes_apart,
    "sizes_summary": sizes_summary,
    "coverage_summary": coverage_summary,
    "coverage_table": coverage_table,
    "times": times,
    "fpc_summary": fpc_summary,
}
