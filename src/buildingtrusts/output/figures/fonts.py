"""The figures' one font, by default DejaVu Sans, which matplotlib ships, without layout tables.

A PDF embeds the glyphs it uses. Working out which glyphs the font's substitution and positioning
tables might add takes longer than drawing the figure, and Latin text needs none of them; so they
are dropped once a process. Characters outside the kept ranges come from the full font.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry

FAMILY = "DejaVu Sans Latin"
FULL_FAMILY = "DejaVu Sans"

#: Basic Latin, Latin-1, Latin Extended-A, and the dashes, quotes and signs that labels use.
_RANGES = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x2212, 0x2264, 0x2265)
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "MATH", "FFTM")


@cache
def known_families() -> dict[str, str]:
    """Font families of this machine that figures can be set in, each with its file.

    They are TrueType, which a PDF holds as it is, with an upright face of ordinary weight.
    """
    from matplotlib import font_manager

    names = sorted({one.name for one in font_manager.fontManager.ttflist if _is_plain(one)})
    families = {}
    for name in names:
        file = file_of(name)
        if _is_latin(file):
            families[name] = file
    return families


def file_of(family: str) -> str:
    """The file of a family's plain face."""
    from matplotlib.font_manager import FontProperties, findfont

    return str(findfont(FontProperties(family=[family])))


def _is_plain(entry: FontEntry) -> bool:
    return (
        entry.style == "normal"
        and entry.weight in (400, "normal", "regular")
        and entry.fname.lower().endswith(".ttf")
        and not entry.name.startswith((".", "Last Resort"))
        and not entry.name.endswith(" Latin")
    )


def _is_latin(file: str) -> bool:
    """Whether a file is TrueType and has the letters that figures use."""
    from matplotlib.ft2font import FT2Font

    if not file.lower().endswith(".ttf"):
        return False
    characters = FT2Font(file).get_charmap()
    return all(code in characters for code in (*range(0x20, 0x7F), 0xB7, 0xD7, 0x2013, 0x2212))


def reduced_name(family: str) -> str:
    """What the reduced font of a family is called, so that it is not taken for the whole one."""
    return FAMILY if family == FULL_FAMILY else f"{family} Latin"


@cache
def register_font(family: str = FULL_FAMILY) -> Path:
    """Make the reduced font known to matplotlib, once a process, and return its file.

    Raises
    ------
    ValueError
        If the family is not installed, or cannot be put into a PDF.
    """
    from matplotlib import font_manager

    if family != FULL_FAMILY and family not in known_families():
        raise ValueError(f"found the font {family!r}; allowed are {', '.join(known_families())}.")
    folder = Path(tempfile.mkdtemp(prefix="buildingtrusts-font-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / f"{reduced_name(family).replace(' ', '')}.ttf"
    _reduce(file_of(family), file, reduced_name(family))
    font_manager.fontManager.addfont(file)
    return file


def _reduce(source: str, target: Path, called: str) -> None:
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options(
        layout_features=[], glyph_names=True, legacy_kern=True, notdef_outline=True
    )
    options.drop_tables += _UNUSED_TABLES
    with subset.load_font(source, options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=_RANGES)
        subsetter.subset(font)
        for record in list(font["name"].names):
            # Names 1, 4 and 16 are for readers, 6 is for PDF, where it has no spaces.
            if record.nameID in (1, 4, 6, 16):
                name = called.replace(" ", "") if record.nameID == 6 else called
                font["name"].setName(
                    name, record.nameID, record.platformID, record.platEncID, record.langID
                )
        subset.save_font(font, str(target), options)
