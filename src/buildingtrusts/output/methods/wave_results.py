"""What a run found in a wave: numbers from its tables as sentences, stamped if it is made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, p_text
from buildingtrusts.output.methods.manuscript import Paragraph, escape
from buildingtrusts.output.methods.material import WaveMaterial

if TYPE_CHECKING:
    import pandas as pd

_ROLES = {
    "ceo": ("chief executive", "chief executives"),
    "central_team": ("member of a central team", "members of central teams"),
    "school_leader": ("school leader", "school leaders"),
}
#: Items named at either end of a cluster's profile.
_NAMED = 3


def wave_results(wave: WaveMaterial) -> Iterator[Paragraph]:
    """The paragraphs of a wave's results, those alone that its run made tables for."""
    writers: dict[str, Callable[[WaveMaterial], str]] = {
        "sample": _sample,
        "missing": _missing,
        "agreement": _agreement,
        "partitions": _partitions,
        "members": _members,
        "profiles": _profiles,
        "nulls": _nulls,
        "stability": _stability,
        "verdict": _verdict,
        "exploration": _exploration,
        "associations": _associations,
    }
    for key, write in writers.items():
        said = write(wave)
        if said:
            yield Paragraph(key, "result", said, wave.stamp)


def _sample(wave: WaveMaterial) -> str:
    sample = wave.table("sample")
    if sample is None:
        return ""
    whole = sample[sample["role"] == "all"]
    kept = whole["clustered"].astype(bool)
    text = (
        f"There are {count(int(whole['n_responses'].sum()), 'response')} from "
        f"{count(len(whole), 'trust')}{_by_role(sample)}. "
        f"{count(int(kept.sum()), 'trust')} "
        f"{'was' if kept.sum() == 1 else 'were'} clustered, with "
        f"{count(int(whole.loc[kept, 'n_responses'].sum()), 'response')}"
    )
    if kept.any():
        sizes = whole.loc[kept, "n_responses"].astype(int)
        text += f" ({_range(sizes.min(), sizes.max())} a trust, median {sizes.median():g})"
    out = whole[~kept]
    if not len(out):
        return f"{text}. None was left out."
    reasons = join(
        [
            f"{escape(mat)} ({escape(reason)})"
            for mat, reason in zip(out["mat_id"], out["reason"], strict=True)
        ]
    )
    return f"{text}. Left out: {reasons}."


def _by_role(sample: pd.DataFrame) -> str:
    totals = sample[sample["role"] != "all"].groupby("role", sort=False)["n_responses"].sum()
    said = [
        count(int(totals[role]), *words) for role, words in _ROLES.items() if totals.get(role, 0)
    ]
    return f" ({join(said)})" if said else ""


def _missing(wave: WaveMaterial) -> str:
    missing = wave.table("missing")
    if missing is None:
        return ""
    block = wave.declared["cluster"]["block"]
    own = missing[missing["block"] == block]
    asked, absent = int(own["n_respondents"].sum()), int(own["n_missing"].sum())
    worst = own.loc[own["n_missing"].idxmax()]
    return (
        f"Of {asked:,} answers to the clustered items {count(absent, 'is', 'are')} missing "
        f"({_percent(absent, asked)}), at most {int(worst['n_missing']):,} of "
        f"{int(worst['n_respondents']):,} for one item; over all blocks "
        f"{int(missing['n_missing'].sum()):,} of {int(missing['n_respondents'].sum()):,}."
    )


def _agreement(wave: WaveMaterial) -> str:
    table = wave.table("agreement")
    if table is None:
        return ""
    block = wave.declared["cluster"]["block"]
    own = table[(table["mats"] == "clustered") & (table["block"] == block)]
    if not len(own) or own["icc1"].isna().all():
        return ""
    said = [
        f"over the {count(len(own), 'clustered item')} ICC(1) has median "
        f"{decimal(own['icc1'].median())} ({_spread(own['icc1'])}) and ICC(2) median "
        f"{decimal(own['icc2'].median())} ({_spread(own['icc2'])})"
    ]
    if own["rwg_mean"].notna().any():
        said.append(
            f"within-group agreement, averaged over trusts, is from {_spread(own['rwg_mean'])}"
        )
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _partitions(wave: WaveMaterial) -> str:
    table = wave.table("partitions")
    if table is None:
        return ""
    tree = table.iloc[0]
    reported = table[table["k"].isin(wave.declared["cluster"]["report_k"])]
    cuts = [
        f"Cut at k = {int(row.k)} its clusters hold {join(str(row.sizes).split(';'))} trusts, with "
        f"a mean silhouette width of {decimal(row.mean_silhouette)} over trusts and "
        f"{decimal(row.macro_silhouette)} over clusters. "
        for row in reported.itertuples()
    ]
    best = table.loc[table["mean_silhouette"].idxmax()]
    ties = int(tree["ties"])
    tied = "no merges at tied heights" if not ties else count(ties, "merge") + " at tied heights"
    return (
        f"The tree has a cophenetic correlation of {decimal(tree['cophenetic_correlation'])}, an "
        f"agglomerative coefficient of {decimal(tree['agglomerative_coefficient'])} and {tied}. "
        + "".join(cuts)
        + f"Of all k examined, k = {int(best['k'])} has the largest mean silhouette width "
        f"({decimal(best['mean_silhouette'])})."
    )


