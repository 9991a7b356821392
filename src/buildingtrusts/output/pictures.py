"""What a picture's file says of itself: its title, its size on paper and that of its words.

Pictures are written by :mod:`.figures.drawing`, which puts the title into the file's metadata; a
file of another origin has none here.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from html import unescape

_MM_AN_INCH, _POINTS_AN_INCH, _MM_A_METRE = 25.4, 72.0, 1000.0
_SVG = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)pt"[^>]*?\bheight="([\d.]+)pt"')
_SVG_TITLE = re.compile(r"<dc:title>(.*?)</dc:title>", re.DOTALL)
_PDF_BOX = re.compile(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]")
_WORDS = re.compile(rb"Smallest words: ([\d.]+) points")
_PNG_START = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture's title, empty if it has none, width and height in millimetres, words in points."""

    title: str = ""
    width: float | None = None
    height: float | None = None
    words: float | None = None


def describe_picture(kind: str, content: bytes) -> Picture:
    """Read a picture's title and size.

    Parameters
    ----------
    kind : {"pdf", "svg", "png"}
        Its format.
    content : bytes
        Its file.

    Returns
    -------
    Picture
        A PDF's title is not read. What the file does not say is left out.

    Examples
    --------
    >>> svg = '<svg width="72pt" height="36pt"><dc:title>A &lt; B</dc:title>'
    >>> describe_picture("svg", svg.encode())
    Picture(title='A < B', width=25.4, height=12.7, words=None)
    """
    if kind == "svg":
        found = _svg(content.decode("utf-8", "replace"))
    else:
        found = _png(content) if kind == "png" else _pdf(content)
    words = _WORDS.search(content)
    return replace(found, words=float(words[1])) if words else found


def _svg(text: str) -> Picture:
    title, size = _SVG_TITLE.search(text), _SVG.search(text)
    return Picture(unescape(title[1]) if title else "", *(_inches(*size.groups()) if size else ()))


def _pdf(content: bytes) -> Picture:
    size = _PDF_BOX.search(content)
    return Picture("", *(_inches(*size.groups()) if size else ()))


def _inches(*points: str | bytes) -> tuple[float, ...]:
    return tuple(float(one) / _POINTS_AN_INCH * _MM_AN_INCH for one in points)


def _png(content: bytes) -> Picture:
    if not content.startswith(_PNG_START):
        return Picture()
    title, pixels, density, place = "", (0, 0), 0, len(_PNG_START)
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            pixels = struct.unpack(">II", data[:8])
        elif kind == b"pHYs":
            density = struct.unpack(">I", data[:4])[0]
        elif kind == b"tEXt" and data.startswith(b"Title\0"):
            title = data[6:].decode("latin-1")
        elif kind == b"iTXt" and data.startswith(b"Title\0"):
            # Two flags, a language and a translated keyword stand before the text.
            title = data[8:].split(b"\0", 2)[-1].decode("utf-8", "replace")
        elif kind == b"IDAT":
            break
        place += 12 + length
    if not density:
        return Picture(title)
    return Picture(title, *(pixel / density * _MM_A_METRE for pixel in pixels))
