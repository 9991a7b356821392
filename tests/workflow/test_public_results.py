"""The attack: whoever has everything that is published tries to work out what is withheld.

It is written apart from the package: it reads the published files, writes down what they say of
unknown counts and sums, and asks for the least and greatest value of each withheld number. The
unprotected results are used for what the attacker is taken to know (which clusters are nested in
which, how many answered) and to tell which numbers are small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from buildingtrusts.cli import main
from buildingtrusts.study.plan import plan_study

from .conftest import Project

STANDARDISED = ("standardisation",)
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


class Ratings:
    """The answers to one item, what is published of them, and what is asked about."""

    def __init__(self, responses: pd.DataFrame, column: str, final: pd.Series) -> None:
        there = responses[column].notna()
        self.values = responses.loc[there, column].to_numpy(dtype=float)
        self.mats = responses.loc[there, "mat_id"].to_numpy()
        self.roles = responses.loc[there, "role"].fillna("(none)").to_numpy()
        self.final = final[there].to_numpy()
        self.told: list[tuple[np.ndarray, str, str, str]] = []
        self.asked: list[tuple[tuple, np.ndarray]] = []

    def take(self, key: tuple, whose: np.ndarray, mean: str, sd: str, median: str) -> None:
        """A published row; low means are close to 0."""
        if mean == "[c]":
            self.asked.append((key, whose))
        elif mean != "[x]":
            self.told.append((whose, mean.replace("[low]", "0"), sd, median))
            assert abs(self.values[whose].mean() - float(self.told[-1][1])) < 0.0051

    def ask_everybody(self) -> None:
        """Each trust, those that are not clustered, and somebody of each role of each cluster."""
        for mat in dict.fromkeys(self.mats):
            self.asked.append((("trust", mat), self.mats == mat))
        self.asked.append((("others",), self.final == "others"))
        for cluster, role in dict.fromkeys(zip(self.final, self.roles, strict=True)):
            first = np.flatnonzero((self.final == cluster) & (self.roles == role))[0]
            one = np.arange(len(self.values)) == first
            self.asked.append((("person", cluster, role), one))

    def few(self, whose: np.ndarray, below: int) -> bool:
        return bool(whose.any()) and min(len(set(self.mats[whose])), whose.sum()) < below


def published_ratings(
    results: Path, processed: Path, public: Path, wave: str
) -> Iterator[tuple[tuple[str, str], Ratings, float, float]]:
    """The items with all that is published of their means, and the ends of their scales."""
    table, samples = (
        read(public / wave / "tables" / f"{name}.csv") for name in ("profiles", "standardisation")
    )
    table = table[table["weighting"] == "responses"]
    responses = pd.read_csv(processed / wave / "responses.csv", dtype={"mat_id": str, "role": str})
    book = read(processed / wave / "codebook.csv").set_index(["block", "item"])
    clusters = read(results / wave / "tables" / "clusters.csv")
    of = {
        k: dict(zip(part["mat_id"], part["cluster"], strict=True))
        for k, part in clusters.groupby("k")
        if k in ("2", "3")
    }
    final = responses["mat_id"].map(of["3"]).fillna("others")
    for (block, item), part in table.groupby(["block", "item"], sort=False):
        found = Ratings(responses, f"{block}__{item}", final)
        for row in part.itertuples():
            inside = np.array([of[row.k].get(mat) == row.cluster for mat in found.mats])
            whose = inside & ((found.roles == row.role) | (row.role == "all"))
            found.take((row.k, row.cluster, row.role), whose, row.mean, row.sd, row.median)
        everybody = np.full(len(found.values), True)
        if (part["scaled_mean"] != "[c]").any():
            # A scaled mean and the mean give the mean and the standard deviation of all answers.
            all_of = f"{found.values.mean():.2f}", f"{found.values.std(ddof=1):.2f}", "[c]"
            found.take(("all",), everybody, *all_of)
        for row in samples[samples["item"] == item].itertuples() if block in STANDARDISED else ():
            central = np.isin(found.roles, ["ceo", "central_team"])
            sides = {"central": central, "local": found.roles == "school_leader"}
            if row.sample in ("all", *sides):
                whose = sides.get(row.sample, everybody)
                found.take((row.sample,), whose, row.mean, "[c]", row.median)
        found.ask_everybody()
        low, high = (float(book.loc[(block, item), end]) for end in ("min", "max"))
        yield (block, item), found, low, high


def ends_of_mean(
    target: np.ndarray, n: int, limits: np.ndarray, most: np.ndarray, bounds: list, **more: object
) -> tuple[float, float]:
    found = [
        linprog(sign * target, A_ub=limits, b_ub=most, bounds=bounds, **more).fun
        for sign in (1, -1)
    ]
    return found[0] / n, -found[1] / n


@pytest.mark.parametrize("wave", WAVES)
def test_no_mean_of_few_is_a_combination_of_published_means(
    published: tuple[Project, Path, int], wave: str
) -> None:
    """Linear algebra over means times their numbers of answers: exact recovery."""
    project, public, below = published
    folder, tried = project.folder, 0
    where = (folder / "results", folder / "data/processed", public, wave)
    for item, found, _, _ in published_ratings(*where):
        told = np.array([whose for whose, *_ in found.told], dtype=float)
        for key, whose in found.asked:
            if len(told) and found.few(whose, below):
                weights = np.linalg.lstsq(told.T, whose.astype(float), rcond=None)[0]
                assert np.abs(weights @ told - whose).max() > 1e-6, (item, key)
                tried += 1
    assert tried > 500


@pytest.mark.parametrize("wave", WAVES)
def test_no_mean_of_few_and_no_answer_is_narrowed_down_by_published_means(
    published: tuple[Project, Path, int], wave: str
) -> None:
    """Every person is an unknown number: small groups, each trust, and somebody of each role."""
    project, public, below = published
    folder = project.folder
    where = (folder / "results", folder / "data/processed", public, wave)
    for item, found, low, high in list(published_ratings(*where))[::6]:
        told = np.array([whose for whose, *_ in found.told], dtype=float)
        means = np.array([float(mean) for _, mean, *_ in found.told])
        # Two decimals leave half a hundredth to each side.
        n = told.sum(axis=1)
        limits = np.vstack([told, -told])
        most = np.concatenate([(means + 0.0051) * n, -(means - 0.0051) * n])
        for key, whose in found.asked:
            if found.few(whose, below):
                bounds = [(low, high)] * len(whose)
                ends = ends_of_mean(whose.astype(float), whose.sum(), limits, most, bounds)
                true = found.values[whose].mean()
                assert ends[0] - 1e-6 <= true <= ends[1] + 1e-6, "the attack itself is wrong"
                assert ends[1] - ends[0] >= 0.2 * (high - low) - 1e-3, (item, key, ends)


@pytest.mark.parametrize("wave", WAVES)
def test_no_mean_of_few_is_narrowed_down_by_standard_deviations_and_medians(
    published: tuple[Project, Path, int], wave: str
) -> None:
    """How many of each role of each trust gave each answer is an unknown number."""
    project, public, below = published
    folder = project.folder
    where = (folder / "results", folder / "data/processed", public, wave)
    with_spread = [
        one for one in published_ratings(*where) if any(sd != "[c]" for _, _, sd, _ in one[1].told)
    ]
    for item, found, low, high in with_spread[::12]:
        possible = np.arange(low, high + 1)
        cells = list(dict.fromkeys(zip(found.mats, found.roles, strict=True)))
        at = np.array([cells.index(one) for one in zip(found.mats, found.roles, strict=True)])
        size = np.bincount(at).astype(float)
        limits, most = [], []

        def over(whose: np.ndarray, weights: np.ndarray, at=at, cells=cells) -> np.ndarray:
            return np.outer(np.isin(np.arange(len(cells)), at[whose]), weights).ravel() * 1.0

        def between(row: np.ndarray, least: float, greatest: float, limits=limits, most=most):
            limits.extend([row, -row])
            most.extend([greatest, -least])

        for whose, mean, sd, median in found.told:
            n, m = int(whose.sum()), float(mean)
            between(over(whose, possible), (m - 0.0051) * n, (m + 0.0051) * n)
            if sd not in ("[c]", "[x]"):
                spread = float(sd.replace("[low]", "0"))
                least, greatest = ((n - 1) * max(spread + d, 0) ** 2 for d in (-0.0051, 0.0051))
                # Around the published mean, which is off by half a hundredth at most.
                between(over(whose, (possible - m) ** 2), least, greatest + n * 0.0051**2)
            if median not in ("[c]", "[x]"):
                middle = float(median)
                for side in (possible < middle - 0.0051, possible > middle + 0.0051):
                    between(over(whose, side), 0.0, n // 2)
        sizes = np.kron(np.eye(len(cells)), np.ones(len(possible)))
        bounds = [(0.0, one) for one in np.repeat(size, len(possible))]
        for key, whose in found.asked:
            whole = np.bincount(at[whose], minlength=len(cells))
            # A group that is no union of these is one person of several.
            if found.few(whose, below) and (whole == np.where(whole > 0, size, 0)).all():
                ends = ends_of_mean(
                    over(whose, possible),
                    int(whose.sum()),
                    np.array(limits),
                    np.array(most),
                    bounds,
                    A_eq=sizes,
                    b_eq=size,
                )
                assert ends[1] - ends[0] >= 0.2 * (high - low) - 1e-3, (item, key, ends)


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text.replace("−", "")))


def test_nothing_is_published_but_what_the_step_made(published: tuple[Project, Path, int]) -> None:
    project, public, _ = published
    files = {path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file()}
    assert {Path(path).suffix for path in files} == {".csv", ".md", ".svg", ".txt"}
    folders = {path.rsplit("/", 1)[0] if "/" in path else "" for path in files}
    kinds = {f"{wave}/{kind}" for wave in WAVES for kind in ("tables", "figures")}
    assert folders == {"", "tables", *kinds}
    texts = [path for path in files if path.endswith((".txt", ".md", ".svg"))]
    for path in texts:
        copied = project.folder / "results" / path
        if copied.is_file():
            assert copied.read_bytes() != (public / path).read_bytes(), path


def test_no_text_or_figure_holds_a_number_that_the_tables_withhold(
    published: tuple[Project, Path, int],
) -> None:
    """Full digits are those of unprotected tables; numbers in words are those of the data."""
    project, public, _ = published
    results = project.folder / "results"
    # The report printed its counts, of which the reconstruction has the same.
    printed = {"published_associations", "ensemble"}
    everything = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(public.rglob("*"))
        if path.is_file() and path.stem not in printed
    )
    withheld: set[str] = set()
    for path in public.rglob("tables/*.csv"):
        shown, true = read(path), read(results / path.relative_to(public))
        if shown.shape != true.shape:
            # Rows are left out, or added up.
            assert path.stem in ("sample", "multiverse", "interviews"), path
            continue
        for column in shown:
            withheld |= {
                value
                for value in true.loc[shown[column] == "[c]", column]
                if len(value.partition(".")[2]) > 5
            }
    assert len(withheld) > 1000
    longs = set(re.findall(r"\d+\.\d{6,}", everything))
    assert not withheld & longs
    for path in public.rglob("*.txt"):
        data = pd.read_csv(path.with_suffix(".csv"))
        numbers = data.select_dtypes("number")
        averages = numbers.groupby(data["item"]).mean() if "item" in data else numbers
        known = [*numbers.to_numpy().ravel(), *averages.to_numpy().ravel()]
        rounded = {f"{abs(n):.{places}f}" for n in known for places in (1, 2)}
        told = path.read_text(encoding="utf-8").splitlines()[0]
        decimals = {n for n in numbers_in(told) if "." in n}
        assert decimals <= rounded, (path, decimals - rounded)


def test_interviews_are_counted_over_all_trusts_alone(
    published: tuple[Project, Path, int],
) -> None:
    project, public, below = published
    shown = read(public / "tables" / "interviews.csv")
    true = read(project.folder / "results" / "tables" / "interviews.csv").query("group == 'all'")
    assert set(shown["group"]) == {"all"}
    for (_, row), (_, one) in zip(shown.iterrows(), true.iterrows(), strict=True):
        n, coded = int(one["n_mats"]), int(one["n_coded"])
        assert (row["n_coded"] == "[c]") == (min(coded, n - coded) < below)


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
        for name in ("figure_2_strategy_profiles", "operations_profiles", "crosstabs")
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


def test_a_set_is_asked_for_on_the_command_line(study: Project) -> None:
    flags = [*study.configuration, "--dry-run", "--config"]
    asked = study.snakemake(*flags, "publish={suppress_below: 3}")
    assert asked.returncode == 0, asked.stdout
    assert "results/public/README.md" in asked.stdout
    wrong = study.snakemake(*flags, "publish={suppress_below: 1}")
    assert "--config, column 'publish.suppress_below': found '1'" in wrong.stdout


def test_the_plan_asks_for_what_the_step_writes(study: Project, monkeypatch) -> None:
    monkeypatch.chdir(study.folder)
    plan = plan_study({"publish": {"suppress_below": 3}})
    asked = {path for path in plan.wanted() if "/public/" in path}
    assert "results/public/README.md" in asked
    assert "results/public/2017-reconstruction/tables/crosstabs.csv" in asked
    assert not any("clusters.csv" in path or "ledger" in path for path in asked)
    assert not [path for path in plan_study({}).wanted() if "public" in path]
