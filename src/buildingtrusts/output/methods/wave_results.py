"""What a run found in a wave: findings, the numbers that carry them, and where the rest is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any

from buildingtrusts.output.figures.words import count, join
from buildingtrusts.output.methods.manuscript import Paragraph, escape
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.prose import (
    LEVEL,
    NAMED,
    attribute,
    counted,
    few,
    in_brackets,
    number,
    p_value,
    percent,
)
from buildingtrusts.output.methods.wave_evidence import evidence, exploration, verdict

if TYPE_CHECKING:
    import pandas as pd

_ROLES = {
    "ceo": ("chief executive", "chief executives"),
    "central_team": ("member of a central team", "members of central teams"),
    "school_leader": ("school leader", "school leaders"),
}
#: Scaled mean from which an item is named as one that sets a cluster apart: a small effect.
_APART = 0.2


def wave_results(run: RunMaterial, wave: WaveMaterial) -> Iterator[Paragraph]:
    """The paragraphs of a wave's results, those alone that its run made tables for."""
    writers: dict[str, Callable[[WaveMaterial], str]] = {
        "sample": _sample,
        "agreement": _agreement,
        "partitions": _partitions,
        "profiles": _profiles,
        "verdict": lambda wave: verdict(run, wave),
        "evidence": evidence,
        "exploration": exploration,
        "associations": lambda wave: _associations(run, wave),
        "running": _running,
    }
    for key, write in writers.items():
        said = write(wave)
        if said:
            yield Paragraph(key, "result", said, wave.stamp)


def _label(wave: WaveMaterial, block: str, item: str) -> str:
    book = wave.tables["codebook"]
    found = book.loc[(book["block"] == block) & (book["item"] == item), "label"]
    return f"“{escape(found.iloc[0] if len(found) else item)}”"


def _sample(wave: WaveMaterial) -> str:
    sample = wave.table("sample")
    if sample is None:
        return ""
    whole = sample[sample["role"] == "all"]
    kept = whole[whole["clustered"].astype(bool)]
    sizes, table = kept["n_responses"].astype(int), wave.see("sample")
    n_out = len(whole) - len(kept)
    each = f"{sizes.min()} each"
    if sizes.min() < sizes.max():
        each = f"{sizes.min()} to {sizes.max()} each, median {sizes.median():g}"
    text = (
        f"There were {count(int(whole['n_responses'].sum()), 'response')} from "
        f"{count(len(whole), 'trust')}{in_brackets(_by_role(sample))}. "
    )
    if not n_out:
        text += f"All of them were clustered{in_brackets(each, table)}."
    else:
        why = in_brackets(f"{table} gives the reasons" if table else "")
        text += (
            f"Of these, {count(len(kept), 'trust')} with {count(int(sizes.sum()), 'response')} "
            f"({each}) met the criteria and {'was' if len(kept) == 1 else 'were'} clustered; the "
            f"other {'was' if n_out == 1 else f'{few(n_out)} were'} left out{why}."
        )
    return f"{text} {_missing(wave)}".rstrip()


def _by_role(sample: pd.DataFrame) -> str:
    totals = sample[sample["role"] != "all"].groupby("role", sort=False)["n_responses"].sum()
    return join(
        [count(int(totals[role]), *words) for role, words in _ROLES.items() if totals.get(role, 0)]
    )


def _missing(wave: WaveMaterial) -> str:
    missing = wave.table("missing")
    if missing is None:
        return ""
    own = missing[missing["block"] == wave.declared["cluster"]["block"]]
    asked, absent = int(own["n_respondents"].sum()), int(own["n_missing"].sum())
    if not absent:
        return "No answer to the clustered items was missing."
    worst = own.loc[own["n_missing"].idxmax()]
    text = (
        f"Of {asked:,} answers to the clustered items, {absent:,} ({percent(absent, asked)}) "
        f"{'was' if absent == 1 else 'were'} missing, at most {int(worst['n_missing']):,} of "
        f"{int(worst['n_respondents']):,} for a single item"
    )
    if len(own) == len(missing):
        return f"{text}."
    every, gone = int(missing["n_respondents"].sum()), int(missing["n_missing"].sum())
    return f"{text}; over all items it was {gone:,} of {every:,} ({percent(gone, every)})."


