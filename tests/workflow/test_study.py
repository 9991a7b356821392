"""The study as shipped: what it finds, and that nothing in it was read from the report."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import numpy as np

from .conftest import Project

WAVE = "2017-reconstruction"


def ledger(project: Project) -> list[dict[str, str]]:
    path = project.folder / "results" / "tables" / "ledger.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_no_claim_differs_that_was_fitted_derived_or_counted_in_the_register(
    study: Project,
) -> None:
    counts = Counter((row["basis"], row["verdict"]) for row in ledger(study))
    assert counts["calibrated", "reproduced"] > 100
    assert counts["derived", "reproduced"] > 20
    for basis in ("calibrated", "derived", "register"):
        assert counts[basis, "differs"] == 0


def test_at_least_ten_claims_were_left_out_of_the_fitting_and_can_be_checked(
    study: Project,
) -> None:
    checked = [
        row
        for row in ledger(study)
        if row["basis"] == "emergent" and row["verdict"] in ("reproduced", "differs")
    ]
    assert len(checked) >= 10


def test_ten_changed_ratings_make_the_ledger_differ(study: Project, tmp_path: Path) -> None:
    shutil.copytree(study.folder, tmp_path, dirs_exist_ok=True)
    project = Project(tmp_path)
    raw = tmp_path / "data" / "raw" / WAVE / "responses.csv"
    lines = list(csv.reader(raw.read_text(encoding="utf-8").splitlines()))
    column = lines[0].index("strategy__consistent_pedagogy")
    changed = [row for row in lines[1:] if row[1] == "MAT 20" and row[column]][:10]
    assert len(changed) >= 5
    for row in changed:
        row[column] = "1"
    with raw.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(lines)
    project.run("--until", "ledger")
    differing = {row["claim"] for row in ledger(project) if row["verdict"] == "differs"}
    fitted = {row["claim"] for row in ledger(project) if row["basis"] == "calibrated"}
    assert differing & fitted


def test_the_second_wave_is_compared_with_the_first_and_says_that_it_is_invented(
    study: Project,
) -> None:
    results = study.results()
    stamp = "Reconstruction: not the survey's responses · Illustration: invented responses"
    for name in ("transitions", "changes", "ledger"):
        assert stamp in results[f"figures/{name}.txt"].decode("utf-8")
    rows = list(csv.DictReader(results["tables/transitions.csv"].decode("utf-8").splitlines()))
    of_three = [row for row in rows if row["k"] == "3"]
    assert sum(int(row["n"]) for row in of_three) == 14
    types = list(csv.DictReader(results["tables/types.csv"].decode("utf-8").splitlines()))
    type_of = {(row["wave"], row["k"], row["cluster"]): row["type_id"] for row in types}
    stayed = sum(
        int(row["n"])
        for row in of_three
        if type_of[row["from_wave"], "3", row["from_cluster"]]
        == type_of[row["to_wave"], "3", row["to_cluster"]]
    )
    assert 7 < stayed < 14
    changes = list(csv.DictReader(results["tables/changes.csv"].decode("utf-8").splitlines()))
    strata = {row["stratum"] for row in changes if int(row["n_mats"])}
    assert {"ceo", "central_team", "school_leader", "trust_age: 10 years or more"} <= strata


def test_what_is_said_of_2024_is_in_the_ledger_and_what_was_made_to_hold_says_so(
    study: Project,
) -> None:
    of_wave = {row["claim"]: row for row in ledger(study) if row["wave"] == "2024-illustration"}
    assert {row["basis"] for row in of_wave.values()} == {"calibrated", "emergent"}
    for claim in ("workforce_first", "finance_central", "estates_local", "savings_with_age"):
        assert (of_wave[claim]["basis"], of_wave[claim]["verdict"]) == ("calibrated", "reproduced")
    assert of_wave["centralised_share"]["verdict"] == "computed only"
    apart = {row["claim"]: row["verdict"] for row in ledger(study) if row["wave"] == "2024"}
    assert apart["procurement_more_central"] == "not computable"


def test_evidence_is_left_out_where_it_is_switched_off(study: Project) -> None:
    made = {path for path in study.results() if path.startswith("2024-illustration/")}
    assert "2024-illustration/tables/clusters.csv" in made
    assert "2024-illustration/tables/README.md" in made
    assert not any("verdict" in path or "nulls" in path for path in made)


def test_every_figure_has_its_data_and_its_alternative_text(study: Project) -> None:
    results = study.results()
    drawn = {path.removesuffix(".png") for path in results if path.endswith(".png")}
    assert len(drawn) > 15
    for name in drawn:
        assert {f"{name}.pdf", f"{name}.svg", f"{name}.csv", f"{name}.txt"} <= set(results)


def test_sums_of_the_tables_are_those_of_the_sample(study: Project) -> None:
    folder = study.folder / "results" / WAVE / "tables"

    def column(table: str, name: str, **where: str) -> list[str]:
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            return [
                row[name]
                for row in csv.DictReader(stream)
                if all(row[key] == value for key, value in where.items())
            ]

    responses = [int(n) for n in column("sample", "n_responses", role="all")]
    assert (sum(responses), len(responses)) == (346, 22)
    assert len(column("clusters", "mat_id", k="3")) == 17
    for k in ("2", "3"):
        cells = [int(n) for n in column("crosstabs", "n", k=k, attribute="phase_mix")]
        assert sum(cells) == 17
    widths = [float(width) for width in column("silhouettes", "width", k="3")]
    (mean,) = column("partitions", "mean_silhouette", k="3")
    assert np.isclose(np.mean(widths), float(mean))
