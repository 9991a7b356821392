"""The calibration of the verdict: its made-up studies, its short cuts, and its document."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import binomtest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import calibration  # noqa: E402
import calibration_judging as judging  # noqa: E402
from buildingtrusts.statistics.examination import Effort, examine  # noqa: E402
from buildingtrusts.statistics.ratings import observed_scores  # noqa: E402
from buildingtrusts.statistics.verdict import Evidence, apply_rule  # noqa: E402
from buildingtrusts.study.randomness import task_generator  # noqa: E402
from calibration_document import TABLES, write_document  # noqa: E402
from calibration_studies import (  # noqa: E402
    EQUAL,
    UNEQUAL,
    Design,
    expected_ratings,
    make_study,
    null_designs,
    planted_centres,
)
from calibration_summaries import interval  # noqa: E402

FEW = Effort(draws=39, bootstraps=30, null_studies=20, null_draws=10)
SMALL = (4, 5, 5, 6, 6, 7, 8, 9)


def streams(name: str) -> partial[np.random.Generator]:
    return partial(task_generator, 1, name)


def test_there_is_a_cell_for_every_kind_of_study_without_clusters() -> None:
    designs = null_designs()
    assert len({one.name for one in designs}) == len(designs) == 28
    assert {one.distance for one in designs} == {0.0}
    assert sum(EQUAL) == 340
    assert (len(UNEQUAL), min(UNEQUAL), max(UNEQUAL), sum(UNEQUAL)) == (17, 5, 60, 338)


def test_an_icc_is_the_share_of_variance_between_trusts() -> None:
    design = Design("many", 0.3, "correlated", (400,) * 300)
    study = make_study(design, np.random.default_rng(1))
    assert study.centres.var() / (study.centres.var() + study.within**2) == pytest.approx(
        0.3, abs=0.03
    )
    off = np.corrcoef(study.centres, rowvar=False)[np.triu_indices(10, 1)]
    assert off.mean() == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("items", ["continuum_gaussian", "continuum_uniform"])
def test_on_a_continuum_every_item_moves_alike(items: str) -> None:
    study = make_study(Design("line", 0.3, items, EQUAL), np.random.default_rng(1))
    assert np.ptp(study.centres, axis=1).max() < 1e-12
    assert np.ptp(study.centres, axis=0).min() > 1


def test_planted_centres_are_equally_far_apart() -> None:
    centres = planted_centres(4.1, np.random.default_rng(1))
    np.testing.assert_allclose(pdist(centres), 4.1)
    np.testing.assert_allclose(centres.mean(axis=0), 0, atol=1e-12)


def test_the_expected_rating_is_what_endlessly_many_people_give_on_average() -> None:
    study = make_study(Design("big", 0.3, "correlated", (40_000,) * 2), np.random.default_rng(1))
    means = observed_scores(study.ratings, judging.USUAL)
    np.testing.assert_allclose(means, expected_ratings(study), atol=0.05)


def test_leaving_out_what_cannot_matter_leaves_the_verdict_as_it_is() -> None:
    """Verdicts of every kind, with the point known early and late."""
    kinds = [("correlated", 0.0, 0.0), ("continuum_uniform", 0.3, 0.0), ("correlated", 0.05, 7.0)]
    seen = set()
    for number, (items, icc, distance) in enumerate(kinds * 4):
        design = Design(f"try{number}", icc, items, SMALL * 2, distance)
        stream = streams(design.name)
        ratings = make_study(design, stream("study")).ratings
        evidence = examine(ratings, judging.USUAL, [2, 3, 4], FEW, stream)
        found = judging.judge(ratings, [2, 3, 4], FEW, stream, parts=5)
        assert found.verdict == apply_rule(evidence)
        assert (found.permanova_p, found.silhouette_p, found.k, found.smallest) == (
            *(evidence.permanova_p, evidence.silhouette_p, evidence.k, min(evidence.sizes)),
        )
        assert found.jaccard_holds in (None, evidence.clusters_return)
        quick = judging.judge(ratings, [2, 3, 4], FEW, stream, weak_matters=False)
        assert (quick.verdict == "supported") == (found.verdict == "supported")
        seen |= {found.verdict, found.jaccard_holds}
    assert seen == {"supported", "weak", "not distinguishable from noise", None, True, False}


@pytest.mark.parametrize("differ", [0.01, 0.2, float("nan")])
@pytest.mark.parametrize("apart", [0.05, 0.06])
@pytest.mark.parametrize("back", [True, False])
@pytest.mark.parametrize("smallest", [2, 3])
def test_the_rule_of_the_calibration_is_the_rule(
    differ: float, apart: float, back: bool, smallest: int
) -> None:
    jaccards = (0.9, 0.8 if back else 0.5)
    evidence = Evidence(differ, 2, apart, jaccards, (0.7, 0.7), (9, smallest))
    assert judging.verdict_of(differ, apart, back, smallest) == apply_rule(evidence)


def test_clusterboot_uses_an_object_once_and_counts_a_lost_cluster_as_zero() -> None:
    scores = np.array([[0.0], [1.0], [10.0], [11.0]])[None]
    samples = [np.array([[0, 0, 2, 3], [0, 1, 1, 0], [0, 1, 2, 3]])]
    # Drawn twice, object 0 stands for its cluster; without 2 and 3 the objects 0 and 1 part.
    first, second = judging.clusterboot_of(scores, [2], samples)[0]
    assert first == pytest.approx((1 + 0.5 + 1) / 3)
    assert second == pytest.approx((1 + 0 + 1) / 3)


def test_clusterboot_never_has_fewer_objects_than_clusters() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(3, 6, 2))
    found = judging.clusterboot(scores, [2, 5, 5], 200, rng.spawn(3))
    assert [len(one) for one in found] == [2, 5, 5]
    assert all(((one > 0) & (one <= 1)).all() for one in found)


def test_jaccards_of_many_draws_are_those_of_each() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = rng.integers(1, 4, (2, 30, 8)).astype(np.int16)
    found = judging.best_jaccards(ours, theirs, 3)
    for draw in range(30):
        for cluster in (1, 2, 3):
            mine = set(np.flatnonzero(ours[draw] == cluster))
            yours = [set(np.flatnonzero(theirs[draw] == other)) for other in (1, 2, 3)]
            best = max(len(mine & one) / max(len(mine | one), 1) for one in yours)
            assert found[draw, cluster - 1] == pytest.approx(best)


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (51, 1000)])
def test_intervals_of_shares_are_clopper_and_pearsons(hits: int, n: int) -> None:
    expected = binomtest(hits, n).proportion_ci(0.95, "exact")
    assert interval(hits, n) == pytest.approx((expected.low, expected.high))


def test_a_study_is_judged_alike_alone_and_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "EFFORT", FEW)
    design = Design("batches", 0.1, "correlated", SMALL * 2, 8.0)
    judged = partial(calibration.judge_batch, seed=1, weak_studies=2)
    whole = judged((design, range(4))).drop(columns="seconds")
    parts = pd.concat([judged((design, range(1))), judged((design, range(1, 4)))])
    pd.testing.assert_frame_equal(whole, parts.drop(columns="seconds").reset_index(drop=True))


def test_a_run_that_was_stopped_goes_on_and_judges_no_study_twice(tmp_path: Path) -> None:
    asked: list[int] = []

    def pretend(tasks: Sequence[tuple[Design, range]], weak: int) -> Iterator[pd.DataFrame]:
        for _, numbers in tasks:
            asked.extend(numbers)
            yield pd.DataFrame({"study": numbers, "full": [one < weak for one in numbers]})

    design, file = null_designs()[0], tmp_path / "cell.csv"

    def run(studies: int, weak: int) -> list[int]:
        asked.clear()
        rows = calibration.finish_cell(design, file, studies, weak, partial(pretend, weak=weak))
        assert rows["study"].tolist() == list(range(studies))
        assert (rows["full"] | (rows["study"] >= weak)).all()
        return asked.copy()

    assert run(30, 10) == list(range(30))
    assert run(50, 10) == list(range(30, 50))
    assert run(20, 10) == []
    # Studies from the eleventh on were not judged down to "weak".
    assert run(50, 15) == list(range(10, 50))


def test_a_part_writes_its_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "EFFORT", FEW)
    words = ["--studies", "2", "--jobs", "1", "--work", str(tmp_path), "--out", str(tmp_path)]
    arguments = calibration.parse(
        [*words, "--cells", "correlated-icc0-", "coverage-5-60", "mats17-each5"]
    )
    for name in ("null", "sizes", "coverage"):
        calibration.run_part(name, arguments)
        table = pd.read_csv(tmp_path / f"{name}.csv")
        assert set(table["studies"]) == {2}
    assert table["covered"].between(0, 1).all()
    assert len(table) == 4


def test_the_tables_of_the_document_are_those_of_its_files(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "calibration.md").read_text(encoding="utf-8")
    emptied, copy = text, tmp_path / "calibration.md"
    for mark in TABLES:
        emptied = re.sub(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", r"\1\2", emptied, flags=re.S)
    assert not re.search(r"^\|", emptied, flags=re.M), "a table is not between marks"
    copy.write_text(emptied, encoding="utf-8")
    write_document(copy, ROOT / "docs" / "calibration")
    assert copy.read_text(encoding="utf-8") == text