def _agreement(wave: WaveMaterial) -> str:
    table = wave.table("agreement")
    if table is None:
        return ""
    block = wave.declared["cluster"]["block"]
    own = table[(table["mats"] == "clustered") & (table["block"] == block)]
    if not len(own) or own["icc1"].isna().all():
        return ""
    text = (
        f"Over the {counted(len(own), 'clustered item')} the median ICC(1) was "
        f"{number(own['icc1'].median())} (range {_spread(own['icc1'])}) and the median ICC(2) "
        f"{number(own['icc2'].median())} (range {_spread(own['icc2'])}"
    )
    if len(own) > 1 and own["icc2"].notna().any():
        text += f"; lowest for {_label(wave, block, own.loc[own['icc2'].idxmin(), 'item'])}"
    text += ")"
    if own["rwg_mean"].notna().any():
        text += f"; within-group agreement, averaged over trusts, {_ranged(own['rwg_mean'])}"
    return f"{text}{in_brackets(wave.see('agreement'))}."


def _partitions(wave: WaveMaterial) -> str:
    table = wave.table("partitions")
    if table is None:
        return ""
    tree = table.iloc[0]
    reported = table[table["k"].isin(wave.declared["cluster"]["report_k"])]
    cuts = [
        f"at k = {int(row.k)} {counted(int(row.k), 'cluster')} of "
        f"{join(str(row.sizes).split(';'))} trusts with a mean silhouette width of "
        f"{number(row.mean_silhouette)}"
        for row in reported.itertuples()
    ]
    where = in_brackets(
        wave.see("partitions"), wave.see("clusters") and f"{wave.see('clusters')} lists the members"
    )
    text = f"Cutting the tree gave {', and '.join(cuts)}{where}. " if cuts else ""
    best, ties = table.loc[table["mean_silhouette"].idxmax()], int(tree["ties"])
    return (
        f"{text}Of the {few(len(table))} k examined, the width was largest at k = "
        f"{int(best['k'])} ({number(best['mean_silhouette'])}). The cophenetic correlation was "
        f"{number(tree['cophenetic_correlation'])}, the agglomerative coefficient "
        f"{number(tree['agglomerative_coefficient'])}, and {few(ties)} "
        f"{'merge was' if ties == 1 else 'merges were'} tied."
    )


def _profiles(wave: WaveMaterial) -> str:
    table = wave.table("profiles")
    if table is None:
        return ""
    k, block = wave.last_k, wave.declared["cluster"]["block"]
    shown = table[
        (table["k"] == k)
        & (table["role"] == "all")
        & (table["weighting"] == "responses")
        & (table["block"] == block)
        & table["scaled_mean"].notna()
    ]
    parts: list[str] = []
    for cluster, rows in shown.groupby("cluster"):
        ranked = rows.sort_values("scaled_mean", ascending=False, kind="stable")
        above = ranked[ranked["scaled_mean"] >= _APART].head(NAMED)
        below = ranked[ranked["scaled_mean"] <= -_APART][::-1].head(NAMED)
        ends = [(where, part) for where, part in (("above", above), ("below", below)) if len(part)]
        # The first mention says what the others call it.
        means = [*([] if parts else ["the mean of all responses"]), "it", "it"]
        lay = [
            f"{where} {mean} on {_items(wave, block, part, 'scaled_mean')}"
            for (where, part), mean in zip(ends, means, strict=False)
        ]
        size = counted(int(rows["n_mats"].max()), "trust")
        said = ", and ".join(lay) or f"within {_APART} of {means[0]} on every item"
        parts.append(f"cluster {cluster} ({size}) lay {said}")
    if not parts:
        return ""
    text = "; ".join(parts)
    return (
        f"{text[0].upper()}{text[1:]}. These are scaled means, at most {few(NAMED)} in each "
        f"direction and none within {_APART} of the mean"
        f"{in_brackets(wave.see(f'profiles_k{k}_{block}'))}."
    )


def _items(wave: WaveMaterial, block: str, rows: pd.DataFrame, value: str) -> str:
    return join(
        [
            f"{_label(wave, block, str(row['item']))} ({number(row[value])})"
            for row in rows.to_dict("records")
        ]
    )


def _associations(run: RunMaterial, wave: WaveMaterial) -> str:
    table = wave.table("associations")
    if table is None:
        return ""
    apart = table["attribute"].isin(run.choices["crosstabs"]["own_family"])
    said = []
    for k, rows in table[table["p_value"].notna()].groupby("k"):
        where = wave.see(f"crosstabs_k{int(k)}")
        family, alone = rows[~apart.loc[rows.index]], rows[apart.loc[rows.index]]
        parts = [
            *([_family(family)] if len(family) else []),
            *(f"tested apart, {_alone(row)}" for row in alone.to_dict("records")),
        ]
        said.append(f"At k = {int(k)}{in_brackets(where)}, {'; '.join(parts)}.{_bounds(rows)}")
    untested = table.loc[table["p_value"].isna(), "attribute"].unique()
    if len(untested):
        said.append(f"No test was possible for {join([attribute(one) for one in untested])}.")
    return " ".join(said)


