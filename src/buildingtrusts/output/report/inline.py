"""Saved figures as part of the page, so that trusts are found in them and they follow its colours.

A saved SVG is read as XML and written again through a list of what figures are made of: elements,
attributes, and what may stand in each. Scripts, events, styles and addresses are not on it. Colours
of the figures' palette become those of the page, which has others in the dark; a figure with any
other keeps white paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from buildingtrusts.output.figures import style
from buildingtrusts.output.figures.fonts import FULL_FAMILY, known_families
from buildingtrusts.output.figures.marks import trust_of

if TYPE_CHECKING:
    from markupsafe import Markup

_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?"
_NUMBERS = rf"{_NUMBER}(?:[\s,]+{_NUMBER})*"
_PAINT = r"none|#[0-9A-Fa-f]{6}|url\(#[^()]+\)"
#: Attributes and properties of figures, and what each may be; ``ids`` are rewritten.
_ALLOWED: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for names, pattern in (
        ("x y width height stroke-width stroke-dashoffset opacity fill-opacity", _NUMBER),
        ("stroke-opacity stroke-miterlimit", _NUMBER),
        ("font-size", rf"{_NUMBER}(?:px)?"),
        ("stroke-dasharray", _NUMBERS),
        ("d", rf"(?:[MLHVCSQTAZz\s,]|{_NUMBER})*"),
        ("transform", rf"(?:(?:rotate|translate|scale|matrix)\({_NUMBERS}\)\s*)*"),
        ("fill stroke", _PAINT),
        ("clip-path", r"url\(#[^()]+\)"),
        ("fill-rule clip-rule stroke-linejoin stroke-linecap", r"[a-z]+"),
        ("text-anchor font-weight font-style patternUnits", r"[A-Za-z0-9]+"),
        ("preserveAspectRatio", r"[A-Za-z ]+"),
    )
    for name in names.split()
}
#: Larger files stay images: a page of tens of thousands of elements is slow.
_MOST_BYTES = 1_500_000
_DRAWN = frozenset(("g", "defs", "path", "use", "text", "clipPath", "rect", "pattern", "image"))
_LEFT_OUT = frozenset(("title", "metadata", "style"))
#: The page's names for what is seen of a trust that is marked: its outline, and its name in bold.
_LOOKS = {"path": "ring", "text": "name"}
_REFERENCE = re.compile(r"url\(#([^()]+)\)")
_PICTURE = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=\s]+")
#: The page's name of each colour of the figures; dark words on a colour stay dark.
_COLOURS: Mapping[str, str] = {
    style.INK: "var(--ink)",
    style.GREY: "var(--soft)",
    style.RULE: "var(--rule)",
    style.SHADE: "var(--wash)",
    style.PAPER: "var(--paper)",
    style.STAMP_BAND: "var(--stamp)",
    style.DARK: style.DARK,
    **{colour: f"var(--t{place})" for place, colour in enumerate(style.PALETTE, start=1)},
}


@dataclass(frozen=True)
class Inlined:
    """A saved figure to be written into the page.

    Attributes
    ----------
    markup : Markup
        What stands inside its ``svg`` element.
    width, height : float
        In its own units, which are points.
    on_paper : bool
        Whether it has colours that the page has none for, and so needs white paper.
    font : str
        Family it was laid out in, if the study chose one; empty where the page's letters fit.
    """

    markup: Markup
    width: float
    height: float
    on_paper: bool
    font: str = ""


class _NotOfAFigure(Exception):
    """An element that no figure has."""


def inline_picture(svg: bytes, prefix: str, trusts: Mapping[str, str]) -> Inlined | None:
    """Write a saved figure for the page.

    Parameters
    ----------
    svg : bytes
        The file.
    prefix : str
        What its identifiers begin with on the page; no other identifier does.
    trusts : dict of str to str
        Key of each trust on the page; others are drawn and not marked.

    Returns
    -------
    Inlined or None
        None if it is no SVG, is made of anything else than figures are, or is very large.

    Examples
    --------
    >>> svg = b'<svg viewBox="0 0 9 9"><path d="M 0 1 L 2.504 3" style="fill: #222222"/></svg>'
    >>> str(inline_picture(svg, "f1", {}).markup)
    '<path d="M0 1L2.5 3" fill="var(--ink)"/>'
    """
    from markupsafe import Markup

    # Figures declare no entities, and nothing else is to be expanded.
    if b"<!ENTITY" in svg or len(svg) > _MOST_BYTES:
        return None
    try:
        root = ElementTree.fromstring(svg)
        view = [float(one) for one in root.get("viewBox", "").split()]
    except (ElementTree.ParseError, ValueError):
        return None
    if _tag(root) != "svg" or len(view) != 4:
        return None
    family = _family(svg)
    writer = _Writer(prefix, trusts, frozenset(_referred(root)))
    try:
        with style.in_font(family):
            body = writer.all(root)
    except _NotOfAFigure:
        return None
    chosen = "" if family == FULL_FAMILY else family
    return Inlined(Markup(body), view[2], view[3], writer.on_paper, chosen)


def _family(svg: bytes) -> str:
    """The font that a figure was laid out in, if this machine has it to measure with."""
    named = re.search(rb"font-family: '[\w -]+ Latin', '([\w -]+)'", svg)
    family = named[1].decode() if named else FULL_FAMILY
    return family if family == FULL_FAMILY or family in known_families() else FULL_FAMILY


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _referred(root: ElementTree.Element) -> Iterable[str]:
    """Identifiers that something refers to; others are not needed."""
    for element in root.iter():
        for name, value in _values(element):
            if name == "href":
                yield value.removeprefix("#")
            elif refers := _REFERENCE.fullmatch(value):
                yield refers[1]


def _values(element: ElementTree.Element) -> Iterable[tuple[str, str]]:
    """Attributes by their plain names, those written as a style among them."""
    for name, value in element.items():
        if name == "style":
            for declared in value.split(";"):
                key, _, said = declared.partition(":")
                yield key.strip(), said.strip()
        else:
            yield name.rpartition("}")[2], value


@dataclass
class _Writer:
    prefix: str
    trusts: Mapping[str, str]
    referred: frozenset[str]
    on_paper: bool = False
    ids: dict[str, str] = field(default_factory=dict)
    labelled: set[str] = field(default_factory=set)
    of_a_trust: bool = False

    def all(self, parent: ElementTree.Element) -> str:
        return "".join(map(self.element, parent))

    def element(self, element: ElementTree.Element) -> str:
        tag = _tag(element)
        if tag in _LEFT_OUT:
            return ""
        if tag not in _DRAWN:
            raise _NotOfAFigure(tag)
        mat = trust_of(element.get("id", ""))
        if mat in self.trusts:
            return self.trust(mat, element)
        attributes = dict(self.attributes(tag, element))
        if tag == "text":
            # A file leaves out what is black, and the page's words are not.
            attributes.setdefault("fill", style.DARK)
        inside = _escaped(element.text or "") if tag == "text" else self.inside(tag, element)
        # Most groups are there for whoever edits the file.
        if tag in ("g", "defs") and (not inside or not attributes):
            return inside and (f"<defs>{inside}</defs>" if tag == "defs" else inside)
        written = "".join(f' {name}="{_escaped(value)}"' for name, value in attributes.items())
        return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"

    def inside(self, tag: str, element: ElementTree.Element) -> str:
        lines = [one for one in element if _tag(one) == "text"]
        if tag == "g" and len(lines) > 1:
            _align(lines)
        return self.all(element)

    def trust(self, mat: str, element: ElementTree.Element) -> str:
        """What stands for a trust; a reader reaches it by keyboard once in a figure."""
        named = "" if mat in self.labelled else f' data-label="{_escaped(mat)}"'
        self.labelled.add(mat)
        self.of_a_trust = True
        inside = self.all(element)
        self.of_a_trust = False
        return f'<g data-mat="{_escaped(self.trusts[mat])}"{named}>{inside}</g>'

    def attributes(self, tag: str, element: ElementTree.Element) -> Iterable[tuple[str, str]]:
        if self.of_a_trust and tag in _LOOKS:
            yield "class", _LOOKS[tag]
        identifier = element.get("id", "")
        if identifier in self.referred:
            yield "id", self.renamed(identifier)
        for name, value in _values(element):
            if name == "href":
                yield from self.address(tag, value)
            elif name in _ALLOWED and _ALLOWED[name].fullmatch(value):
                written = self.value(name, value)
                if written:
                    yield name, written

    def address(self, tag: str, value: str) -> Iterable[tuple[str, str]]:
        """An element of the figure itself, or pixels; never anything outside."""
        if tag == "use" and value.startswith("#"):
            yield "href", f"#{self.renamed(value[1:])}"
        elif tag == "image" and _PICTURE.fullmatch(value):
            self.on_paper = True
            yield "href", "".join(value.split())

    def value(self, name: str, value: str) -> str:
        if name in ("fill", "stroke", "clip-path"):
            if refers := _REFERENCE.fullmatch(value):
                return f"url(#{self.renamed(refers[1])})"
            return self.colour(value.upper()) if value != "none" else value
        if name == "d":
            return _short_path(value)
        if name == "transform":
            value = re.sub(r"rotate\(-?0(?:\s[^)]*)?\)", "", value).strip()
        return _rounded(value.removesuffix("px"), 3 if name == "transform" else 2)

    def renamed(self, identifier: str) -> str:
        return self.ids.setdefault(identifier, f"{self.prefix}-{len(self.ids) + 1}")

    def colour(self, colour: str) -> str:
        found = page_colour(colour)
        self.on_paper |= not found
        return found or colour.lower()


@cache
def page_colour(colour: str) -> str:
    """A colour of the figures in the page's words; empty for one that the page has none for.

    Examples
    --------
    >>> page_colour("#222222"), page_colour("#FF0000")
    ('var(--ink)', '')
    >>> page_colour("#88A1B6")
    'color-mix(in srgb,var(--t1) 50%,var(--paper))'
    """
    if colour in _COLOURS:
        return _COLOURS[colour]
    seen = _channels(colour)
    for pure in (style.INK, *style.PALETTE):
        full = _channels(pure)
        darkest = full.index(min(full))
        share = (255 - seen[darkest]) / (255 - full[darkest])
        mixed = [255 + share * (one - 255) for one in full]
        if max(abs(one - other) for one, other in zip(mixed, seen, strict=True)) <= 1 >= share:
            return f"color-mix(in srgb,{_COLOURS[pure]} {share:.0%},var(--paper))"
    return ""


def _channels(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _align(lines: list[ElementTree.Element]) -> None:
    """Anchor the lines of a text as they were laid out, since the page's letters are narrower.

    The file has the left end of each line, from which the alignment shows.
    """
    starts = [
        re.fullmatch(rf"translate\(({_NUMBER}) ({_NUMBER})\)", one.get("transform", ""))
        for one in lines
    ]
    sizes = [re.search(r"font-size: ([\d.]+)px", one.get("style", "")) for one in lines]
    if not all(starts) or not all(sizes):
        return
    left = [float(one[1]) for one in starts if one]
    wide = [
        style.text_width(line.text or "", float(size[1])) * 72
        for line, size in zip(lines, sizes, strict=True)
        if size
    ]
    ways = {
        anchor: [x + share * width for x, width in zip(left, wide, strict=True)]
        for anchor, share in (("start", 0.0), ("middle", 0.5), ("end", 1.0))
    }
    anchor = min(ways, key=lambda one: round(max(ways[one]) - min(ways[one]), 2))
    for line, start, x in zip(lines, starts, ways[anchor], strict=True):
        del line.attrib["transform"]
        line.attrib |= {"x": f"{x:.3f}", "y": start[2] if start else "", "text-anchor": anchor}


def _short_path(path: str) -> str:
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", _rounded(" ".join(path.split()), 2))


def _rounded(value: str, places: int) -> str:
    def short(found: re.Match[str]) -> str:
        text = f"{float(found[0]):.{places}f}".rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text

    return re.sub(r"-?\d*\.\d+(?:e-?\d+)?", short, value)


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))
