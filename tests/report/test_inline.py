"""A saved figure on the page: whole, harmless, in the page's colours, with its trusts to find."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from matplotlib.figure import Figure

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.drawing import Drawing, render
from buildingtrusts.output.figures.marks import mark_rows, trust_id
from buildingtrusts.output.figures.sample import COLUMNS, draw_sample
from buildingtrusts.output.report.inline import Inlined, inline_picture, page_colour

from .conftest import EVIL

OPEN = '<svg viewBox="0 0 90 60" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns="http://www.w3.org/2000/svg">'
BAR = '<path d="M 0 1 L 2.504 3 z" style="fill: #12436d"/>'


def inlined(inside: str, prefix: str = "f1", **trusts: str) -> Inlined | None:
    return inline_picture(f"{OPEN}{inside}</svg>".encode(), prefix, trusts)


def markup(inside: str, prefix: str = "f1", **trusts: str) -> str:
    found = inlined(inside, prefix, **trusts)
    assert found is not None
    return str(found.markup)


class Found(HTMLParser):
    """Elements as a browser reads them, and the words in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>window.hit=1</script>",
        "<foreignObject><p>x</p></foreignObject>",
        '<a href="https://x.test">x</a>',
        '<g><iframe src="https://x.test"/></g>',
        '<animate attributeName="href" to="https://x.test"/>',
        f"{BAR}<unknown/>",
    ],
)
def test_what_no_figure_is_made_of_is_not_written(inside: str) -> None:
    assert inlined(inside) is None


@pytest.mark.parametrize(
    "attribute",
    [
        'onload="window.hit=1"',
        'onclick="x"',
        'xlink:href="https://x.test/a.svg#b"',
        'href="javascript:x"',
        'style="fill: url(https://x.test#a)"',
        'style="background: url(https://x.test)"',
        'clip-path="url(https://x.test#a)"',
        'transform="rotate(1) expression(x)"',
        'fill="var(--x)"',
        'class="stamp"',
        'tabindex="0"',
        'data-mat="m1"',
        'id="nothing-refers-to-it"',
    ],
)
def test_only_what_figures_have_is_kept_of_an_element(attribute: str) -> None:
    assert markup(f'<path d="M0 1" {attribute}/>') == '<path d="M0 1"/>'
    assert markup(f'<g {attribute}><path d="M0 1"/></g>') == '<path d="M0 1"/>'
    assert markup(f"<text {attribute}>word</text>") == '<text fill="#000000">word</text>'


def test_pixels_are_kept_and_addresses_are_not() -> None:
    pixels = "data:image/png;base64,iVBORw0KGgo="
    found = inlined(f'<image xlink:href="{pixels}" x="1" y="2" width="3" height="4"/>')
    assert found is not None
    assert found.on_paper
    assert f'href="{pixels}"' in found.markup
    for address in ("https://x.test/a.png", "data:image/svg+xml;base64,aaaa"):
        assert markup(f'<image href="{address}" x="1"/>') == '<image x="1"/>'


@pytest.mark.parametrize(
    "file",
    [
        b"no XML at all",
        b"<html/>",
        b"<svg><path/></svg>",
        b'<svg viewBox="0 0 a b"/>',
        b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 9 9"><text>&a;</text></svg>',
        b'<svg viewBox="0 0 9 9"><text>' + 2_000_000 * b"a" + b"</text></svg>",
    ],
)
def test_a_file_that_is_no_figure_stays_an_image(file: bytes) -> None:
    assert inline_picture(file, "f1", {}) is None


def test_identifiers_of_two_figures_differ() -> None:
    inside = (
        '<defs><path id="m1" d="M0 1"/><clipPath id="p2"><rect x="0"/></clipPath></defs>'
        '<g clip-path="url(#p2)"><use xlink:href="#m1" x="1" y="2" style="fill: url(#h3)"/></g>'
    )
    first, second = (markup(inside, prefix) for prefix in ("f1", "f2"))
    found = [set(re.findall(r"f\d-\d+", text)) for text in (first, second)]
    assert all(len(one) == 3 for one in found)
    assert not found[0] & found[1]
    assert 'href="#f1-1"' in first
    assert 'id="f1-1"' in first
    assert first.replace("f1-", "f2-") == second


@pytest.mark.parametrize("colour", [*style.PALETTE, style.INK, style.GREY, style.PAPER])
def test_the_palette_becomes_the_pages(colour: str) -> None:
    found = inlined(f'<path d="M0 1" style="fill: {colour.lower()}; stroke: none"/>')
    assert found is not None
    assert re.search(r'fill="var\(--\w+\)" stroke="none"', found.markup)
    assert not found.on_paper


@pytest.mark.parametrize("share", [0.1, 0.5, 0.65, 0.86])
@pytest.mark.parametrize("place", range(6))
def test_paler_shades_are_mixed_with_the_pages_paper(place: int, share: float) -> None:
    said = page_colour(style.tint(style.PALETTE[place], share))
    found = re.fullmatch(r"color-mix\(in srgb,var\(--(\w+)\) (\d+)%,var\(--paper\)\)", said)
    assert found is not None
    # The fifth colour is a grey, and greys are of ink.
    assert found[1] == ("ink" if place == 4 else f"t{place + 1}")
    assert place == 4 or abs(int(found[2]) - 100 * (1 - share)) <= 1


