"""What spans waves: change, the official register, interviews, and published statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from buildingtrusts.output.figures.words import count, join, plain, rounded_half_up
from buildingtrusts.output.methods.manuscript import Paragraph, escape
from buildingtrusts.output.methods.material import RunMaterial
from buildingtrusts.output.methods.prose import (
    LEVEL,
    NAMED,
    attribute,
    counted,
    few,
    in_brackets,
    number,
    of_them,
    p_value,
)
from buildingtrusts.output.methods.wave_methods import items_of
from buildingtrusts.output.paper.table import PLACES

if TYPE_CHECKING:
    import pandas as pd

#: The ledger's bases whose claims are computed from the answers of a wave.
_OF_ANSWERS = ("calibrated", "emergent", "data")
_BASES = {
    "calibrated": "to which the answers were fitted or which they were made to show",
    "emergent": "that can be checked and to which the answers were not fitted",
    "data": "computed from the survey's responses",
    "derived": "that rest on what is printed alone",
    "register": "that rest on the official register",
}
#: What came of statements, of one and of several, in the order in which they are told.
_VERDICTS = {
    "reproduced": ("was reproduced", "were reproduced"),
    "differs": ("differed", "differed"),
    "tie": ("was tied", "were tied"),
    "report inconsistent": (
        "was contradicted in the report itself",
        "were contradicted in the report itself",
    ),
    "computed only": ("had no published number beside it", "had no published number beside them"),
    "not computable": ("could not be computed", "could not be computed"),
}
#: What came of all of several, where that is not said with "all".
_ALL = {
    "not computable": "none could be computed",
    "computed only": "none had a published number beside it",
}


def change(run: RunMaterial) -> Iterator[Paragraph]:
    """How waves were compared, and what changed; nothing for a single wave."""
    if len(run.waves) < 2:
        return
    draws = run.choices["tracking"]["draws"]
    yield Paragraph(
        "change",
        "method",
        "Clusters of a wave were matched to those of the latest earlier wave with as many by the "
        "smallest sum of distances between centroids on the items that both asked [@kuhn1955]. "
        "Agreement of partitions over the trusts that both waves have is the adjusted Rand index "
        "[@hubert1985]. Each wave was also clustered again on those items of the clustered block "
        "that all waves asked. Change of an item is the mean over trusts of their own change, in "
        f"points of the earlier wave's scale, with a paired 95% percentile bootstrap over trusts "
        f"[@efron1993] ({draws:,} draws). These intervals are not adjusted for the number of "
        "items. Trusts that only the later wave clustered were placed among the earlier clusters "
        "by average distance, their staff resampled.",
    )
    for key, said in (
        ("agreement", " ".join(filter(None, (_agreement(run), _common(run))))),
        ("items", _items(run)),
        ("new", _new(run)),
    ):
        if said:
            yield Paragraph(key, "result", said, run.stamp)


def _agreement(run: RunMaterial) -> str:
    table = run.table("wave_agreement")
    if table is None:
        return ""
    said, nobody = [], []
    for (before, after), rows in table.groupby(["from_wave", "to_wave"], sort=False):
        between, n = f"{escape(before)} and {escape(after)}", int(rows["n_mats"].iloc[0])
        known = rows[rows["adjusted_rand"].notna()]
        if len(known):
            said.append(
                f"{_at_each_k(known)} between {between} ({count(n, 'trust')} clustered in both)"
            )
        elif not n:
            nobody.append(f"in both {between}")
    where = in_brackets(run.see("transitions"))
    parts = [
        f"The adjusted Rand index{where} was {'; '.join(said)}." if said else "",
        f"No trust was clustered {join(nobody)}." if nobody else "",
    ]
    return " ".join(filter(None, parts))


def _at_each_k(rows: pd.DataFrame) -> str:
    return join([f"{number(row.adjusted_rand)} at k = {int(row.k)}" for row in rows.itertuples()])


def _common(run: RunMaterial) -> str:
    items, agreement = run.table("common_items"), run.table("common_agreement")
    if items is None or agreement is None:
        return ""
    used = items[items["in_common_clustering"].astype(bool)]
    reported = {k for wave in run.waves for k in wave.declared["cluster"]["report_k"]}
    known = agreement[agreement["k"].isin(reported) & agreement["adjusted_rand"].notna()]
    between = known[known["wave"] != known["other_wave"]]
    within = known[known["wave"] == known["other_wave"]]
    if not len(used) or not len(between):
        return ""
    n = int((used["wave"] == used["wave"].iloc[0]).sum())
    if all(n == len(items_of(wave, wave.declared["cluster"]["block"])) for wave in run.waves):
        # The waves asked the same, so that this clustering is their own.
        return ""
    said = [
        f"{_at_each_k(rows)} between {escape(before)} and {escape(after)}"
        for (before, after), rows in between.groupby(["wave", "other_wave"], sort=False)
    ]
    text = f"On the {counted(n, 'item')} that all waves asked, it was {'; '.join(said)}"
    if len(within):
        ends = (within["adjusted_rand"].min(), within["adjusted_rand"].max())
        low, high = map(number, ends)
        span = low if low == high else f"{low} to {high}"
        text += f"; of a wave's partitions on these items with its own on all items it was {span}"
    return f"{text}."


def _items(run: RunMaterial) -> str:
    table = run.table("changes")
    if table is None:
        return ""
    whole = table[(table["stratum"] == "all") & table["change"].notna()]
    said: list[str] = []
    for (before, after), rows in whole.groupby(["from_wave", "to_wave"], sort=False):
        clear = rows[(rows["ci_low"] > 0) | (rows["ci_high"] < 0)]
        order = clear["change"].abs().sort_values(ascending=False, kind="stable").index
        named = [
            f"{_label(run, str(after), row['block'], row['item'])} ({escape(row['block'])}; "
            f"{number(row['change'])}, interval {_end(row['ci_low'])} to {_end(row['ci_high'])})"
            for row in clear.loc[order[:NAMED]].to_dict("records")
        ]
        most = "the largest being those of" if len(clear) > NAMED else "namely"
        said.append(
            f"from {escape(before)} to {escape(after)} the 95% interval of the change excluded 0 "
            f"for {of_them(len(clear))} of {counted(len(rows), 'item')}"
            + (in_brackets(run.see("changes")) if not said else "")
            + (f", {most} {join(named)}" if named else "")
        )
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}." if said else ""


def _label(run: RunMaterial, wave: str, block: str, item: str) -> str:
    # Changes go by the item's name in the earlier wave, which the later one may not know.
    label = item
    for one in sorted(run.waves, key=lambda one: one.name != wave):
        book = one.tables["codebook"]
        found = book[(book["block"] == block) & (book["item"] == item)]
        if len(found):
            label = str(found["label"].iloc[0])
            break
    return f"“{escape(label)}”"


def _end(value: float) -> str:
    """An end of an interval, with as many decimals as show that it is not 0."""
    places = next((n for n in (2, 3, 4) if round(value, n) != 0), PLACES["decimal"])
    return f"{rounded_half_up(float(value), places)}".replace("-", "\u2212")


def _new(run: RunMaterial) -> str:
    table = run.table("new_trusts")
    if table is None:
        return ""
    # Of each trust the row that most draws end in, at the largest k.
    shown = table[table["k"] == table.groupby(["from_wave", "to_wave"])["k"].transform("max")]
    shown = shown.sort_values("probability", ascending=False, kind="stable")
    first = shown.drop_duplicates(["from_wave", "to_wave", "mat_id"])
    said = []
    for (before, after, k), rows in first.groupby(["from_wave", "to_wave", "k"], sort=False):
        places = rows["cluster"].value_counts(dropna=False).sort_index()
        where = [
            f"{few(int(n))} in " + ("none" if cluster != cluster else f"cluster {int(cluster)}")
            for cluster, n in places.items()
        ]
        said.append(
            f"Of {counted(len(rows), 'trust')} clustered in {escape(after)} and not in "
            f"{escape(before)}, most draws put {join(where)} of its {counted(int(k), 'cluster')}"
        )
    return f"{'; '.join(said)}{in_brackets(run.see('new_trusts'))}."


def register(run: RunMaterial) -> Iterator[Paragraph]:
    """How the sample was set beside the official register, and how they differ."""
    tests = run.table("population_tests")
    if tests is None:
        return
    extract = escape(tests["extract"].iloc[0])
    yield Paragraph(
        "register",
        "method",
        f"The clustered trusts of {escape(run.waves[0].name)} were set beside the trusts of the "
        f"official register (Get Information About Schools, extract {extract}). Whether they could "
        "be a simple random sample was tested attribute by attribute by the exact test "
        "[@freeman1951] on the hypergeometric distribution, Holm-adjusted [@holm1979] within each "
        "frame; the effect size is the index of dissimilarity [@duncan1955] (D), beside its 95% "
        "point under random drawing.",
    )
    tested = tests[tests["p_value"].notna()]
    said = [_frame(run, str(frame), rows) for frame, rows in tested.groupby("frame", sort=False)]
    if said:
        yield Paragraph("sample", "result", " ".join(said), run.waves[0].stamp)


def _frame(run: RunMaterial, frame: str, rows: pd.DataFrame) -> str:
    least = re.fullmatch(r"(\d+)\+", frame)
    whom = "all trusts of the register" if frame == "all" else f"the frame {escape(frame)}"
    if least:
        whom = f"trusts with {few(int(least[1]))} or more schools"
    found = rows.sort_values("p_value", kind="stable").to_dict("records")
    odd = [row for row in found if row["p_adjusted"] <= LEVEL]
    named = [
        f"{attribute(row['attribute'])} (adjusted {p_value(row['p_adjusted'])}; D = "
        f"{number(row['dissimilarity'])}, 95% point by chance {number(row['null_q95'])})"
        for row in odd or found[:1]
    ]
    where = in_brackets(run.see("population") if frame == "all" else "")
    how = f"of {counted(len(found), 'attribute')} after Holm's adjustment"
    differed = f"Beside {whom}{where}, the clustered trusts differed from a random draw in"
    if not odd:
        return f"{differed} none {how}; the smallest p was for {named[0]}."
    return f"{differed} {few(len(odd))} {how}: {join(named)}."


def interviews(run: RunMaterial) -> Iterator[Paragraph]:
    """How interviews were counted and tested, and what they say."""
    table, tests = run.table("interviews"), run.table("interview_tests")
    if table is None:
        return
    draws = run.choices["crosstabs"]["draws"]
    yield Paragraph(
        "interviews",
        "method",
        "Coded excerpts of interviews count once a trust: a trust's weight on an area is the mean "
        "over its excerpts, and a break point is met if any excerpt carries it. Break points were "
        "tested against attributes of the trusts by the exact test [@freeman1951] (Monte Carlo "
        f"with {draws:,} draws where tables are too many), Holm-adjusted [@holm1979] within each "
        "attribute. Clusters were not tested: too few trusts were surveyed and interviewed.",
    )
    for name, rows in table.groupby("interviews", sort=False):
        own = None if tests is None else tests[tests["interviews"] == name]
        text = " ".join(filter(None, (_mentions(run, str(name), rows), _break_tests(own))))
        yield Paragraph(f"set {name}", "result", text, run.interviews.get(str(name), run.stamp))


def _mentions(run: RunMaterial, name: str, rows: pd.DataFrame) -> str:
    whole = rows[(rows["measure"] == "break_point") & (rows["level"] == "(all)")]
    met = whole[whole["n_coded"] > 0]
    met = met.sort_values("share", ascending=False, kind="stable").head(NAMED)
    text = f"The set {escape(name)} covers {count(int(rows['n_mats'].max()), 'trust')}"
    if not len(met):
        return f"{text}."
    said = [
        f"“{escape(plain(row['code']).lower())}” ({int(row['n_coded'])})"
        for row in met.to_dict("records")
    ]
    where = in_brackets(run.see("break_points"))
    most = "point mentioned is" if len(met) == 1 else "points mentioned most often are"
    return f"{text}; the break {most} {join(said)}{where}."


def _break_tests(own: pd.DataFrame | None) -> str:
    if own is None or not own["p_value"].notna().any():
        return ""
    known = own[own["p_value"].notna()]
    passed = int((known["p_adjusted"] <= LEVEL).sum())
    row = known.sort_values("p_value", kind="stable").iloc[0]
    return (
        f"Of {counted(len(known), 'test')} {of_them(passed)} had an adjusted p "
        f"of at most {LEVEL}; the smallest p was for "
        f"“{escape(plain(str(row['code'])).lower())}” by {attribute(row['group'])} "
        f"({p_value(row['p_value'])}, adjusted {p_value(row['p_adjusted'])})."
    )


def report(run: RunMaterial) -> Iterator[Paragraph]:
    """How published statements were recomputed, and what came of them by basis."""
    ledger = run.table("ledger")
    if ledger is None:
        return
    yield Paragraph(
        "ledger",
        "method",
        "Published statements, those of the report *Building Trusts* [@baars2018] among them, were "
        "written down as data with their tolerances before anything was compared, and recomputed. "
        "They are counted by survey and by what each computation rests on, and never added up over "
        "these.",
    )
    surveys = list(dict.fromkeys(ledger["survey"]))
    for basis, what in _BASES.items():
        for survey in surveys:
            rows = ledger[(ledger["basis"] == basis) & (ledger["survey"] == survey)]
            if len(rows):
                of_one = f" on {escape(survey)}" if len(surveys) > 1 else ""
                text = f"Of {count(len(rows), 'statement')}{of_one} {what}, {_came_of(rows)}"
                where = in_brackets(run.see("ledger_counts"))
                key = f"{basis} {survey}" if of_one else basis
                stamp = _stamp_of(rows, run) if basis in _OF_ANSWERS else ""
                yield Paragraph(key, "result", f"{text}{where}.", stamp)


def _came_of(rows: pd.DataFrame) -> str:
    """How many statements got each verdict; of several with the same one, that all did."""
    counts = rows["verdict"].value_counts()
    said = [
        f"{counts[word]:,} {came[int(counts[word] != 1)]}"
        for word, came in _VERDICTS.items()
        if word in counts
    ]
    if len(rows) > 1 == len(said):
        word = str(rows["verdict"].iloc[0])
        return _ALL.get(word, f"all {_VERDICTS[word][1]}")
    return join(said)


def _stamp_of(rows: pd.DataFrame, run: RunMaterial) -> str:
    """Of the waves that the statements were recomputed from; of all, if these are not known."""
    from_these = [wave.stamp for wave in run.waves if wave.name in set(rows["wave"])]
    return " · ".join(dict.fromkeys(filter(None, from_these))) if from_these else run.stamp
