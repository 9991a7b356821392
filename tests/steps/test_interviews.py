"""Interviews are joined to clusters and attributes, and invented ones say so everywhere."""

from __future__ import annotations

import argparse
import shutil
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.study.problems import InputProblems

PROJECT = Path(__file__).parents[2]
SHIPPED = PROJECT / "data" / "raw" / "interviews" / "2017-illustration"
CODES = PROJECT / "config" / "interview_codes.csv"
WAVE = PROJECT / "config" / "waves" / "2017-reconstruction.yaml"
TRUSTS = PROJECT / "data" / "raw" / "2017-reconstruction" / "trusts.csv"
ATTRIBUTES = ("size_schools", "geographical_spread")


def call(step: str, *words: object) -> None:
    module = import_module(f"buildingtrusts.steps.{step}")
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    module.run(parser.parse_args([str(word) for word in words]))


def problems(step: str, *words: object) -> list[str | None]:
    with pytest.raises(InputProblems) as raised:
        call(step, *words)
    return [one.value for one in raised.value.problems]


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    """The wave's trusts, in two clusters by turns; every fifth is not clustered."""
    folder = tmp_path / "tidy"
    folder.mkdir()
    trusts = pd.read_csv(TRUSTS, dtype=str, keep_default_na=False)
    trusts = trusts[["mat_id", *ATTRIBUTES]].replace("", "(missing)")
    trusts.to_csv(folder / "trusts.csv", index=False)
    levels = [
        (name, level) for name in ATTRIBUTES for level in sorted(set(trusts[name]) - {"(missing)"})
    ]
    pd.DataFrame(levels, columns=["attribute", "level"]).to_csv(
        folder / "attributes.csv", index=False
    )
    rows = [
        (mat, 2, 1 + place % 2, 1 + place % 2)
        for place, mat in enumerate(trusts["mat_id"])
        if (place + 1) % 5
    ]
    pd.DataFrame(rows, columns=["mat_id", "k", "cluster", "type_id"]).to_csv(
        folder / "clusters.csv", index=False
    )
    return folder


def words(wave: Path, *more: object, interviews: Path = SHIPPED) -> list[object]:
    return [
        *("--interviews", interviews, "--codes", CODES, "--wave", "2017-reconstruction"),
        *("--clusters", wave / "clusters.csv", "--trusts", wave / "trusts.csv"),
        *("--attributes", wave / "attributes.csv", "--k", 2, "--seed", 1),
        *("--out", wave / "out", *more),
    ]


def test_the_tables_name_their_interviews_and_count_every_trust_once(wave: Path) -> None:
    call("interviews", *words(wave))
    table = pd.read_csv(wave / "out" / "interviews.csv")
    assert list(table.columns) == [
        *("interviews", "wave", "measure", "code", "group", "k", "level", "n_mats", "n_coded"),
        *("share", "n_interviews", "n_excerpts", "mean_weight", "sd_weight"),
    ]
    assert set(table["interviews"]) == {"2017-illustration"}
    of_all = table[table["group"] == "all"].groupby("measure")
    assert of_all["code"].nunique().to_dict() == {"break_point": 9, "centralisation": 12}
    # 34 interviews in as many trusts, 25 of which are not in the survey.
    for group, of_group in table.groupby("group"):
        sizes = of_group.drop_duplicates("level").set_index("level")["n_mats"]
        assert sizes.sum() == 34, group
        if group == "cluster":
            assert sizes["(not in the survey)"] == 25
            # MAT 5 and others with a number divisible by five.
            assert sizes["1"] + sizes["2"] + sizes["(not clustered)"] == 9
    tests = pd.read_csv(wave / "out" / "interview_tests.csv")
    assert tests.groupby("group")["code"].nunique().to_dict() == dict.fromkeys(ATTRIBUTES, 9)
    assert (tests["p_adjusted"] >= tests["p_value"]).all()


def test_trusts_of_the_survey_have_the_waves_attributes_and_others_their_own(wave: Path) -> None:
    call("interviews", *words(wave))
    table = pd.read_csv(wave / "out" / "interviews.csv")
    found = table[table["group"] == "size_schools"].drop_duplicates("level")
    own = pd.read_csv(SHIPPED / "trusts.csv")["size_schools"]
    interviewed = set(pd.read_csv(SHIPPED / "coded_excerpts.csv")["mat_id"])
    trusts = pd.read_csv(wave / "trusts.csv")
    surveyed = trusts.loc[trusts["mat_id"].isin(interviewed), "size_schools"]
    expected = pd.concat([own, surveyed]).value_counts()
    assert found.set_index("level")["n_mats"].loc[expected.index].tolist() == expected.tolist()


def drawn(wave: Path, *sets: str) -> Path:
    """Join the shipped interviews to the wave and draw the sets asked for."""
    call("interviews", *words(wave))
    call(
        "draw_interviews",
        *("--interviews", wave / "out" / "interviews.csv"),
        *("--tests", wave / "out" / "interview_tests.csv"),
        *(word for one in sets for word in ("--set", one)),
        *("--formats", "svg", "--out", wave / "figures"),
    )
    return wave / "figures"


