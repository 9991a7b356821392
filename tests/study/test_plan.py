"""What a run is to make: nothing declared is forgotten, nothing undeclared is taken in."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from buildingtrusts.output.contracts import EVIDENCE_TABLES
from buildingtrusts.output.figures import EVIDENCE_FIGURES
from buildingtrusts.statistics import nulls
from buildingtrusts.statistics.monte_carlo import CHUNK_DRAWS
from buildingtrusts.study.plan import Plan, evidence, plan_study
from buildingtrusts.study.problems import InputProblems

ROOT = Path(__file__).resolve().parents[2]
WAVE = "2030-illustration"
SETTINGS: dict[str, Any] = {
    "paths": {"config": "config", "raw": "raw", "processed": "processed", "results": "results"}
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The minimal example in a folder of its own, which is the current one."""
    example = ROOT / "examples" / "minimal"
    shutil.copytree(example / "waves", tmp_path / "config" / "waves")
    shutil.copy(example / "codebook.csv", tmp_path / "config" / "codebook.csv")
    shutil.copytree(example / "raw", tmp_path / "raw")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    assert old in text
    Path(file).write_text(text.replace(old, new), encoding="utf-8")


def add_wave(name: str, date: str = "2031-01-01", data: bool = True) -> None:
    declared = Path(f"config/waves/{WAVE}.yaml").read_text(encoding="utf-8")
    Path(f"config/waves/{name}.yaml").write_text(
        declared.replace(WAVE, name).replace("2030-01-01", date), encoding="utf-8"
    )
    book = Path("config/codebook.csv")
    text = book.read_text(encoding="utf-8")
    own = [line for line in text.splitlines(keepends=True) if line.startswith(f"{WAVE},")]
    book.write_text(text + "".join(own).replace(f"{WAVE},", f"{name},"), encoding="utf-8")
    if data:
        shutil.copytree(f"raw/{WAVE}", f"raw/{name}")


