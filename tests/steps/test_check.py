"""One command tells all that is wrong with a wave, wherever it stands, as text and as a page."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from buildingtrusts.cli import main

from .conftest import CODEBOOK, DECLARATION, EXAMPLE, RESPONSES, TRUSTS, ingest_example


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small wave where a study has it; sound, but of two trusts only."""
    monkeypatch.chdir(tmp_path)
    files = {
        "config/waves/2031.yaml": DECLARATION,
        "config/codebook.csv": CODEBOOK,
        "data/raw/2031/responses.csv": RESPONSES,
        "data/raw/2031/trusts.csv": TRUSTS,
    }
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


def edit(file: str, old: str, new: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    Path(file).write_text(text.replace(old, new), encoding="utf-8")


def checked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["check", *(words or ("2031",))])
    printed = capsys.readouterr()
    return code, " ".join(printed.out.split()), printed.err


def example(*more: str) -> list[str]:
    return ["2030-illustration", "--config", str(EXAMPLE), "--raw", str(EXAMPLE / "raw"), *more]


def test_a_sound_wave_is_ready_and_what_will_be_clustered_is_said(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = checked(capsys, *example())
    assert (code, err) == (0, "")
    ready = "Ready: the wave 2030-illustration can be run. 7 of 8 trusts will be clustered on 4"
    assert out.startswith(ready)
    assert "These are invented responses." in page("2030-illustration")
    assert "Trusts 7: T1, T2, T3, T4, T5, T6, T7 " in out
    assert "Respondents 42 of 44" in out
    assert "T10 (2 of at least 5 responses)" in out
    assert "The same as a page for the browser: logs/2030-illustration/check.html" in out


def test_what_is_said_to_be_clustered_is(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked(capsys, *example())
    tidy = ingest_example(study)
    flags = ["--responses", str(tidy / "responses.csv"), "--codebook", str(tidy / "codebook.csv")]
    assert main(["aggregate", *flags, "--out", "tables"]) == 0
    assert "7 trusts are clustered, 1 are not" in capsys.readouterr().err


def test_problems_of_all_files_are_told_at_once(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("config/waves/2031.yaml", "cluster: {k: [2]", "cluster: {k: [1]")
    edit("config/codebook.csv", "Keeping an identity,1,10,1", "Keeping an identity,1,ten,1")
    edit("data/raw/2031/trusts.csv", "Predominantly Primary", "Predominantly primary")
    edit("data/raw/2031/responses.csv", "p1,MAT 10,Head,7", "p1,MAT 11,Boss,11")
    code, out, err = checked(capsys)
    assert (code, err) == (1, "")
    assert out.startswith("6 problems in 4 files: the wave 2031 cannot be run yet.")
    for words in (
        *("line 14, key 'cluster.k.0', found '1'.", "line 3, column 'max', found 'ten'."),
        *("line 3, column 'phase_mix', found 'Predominantly primary'.", "found 'Boss'."),
        *("line 2, column 'mat_id', found 'MAT 11'.", "column 'strategy__vision', found '11'."),
    ):
        assert words in out
    assert "What will be clustered" not in out


def test_a_missing_item_hides_no_wrong_answer(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/responses.csv", "operations__hiring", "hirings")
    edit("data/raw/2031/responses.csv", "Central,8,", "Central,eight,")
    out = checked(capsys)[1]
    assert "column 'operations__hiring'. The file has this column; it is missing." in out
    assert "column 'strategy__vision', found 'eight'." in out


def test_an_items_labels_hide_no_wrong_answer_to_another(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/responses.csv", "Head,7,3", "Head,10 - Low,3")
    edit("data/raw/2031/responses.csv", "head,3,8,1", "head,3,88,1")
    code, out, _ = checked(capsys)
    assert "In the codebook strategy__vision runs from" in out
    assert "column 'strategy__identity', found '88'." in out
    assert out.startswith("2 problems in 1 file")
    assert code == 1


def test_without_a_usable_codebook_the_layout_is_still_checked(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("config/codebook.csv", "wave,block", "block,wave")
    edit("data/raw/2031/responses.csv", "p2,MAT 10,", "p2,")
    out = checked(capsys)[1]
    assert "The header is wave, block" in out
    assert "Each line has 7 fields as the header has; this one has 6." in out


@pytest.mark.parametrize("key", ["responses: {importer: xls}", "respnses: {file: a.csv}"])
def test_a_file_that_a_wrong_key_describes_is_not_guessed_at(
    study: Path, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    edit("config/waves/2031.yaml", "trusts:", f"{key}\ntrusts:")
    Path("data/raw/2031/responses.csv").unlink()
    out = checked(capsys)[1]
    assert out.startswith("1 problem in 1 file")


@pytest.mark.parametrize("line", ["title: A survey of two trusts\n", "date: 2031-05-01\n"])
def test_a_missing_key_hides_no_wrong_answer(
    study: Path, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    edit("config/waves/2031.yaml", line, "")
    edit("data/raw/2031/responses.csv", "Head,7", "Head,77")
    out = checked(capsys)[1]
    assert out.startswith("2 problems in 2 files")
    assert "found '77'" in out


def test_too_few_trusts_to_cluster_are_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = checked(capsys)
    assert code == 1
    assert "2 clusters need more than 2 trusts; 0 have enough responses." in out


def test_what_was_left_out_is_listed(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = RESPONSES.splitlines()
    more = ["Email,Batch", *[f"p{n}@example.org,{n % 2}" for n in range(4)]]
    text = "".join(f"{a},{b}\n" for a, b in zip(lines, more, strict=True))
    Path("data/raw/2031/responses.csv").write_text(text, encoding="utf-8")
    Path("data/raw/2031/old.csv").write_text("x", encoding="utf-8")
    out = checked(capsys)[1]
    assert "1 personal columns were dropped at the door: Email (an e-mail address)" in out
    assert "1 columns are not in the codebook and were left out: Batch" in out
    assert "data/raw/2031: no key of the wave's file names old.csv" in out
    assert "example.org" not in out + page()


def test_a_reconstruction_is_refused_as_an_original(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import hashlib

    digest = hashlib.sha256(RESPONSES.encode()).hexdigest()
    Path("known.csv").write_text(f"sha256\n{digest}\n", encoding="utf-8")
    code, out, _ = checked(capsys, "2031", "--known", "known.csv")
    assert code == 1
    assert "this file is a reconstruction that this project made" in out


@pytest.mark.parametrize("name", ["2032", "../2031", "tables", "", "a b", "x" * 300])
def test_a_wave_that_is_not_declared_leaves_no_page(
    study: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, out, err = checked(capsys, name)
    assert (code, out) == (1, "")
    assert "here are: 2031." in err
    assert not Path("logs").exists()


# The page.


def page(wave: str = "2031") -> str:
    return Path("logs", wave, "check.html").read_text(encoding="utf-8")


class Elements(HTMLParser):
    """Tags with their attributes, and whether they are closed in order."""

    VOID = ("meta", "br", "hr", "img", "link", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_page_says_what_the_text_says(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit("data/raw/2031/responses.csv", "p1,MAT 10,Head,7", "p1,MAT 11,Boss,")
    out = checked(capsys)[1]
    told = " ".join(re.sub(r"<[^>]*>", " ", page()).split()).replace("&#39;", "'")
    assert out.split(" data/raw")[0] in told
    for words in ("MAT 11", "Boss", "A role is one of: Chief executive, ceo", "did you mean"):
        assert words in told


def test_nothing_in_a_file_can_act_on_the_page(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=a>"{{ 7 * 7 }}'
    edit("config/waves/2031.yaml", "A survey of two trusts", f"'{evil}'")
    edit("data/raw/2031/trusts.csv", "MAT 10,Mixed", '"' + evil.replace('"', '""') + '",Mixd')
    edit("data/raw/2031/responses.csv", "workload__hours", "workload__hours,</td><b onclick=x>")
    checked(capsys)
    elements = Elements(page())
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"script", "img", "b", "iframe", "link", "object", "form"}
    assert not [name for _, given in elements.found for name in given if name.startswith("on")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page()
    assert "49" not in re.sub(r"<style>.*?</style>", "", page(), flags=re.DOTALL)
    (policy,) = [m for m in elements.all("meta") if m.get("http-equiv")]
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "http://" not in page()
    assert "https://" not in page()


def test_a_page_can_be_read_by_ear_and_by_keyboard(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/responses.csv", "p1,MAT 10,Head,7", "p1,MAT 11,Boss,")
    checked(capsys)
    elements = Elements(page())
    assert elements.all("html") == [{"lang": "en-GB"}]
    assert len(elements.all("title")) == len(elements.all("h1")) == len(elements.all("main")) == 1
    assert len(elements.all("caption")) == len(elements.all("table")) == 1
    assert {th["scope"] for th in elements.all("th")} == {"col", "row"}
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = {given["id"] for _, given in elements.found if "id" in given}
    assert {(a["href"] or "")[1:] for a in elements.all("a")} <= ids


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_colours_stand_out_in_light_and_dark(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checked(capsys)
    schemes = re.findall(r":root \{([^}]*)\}", page())
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", scheme))
        pairs = [(name, "page") for name in ("text", "quiet", "bad", "good", "mark")]
        pairs += [("text", "block"), ("quiet", "block"), ("bad", "bad-block")]
        pairs += [("good", "good-block")]
        for ink, paper in pairs:
            low, high = sorted((luminance(colour[ink]), luminance(colour[paper])))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper)


def test_a_flood_of_problems_is_counted_and_cut_short(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"q{n},MAT 2,Head,99,5,5,5\n" for n in range(1100))
    Path("data/raw/2031/responses.csv").write_text(RESPONSES + rows, encoding="utf-8")
    out = checked(capsys)[1]
    assert "1100 problems in 1 file" in out
    assert "... and 1000 more problems, not listed." in out
    assert "100 more problems are not listed." in page()
    assert page().count("<tr") == 1001


@pytest.mark.parametrize(
    ("flag", "file"), [("--html", "there/mine.html"), ("--out", "there/check.html")]
)
def test_the_page_is_where_it_was_asked_for(
    study: Path, capsys: pytest.CaptureFixture[str], flag: str, file: str
) -> None:
    before = {path for path in Path().rglob("*") if path.is_file()}
    out = checked(capsys, "2031", flag, file if flag == "--html" else "there")[1]
    after = {path for path in Path().rglob("*") if path.is_file()}
    assert after - before == {Path(file)}
    assert out.endswith(f"The same as a page for the browser: {file}")


def test_text_keeps_to_a_hundred_columns_and_shows_no_control_characters(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("data/raw/2031/responses.csv", "p1,MAT 10,Head", "p1,MAT \x1b[31m10\u202e,Head")
    main(["check", "2031"])
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out + page()
    assert "\u202e" not in out + page()
    assert "MAT \\x1b[31m10\\u202e" in out


def test_the_same_files_give_the_same_page(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checked(capsys)
    first = page()
    checked(capsys)
    assert page() == first


def test_the_page_is_part_of_what_people_install(tmp_path: Path) -> None:
    import subprocess
    import sys
    import zipfile

    pytest.importorskip("hatchling")
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(built, cwd=EXAMPLE.parents[1], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "buildingtrusts/output/templates/problem_page.html" in names


# What the mutated waves found, each by itself.


@pytest.mark.parametrize(
    "text",
    [
        "title: &a [*a]",
        "a: &a [1, 1]\n"
        + "".join(
            f"{x}: &{x} [*{y}, *{y}]\n" for y, x in itertools.pairwise("abcdefghijklmnopqrstuv")
        ),
    ],
)
def test_anchors_that_never_end_are_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    Path("config/waves/2031.yaml").write_text(text, encoding="utf-8")
    assert "repeated ones (*) counted in full" in checked(capsys)[1]


def test_a_declaration_nested_too_deeply_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("config/waves/2031.yaml", "title: A survey of two trusts", f"title: {'[' * 600}")
    assert "The file is not valid YAML" in checked(capsys)[1]


@pytest.mark.parametrize("answer", ["9" * 400, "1e5", "inf"])
def test_an_answer_beyond_all_numbers_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str], answer: str
) -> None:
    edit("data/raw/2031/responses.csv", "38.5", answer)
    assert "An answer is a number with a decimal point, or empty." in checked(capsys)[1]


@pytest.mark.parametrize("end", ["9" * 400, "1" + "0" * 30])
def test_a_scale_beyond_all_numbers_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str], end: str
) -> None:
    edit("config/codebook.csv", "Hiring staff,0,10,1", f"Hiring staff,0,{end},1")
    assert "A scale's numbers have nine digits before the point at most." in checked(capsys)[1]


def test_a_file_name_that_no_system_takes_is_a_problem(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("config/waves/2031.yaml", "{file: trusts.csv}", '{file: "a\\0b"}')
    assert "This file is needed" in checked(capsys)[1]