def test_figures_of_invented_interviews_say_so_beside_where_the_clusters_come_from(
    wave: Path,
) -> None:
    figures = drawn(wave, f"2017-illustration=reconstruction={wave / 'clusters.csv'}={CODES}")
    start = "interviews_2017-illustration"
    names = [f"{start}_centralisation", *(f"{start}_break_points_by_{by}" for by in ATTRIBUTES)]
    stems = [path.stem for path in figures.glob("*.svg")]
    assert sorted(stems) == sorted(names)
    for name in names:
        said = (figures / f"{name}.txt").read_text(encoding="utf-8")
        assert "Illustration: invented interviews" in said
        assert "Reconstruction" in said
        assert "Illustration: invented interviews" in (figures / f"{name}.svg").read_text("utf-8")


def test_interviews_and_a_wave_that_are_both_original_carry_no_stamp(wave: Path) -> None:
    call("interviews", *words(wave))
    for name in ("interviews.csv", "interview_tests.csv"):
        file = wave / "out" / name
        file.write_text(file.read_text(encoding="utf-8").replace("2017-illustration", "2017"))
    for provenance in ("original", "reconstruction"):
        folder = wave / provenance
        call(
            "draw_interviews",
            *("--interviews", wave / "out" / "interviews.csv"),
            *("--tests", wave / "out" / "interview_tests.csv"),
            *("--set", f"2017={provenance}={wave / 'clusters.csv'}={CODES}"),
            *("--formats", "svg", "--out", folder),
        )
        said = {path.read_text(encoding="utf-8") for path in folder.glob("*.txt")}
        assert len(said) == 3
        assert not [words for words in said if "invented" in words]
        stamped = [words for words in said if "Reconstruction: not" in words]
        assert len(stamped) == (3 if provenance == "reconstruction" else 0)


def test_a_set_that_the_tables_do_not_have_is_told(wave: Path) -> None:
    with pytest.raises(InputProblems, match="are: 2017-illustration") as raised:
        drawn(wave, f"2018=original={wave / 'clusters.csv'}={CODES}")
    assert [one.value for one in raised.value.problems] == ["2018"]
    assert not (wave / "figures").exists()
    with pytest.raises(SystemExit):
        drawn(wave, "2018=original")


def test_sets_are_put_below_each_other_digit_by_digit(wave: Path, tmp_path: Path) -> None:
    other = tmp_path / "2024-illustration"
    shutil.copytree(SHIPPED, other)
    parts = [wave / "first", wave / "second"]
    call("interviews", *words(wave), "--out", parts[0])
    call("interviews", *words(wave, interviews=other), "--out", parts[1])
    call("gather_interviews", "--parts", *parts, "--out", wave / "out")
    for name in ("interviews.csv", "interview_tests.csv"):
        first, second = ((part / name).read_text(encoding="utf-8") for part in parts)
        header = first.splitlines()[0]
        gathered = (wave / "out" / name).read_text(encoding="utf-8")
        assert gathered == first + second.removeprefix(f"{header}\n")
        assert "2024-illustration,2017-reconstruction," in gathered


def test_each_set_is_drawn_from_its_own_rows(wave: Path, tmp_path: Path) -> None:
    other = tmp_path / "2024-illustration"
    other.mkdir()
    lines = (SHIPPED / "coded_excerpts.csv").read_text(encoding="utf-8").splitlines()
    first = [line for line in lines[1:] if line.startswith("illustration-interview-01,")]
    (other / "coded_excerpts.csv").write_text("\n".join([lines[0], *first]) + "\n")
    parts = [wave / "first", wave / "second"]
    call("interviews", *words(wave), "--out", parts[0])
    call("interviews", *words(wave, interviews=other), "--out", parts[1])
    call("gather_interviews", "--parts", *parts, "--out", wave / "out")
    sets = [
        word
        for name in ("2017-illustration", "2024-illustration")
        for word in ("--set", f"{name}=reconstruction={wave / 'clusters.csv'}={CODES}")
    ]
    tables = ("--interviews", wave / "out" / "interviews.csv")
    tests = ("--tests", wave / "out" / "interview_tests.csv")
    call("draw_interviews", *tables, *tests, *sets, "--formats", "svg", "--out", wave / "figures")
    for name, n in (("2017-illustration", "34 trusts"), ("2024-illustration", "1 trust,")):
        told = (wave / "figures" / f"interviews_{name}_centralisation.txt").read_text("utf-8")
        assert f"in interviews with {n}" in told


def test_without_attributes_centralisation_is_all_there_is(wave: Path) -> None:
    call("interviews", *words(wave, "--by"))
    assert len(pd.read_csv(wave / "out" / "interview_tests.csv")) == 0
    groups = set(pd.read_csv(wave / "out" / "interviews.csv")["group"])
    assert groups == {"all", "cluster"}


def test_interviews_that_were_held_are_refused_made_up_identifiers(
    wave: Path, tmp_path: Path
) -> None:
    held = tmp_path / "2017"
    held.mkdir()
    for name in ("coded_excerpts.csv", "trusts.csv"):
        (held / name).write_bytes((SHIPPED / name).read_bytes())
    found = problems("interviews", *words(wave, interviews=held))
    assert len(found) == len(pd.read_csv(SHIPPED / "coded_excerpts.csv"))
    assert not (wave / "out").exists()


