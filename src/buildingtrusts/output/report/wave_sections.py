"""The sections of one wave, from who answered to what clusters are like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.typology import Typology
from buildingtrusts.output.figures.words import attribute_title, count, decimal, join, p_text, plain
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import (
    Block,
    Chart,
    Chip,
    Chips,
    Column,
    Fold,
    Pair,
    Panels,
    Paragraph,
    Picture,
    Row,
    Section,
    Table,
)
from buildingtrusts.output.report.listing import frame_table, number_cell, p_cell, text_cell, whole
from buildingtrusts.output.report.material import Saved, WaveMaterial
from buildingtrusts.output.report.profile_chart import profile_chart
from buildingtrusts.output.report.scene import MOST_NAMED
from buildingtrusts.output.report.tree_chart import tree_chart
from buildingtrusts.output.report.trust_charts import map_chart, silhouette_chart

if TYPE_CHECKING:
    import pandas as pd

#: With more trusts than this a figure that has a row for each is no longer drawn on the page.
MOST_TRUSTS = 400


def pictures(
    figures: Mapping[str, Saved], names: Iterable[str], prefix: str, stamp: str
) -> Iterator[Picture]:
    """Saved figures that there are, in the order of the names."""
    for name in names:
        saved = figures.get(name)
        # A figure that a wave has no data for says so, and is not worth a place here.
        if saved is None or saved.alt.startswith("Nothing is drawn."):
            continue
        yield Picture(
            id=f"{prefix}-figure-{name.replace('_', '-')}",
            name=name,
            title=saved.title or words.FIGURES.get(name, plain(name)),
            alt=saved.alt,
            picture=saved.picture,
            media=saved.media,
            data=saved.data,
            width=saved.size[0],
            height=saved.size[1],
            stamp=stamp,
        )


def behind_titles(figures: Iterable[Picture]) -> Iterator[Fold]:
    """Figures of second rank, each of which a reader opens by its title."""
    for one in figures:
        yield Fold(f"{one.id}-more", f"{one.title} (figure)", (one,))


def after(shown: Sequence[Block]) -> str:
    """How a table with the values of a figure is folded; it is printed if there is no figure."""
    return "repeats" if shown else "aside"


def wave_sections(wave: WaveMaterial, keys: Mapping[str, str]) -> tuple[Section, ...]:
    """The sections of a wave that rest on its answers alone, but for the evidence.

    Parameters
    ----------
    wave : WaveMaterial
        Tables and figures.
    keys : dict of str to str
        Key of each trust on the page.

    Returns
    -------
    tuple of Section
        In the order of the study; those without their tables are left out.
    """
    makers = {
        "sample": _sample,
        "agreement": _agreement,
        "clusters": _clusters,
        "profiles": _profiles,
        "running": _running,
        "crosstabs": _crosstabs,
    }
    needed = {"running": "operating_model", "crosstabs": "associations", "profiles": "profiles"}
    return tuple(
        Section(f"{wave.key}-{name}", words.SECTIONS[name], tuple(make(wave, keys)), wave.stamp)
        for name, make in makers.items()
        if wave.has(needed.get(name, "sample"))
    )


def _pictures(wave: WaveMaterial, *names: str) -> Iterator[Picture]:
    return pictures(wave.figures, names, wave.key, wave.stamp)


def _sample(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    sample = wave.tables["sample"]
    of_all = sample[sample["role"] == "all"]
    clustered = of_all["clustered"].astype(bool)
    yield Paragraph(
        f"{int(of_all['n_responses'].sum()):,} people in "
        f"{count(len(of_all), words.GROUP)} answered. "
        f"{count(int(clustered.sum()), words.GROUP)} with answers from {wave.min_responses} or "
        f"more people {'is' if clustered.sum() == 1 else 'are'} clustered.",
        "finding",
    )
    shown = [*_pictures(wave, "sample")]
    yield from shown
    roles = [role for role in words.ROLES if role != "all" and (sample["role"] == role).any()]
    wide = sample.pivot(index="mat_id", columns="role", values="n_responses")
    rows = []
    for mat, is_in, reason in of_all[["mat_id", "clustered", "reason"]].itertuples(
        index=False, name=None
    ):
        counts = [whole(wide.loc[mat, role] if role in wide else 0) for role in [*roles, "all"]]
        state = text_cell("yes" if is_in else "no")
        rows.append(Row((text_cell(mat), *counts, state, text_cell(reason)), keys[mat]))
    titles = [words.ROLES[role] for role in [*roles, "all"]]
    yield Table(
        f"{wave.key}-sample-table",
        "sample",
        f"Answers by {words.GROUP} and role",
        (
            Column(words.GROUP.capitalize()),
            *[Column(title, numeric=True) for title in titles],
            Column("Clustered"),
            Column("Why not", wide=True),
        ),
        tuple(rows),
        noun=words.GROUPS,
        stamp=wave.stamp,
        fold=after(shown),
    )


def _agreement(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    agreement = wave.tables["agreement"]
    found = agreement[(agreement["mats"] == "clustered") & (agreement["block"] == wave.block)]
    icc = found["icc1"].astype(float)
    labels = _labels(wave)
    if icc.notna().any():
        low, high = found.loc[icc.idxmin(), "item"], found.loc[icc.idxmax(), "item"]
        yield Paragraph(
            f"Between {decimal(icc.min())} ({labels[low]}) and {decimal(icc.max())} "
            f"({labels[high]}) of the variation in answers lies between {words.GROUPS}; the rest "
            f"is between people of one {words.GROUP}.",
            "finding",
        )
    yield Paragraph(
        "ICC(1) is that share for one person's answer; ICC(2) is how reliable a "
        f"{words.GROUP}'s mean is. rwg runs from 0 (as spread as random answers) to 1 (all alike)."
    )
    shown = [*_pictures(wave, "agreement")]
    yield from shown
    measures = ("icc1", "icc2", "rwg_mean", "rwg_median")
    rows = tuple(
        Row(
            (
                text_cell(labels[str(row["item"])]),
                whole(row["n_groups"]),
                whole(row["n_responses"]),
                *[number_cell(row[one]) for one in measures],
            )
        )
        for _, row in found.iterrows()
    )
    titles = ("Groups", "Answers", "ICC(1)", "ICC(2)", "rwg, mean", "rwg, median")
    yield Table(
        f"{wave.key}-agreement-table",
        "agreement",
        f"Agreement within the clustered {words.GROUPS}",
        (Column("Statement"), *[Column(title, numeric=True) for title in titles]),
        rows,
        noun="statements",
        stamp=wave.stamp,
        fold=after(shown),
    )


def _clusters(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    partitions = wave.tables["partitions"]
    yield Paragraph(
        f"{words.GROUPS.capitalize()} whose people answer alike are joined first: "
        f"{words.LINKAGES[wave.linkage]} of {words.METRICS[wave.metric]} between their "
        f"{wave.statistic} ratings, {words.SCALINGS[wave.scaling]}. The tree is cut where it "
        "falls into the number of clusters asked for."
    )
    mats = list(dict.fromkeys(wave.tables["clusters"]["mat_id"]))
    yield Chips(
        f"{wave.key}-trusts",
        f"Mark a {words.GROUP}",
        tuple(Chip(keys[mat], mat, _said(wave, mat)) for mat in mats),
    )
    yield _panels(wave, "clusters", [(one, _partition(wave, one, keys)) for one in wave.partitions])
    if len(mats) > MOST_TRUSTS:
        yield from _pictures(wave, "dendrogram", "heatmap", "silhouettes")
    yield from behind_titles(_pictures(wave, "ordination"))
    shown = ["k", "sizes", "mean_silhouette", "macro_silhouette"]
    data = partitions[[*shown, "calinski_harabasz", "davies_bouldin", "dunn", "c_index"]]
    data = data.assign(sizes=data["sizes"].str.replace(";", ", "))
    yield frame_table(
        data,
        f"{wave.key}-partitions-table",
        "partitions",
        "Every number of clusters that was tried",
        {
            "k": "Clusters",
            "mean_silhouette": "Mean silhouette",
            "macro_silhouette": "… over clusters",
            "calinski_harabasz": "Calinski-Harabasz",
            "davies_bouldin": "Davies-Bouldin",
            "c_index": "C-index",
        },
        note="Large is good, but for Davies-Bouldin and the C-index. Silhouettes run from −1 to 1.",
        noun="partitions",
        stamp=wave.stamp,
        fold="aside",
    )


def _said(wave: WaveMaterial, mat: str) -> tuple[tuple[int, str], ...]:
    """What is said of a trust when it is marked, for each number of clusters."""
    sample = wave.tables["sample"]
    n = sample[(sample["mat_id"] == mat) & (sample["role"] == "all")]["n_responses"].sum()
    silhouettes = wave.tables["silhouettes"]
    texts = []
    for one in wave.partitions:
        row = silhouettes[(silhouettes["k"] == one.k) & (silhouettes["mat_id"] == mat)]
        width = "".join(f", silhouette {decimal(float(value))}" for value in row["width"])
        answers = count(int(n), "answer")
        texts.append((one.k, f"cluster {one.cluster_of[mat]} of {one.k}{width}, {answers}"))
    return tuple(texts)


def _panels(
    wave: WaveMaterial, name: str, found: Sequence[tuple[Typology, Iterable[Block]]]
) -> Panels:
    return Panels(
        f"{wave.key}-{name}-k",
        wave.key,
        wave.drawn.k,
        tuple((typology.k, tuple(blocks)) for typology, blocks in found),
    )


def _partition(wave: WaveMaterial, typology: Typology, keys: Mapping[str, str]) -> Iterator[Block]:
    prefix, k = f"{wave.key}-k{typology.k}", typology.k
    mats = wave.tables["leaf_order"]["mat_id"].tolist()
    silhouettes = wave.tables["silhouettes"]
    widths = silhouettes[silhouettes["k"] == k]["width"].astype(float)
    sizes = [len(typology.members(one)) for one in typology.clusters]
    found = (
        f"Cut into {k}, the tree gives clusters of {join([str(one) for one in sizes])} "
        f"{words.GROUPS}. Their mean silhouette is {decimal(widths.mean())}; "
        f"{_nearer(int((widths < 0).sum()))} nearer to another cluster."
    )
    yield Paragraph(found, "finding")
    if len(mats) > MOST_TRUSTS:
        yield _silhouette_table(wave, typology, keys, prefix)
        return
    means = _means(wave, mats)
    questions = wave.questions.block(wave.block)
    linkage, leaves = wave.tables["linkage"], wave.tables["leaf_order"]
    distance = f"height: {words.METRICS[wave.metric]}"
    low, high = means.stack().idxmin(), means.stack().idxmax()
    labels = _labels(wave)
    yield Chart(
        f"{prefix}-tree",
        "dendrogram_and_heatmap",
        f"The tree, cut into {k}, and the mean rating of each statement",
        f"Tree with clusters of {join([str(one) for one in sizes])}. Mean ratings run from "
        f"{decimal(means.min().min(), 1)} "
        f"({low[0]}, {labels[low[1]]}) to {decimal(means.max().max(), 1)} "
        f"({high[0]}, {labels[high[1]]}).",
        tree_chart(linkage, leaves, means, typology, questions, keys, distance, wave.stamp),
        _means_table(wave, typology, means, keys, prefix),
        note=words.THIN_ROWS if len(mats) > MOST_NAMED else "",
        stamp=wave.stamp,
    )
    silhouette = Chart(
        f"{prefix}-silhouettes",
        "silhouettes",
        f"How well each {words.GROUP} fits its cluster",
        _silhouette_alt(wave, typology, widths),
        silhouette_chart(silhouettes, typology, keys, wave.stamp),
        _silhouette_table(wave, typology, keys, prefix),
        note=f"Near 1 a {words.GROUP} is far from other clusters; below 0 another is nearer.",
        stamp=wave.stamp,
    )
    yield Pair(silhouette, _map(wave, typology, keys, prefix))


def _nearer(n: int) -> str:
    return f"{count(n, words.GROUP) if n else f'no {words.GROUP}'} {'lie' if n > 1 else 'lies'}"


def _silhouette_alt(wave: WaveMaterial, typology: Typology, widths: pd.Series) -> str:
    of_k = wave.tables["silhouettes"].loc[widths.index]
    means = of_k.groupby("cluster")["width"].mean()
    each = join([f"{decimal(means[one])} in cluster {one}" for one in typology.clusters])
    return f"Mean silhouette width is {decimal(widths.mean())}: {each}."


def _map(wave: WaveMaterial, typology: Typology, keys: Mapping[str, str], prefix: str) -> Chart:
    table = wave.axes.assign(cluster=[typology.cluster_of[mat] for mat in wave.axes["mat_id"]])
    both = sum(wave.shares)
    return Chart(
        f"{prefix}-map",
        "map",
        f"The {words.GROUPS} on two axes",
        f"The two axes carry {both:.0%} of the variance between {words.GROUPS}; the "
        f"{count(len(table), words.GROUP)} form {typology.k} clusters on them.",
        map_chart(wave.axes, wave.shares, typology, keys, wave.stamp),
        frame_table(
            table[["mat_id", "cluster", "axis_1", "axis_2"]],
            f"{prefix}-map-table",
            "map",
            f"Places of the {words.GROUPS} on the two axes",
            {"mat_id": words.GROUP.capitalize(), "axis_1": "First axis", "axis_2": "Second axis"},
            {"cluster": 0},
            keys,
            noun=words.GROUPS,
            stamp=wave.stamp,
        ),
        note=f"{words.GROUPS.capitalize()} close together answer alike, as far as two axes show.",
        stamp=wave.stamp,
    )


def _means(wave: WaveMaterial, mats: Sequence[str]) -> pd.DataFrame:
    scores = wave.tables["scores"]
    of_block = scores[scores["block"] == wave.block]
    grid = of_block.pivot(index="mat_id", columns="item", values="mean").astype(float)
    items = [one.item for one in wave.questions.block(wave.block)]
    return grid.reindex(index=mats, columns=items)


def _labels(wave: WaveMaterial, block: str = "") -> dict[str, str]:
    return {one.item: one.label for one in wave.questions.block(block or wave.block)}


def _means_table(
    wave: WaveMaterial,
    typology: Typology,
    means: pd.DataFrame,
    keys: Mapping[str, str],
    prefix: str,
) -> Table:
    labels = _labels(wave)
    rows = tuple(
        Row(
            (
                text_cell(mat),
                whole(typology.cluster_of[mat]),
                *[number_cell(means.loc[mat, item], 1) for item in means.columns],
            ),
            keys[mat],
        )
        for mat in means.index
    )
    return Table(
        f"{prefix}-tree-table",
        "dendrogram_and_heatmap",
        f"Mean rating of each statement by {words.GROUP}, in the order of the tree",
        (
            Column(words.GROUP.capitalize()),
            Column("Cluster", numeric=True),
            *[Column(labels[str(item)], numeric=True) for item in means.columns],
        ),
        rows,
        noun=words.GROUPS,
        stamp=wave.stamp,
    )


def _silhouette_table(
    wave: WaveMaterial, typology: Typology, keys: Mapping[str, str], prefix: str
) -> Table:
    silhouettes = wave.tables["silhouettes"]
    of_k = silhouettes[silhouettes["k"] == typology.k]
    return frame_table(
        of_k[["mat_id", "cluster", "neighbour", "width"]],
        f"{prefix}-silhouettes-table",
        "silhouettes",
        f"Silhouette width of each {words.GROUP}",
        {"mat_id": words.GROUP.capitalize(), "neighbour": "Nearest other cluster"},
        {"cluster": 0, "neighbour": 0},
        keys,
        noun=words.GROUPS,
        stamp=wave.stamp,
    )


def _profiles(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    yield Paragraph(
        "Each statement's mean in the cluster, less the mean of all responses, in their standard "
        f"deviations. Faint strokes are single {words.GROUPS}. Bars are 95% intervals for these "
        f"{words.GROUPS}' staff, clusters taken as given: they say nothing on whether the clusters "
        "are real, since clusters were formed on these same statements."
    )
    yield _panels(wave, "profiles", [(one, _profile(wave, one, keys)) for one in wave.partitions])


def _profile(wave: WaveMaterial, typology: Typology, keys: Mapping[str, str]) -> Iterator[Block]:
    prefix = f"{wave.key}-k{typology.k}"
    data = _profile_data(wave, typology)
    questions = wave.questions.block(wave.block)
    labels = _labels(wave)
    table = _profile_table(wave, typology, data, prefix)
    if data["value"].isna().all():
        yield table
        return
    spans = data.groupby("item", sort=False)["value"].agg(["min", "max"])
    gaps = spans["max"] - spans["min"]
    most, least = gaps.idxmax(), gaps.idxmin()
    of_most = data[data["item"] == most].set_index("value")["cluster"]
    low, high = spans.loc[most, "min"], spans.loc[most, "max"]
    yield Paragraph(
        f"Clusters differ most on “{labels[most]}”: {decimal(low)} in cluster {of_most[low]}, "
        f"{decimal(high)} in cluster {of_most[high]}.",
        "finding",
    )
    trusts = _scaled_means(wave, list(typology.cluster_of))
    chart = Chart(
        f"{prefix}-profile",
        "profile",
        "What each cluster rates above and below all responses",
        f"Scaled means run from {decimal(data['value'].min())} to {decimal(data['value'].max())}. "
        f"Clusters are furthest apart on “{labels[most]}” and closest on “{labels[least]}”.",
        profile_chart(data, trusts, typology, questions, keys, wave.stamp),
        _ratings_table(wave, typology, data, prefix),
        stamp=wave.stamp,
    )
    yield Pair(chart, table)


def _profile_data(wave: WaveMaterial, typology: Typology) -> pd.DataFrame:
    profiles = wave.tables["profiles"]
    found = profiles[
        (profiles["k"] == typology.k)
        & (profiles["role"] == "all")
        & (profiles["weighting"] == "responses")
        & (profiles["block"] == wave.block)
    ]
    reference = wave.reference.set_index("item").loc[found["item"]]
    centre, spread = reference["centre"].to_numpy(), reference["spread"].to_numpy()
    return found.assign(
        value=found["scaled_mean"].astype(float),
        low=(found["ci_low"].to_numpy(dtype=float) - centre) / spread,
        high=(found["ci_high"].to_numpy(dtype=float) - centre) / spread,
    )


def _scaled_means(wave: WaveMaterial, mats: Sequence[str]) -> pd.DataFrame:
    reference = wave.reference.set_index("item")
    means = _means(wave, mats)
    return (means - reference["centre"]) / reference["spread"]


def _profile_table(
    wave: WaveMaterial, typology: Typology, data: pd.DataFrame, prefix: str
) -> Table:
    """Scaled means alone, so that the table fits beside the chart."""
    rows = _by_item(wave, typology, data, (("value", 2),))
    return Table(
        f"{prefix}-profile-table",
        "profile",
        "Scaled mean of each statement, by cluster",
        (Column("Statement"), *[Column(f"Cluster {one}", True) for one in typology.clusters]),
        rows,
        noun="statements",
        stamp=wave.stamp,
    )


def _ratings_table(
    wave: WaveMaterial, typology: Typology, data: pd.DataFrame, prefix: str
) -> Table:
    columns = [Column("Statement")]
    for one in typology.clusters:
        columns += [Column(f"Cluster {one}: {what}", True) for what in ("mean", "low", "high", "n")]
    measures = (("mean", 1), ("ci_low", 1), ("ci_high", 1), ("n_responses", 0))
    return Table(
        f"{prefix}-profile-data",
        "profile-ratings",
        "Mean rating of each statement by cluster, with its 95% interval and number of answers",
        tuple(columns),
        _by_item(wave, typology, data, measures),
        noun="statements",
        stamp=wave.stamp,
    )


def _by_item(
    wave: WaveMaterial,
    typology: Typology,
    data: pd.DataFrame,
    measures: Sequence[tuple[str, int]],
) -> tuple[Row, ...]:
    """A row an item, with some measures of each cluster."""
    found = data.set_index(["cluster", "item"])
    return tuple(
        Row(
            (
                text_cell(label),
                *[
                    number_cell(found[name].get((one, item), float("nan")), places)
                    for one in typology.clusters
                    for name, places in measures
                ],
            )
        )
        for item, label in _labels(wave).items()
    )


def _running(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    model = wave.tables["operating_model"]
    of_all = model[model["role"] == "all"]
    places = of_all["place"].value_counts()
    each = [
        f"{int(places[one])} {one}"
        for one in ("decentralised", "hybrid", "centralised")
        if one in places
    ]
    yield Paragraph(
        f"Of {count(len(of_all), words.GROUP)}, by what staff say of who decides, from 0 "
        f"(devolved) to 10 (central): {join(each)}.",
        "finding",
    )
    yield from _pictures(wave, "operations_profiles")
    yield from behind_titles(
        _pictures(
            wave,
            "operating_model",
            *(name for name, saved in wave.figures.items() if saved.title),
            "effectiveness",
            "figure_6_standardisation",
        )
    )
    drawn = wave.drawn
    shown = of_all.assign(
        cluster=[str(drawn.cluster_of.get(mat, "not clustered")) for mat in of_all["mat_id"]]
    )
    yield frame_table(
        shown[["mat_id", "cluster", "n", "centralisation", "spread", "place"]],
        f"{wave.key}-operating-table",
        "operating_model",
        f"How centralised each {words.GROUP} is, with its cluster of {drawn.k}",
        {
            "mat_id": words.GROUP.capitalize(),
            "n": "Answers",
            "centralisation": "Centralisation",
            "spread": "Spread over areas",
        },
        {"centralisation": 1, "spread": 1},
        keys,
        noun=words.GROUPS,
        stamp=wave.stamp,
        fold="aside",
    )


def _crosstabs(wave: WaveMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    yield Paragraph(
        f"With so few {words.GROUPS} chance alone makes differences large. Beside each effect size "
        "(Cramér's V, 0 to 1) stand its mean and its 95% point under chance with the same margins. "
        "p is exact, and adjusted by Holm's method over the attributes that are tested together. "
        f"With so few {words.GROUPS} a large p is no evidence that there is no association."
    )
    yield _panels(wave, "crosstabs", [(one, _crosstab(wave, one)) for one in wave.partitions])
    yield from _pictures(wave, "crosstabs")
    yield from behind_titles(_pictures(wave, "associations", "performance_by_cluster"))


def _crosstab(wave: WaveMaterial, typology: Typology) -> Iterator[Block]:
    associations = wave.tables["associations"]
    tests = associations[associations["k"] == typology.k]
    prefix = f"{wave.key}-k{typology.k}"
    yield Paragraph(_tests_found(tests, wave.own_family), "finding")
    yield tests_table(tests, f"{prefix}-associations", "associations", wave.stamp)
    counts = wave.tables["crosstabs"]
    counts = counts[counts["k"] == typology.k]
    yield _counts_table(wave, typology, counts, tests, prefix)


def _tests_found(tests: pd.DataFrame, own_family: Sequence[str]) -> str:
    """What the tests say, each family for itself: an attribute tested apart is not adjusted."""
    usable = tests[tests["p_value"].notna()]
    if usable.empty:
        return "No attribute can be tested."
    alone = usable["attribute"].isin(own_family)
    parts = [_family_found(usable[~alone])] if not alone.all() else []
    parts += [
        f"Tested apart, and so not adjusted: {attribute_title(str(row['attribute'])).lower()}, "
        f"{p_text(float(row['p_value']))}; its effect size is {_beside_chance(row)} chance."
        for _, row in usable[alone].iterrows()
    ]
    return " ".join(parts)


def _family_found(tests: pd.DataFrame) -> str:
    least = tests.loc[tests["p_value"].astype(float).idxmin()]
    after = int((tests["p_adjusted"].astype(float) <= 0.05).sum())
    beyond = int((tests["cramers_v"] > tests["cramers_v_null_q95"]).sum())
    return (
        f"After adjustment {after or 'none'} of {count(len(tests), 'attribute')} "
        f"{'is' if after in (0, 1) else 'are'} at 0.05 or below; the smallest exact p is that of "
        f"{attribute_title(str(least['attribute'])).lower()} "
        f"({p_text(float(least['p_value']))}, adjusted {decimal(float(least['p_adjusted']), 3)}). "
        f"{str(beyond) if beyond else 'None'} {'have' if beyond > 1 else 'has'} an effect size "
        "above the 95% point of chance."
    )


def _beside_chance(test: pd.Series) -> str:
    beyond = test["cramers_v"] > test["cramers_v_null_q95"]
    return f"{'above' if beyond else 'not above'} the 95% point of"


def tests_table(tests: pd.DataFrame, ident: str, name: str, stamp: str) -> Table:
    """Exact tests with their effect size beside what chance gives."""
    titles = (
        *("Exact p", "p, adjusted", "Smallest p possible", "Cramér's V", "V, corrected"),
        *("V by chance, mean", "V by chance, 95%"),
    )
    sizes = ("cramers_v", "cramers_v_corrected", "cramers_v_null_mean", "cramers_v_null_q95")
    rows = tuple(
        Row(
            (
                text_cell(attribute_title(str(row["attribute"]))),
                whole(row["n"]),
                *[p_cell(row[one]) for one in ("p_value", "p_adjusted", "p_min_attainable")],
                *[number_cell(row[one]) for one in sizes],
                text_cell(plain(str(row["test"]))),
            )
        )
        for _, row in tests.iterrows()
    )
    return Table(
        ident,
        name,
        "Exact tests, and effect sizes beside what chance gives",
        (
            Column("Attribute"),
            Column("n", True),
            *[Column(title, True) for title in titles],
            Column("Test"),
        ),
        rows,
        noun="attributes",
        stamp=stamp,
        fold="repeats",
    )


def _counts_table(
    wave: WaveMaterial,
    typology: Typology,
    counts: pd.DataFrame,
    tests: pd.DataFrame,
    prefix: str,
) -> Table:
    rows = []
    for (attribute, level), found in counts.groupby(["attribute", "level"], sort=False):
        by_cluster = dict(zip(found["cluster"], found["n"], strict=True))
        cells = [whole(by_cluster.get(one, 0)) for one in typology.clusters]
        rows.append(Row((text_cell(attribute_title(str(attribute))), text_cell(level), *cells)))
    names = tuple(dict.fromkeys(row.cells[0].text for row in rows))
    return Table(
        f"{prefix}-crosstabs",
        "crosstabs",
        f"{words.GROUPS.capitalize()} by attribute and cluster",
        (
            Column("Attribute", choices=names),
            Column("Level"),
            *[
                Column(f"Cluster {one} ({len(typology.members(one))})", True)
                for one in typology.clusters
            ],
        ),
        tuple(rows),
        noun="levels",
        stamp=wave.stamp,
        fold="aside",
    )
