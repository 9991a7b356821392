"""What the workflow promises: it runs, repeats itself, and reruns what has to be, no more."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from buildingtrusts.study.plan import plan_study

from .conftest import ROOT, Project, small_project
from .crate_contexts import keep_contexts

WAVE = "2030-illustration"
#: Words that only something made from invented responses carries.
STAMP = re.compile(rb"illustration|reconstruct|invented", re.IGNORECASE)


def rows(project: Project, table: str) -> list[dict[str, str]]:
    with (project.folder / "results" / table).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


#: Made from the printed report and the register alone.
WITHOUT_A_WAVE = {"figures/published_associations.svg"}

#: What is put together from all results of a run.
PAGES = {"list_figures", "write_methods", "report", "paper_workbook", "describe_run"}

#: What a rule says when it runs, up to the wave.
MESSAGES = {
    "Reading and checking the responses of": "ingest",
    "Averaging the ratings of": "aggregate",
    "Clustering the trusts of": "cluster",
    "Saying which types the clusters of": "type_clusters",
    "Drawing the figures of": "draw",
    "Holding every recomputed number": "ledger",
}


def readable(content: bytes) -> bytes:
    """What a file says: of a workbook or a Word document, the parts that are packed in it."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(name) for name in packed.namelist())


def jobs(printed: str) -> set[str]:
    """Rules that a dry run would start, with the wave where there is one, by their messages."""
    said = re.findall(r"^Job \d+: (.+)$", printed, re.MULTILINE)
    found = set()
    for message in said:
        wave = re.search(r"20\d\d-\w+", message)
        for start, rule in MESSAGES.items():
            if message.startswith(start):
                found.add(f"{rule} {wave[0]}" if wave else rule)
    return found


def counted(printed: str) -> set[str]:
    """Rules in the table of jobs that a run starts with."""
    table = printed[printed.index("Job stats:") :].split("\n\n")[0]
    return set(re.findall(r"^(\w+) +\d+$", table, re.MULTILINE)) - {"total"}


def would_run(project: Project) -> set[str]:
    return jobs(project.run("--dry-run"))


def test_a_run_finds_the_planted_clusters(finished: Project) -> None:
    found = {
        row["mat_id"]: row["cluster"]
        for row in rows(finished, f"{WAVE}/tables/clusters.csv")
        if row["k"] == "3"
    }
    assert found == {"T1": "1", "T2": "1", "T5": "1", "T3": "2", "T4": "2", "T6": "2", "T7": "3"}


def test_a_run_makes_everything_and_leaves_no_partial_file(finished: Project) -> None:
    assert not list(finished.folder.rglob("*.partial"))
    assert f"{WAVE}/tables/README.md" in finished.results()
    assert "tables/ledger.csv" in finished.results()


def test_a_second_run_has_nothing_to_do(finished: Project) -> None:
    assert "Nothing to be done" in finished.run()


def test_one_core_and_two_give_the_same_bytes(finished: Project, minimal: Project) -> None:
    minimal.run("--cores", "1")
    assert minimal.results() == finished.results()


def test_a_touched_raw_file_is_not_a_changed_one(rerun: Project) -> None:
    (rerun.folder / "raw" / WAVE / "responses.csv").touch()
    assert "Nothing to be done" in rerun.run("--max-checksum-file-size", "100MB")


def test_a_changed_answer_reruns_the_wave(rerun: Project) -> None:
    rerun.edit(f"raw/{WAVE}/responses.csv", lambda text: text.replace(",9,", ",8,", 1))
    assert {f"ingest {WAVE}", f"cluster {WAVE}", f"draw {WAVE}", "ledger"} <= would_run(rerun)


def test_a_changed_choice_reruns_only_what_it_reaches(rerun: Project) -> None:
    rerun.edit(
        f"config/waves/{WAVE}.yaml",
        lambda text: text.replace("cluster:", "cluster:\n  linkage: single"),
    )
    found = would_run(rerun)
    assert f"cluster {WAVE}" in found
    assert f"ingest {WAVE}" not in found
    assert f"aggregate {WAVE}" not in found