def test_problems_of_both_files_come_at_once_and_nothing_is_written(
    wave: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "1-illustration"
    folder.mkdir()
    (folder / "coded_excerpts.csv").write_text(
        "interview_id,mat_id,area,weight,break_point,excerpt_id\nillustration-1,X,sport,,,E1\n"
    )
    (folder / "trusts.csv").write_text("mat_id,size_schools,geographical_spread\nX,huge,\n")
    assert problems("interviews", *words(wave, interviews=folder)) == ["sport", "huge"]
    assert not (wave / "out").exists()


def test_without_a_file_of_trusts_those_outside_the_survey_are_missing(
    wave: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "2-illustration"
    folder.mkdir()
    (folder / "coded_excerpts.csv").write_bytes((SHIPPED / "coded_excerpts.csv").read_bytes())
    call("interviews", *words(wave, interviews=folder))
    table = pd.read_csv(wave / "out" / "interviews.csv")
    missing = table[(table["group"] == "size_schools") & (table["level"] == "(missing)")]
    assert set(missing["n_mats"]) == {25}


def test_what_is_not_there_is_told(wave: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(InputProblems, match="coded_excerpts"):
        call("interviews", *words(wave, interviews=nowhere))
    assert problems("interviews", *words(wave, "--by", "colour")) == ["colour"]


def test_the_tables_repeat_byte_for_byte(wave: Path) -> None:
    for name in ("once", "again"):
        call("interviews", *words(wave), "--out", wave / name)
    for table in ("interviews.csv", "interview_tests.csv"):
        assert (wave / "once" / table).read_bytes() == (wave / "again" / table).read_bytes()


# --- the shipped illustration ------------------------------------------------------------------


def illustrate(out: Path, *more: object) -> None:
    call("illustrate_interviews", "--codes", CODES, "--wave-file", WAVE, "--out", out, *more)


def test_the_shipped_illustration_is_what_its_command_makes(tmp_path: Path) -> None:
    illustrate(tmp_path / "2017-illustration")
    for name in ("coded_excerpts.csv", "trusts.csv"):
        assert (tmp_path / "2017-illustration" / name).read_bytes() == (SHIPPED / name).read_bytes()


def test_the_shipped_illustration_has_the_numbers_of_the_report() -> None:
    excerpts = pd.read_csv(SHIPPED / "coded_excerpts.csv", dtype=str)
    surveyed = set(pd.read_csv(TRUSTS, dtype=str)["mat_id"])
    interviewed = set(excerpts["mat_id"])
    assert excerpts["interview_id"].nunique() == 34
    assert len(interviewed & surveyed) == 9
    assert {"MAT 2", "MAT 9", "MAT 10", "MAT 13"} <= interviewed
    assert len(interviewed | surveyed) == 47
    assert set(pd.read_csv(SHIPPED / "trusts.csv")["mat_id"]) == interviewed - surveyed


def test_nobody_can_take_the_illustration_for_interviews() -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    assert readme.splitlines()[0] == "# Not the interviews of 2017"
    assert "No interview was held" in readme
    excerpts = pd.read_csv(SHIPPED / "coded_excerpts.csv", dtype=str)
    for column in ("interview_id", "excerpt_id"):
        assert excerpts[column].str.startswith("illustration-").all()
    assert pd.read_csv(SHIPPED / "trusts.csv")["mat_id"].str.startswith("illustration-").all()


def test_another_seed_draws_otherwise_and_the_readme_says_which(tmp_path: Path) -> None:
    out = tmp_path / "x-illustration"
    illustrate(out, "--seed", 7)
    assert "--seed 7" in (out / "README.md").read_text(encoding="utf-8")
    made = (out / "coded_excerpts.csv").read_bytes()
    assert made != (SHIPPED / "coded_excerpts.csv").read_bytes()
    illustrate(out, "--seed", 8)
    assert (out / "coded_excerpts.csv").read_bytes() != made


def test_a_folder_that_does_not_say_illustration_is_refused(tmp_path: Path) -> None:
    command = ["--codes", CODES, "--wave-file", WAVE, "--out", tmp_path / "2017"]
    assert problems("illustrate_interviews", *command) == ["2017"]
    assert not (tmp_path / "2017").exists()


def test_interviews_that_were_held_are_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "2017-illustration"
    out.mkdir()
    (out / "coded_excerpts.csv").write_text("interview_id,mat_id\nI1,MAT 1\n")
    command = ["--codes", CODES, "--wave-file", WAVE, "--out", out]
    with pytest.raises(InputProblems, match="Only an illustration is replaced"):
        call("illustrate_interviews", *command)
    assert (out / "coded_excerpts.csv").read_text().endswith("I1,MAT 1\n")
    assert problems("illustrate_interviews", *command[:-1], tmp_path / "y-illustration",
                    "--by", "colour") == ["colour"]  # fmt: skip
