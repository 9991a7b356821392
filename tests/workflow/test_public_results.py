"""The attack: whoever has everything that is published tries to work out what is withheld.

It is written apart from the package: it reads the published files, writes down what they say of
unknown counts and sums, and asks for the least and greatest value of each withheld number. The
unprotected results are used for what the attacker is taken to know (which clusters are nested in
which, how many answered) and to tell which numbers are small.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from buildingtrusts.cli import main
from buildingtrusts.study.plan import plan_study

from .conftest import Project

WAVES = ("2017-reconstruction", "2024-illustration")


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def publish(project: Project, out: Path, below: int, *flags: str) -> Path:
    """Publish a finished run by the step, as the rule would."""
    folder = project.folder
    words = []
    for wave in WAVES:
        tables = folder / "results" / wave / "tables"
        provenance = wave.split("-")[1]
        words += ["--wave", f"{wave}={provenance}={tables}={folder / 'data/processed' / wave}"]
        words += ["--tables", wave, *sorted(one.stem for one in tables.glob("*.csv"))]
        words += ["--drawn", wave, "strategy", "3"]
    across = folder / "results" / "tables"
    words += ["--study-tables", str(across)]
    words += ["--tables", "(study)", *sorted(one.stem for one in across.glob("*.csv"))]
    words += ["--suppress-below", str(below), "--formats", "svg", "--out", str(out), *flags]
    assert main(["publish", *words]) == 0
    return out


@pytest.fixture(scope="module", params=[3, 5])
def published(
    study: Project, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Project, Path, int]:
    """The shipped study, published with a limit."""
    return study, publish(study, tmp_path_factory.mktemp("public"), request.param), request.param


class Attack:
    """Unknown counts, what is published of them, and what can be worked out."""

    def __init__(self) -> None:
        self.place: dict[tuple, int] = {}
        self.known: list[tuple[dict[tuple, float], float]] = []

    def unknown(self, *key: object) -> tuple:
        self.place.setdefault(key, len(self.place))
        return key

    def say(self, parts: dict[tuple, float], value: float) -> None:
        self.known.append((parts, value))

    def _row(self, parts: dict[tuple, float]) -> np.ndarray:
        row = np.zeros(len(self.place))
        for key, weight in parts.items():
            row[self.place[key]] = weight
        return row

    def ends(self, parts: list[tuple]) -> tuple[float, float]:
        rows = np.array([self._row(one) for one, _ in self.known])
        values = np.array([value for _, value in self.known])
        target = self._row(dict.fromkeys(parts, 1.0))
        found = [
            milp(
                sign * target,
                integrality=np.ones(len(target)),
                bounds=Bounds(0, 500),
                constraints=LinearConstraint(rows, values, values),
            )
            for sign in (1, -1)
        ]
        return tuple(round(float(target @ one.x)) for one in found)


def attack_counts(
    results: Path, public: Path, wave: str, first: bool
) -> Iterator[tuple[tuple, int, tuple[float, float]]]:
    """Each withheld count of trusts: what it is, its true value, and what an attacker finds."""
    clusters = read(results / wave / "tables" / "clusters.csv")
    of = {
        k: dict(zip(part["mat_id"], part["cluster"], strict=True))
        for k, part in clusters.groupby("k")
        if k in ("2", "3")
    }
    inside = {
        (k, one): sorted({of["3"][mat] for mat in of[k] if of[k][mat] == one})
        for k in of
        for one in set(of[k].values())
    }
    attack = Attack()
    questions: list[tuple[tuple, list[tuple], int]] = []

    def take(key: tuple, shown: str, parts: list[tuple], true: int) -> None:
        if shown == "[z]":
            attack.say(dict.fromkeys(parts, 1.0), 0.0)
        elif shown == "[c]":
            questions.append((key, parts, true))
        else:
            attack.say(dict.fromkeys(parts, 1.0), float(shown))

    table, true = (read(folder / wave / "tables" / "crosstabs.csv") for folder in (public, results))
    for (_, row), n in zip(table.iterrows(), true["n"], strict=True):
        parts = [
            attack.unknown(row["attribute"], row["level"], one)
            for one in inside[row["k"], row["cluster"]]
        ]
        key = (row["k"], row["attribute"], row["level"], row["cluster"])
        take(key, row["n"], parts, int(n))
    final = sorted(set(of["3"].values()))
    for attribute, part in table.groupby("attribute"):
        for one in final:
            whole = {(attribute, level, one): 1.0 for level in part["level"].unique()}
            attack.say({**whole, attack.unknown("size", one): -1.0}, 0.0)
    for _, row in read(public / wave / "tables" / "partitions.csv").iterrows():
        if row["k"] in of:
            for number, shown in enumerate(row["sizes"].split(";"), start=1):
                parts = [("size", one) for one in inside[row["k"], str(number)]]
                size = sum(one == str(number) for one in of[row["k"]].values())
                take((row["k"], "size", number), shown, parts, size)
    sample = read(public / wave / "tables" / "sample.csv").query("role == 'all'")
    sizes = [("size", one) for one in final]
    counted = read(results / wave / "tables" / "sample.csv").query("role == 'all'")
    others = [attack.unknown("others")]
    n_others = int((counted["clustered"] == "False").sum())
    for clustered, parts, n in (
        ("True", sizes, len(of["3"])),
        ("False", others, n_others),
        ("all", [*sizes, *others], len(counted)),
    ):
        shown = sample.loc[sample["clustered"] == clustered, "n_mats"].item()
        take(("trusts", clustered), shown, parts, n)
    if first:
        beside, true = (read(folder / "tables" / "population.csv") for folder in (public, results))
        levels = dict(list(table.groupby("attribute")["level"].unique().items()))
        for (_, row), n in zip(beside.iterrows(), true["n_sample"], strict=True):
            attribute, level = row["attribute"], row["level"]
            if attribute not in levels or n == "":
                continue
            inner = [(attribute, level, one) for one in final if level in levels[attribute]]
            other = attack.unknown("other", attribute, level)
            take(("sample", attribute, level), row["n_sample"], [*inner, other], int(n))
        for attribute in set(beside["attribute"]) & set(levels):
            here = beside.loc[
                (beside["attribute"] == attribute) & (true["n_sample"] != ""), "level"
            ]
            if here.empty:
                continue
            rest = {("other", attribute, level): 1.0 for level in here}
            attack.say({**rest, ("others",): -1.0}, 0.0)
    for key, parts, n in questions:
        yield key, n, attack.ends(parts)


@pytest.mark.parametrize("wave", WAVES)
def test_no_withheld_count_of_trusts_is_worked_out(
    published: tuple[Project, Path, int], wave: str
) -> None:
    project, public, below = published
    found = list(attack_counts(project.folder / "results", public, wave, wave == WAVES[0]))
    assert len(found) > 10
    for key, n, (low, high) in found:
        assert low <= n <= high, f"{key}: the attack itself is wrong"
        assert high - low >= (below if n < below else 1), (key, n, low, high)


def test_the_attack_succeeds_where_small_cells_alone_are_withheld(
    published: tuple[Project, Path, int], tmp_path: Path
) -> None:
    project, public, below = published
    results, wave = project.folder / "results", WAVES[0]
    for part in (f"{wave}/tables", "tables"):
        (tmp_path / part).mkdir(parents=True)
    for name in ("sample", "partitions"):
        copy = (public / wave / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        (tmp_path / wave / "tables" / f"{name}.csv").write_text(copy, encoding="utf-8")
    true = (results / "tables" / "population.csv").read_text(encoding="utf-8")
    (tmp_path / "tables" / "population.csv").write_text(true, encoding="utf-8")
    cells = read(results / wave / "tables" / "crosstabs.csv")
    cells["n"] = ["[c]" if int(n) < below else n for n in cells["n"]]
    cells.to_csv(tmp_path / wave / "tables" / "crosstabs.csv", index=False)
    found = list(attack_counts(results, tmp_path, wave, True))
    assert sum(low == high for _, _, (low, high) in found) > 5


def attack_means(
    results: Path, processed: Path, public: Path, wave: str
) -> Iterator[tuple[tuple, bool, float]]:
    """Each withheld mean: whether it is over few, and how far its values stretch on its scale."""
    table = read(public / wave / "tables" / "profiles.csv")
    table = table[table["weighting"] == "responses"]
    responses = pd.read_csv(processed / wave / "responses.csv", dtype={"mat_id": str, "role": str})
    book = read(processed / wave / "codebook.csv").set_index(["block", "item"])
    clusters = read(results / wave / "tables" / "clusters.csv")
    of = {
        k: dict(zip(part["mat_id"], part["cluster"], strict=True))
        for k, part in clusters.groupby("k")
        if k in ("2", "3")
    }
    mats = responses["mat_id"]
    final = mats.map(of["3"]).fillna("others")
    role = responses["role"].fillna("(none)")
    for (block, item), part in table.groupby(["block", "item"], sort=False):
        answered = responses[f"{block}__{item}"].notna()
        values = responses.loc[answered, f"{block}__{item}"]
        atom = (final + "|" + role)[answered]
        numbers = atom.value_counts()
        low, high = (float(book.loc[(block, item), end]) for end in ("min", "max"))
        told, asked = [], []
        if (part["scaled_mean"] != "[c]").any():
            told.append((pd.Series(True, index=values.index), float(values.mean())))
        for _, row in part.iterrows():
            inside = mats[answered].map(of[row["k"]]) == row["cluster"]
            chosen = inside & ((role[answered] == row["role"]) | (row["role"] == "all"))
            if row["mean"] == "[c]":
                asked.append(((row["k"], row["cluster"], row["role"], item), chosen))
            elif row["mean"] != "[x]":
                told.append((chosen, 0.0 if row["mean"] == "[low]" else float(row["mean"])))
                assert abs(values[chosen].mean() - told[-1][1]) < 0.0051
        asked.append((("others", item), ~mats[answered].isin(of["3"])))
        rows = [numbers.index.isin(atom[chosen].unique()).astype(float) for chosen, _ in told]
        # Two decimals leave half a hundredth to each side.
        most = [(mean + 0.0051) * chosen.sum() for chosen, mean in told]
        least = [(mean - 0.0051) * chosen.sum() for chosen, mean in told]
        for key, chosen in asked:
            n = int(chosen.sum())
            if not n:
                continue
            target = numbers.index.isin(atom[chosen].unique()).astype(float)
            ends = []
            for sign in (1, -1):
                done = linprog(
                    sign * target,
                    A_ub=np.vstack([np.array(rows), -np.array(rows)]) if rows else None,
                    b_ub=np.concatenate([most, -np.array(least)]) if rows else None,
                    bounds=[(low * one, high * one) for one in numbers],
                )
                ends.append(sign * done.fun / n)
            few = mats[answered][chosen].nunique(), n
            yield key, few, (ends[1] - ends[0]) / (high - low)


@pytest.mark.parametrize("wave", WAVES)
def test_no_withheld_mean_is_worked_out(published: tuple[Project, Path, int], wave: str) -> None:
    project, public, below = published
    folder = project.folder
    found = list(attack_means(folder / "results", folder / "data/processed", public, wave))
    small = [(key, stretch) for key, few, stretch in found if min(few) < below]
    assert len(small) > 20
    assert [one for one in small if one[1] < 0.2 - 1e-3] == []


def test_nothing_published_names_a_trust_or_a_person(published: tuple[Project, Path, int]) -> None:
    project, public, _ = published
    responses = read(project.folder / "data/processed" / WAVES[0] / "responses.csv")
    names = {*responses["mat_id"], *responses["respondent_id"]}
    for path in public.rglob("*.csv"):
        for column in read(path).to_numpy().T:
            assert not names & set(column), path


def test_figures_are_drawn_from_what_is_published(published: tuple[Project, Path, int]) -> None:
    _, public, _ = published
    drawn = {path.relative_to(public).as_posix() for path in public.rglob("*.svg")}
    assert drawn == {
        f"{wave}/figures/{name}.svg"
        for wave in WAVES
        for name in ("figure_2_strategy_profiles", "operations_profiles")
    }
    shown = read(public / WAVES[0] / "figures" / "figure_2_strategy_profiles.csv")
    assert "n_mats" not in shown.columns
    told = read(public / WAVES[0] / "tables" / "profiles.csv").query(
        "k == '3' and role == 'all' and weighting == 'responses' and scaled_mean != '[c]'"
    )
    assert set(shown["cluster"]) <= set(told["cluster"])


def test_the_readme_opens_with_whose_answers_they_are(
    published: tuple[Project, Path, int],
) -> None:
    text = (published[1] / "README.md").read_text(encoding="utf-8")
    assert text.startswith("**These are not the survey's responses.**")


def test_the_plan_asks_for_what_the_step_writes(study: Project, monkeypatch) -> None:
    monkeypatch.chdir(study.folder)
    plan = plan_study({"publish": {"suppress_below": 3}})
    asked = {path for path in plan.wanted() if "/public/" in path}
    assert "results/public/README.md" in asked
    assert "results/public/2017-reconstruction/tables/crosstabs.csv" in asked
    assert not any("clusters.csv" in path or "ledger" in path for path in asked)
    assert not [path for path in plan_study({}).wanted() if "public" in path]
