"""Who answered, what, and what is missing: counted by hand beside what the command says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.cli import main
from buildingtrusts.output.tables import read_table

from .conftest import CODEBOOK, DECLARATION, EXAMPLE, RESPONSES
from .test_check import edit

STAFF = "trusts: {file: trusts.csv, staff: {all: n_staff, ceo: n_ceo}}"
ASKED = """\
mat_id,phase_mix,n_staff,n_ceo
MAT 10,Mixed,8,1
MAT 2,Predominantly Primary,,1
MAT 3,Mixed,5,
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small wave with numbers of staff; MAT 3 did not answer, MAT 2 does not know."""
    monkeypatch.chdir(tmp_path)
    files = {
        "config/waves/2031.yaml": DECLARATION.replace("trusts: {file: trusts.csv}", STAFF),
        "config/codebook.csv": CODEBOOK,
        "data/raw/2031/responses.csv": RESPONSES,
        "data/raw/2031/trusts.csv": ASKED,
    }
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def described(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["describe", *(words or ("2031",))]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def table(name: str) -> pd.DataFrame:
    return read_table(Path("tables", f"{name}.csv"))


def test_who_answered_stands_beside_who_was_asked_and_unknown_is_said(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lines(described(capsys))
    assert "trust all ceo central_team school_leader" in told
    assert "MAT 2 2 of unknown 1 of 1 (100%) 0 1" in told
    assert "MAT 3 0 of 5 (0%) 0 of unknown 0 0" in told
    assert "MAT 10 2 of 8 (25%) 0 of 1 (0%) 1 1" in told
    # Of those whose number is known 2 of 13 answered; of the two CEOs one did.
    assert "all trusts 4 (15%) 1 (50%) 1 2" in told


def test_rates_are_in_the_table_and_missing_where_unknown(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described(capsys, "2031", "--out", "tables")
    rows = table("respondents").astype(object).where(lambda t: t.notna(), None).values.tolist()
    assert rows == [
        ["MAT 2", "all", 2, None, None],
        ["MAT 2", "ceo", 1, 1, 1.0],
        ["MAT 2", "school_leader", 1, None, None],
        ["MAT 3", "all", 0, 5, 0.0],
        ["MAT 10", "all", 2, 8, 0.25],
        ["MAT 10", "ceo", 0, 1, 0.0],
        ["MAT 10", "central_team", 1, None, None],
        ["MAT 10", "school_leader", 1, None, None],
        ["(all)", "all", 4, 13, 2 / 13],
        ["(all)", "ceo", 1, 2, 0.5],
        ["(all)", "central_team", 1, None, None],
        ["(all)", "school_leader", 2, None, None],
    ]


def test_everybody_who_was_asked_is_the_sum_of_the_roles_if_all_are_given(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roles = "{ceo: n_ceo, central_team: n_staff, school_leader: n_heads}"
    edit("config/waves/2031.yaml", "{all: n_staff, ceo: n_ceo}", roles)
    text = "mat_id,phase_mix,n_ceo,n_staff,n_heads\nMAT 2,Mixed,1,2,1\nMAT 10,Mixed,1,2,\n"
    Path("data/raw/2031/trusts.csv").write_text(text, encoding="utf-8")
    told = lines(described(capsys))
    assert "MAT 2 2 of 4 (50%) 1 of 1 (100%) 0 of 2 (0%) 1 of 1 (100%)" in told
    assert "MAT 10 2 of unknown 0 of 1 (0%) 1 of 2 (50%) 1 of unknown" in told


def test_a_number_of_staff_that_is_none_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/trusts.csv", "Mixed,8", "Mixed,about 8")
    assert main(["describe", "2031", "--out", "tables"]) == 1
    told = capsys.readouterr().err
    assert "line 2, column 'n_staff': found 'about 8'. The number of people asked is" in told
    assert not Path("tables").exists()


def test_a_missing_column_of_staff_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/trusts.csv", "n_staff", "staff")
    assert main(["describe", "2031"]) == 1
    told = capsys.readouterr().err
    assert "column 'n_staff': The file has this column; it is missing." in told
    assert "'trusts: staff'" in told


def test_without_numbers_of_staff_the_rate_is_unknown(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("config/waves/2031.yaml", STAFF, "trusts: {file: trusts.csv}")
    out = described(capsys)
    assert "Response rates are unknown: nothing says how many were asked." in out
    assert "MAT 10 2 0 1 1" in lines(out)


def test_numbers_of_staff_stay_out_of_the_tidy_trusts(study: Path) -> None:
    flags = ["--wave-file", "config/waves/2031.yaml", "--codebook", "config/codebook.csv"]
    assert main(["ingest", *flags, "--raw", "data/raw/2031", "--out", "tidy"]) == 0
    assert Path("tidy/trusts.csv").read_text(encoding="utf-8").startswith("mat_id,phase_mix\n")


def test_items_are_summed_up_with_a_histogram_across_their_scale(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lines(described(capsys, "2031", "--out", "tables"))
    # 7, 8, 2, 3 on 1-10; 10, 9, 0, 1 on 0-10; 38.5, 40, 41 without a scale.
    assert "Vision 4 0 (0%) 5.00 2.94 2 5 8 1 ·██···██·· 10" in told
    assert "Hiring 4 0 (0%) 5.00 5.23 0 5 10 0 ██·······██ 10" in told
    assert "Hours 3 1 (25%) 39.83 1.26 38.5 40 41 38.5 █·····█··█ 41" in told
    items = table("items").set_index("item")
    assert items.loc["vision", ["n", "n_missing", "mean", "min", "median", "max"]].tolist() == [
        *(4, 0, 5.0, 2.0, 5.0, 8.0)
    ]
    assert items.loc["vision", "sd"] == pytest.approx(np.std([7, 8, 2, 3], ddof=1))


def test_distributions_count_every_answer_once_and_unused_ones_as_none(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    described(capsys, "2031", "--out", "tables")
    counts = table("distributions")
    vision = counts[counts["item"] == "vision"]
    assert vision["low"].tolist() == vision["high"].tolist() == list(range(1, 11))
    assert vision["n"].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0]
    sums = counts.groupby("item", sort=False)["n"].sum().tolist()
    assert sums == table("items")["n"].tolist() == [4, 3, 4, 3]


def test_missing_answers_are_counted_by_trust_and_block(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = lines(described(capsys, "2031", "--out", "tables"))
    assert "trust respondents strategy operations workload" in told
    assert "MAT 2 2 0% 0% 50%" in told
    assert "MAT 10 2 25% 0% 0%" in told
    gaps = table("missing").set_index(["mat_id", "block"])
    assert gaps.loc[("MAT 10", "strategy")].tolist() == [2, 3, 1, 0.25]


def test_text_keeps_to_a_hundred_columns_and_repeats(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in ("data/raw/2031/trusts.csv", "data/raw/2031/responses.csv"):
        text = Path(file).read_text(encoding="utf-8")
        Path(file).write_text(text.replace("MAT 10", "A trust of a long name " * 4 + "x"))
    edit("config/codebook.csv", ",Vision,", f",{'Vision of a common future ' * 3},")
    out = described(capsys)
    assert max(map(len, out.splitlines())) <= 100
    assert "A trust of a long name A ..." in out
    assert described(capsys) == out


def test_the_example_is_described_as_what_it_is(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["2030-illustration", "--config", str(EXAMPLE), "--raw", str(EXAMPLE / "raw")]
    out = described(capsys, *words)
    assert "These are invented responses." in out
    assert "T10 2 " in "\n".join(lines(out))
    assert "{" not in out


def test_nothing_is_written_unless_a_folder_is_named(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(Path().rglob("*"))
    described(capsys)
    assert sorted(Path().rglob("*")) == before


def test_files_with_problems_are_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit("data/raw/2031/responses.csv", "p3,MAT 2", "p3,MAT 4")
    assert main(["describe", "2031"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "found 'MAT 4'" in printed.err
