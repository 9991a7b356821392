"""The command for feedback: a page a trust, all or nothing, and nothing below five answers."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from buildingtrusts.cli import main

from .conftest import CODEBOOK, DECLARATION

ANSWERS = {"MAT 1": 6, "MAT 2": 8, "MAT 3": 5, "MAT 4": 7, "MAT 5": 4, "<b>&/..": 9, "MAT 7": 5}
CLUSTERED = [mat for mat, n in ANSWERS.items() if n >= 5]
ITEMS = ("strategy__vision", "strategy__identity", "operations__hiring", "workload__hours")
BROWSER = shutil.which("chromium")
MISSING = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
LACKS = f"needs the packages {MISSING}" if MISSING else "" if BROWSER else "needs Debian's chromium"
FORBIDDEN = os.environ.get("BUILDINGTRUSTS_FORBID_SKIPPING") == "1"


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The finished wave 2031 in the current folder."""
    monkeypatch.chdir(tmp_path)
    for folder in ("config/waves", "data/processed/2031", "results/2031/tables"):
        Path(folder).mkdir(parents=True)
    Path("config/config.yaml").write_text("words: {staff: people}\n", encoding="utf-8")
    declared = DECLARATION + "evidence: {enabled: false}\n"
    Path("config/waves/2031.yaml").write_text(declared, encoding="utf-8")
    rng = np.random.default_rng(1)
    people = [mat for mat, n in ANSWERS.items() for _ in range(n)]
    responses = pd.DataFrame(
        {
            "respondent_id": [f"p{i}" for i in range(len(people))],
            "mat_id": people,
            "role": "school_leader",
            **{item: rng.integers(3, 9, len(people)) for item in ITEMS},
        }
    )
    keep("data/processed/2031/responses.csv", responses)
    Path("data/processed/2031/codebook.csv").write_text(CODEBOOK, encoding="utf-8")
    long = responses.melt(["mat_id"], list(ITEMS))
    long[["block", "item"]] = long["variable"].str.split("__", expand=True).to_numpy()
    grouped = long.groupby(["mat_id", "block", "item"], sort=False)["value"]
    scores = grouped.agg(n="count", mean="mean", sd="std").reset_index()
    keep("results/2031/tables/scores.csv", scores)
    sample = [(mat, "all", n, n >= 5, "" if n >= 5 else "few") for mat, n in ANSWERS.items()]
    names = ["mat_id", "role", "n_responses", "clustered", "reason"]
    keep("results/2031/tables/sample.csv", pd.DataFrame(sample, columns=names))
    cut = [(mat, 2, 1 + (mat == "MAT 7"), 1) for mat in CLUSTERED]
    keep(
        "results/2031/tables/clusters.csv",
        pd.DataFrame(cut, columns=["mat_id", "k", "cluster", "type_id"]),
    )
    width = [(2, mat, 1 + (mat == "MAT 7"), 2, 0.4) for mat in CLUSTERED]
    keep(
        "results/2031/tables/silhouettes.csv",
        pd.DataFrame(width, columns=["k", "mat_id", "cluster", "neighbour", "width"]),
    )
    return tmp_path


def keep(path: str, table: pd.DataFrame) -> None:
    table.to_csv(path, index=False)


