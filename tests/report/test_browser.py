"""The page in a real browser: nothing is asked for, nothing is wrong, and everything works.

Playwright drives Debian's Chromium. Without them the module is skipped, with the reason; with
BUILDINGTRUSTS_FORBID_SKIPPING=1 it fails instead.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from .conftest import STAMP, Run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER = shutil.which("chromium")
MISSING = [name for name in ("playwright", "axe_playwright_python") if not find_spec(name)]
LACKS = f"needs the packages {MISSING}" if MISSING else "" if BROWSER else "needs Debian's chromium"
FORBIDDEN = os.environ.get("BUILDINGTRUSTS_FORBID_SKIPPING") == "1"


pytestmark = pytest.mark.skipif(bool(LACKS) and not FORBIDDEN, reason=LACKS or "nothing lacks")


def test_a_browser_is_there_where_skipping_is_forbidden() -> None:
    assert not LACKS


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        launched = player.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield launched
        launched.close()


class Visit:
    """A page that was opened, with what it logged and what it asked for."""

    def __init__(self, browser: Browser, path: Path, **context: Any) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        settings = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **context}
        self.context = browser.new_context(**settings)
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: self.errors.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.route("**/*", lambda route: route.continue_())
        self.page.goto(path.as_uri())

    @property
    def outside(self) -> list[str]:
        """What was asked for besides the page itself and what is in it."""
        return [one for one in self.requests if not one.startswith(("file://", "data:", "blob:"))]

    def unfold(self) -> None:
        """Open everything that is folded away."""
        self.page.evaluate("document.querySelectorAll('.fold').forEach(one => { one.open = true })")

    def marked(self) -> set[str]:
        """Figures, by identifier, in which a trust is marked."""
        return set(
            self.page.evaluate(
                "[...document.querySelectorAll('.chart g.on')].filter(one => one.checkVisibility())"
                ".map(one => one.closest('figure').id.replace(/^.*-k\\d-/, ''))"
            )
        )

    def wide(self) -> float:
        """Pixels by which the page is wider than the screen."""
        return float(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@pytest.fixture
def visit(browser: Browser, one_wave: Run) -> Iterator[Visit]:
    """The page of one wave, on which nothing may go wrong."""
    opened = Visit(browser, one_wave.page())
    yield opened
    opened.context.close()
    assert opened.errors == []
    assert opened.outside == []


FIGURES = {"tree", "silhouettes", "map", "profile"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, two_waves: Run, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    screen = {"width": width, "height": 900}
    opened = Visit(browser, two_waves.page(), color_scheme=scheme, viewport=screen)
    opened.page.locator(".chips button").first.click()
    for details in opened.page.query_selector_all("details"):
        details.evaluate("one => { one.open = true }")
    found = Axe().run(opened.page).response["violations"]
    told = [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]
    assert told == []
    assert opened.errors == []
    opened.context.close()


def test_pointing_at_a_trust_marks_it_in_every_figure(visit: Visit) -> None:
    visit.page.hover("#w-2030-illustration-k3-tree g[data-mat='m2'] .name")
    assert visit.marked() == FIGURES
    assert visit.page.locator("tr[data-mat='m2'].on").count() > 3
    assert "T2: cluster" in visit.page.inner_text("#marked-text")
    visit.page.hover("h1")
    assert visit.marked() == set()


def test_the_keyboard_reaches_every_trust_and_marks_it(visit: Visit) -> None:
    chip = visit.page.locator(".chips button").first
    chip.focus()
    assert visit.marked() == FIGURES
    for _ in range(6):
        visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "T7"
    assert "T7" in visit.page.inner_text("#marked-text")
    visit.page.keyboard.press("Enter")
    visit.page.locator("h1").click()
    assert visit.marked() == FIGURES
    visit.page.keyboard.press("Escape")
    assert visit.marked() == set()


#: Saved figures of single trusts, as far as the minimal example asks what they show.
OF_TRUSTS = {"sample", "ordination", "operating-model"}
OF_TRUSTS |= {"assignment", "co-clustering", "continuum"}


def test_pointing_at_a_trust_in_a_table_marks_it_in_every_saved_figure(
    browser: Browser, drawn: Run
) -> None:
    opened = Visit(browser, drawn.page())
    opened.unfold()
    for mat in ("m1", "m2"):
        opened.page.hover(f"#w-2030-illustration-sample-table tr[data-mat='{mat}'] th")
        figures = opened.page.evaluate(
            "[...document.querySelectorAll('.picture g.on')]"
            ".map(one => one.closest('figure').id.replace('w-2030-illustration-figure-', ''))"
        )
        there = opened.page.locator(".picture svg g[data-mat]").evaluate_all(
            "all => all.map(one => one.closest('figure').id.replace(/^.*-figure-/, ''))"
        )
        assert set(figures) == set(there) == OF_TRUSTS
        # The mark is an outline, and so no matter of colour alone.
        strokes = opened.page.locator(".picture g.on .ring").evaluate_all(
            "all => all.map(one => getComputedStyle(one).strokeWidth)"
        )
        assert set(strokes) == {"2.5px"}
        opened.page.hover("h1")
        assert opened.page.locator(".picture g.on").count() == 0
    assert opened.page.evaluate("window.hit") is None
    assert opened.errors == []
    assert opened.outside == []
    opened.context.close()


def test_a_row_of_a_saved_figure_marks_its_trust_elsewhere(browser: Browser, drawn: Run) -> None:
    opened = Visit(browser, drawn.page())
    opened.unfold()
    figure = opened.page.locator("#w-2030-illustration-figure-sample")
    row = figure.locator("g[data-mat='m2'] .ring")
    # Its middle is a bar, and the outline has no paint.
    row.hover(force=True)
    assert opened.marked() == FIGURES
    assert opened.page.locator("tr[data-mat='m2'].on").count() > 3
    stops = figure.locator("g[tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    said = [opened.page.inner_text("#marked-text")]
    for _ in range(7):
        opened.page.keyboard.press("ArrowDown")
        said.append(opened.page.inner_text("#marked-text"))
    assert len(set(said)) == 8
    assert opened.errors == []
    opened.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_saved_figures(browser: Browser, drawn: Run, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = Visit(browser, drawn.page(), color_scheme=scheme)
    opened.unfold()
    opened.page.locator(".chips button").first.click()
    found = Axe().run(opened.page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found] == []
    assert opened.errors == []
    opened.context.close()


def brightness(colour: str) -> float:
    """Relative luminance of a colour as a browser tells it."""
    parts = [float(one) for one in re.findall(r"[\d.]+", colour)[:3]]
    share = 1 if colour.startswith("color(") else 255
    linear = [
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4
        for one in (part / share for part in parts)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_saved_figures_contrast_with_what_is_behind_them(
    browser: Browser, drawn: Run, scheme: str
) -> None:
    opened = Visit(browser, drawn.page(), color_scheme=scheme)
    opened.unfold()
    opened.page.add_style_tag(content=".picture svg, .picture svg * { pointer-events: all }")
    opened.page.add_style_tag(content=".banner, .ring { display: none !important }")
    pairs = opened.page.evaluate(
        """() => [...document.querySelectorAll('.picture svg text')].map((text) => {
          text.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
          const box = text.getBoundingClientRect();
          const at = [box.x + box.width / 2, box.y + box.height / 2];
          const fill = (one) => one && getComputedStyle(one).fill;
          const under = document.elementsFromPoint(...at).find((one) =>
            one.matches('svg path, svg use, svg rect') && !/none|url/.test(fill(one))
            && getComputedStyle(one).opacity === '1');
          return [text.textContent, fill(text), fill(under)];
        })"""
    )
    told = [one for one in pairs if one[2]]
    assert len(told) > 300
    weak = []
    for words, ink, behind in told:
        low, high = sorted((brightness(ink), brightness(behind)))
        if (high + 0.05) / (low + 0.05) < 4.5:
            weak.append((words, ink, behind))
    assert weak == []
    opened.context.close()


def test_arrow_keys_go_through_a_figure(visit: Visit) -> None:
    first = visit.page.locator("#w-2030-illustration-k3-silhouettes g[tabindex='0']")
    assert first.count() == 1
    first.focus()
    said = [visit.page.inner_text("#marked-text")]
    for _ in range(6):
        visit.page.keyboard.press("ArrowDown")
        said.append(visit.page.inner_text("#marked-text"))
    assert len(set(said)) == 7
    visit.page.keyboard.press("Enter")
    pressed = visit.page.locator(".chips button[aria-pressed='true']")
    assert said[-1].startswith(f"{pressed.inner_text()}:")


def test_a_kept_trust_is_in_both_waves(browser: Browser, two_waves: Run) -> None:
    opened = Visit(browser, two_waves.page())
    opened.page.locator(".chips button", has_text="T4").first.click()
    assert opened.page.locator(".chips button[aria-pressed='true']").count() == 2
    assert opened.page.inner_text("#marked-text").count("cluster") == 2
    opened.page.click("#marked-clear")
    # The pointer is over what the bar had covered, so a trust there may be pointed at.
    opened.page.hover("h1")
    assert opened.page.locator("#marked").is_hidden()
    opened.context.close()


def test_one_number_of_clusters_is_shown_and_all_panels_switch(visit: Visit) -> None:
    def shown() -> set[str]:
        found = visit.page.locator(".panel:visible").evaluate_all(
            "all => all.map(one => one.dataset.k)"
        )
        return set(found)

    assert shown() == {"3"}
    visit.page.locator(".switch input[value='2']").first.check()
    assert shown() == {"2"}
    assert visit.page.locator(".switch input[value='2']:checked").count() == 3
    visit.page.locator(".chips button").first.focus()
    assert "of 2" in visit.page.inner_text("#marked-text")
    assert visit.marked() == FIGURES


def column(visit: Visit, table: str, place: int) -> list[str]:
    return [
        text.strip()
        for text in visit.page.locator(
            f"{table} tbody tr:not([hidden]) > :nth-child({place})"
        ).all_inner_texts()
    ]


def test_a_table_is_sorted_by_a_heading(visit: Visit) -> None:
    visit.unfold()
    table = "#w-2030-illustration-sample-table"
    heading = visit.page.locator(f"{table} th", has_text="All")
    before = column(visit, table, 5)
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(visit, table, 5) == sorted(before, key=int)
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(visit, table, 5) == sorted(before, key=int, reverse=True)


def test_the_ledger_is_filtered_by_verdict_and_basis_and_words(visit: Visit) -> None:
    ledger = visit.page.locator("#ledger-table")
    count = ledger.locator(".count")
    assert count.inner_text().startswith("Shown: calibrated 3 of 3 · emergent 3 of 3")
    ledger.get_by_label("Verdict").select_option("differs")
    assert column(visit, "#ledger-table", 7) == ["emergent"]
    assert "calibrated 0 of 3 · emergent 1 of 3" in count.inner_text()
    ledger.get_by_label("Verdict").select_option("")
    ledger.get_by_label("Basis").select_option("derived")
    assert set(column(visit, "#ledger-table", 7)) == {"derived"}
    ledger.get_by_label("Find a claim").fill("Trusts 8")
    assert column(visit, "#ledger-table", 1) == ["Trusts 8"]


def test_claims_on_two_surveys_are_counted_apart(browser: Browser, two_waves: Run) -> None:
    opened = Visit(browser, two_waves.page())
    opened.unfold()
    ledger = opened.page.locator("#ledger-table")
    count = ledger.locator(".count")
    assert count.inner_text().endswith("2030 derived 3 of 3 · 2032 register 1 of 1")
    ledger.get_by_label("Claims on").select_option("2032")
    assert column(opened, "#ledger-table", 7) == ["2032"]
    assert "2030 derived 0 of 3 · 2032 register 1 of 1" in count.inner_text()
    opened.context.close()


def test_a_folded_table_opens_by_keyboard(visit: Visit) -> None:
    table = visit.page.locator("#w-2030-illustration-sample-table")
    assert table.is_hidden()
    summary = visit.page.get_by_text("Answers by trust and role, 8 trusts")
    summary.focus()
    visit.page.keyboard.press("Enter")
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 8


def test_changes_are_filtered_by_whose_they_are(browser: Browser, two_waves: Run) -> None:
    opened = Visit(browser, two_waves.page())
    opened.unfold()
    box = opened.page.locator("#changes-table")
    box.get_by_label("Of whom").select_option("Chief executive")
    assert set(column(opened, "#changes-table", 2)) == {"Chief executive"}
    assert box.locator(".count").inner_text() == "2 of 6 changes shown"
    box.get_by_label("Find a statement").fill("one model")
    assert column(opened, "#changes-table", 1) == ["One model"]
    opened.context.close()


def test_one_of_many_trusts_is_chosen_from_a_list(browser: Browser, crowd: Run) -> None:
    opened = Visit(browser, crowd.page())
    chosen = opened.page.get_by_role("combobox", name="Mark a trust").first
    chosen.select_option(label="T77")
    assert opened.marked() == FIGURES
    assert "T77: cluster" in opened.page.inner_text("#marked-text")
    opened.page.keyboard.press("Escape")
    assert opened.marked() == set()
    assert chosen.input_value() == ""
    opened.page.locator("#w-2030-illustration-k3-tree g[data-mat='m5'] .hit").click()
    assert chosen.input_value() == "m5"
    opened.unfold()
    table = "#w-2030-illustration-sample-table"
    opened.page.locator(table).get_by_label("Find in this table").fill("T150")
    assert column(opened, table, 1) == ["T150"]
    assert opened.wide() == 0
    assert opened.errors == []
    opened.context.close()


def test_panels_of_change_switch_by_themselves(browser: Browser, two_waves: Run) -> None:
    opened = Visit(browser, two_waves.page())
    assert opened.page.locator("#transitions-k2-2030-2032-illustration").is_visible()
    opened.page.locator(".switch input[value='2']").first.check()
    assert opened.page.locator("#transitions-k2-2030-2032-illustration").is_visible()
    assert opened.errors == []
    opened.context.close()


def test_data_are_copied_at_full_precision(browser: Browser, one_wave: Run) -> None:
    opened = Visit(browser, one_wave.page(), permissions=["clipboard-read", "clipboard-write"])
    opened.unfold()
    box = opened.page.locator("#w-2030-illustration-agreement-table")
    box.locator("summary").click()
    box.get_by_role("button", name="Copy data (CSV)").click()
    box.get_by_text("Data copied.").wait_for()
    lines = opened.page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0] == 'Statement,Groups,Answers,ICC(1),ICC(2),"rwg, mean","rwg, median"'
    assert len(lines) == 5
    assert len(lines[1].split(",")[3]) > 8
    picture = opened.page.locator("#w-2030-illustration-figure-noise")
    picture.locator("summary").click()
    picture.get_by_role("button", name="Copy data (CSV)").click()
    picture.get_by_text("Data copied.").wait_for()
    assert opened.page.evaluate("navigator.clipboard.readText()").startswith("name,value\n")
    assert opened.errors == []
    opened.context.close()


@pytest.mark.parametrize("figure", ["k3-tree", "figure-noise"])
def test_a_picture_is_copied_and_carries_its_stamp(
    browser: Browser, one_wave: Run, figure: str, tmp_path: Path
) -> None:
    opened = Visit(
        browser,
        one_wave.page(),
        permissions=["clipboard-read", "clipboard-write"],
        color_scheme="dark",
    )
    box = opened.page.locator(f"#w-2030-illustration-{figure}")
    box.locator(".tools summary").first.click()
    box.get_by_role("button", name="Copy picture (PNG)").first.click()
    box.get_by_text("Picture copied.").wait_for()
    kinds = opened.page.evaluate(
        "navigator.clipboard.read().then(all => all.flatMap(one => one.types))"
    )
    assert kinds == ["image/png"]
    with opened.page.expect_download() as waiting:
        box.get_by_role("button", name="Download picture (SVG)").first.click()
    assert waiting.value.suggested_filename.startswith("2030-illustration-")
    waiting.value.save_as(tmp_path / "picture.svg")
    assert STAMP in (tmp_path / "picture.svg").read_text("utf-8")
    assert opened.errors == []
    opened.context.close()


def test_a_saved_figure_leaves_the_page_on_white_paper_in_plain_colours(
    browser: Browser, drawn: Run, tmp_path: Path
) -> None:
    opened = Visit(browser, drawn.page(), color_scheme="dark")
    opened.unfold()
    # One has mixed colours and hatching, the other markers that are defined once.
    for name, colour in (("sample", "rgb(105, 106, 107)"), ("ordination", "rgb(18, 67, 109)")):
        box = opened.page.locator(f"#w-2030-illustration-figure-{name}")
        box.locator(".tools summary").click()
        with opened.page.expect_download() as waiting:
            box.get_by_role("button", name="Download picture (SVG)").click()
        waiting.value.save_as(tmp_path / "saved.svg")
        text = (tmp_path / "saved.svg").read_text("utf-8")
        root = ElementTree.fromstring(text)
        assert (root[0].get("width"), root[0].get("fill")) == ("100%", "#ffffff")
        assert STAMP in "".join(root.itertext())
        assert not re.search(r"var\(|color\(", text)
        assert colour in text
        defined = root.findall(".//{*}defs/{*}path")
        assert not [one for one in defined if "fill:" in one.get("style", "")]
    opened.context.close()


def test_where_nothing_can_be_copied_a_file_is_saved(browser: Browser, one_wave: Run) -> None:
    opened = Visit(browser, one_wave.page())
    opened.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }"
    )
    box = opened.page.locator("#ledger-counts")
    box.locator("summary").click()
    with opened.page.expect_download() as waiting:
        box.get_by_role("button", name="Copy data (CSV)").click()
    assert waiting.value.suggested_filename == "study-ledger_counts.csv"
    opened.context.close()


def test_without_javascript_the_page_is_a_plain_document(browser: Browser, one_wave: Run) -> None:
    opened = Visit(browser, one_wave.page(), java_script_enabled=False)
    page = opened.page
    assert page.locator(".panel:visible").count() == page.locator(".panel").count() == 6
    assert page.locator(".switch:visible, .chips:visible, .filters:visible").count() == 0
    assert page.locator(".tools:visible, .marked:visible").count() == 0
    assert page.locator("#ledger-table tbody tr:visible").count() == 10
    assert page.locator("#w-2030-illustration-sample-table").is_hidden()
    page.get_by_text("Answers by trust and role, 8 trusts").click()
    assert page.locator("#w-2030-illustration-sample-table tbody tr:visible").count() == 8
    opened.context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_nothing_makes_the_page_wider_than_the_screen(
    browser: Browser, two_waves: Run, evil: Run, width: int, script: bool
) -> None:
    for study in (two_waves, evil):
        opened = Visit(
            browser,
            study.page(),
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
        )
        assert opened.wide() == 0
        opened.context.close()


def test_targets_are_large_enough(visit: Visit) -> None:
    small = visit.page.evaluate(
        "[...document.querySelectorAll('button, select, input, summary, nav a')]"
        ".filter(one => one.checkVisibility())"
        ".map(one => [one.textContent.trim(), one.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 24 && box.width > 1)"
        ".map(([text, box]) => `${text}: ${box.width} x ${box.height}`)"
    )
    # A radio button's target is its label.
    assert [one for one in small if not one.startswith(":")] == []


def test_print_shows_all_and_no_controls(visit: Visit, tmp_path: Path) -> None:
    visit.page.emulate_media(media="print")
    assert visit.page.locator(".tools:visible, .chips:visible, .filters:visible").count() == 0
    assert visit.page.locator("nav:visible, .switch:visible").count() == 0
    assert visit.page.locator(".panel:visible").count() == 6
    # On paper nothing is folded; a table that only repeats a figure is left out.
    assert visit.page.locator("#w-2030-illustration-figure-multiverse .alt").is_visible()
    assert visit.page.locator("#draws-table").is_visible()
    assert visit.page.locator("#w-2030-illustration-sample-table").is_hidden()
    assert visit.page.locator(".fold > summary:visible").count() == 0
    assert visit.page.locator(".banner").evaluate("one => getComputedStyle(one).position") == (
        "static"
    )
    visit.page.pdf(path=str(tmp_path / "page.pdf"), format="A4")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_hostile_name_runs_nothing(browser: Browser, evil: Run) -> None:
    opened = Visit(browser, evil.page())
    opened.page.hover("#w-2030-illustration-k3-tree g[data-mat='m1'] .name")
    opened.page.locator(".chips button").first.click()
    for details in opened.page.query_selector_all("details"):
        details.evaluate("one => { one.open = true }")
    assert opened.page.evaluate("window.hit") is None
    assert opened.errors == []
    assert opened.outside == []
    assert "window.hit=1" in opened.page.inner_text("#marked-text")
    opened.context.close()


def test_motion_is_left_out_for_those_who_ask(browser: Browser, one_wave: Run) -> None:
    for motion, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        opened = Visit(browser, one_wave.page(), reduced_motion=motion)
        found = opened.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
        assert found == behaviour
        opened.context.close()


def test_what_is_focused_is_seen(visit: Visit) -> None:
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip"
    box = visit.page.evaluate("document.activeElement.getBoundingClientRect().toJSON()")
    assert box["top"] >= 0, json.dumps(box)
    outline = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_of_figures_is_accessible_and_as_wide_as_the_screen(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    from buildingtrusts.output.figure_page import Purpose, Shown, as_page, group_figures
    from buildingtrusts.output.figures.drawing import nothing_to_draw, save_drawing

    save_drawing(tmp_path / "figures", nothing_to_draw("ledger", "Claims", "None."), ["png"], 50)
    told = ("figures", "Claims", "Claims that were recomputed.", ("png",))
    shown = [
        Shown("ledger", *told, 254.0, 142.9, 14.0),
        Shown("transitions", "figures", "None", "Nothing is drawn.", ("pdf",), 183.0, 187.0, 6.5),
    ]
    purpose = Purpose("as large as fits on a slide", 254.0, 142.9, 12.0, slide=True)
    page = tmp_path / "figures.html"
    groups = [group_figures("across-waves", "Across waves", shown)]
    page.write_text(as_page(groups, ["Made up."], purpose), encoding="utf-8")
    screen = {"width": width, "height": 900}
    opened = Visit(browser, page, color_scheme=scheme, viewport=screen, bypass_csp=True)
    found = Axe().run(opened.page).response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in found] == []
    assert opened.wide() <= 0
    assert opened.errors == []
    opened.context.close()
