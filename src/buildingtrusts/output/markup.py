"""The one way in which the package writes HTML: templates that escape every value they are given.

Names of trusts, wordings and answers are data. Jinja's autoescaping is on for every template, and a
value that a template asks for and does not get is an error rather than a gap.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2

#: Folder, in the package, of the templates of pages that have no folder of their own.
TEMPLATES = "output/templates"


@cache
def markup_environment(folder: str = TEMPLATES) -> jinja2.Environment:
    """Return what loads the templates of a folder of the package.

    Parameters
    ----------
    folder : str
        Below the package.

    Returns
    -------
    jinja2.Environment
        One for each folder; a page adds the filters that its templates use.

    Examples
    --------
    >>> markup_environment().from_string("{{ name }}").render(name="<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("buildingtrusts", folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