def problems(values: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(InputProblems) as refused:
        plan_study(values or SETTINGS)
    return [str(one) for one in refused.value.problems]


def words(flags: str) -> list[str]:
    return shlex.split(flags)


def test_a_sound_study_is_planned_without_warnings(project: Path) -> None:
    plan = plan_study(SETTINGS)
    assert (plan.wave_names, plan.provenances, plan.warnings) == ([WAVE], ["illustration"], ())
    assert plan.raw_files(WAVE) == [f"raw/{WAVE}/responses.csv", f"raw/{WAVE}/trusts.csv"]


@pytest.mark.parametrize("file", ["responses.csv", "trusts.csv"])
def test_a_declared_wave_without_its_data_is_a_problem(project: Path, file: str) -> None:
    Path("raw", WAVE, file).unlink()
    assert problems() == [
        f"config/waves/{WAVE}.yaml: found '{WAVE}'. A declared wave has its data; "
        f"raw/{WAVE}/{file} does not exist.\n"
        "    Put the file there, correct its name, or take the declaration away."
    ]


def test_a_folder_of_raw_data_without_declaration_is_a_warning(project: Path) -> None:
    Path("raw", "2019").mkdir()
    Path("raw", "register").mkdir()
    assert plan_study(SETTINGS).warnings == (
        "raw/2019 is not declared as a wave and is left out; "
        "config/waves/2019.yaml would declare it.",
    )
    assert plan_study(SETTINGS).wave_names == [WAVE]


def test_a_family_of_tests_that_names_no_attribute_is_a_warning(project: Path) -> None:
    values = {**SETTINGS, "crosstabs": {"own_family": ["phase_mix", "phase_mx"]}}
    assert plan_study(values).warnings == (
        "crosstabs: own_family names phase_mx, which is no attribute of any wave; its tests are "
        "adjusted with the others.",
    )


def test_a_clustered_block_that_the_codebook_lacks_is_a_problem(project: Path) -> None:
    edit(f"config/waves/{WAVE}.yaml", "cluster:", "cluster:\n  block: stratagem")
    assert problems() == [
        f"config/waves/{WAVE}.yaml, column 'cluster.block': found 'stratagem'. The block that is "
        "clustered is one of: strategy, operations.\n"
        "    Correct cluster: block, or add the block to the codebook."
    ]


def test_a_study_without_codebook_is_a_problem(project: Path) -> None:
    Path("config/codebook.csv").unlink()
    assert problems()[0].startswith("config/codebook.csv: The file exists.")


def test_codebook_rows_of_a_wave_that_is_not_declared_are_problems(project: Path) -> None:
    edit("config/codebook.csv", "2030-illustration,operations", "2030,operations")
    assert [line.split(":")[0] for line in problems()] == [
        f"config/codebook.csv, line {line}, column 'wave'" for line in (6, 7, 8)
    ]


def test_waves_are_planned_in_order_of_date(project: Path) -> None:
    add_wave("2029-illustration", "2029-01-01")
    add_wave("2031-illustration", "2031-01-01")
    plan = plan_study(SETTINGS)
    assert plan.wave_names == ["2029-illustration", WAVE, "2031-illustration"]
    assert plan.sampled_wave() == "2029-illustration"
    for wave in plan.wave_names:
        assert f"results/{wave}/tables/clusters.csv" in plan.wanted()
        assert f"results/{wave}/figures/dendrogram.svg" in plan.wanted()


def test_a_new_wave_leaves_what_others_depend_on_as_it_was(project: Path) -> None:
    before = plan_study(SETTINGS)
    add_wave("2031-illustration")
    after = plan_study(SETTINGS)
    for of in (Plan.ingest_settings, Plan.cluster_flags, Plan.guide_flags):
        assert of(before, WAVE) == of(after, WAVE)
    assert before.figures.flags(WAVE) == after.figures.flags(WAVE)


def test_benchmarks_are_shown_to_a_wave_under_its_surveys_name(project: Path) -> None:
    published = {**SETTINGS["paths"], "published": "published"}
    settings = {**SETTINGS, "paths": published}
    assert "--benchmarks" not in plan_study(settings).figures.flags(WAVE)
    Path("published").mkdir()
    Path("published/benchmarks.csv").write_text("", encoding="utf-8")
    flags = shlex.split(plan_study(settings).figures.flags(WAVE))
    assert flags[flags.index("--benchmarks") + 1] == "published/benchmarks.csv"
    assert flags[flags.index("--survey") + 1] == "2030"


def test_reading_a_wave_depends_on_its_columns_and_scales_and_not_on_its_title(
    project: Path,
) -> None:
    before = plan_study(SETTINGS).ingest_settings(WAVE)
    edit(f"config/waves/{WAVE}.yaml", "title: A minimal", "title: Another")
    edit(f"config/waves/{WAVE}.yaml", "report_k: [2, 3]", "report_k: [2]")
    assert plan_study(SETTINGS).ingest_settings(WAVE) == before
    edit("config/codebook.csv", "Hiring staff,0,10", "Hiring staff,0,20")
    changed = plan_study(SETTINGS).ingest_settings(WAVE)
    assert changed != before
    edit(f"config/waves/{WAVE}.yaml", "[School]", "[School, Head]")
    assert plan_study(SETTINGS).ingest_settings(WAVE) != changed
    assert json.loads(changed)[0]["wave"] == WAVE


def test_every_choice_of_clustering_reaches_its_step(project: Path) -> None:
    plan = plan_study(SETTINGS)
    assert words(plan.cluster_flags(WAVE)) == [
        *("--block", "strategy", "--linkage", "average", "--metric", "euclidean"),
        *("--scaling", "none", "--statistic", "mean", "--k", "2", "3", "4"),
    ]
    assert plan.drawn_k(WAVE) == 3


def test_every_choice_of_the_run_reaches_its_step(project: Path) -> None:
    plan = plan_study(
        {
            **SETTINGS,
            "crosstabs": {"max_steps": 5, "max_tables": 6, "draws": 7, "own_family": ["phase_mix"]},
            "profiles": {"draws": 8},
            "standardisation": {"answers_per_mat": 9, "draws": 10},
            "operating_model": {"hybrid_from": 1.5, "centralised_from": 2.5},
        }
    )
    assert words(plan.crosstab_flags()) == [
        *("--max-steps", "5", "--max-tables", "6", "--draws", "7", "--own-family", "phase_mix")
    ]
    assert words(plan.profile_flags()) == [
        *("--draws", "8", "--answers-per-mat", "9", "--balanced-draws", "10"),
        *("--hybrid-from", "1.5", "--centralised-from", "2.5"),
    ]


def test_titles_reach_the_shell_in_one_piece(project: Path) -> None:
    edit(f"config/waves/{WAVE}.yaml", "title: A minimal study", "title: \"It's $(one) study")
    edit(f"config/waves/{WAVE}.yaml", "eight invented trusts\ndate", 'eight trusts"\ndate')
    flags = words(plan_study(SETTINGS).guide_flags(WAVE))
    assert flags[flags.index("--title") + 1] == "It's $(one) study of eight trusts"


def test_without_an_extract_nothing_of_the_register_is_wanted(project: Path) -> None:
    plan = plan_study(SETTINGS)
    assert (
        plan.register.extract_folder(),
        plan.register.extract_files(),
        plan.register.tables(),
    ) == (None, [], [])
    assert "population" not in plan.study_tables()


def test_the_ledger_is_told_the_year_of_the_extract(project: Path) -> None:
    assert "--register" not in words(plan_study(SETTINGS).ledger_flags())
    folder = Path("raw/register/2017-01-19")
    folder.mkdir(parents=True)
    (folder / "edubasealldata.csv").write_text("URN\n1\n")
    plan = plan_study(SETTINGS)
    assert plan.register.extract_files() == ["raw/register/2017-01-19/edubasealldata.csv"]
    assert "population" in plan.study_tables()
    tables = "processed/register/2017-01-19"
    assert plan.register.tables() == [f"{tables}/register_trusts.csv", f"{tables}/population.csv"]
    told = words(plan.ledger_flags())
    assert told[-4:] == ["--register-year", "2017", "--register", tables]


def put_extract(name: str) -> None:
    folder = Path("raw/register", name)
    folder.mkdir(parents=True)
    (folder / "edubasealldata.csv").write_text("URN\n1\n")


def number_trusts(more: str = "", wave: str = WAVE) -> None:
    edit(
        f"config/waves/{wave}.yaml", "  file: trusts.csv\n", f"  file: trusts.csv\n  uid: U\n{more}"
    )


def test_a_wave_whose_trusts_have_no_numbers_does_not_depend_on_the_register(
    project: Path,
) -> None:
    put_extract("2017-01-19")
    plan = plan_study(SETTINGS)
    assert (plan.register.joined_extract(WAVE), plan.register.joined_tables(WAVE)) == (None, [])
    assert plan.register.join_flags(WAVE) == ""
    assert plan.register.tables()


def test_a_wave_is_joined_with_the_studys_extract_or_its_own(project: Path) -> None:
    for name in ("2017-01-19", "2021-12"):
        put_extract(name)
    number_trusts()
    add_wave("2031-illustration")
    edit("config/waves/2031-illustration.yaml", "  uid: U\n", "  uid: U\n  extract: 2021-12\n")
    plan = plan_study(SETTINGS)
    tables = "processed/register"
    assert plan.register.joined_tables(WAVE) == [
        f"{tables}/2017-01-19/register_trusts.csv",
        f"{tables}/2017-01-19/population.csv",
    ]
    assert words(plan.register.join_flags(WAVE)) == ["--register", f"{tables}/2017-01-19"]
    assert words(plan.register.join_flags("2031-illustration")) == [
        "--register",
        f"{tables}/2021-12",
    ]
    assert plan.register.extract_files("2021-12") == ["raw/register/2021-12/edubasealldata.csv"]
    assert main_parses("ingest", words(plan.register.join_flags(WAVE)))
    assert not any("register" in warning for warning in plan.warnings)


def test_numbered_trusts_without_an_extract_are_a_problem_that_says_how_to_get_one(
    project: Path,
) -> None:
    number_trusts("  extract: 2021-12\n")
    assert problems() == [
        f"config/waves/{WAVE}.yaml, column 'trusts.uid': found 'U'. The column with the trusts' "
        "numbers brings attributes from the register, so its extract is needed; there is none in "
        "raw/register/2021-12.\n"
        "    Download one (data/raw/register/README.md says how), name another under 'trusts: "
        "extract', or write 'from_register: []' under 'trusts'."
    ]
    edit(f"config/waves/{WAVE}.yaml", "extract: 2021-12", "from_register: []")
    assert plan_study(SETTINGS).register.joined_tables(WAVE) == []


def test_a_sample_of_another_extract_than_the_population_is_a_warning(project: Path) -> None:
    for name in ("2017-01-19", "2021-12"):
        put_extract(name)
    number_trusts("  extract: 2021-12\n")
    assert plan_study(SETTINGS).warnings == (
        f"{WAVE} has its attributes from the register's extract 2021-12 and is set beside the "
        "population of 2017-01-19; 'register: extract' in config.yaml names the latter.",
    )
    assert plan_study({**SETTINGS, "register": {"extract": "2021-12"}}).warnings == ()


def test_files_that_are_joined_to_the_trusts_are_raw_files_of_the_wave(project: Path) -> None:
    number_trusts("  from_register: []\n  sources: [{file: flags.csv, attributes: [phase_mix]}]\n")
    assert f"raw/{WAVE}/flags.csv does not exist" in problems()[0]
    Path("raw", WAVE, "flags.csv").touch()
    assert plan_study(SETTINGS).raw_files(WAVE)[2:] == [f"raw/{WAVE}/flags.csv"]


def test_an_attribute_that_is_joined_is_an_attribute_of_the_wave(project: Path) -> None:
    put_extract("2017-01-19")
    values = {**SETTINGS, "crosstabs": {"own_family": ["trust_age"]}}
    assert "trust_age, which is no attribute" in plan_study(values).warnings[0]
    number_trusts()
    assert plan_study(values).warnings == ()


def test_figures_come_in_every_chosen_format_with_data_and_words(project: Path) -> None:
    plan = plan_study({**SETTINGS, "figures": {"formats": ["svg"]}})
    assert plan.figures.files("f", ["tree"]) == ["f/tree.svg", "f/tree.csv", "f/tree.txt"]


# --- the evidence -------------------------------------------------------------------------------


def test_a_wave_without_evidence_wants_none_of_it(project: Path) -> None:
    every = plan_study(SETTINGS)
    assert f"results/{WAVE}/tables/verdict.csv" in every.wanted()
    assert f"results/{WAVE}/figures/noise.svg" in every.wanted()
    assert every.evidence.merge_test_files(WAVE) == [f"results/{WAVE}/tables/merge_tests.csv"]
    edit(f"config/waves/{WAVE}.yaml", "evidence: {", "evidence: {enabled: false, ")
    none = plan_study(SETTINGS)
    assert not none.has_evidence(WAVE)
    assert none.evidence.merge_test_files(WAVE) == []
    left_out = set(every.wanted()) - set(none.wanted())
    names = {Path(file).stem for file in left_out}
    # The verdicts of all waves are a table for paper.
    assert names == {*EVIDENCE_TABLES, *EVIDENCE_FIGURES, "verdicts"}


def test_draws_are_split_as_asked_but_no_part_is_without_any(project: Path) -> None:
    def files(draws: int, parts: int) -> list[str]:
        text = Path(f"config/waves/{WAVE}.yaml").read_text(encoding="utf-8")
        start = text[: text.index("evidence:")]
        Path(f"config/waves/{WAVE}.yaml").write_text(
            f"{start}evidence: {{draws: {draws}, null_studies: 2}}\n", encoding="utf-8"
        )
        plan = plan_study({**SETTINGS, "evidence": {"parts": parts}})
        return [
            Path(file).name
            for work in ("respondents", "null_studies", "multiverse")
            for file in plan.evidence.draw_files(WAVE, work)
        ]

    few = files(250, 3)
    assert [name for name in few if name.startswith("respondents")] == ["respondents-1.npz"]
    assert [name for name in few if name.startswith("null")] == [
        "null_studies-1.csv",
        "null_studies-2.csv",
    ]
    assert [name for name in few if name.startswith("multi")] == [
        f"multiverse-{part}.csv" for part in (1, 2, 3)
    ]
    many = files(1000, 3)
    assert len([name for name in many if name.startswith("respondents")]) == 3


def test_a_piece_of_draws_and_the_nulls_are_those_of_the_statistics() -> None:
    assert evidence.DRAWS_A_PIECE == CHUNK_DRAWS
    assert tuple(nulls.NULLS) == evidence.NULLS


def test_every_choice_of_the_multiverse_reaches_its_step(project: Path) -> None:
    crossed = {"linkage": ["single"], "min_responses": [2, 4], "k": [5], "draws": 17}
    flags = words(plan_study({**SETTINGS, "multiverse": crossed}).evidence.multiverse_flags(WAVE))
    line = " ".join(flags)
    assert "--grid-linkage single --grid-metric euclidean manhattan correlation" in line
    assert "--grid-min-responses 2 4" in line
    assert "--grid-k 5" in line
    assert "--draws 17" in line
    assert "--linkage average" in line
    assert "--report-k 2 3" in line
    assert main_parses("run-multiverse", flags)


def test_every_choice_of_the_ensemble_reaches_its_step(project: Path) -> None:
    grid = {"first_seed": 3, "seeds": 2, "within_sd": [1.0, 2.5], "count_skew": [0.1]}
    made = plan_study({**SETTINGS, "ensemble": grid})
    assert list(made.evidence.ensemble_members()) == [1, 2, 3, 4]
    flags = words(made.evidence.ensemble_flags(WAVE))
    line = " ".join(flags)
    assert "--first-seed 3 --seeds 2 --within-sd 1.0 2.5 --count-skew 0.1" in line
    assert "--min-responses 5 --report-k 3" in line
    assert made.evidence.reconstructed_waves() == []
    assert main_parses("examine-reconstruction", flags)


def main_parses(command: str, flags: list[str]) -> bool:
    """Whether a step knows all these flags; what else it needs is given too."""
    import argparse
    import importlib

    parser = argparse.ArgumentParser()
    step = importlib.import_module(f"buildingtrusts.steps.{command.replace('-', '_')}")
    step.add_arguments(parser)
    for action in parser._actions:
        action.required = False
    parser.parse_args(flags)
    return True


def test_an_ensemble_is_used_where_there_is_one(project: Path) -> None:
    Path("kept").mkdir()
    settings = {**SETTINGS, "paths": {**SETTINGS["paths"], "published": "kept"}}
    assert plan_study(settings).evidence.ensemble_file() == []
    Path("kept/ensemble.csv").touch()
    assert plan_study(settings).evidence.ensemble_file() == ["kept/ensemble.csv"]


@pytest.mark.parametrize(("name", "value"), [("within_sd", 0.9), ("count_skew", 1.6)])
def test_settings_that_no_reconstruction_can_have_are_problems(
    project: Path, name: str, value: float
) -> None:
    assert any(
        f"ensemble.{name}" in one for one in problems({**SETTINGS, "ensemble": {name: [value]}})
    )


# --- interviews ---------------------------------------------------------------------------------

SET = {"folder": "2030-illustration", "wave": WAVE, "codes": "codes.csv", "by": ["phase_mix"]}


@pytest.fixture
def interviewed(project: Path) -> dict[str, Any]:
    """Settings of the minimal example with a set of interviews, whose files are there."""
    Path("raw/interviews/2030-illustration").mkdir(parents=True)
    Path("raw/interviews/2030-illustration/coded_excerpts.csv").touch()
    Path("config/codes.csv").touch()
    return {**SETTINGS, "interviews": [SET]}


def test_interviews_are_asked_for_only_where_there_are_any(interviewed: dict[str, Any]) -> None:
    without, with_them = plan_study(SETTINGS), plan_study(interviewed)
    assert without.warnings == (
        "raw/interviews/2030-illustration is not named under 'interviews' in the configuration "
        "and is left out; config/README.md says how to add it.",
    )
    assert with_them.warnings == ()
    assert plan_study({**SETTINGS, "interviews": None}).wanted() == without.wanted()
    more = [file for file in with_them.wanted() if file not in without.wanted()]
    figures = [
        "interviews_2030-illustration_centralisation",
        "interviews_2030-illustration_break_points_by_phase_mix",
    ]
    assert more == [
        "results/tables/interviews.csv",
        "results/tables/interview_tests.csv",
        *(
            f"results/paper/{name}.{ending}"
            for name in ("interviews", "break_points")
            for ending in ("csv", "md", "tex")
        ),
        *with_them.figures.files("results/figures", figures),
    ]


def test_every_choice_of_a_set_of_interviews_reaches_its_steps(
    interviewed: dict[str, Any],
) -> None:
    plan = plan_study({**interviewed, "crosstabs": {"draws": 7}})
    name = SET["folder"]
    flags = words(plan.interviews.flags(name))
    assert flags == [
        *("--wave", WAVE, "--k", "2", "3", "--by", "phase_mix", "--draws", "7"),
    ]
    assert main_parses("interviews", flags)
    assert plan.interviews.folder(name) == f"raw/interviews/{name}"
    assert plan.interviews.inputs(name) == {
        "raw": [f"raw/interviews/{name}/coded_excerpts.csv"],
        "codes": "config/codes.csv",
        "clusters": f"results/{WAVE}/tables/clusters.csv",
        "trusts": f"processed/{WAVE}/trusts.csv",
        "attributes": f"processed/{WAVE}/attributes.csv",
    }
    assert plan.interviews.tables("interviews") == [f"processed/interviews/{name}/interviews.csv"]
    drawn = words(plan.interviews.figure_flags())
    clusters = f"results/{WAVE}/tables/clusters.csv"
    assert drawn == ["--set", f"{name}=illustration={clusters}=config/codes.csv"]
    assert main_parses("draw-interviews", drawn)
    Path(f"raw/interviews/{name}/trusts.csv").touch()
    assert plan.interviews.files(name)[1:] == [f"raw/interviews/{name}/trusts.csv"]


def test_ten_sets_of_interviews_follow_the_same_rules_as_one(interviewed: dict[str, Any]) -> None:
    names = [f"20{n}-illustration" for n in range(30, 40)]
    for name in names[1:]:
        shutil.copytree("raw/interviews/2030-illustration", f"raw/interviews/{name}")
    plan = plan_study({**SETTINGS, "interviews": [{**SET, "folder": name} for name in names]})
    assert plan.interviews.sets == names
    assert len(plan.interviews.figures()) == len(set(plan.interviews.figures())) == 20
    assert words(plan.interviews.figure_flags()).count("--set") == 10


def test_what_interviews_are_joined_to_has_to_be_there(interviewed: dict[str, Any]) -> None:
    lost = {"folder": "2019", "wave": "2091", "by": ["colour"]}
    wrong = {**SET, "by": ["colour"]}
    told = problems({**interviewed, "interviews": [wrong, lost]})
    assert [one.split("\n")[0] for one in told] == [
        "config/config.yaml, column 'interviews.0.by': found 'colour'. Attributes of the wave "
        f"{WAVE} are: phase_mix.",
        "config/config.yaml, column 'interviews.1.wave': found '2091'. Interviews are joined to "
        f"one of the waves: {WAVE}.",
        "config/config.yaml, column 'interviews.1.folder': found '2019'. A set of interviews has "
        "its files; raw/interviews/2019/coded_excerpts.csv does not exist.",
        "config/config.yaml, column 'interviews.1.codes': found 'interview_codes.csv'. A set of "
        "interviews has its files; config/interview_codes.csv does not exist.",
    ]


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ([SET, SET], "'2030-illustration' is repeated"),
        ([{**SET, "folder": "../x"}], "starts with a letter or digit"),
        ([{**SET, "by": ["phase_mix", "phase_mix"]}], "'phase_mix' is repeated"),
        ([{**SET, "by": ["a/b"]}], "found 'a/b'"),
        ([{**SET, "by": ["all"]}], "not called 'all'"),
        ([{**SET, "bye": []}], "There is no such key."),
        ([{"wave": WAVE}], "This key is required"),
    ],
)
def test_a_set_of_interviews_is_declared_soundly(
    interviewed: dict[str, Any], sets: list[dict[str, Any]], told: str
) -> None:
    assert any(told in one for one in problems({**interviewed, "interviews": sets}))
