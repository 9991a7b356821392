"""Whether a wave's clusters are more than noise: the verdict, what it rests on, and exploration."""

from __future__ import annotations

from buildingtrusts.output.figures.words import join
from buildingtrusts.output.methods.manuscript import escape
from buildingtrusts.output.methods.material import RunMaterial, WaveMaterial
from buildingtrusts.output.methods.prose import (
    LEVEL,
    counted,
    few,
    in_brackets,
    number,
    of_them,
    p_value,
    percent,
)


def verdict(run: RunMaterial, wave: WaveMaterial) -> str:
    """The verdict on the clusters, in its own sentence; empty if none was given."""
    table = wave.table("verdict")
    if table is None:
        return ""
    row, where = table.iloc[0], in_brackets(run.see("verdicts"))
    # A verdict on one made-up wave says itself that it is a verdict on nothing else.
    return (
        f"{escape(row['sentence'])} This is the verdict by the rule, version "
        f"{escape(row['rule_version'])}{where}."
    )


def evidence(wave: WaveMaterial) -> str:
    """What the verdict rests on: whether trusts differ, how far clusters stand apart, stability."""
    parts = [_trusts_differ(wave), _silhouettes(wave), _stability(wave)]
    return " ".join(filter(None, parts))


def _trusts_differ(wave: WaveMaterial) -> str:
    table = wave.table("permanova")
    if table is None:
        return ""
    row = table.iloc[0]
    if row["p_value"] != row["p_value"]:
        return "Whether trusts differed on the clustered items could not be tested."
    differed = "differed" if row["p_value"] <= LEVEL else "did not differ"
    return (
        f"Trusts {differed} on the clustered items by more than chance (pseudo-F = "
        f"{number(row['pseudo_f'])}, R² = {number(row['r_squared'])}, {p_value(row['p_value'])})."
    )


def _silhouettes(wave: WaveMaterial) -> str:
    nulls = wave.table("nulls")
    if nulls is None:
        return ""
    two = nulls[nulls["null"] == "two_level"]
    largest = two[(two["statistic"] == "standardised_silhouette") & (two["scope"] == "max")]
    reported = two[
        (two["statistic"] == "mean_silhouette")
        & (two["scope"] == "k")
        & two["k"].isin(wave.declared["cluster"]["report_k"])
    ]
    text = ""
    for row in largest.to_dict("records"):
        beyond = "exceeded" if row["p_value"] <= LEVEL else "did not exceed"
        text += (
            f"The largest standardised silhouette, at k = {int(row['k'])}, {beyond} what studies "
            f"without clusters give ({number(row['observed'])}, their 95% point "
            f"{number(row['null_q95'])}, {p_value(row['p_value'])})."
        )
    rows, last = reported.to_dict("records"), len(reported) - 1
    said = [
        f"{number(row['observed'])} beside a 95% point of {number(row['null_q95'])} at k = "
        f"{int(row['k'])}"
        + in_brackets(p_value(row["p_value"]), wave.see("evidence") if place == last else "")
        for place, row in enumerate(rows)
    ]
    if said:
        text += f" The mean silhouette width was {join(said)}."
    return text.strip()


def _stability(wave: WaveMaterial) -> str:
    table = wave.table("stability")
    if table is None:
        return ""
    own = table[table["source"] == "respondents"]
    said = []
    for k in wave.declared["cluster"]["report_k"]:
        rows = own[own["k"] == k]
        if len(rows):
            back = int((rows["jaccard_mean"] > rows["null_q95"]).sum())
            said.append(
                f"{of_them(back)} of {counted(len(rows), 'cluster')} at k = {k} "
                f"(mean Jaccard {join([number(one) for one in rows['jaccard_mean']])}, beside "
                f"{number(rows['null_q95'].iloc[0])})"
            )
    text = ""
    if said:
        text = (
            f"When staff were resampled, {join(said)} came back better than the 95% point of the "
            "weakest cluster in studies without clusters"
            f"{in_brackets(wave.see('stability'))}."
        )
    votes = wave.table("k_votes")
    if votes is not None and (votes["source"] == "respondents").any():
        most = votes[votes["source"] == "respondents"].sort_values("share", kind="stable").iloc[-1]
        text += (
            f" In {percent(most['share'], 1)} of these draws the mean silhouette width was largest "
            f"at k = {int(most['k'])}."
        )
    return text.strip()


def exploration(wave: WaveMaterial) -> str:
    """What else was looked at, which the verdict does not rest on."""
    parts = [_indices(wave), _merges(wave), _continuum(wave), _multiverse(wave)]
    return " ".join(filter(None, parts))


def _indices(wave: WaveMaterial) -> str:
    table = wave.table("k_indices")
    if table is None:
        return ""
    votes = table[(table["index"] == "vote") & (table["value"] > 0)]
    total = int(votes["value"].sum())
    said = [f"{few(int(row.value))} chose k = {int(row.k)}" for row in votes.itertuples()]
    return f"Of {few(total)} indices of the number of clusters, {join(said)}." if said else ""


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
    reached = "SHC reached no merge"
    if len(shc):
        were = "were" if below > 1 else "was"
        reached = (
            f"Of {counted(len(shc), 'merge')} that SHC reached, {of_them(below)} {were} significant"
        )
    return (
        f"{reached}; by selective inference {of_them(int((selective['p_value'] <= LEVEL).sum()))} "
        f"of {few(len(selective))} had an unadjusted p of at most {LEVEL}."
    )


def _continuum(wave: WaveMaterial) -> str:
    table = wave.table("continuum")
    if table is None:
        return ""
    k = wave.last_k
    axis = table[(table["measure"] == "first_axis_share") & (table["model"] == "two_level")]
    shares = table[(table["measure"] == "cluster_share") & (table["k"] == k)]
    beside = {row["model"]: row for row in shares.to_dict("records")}
    if not len(axis) or not {"two_level", "one_factor"} <= set(beside):
        return ""
    cloud, line = beside["two_level"], beside["one_factor"]
    return (
        f"The {counted(k, 'cluster')} held {percent(cloud['observed'], 1)} of the variance, beside "
        f"a median of {percent(cloud['null_q50'], 1)} in one Gaussian "
        f"({p_value(cloud['p_value'])}) and {percent(line['null_q50'], 1)} on one line "
        f"({p_value(line['p_value'])}); the first principal axis held "
        f"{percent(axis['observed'].iloc[0], 1)}."
    )


def _multiverse(wave: WaveMaterial) -> str:
    table, excluded = wave.table("multiverse"), wave.table("multiverse_excluded")
    if table is None:
        return ""
    k = wave.last_k
    same = table.loc[table["k"] == k, "adjusted_rand"].dropna()
    tested = table["p_value"].dropna()
    low = int((tested <= LEVEL).sum())
    text = (
        f"Of {len(tested):,} combinations of choices {low:,} ({percent(low, len(tested))}) had an "
        f"unadjusted p of at most {LEVEL}"
    )
    if excluded is not None:
        text += f", with {len(excluded):,} that make no sense left out"
    if len(same):
        text += (
            f"; at k = {k} the adjusted Rand index with the reported partition had median "
            f"{number(same.median())}"
        )
    return f"{text}."
