"""Configuration checked whole, before anything runs: what is allowed, and how errors are told."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from buildingtrusts.statistics import linkage
from buildingtrusts.study.choices import Study
from buildingtrusts.study.configuration import load_study, load_wave, load_waves
from buildingtrusts.study.problems import InputProblems, Problem
from buildingtrusts.study.wave import REGISTER_ATTRIBUTES, RESERVED_LEVELS, ClusterChoices, Wave

ROOT = Path(__file__).resolve().parents[2]
SOUND = """\
wave: 2031
title: A survey
date: 2031-05-01
provenance: original
source: The survey.
licence: None given.
"""
UNKNOWN = "There is no such key."


def declared(folder: Path, text: str, name: str = "2031") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def wave_problems(folder: Path, text: str, name: str = "2031") -> tuple[Problem, ...]:
    with pytest.raises(InputProblems) as refused:
        load_wave(declared(folder, text, name))
    assert {one.file for one in refused.value.problems} == {str(folder / f"{name}.yaml")}
    return refused.value.problems


def places(problems: tuple[Problem, ...]) -> list[tuple[int | None, str | None, str | None]]:
    return [(one.line, one.column, one.value) for one in problems]


def study_problems(file: Path, text: str) -> tuple[Problem, ...]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputProblems) as refused:
        load_study(yaml.safe_load(text), str(file))
    return refused.value.problems


# The run.


def test_the_shipped_configuration_spells_out_exactly_the_defaults_but_for_interviews() -> None:
    written = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    assert [one["folder"] for one in written["interviews"]] == ["2017-illustration"]
    assert {**written, "interviews": []} == Study().model_dump(mode="json", by_alias=True)


def test_the_shipped_wave_spells_out_how_the_report_clustered() -> None:
    wave = load_wave(ROOT / "config" / "waves" / "2017-reconstruction.yaml")
    assert wave.cluster == ClusterChoices()
    assert wave.cluster.model_dump() == {
        **{"block": "strategy", "min_responses": 5, "linkage": "average", "metric": "euclidean"},
        **{"scaling": "none", "statistic": "mean", "k": (2, 3, 4, 5, 6, 7, 8), "report_k": (2, 3)},
    }


def test_the_minimal_example_is_sound() -> None:
    folder = ROOT / "examples" / "minimal"
    text = (folder / "config.yaml").read_text(encoding="utf-8")
    study = load_study(yaml.safe_load(text), str(folder / "config.yaml"))
    assert study.paths.results == "examples/minimal/results"
    assert list(load_waves(folder / "waves")) == ["2030-illustration"]


def test_an_empty_configuration_is_the_default_one() -> None:
    assert load_study({}) == Study()


def test_unknown_keys_and_wrong_values_are_told_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    problems = study_problems(
        file,
        "sede: 3\n"
        "seed: -1\n"
        "profiles:\n"
        "  draws: many\n"
        "  drawn: 2\n"
        "figures:\n"
        "  formats: [svg,\n"
        "    bmp]\n"
        "operating_model: {hybrid_from: 7}\n",
    )
    assert {(one.file, one.line, one.column, one.value) for one in problems} == {
        (str(file), 1, "sede", "3"),
        (str(file), 2, "seed", "-1"),
        (str(file), 4, "profiles.draws", "many"),
        (str(file), 5, "profiles.drawn", "2"),
        (str(file), 8, "figures.formats.1", "bmp"),
        (str(file), 9, "operating_model", None),
    }
    told = {one.column: (one.rule, one.advice) for one in problems}
    assert told["sede"][0] == UNKNOWN
    assert told["sede"][1].startswith("Check its spelling and indentation. Allowed here are the ")
    assert told["figures.formats.1"][0] == "Allowed here is one of: pdf, svg, png."
    assert told["operating_model"][0] == (
        "Cut-offs run 0 <= hybrid_from <= centralised_from <= 10."
    )


@pytest.mark.parametrize("key", ["seed", "crosstabs: {draws", "operating_model: {hybrid_from"])
def test_a_bare_yes_is_no_number(tmp_path: Path, key: str) -> None:
    (problem,) = study_problems(tmp_path / "config.yaml", f"{key}: yes{'}' * ('{' in key)}\n")
    assert (problem.line, problem.value) == (1, "true")


def test_a_bare_date_is_no_name_and_the_cure_is_told(tmp_path: Path) -> None:
    (problem,) = study_problems(tmp_path / "config.yaml", "register: {extract: 2017-01-19}\n")
    assert (problem.column, problem.value) == ("register.extract", "2017-01-19")
    assert problem.advice == ('YAML reads a bare date as a date: put it in quotes, "2017-01-19".')


def test_a_key_given_twice_in_the_configuration_is_told(tmp_path: Path) -> None:
    (problem,) = study_problems(tmp_path / "config.yaml", "seed: 1\nfigures: {}\nseed: 2\n")
    assert (problem.line, problem.column) == (3, "seed")
    assert problem.rule == "A key is given once; this one stands on line 1 already."


# A wave.


def test_a_wave_needs_six_keys_and_has_defaults_for_the_rest(tmp_path: Path) -> None:
    wave = load_wave(declared(tmp_path, SOUND))
    assert (wave.wave, wave.date) == ("2031", datetime.date(2031, 5, 1))
    assert (wave.roles, wave.trusts, wave.attributes) == ({}, None, {})
    assert [one.column for one in wave_problems(tmp_path, "wave: 2031\n")] == [
        *("title", "date", "provenance", "source", "licence")
    ]
    told = [one.rule for one in wave_problems(tmp_path, "wave: 2031\n")]
    assert all(rule.startswith("This key is required: ") for rule in told)


def test_waves_without_roles_trusts_or_attributes_and_with_one_response_are_legal(
    tmp_path: Path,
) -> None:
    text = SOUND + "trusts: {}\nroles: {ceo: []}\nattributes: {}\ncluster: {min_responses: 1}\n"
    assert load_wave(declared(tmp_path, text)).cluster.min_responses == 1
    assert places(wave_problems(tmp_path, SOUND + "cluster: {min_responses: 0}\n")) == [
        (7, "cluster.min_responses", "0")
    ]


def test_all_that_is_wrong_with_a_wave_is_told_at_once(tmp_path: Path) -> None:
    text = SOUND.replace("original", "reconstruction").replace("2031-05-01", "2031-13-01") + (
        "titel: Again\n"
        "roles: {chief: [Head]}\n"
        "attributes: {size: [Small]}\n"
        "cluster:\n"
        "  linkage: centroid\n"
        "  k: [1]\n"
        "evidence: {enabled: perhaps}\n"
    )
    assert sorted(places(wave_problems(tmp_path, text)), key=str) == sorted(
        [
            (3, "date", "2031-13-01"),
            (4, "provenance", "reconstruction"),
            (7, "titel", "Again"),
            (8, "roles.chief", "chief"),
            (9, "attributes", None),
            (11, "cluster.linkage", "centroid"),
            (12, "cluster.k.0", "1"),
            (13, "evidence.enabled", "perhaps"),
        ],
        key=str,
    )


def test_a_bare_yes_or_no_is_no_level_and_the_cure_is_told(tmp_path: Path) -> None:
    problems = wave_problems(tmp_path, SOUND + "trusts: {}\nattributes:\n  growth: [No, Yes]\n")
    assert places(problems) == [
        (9, "attributes.growth.0", "false"),
        (9, "attributes.growth.1", "true"),
    ]
    assert {one.advice for one in problems} == {
        'YAML reads a bare Yes or No as true or false: put it in quotes, "Yes".'
    }


def test_numbers_may_be_names_and_levels(tmp_path: Path) -> None:
    wave = load_wave(declared(tmp_path, SOUND + "trusts: {}\nattributes: {flags: [0, 1]}\n"))
    assert wave.attributes == {"flags": ("0", "1")}


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ("attributes: {size: [S]}", "Attributes are declared without a trusts file to read them"),
        ("trusts: {}\nattributes: {size: []}", "At least one entry is needed."),
        ("trusts: {}\nattributes: {size: [S, L, S]}", "Each entry stands once; 'S' is repeated."),
        ("trusts: {}\nattributes: {mat_id: [S]}", "No attribute is called mat_id or trust_uid"),
        ("trusts: {}\nattributes: {trust_uid: [S]}", "No attribute is called mat_id or trust_uid"),
        (
            "trusts: {}\nattributes: {size: [(missing)]}",
            "No attribute is called mat_id or trust_uid, and no level (missing) or (not covered)",
        ),
        (
            "trusts: {}\nattributes: {size: [(not covered)]}",
            "No attribute is called mat_id or trust_uid, and no level (missing) or (not covered)",
        ),
        ("trusts: {extract: '2017-01-19'}", "'extract' needs the trusts' numbers in the register:"),
        ("trusts: {from_register: [phase_mix]}", "'from_register' needs the trusts' numbers in"),
        (
            "trusts: {sources: [{file: f.csv, attributes: [flags]}]}\nattributes: {flags: [0]}",
            "'sources' needs the trusts' numbers in the register: name the column of the trusts f",
        ),
        ("trusts: {uid: U, from_register: [phase]}", "Allowed here is one of: phase_mix, school_"),
        ("trusts: {uid: U, importer: spss}", "Allowed here is one of: csv, tsv, excel, ods, d"),
        ("trusts: {uid: U}\nattributes: {U: [1]}", "'U' is the column with the trusts' numbers in"),
        (
            "trusts: {uid: U, sources: [{file: f.csv, uid: N, attributes: [N]}]}",
            "'N' is the column with the trusts' numbers, and no attribute.",
        ),
        (
            "trusts: {uid: U, sources: [{file: f.csv, attributes: [flags]}]}\n"
            "attributes: {size: [S]}",
            "Each attribute has its levels here; 'flags', which f.csv gives, has none.",
        ),
        (
            "trusts: {uid: U, sources: [{file: f.csv, attributes: [flags]}, {file: g.csv, "
            "attributes: [flags]}]}\nattributes: {flags: [0]}",
            "An attribute comes from one file; 'flags' is to come from f.csv and from g.csv.",
        ),
        ("roles: {ceo: [H], school_leader: [H]}", "A label stands for one role; 'H' stands for"),
        (
            "roles: {ceo: [school_leader], school_leader: []}",
            "A label stands for one role; 'school",
        ),
        ("cluster: {k: []}", "At least one entry is needed."),
        ("cluster: {k: [2, 3, 3]}", "Each entry stands once; '3' is repeated."),
        ("cluster: {report_k: []}", "At least one entry is needed."),
        ("cluster: {k: [2, 3], report_k: [4]}", "Partitions that are reported are among those"),
        ("cluster: {linkage: ward, metric: manhattan}", "Linkage ward needs metric euclidean."),
        ("responses: {encoding: latin-1}", "Allowed here is one of: utf-8, cp1252, utf-16."),
        ("responses: {importer: paper}", "Allowed here is one of: csv, tsv, "),
    ],
)
def test_a_choice_that_cannot_work_is_refused(tmp_path: Path, settings: str, rule: str) -> None:
    found = [one for one in wave_problems(tmp_path, f"{SOUND}{settings}\n")]
    assert any(one.rule.startswith(rule) for one in found), found
    assert all(one.line is not None and one.line > 6 for one in found)


def test_choices_of_clustering_are_those_that_the_statistics_know() -> None:
    fields = ClusterChoices.model_fields
    assert get_args(fields["linkage"].annotation) == linkage.LINKAGES
    assert get_args(fields["metric"].annotation) == linkage.METRICS
    assert get_args(fields["scaling"].annotation) == linkage.SCALINGS


@pytest.mark.parametrize("date", ["2031", "20310501", "3.5", "2031-05-01 10:00:00", "May 2031"])
def test_a_date_is_a_day(tmp_path: Path, date: str) -> None:
    problems = wave_problems(tmp_path, SOUND.replace("2031-05-01", date))
    assert [(one.line, one.column) for one in problems] == [(3, "date")]


# Names of waves.


@pytest.mark.parametrize(
    ("name", "provenance", "allowed"),
    [
        ("2017", "original", True),
        ("2017-reconstruction", "reconstruction", True),
        ("2024-illustration", "illustration", True),
        ("Spring_2024-b", "original", True),
        ("2017", "reconstruction", False),
        ("2017", "illustration", False),
        ("2017-reconstruction", "original", False),
        ("2017-illustration", "original", False),
        ("2017-reconstruction", "illustration", False),
        ("2017-illustration", "reconstruction", False),
        ("2017reconstruction", "reconstruction", False),
        ("tables", "original", False),
        ("figures", "original", False),
        ("public", "original", False),
        ("register", "original", False),
        ("-2017", "original", False),
        ("a/b", "original", False),
        ("a b", "original", False),
        ("", "original", False),
        ("..", "original", False),
    ],
)
def test_a_waves_name_is_a_folder_that_says_what_it_holds(
    name: str, provenance: str, allowed: bool
) -> None:
    values: dict[str, Any] = {
        **{"wave": name, "title": "A survey", "date": "2031-05-01", "provenance": provenance},
        **{"source": "The survey.", "licence": "None."},
    }
    if allowed:
        assert Wave.model_validate(values).wave == name
    else:
        with pytest.raises(ValueError, match=r"name|provenance"):
            Wave.model_validate(values)


def test_a_name_that_hides_a_reconstruction_is_told_with_both(tmp_path: Path) -> None:
    (problem,) = wave_problems(tmp_path, SOUND.replace("original", "reconstruction"))
    assert (problem.line, problem.column, problem.value) == (4, "provenance", "reconstruction")
    assert problem.rule.startswith(
        "The wave '2031' has provenance 'reconstruction': a reconstruction is called "
        "<name>-reconstruction"
    )


def test_a_file_is_called_as_its_wave(tmp_path: Path) -> None:
    (problem,) = wave_problems(tmp_path, SOUND, name="2032")
    assert (problem.line, problem.column, problem.value) == (1, "wave", "2031")
    assert problem.rule == "The file 2032.yaml declares the wave '2032'."


# Files.


def test_a_key_given_twice_is_told_however_deep_it_stands(tmp_path: Path) -> None:
    text = SOUND + "title: Another\nroles:\n  ceo: [A]\n  ceo: [B]\n"
    problems = wave_problems(tmp_path, text)
    assert [(one.line, one.column) for one in problems] == [(7, "title"), (10, "ceo")]
    assert problems[0].rule == "A key is given once; this one stands on line 2 already."


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"wave: [2031\n", 2),
        (b"wave:\n\t- 2031\n", 2),
        (b"wave: 2031\n  title: x\n", 2),
        (b"", None),
        (b"- wave\n", None),
        (b"wave: \xe9\n", None),
    ],
)
def test_a_file_that_is_no_declaration_is_a_problem_and_no_crash(
    tmp_path: Path, content: bytes, line: int | None
) -> None:
    (tmp_path / "2031.yaml").write_bytes(content)
    with pytest.raises(InputProblems) as refused:
        load_wave(tmp_path / "2031.yaml")
    assert [one.line for one in refused.value.problems] == [line]


def test_waves_come_in_order_of_date_then_name(tmp_path: Path) -> None:
    for name, date in (("b", "2031-01-01"), ("a", "2031-01-01"), ("z", "2019-05-01")):
        declared(
            tmp_path, SOUND.replace("wave: 2031", f"wave: {name}").replace("2031-05-01", date), name
        )
    assert list(load_waves(tmp_path)) == ["z", "a", "b"]


def test_problems_of_all_waves_are_told_at_once(tmp_path: Path) -> None:
    declared(tmp_path, SOUND.replace("title", "titel"), "2031")
    declared(tmp_path, SOUND, "2032")
    declared(tmp_path, SOUND, "2033").rename(tmp_path / "2033.yml")
    with pytest.raises(InputProblems) as refused:
        load_waves(tmp_path)
    found = {(Path(one.file).name, one.column) for one in refused.value.problems}
    assert found == {
        ("2031.yaml", "title"),
        ("2031.yaml", "titel"),
        ("2032.yaml", "wave"),
        ("2033.yml", None),
    }


def test_a_study_without_waves_is_told_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(InputProblems, match="A study needs at least one wave"):
        load_waves(tmp_path)


def test_what_the_register_tells_of_a_trust_is_what_may_be_asked_of_it() -> None:
    from buildingtrusts.register.cutoffs import parse_cutoffs
    from buildingtrusts.register.population import attribute_levels

    shipped = (ROOT / "config" / "register.yaml").read_text(encoding="utf-8")
    assert tuple(attribute_levels(parse_cutoffs(shipped, "register.yaml"))) == REGISTER_ATTRIBUTES


def test_levels_that_nobody_declares_are_the_same_everywhere() -> None:
    from buildingtrusts.output import contracts
    from buildingtrusts.statistics import crosstabs, interviews

    assert crosstabs.UNKNOWN_LEVELS == contracts.UNKNOWN_LEVELS == RESERVED_LEVELS
    assert interviews.UNKNOWN_LEVELS is crosstabs.UNKNOWN_LEVELS


def test_a_wave_has_the_attributes_it_declares_and_those_that_are_joined(tmp_path: Path) -> None:
    trusts = "trusts: {uid: U, from_register: [phase_mix, size_schools]}\n"
    wave = load_wave(declared(tmp_path, f"{SOUND}{trusts}attributes: {{size_schools: [S]}}\n"))
    assert wave.attribute_names == ["size_schools", "phase_mix"]
    assert wave.trusts is not None
    assert wave.trusts.joins_register
    assert not load_wave(
        declared(tmp_path, f"{SOUND}trusts: {{uid: U, from_register: []}}\n")
    ).attribute_names


def test_nothing_is_published_unless_it_is_asked_for() -> None:
    assert load_study({}).publish is None
    chosen = load_study({"publish": {}}).publish
    assert chosen is not None
    assert (chosen.suppress_below, chosen.round_to, chosen.drop_mats) == (5, 1, ())


@pytest.mark.parametrize(
    "choice", [{"suppress_below": 1}, {"round_to": 0}, {"drop_mats": ["A", "A"]}, {"below": 3}]
)
def test_choices_of_publication_are_checked(choice: dict[str, object]) -> None:
    with pytest.raises(InputProblems):
        load_study({"publish": choice})


def test_numbers_of_the_command_line_are_read_though_snakemake_takes_them_for_text() -> None:
    typed = {"publish": {"suppress_below": "3", "drop_mats": ["MAT 4", "7"]}}
    chosen = load_study(typed, typed=["publish"]).publish
    assert chosen is not None
    assert (chosen.suppress_below, chosen.drop_mats) == (3, ("MAT 4", "7"))
    with pytest.raises(InputProblems):
        load_study(typed)


def test_nothing_can_be_typed_for_a_key_that_may_be_nothing() -> None:
    assert load_study({"publish": "null"}, typed=["publish"]).publish is None


@pytest.mark.parametrize("typed", ["2017-13-01", "[", "{a: b"])
def test_what_is_typed_and_is_no_number_is_a_problem(typed: str) -> None:
    with pytest.raises(InputProblems) as found:
        load_study({"seed": typed}, typed=["seed"])
    assert [(one.file, one.column) for one in found.value.problems] == [("--config", "seed")]


def test_what_is_wrong_on_the_command_line_is_not_told_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("seed: 2017\npublish: null\nfigures: {dpi: -1}\n", encoding="utf-8")
    values = {"publish": {"suppress_below": "one"}, "figures": {"dpi": -1}}
    with pytest.raises(InputProblems) as found:
        load_study(values, str(file), ["publish"])
    places = {one.column: (one.file, one.line) for one in found.value.problems}
    assert places["publish.suppress_below"] == ("--config", None)
    assert places["figures.dpi"] == (str(file), 3)