def files(folder: str = "feedback/2031") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def test_each_trust_with_five_answers_gets_a_page_and_the_team_a_list(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", "2031"]) == 0
    written = files()
    assert len(written) == len(CLUSTERED) + 1
    assert "2031-MAT-1.html" in written
    assert "2031-MAT-5.html" not in written
    listed = written["2031_list_for_the_team.html"].decode()
    assert "Withheld: fewer than 5 responses." in listed
    assert all(name in listed for name in written if "MAT" in name)
    assert "6 of 7 trusts get a page" in capsys.readouterr().err
    assert not list(Path("feedback").glob(".*"))


def test_a_page_shows_the_trust_beside_the_others_by_hand(study: Path) -> None:
    assert main(["feedback", "2031"]) == 0
    html = files()["2031-MAT-2.html"].decode()
    scores = pd.read_csv("results/2031/tables/scores.csv")
    of_item = scores[(scores["item"] == "hiring") & (scores["n"] >= 5)].set_index("mat_id")["mean"]
    row = html[html.index(">Hiring<") :].split("</tr>")[0]
    assert f">{of_item['MAT 2']:.1f}<" in row
    assert f">{of_item.drop('MAT 2').mean():.1f}<" in row
    assert "8 of your people answered" in html


def test_the_cluster_of_all_but_one_is_kept_back(study: Path) -> None:
    assert main(["feedback", "2031"]) == 0
    html = files()["2031-MAT-2.html"].decode()
    assert 'data-name="Cluster"' not in html
    assert "The means of your cluster are not shown." in html


def test_names_of_other_trusts_are_on_no_page(study: Path) -> None:
    assert main(["feedback", "2031"]) == 0
    html = files()["2031-MAT-2.html"].decode()
    assert not any(mat in html for mat in ANSWERS if mat != "MAT 2")


def test_a_second_call_replaces_the_pages_by_the_same_bytes_and_drops_old_ones(study: Path) -> None:
    assert main(["feedback", "2031"]) == 0
    first = files()
    Path("feedback/2031/2031-MAT-99.html").write_text("old", encoding="utf-8")
    assert main(["feedback", "2031"]) == 0
    assert files() == first
    assert main(["feedback", "2031", "--at-least", "8"]) == 0
    assert len(files()) == 3


def test_a_threshold_below_five_is_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "2031", "--at-least", "4"]) == 1
    assert "rests on 5 answers or more" in capsys.readouterr().err
    assert not Path("feedback").exists()


def test_a_wave_that_was_not_run_is_told(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("results/2031/tables/scores.csv").unlink()
    Path("data/processed/2031/responses.csv").unlink()
    assert main(["feedback", "2031"]) == 1
    told = capsys.readouterr().err
    assert "2 problems" in told
    assert "Run the study first" in told
    assert not Path("feedback").exists()


def test_an_unknown_wave_is_told(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feedback", "2032"]) == 1
    assert "here are: 2031" in capsys.readouterr().err


@pytest.mark.parametrize(
    "foreign", ["notes.txt", "2031-MAT-1.html", "2031-illustration_list_for_the_team.html"]
)
def test_a_folder_with_other_files_is_left_alone(
    study: Path, foreign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pages").mkdir()
    Path("pages", foreign).write_text("mine", encoding="utf-8")
    assert main(["feedback", "2031", "--out", "pages"]) == 1
    assert foreign in capsys.readouterr().err
    assert list(files("pages")) == [foreign]


def test_nothing_is_left_of_pages_that_could_not_all_be_written(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["feedback", "2031"]) == 0
    before = files()
    from buildingtrusts.output import files as writer

    written = []

    def failing(path: Path, text: str) -> None:
        written.append(path)
        if len(written) == 3:
            raise OSError("the disk is full")
        Path(path).parent.mkdir(exist_ok=True)
        Path(path).write_text(text, encoding="utf-8")

    monkeypatch.setattr(writer, "write_text", failing)
    with pytest.raises(OSError, match="full"):
        main(["feedback", "2031"])
    assert files() == before
    assert [path.name for path in Path("feedback").iterdir()] == ["2031"]


@pytest.mark.skipif(bool(LACKS) and not FORBIDDEN, reason=LACKS or "nothing lacks")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_finds_nothing_inaccessible_and_fetches_nothing(study: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    assert main(["feedback", "2031"]) == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 320, "height": 700}, color_scheme=scheme)
        noise: list[str] = []
        page.on("console", lambda message: noise.append(message.text))
        page.on("request", lambda request: noise.append(request.url))
        for name in ("2031-MAT-2.html", "2031_list_for_the_team.html"):
            page.goto(Path("feedback/2031", name).resolve().as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
            assert Axe().run(page).response["violations"] == []
        assert [one for one in noise if not one.startswith("file:")] == []
        browser.close()
