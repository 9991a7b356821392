"""The study of another field, `examples/univbct`: its numbers are R's, and it names no other."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from buildingtrusts.cli import main
from buildingtrusts.output.tables import read_table
from buildingtrusts.study.plan import Plan, plan_study

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "univbct"
WAVES = ("univbct-time-1", "univbct-time-2", "univbct-time-3")
EXACT = 1e-10
FEXACT = 1e-7  # what R's network algorithm takes as equal, see test_crosstabs_against_r


def oracle(name: str) -> pd.DataFrame:
    return pd.read_csv(EXAMPLE / "r" / f"{name}.csv")


@pytest.fixture(scope="module")
def plan() -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        values = yaml.safe_load((EXAMPLE / "config.yaml").read_text(encoding="utf-8"))
        return plan_study(values, "examples/univbct/config.yaml")


@pytest.fixture(scope="module")
def results(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The steps that give the compared numbers, with the flags of the workflow's rules."""
    folder = tmp_path_factory.mktemp("univbct")
    for wave in WAVES:
        tidy, made = folder / "processed" / wave, folder / "results" / wave
        run_wave(plan, wave, tidy, made / "tables")
        typed = here(plan.tracking.typing_flags(wave), folder)
        assert main(["type-clusters", *typed, "--out", str(made / "tables")]) == 0
        common = here(plan.tracking.common_flags(wave), folder)
        answers = ["--answers", str(tidy / "common_answers.csv")]
        assert main(["cluster-common", *common, *answers, "--out", f"{made}/common/tables"]) == 0
    flags = here(plan.tracking.flags(), folder)
    codebook = str(EXAMPLE / "codebook.csv")
    out = str(folder / "results" / "tables")
    assert main(["track", *flags, "--codebook", codebook, "--seed", "1", "--out", out]) == 0
    return folder / "results"


def here(flags: str, folder: Path) -> list[str]:
    """Flags of a rule, with the example's folders taken elsewhere."""
    return [flag.replace("examples/univbct", str(folder)) for flag in shlex.split(flags)]


def run_wave(plan: Plan, wave: str, tidy: Path, tables: Path) -> None:
    def step(name: str, *flags: str, out: Path = tables) -> None:
        assert main([name, *flags, "--out", str(out)]) == 0

    def files(folder: Path, *names: str) -> list[str]:
        return [word for name in names for word in (f"--{name}", str(folder / f"{name}.csv"))]

    declared = plan.waves[wave].cluster
    raw = ["--raw", str(EXAMPLE / "raw" / wave), "--codebook", str(EXAMPLE / "codebook.csv")]
    known = ["--known", str(EXAMPLE / "published" / "reconstructions.csv")]
    step("ingest", "--wave-file", str(EXAMPLE / f"waves/{wave}.yaml"), *raw, *known, out=tidy)
    answers = files(tidy, "responses", "codebook")
    least = str(declared.min_responses)
    step("aggregate", *answers, "--block", declared.block, "--min-responses", least)
    flags = shlex.split(plan.cluster_flags(wave))
    cuts = str(tidy / "cuts.csv")
    step("cluster", *answers, *files(tables, "sample"), *flags, "--cuts", cuts)
    step(
        "crosstabulate",
        *("--clusters", cuts),
        *files(tidy, "trusts", "attributes"),
        *("--k", *map(str, declared.report_k), "--seed", "1", "--wave", wave),
        *shlex.split(plan.crosstab_flags()),
    )


def table(results: Path, name: str) -> pd.DataFrame:
    """A table of all three waves, with the wave in front."""
    frames = [read_table(results / wave / "tables" / f"{name}.csv") for wave in WAVES]
    return pd.concat(frames, keys=WAVES, names=["wave"]).reset_index(level="wave")


