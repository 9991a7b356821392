"""Change between waves: statements, trusts that went to other clusters, types, and new trusts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from buildingtrusts.output.figures import TRACKING_FIGURES
from buildingtrusts.output.figures.words import count, decimal, join, plain, stratum_title
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import (
    Block,
    Cell,
    Column,
    Pair,
    Panels,
    Paragraph,
    Row,
    Table,
)
from buildingtrusts.output.report.listing import number_cell, text_cell, whole
from buildingtrusts.output.report.material import StudyMaterial
from buildingtrusts.output.report.wave_sections import after, behind_titles, pictures

if TYPE_CHECKING:
    import pandas as pd

_PAIR = ["from_wave", "to_wave"]


def change_blocks(study: StudyMaterial, keys: Mapping[str, str]) -> Iterator[Block]:
    """What changed between waves, in the order in which a reader asks.

    Parameters
    ----------
    study : StudyMaterial
        With the table of changes; what else there is comes from its own tables.
    keys : dict of str to str
        Key of each trust on the page.
    """
    changes = study.tables["changes"]
    shown = {
        name: [*pictures(study.figures, (name,), "study", study.stamp)] for name in TRACKING_FIGURES
    }
    yield from _statements(study)
    yield from behind_titles(shown["changes"])
    # Of nobody who answered in both waves there is no change to tell.
    if not (told := changes[changes["change"].notna()]).empty:
        yield _all_changes(study, told, after(shown["changes"]))
    yield from shown["transitions"]
    panels = [(k, tuple(_clusters(study, k, keys))) for k in _numbers(study)]
    there = tuple((k, blocks) for k, blocks in panels if blocks)
    if there:
        drawn = study.waves[-1].drawn.k
        numbers = [k for k, _ in there]
        yield Panels("change-k", "change", drawn if drawn in numbers else numbers[-1], there)


def _numbers(study: StudyMaterial) -> list[int]:
    """Numbers of clusters that any wave reports."""
    return sorted({k for wave in study.waves for k in wave.report_k})


def _pairs(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Earlier and later wave of each comparison, in order of date."""
    return list(table[_PAIR].drop_duplicates().itertuples(index=False, name=None))


def _between(study: StudyMaterial, earlier: str, later: str) -> str:
    return f"{study.short[earlier]} and {study.short[later]}"


def _statements(study: StudyMaterial) -> Iterator[Block]:
    changes = study.tables["changes"]
    of_all = changes[changes["stratum"] == changes["stratum"].iloc[0]]
    clear = of_all[(of_all["ci_low"] > 0) | (of_all["ci_high"] < 0)]
    parts, nobody = [], []
    for earlier, later in _pairs(of_all):
        there, moved = (
            int(((one["from_wave"] == earlier) & (one["to_wave"] == later)).sum())
            for one in (of_all[of_all["change"].notna()], clear)
        )
        which = _between(study, earlier, later)
        if there:
            parts.append(f"between {which}, {moved or 'none'} of {count(there, 'question')}")
        else:
            nobody.append(f"in both {which}")
    if parts:
        said = join(parts)
        yield Paragraph(
            f"{said[:1].upper()}{said[1:]} changed by an amount whose 95% interval leaves out 0. "
            "The intervals are not adjusted for the number of questions.",
            "finding",
        )
    if nobody:
        yield Paragraph(f"No {words.GROUP} answered the same question {join(nobody)}.", "finding")
    if clear.empty:
        return
    yield _changes_table(
        study,
        clear,
        "changed-table",
        "Questions whose interval leaves out 0, in the answers of all respondents",
        "Mean over trusts of their own change, in points of the earlier wave's scale. Of many such "
        "intervals about one in twenty leaves out 0 by chance.",
        "aside" if len(clear) > len(of_all) / 2 else "",
    )