def test_dark_words_on_a_colour_stay_dark_and_those_on_grey_turn() -> None:
    assert page_colour(style.ink_on(style.PALETTE[1])) == style.DARK
    assert page_colour(style.ink_on("#B9B9B9")) == "var(--ink)"
    assert page_colour(style.ink_on(style.PALETTE[0])) == "var(--paper)"


def test_a_figure_of_other_colours_keeps_white_paper() -> None:
    found = inlined(f'{BAR}<path d="M0 1" style="fill: #7ca3c8"/>')
    assert found is not None
    assert found.on_paper
    assert 'fill="#7ca3c8"' in found.markup
    plain = inlined(BAR)
    assert plain is not None
    assert not plain.on_paper


def test_a_trust_is_named_once_and_others_are_only_drawn() -> None:
    outline = '<path d="M0 1" style="fill: none"/>'
    text = markup(
        f'<g id="{trust_id("T1")}-1">{outline}</g><g id="{trust_id("T1")}-2"><text>T1</text></g>'
        f'<g id="{trust_id("T2")}-3">{outline}</g>{BAR}',
        T1="m1",
    )
    found = Found(text).elements
    groups = [attributes for tag, attributes in found if tag == "g"]
    assert groups == [{"data-mat": "m1", "data-label": "T1"}, {"data-mat": "m1"}]
    looks = [attributes.get("class") for tag, attributes in found if tag != "g"]
    assert looks == ["ring", "name", None, None]


def a_sample(*mats: str) -> pd.DataFrame:
    rows = [(mat, "all", 9 + place, True, None) for place, mat in enumerate(mats)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def svg_of(drawing: Drawing) -> bytes:
    return render(drawing, ["svg"], 100, "Stamp")["svg"]


def test_a_drawn_figure_is_on_the_page_with_all_its_words() -> None:
    svg = svg_of(draw_sample(a_sample("MAT 1", "MAT 2", EVIL)))
    found = inline_picture(svg, "f1", {"MAT 1": "m1", "MAT 2": "m2", EVIL: "m3"})
    assert found is not None
    assert len(found.markup) < 0.7 * len(svg)
    read = Found(str(found.markup))
    tags = {tag for tag, _ in read.elements}
    assert tags <= {"g", "path", "text", "defs", "clippath", "rect", "use"}
    labels = [one["data-label"] for _, one in read.elements if "data-label" in one]
    assert labels == ["MAT 1", "MAT 2", EVIL]
    words = "".join(read.words)
    for word in ("MAT 2", EVIL[:12], "Responses", "Stamp", "11"):
        assert word in words


def test_lines_of_a_label_end_where_they_did_in_narrower_letters() -> None:
    figure = Figure(figsize=(3, 2))
    for place, way in enumerate(("left", "center", "right")):
        figure.text(0.5, 0.2 + 0.3 * place, f"{way}\nand a longer line", ha=way, size=7)
    drawing = Drawing("x", "", "", figure, pd.DataFrame(), "")
    found = inline_picture(svg_of(drawing), "f1", {})
    assert found is not None
    texts = [one for tag, one in Found(str(found.markup)).elements if tag == "text"][:6]
    assert [one["text-anchor"] for one in texts] == 2 * ["start"] + 2 * ["middle"] + 2 * ["end"]
    for one in texts:
        assert float(one["x"] or 0) == pytest.approx(108, abs=0.6)


def test_a_font_of_choice_is_named_and_the_default_is_left_to_the_page() -> None:
    text = "<text style=\"font-family: 'Some Sans Latin', 'Some Sans', 'DejaVu Sans'\">a</text>"
    plain = inlined(text)
    assert plain is not None
    # Without the font nothing can be measured in it.
    assert plain.font == ""
    with style.in_font("DejaVu Serif"):
        svg = svg_of(draw_sample(a_sample("A")))
    found = inline_picture(svg, "f1", {})
    assert found is not None
    assert found.font == "DejaVu Serif"
    assert "font-family" not in found.markup


def test_rows_reach_from_the_names_to_the_end_of_the_bars() -> None:
    figure = Figure(figsize=(4, 2))
    axes = figure.add_axes((0.25, 0.1, 0.5, 0.8))
    mark_rows(axes, ["A", "B"], [0, 1], beyond=0.5)
    axes.set_ylim(1.5, -0.5)
    found = inline_picture(
        svg_of(Drawing("x", "", "", figure, pd.DataFrame(), "")), "f1", {"B": "m"}
    )
    assert found is not None
    (row,) = re.findall(r'<path class="ring" d="([^"]+)"', found.markup)
    numbers = [float(one) for one in re.findall(r"[\d.]+", row)]
    across, up = numbers[::2], numbers[1::2]
    assert (min(across), max(across)) == pytest.approx((0.03 * 72, 3.5 * 72), abs=0.1)
    assert (min(up), max(up)) == pytest.approx((72, 1.8 * 72), abs=0.1)