def _members(wave: WaveMaterial) -> str:
    clusters = wave.table("clusters")
    if clusters is None:
        return ""
    k = wave.declared["cluster"]["report_k"][-1]
    shown = clusters[clusters["k"] == k]
    parts = [
        f"cluster {cluster} holds {join([escape(mat) for mat in rows['mat_id']])}"
        for cluster, rows in shown.groupby("cluster")
    ]
    return f"At k = {k}, {'; '.join(parts)}." if parts else ""


def _profiles(wave: WaveMaterial) -> str:
    table = wave.table("profiles")
    if table is None:
        return ""
    k, block = wave.declared["cluster"]["report_k"][-1], wave.declared["cluster"]["block"]
    shown = table[
        (table["k"] == k)
        & (table["role"] == "all")
        & (table["weighting"] == "responses")
        & (table["block"] == block)
        & table["scaled_mean"].notna()
    ]
    book = wave.tables["codebook"]
    labels = dict(zip(zip(book["block"], book["item"], strict=True), book["label"], strict=True))
    parts = []
    for cluster, rows in shown.groupby("cluster"):
        ranked = rows.sort_values("scaled_mean", ascending=False, kind="stable")
        named = min(_NAMED, len(ranked) // 2)
        if named:
            ends = [
                join([_item(labels, block, row) for row in part.itertuples()])
                for part in (ranked.head(named), ranked.tail(named)[::-1])
            ]
            parts.append(f"cluster {cluster} lies highest on {ends[0]} and lowest on {ends[1]}")
    return f"In scaled means at k = {k}, {'; '.join(parts)}." if parts else ""


def _item(labels: dict[tuple[str, str], str], block: str, row: object) -> str:
    item, mean = getattr(row, "item", ""), getattr(row, "scaled_mean", float("nan"))
    return f"“{escape(labels.get((block, item), item))}” ({decimal(mean)})"


def _nulls(wave: WaveMaterial) -> str:
    nulls, differ = wave.table("nulls"), wave.table("permanova")
    if nulls is None:
        return ""
    two = nulls[nulls["null"] == "two_level"]
    silhouettes = two[two["statistic"] == "mean_silhouette"]
    standard = two[(two["statistic"] == "standardised_silhouette") & (two["scope"] == "max")]
    said = []
    if differ is not None:
        one = differ.iloc[0]
        said.append(
            f"The test that trusts do not differ gives pseudo-F = {decimal(one['pseudo_f'])} "
            f"(R² = {decimal(one['r_squared'])}, {p_text(one['p_value'])}, "
            f"{count(int(one['draws']), 'permutation')})."
        )
    reported = silhouettes[
        (silhouettes["scope"] == "k") & silhouettes["k"].isin(wave.declared["cluster"]["report_k"])
    ]
    said += [
        f"At k = {int(row.k)} the mean silhouette width of {decimal(row.observed)} compares with "
        f"{decimal(row.null_mean)} on average and a 95% point of {decimal(row.null_q95)} without "
        f"clusters ({p_text(row.p_value)})."
        for row in reported.itertuples()
    ]
    if len(standard):
        row = standard.iloc[0]
        said.append(
            f"The largest standardised silhouette is at k = {int(row['k'])} "
            f"({decimal(row['observed'])}; 95% point without clusters {decimal(row['null_q95'])}; "
            f"{p_text(row['p_value'])}, 95% Monte Carlo interval {_three(row['p_low'])} to "
            f"{_three(row['p_high'])}; {count(int(row['draws']), 'draw')})."
        )
    return " ".join(said)


def _stability(wave: WaveMaterial) -> str:
    table = wave.table("stability")
    if table is None:
        return ""
    own = table[table["source"] == "respondents"]
    said = []
    for k in wave.declared["cluster"]["report_k"]:
        rows = own[own["k"] == k]
        if len(rows):
            values = join([decimal(one) for one in rows["jaccard_mean"]])
            said.append(
                f"At k = {k} clusters {join([str(one) for one in rows['cluster']])} have mean "
                f"Jaccard coefficients of {values}, beside a 95% point of "
                f"{decimal(rows['null_q95'].iloc[0])} without clusters."
            )
    votes = wave.table("k_votes")
    if votes is not None and (votes["source"] == "respondents").any():
        most = votes[votes["source"] == "respondents"].sort_values("share", kind="stable").iloc[-1]
        said.append(
            f"In {_percent(most['share'], 1)} of {count(int(most['draws']), 'bootstrap draw')} the "
            f"largest mean silhouette is at k = {int(most['k'])}."
        )
    return " ".join(said)


def _verdict(wave: WaveMaterial) -> str:
    table = wave.table("verdict")
    if table is None:
        return ""
    row = table.iloc[0]
    return (
        f"Verdict by rule version {escape(row['rule_version'])}: *{escape(row['verdict'])}*. "
        f"{escape(row['sentence'])}"
    )


def _exploration(wave: WaveMaterial) -> str:
    parts = [_indices(wave), _merges(wave), _continuum(wave), _multiverse(wave)]
    return " ".join(filter(None, parts))


def _indices(wave: WaveMaterial) -> str:
    table = wave.table("k_indices")
    if table is None:
        return ""
    votes = table[(table["index"] == "vote") & (table["value"] > 0)]
    said = [f"k = {int(row.k)} by {int(row.value)}" for row in votes.itertuples()]
    return f"Of the indices of the number of clusters, {join(said)}." if said else ""


def _merges(wave: WaveMaterial) -> str:
    table = wave.table("merge_tests")
    if table is None:
        return ""
    # Columns called level are read as text, since other tables have names there.
    levels = table["level"].astype(float)
    shc = table.assign(level=levels)[
        (table["method"] == "shc") & table["p_value"].notna() & (levels > 0)
    ]
    selective = table[(table["method"] == "selective") & table["p_value"].notna()]
    below = int((shc["p_value"] <= shc["level"]).sum())
    return (
        f"Of the merges that SHC reached, {below} of {len(shc)} {'is' if below == 1 else 'are'} "
        f"significant; by selective inference {int((selective['p_value'] <= 0.05).sum())} of "
        f"{len(selective)} have p at most 0.05, unadjusted."
    )


def _continuum(wave: WaveMaterial) -> str:
    table = wave.table("continuum")
    if table is None:
        return ""
    k = wave.declared["cluster"]["report_k"][-1]
    axis = table[(table["measure"] == "first_axis_share") & (table["model"] == "two_level")]
    shares = table[(table["measure"] == "cluster_share") & (table["k"] == k)]
    beside = {row.model: row for row in shares.itertuples()}
    if not len(axis) or not {"two_level", "one_factor"} <= set(beside):
        return ""
    cloud, line = beside["two_level"], beside["one_factor"]
    return (
        f"The first principal axis holds {_percent(axis['observed'].iloc[0], 1)} of the variance; "
        f"{count(k, 'cluster')} hold {_percent(cloud.observed, 1)}, beside a median of "
        f"{_percent(cloud.null_q50, 1)} in one Gaussian ({p_text(cloud.p_value)}) and "
        f"{_percent(line.null_q50, 1)} on one line ({p_text(line.p_value)})."
    )


def _multiverse(wave: WaveMaterial) -> str:
    table, excluded = wave.table("multiverse"), wave.table("multiverse_excluded")
    if table is None:
        return ""
    k = wave.declared["cluster"]["report_k"][-1]
    same = table[table["k"] == k]
    tested = table["p_value"].notna()
    text = (
        f"In {count(int(tested.sum()), 'combination')} of choices "
        f"{int((table.loc[tested, 'p_value'] <= 0.05).sum()):,} have p at most 0.05, unadjusted"
    )
    if same["adjusted_rand"].notna().any():
        text += (
            f"; at k = {k} the adjusted Rand index with the reported partition has median "
            f"{decimal(same['adjusted_rand'].median())} over {count(len(same), 'combination')}"
        )
    left = 0 if excluded is None else len(excluded)
    return f"{text}. {count(left, 'combination')} that make no sense were left out."


def _associations(wave: WaveMaterial) -> str:
    table = wave.table("associations")
    if table is None:
        return ""
    said = []
    for k, rows in table[table["p_value"].notna()].groupby("k"):
        tests = [_association(row) for row in rows.to_dict("records")]
        said.append(f"At k = {k}: {'; '.join(tests)}.")
    return " ".join(said)


def _association(row: dict[str, object]) -> str:
    number = {name: float(str(row[name])) for name in row if name not in ("attribute", "test")}
    how = "exact" if row["test"] == "fisher_exact" else f"{int(number['draws']):,} draws"
    least = number["p_min_attainable"]
    allowed = f", smallest p possible {_three(least)}" if least == least else ""
    return (
        f"{escape(attribute_title(str(row['attribute'])))} (n = {int(number['n'])}) "
        f"{p_text(number['p_value'])} ({how}{allowed}), Holm-adjusted "
        f"{p_text(number['p_adjusted'])}, V = {decimal(number['cramers_v'])} "
        f"(bias-corrected {decimal(number['cramers_v_corrected'])}; by chance "
        f"{decimal(number['cramers_v_null_mean'])} on average, 95% point "
        f"{decimal(number['cramers_v_null_q95'])})"
    )


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _spread(values: pd.Series) -> str:
    return f"{decimal(values.min())} to {decimal(values.max())}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "0%"


def _three(p: float) -> str:
    return "below 0.001" if 0 < p < 0.001 else f"{p:.3f}"