def _all_changes(study: StudyMaterial, told: pd.DataFrame, fold: str) -> Table:
    return _changes_table(
        study,
        told,
        "changes-table",
        f"Mean change of each statement over {words.GROUPS} that answered in both waves",
        "In points of the earlier wave's scale; the interval is by resampling trusts.",
        fold,
    )


def _changes_table(
    study: StudyMaterial, table: pd.DataFrame, ident: str, caption: str, note: str, fold: str
) -> Table:
    """Changes as rows; a column that would say the same in each goes into the caption."""
    labels = {
        (one.block, one.item): one.label for wave in study.waves for one in wave.questions.all
    }
    pairs = _pairs(table)
    texts = {
        "Statement": [
            labels.get((block, item), plain(item))
            for block, item in _columns(table, "block", "item")
        ],
        "Asked about": [plain(str(one)) for one in table["block"]],
        "Of whom": [stratum_title(str(one).strip("()")) for one in table["stratum"]],
        "Waves": [_between(study, *pair) for pair in _columns(table, *_PAIR)],
    }
    if len(pairs) == 1:
        caption = f"{caption}, {study.short[pairs[0][0]]} to {study.short[pairs[0][1]]}"
    kept = [name for name in texts if name == "Statement" or len(set(texts[name])) > 1]
    filtered = "Of whom" in kept
    # What a phone shows first is the statement, whose change it is, and the change.
    ahead = [name for name in kept if name in ("Statement", "Of whom")]
    behind = [name for name in kept if name not in ahead]

    def column(name: str) -> Column:
        sifts = filtered and name != "Statement"
        return Column(name, choices=tuple(dict.fromkeys(texts[name])) if sifts else ())

    rows = []
    for place, (_, row) in enumerate(table.iterrows()):
        first, last = ([text_cell(texts[name][place]) for name in part] for part in (ahead, behind))
        numbers = [_points(row[name]) for name in ("change", "ci_low", "ci_high")]
        rows.append(Row((*first, *numbers, whole(row["n_mats"]), *last)))
    numeric = ("Change", "95% from", "95% to", words.GROUPS.capitalize())
    return Table(
        ident,
        "changes",
        caption,
        (
            *[column(name) for name in ahead],
            *[Column(title, True) for title in numeric],
            *[column(name) for name in behind],
        ),
        tuple(rows),
        note=note,
        search="Find a statement" if filtered else "",
        noun="changes" if filtered else "statements",
        stamp=study.stamp,
        fold=fold,
    )


def _points(value: float) -> Cell:
    """A change with two decimals, or three where two would hide on which side of 0 it is."""
    return number_cell(value, 3 if 0 < abs(value) < 0.005 else 2)


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[str, ...]]:
    return table[list(names)].astype(str).itertuples(index=False, name=None)


def _clusters(study: StudyMaterial, k: int, keys: Mapping[str, str]) -> Iterator[Block]:
    """What became of so many clusters, and of the trusts in them."""
    tables = []
    if (transitions := _of_k(study, "transitions", k)) is not None:
        for earlier, later in _pairs(transitions):
            of_pair = (transitions["from_wave"] == earlier) & (transitions["to_wave"] == later)
            found = transitions[of_pair]
            yield Paragraph(_moved(study, found, k), "finding")
            if found["n"].sum():
                tables.append(_went(study, found, k))
    if (types := _of_k(study, "types", k)) is not None:
        tables.append(_types_table(study, types, k))
    # Two small tables find room side by side.
    yield from (Pair(*tables),) if len(tables) == 2 else tables
    common = _of_k(study, "common_agreement", k)
    if common is not None and not _same(common):
        yield _common(study, common, k)
    if (new := _of_k(study, "new_trusts", k)) is not None:
        for earlier, later in _pairs(new):
            found = new[(new["from_wave"] == earlier) & (new["to_wave"] == later)]
            yield _placed(study, found, k, keys)