def beside(ours: pd.DataFrame, theirs: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Our rows beside R's, none left over on R's side."""
    assert len(theirs)
    both = theirs.merge(ours, on=list(keys), how="left", suffixes=("_r", ""), indicator=True)
    assert (both["_merge"] == "both").all()
    return both


def test_group_means_of_all_waves_are_those_of_r(results: Path) -> None:
    both = beside(table(results, "scores"), oracle("means"), ["wave", "mat_id", "item"])
    assert (both["n"] == both["n_r"]).all()
    np.testing.assert_allclose(both["mean"], both["mean_r"], rtol=EXACT)


def test_agreement_within_companies_is_that_of_rs_package_multilevel(results: Path) -> None:
    ours = table(results, "agreement")
    both = beside(ours[ours["mats"] == "all"], oracle("agreement"), ["wave", "item"])
    for name in ("n_groups", "n_responses", "icc1", "icc2", "rwg_mean"):
        np.testing.assert_allclose(both[name], both[f"{name}_r"], rtol=EXACT)


def test_a_scale_of_averages_has_rwg_and_decimals_without_bounds_have_none(results: Path) -> None:
    ours = table(results, "agreement")
    has = ours.groupby("item")["rwg_mean"].apply(lambda column: column.notna().all())
    assert has.to_dict() == {"commitment": False, "job_satisfaction": False, "readiness": True}


def test_trees_partitions_and_silhouettes_are_those_of_r(results: Path) -> None:
    ours = table(results, "linkage").astype({"step": int})
    heights = beside(ours, oracle("tree"), ["wave", "step"])
    np.testing.assert_allclose(heights["height"], heights["height_r"], rtol=EXACT)
    ours = table(results, "silhouettes")
    both = beside(ours, oracle("partitions"), ["wave", "k", "mat_id"])
    assert len(both) == len(ours)
    assert (both["cluster"] == both["cluster_r"]).all()
    np.testing.assert_allclose(both["width"], both["width_r"], rtol=EXACT, atol=EXACT)


def test_exact_tests_are_those_of_r(results: Path) -> None:
    both = beside(table(results, "associations"), oracle("tests"), ["wave", "k", "attribute"])
    np.testing.assert_allclose(both["p_value"], both["p_value_r"], rtol=FEXACT)


def test_changes_and_transitions_over_three_waves_are_those_of_r(results: Path) -> None:
    ours = read_table(results / "tables" / "changes.csv")
    keys = ["from_wave", "to_wave", "item"]
    changes = beside(ours[ours["stratum"] == "all"], oracle("changes"), keys)
    assert (changes["n_mats"] == changes["n_mats_r"]).all()
    np.testing.assert_allclose(changes["change"], changes["change_r"], rtol=EXACT)
    keys = ["from_wave", "to_wave", "k", "from_cluster", "to_cluster"]
    moved = beside(read_table(results / "tables" / "transitions.csv"), oracle("transitions"), keys)
    assert (moved["n"] == moved["n_r"]).all()


def test_the_numbers_in_the_guide_are_the_stored_ones() -> None:
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    agreement = oracle("agreement").set_index(["wave", "item"])
    widths = oracle("partitions").groupby(["wave", "k"])["width"].mean()
    for wave in WAVES:
        for item in ("job_satisfaction", "commitment", "readiness"):
            assert f"{agreement.loc[(wave, item), 'icc1']:.4f}" in text
        assert f"{widths.loc[(wave, 3)]:.4f}" in text
    for change in oracle("changes")["change"]:
        assert f"{change:.4f}" in text


def test_the_package_says_of_no_wave_of_this_study_that_it_is_made_up(plan: Plan) -> None:
    assert plan.provenances == ["original"] * 3


def test_only_what_is_analysed_was_taken_from_the_package() -> None:
    for wave, time in zip(WAVES, "123", strict=True):
        header = (EXAMPLE / "raw" / wave / "people.csv").read_text(encoding="utf-8").split("\n")[0]
        assert header == f"SUBNUM,UNIT,JOBSAT{time},COMMIT{time},READY{time}"
