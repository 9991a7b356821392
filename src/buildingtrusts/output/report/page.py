"""From a report to one HTML file: templates write the markup and escape every text.

The style sheet, the script and all pictures are in the file. A content security policy names the
script by its hash and allows no other, and no request: whatever a trust is called, nothing in its
name can run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

from buildingtrusts.output.markup import markup_environment
from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import Picture, Report
from buildingtrusts.output.report.inline import Inlined, inline_picture
from buildingtrusts.output.report.speech import in_words
from buildingtrusts.output.vocabulary import Vocabulary

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup

_FOLDER = "output/report"
#: What could end a script or open a comment inside one.
_IN_SCRIPT = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def render_page(report: Report, said: Vocabulary | None = None) -> str:
    """Write the page.

    Parameters
    ----------
    report : Report
        What it holds.
    said : Vocabulary, optional
        The study's own words for its groups and people.

    Returns
    -------
    str
        A whole HTML document; the same report gives the same bytes.
    """
    from markupsafe import Markup

    spoken = said or Vocabulary()
    environment = markup_environment(_FOLDER)
    style, script = (_source(environment, f"report.{one}") for one in ("css", "js"))
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    environment.filters["script_text"] = script_text
    return environment.get_template("page.html").render(
        report=in_words(report, spoken),
        words=words,
        interface={key: spoken.say(text) for key, text in words.INTERFACE.items()},
        style=Markup(style),
        script=Markup(script),
        script_hash=digest,
        inlined=_inliner(report),
        data_address=_data_address,
    )


def _inliner(report: Report) -> Callable[[Picture], Inlined | None]:
    """What writes saved figures into the page, each with identifiers of its own."""
    keys = {name: key for key, name in report.trusts.items()}
    numbers = count(1)

    def inlined(block: Picture) -> Inlined | None:
        if block.media != "image/svg+xml":
            return None
        return inline_picture(block.picture, f"f{next(numbers)}", keys)

    return inlined


def _data_address(block: Picture) -> str:
    content = base64.b64encode(block.picture).decode("ascii")
    return f"data:{block.media};base64,{content}"


def _source(environment: jinja2.Environment, name: str) -> str:
    loader = environment.loader
    if loader is None:
        raise RuntimeError("the page's templates cannot be found.")
    return loader.get_source(environment, name)[0]


def script_text(text: str) -> Markup:
    r"""Write text as JSON that can stand inside a script element.

    Examples
    --------
    >>> str(script_text("</script>"))
    '"\\u003c/script\\u003e"'
    """
    from markupsafe import Markup

    written = json.dumps(text, ensure_ascii=False)
    for sign, safe in _IN_SCRIPT.items():
        written = written.replace(sign, safe)
    return Markup(written)