def _of_k(study: StudyMaterial, name: str, k: int) -> pd.DataFrame | None:
    """Rows of a table for so many clusters; types but for waves that set them."""
    if not study.has(name):
        return None
    found = study.tables[name]
    found = found[found["k"] == k]
    if name == "types":
        found = found[found["matched_wave"].notna()]
    return None if found.empty else found


def _moved(study: StudyMaterial, found: pd.DataFrame, k: int) -> str:
    earlier, later = found["from_wave"].iloc[0], found["to_wave"].iloc[0]
    n = int(found["n"].sum())
    if not n:
        return f"No {words.GROUP} is clustered in both {_between(study, earlier, later)}."
    said = f"{count(n, words.GROUP)} are clustered in {_between(study, earlier, later)}."
    types = study.tables.get("types")
    if types is not None:
        of_k = types[types["k"] == k]
        type_of = {
            (wave, int(cluster)): type_id
            for wave, cluster, type_id in of_k[["wave", "cluster", "type_id"]].itertuples(
                index=False, name=None
            )
        }
        stayed = sum(
            int(row["n"])
            for _, row in found.iterrows()
            if type_of.get((earlier, int(row["from_cluster"])), "none before")
            == type_of.get((later, int(row["to_cluster"])), "none after")
        )
        said += f" With {k} clusters {stayed} of them stayed in a cluster of the same type."
    agreement = study.tables.get("wave_agreement")
    if agreement is not None:
        of_pair = agreement[
            (agreement["from_wave"] == earlier)
            & (agreement["to_wave"] == later)
            & (agreement["k"] == k)
        ]
        for value in of_pair["adjusted_rand"].astype(float).dropna():
            said += (
                f" The two partitions agree by {decimal(value)}, where 1 is the same and 0 as by "
                "chance (adjusted Rand index)."
            )
    return said


def _went(study: StudyMaterial, found: pd.DataFrame, k: int) -> Table:
    """Earlier clusters as rows, later ones as columns."""
    earlier, later = found["from_wave"].iloc[0], found["to_wave"].iloc[0]
    grid = found.pivot(index="from_cluster", columns="to_cluster", values="n")
    return Table(
        f"transitions-k{k}-{earlier}-{later}",
        f"transitions-k{k}",
        f"{words.GROUPS.capitalize()} by cluster in {study.short[earlier]} (rows) and in "
        f"{study.short[later]} (columns)",
        (
            Column(f"In {study.short[earlier]}"),
            *[Column(f"{study.short[later]}: cluster {int(one)}", True) for one in grid.columns],
        ),
        tuple(
            Row((text_cell(f"Cluster {int(one)}"), *[whole(n) for n in grid.loc[one]]))
            for one in grid.index
        ),
        noun="clusters",
        stamp=study.stamp,
    )


def _types_table(study: StudyMaterial, types: pd.DataFrame, k: int) -> Table:
    waves = list(dict.fromkeys(study.short[str(one)] for one in types["wave"]))
    # The nearest type is another only where that one was matched to another cluster.
    nearest = [] if (types["type_id"] == types["nearest_type"]).all() else ["nearest_type"]
    rows = []
    for _, row in types.iterrows():
        which, *others = (text_cell(f"Type {int(row[name])}") for name in ("type_id", *nearest))
        name = text_cell(f"{study.short[str(row['wave'])]}: cluster {int(row['cluster'])}")
        rows.append(Row((name, whole(row["n_mats"]), which, number_cell(row["distance"]), *others)))
    return Table(
        f"types-k{k}",
        f"types-k{k}",
        f"Which earlier clusters those of {join(waves)} are like",
        (
            *(Column("Cluster"), Column(words.GROUPS.capitalize(), True), Column("Type")),
            *(Column("Distance", True), *[Column("Nearest type") for _ in nearest]),
        ),
        tuple(rows),
        note="A type is a cluster of the first wave, by its number there, and what it is matched "
        "to later. Distance: between mean ratings of the statements that both waves asked.",
        noun="clusters",
        stamp=study.stamp,
    )


