"""The page is one accessible, safe document that says in each section whose answers it rests on."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.paper.table import shown
from buildingtrusts.output.report.content import Column, Row, Table
from buildingtrusts.output.report.listing import number_cell, text_cell
from buildingtrusts.output.report.page import script_text
from buildingtrusts.output.report.study_sections import _odd
from buildingtrusts.output.report.wave_sections import _tests_found
from buildingtrusts.output.tables import read_table, write_table

from .conftest import EVIL, STAMP, Element, Run, read_page


@pytest.fixture(scope="module")
def page(one_wave: Run) -> Element:
    return read_page(one_wave.page())


def test_the_same_run_gives_the_same_bytes(one_wave: Run) -> None:
    first = one_wave.page(name="first.html").read_bytes()
    assert one_wave.page(name="second.html").read_bytes() == first
    assert str(one_wave.folder).encode() not in first


def test_the_page_opens_with_the_answer_in_five_lines(page: Element) -> None:
    (opening,) = page.find(lambda one: one.attributes.get("id") == "opening")
    questions = [one.text for one in opening.tags("dt")]
    assert questions == [
        "May this be cited?",
        "What was asked, and who answered?",
        "What clusters?",
        "How sure is that?",
        "How much of the published report is reproduced?",
    ]
    answers = [one.text for one in opening.tags("dd")]
    assert answers[0].startswith("No. These answers are invented")
    assert "people in 8 trusts rated 4 statements on strategy" in answers[1]
    assert answers[3].startswith("Weak: the clusters come back")
    assert answers[4].startswith("Calibrated: the answers were made to show these")
    assert len(answers) == 8
    counts = [one.text for one in opening.tags("li")]
    assert counts == [
        "3 reproduced",
        "2 reproduced and 1 different",
        "1 contradicted by the report itself and 2 without a published number",
        "1 that cannot be computed",
    ]


def test_the_opening_leaves_the_numbers_of_the_verdict_to_its_section(page: Element) -> None:
    (opening,) = page.find(lambda one: one.attributes.get("id") == "opening")
    assert "Weak: the clusters come back and are no tighter than noise." in opening.text
    (section,) = page.find(lambda one: one.attributes.get("id") == "w-2030-illustration-evidence")
    assert "no tighter than noise (k = 3, p = 0.40)." in section.text


def test_verdicts_on_many_reconstructions_are_counted_in_words(one_wave: Run) -> None:
    tables = one_wave.folder / "results" / "2030-illustration" / "tables"
    kept = (tables / "verdict.csv").read_text("utf-8")
    (tables / "verdict.csv").write_text(kept.replace(",weak,", ",not determined,"), "utf-8")
    page = read_page(one_wave.page(name="open.html"))
    (tables / "verdict.csv").write_text(kept, "utf-8")
    (opening,) = page.find(lambda one: one.attributes.get("id") == "opening")
    assert "Of 108 reconstructions that fit these figures, 26 support the clusters, " in (
        opening.text
    )


def test_a_table_is_folded_if_it_is_long_or_repeats_a_figure(page: Element) -> None:
    for box in page.classed("table"):
        n = len(box.tags("tbody")[0].tags("tr"))
        fold = box.parent
        assert fold is not None
        if "fold" in fold.attributes.get("class", "").split():
            summary, caption = fold.tags("summary")[0].text, box.tags("caption")[0].text
            assert summary.startswith(f"{caption}, {n} ")
        else:
            assert n <= 12
    repeats = {one.classed("table")[0].attributes["id"] for one in page.classed("repeats")}
    assert "w-2030-illustration-sample-table" in repeats
    assert "w-2030-illustration-k3-tree-table" in repeats
    assert not repeats & {"ledger-table", "ledger-counts", "draws-table"}


def test_what_is_folded_is_all_there_without_javascript(page: Element) -> None:
    folds = page.classed("fold")
    assert len(folds) > 15
    assert all(one.tag == "details" and one.tags("summary")[0].text.strip() for one in folds)
    assert all("js" not in one.attributes["class"].split() for one in folds)
    figures = [fold.tags("figure")[0].attributes["id"] for fold in folds if fold.tags("figure")]
    assert "w-2030-illustration-figure-multiverse" in figures
    assert "w-2030-illustration-figure-noise" not in figures


@pytest.mark.parametrize("study", ["one_wave", "two_waves", "original"])
def test_tables_are_headed_and_filled_with_words(
    study: str, request: pytest.FixtureRequest
) -> None:
    page = read_page(request.getfixturevalue(study).page())
    name = re.compile(r"\b[a-z]+_[a-z]+")
    for table in page.tags("table"):
        for cell in table.tags("caption", "th", "td"):
            # Only files are called by their names.
            assert not name.search(cell.text.replace(".csv", "")) or cell.text.endswith(".csv")
    for heading in page.tags("h3", "h4", "summary"):
        assert not name.search(heading.text), heading.text


@pytest.mark.parametrize("study", ["one_wave", "two_waves", "original", "crowd"])
def test_no_heading_is_without_content(study: str, request: pytest.FixtureRequest) -> None:
    page = read_page(request.getfixturevalue(study).page())
    for section in page.classed("section"):
        said = [one for one in section.tags("p", "table", "figure", "li") if one.text.strip()]
        assert [one for one in said if "stamp" not in one.attributes.get("class", "")]
    for fold in page.classed("fold"):
        assert fold.tags("p", "table", "figure", "li")


def test_no_name_of_python_is_shown(page: Element) -> None:
    assert "built-in" not in page.text
    assert "Undefined" not in page.text


def test_counts_of_claims_are_never_added_up(page: Element) -> None:
    total = 10
    for section in page.find(lambda one: one.attributes.get("id") in ("opening", "ledger")):
        for words in section.tags("dd", "p", "caption"):
            assert not re.search(rf"\b{total} claims|of {total}\b", words.text), words.text
    (counts,) = page.find(lambda one: one.attributes.get("id") == "ledger-counts")
    rows = counts.tags("tbody")[0].tags("tr")
    assert [row.tags("td")[0].text for row in rows] == [
        *("calibrated", "emergent", "derived", "register"),
    ]
    assert {row.tags("th")[0].text for row in rows} == {"2030"}


def test_the_title_of_the_folded_ledger_adds_up_no_claims() -> None:
    rows = tuple(Row((text_cell("A claim"), text_cell("derived"))) for _ in range(90))
    columns = (Column("Claim"), Column("Basis"))
    ledger = Table("l", "ledger", "Every claim", columns, rows, counted_by=(1,), noun="claims")
    assert ledger.folded
    assert ledger.summary == "Every claim"
    assert replace(ledger, counted_by=()).summary == "Every claim, 90 claims"


def test_claims_are_read_in_words_and_short_numbers(page: Element) -> None:
    (box,) = page.find(lambda one: one.attributes.get("id") == "ledger-table")
    first, second = (row.tags("td") for row in box.tags("tbody")[0].tags("tr")[:2])
    assert (first[2].text.strip(), first[2].attributes["data-v"]) == ("1.123", "1.123456")
    assert second[1].text.strip() == "one model; local voice"
    assert second[2].text.strip() == "< 0.001"


def test_sections_follow_the_study(page: Element) -> None:
    titles = [one.text for one in page.tags("h3")]
    assert titles == [
        "Who answered",
        "How alike are people in a trust?",
        "The tree and the clusters",
        "What each cluster is like",
        "How clusters run their trusts",
        "Clusters and what trusts are",
        "Are the clusters more than noise?",
        "The report's printed tables, tested",
        "The ledger: published beside recomputed",
        "How to cite",
        "Where all this comes from",
    ]
    (contents,) = page.tags("nav")
    targets = {one.attributes["href"][1:] for one in contents.tags("a")}
    assert targets <= {one.attributes.get("id") for one in page.find(lambda one: True)}
    assert set(titles) <= {one.text for one in contents.tags("a")}


def test_headings_go_down_one_level_at_a_time(page: Element) -> None:
    levels = [int(one.tag[1]) for one in page.tags("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_identifiers_are_unique(page: Element) -> None:
    found = Counter(one.attributes["id"] for one in page.find(lambda one: "id" in one.attributes))
    assert [name for name, n in found.items() if n > 1] == []


def test_every_table_has_a_caption_and_scoped_headings(page: Element) -> None:
    tables = page.tags("table")
    assert len(tables) > 10
    for table in tables:
        assert table.tags("caption")[0].text
        assert all(one.attributes.get("scope") in ("col", "row") for one in table.tags("th"))
        widths = {len(row.tags("th", "td")) for row in table.tags("tr")}
        assert len(widths) == 1


def test_every_figure_states_its_finding(page: Element) -> None:
    figures = page.tags("figure")
    assert len(figures) > 20
    for figure in figures:
        (drawn,) = figure.tags("img", "svg")
        said = drawn.attributes["alt" if drawn.tag == "img" else "aria-label"]
        assert len(said) > 30
        assert figure.classed("alt")[0].text in said


def test_every_section_and_figure_of_an_illustration_is_stamped(page: Element) -> None:
    assert [one.text for one in page.classed("banner")] == [STAMP]
    for section in page.classed("section"):
        if section.attributes["id"] != "published":
            assert section.classed("stamp")[0].text == STAMP
    for figure in page.tags("figure"):
        if figure.attributes["id"] == "study-figure-published-associations":
            continue
        (drawn,) = figure.tags("img", "svg")
        assert STAMP in drawn.attributes["alt" if drawn.tag == "img" else "aria-label"]
        if drawn.tag == "svg":
            assert STAMP in drawn.text


def test_a_page_of_an_original_wave_has_no_stamp_anywhere(original: Run) -> None:
    path = original.page()
    page = read_page(path)
    assert page.classed("banner") == page.classed("stamp") == page.classed("stamp-strip") == []
    text = "".join(child.text for child in page.tags("main"))
    for word in ("Reconstruction:", "Illustration:", "econstructed", "not the survey's"):
        assert word not in text
    assert "Yes, with the references at the end" in text


def test_two_waves_have_a_part_each_and_a_section_on_change(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    parts = [one.attributes["id"] for one in page.classed("part")]
    assert parts == ["w-2030", "w-2032-illustration", "study"]
    assert "Change between waves" in [one.text for one in page.tags("h3")]
    first, second, _ = page.classed("part")
    assert first.classed("stamp") == []
    assert all(one.classed("stamp") for one in second.classed("section"))


def rows_of(page: Element, ident: str) -> list[list[str]]:
    """The headings of a table and its rows."""
    (box,) = page.find(lambda one: one.attributes.get("id") == ident)
    return [[cell.text.strip() for cell in row.tags("th", "td")] for row in box.tags("tr")]


def test_a_study_is_called_by_what_its_waves_titles_share(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    title = "A minimal study of eight invented trusts, 2030 and 2032"
    assert page.tags("h1")[0].text == title


def test_changes_are_told_of_statements_and_people_in_words(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    (section,) = page.find(lambda one: one.attributes.get("id") == "change")
    assert section.classed("finding")[0].text == (
        "Between 2030 and 2032, 1 of 2 questions changed by an amount whose 95% interval leaves "
        "out 0. The intervals are not adjusted for the number of questions."
    )
    assert rows_of(page, "changed-table") == [
        ["Statement", "Change", "95% from", "95% to", "Trusts"],
        ["One model", "2.00", "1.00", "3.00", "8"],
    ]
    every = rows_of(page, "changes-table")
    assert every[0][:2] == ["Statement", "Of whom"]
    whom = ["All respondents", "Chief executive", "Trust age: Under 3 years"]
    assert [row[1] for row in every[1:4]] == whom


def test_an_attribute_tested_apart_is_not_told_as_adjusted() -> None:
    tests = pd.DataFrame(
        [
            ("size", 0.04, 0.08, 0.5, 0.6),
            ("growth", 0.5, 0.5, 0.2, 0.6),
            ("performance_flags", 0.03, 0.03, 0.5, 0.6),
        ],
        columns=["attribute", "p_value", "p_adjusted", "cramers_v", "cramers_v_null_q95"],
    )
    assert _tests_found(tests, ("performance_flags",)) == (
        "After adjustment none of 2 attributes is at 0.05 or below; the smallest exact p is that "
        "of size (p = 0.040, adjusted 0.080). None has an effect size above the 95% point of "
        "chance. Tested apart, and so not adjusted: performance flags, p = 0.030; its effect size "
        "is not above the 95% point of chance."
    )


def test_a_sample_that_shows_no_difference_is_not_called_a_random_draw() -> None:
    tests = pd.DataFrame(
        [("all", "size", 0.001), ("7+", "size", 0.6), ("7+", "growth", None)],
        columns=["frame", "attribute", "p_adjusted"],
    )
    assert _odd(tests) == (
        "The sample differs from a random draw of all trusts in size; of those with 7 schools or "
        "more in no attribute tested (exact tests, adjusted, 0.05). That no difference shows does "
        "not make it a random draw."
    )


def test_the_page_rounds_as_tables_for_papers_do() -> None:
    for value in (0.125, 0.985, 0.175, -0.005, 2.675):
        assert number_cell(value).text == shown(value, "decimal")


def test_trusts_are_followed_from_cluster_to_cluster(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    assert rows_of(page, "transitions-k2-2030-2032-illustration") == [
        ["In 2030", "2032: cluster 1", "2032: cluster 2"],
        ["Cluster 1", "2", "1"],
        ["Cluster 2", "0", "4"],
    ]
    (section,) = page.find(lambda one: one.attributes.get("id") == "change")
    assert "With 2 clusters 6 of them stayed in a cluster of the same type." in section.text
    assert "agree by 0.38" in section.text


def test_waves_that_share_no_trust_have_no_change_to_tell(two_waves: Run, tmp_path: Path) -> None:
    folder = tmp_path / "apart"
    shutil.copytree(two_waves.folder, folder)
    tables = folder / "results" / "tables"
    for name, columns in (("changes", ["change", "ci_low", "ci_high"]), ("transitions", ["n"])):
        table = read_table(tables / f"{name}.csv")
        table[columns] = 0 if name == "transitions" else float("nan")
        write_table(tables / f"{name}.csv", table, table.columns)
    page = read_page(replace(two_waves, folder=folder).page())
    (section,) = page.find(lambda one: one.attributes.get("id") == "change")
    told = [one.text for one in section.classed("finding")]
    assert told[0] == "No trust answered the same question in both 2030 and 2032."
    assert told[1] == "No trust is clustered in both 2030 and 2032."
    drawn = [one.attributes.get("id", "") for one in section.classed("table")]
    assert not {"changed-table", "changes-table", "transitions-k2-2030-2032-illustration"} & {
        *drawn
    }
    assert "types-k2" in drawn


def test_types_common_items_and_new_trusts_are_told_with_the_change(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    assert rows_of(page, "types-k2")[1:] == [
        ["2032: cluster 1", "2", "Type 1", "0.50"],
        ["2032: cluster 2", "5", "Type 2", "0.50"],
    ]
    common = rows_of(page, "common-k2")
    assert [row[0] for row in common[1:]] == ["2030", "2032"]
    assert common[1][1] == common[1][2] == "4, 3"
    assert rows_of(page, "new-trusts-k2-2030-2032-illustration")[1:] == [
        ["T10", "Cluster 2", "0.70", "0.20"]
    ]
    (box,) = page.find(
        lambda one: one.attributes.get("id") == "new-trusts-k2-2030-2032-illustration"
    )
    (row,) = box.tags("tbody")[0].tags("tr")
    assert row.attributes["data-mat"] == "m8"
    (section,) = page.find(lambda one: one.attributes.get("id") == "change")
    assert section.classed("stamp")[0].text == STAMP


def test_waves_with_names_that_are_nearly_the_same_have_parts_of_their_own(
    two_waves: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "alike"
    for part in ("results", "processed"):
        for wave in ("2030", "2030_"):
            shutil.copytree(two_waves.folder / part / "2030", folder / part / wave)
    study = Run(folder, ("2030", "2030_"))
    for wave in study.waves:
        study.declare(wave)
    shutil.copytree(two_waves.folder / "results" / "figures", folder / "results" / "figures")
    tables = folder / "results" / "tables"
    tables.mkdir()
    shutil.copy(two_waves.folder / "results" / "tables" / "ledger.csv", tables)
    shutil.copy(two_waves.folder / "codes.csv", folder)
    page = read_page(study.page())
    found = Counter(one.attributes["id"] for one in page.find(lambda one: "id" in one.attributes))
    assert [name for name, n in found.items() if n > 1] == []
    assert {"w-2030", "w-2030_"} <= set(found)


def test_codes_of_interviews_go_by_their_labels(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    (section,) = page.find(lambda one: one.attributes.get("id") == "interviews")
    assert [one.text for one in section.tags("h4")] == [
        "How central each area is, by the interviews",
        "Who mentions which break point, by trust size (schools)",
    ]
    assert rows_of(page, "interviews-2030-illustration-centralisation") == [
        ["Area", "All (5)", "Cluster 1 of 2 (3)"],
        ["Pupil policies and pastoral system", "2.00 (4)", "1.50 (2)"],
    ]
    points = rows_of(page, "interviews-2030-illustration-size-schools")
    assert points[0][:4] == ["Break point", "All (5)", "Large (2)", "Exact p"]
    assert points[1][:4] == ["The role of the CEO", "3", "2", "0.400"]


def test_many_trusts_are_chosen_from_a_list_and_drawn_without_their_names(crowd: Run) -> None:
    page = read_page(crowd.page())
    (chips,) = page.classed("chips")
    assert chips.tags("button") == []
    assert len(chips.tags("option")) == 151
    for figure in page.classed("chart"):
        mats = [one for one in figure.tags("g") if "data-mat" in one.attributes]
        assert len(mats) == 150
        assert all(one.tags("text") == [] for one in mats)
        (drawn,) = figure.tags("svg")
        assert float(drawn.attributes["height"]) < 1300
    identifiers = Counter(
        one.attributes["id"] for one in page.find(lambda one: "id" in one.attributes)
    )
    assert max(identifiers.values()) == 1


def test_a_wave_without_evidence_is_said_not_to_be_judged(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    (section,) = page.find(lambda one: one.attributes.get("id") == "w-2032-illustration-evidence")
    assert section.classed("finding")[0].text.startswith("Not judged")
    assert section.tags("figure") == []


def test_one_trust_has_one_key_in_both_waves(two_waves: Run) -> None:
    page = read_page(two_waves.page())
    chips = [chip for box in page.classed("chips") for chip in box.tags("button")]
    keys = {(chip.text, chip.attributes["data-mat"]) for chip in chips}
    assert len(chips) == 14
    assert len(keys) == len({name for name, _ in keys}) == len({key for _, key in keys}) == 7


def test_tree_and_ratings_have_one_order(page: Element) -> None:
    figures = [one for one in page.tags("figure") if one.attributes["id"].endswith("-tree")]
    assert len(figures) == 2
    for figure in figures:
        drawn = [one.attributes["data-mat"] for one in figure.classed("row")]
        listed = [row.attributes["data-mat"] for row in figure.tags("tbody")[0].tags("tr")]
        assert drawn == listed
        assert len(drawn) == 7


def test_every_clustered_trust_is_in_every_drawn_figure(page: Element) -> None:
    for figure in page.classed("chart"):
        (drawn,) = figure.tags("svg")
        mats = [
            one.attributes["data-mat"] for one in drawn.find(lambda g: "data-mat" in g.attributes)
        ]
        assert len(mats) == len(set(mats)) == 7, figure.attributes["id"]


def test_without_javascript_all_numbers_of_clusters_are_shown(page: Element) -> None:
    for panels in page.classed("panels"):
        shown = panels.classed("panel")
        assert [one.attributes["data-k"] for one in shown] == ["2", "3"]
        assert all("hidden" not in one.attributes for one in shown)


def test_the_page_asks_for_nothing_from_outside(page: Element, one_wave: Run) -> None:
    for one in page.find(lambda one: True):
        for name in ("src", "href", "srcset", "action", "data"):
            value = one.attributes.get(name, "#")
            assert value.startswith(("#", "data:image/")), (one.tag, name, value[:80])
    style = page.tags("style")[0].text
    assert "url(" not in style
    assert "@import" not in style
    policy = next(
        one.attributes["content"] for one in page.tags("meta") if "http-equiv" in one.attributes
    )
    assert policy.startswith("default-src 'none'")
    assert one_wave.page().stat().st_size < 6e6


def test_a_hostile_name_is_text_wherever_it_stands(evil: Run) -> None:
    path = evil.page()
    source, page = path.read_text("utf-8"), read_page(path)
    assert "<script>window" not in source
    assert "<img src=x" not in source
    assert "49" not in page.tags("title")[0].text
    scripts = [one for one in page.tags("script") if one.attributes.get("type") is None]
    assert len(scripts) == 1
    chip = next(one for one in page.classed("chips")[0].tags("button"))
    assert chip.text == EVIL
    assert any(EVIL in one.attributes.get("aria-label", "") for one in page.tags("svg"))
    assert any(one.text.startswith(EVIL[:12]) for one in page.tags("text"))
    assert all("onerror" not in one.attributes for one in page.find(lambda one: True))
    for data in page.find(lambda one: one.attributes.get("type") == "application/json"):
        assert isinstance(json.loads(data.text), str)


@pytest.mark.parametrize("text", ["</script>", "<!--", "\u2028", "a&b", 'a"b\n'])
def test_text_in_a_script_is_whole_and_cannot_end_it(text: str) -> None:
    written = str(script_text(text))
    assert json.loads(written) == text
    assert not set(written) & set("<>&\u2028")


def test_methods_are_told_with_authors_and_years_and_their_references(
    one_wave: Run, tmp_path: Path
) -> None:
    kinds = ("method", "result", "limit", "note")
    told = [
        {
            **{"kind": kind, "plain_heading": "How & why", "cites": [kind]},
            "plain": f"Trees were cut by {kind} (Ay, 1901) <b>here</b>.",
        }
        for kind in kinds
    ]
    listed = [{"key": kind, "text": f"Ay ({kind}). https://doi.org/10.1/{kind}"} for kind in kinds]
    methods = tmp_path / "methods.json"
    methods.write_text(json.dumps({"paragraphs": told, "references": listed}), "utf-8")
    page = read_page(one_wave.page("--methods", str(methods), name="methods.html"))
    (section,) = page.find(lambda one: one.attributes.get("id") == "methods")
    assert [one.text for one in section.tags("summary")] == ["How & why", "References (2)"]
    assert "Trees were cut by method (Ay, 1901) <b>here</b>." in section.text
    # The results are told by the page itself, and what authors add is theirs.
    assert "by result" not in section.text
    assert "by note" not in section.text
    assert [one.text for one in section.tags("li")] == [
        "Ay (method). https://doi.org/10.1/method",
        "Ay (limit). https://doi.org/10.1/limit",
    ]


def test_without_pictures_the_alternative_text_and_the_data_remain(one_wave: Run) -> None:
    page = read_page(one_wave.page("--picture", "none", name="bare.html"))
    assert page.tags("img") == []
    figures = page.classed("picture")
    assert figures
    assert all(one.classed("alt")[0].text for one in figures)


def test_a_missing_table_is_reported_without_a_traceback(
    one_wave: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(
        [
            *("report", "--wave-files", str(one_wave.folder / "waves/2030-illustration.yaml")),
            *("--results", str(one_wave.folder / "nowhere"), "--processed", "x", "--seed", "1"),
            *("--out", str(one_wave.folder / "none.html")),
        ]
    )
    assert code == 1
    assert "There is no such file." in capsys.readouterr().err


@pytest.mark.parametrize("study", ["one_wave", "two_waves"])
def test_a_study_of_companies_speaks_of_companies(
    study: str, request: pytest.FixtureRequest
) -> None:
    words = ("--words", "trust=company", "trusts=companies", "staff=people")
    page = read_page(request.getfixturevalue(study).page(*words, name="companies.html"))
    titles = [one.text for one in page.tags("h3")]
    assert "How alike are people in a company?" in titles
    (opening,) = page.find(lambda one: one.attributes.get("id") == "opening")
    assert "people in 8 companies rated 4 statements on strategy" in opening.text
    named = re.compile(r"A minimal study of eight invented trusts|2018 study Building Trusts")
    for said in page.tags("h2", "h3", "h4", "p", "th", "dt", "dd", "li", "summary", "caption"):
        assert not re.search(r"\btrusts?\b", named.sub("", said.text)), said.text
