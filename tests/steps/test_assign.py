"""The command ``assign``: a file of new trusts placed among a finished wave's clusters."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.tables import read_table
from buildingtrusts.steps.assign import _percent

from .conftest import Finished

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "minimal"
WAVE = "2030-illustration"
COLUMNS = [
    *("k", "mat_id", "kind", "cluster", "probability", "draws"),
    *("centroid_distance", "average_distance", "member_limit", "wave"),
]
ITEMS = ("shared_aims", "one_model", "local_voice", "school_character")
HEADER = "mat_id," + ",".join(f"strategy__{item}" for item in ITEMS)
#: A trust that rates as T1, T2 and T5 of cluster 1 do, and one that rates as nobody does.
LIKE_T1 = "9,8,1,3"
LIKE_NOBODY = "10,1,10,1"


@dataclass
class Study:
    """The minimal example, finished, in the current folder."""

    capsys: pytest.CaptureFixture[str]
    err: str = ""

    def assign(self, text: str, *flags: object) -> int:
        Path("new.csv").write_text(text, encoding="utf-8")
        words = [WAVE, "new.csv", "--config", "config.yaml", "--out", "out.csv", *flags]
        self.capsys.readouterr()
        return main(["assign", *map(str, words)])

    def placed(self, text: str, *flags: object) -> tuple[pd.DataFrame, list[str]]:
        """The table, and what is said on standard output."""
        code = self.assign(text, *flags)
        printed = self.capsys.readouterr()
        assert code == 0, printed.err
        self.err = printed.err
        return read_table("out.csv"), printed.out.splitlines()

    def refused(self, text: str, *flags: object) -> str:
        """The report, after which nothing may have been written."""
        assert self.assign(text, *flags) == 1
        printed = self.capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        assert not Path("out.csv").exists()
        return printed.err

    def declare(self, old: str, new: str) -> None:
        file = Path("waves", f"{WAVE}.yaml")
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def study(
    finished: Finished,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Study:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(finished.tidy, f"processed/{WAVE}")
    shutil.copytree(finished.tables, f"results/{WAVE}/tables")
    shutil.copytree(EXAMPLE / "waves", "waves")
    Path("config.yaml").write_text(
        "paths: {config: ., processed: processed, results: results}\nseed: 1\n", encoding="utf-8"
    )
    return Study(capsys)


def rows(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def probability(table: pd.DataFrame, mat: str, cluster: int | None) -> float:
    of_mat = table[table["mat_id"] == mat]
    chosen = of_mat["cluster"].isna() if cluster is None else of_mat["cluster"] == cluster
    return float(of_mat.loc[chosen, "probability"].item())


def test_a_trust_like_those_of_a_cluster_goes_there_and_another_to_none(study: Study) -> None:
    table, said = study.placed(rows(f"New,{LIKE_T1}", f"Odd,{LIKE_NOBODY}"), "--k", 2)
    assert list(table.columns) == COLUMNS
    assert probability(table, "New", 1) > 0.9
    assert probability(table, "Odd", None) == 1
    assert any(line.startswith("New: cluster 1. Of 1,000 draws: cluster 1 in") for line in said)
    assert any(
        line.startswith("Odd: none of these clusters. Of 1,000 draws: none of these in 100%.")
        for line in said
    )


def test_each_trust_has_a_row_a_cluster_and_one_for_none_in_natural_order(study: Study) -> None:
    table, _ = study.placed(rows(f"T10,{LIKE_T1}", f"T9,{LIKE_T1}"), "--k", 3, "--draws", 50)
    assert table["mat_id"].tolist() == ["T9"] * 4 + ["T10"] * 4
    assert table["cluster"].isna().tolist() == [False, False, False, True] * 2
    assert set(table["k"]) == {3}
    assert set(table["draws"]) == {50}
    assert set(table["kind"]) == {"new"}
    assert table.groupby("mat_id")["probability"].sum().tolist() == pytest.approx([1, 1])
    assert "\n3,T9,new,1," in Path("out.csv").read_text(encoding="utf-8")


def test_a_wave_that_is_not_original_says_so_first_and_in_every_row(study: Study) -> None:
    table, said = study.placed(rows(f"New,{LIKE_T1}"))
    assert said[0].startswith("Illustration: invented responses.")
    assert set(table["wave"]) == {WAVE}


def test_the_last_reported_partition_is_taken_unless_another_is_asked_for(study: Study) -> None:
    assert set(study.placed(rows(f"New,{LIKE_T1}"))[0]["k"]) == {3}
    assert set(study.placed(rows(f"New,{LIKE_T1}"), "--k", 4)[0]["k"]) == {4}
    assert "k is a number of clusters that was made: 2, 3, 4." in _other_k(study)


def _other_k(study: Study) -> str:
    Path("out.csv").unlink()
    return study.refused(rows(f"New,{LIKE_T1}"), "--k", 5)


def test_a_cluster_of_one_is_named_and_its_borrowed_limit_told(study: Study) -> None:
    table, said = study.placed(rows(f"New,{LIKE_T1}"), "--k", 3)
    assert any("Cluster 3 is T7 alone and has no limit of its own" in line for line in said)
    limits = table["member_limit"].dropna().tolist()
    assert limits[2] == max(limits[:2])


def test_with_averages_alone_it_is_said_what_the_probability_leaves_out(study: Study) -> None:
    text = rows(f"New,12,{LIKE_T1}", header="mat_id,n_responses," + HEADER.partition(",")[2])
    _, said = study.placed(text)
    assert any("only the wave's own respondents are resampled" in line for line in said)
    assert any(line.startswith("New (12 respondents): ") for line in said)
    assert "1 trust, read as one row a trust" in study.err


def test_averages_may_have_decimals_and_answers_may_not(study: Study) -> None:
    assert study.placed(rows("New,8.75,8,1,3"))[0]["average_distance"].notna().any()
    Path("out.csv").unlink()
    report = study.refused(rows("p1,New,8.75,8,1,3", header="respondent_id," + HEADER))
    assert "line 2, column 'strategy__shared_aims': found '8.75'" in report
    assert "whole number from 1 to 10" in report


def test_staff_who_disagree_make_a_trust_uncertain(study: Study) -> None:
    agreed = [f"p{number},New,{LIKE_T1}" for number in range(6)]
    split = [f"p{number},New,{LIKE_T1 if number % 2 else LIKE_NOBODY}" for number in range(6)]
    header = "respondent_id," + HEADER
    sure, _ = study.placed(rows(*agreed, header=header), "--k", 2)
    unsure, said = study.placed(rows(*split, header=header), "--k", 2)
    assert sure["probability"].max() > 0.9 > unsure["probability"].max()
    assert any(line.startswith("New (6 respondents): ") for line in said)
    assert "read as one row a respondent" in study.err


def test_rows_without_respondents_are_respondents_if_a_trust_repeats(study: Study) -> None:
    lines = [f"New,{LIKE_T1}", "New,9,8,,4"]
    _, said = study.placed(rows(*lines))
    new = next(line for line in said if line.startswith("New"))
    assert new.startswith("New (2 respondents): ")
    assert "The wave asked for 5 respondents or more of a trust." in new


def test_a_trust_that_is_in_the_wave_is_placed_and_said_to_be(study: Study) -> None:
    _, said = study.placed(rows(f"T1,{LIKE_T1}", f"T10,{LIKE_T1}"))
    told = {line.split(":")[0]: line for line in said}
    assert "A trust of this name is in the wave, in cluster 1" in told["T1"]
    assert (
        "A trust of this name is in the wave and was not clustered; it had 2 responses."
        in told["T10"]
    )


def test_draws_that_say_otherwise_are_told(study: Study) -> None:
    """Members of whom staff are drawn anew are farther apart, so that the limit is wider."""
    _, said = study.placed(rows(f"New,{LIKE_T1}"), "--k", 3)
    new = next(line for line in said if line.startswith("New"))
    assert "none of these clusters" in new
    assert "The draws say most often cluster 1: resampling adds sampling error" in new


def test_a_trust_does_not_hang_on_what_else_is_in_the_file(study: Study) -> None:
    header = "respondent_id," + HEADER
    split = [f"p{number},New,{LIKE_T1 if number % 2 else LIKE_NOBODY}" for number in range(6)]
    alone, _ = study.placed(rows(*split, header=header), "--k", 2)
    beside, _ = study.placed(rows(f"q,A,{LIKE_NOBODY}", *split, header=header), "--k", 2)
    of_new = beside[beside["mat_id"] == "New"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, of_new)
    assert alone["probability"].between(0.01, 0.99).any()


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100%"), (0.996, "over 99%"), (0.87, "87%"), (0.005, "under 1%"), (0.009, "under 1%")],
)
def test_a_share_reads_as_all_or_nothing_only_if_it_is(share: float, words: str) -> None:
    assert _percent(share) == words


def test_a_tidy_file_of_the_wave_itself_is_read(study: Study) -> None:
    """Roles and columns of other blocks are left out, and identifiers need no other prefix."""
    text = Path(f"processed/{WAVE}/responses.csv").read_text(encoding="utf-8")
    table, said = study.placed(text, "--k", 2)
    clusters = read_table(f"results/{WAVE}/tables/clusters.csv").query("k == 2")
    best = table.dropna(subset="cluster").sort_values("average_distance").groupby("mat_id").first()
    own = clusters.set_index("mat_id")["cluster"]
    assert (best.loc[own.index, "cluster"] == own).all()
    assert "left out, being no items of the clustered block: operations__hiring," in study.err
    assert len([line for line in said if "A trust of this name is in the wave" in line]) == 8


def test_everything_wrong_is_told_at_once_with_its_place(study: Study) -> None:
    report = study.refused(
        rows(
            "p1,New,9,11,1,3",
            "p1,New,9,7,one,3",
            ",New,9,7,1,3",
            "p4,,9,7,1,3",
            "p5,Empty,9,7,1,",
            'p6,New,"7,5",7,1,3',
            header="respondent_id," + HEADER,
        )
    )
    assert report.startswith("7 problems in the input; nothing was written.")
    for words in (
        "new.csv, line 2, column 'strategy__one_model': found '11'.",
        "new.csv, line 3, column 'respondent_id': found 'p1'. Each respondent is given once",
        "new.csv, line 3, column 'strategy__local_voice': found 'one'.",
        "new.csv, line 4, column 'respondent_id': found ''. Each respondent has an identifier.",
        "new.csv, line 5, column 'mat_id': found ''.",
        "new.csv, line 6, column 'strategy__school_character': found ''. A trust is placed by its "
        "score on every item; 'Empty' has none",
        "new.csv, line 7, column 'strategy__shared_aims': found '7,5'.",
    ):
        assert words in report


def test_averages_are_checked_against_the_scale_and_counted(study: Study) -> None:
    report = study.refused(
        rows(
            "A,0,11,8,1,3",
            "A,2.5,9,0.99,1,3",
            "B,,9,8,x,",
            header="mat_id,n_responses," + HEADER.partition(",")[2],
        )
    )
    for words in (
        "line 2, column 'n_responses': found '0'",
        "line 2, column 'strategy__shared_aims': found '11'. An average is from 1 to 10.",
        "line 3, column 'n_responses': found '2.5'",
        "line 3, column 'mat_id': found 'A'. Each trust's averages are given once",
        "line 3, column 'strategy__one_model': found '0.99'. An average is from 1 to 10.",
        "line 4, column 'strategy__local_voice': found 'x'",
        "line 4, column 'strategy__school_character': found ''. A trust is placed by its score",
    ):
        assert words in report
    assert report.startswith("7 problems")


def test_a_missing_or_misspelt_column_is_named_with_what_it_may_be(study: Study) -> None:
    report = study.refused(rows(f"New,{LIKE_T1}", header=HEADER.replace("aims", "aim")))
    assert "column 'strategy__shared_aims': The file has this column; it is missing." in report
    assert "If 'strategy__shared_aim' is this column, rename it" in report
    assert "column 'mat_id'" in study.refused(rows(LIKE_T1, header=HEADER.partition(",")[2]))


def test_unknown_columns_are_named_and_left_out(study: Study) -> None:
    study.placed(rows(f"New,{LIKE_T1},x", header=HEADER + ",remarks"))
    assert "left out, being no items of the clustered block: remarks" in study.err


def test_repeated_averages_are_told_from_respondents(study: Study) -> None:
    report = study.refused(rows("New,8.7,8,1,3", "New,9,8,1,3"))
    assert "a file in which a trust stands on several lines is read as one row a" in report
    assert "If rows are averages, give each trust one row." in report


def test_a_file_is_either_of_respondents_or_of_averages(study: Study) -> None:
    header = "respondent_id,n_responses," + HEADER
    assert "this file has both columns" in study.refused(rows(f"p1,5,A,{LIKE_T1}", header=header))


def test_respondents_are_needed_where_each_is_centred(study: Study) -> None:
    study.declare("cluster:\n", "cluster:\n  scaling: respondent_centred\n")
    assert "needs a row for each respondent" in study.refused(rows(f"New,{LIKE_T1}"))
    header = "respondent_id," + HEADER
    table, _ = study.placed(rows(f"p1,New,{LIKE_T1}", header=header), "--k", 2)
    assert len(table) == 3


def test_another_linkage_and_medians_are_said(study: Study) -> None:
    study.declare("cluster:\n", "cluster:\n  linkage: complete\n  statistic: median\n")
    _, said = study.placed(rows(f"New,{LIKE_T1}"))
    assert any("made by complete linkage; a new trust is placed by its average" in o for o in said)
    assert any("read as each trust's medians" in one for one in said)


def test_a_trust_without_a_profile_has_no_correlation(study: Study) -> None:
    study.declare("cluster:\n", "cluster:\n  metric: correlation\n")
    report = study.refused(rows("Flat,5,5,5,5", f"New,{LIKE_T1}"))
    assert "found 'Flat'. This trust cannot be placed: a correlation needs scores that" in report


def test_an_alias_of_the_codebook_stands_for_its_item(study: Study) -> None:
    file = Path(f"processed/{WAVE}/codebook.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if ",strategy,shared_aims," in line)
    fields = lines[place].split(",")
    fields[10] = "Q1"
    lines[place] = ",".join(fields)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = rows(f"New,{LIKE_T1}", header=HEADER.replace("strategy__shared_aims", "Q1"))
    study.placed(text)
    assert "left out" not in study.err
    Path("out.csv").unlink()
    assert "column 'Q1': found '11'. An average is from" in study.refused(text.replace("9,", "11,"))


def test_a_wave_that_is_not_there_or_not_finished_is_told(study: Study) -> None:
    Path("new.csv").write_text(rows(f"New,{LIKE_T1}"), encoding="utf-8")
    flags = ["new.csv", "--config", "config.yaml", "--out", "out.csv"]
    assert main(["assign", "2031", *flags]) == 1
    assert f"A wave is one of: {WAVE}." in study.capsys.readouterr().err
    Path(f"results/{WAVE}/tables/clusters.csv").unlink()
    assert main(["assign", WAVE, *flags]) == 1
    report = study.capsys.readouterr().err
    assert "A finished wave has this file; it does not exist." in report
    assert "snakemake --cores 2" in report


def test_a_file_that_is_not_there_and_draws_that_are_none_are_told(study: Study) -> None:
    words = [WAVE, "absent.csv", "--config", "config.yaml", "--out", "out.csv"]
    assert main(["assign", *words]) == 1
    assert "absent.csv: This file is needed: No such file" in study.capsys.readouterr().err
    assert "found '0'. Draws are counted from 1." in study.refused(
        rows(f"New,{LIKE_T1}"), "--draws", 0
    )


def test_the_same_file_gives_the_same_bytes(study: Study) -> None:
    text = rows("p1,New,6,6,5,5", "p2,New,8,6,2,5", header="respondent_id," + HEADER)
    study.placed(text)
    first = Path("out.csv").read_bytes()
    study.placed(text)
    assert Path("out.csv").read_bytes() == first