def _same(agreement: pd.DataFrame) -> bool:
    """Whether common statements give each wave the clusters that it has, as if all were common."""
    own = agreement[agreement["wave"] == agreement["other_wave"]]
    return bool((own["adjusted_rand"] == 1).all())


def _common(study: StudyMaterial, agreement: pd.DataFrame, k: int) -> Table:
    """Clusters on a wave's own statements beside those on the ones that all waves asked."""
    own = agreement[agreement["wave"] == agreement["other_wave"]].set_index("wave")
    rows = [
        Row(
            (
                text_cell(study.short[wave.name]),
                *[
                    text_cell(_sizes(wave.tables.get(name), k))
                    for name in ("partitions", "common_partitions")
                ],
                number_cell(own["adjusted_rand"].astype(float).get(wave.name, float("nan"))),
            )
        )
        for wave in study.waves
        if wave.name in own.index
    ]
    across = agreement[agreement["wave"] != agreement["other_wave"]]
    told = [
        f"{_between(study, row['wave'], row['other_wave'])} agree by "
        f"{decimal(float(row['adjusted_rand']))}"
        for _, row in across.iterrows()
        if row["adjusted_rand"] == row["adjusted_rand"]
    ]
    note = f"On those statements {join(told)} (adjusted Rand index)." if told else ""
    return Table(
        f"common-k{k}",
        f"common-agreement-k{k}",
        "The same waves, clustered on only those statements that all of them asked"
        f"{_n_common(study)}",
        (
            *(Column("Wave"), Column("Sizes on its own statements")),
            *(Column("Sizes on common statements"), Column("Agreement", True)),
        ),
        tuple(rows),
        note=note,
        noun="waves",
        stamp=study.stamp,
    )


def _n_common(study: StudyMaterial) -> str:
    if not study.has("common_items"):
        return ""
    items = study.tables["common_items"]
    first = items[items["wave"] == study.waves[0].name]
    return f" ({int(first['in_common_clustering'].astype(bool).sum())})"


def _sizes(partitions: pd.DataFrame | None, k: int) -> str:
    if partitions is None:
        return "–"
    found = partitions[partitions["k"] == k]["sizes"].astype(str)
    return ", ".join(found.iloc[0].split(";")) if len(found) else "–"


def _placed(study: StudyMaterial, new: pd.DataFrame, k: int, keys: Mapping[str, str]) -> Table:
    """For each trust of the later wave alone the earlier cluster that it falls into most often."""
    earlier, later = (study.short[str(new[name].iloc[0])] for name in _PAIR)
    rows = [
        Row(_place(found), keys.get(str(mat), ""))
        for mat, found in new.groupby("mat_id", sort=False)
    ]
    draws = int(new["draws"].max())
    return Table(
        f"new-trusts-k{k}-{new['from_wave'].iloc[0]}-{new['to_wave'].iloc[0]}",
        f"new-trusts-k{k}",
        f"{words.GROUPS.capitalize()} of {later} alone, placed among the clusters of {earlier}",
        (
            *(Column(words.GROUP.capitalize()), Column(f"Cluster of {earlier}")),
            *(Column("Share of draws", True), Column("Share in no cluster", True)),
        ),
        tuple(rows),
        note=f"The cluster into which it falls most often while its staff are resampled {draws:,} "
        "times; in no cluster: further from each than that cluster's own trusts are.",
        noun=words.GROUPS,
        stamp=study.stamp,
    )


def _place(found: pd.DataFrame) -> tuple[Cell, ...]:
    inside, outside = (found[test] for test in (found["cluster"].notna(), found["cluster"].isna()))
    most = inside.loc[inside["probability"].astype(float).idxmax()]
    share = float(outside["probability"].sum())
    none = share > float(most["probability"])
    return (
        text_cell(found["mat_id"].iloc[0]),
        text_cell("none" if none else f"Cluster {int(most['cluster'])}"),
        number_cell(share if none else float(most["probability"])),
        number_cell(share),
    )
