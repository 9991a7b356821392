"""The figures' one font: DejaVu Sans, which matplotlib ships, without its layout tables.

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

FAMILY = "DejaVu Sans Latin"
FULL_FAMILY = "DejaVu Sans"

#: Basic Latin, Latin-1, Latin Extended-A, and the dashes, quotes and signs that labels use.
_RANGES = (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x2212, 0x2264, 0x2265)
_UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "MATH", "FFTM")


@cache
def register_font() -> Path:
    """Make the reduced font known to matplotlib, once a process, and return its file."""
    from matplotlib import font_manager

    folder = Path(tempfile.mkdtemp(prefix="buildingtrusts-font-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "DejaVuSansLatin.ttf"
    _reduce(font_manager.findfont(FULL_FAMILY), file)
    font_manager.fontManager.addfont(file)
    return file


def _reduce(source: str, target: Path) -> None:
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
                name = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
                font["name"].setName(
                    name, record.nameID, record.platformID, record.platEncID, record.langID
                )
        subset.save_font(font, str(target), options)