def test_a_changed_title_reads_and_clusters_nothing_again(rerun: Project) -> None:
    rerun.edit(f"config/waves/{WAVE}.yaml", lambda text: text.replace("title: A", "title: Another"))
    found = would_run(rerun)
    assert f"draw {WAVE}" in found
    assert not {f"ingest {WAVE}", f"cluster {WAVE}"} & found


def add_wave(project: Project, year: int) -> None:
    """Declare a wave that asks what the first asked, and was answered as the first was."""
    name = f"{year}-illustration"
    shutil.copytree(project.folder / "raw" / WAVE, project.folder / "raw" / name)
    declared = (project.folder / "config" / "waves" / f"{WAVE}.yaml").read_text(encoding="utf-8")
    (project.folder / "config" / "waves" / f"{name}.yaml").write_text(
        declared.replace(WAVE, name)
        .replace("2030-01", f"{year}-01")
        .replace("evidence: {", "evidence: {enabled: false, "),
        encoding="utf-8",
    )
    rows = (ROOT / "examples" / "minimal" / "codebook.csv").read_text(encoding="utf-8")
    asked = "".join(rows.splitlines(keepends=True)[1:]).replace(WAVE, name)
    project.edit("config/codebook.csv", lambda text: text + asked.replace(",new,", ",kept,"))


def test_a_new_wave_reruns_no_other(rerun: Project) -> None:
    add_wave(rerun, 2031)
    found = would_run(rerun)
    assert "ingest 2031-illustration" in found
    assert not {job for job in found if job.endswith(WAVE)}
    before = {name: data for name, data in rerun.results().items() if name.startswith(WAVE)}
    rerun.run()
    results = rerun.results()
    assert {name: results[name] for name in before} == before
    # The same answers twice: every trust stays in its cluster, and nothing changed.
    agreement = rows(rerun, "tables/wave_agreement.csv")
    assert {row["adjusted_rand"] for row in agreement} == {"1.0"}
    assert {row["change"] for row in rows(rerun, "tables/changes.csv")} <= {"0.0", ""}
    assert "figures/transitions.svg" in results
    assert b"Illustration" in results["figures/changes.svg"]
    types = rows(rerun, "2031-illustration/tables/cluster_types.csv")
    assert {row["matched_wave"] for row in types} == {WAVE}
    assert {row["distance"] for row in types} == {"0.0"}
    # All items are common, so clusterings on the common ones are the waves' own.
    common = rows(rerun, "tables/common_agreement.csv")
    assert len(common) == 9
    assert {row["adjusted_rand"] for row in common} == {"1.0"}
    for name in ("linkage", "clusters", "silhouettes", "partitions"):
        file = f"{WAVE}/{{}}tables/{name}.csv"
        assert results[file.format("common/")] == results[file.format("")]
    assert b"items of its clustered block that all" in results[f"{WAVE}/common/tables/README.md"]


def test_a_changed_answer_of_an_earlier_wave_changes_types_and_clusters_nothing_later(
    rerun: Project,
) -> None:
    add_wave(rerun, 2031)
    rerun.run("--until", "type_clusters")
    rerun.edit(f"raw/{WAVE}/responses.csv", lambda text: text.replace(",9,", ",8,", 1))
    found = would_run(rerun)
    assert {f"type_clusters {WAVE}", "type_clusters 2031-illustration"} <= found
    assert "cluster 2031-illustration" not in found
    assert "ingest 2031-illustration" not in found


def test_braces_in_what_people_write_are_no_wildcards(minimal: Project) -> None:
    minimal.edit(
        f"config/waves/{WAVE}.yaml",
        lambda text: text.replace("title: A", "title: A {x}").replace("example.", "{example}."),
    )
    minimal.edit(
        "config.yaml",
        lambda text: text + "words: {trust: 'firm {x}'}\npublish: {drop_mats: ['T1 {x}']}\n",
    )
    assert "report" in counted(minimal.run("--dry-run"))


def test_ten_waves_go_by_the_rules_of_one(minimal: Project) -> None:
    for year in range(2031, 2040):
        add_wave(minimal, year)
    minimal.edit(
        f"config/waves/{WAVE}.yaml",
        lambda text: text.replace("evidence: {", "evidence: {enabled: false, "),
    )
    minimal.run("--until", "track")
    types = rows(minimal, "tables/types.csv")
    assert len({row["wave"] for row in types}) == 10
    assert all(row["type_id"] == row["cluster"] for row in types)
    assert len(rows(minimal, "tables/common_agreement.csv")) == 3 * 10 + 3 * 9