def _family(rows: pd.DataFrame) -> str:
    """How many attributes of a family passed Holm's adjustment: those, or the nearest to it."""
    found = rows.sort_values("p_value", kind="stable").to_dict("records")
    if len(found) == 1:
        return _alone(found[0])
    passed = [row for row in found if row["p_adjusted"] <= LEVEL]
    named = [
        f"{attribute(row['attribute'])} ({p_value(row['p_value'])}, adjusted "
        f"{p_value(row['p_adjusted'])}; {_effect(row)})"
        for row in passed or found[:1]
    ]
    how = f"of {counted(len(found), 'attribute')} {{}} associated with the clusters after Holm's"
    if not passed:
        return f"none {how.format('was')} adjustment; the smallest p was for {named[0]}"
    were = "was" if len(passed) == 1 else "were"
    return f"{few(len(passed))} {how.format(were)} adjustment: {join(named)}"


def _alone(row: dict[Hashable, Any]) -> str:
    return (
        f"the association with {attribute(row['attribute'])} had {p_value(row['p_value'])} "
        f"({_effect(row)})"
    )


def _effect(row: dict[Hashable, Any]) -> str:
    return (
        f"V = {number(row['cramers_v'])}, 95% point by chance {number(row['cramers_v_null_q95'])}"
    )


def _bounds(rows: pd.DataFrame) -> str:
    """Tests that could not have been significant, and those that were drawn."""
    text = ""
    blunt = rows[rows["p_min_attainable"] > LEVEL]
    if len(blunt):
        named = [
            f"{attribute(row['attribute'])} (smallest {p_value(row['p_min_attainable'])})"
            for row in blunt.to_dict("records")
        ]
        text += f" The margins allow no p of {LEVEL} or less for {join(named)}."
    drawn = rows[rows["test"] == "fisher_monte_carlo"]
    if len(drawn):
        named = [attribute(one) for one in drawn["attribute"]]
        text += (
            f" The {'p is' if len(drawn) == 1 else 'p are'} by Monte Carlo for {join(named)} "
            f"({int(drawn['draws'].max()):,} draws)."
        )
    return text


def _running(wave: WaveMaterial) -> str:
    """How trusts are run: centralisation, effectiveness and the wish for standardisation."""
    parts = [_operating_model(wave), _effectiveness(wave), _standardisation(wave)]
    return " ".join(filter(None, parts))


def _operating_model(wave: WaveMaterial) -> str:
    table = wave.table("operating_model")
    if table is None:
        return ""
    whole = table[(table["role"] == "all") & table["centralisation"].notna()]
    if not len(whole):
        return ""
    places = whole["place"].value_counts()
    said = [
        f"{few(int(places[one]))} {'was' if places[one] == 1 else 'were'} {one}"
        for one in ("centralised", "hybrid", "decentralised")
        if one in places
    ]
    return (
        f"Of {counted(len(whole), 'trust')}, {join(said)}; centralisation "
        f"{_ranged(whole['centralisation'])}{in_brackets(wave.see('operating_model'))}."
    )


def _effectiveness(wave: WaveMaterial) -> str:
    table = wave.table("effectiveness")
    if table is None:
        return ""
    whole = table[(table["item"] == "(all)") & table["median"].notna()]
    if not len(whole):
        return ""
    return (
        f"Self-assessed effectiveness, as the average of a trust's medians, "
        f"{_ranged(whole['median'])}{in_brackets(wave.see('effectiveness'))}."
    )


def _standardisation(wave: WaveMaterial) -> str:
    table = wave.table("standardisation")
    if table is None:
        return ""
    whole = table[(table["sample"] == "all") & table["mean"].notna()]
    if len(whole) < 2:
        return ""
    ranked = whole.sort_values("mean", ascending=False, kind="stable")
    most, least = (
        _items(wave, "standardisation", part, "mean")
        for part in (ranked.head(min(NAMED, len(ranked) - 1)), ranked.tail(1))
    )
    return (
        f"Desired standardisation was highest for {most} and lowest for {least}"
        f"{in_brackets(wave.see('standardisation'))}."
    )


def _ranged(values: pd.Series) -> str:
    spread = _spread(values)
    return f"ranged from {spread}" if " to " in spread else f"was {spread}"


def _spread(values: pd.Series) -> str:
    low, high = number(values.min()), number(values.max())
    return low if low == high else f"{low} to {high}"
