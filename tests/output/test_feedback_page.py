"""Pages of feedback: findings in words, no person given away, harmless whatever the name."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from buildingtrusts.output.feedback_page import as_list, as_page, file_names, list_name
from buildingtrusts.output.feedback_text import (
    Entry,
    Membership,
    Page,
    Words,
    bounded,
    cluster_text,
    section_of,
    splits_of,
)
from buildingtrusts.output.figures.questions import Question

NAN = float("nan")
EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}"
QUESTION = Question("strategy", "vision", "Vision", 1, 10, 1, "Not at all", "Exactly")
OTHER = Question("strategy", "pay", "Pay", 1, 10, 1, "Not at all", "Exactly")


def compared(**changes: object) -> pd.DataFrame:
    row = {
        "block": "strategy",
        "item": "vision",
        "n": 9,
        "own": 7.0,
        "cluster": 6.0,
        "n_cluster": 4,
        "others": 5.5,
        "n_others": 12,
        "agreement": 0.8,
        "others_agreement": 0.5,
    }
    return pd.DataFrame([{**row, **changes}])


def page(**changes: object) -> Page:
    section = section_of(compared(), [QUESTION], {"vision": "Sharing it"}, 0.9, Words())
    whole = Page("MAT 1", "2031", "A survey", "May 2031", "", Words(), 9, (section,), ("Text.",))
    return replace(whole, **changes)


def test_names_titles_and_wordings_cannot_become_markup() -> None:
    question = replace(QUESTION, label=EVIL, low_anchor=EVIL)
    section = section_of(compared(), [question], {"vision": EVIL}, 0.9, Words())
    words = Words(EVIL, EVIL, EVIL)
    html = as_page(
        page(
            mat_id=EVIL,
            title=EVIL,
            statement=EVIL,
            words=words,
            sections=(section,),
            cluster=(EVIL,),
            splits=((EVIL, "1.0", "2.0"),),
            has_roles=True,
        )
    )
    html += as_list([Entry(EVIL, 9, "a.html")], EVIL, EVIL, EVIL, words, 5)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 12
    assert "{{ 7*7 }}" in html


def test_a_page_stands_alone() -> None:
    html = as_page(page())
    assert not re.search(r"(?:src|href)=|url\(|@import|<script", html)
    assert "default-src 'none'" in html


def test_made_up_answers_are_told_first() -> None:
    html = as_page(page(statement="These are invented responses."))
    body = html[html.index("<main>") :]
    first = re.search(r">([^<\n]+)<", body)
    assert first is not None
    assert first[1] == "Made-up answers. These are invented responses."
    assert "<title>Made-up answers: " in html
    assert "ade-up" not in as_page(page())


@pytest.mark.parametrize("name", ["../../x", "con", "A/B", "a\\b", "é", "学校", "", ".", "x" * 400])
def test_files_are_called_safely_whatever_the_trust_is(name: str) -> None:
    (file,) = file_names("2031", [name]).values()
    assert re.fullmatch(r"2031-[A-Za-z0-9-]{1,80}\.html", file)
    assert file == file_names("2031", [name, "Other"])[name]


def test_files_of_like_names_differ_on_every_system() -> None:
    names = ["MAT 1", "mat 1", "MAT-1", "MAT/1", "MAT  1", "Mat 1 ", "list for the team"]
    files = list(file_names("2031", names).values()) + [list_name("2031")]
    assert len({file.casefold() for file in files}) == len(names) + 1


def test_a_plain_name_is_kept() -> None:
    assert file_names("2031", ["MAT 1", "MAT 10"]) == {
        "MAT 1": "2031-MAT-1.html",
        "MAT 10": "2031-MAT-10.html",
    }


def test_a_mean_at_the_end_of_the_scale_does_not_tell_that_all_answered_alike() -> None:
    assert {bounded(mean, QUESTION) for mean in (9.5, 9.8, 10.0)} == {("9.5 or more", 9.5)}
    section = section_of(compared(own=10.0, agreement=1.0), [QUESTION], {}, 0.9, Words())
    (row,) = section.rows
    assert (row.own, row.close) == ("9.5 or more", "close")
    same = section_of(compared(own=9.6, agreement=0.9), [QUESTION], {}, 0.9, Words())
    assert same == section


def test_findings_are_those_of_the_numbers_beside_them() -> None:
    both = pd.concat([compared(), compared(item="pay", own=3.04, others=4.0)])
    found = section_of(both, [QUESTION, OTHER], {}, 0.94, Words(staff="people"))
    assert found.findings[:2] == (
        "You answered highest on Vision (7.0) and lowest on Pay (3.0).",
        "Beside the other trusts you are most above them on Vision (1.5 points) and most below "
        "them on Pay (1.0 points).",
    )
    assert found.findings[2].startswith("Had other people answered")


def test_what_is_not_told_is_not_drawn() -> None:
    section = section_of(
        compared(own=NAN, cluster=NAN, agreement=NAN), [QUESTION], {}, NAN, Words()
    )
    (row,) = section.rows
    assert (row.own, row.cluster, row.answers, row.close) == (
        *("not shown", "not shown", "too few", ""),
    )
    assert (row.own_at, row.cluster_at) == (None, None)
    assert not section.has_cluster
    html = as_page(page(sections=(section,)))
    assert "<circle" not in html.split("</ul>", 1)[1]
    assert "Cluster</th>" not in html


def test_an_item_without_a_scale_has_numbers_and_no_chart() -> None:
    hours = Question("load", "hours", "Hours")
    section = section_of(compared(item="hours", own=38.25), [hours], {}, NAN, Words())
    assert not section.has_chart
    assert section.rows[0].own == "38.3"


MEMBER = Membership(3, 2, 9, 17, 0.1, 1, "strategy", 5)


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (-0.1, "nearer to those of cluster 1"),
        (0.1, "stands between"),
        (0.3, "nearer to those of its"),
    ],
)
def test_a_silhouette_is_told_in_words(width: float, said: str) -> None:
    assert said in cluster_text(replace(MEMBER, width=width), Words())[0]


def test_noise_is_called_chance_and_no_verdict_no_evidence() -> None:
    noise = replace(MEMBER, verdict="not distinguishable from noise", sentence="The sentence.")
    assert "may be chance" in cluster_text(noise, Words())[1]
    assert "The sentence." in cluster_text(noise, Words())[1]
    assert "was not examined" in cluster_text(MEMBER, Words())[1]


def test_every_verdict_has_its_plain_words() -> None:
    from buildingtrusts.output.feedback_text import _UNJUDGED
    from buildingtrusts.statistics import verdict

    words = (verdict.SUPPORTED, verdict.WEAK, verdict.NOISE, verdict.UNDETERMINED)
    said = {cluster_text(replace(MEMBER, verdict=one), Words())[1] for one in words}
    assert len(said) == 4
    assert _UNJUDGED not in said


def test_a_cluster_that_is_kept_back_says_why() -> None:
    assert "not shown" in cluster_text(replace(MEMBER, size=2, shown=False), Words())[2]


def test_a_study_speaks_its_own_words() -> None:
    words = Words("company", "companies", "people")
    section = section_of(compared(), [QUESTION], {}, 0.9, words)
    told = cluster_text(MEMBER, words)
    html = as_page(page(words=words, cluster=told, sections=(section,), has_roles=True))
    html += as_list([Entry("A", 9, "a.html")], "2031", "A survey", "", words, 5)
    text = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    assert not re.search(r"\btrusts?\b|\bstaff\b", text)


def test_the_largest_differences_between_schools_and_centre_come_first() -> None:
    split = pd.DataFrame(
        [("strategy", "vision", 5.0, 5.5), ("strategy", "pay", 9.9, 2.0)],
        columns=["block", "item", "local", "central"],
    )
    shown = splits_of(split, [QUESTION, OTHER])
    assert shown[0] == ("Strategy: Pay (1 to 10)", "9.5 or more", "2.0")
    assert len(shown) == 2


def test_the_list_gives_each_trust_its_page_or_the_reason() -> None:
    entries = [Entry("A", 9, file="2031-A.html"), Entry("B", 2, reason="fewer than 5 responses.")]
    html = as_list(entries, "2031", "A survey", "", Words(), 5)
    assert 'href="2031-A.html"' in html
    assert "Withheld: fewer than 5 responses." in html
    assert "1 of 2 trusts get a page" in html