def test_waves_with_one_common_item_are_told_and_not_clustered_on_it(minimal: Project) -> None:
    add_wave(minimal, 2031)
    minimal.edit(
        "config/codebook.csv",
        lambda text: re.sub(r"(2031-\w+,strategy,(?!shared_aims).*),kept,", r"\1,new,", text),
    )
    printed = minimal.run("--dry-run")
    assert "The waves have fewer than two items in common" in printed
    assert "cluster_common" not in counted(printed)


def test_an_item_that_was_never_asked_cannot_be_dropped(minimal: Project) -> None:
    add_wave(minimal, 2031)
    minimal.edit(
        "config/codebook.csv",
        lambda text: text + "2031-illustration,strategy,pay,Pay,Pay,1,10,1,,,,dropped,\n",
    )
    done = minimal.snakemake(*minimal.configuration, "--dry-run")
    assert done.returncode != 0
    assert "strategy__pay is dropped, so an earlier wave asked strategy__pay" in done.stdout
    assert "codebook.csv, line 16" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_wave_that_was_added_reruns_no_other_and_says_why(
    rerun: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from buildingtrusts.cli import main

    outside = {
        path: path.read_bytes()
        for path in rerun.folder.rglob("*")
        if path.is_file() and path.relative_to(rerun.folder).parts[0] not in ("config", "raw")
    }
    monkeypatch.chdir(rerun.folder)
    added = [
        *("add-wave", "2031-illustration", f"raw/{WAVE}/responses.csv"),
        *("--trusts", f"raw/{WAVE}/trusts.csv", "--date", "2031-01-31", "--yes"),
        *("--config", "config", "--raw", "raw"),
    ]
    assert main(added) == 0
    assert {path: path.read_bytes() for path in outside} == outside
    printed = rerun.run("--dry-run")
    found = jobs(printed)
    assert "ingest 2031-illustration" in found
    assert not {job for job in found if job.endswith(WAVE)}
    reasons = dict(re.findall(r"^Job \d+: (.+)\nReason: (.+)$", printed, re.MULTILINE))
    # What both waves asked can be compared now, which a single wave has no tables for.
    assert {job for job in reasons if WAVE in job} == {
        f"Clustering {WAVE} on the items that all waves asked",
        f"Describing the tables of {WAVE} on common items",
    }
    assert all(why.startswith("Missing output") for job, why in reasons.items() if WAVE in job)
    new = {job: why for job, why in reasons.items() if "2031-illustration" in job}
    assert new
    assert all(why.startswith(("Missing output", "Input files updated")) for why in new.values())
    # What spans waves runs because it has one wave more, never because of its code.
    spanning = {why for job, why in reasons.items() if job not in new}
    assert spanning
    assert not [why for why in spanning if "ode has changed" in why]


def test_one_wave_is_followed_nowhere(finished: Project) -> None:
    for name in ("transitions", "wave_agreement", "changes", "new_trusts", "common_agreement"):
        assert rows(finished, f"tables/{name}.csv") == []
    assert not [name for name in finished.results() if "common/" in name]
    assert not [name for name in finished.results() if name.startswith("figures/transitions")]


def test_changed_analysis_code_reruns_the_steps_that_use_it(tmp_path: Path) -> None:
    copied = tmp_path / "project"
    for part in ("src", "workflow", "profiles"):
        shutil.copytree(ROOT / part, copied / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Snakefile", copied / "Snakefile")
    (tmp_path / "study").mkdir()
    project = small_project(tmp_path / "study", copied)
    project.run()
    linkage = copied / "src" / "buildingtrusts" / "statistics" / "linkage.py"
    linkage.write_text(linkage.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    found = would_run(project)
    assert f"cluster {WAVE}" in found
    assert f"ingest {WAVE}" not in found


def test_bad_answers_end_with_one_report_and_nothing_written(minimal: Project) -> None:
    minimal.edit(
        f"raw/{WAVE}/responses.csv",
        lambda text: (
            text.replace("illustration-01,T1", "illustration-01,T99")
            .replace("illustration-02,T1,Central,", "illustration-02,T1,Central,11,")
            .replace(",Chief executive,", ",Chief executive,7;5,", 1)
        ),
    )
    done = minimal.snakemake(*minimal.configuration)
    assert done.returncode != 0
    assert "problems in the input; nothing was written" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (minimal.folder / "processed").exists() or not any(
        path.is_file() for path in (minimal.folder / "processed").rglob("*")
    )


def test_a_bad_configuration_is_told_before_anything_runs(minimal: Project) -> None:
    minimal.edit("config.yaml", lambda text: text + "sede: 3\n")
    minimal.edit(
        f"config/waves/{WAVE}.yaml", lambda text: text.replace("k: [2, 3, 4]", "k: [2, 1]")
    )
    done = minimal.snakemake(*minimal.configuration)
    assert done.returncode != 0
    assert "sede" in done.stdout
    assert "There is no such key." in done.stdout
    assert "Traceback" not in done.stdout


def test_the_text_for_a_paper_says_of_each_result_that_it_is_made_up(finished: Project) -> None:
    text = json.loads(finished.results()["methods.json"])
    assert text["statement"].startswith("**These are invented responses.**")
    results = [one for one in text["paragraphs"] if one["section"].startswith("wave")]
    results = [one for one in results if one["kind"] == "result"]
    assert len(results) >= 6
    assert all(one["text"].startswith("In the invented data, ") for one in results)
    sample = next(one["text"] for one in results if one["paragraph"] == "sample")
    n_mats = len(rows(finished, f"{WAVE}/tables/clusters.csv")) // 3
    assert f"{n_mats} trusts" in sample
    # Table numbers are those of the files, on through the waves and into what spans them.
    captions = {
        path: data.decode().split("**")[1]
        for path, data in finished.results().items()
        if "paper/" in path and path.endswith(".md")
    }
    assert sorted(captions.values(), key=lambda one: int(one[6:-1])) == [
        f"Table {number}." for number in range(1, len(captions) + 1)
    ]
    assert captions[f"{WAVE}/paper/sample.md"] == "Table 1."
    partitions = next(one["text"] for one in results if one["paragraph"] == "partitions")
    assert captions[f"{WAVE}/paper/partitions.md"].rstrip(".") in partitions


def test_the_crate_has_every_other_result_with_its_hash(finished: Project) -> None:
    results = finished.results()
    graph = json.loads(results.pop("ro-crate-metadata.json"))["@graph"]
    files = {one["name"]: one["sha256"] for one in graph if one["@type"] == "File"}
    assert files == {
        path: hashlib.sha256(data).hexdigest()
        for path, data in results.items()
        if not Path(path).name.startswith(".")
    }


def test_the_crate_is_valid(finished: Project, tmp_path: Path) -> None:
    if os.environ.get("BUILDINGTRUSTS_FORBID_SKIPPING") != "1":
        pytest.importorskip("rocrate_validator", reason="roc-validator is not installed")
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("rocrate-validator"), "--no-interactive", "validate"),
            *("--profile-identifier", "process-run-crate", "--requirement-severity", "required"),
            *("--offline", "--cache-path", keep_contexts(tmp_path)),
            *("--output-format", "json", "--output-file", report, finished.folder / "results"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert report.exists(), done.stdout + done.stderr
    assert not [one["message"] for one in json.loads(report.read_text("utf-8"))["issues"]]
    assert done.returncode == 0, done.stdout


def test_invented_responses_are_stamped_everywhere(finished: Project) -> None:
    for path, content in finished.results().items():
        if path.endswith((".svg", "README.md", ".xlsx")) and path not in WITHOUT_A_WAVE:
            assert STAMP.search(readable(content)), path


def test_an_original_wave_carries_no_stamp_anywhere(minimal: Project) -> None:
    (minimal.folder / "raw" / WAVE).rename(minimal.folder / "raw" / "2030")
    (minimal.folder / "config" / "waves" / f"{WAVE}.yaml").rename(
        minimal.folder / "config" / "waves" / "2030.yaml"
    )
    for file in ("config/waves/2030.yaml", "config/codebook.csv", "raw/2030/responses.csv"):
        minimal.edit(
            file,
            lambda text: (
                text.replace("2030-illustration", "2030")
                .replace("illustration-", "person-")
                .replace("provenance: illustration", "provenance: original")
                .replace("invented trusts", "trusts")
                .replace("Invented for this example.", "The survey.")
            ),
        )
    minimal.edit("config.yaml", lambda text: text.replace("[svg]", "[svg, pdf, png]"))
    minimal.run()
    results = minimal.results()
    marked = {
        path
        for path, content in results.items()
        if STAMP.search(readable(content)) or STAMP.search(path.encode())
    }
    # The ledger's rows on the 2018 report say in words what is a reconstruction; none is stamped.
    assert not {path for path in marked if not path.startswith("tables/ledger")}


def test_a_wave_is_joined_with_the_register_if_its_trusts_have_numbers_and_not_otherwise(
    rerun: Project,
) -> None:
    extract = ROOT / "tests" / "register" / "fixtures" / "2017-01-19"
    shutil.copytree(extract, rerun.folder / "raw" / "register" / "2017-01-19")
    for name in ("register.yaml", "register_alternatives.yaml"):
        shutil.copy(ROOT / "config" / name, rerun.folder / "config" / name)
    found = counted(rerun.run("--dry-run"))
    assert {"register", "compare_population"} <= found
    assert not {"ingest", "crosstabulate", "draw"} & found
    numbers = ["trust_uid", "90010", "9002", "404", *[""] * 20]
    rerun.edit(
        f"raw/{WAVE}/trusts.csv",
        lambda text: "".join(
            f"{line},{number}\n" for line, number in zip(text.splitlines(), numbers, strict=False)
        ),
    )
    rerun.edit(
        f"config/waves/{WAVE}.yaml",
        lambda text: text.replace("trusts.csv", "trusts.csv\n  uid: trust_uid"),
    )
    printed = rerun.run("--until", "compare_population", "crosstabulate")
    assert {"register", "ingest", "crosstabulate", "compare_population"} <= counted(printed)
    tidy = (rerun.folder / "processed" / WAVE / "trusts.csv").read_text(encoding="utf-8")
    assert tidy.splitlines()[0].endswith("trust_age,rapid_growth")
    assert "(missing)" in tidy
    unmatched = rerun.folder / "processed" / WAVE / "unmatched_trusts.csv"
    assert ",404,not an open multi-academy trust" in unmatched.read_text(encoding="utf-8")
    compared = {
        (row["attribute"], row["level"]): row["n_sample"]
        for row in rows(rerun, "tables/population.csv")
    }
    assert compared["rapid_growth", "No"] == "1"
    assert compared["trust_age", "3 to 5 years"] == "1"
    sensitivity = rows(rerun, "tables/attribute_sensitivity.csv")
    assert {row["n_sample"] for row in sensitivity if row["level"] == "(all)"} == {"2"}
    levels = {row["level"] for row in rows(rerun, f"{WAVE}/tables/crosstabs.csv")}
    assert "(missing)" in levels


def test_lint_finds_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_says_what_it_does_in_a_docstring_and_a_message() -> None:
    for file in (ROOT / "workflow" / "rules").glob("*.smk"):
        text = file.read_text(encoding="utf-8")
        for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", text, re.MULTILINE):
            assert body.lstrip().startswith('"""'), name
            assert "    message:\n" in body, name
            assert "    log:\n" in body, name


def test_every_step_a_rule_calls_has_its_modules_as_input() -> None:
    for file in (ROOT / "workflow" / "rules").glob("*.smk"):
        text = file.read_text(encoding="utf-8")
        for name, body in re.findall(r"^rule (\w+):\n((?:    .*\n|\n)+)", text, re.MULTILINE):
            called = re.search(r"python -m buildingtrusts ([\w-]+)", body)
            assert called, name
            assert f'modules_of("{called[1].replace("-", "_")}")' in body, name


def test_the_shipped_study_is_planned_without_warnings() -> None:
    import yaml

    values = yaml.safe_load((ROOT / "config" / "config.yaml").read_text(encoding="utf-8"))
    values["paths"] = {name: str(ROOT / folder) for name, folder in values["paths"].items()}
    plan = plan_study(values)
    assert plan.warnings == ()
    assert "2017-reconstruction" in plan.wave_names


def test_evidence_is_made_unless_a_wave_asks_for_none(rerun: Project) -> None:
    results = rerun.results()
    assert f"{WAVE}/tables/verdict.csv" in results
    assert f"{WAVE}/figures/noise.svg" in results
    assert b"| `verdict.csv` |" in results[f"{WAVE}/tables/README.md"]
    rerun.edit(
        f"config/waves/{WAVE}.yaml",
        lambda text: text.replace("evidence: {", "evidence: {enabled: false, "),
    )
    # The dendrogram no longer shows tests of its merges, and the guide no longer lists the tables.
    assert counted(rerun.run("--dry-run")) == {
        *("draw", "describe_tables", "paper_tables", "all"),
        *PAGES,
    }


def test_more_jobs_for_the_draws_change_no_byte(rerun: Project) -> None:
    before = rerun.results()
    rerun.edit("config.yaml", lambda text: text.replace("evidence: {", "evidence: {parts: 3, "))
    printed = rerun.run("--until", "judge", "gather_multiverse")
    assert {"resample_null_studies", "run_multiverse"} <= counted(printed)
    after = rerun.results()
    tables = [name for name in before if name.endswith(".csv") and "/tables/" in name]
    assert {name: after[name] for name in tables} == {name: before[name] for name in tables}


# --- interviews ---------------------------------------------------------------------------------

INTERVIEWED = """\
interviews:
  - {folder: 2030-illustration, wave: 2030-illustration, codes: codes.csv, by: [phase_mix]}
"""
EXCERPTS = """\
interview_id,mat_id,area,weight,break_point,excerpt_id
illustration-1,T1,hiring,3,alignment,illustration-e1
illustration-2,T3,hiring,1,,illustration-e2
illustration-3,elsewhere,hiring,2,alignment,illustration-e3
"""
CODES = """\
kind,code,label,group
area,hiring,Hiring staff,
break_point,alignment,Alignment,scale
"""
OF_INTERVIEWS = {"interviews", "gather_interviews", "draw_interviews"}


@pytest.fixture
def interviewed(rerun: Project) -> Project:
    """The finished example, to which three interviews were added."""
    folder = rerun.folder / "raw" / "interviews" / "2030-illustration"
    folder.mkdir(parents=True)
    (folder / "coded_excerpts.csv").write_text(EXCERPTS, encoding="utf-8")
    (rerun.folder / "config" / "codes.csv").write_text(CODES, encoding="utf-8")
    rerun.edit("config.yaml", lambda text: text + INTERVIEWED)
    return rerun


def test_a_study_without_interviews_has_nothing_of_them(finished: Project) -> None:
    assert not [name for name in finished.results() if "interview" in name]
    assert b"interview" not in finished.results()["tables/README.md"]


def test_interviews_are_joined_gathered_and_drawn_and_nothing_else_runs_again(
    interviewed: Project,
) -> None:
    before = interviewed.results()
    guide = {"describe_study_tables"}
    assert counted(interviewed.run("--dry-run")) == OF_INTERVIEWS | guide | PAGES | {"all"}
    interviewed.run()
    results = interviewed.results()
    added = set(results) - set(before)
    stems = {
        *("tables/interviews", "tables/interview_tests"),
        *("paper/interviews", "paper/break_points"),
        "figures/interviews_2030-illustration_centralisation",
        "figures/interviews_2030-illustration_break_points_by_phase_mix",
    }
    assert {name.rpartition(".")[0] for name in added} == stems
    changed = {name for name in before if results[name] != before[name]}
    together = {"methods.md", "methods.json", "report.html", "ro-crate-metadata.json"}
    assert changed == {"tables/README.md", "tables.xlsx", "figures.html", *together}
    told = results["tables/README.md"].decode("utf-8")
    assert "**The interviews of 2030-illustration were not held.**" in told
    assert "| `interview_tests.csv` |" in told
    for name in added:
        if name.endswith(".svg"):
            assert b"Illustration: invented interviews" in results[name]
    shares = {
        (row["group"], row["level"]): (row["n_coded"], row["n_mats"])
        for row in rows(interviewed, "tables/interviews.csv")
        if row["measure"] == "break_point"
    }
    assert shares["all", "(all)"] == ("2", "3")
    assert shares["phase_mix", "(missing)"] == ("1", "1")
    assert "Nothing to be done" in interviewed.run()
    # Codes are read by what is made of interviews, and by nothing else.
    interviewed.edit("config/codes.csv", lambda text: text.replace("Hiring staff", "Hiring"))
    assert counted(interviewed.run("--dry-run")) == OF_INTERVIEWS | PAGES | {"all"}
    interviewed.run()
    drawn = interviewed.results()["figures/interviews_2030-illustration_centralisation.csv"]
    assert b"Hiring," in drawn
    # A set of its own: the other is not joined again.
    folder = interviewed.folder / "raw" / "interviews"
    shutil.copytree(folder / "2030-illustration", folder / "2031-illustration")
    interviewed.edit(
        "config.yaml",
        lambda text: (
            text + "  - {folder: 2031-illustration, wave: 2030-illustration, codes: codes.csv}\n"
        ),
    )
    printed = interviewed.run("--dry-run")
    assert "Joining the interviews of 2031-illustration" in printed
    assert "Joining the interviews of 2030-illustration" not in printed


def test_interviews_joined_to_no_wave_are_told_before_anything_runs(interviewed: Project) -> None:
    interviewed.edit(
        "config.yaml", lambda text: text.replace("wave: 2030-illustration", "wave: 2017")
    )
    done = interviewed.snakemake(*interviewed.configuration)
    assert done.returncode != 0
    assert "column 'interviews.0.wave': found '2017'" in done.stdout
    assert "Traceback" not in done.stdout


# --- the engineer's view ----------------------------------------------------------------------


def told_in(page: str, name: str) -> dict[str, dict]:
    """What the workflow's report holds under a name."""
    found, _ = json.JSONDecoder().raw_decode(page, page.index(f'var {name} = {{"') + len(name) + 7)
    assert isinstance(found, dict)
    return found


def test_the_workflows_report_shows_every_figure_with_category_and_caption(
    rerun: Project,
) -> None:
    rerun.run("--report", "workflow.html")
    page = (rerun.folder / "workflow.html").read_text(encoding="utf-8")
    shown, categories = told_in(page, "results"), told_in(page, "categories")
    drawn = [path for path in rerun.results() if path.endswith(".svg")]
    assert len(drawn) > 20
    for path in drawn:
        wave = path.split("/")[0] if path.startswith("20") else "all waves"
        for file, form in ((path, "picture"), (path.removesuffix("svg") + "txt", "words")):
            entry = shown[f"results/{file}"]
            stages = [one for one, files in categories[wave].items() if f"results/{file}" in files]
            assert len(stages) == 1
            assert stages[0] != "Other"
            assert entry["labels"]["shown as"] == form
            assert "<p>" in entry["caption"]
    assert shown[f"results/{WAVE}/tables/verdict.csv"]["labels"]["table"] == "verdict"
    assert "Some of these answers are made up" in page


def test_every_figure_has_a_caption_of_its_own() -> None:
    from buildingtrusts.output import figures

    captions = {path.stem for path in (ROOT / "workflow" / "report" / "figures").glob("*.rst")}
    named = {
        *(*figures.WAVE_FIGURES, *figures.EVIDENCE_FIGURES),
        *(*figures.STUDY_FIGURES, *figures.TRACKING_FIGURES),
    }
    of_kinds = {"report_figure", "interviews_centralisation", "interviews_break_points", "figure"}
    assert captions == named | of_kinds


def test_results_for_publication_are_made_if_asked_for_and_nothing_else_runs_again(
    rerun: Project,
) -> None:
    before = rerun.results()
    assert not any("public/" in path for path in before)
    rerun.edit("config.yaml", lambda text: text + "publish: {suppress_below: 2}\n")
    assert counted(rerun.run("--dry-run")) == {"all", "publish", "describe_run"}
    rerun.run()
    after = rerun.results()
    crate = "ro-crate-metadata.json"
    assert after[crate] != before[crate], "the description of the run names the new files"
    assert {path: after[path] for path in before if path != crate} == {
        path: data for path, data in before.items() if path != crate
    }
    assert f"public/{WAVE}/tables/crosstabs.csv" in after
    assert after["public/README.md"].startswith(b"**These are invented responses.**")
    assert "Nothing to be done" in rerun.run()
