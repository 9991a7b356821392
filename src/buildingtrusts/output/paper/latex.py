r"""A table for paper as LaTeX: rules of the package booktabs, to be read in with ``\input``.

Every special character of text is escaped. Characters that pdfLaTeX does not know are set by number
in XeLaTeX and LuaLaTeX and named in brackets by pdfLaTeX, so that a name in any script compiles.
A table that is too wide has the names of its groups on lines of their own, then long texts folded;
one that is longer than a page is a ``longtable``, which breaks over pages.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from math import ceil

from buildingtrusts.output.paper.table import Column, PaperTable, shown
from buildingtrusts.output.paper.text import clean

#: More lines than this stand on several pages.
LONG = 40
#: Characters that fit between the margins of an article, in small print.
_ROOM = 82
_GAP = 2
#: A text column is made no narrower than its longest word, up to this.
_WORD = 18

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': r"\char34{}",
    "`": r"\textasciigrave{}",
    "–": "--",
    "—": "---",
    "\u2212": r"\ensuremath{-}",
    "\u00a0": "~",
    "\u202f": r"\,",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\dots{}",
    "•": r"\textbullet{}",
    "·": r"\textperiodcentered{}",
    "°": r"\ensuremath{^{\circ}}",
    "±": r"\ensuremath{\pm}",
    "×": r"\ensuremath{\times}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\ne}",
    "€": r"\texteuro{}",
    "£": r"\pounds{}",
    "§": r"\S{}",
    "©": r"\textcopyright{}",
}
#: Accents of letters that pdfLaTeX composes.
_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
}
_LETTERS = {
    **{"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}"},
    **{"ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}"},
}
_OTHER = (
    "\\ifdefined\\othercharacter\\else\\protected\\def\\othercharacter#1{"
    '\\ifdefined\\Umathchar\\char"#1\\else\\ifdefined\\XeTeXversion\\char"#1'
    "\\else[U+#1]\\fi\\fi}\\fi"
)


@dataclass(frozen=True)
class _Page:
    """How a table is laid out: its columns, rows, and names of groups above some rows.

    Shares are of the line, for columns that are folded; None for those as wide as their text.
    """

    table: PaperTable
    label: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    starts: tuple[bool, ...]
    shares: tuple[float | None, ...]

    @property
    def lines(self) -> int:
        """Lines that the rows take."""
        return sum(bool(group) for group in self.groups) + sum(
            max(
                ceil(len(text) / (share * _ROOM)) if share else 1
                for text, share in zip(row, self.shares, strict=True)
            )
            for row in self.rows
        )


def latex(table: PaperTable, folder: str) -> str:
    """Write a table as LaTeX.

    Parameters
    ----------
    table : PaperTable
        Any.
    folder : str
        What makes its label one of a kind: ``tab:<folder>:<name>``.

    Returns
    -------
    str
        A float, or a ``longtable`` if it is long, with caption, label and notes. The first
        lines say which packages it needs.
    """
    page = _laid_out(table, f"tab:{folder}:{table.name}")
    long = page.lines > LONG
    body = _long(page) if long else _float(page)
    packages = "packages booktabs and longtable" if long else "package booktabs"
    known = [_OTHER] if r"\othercharacter" in body else []
    return "\n".join([f"% Needs the {packages}.", *known, body]) + "\n"


def latex_text(text: str) -> str:
    r"""Text as LaTeX sets it unchanged.

    Examples
    --------
    >>> print(latex_text(r"50% & \input{x}"))
    50\% \& \textbackslash{}input\{x\}
    """
    # At the start of a word it opens a quotation.
    plain = re.sub(r"(?<![^\s(])'(?=\w)", "‘", clean(text))
    return "".join(
        # Two of these in a row would become another sign.
        f"{one}{{}}" if one in "-'," and one == after else _letter(one)
        for one, after in zip(plain, [*plain[1:], ""][: len(plain)], strict=True)
    )


def _letter(character: str) -> str:
    if character in _SPECIAL:
        return _SPECIAL[character]
    if character.isascii():
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    base, *marks = list(unicodedata.normalize("NFD", character))
    if base.isascii() and base.isalpha() and len(marks) == 1 and marks[0] in _ACCENTS:
        # An i below an accent has no dot of its own.
        below = rf"\{base}" if base in "ij" and marks[0] != "\u0327" else base
        return rf"\{_ACCENTS[marks[0]]}{{{below}}}"
    return rf"\othercharacter{{{ord(character):04X}}}"


def _laid_out(table: PaperTable, label: str) -> _Page:
    columns, rows = table.columns, tuple(table.printed())
    named = [place for place, one in enumerate(columns) if one.once and one.kind == "text"]
    groups, starts = [""] * len(rows), tuple(table.group_starts())
    if named and sum(_natural(columns, rows)) > _room(columns):
        keys = [tuple(shown(row[place], "text") for place in named) for row in table.rows]
        groups = [
            ", ".join(key) if place == 0 or key != keys[place - 1] else ""
            for place, key in enumerate(keys)
        ]
        kept = [place for place in range(len(columns)) if place not in named]
        columns = tuple(columns[place] for place in kept)
        rows = tuple(tuple(row[place] for place in kept) for row in rows)
    shares = _shares(columns, rows)
    return _Page(table, label, columns, rows, tuple(groups), starts, shares)


def _float(page: _Page) -> str:
    return "\n".join(
        [
            r"\begin{table}[htbp]",
            r"\centering",
            rf"\caption{{{latex_text(page.table.caption)}}}",
            rf"\label{{{page.label}}}",
            r"\smallskip",
            r"\footnotesize",
            r"\setlength{\tabcolsep}{4pt}",
            rf"\begin{{tabular}}{{{_sides(page)}}}",
            r"\toprule",
            _heads(page),
            r"\midrule",
            *_rows(page),
            r"\bottomrule",
            r"\end{tabular}",
            "",
            r"\medskip",
            rf"\parbox{{\linewidth}}{{\raggedright {_notes(page)}}}",
            r"\end{table}",
        ]
    )


def _long(page: _Page) -> str:
    heads = [r"\toprule", _heads(page), r"\midrule"]
    return "\n".join(
        [
            r"\begingroup",
            r"\footnotesize",
            r"\setlength{\tabcolsep}{4pt}",
            r"\setlength{\LTcapwidth}{\linewidth}",
            rf"\begin{{longtable}}{{{_sides(page)}}}",
            rf"\caption{{{latex_text(page.table.caption)}}}\label{{{page.label}}}\\",
            *heads,
            r"\endfirsthead",
            *heads,
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
            *_rows(page),
            r"\end{longtable}",
            rf"\noindent\parbox{{\linewidth}}{{\raggedright {_notes(page)}}}\par",
            r"\endgroup",
        ]
    )


def _notes(page: _Page) -> str:
    return r"\emph{Note.} " + " ".join(map(latex_text, page.table.said))


def _rows(page: _Page) -> list[str]:
    lines = []
    for group, starts, row in zip(page.groups, page.starts, page.rows, strict=True):
        if starts:
            lines.append(r"\addlinespace")
        if group:
            name = rf"\emph{{{latex_text(group)}}}"
            # A page is not broken below the name of a group.
            lines.append(rf"\multicolumn{{{len(page.columns)}}}{{@{{}}l@{{}}}}{{{name}}} \\*")
        cells = [_cell(text, share) for text, share in zip(row, page.shares, strict=True)]
        lines.append(" & ".join(cells) + r" \\")
    return lines


def _cell(text: str, share: float | None) -> str:
    set_text = latex_text(text)
    if share and set_text:
        return rf"\parbox[t]{{{share:.3f}\linewidth}}{{\raggedright\strut {set_text}\strut}}"
    # After the end of a row these would be read as belonging to it.
    return "{}" + set_text if set_text.startswith(("[", "*")) else set_text


def _sides(page: _Page) -> str:
    sides = "".join("l" if column.kind == "text" else "r" for column in page.columns)
    return f"@{{}}{sides}@{{}}"


def _heads(page: _Page) -> str:
    heads = []
    for column, texts, share in zip(
        page.columns, _by_column(page.columns, page.rows), page.shares, strict=True
    ):
        side = "l" if column.kind == "text" else "r"
        widest = max(map(len, texts), default=0)
        lines = _folded(column.title, round(share * _ROOM) if share else widest)
        inside = r"\\".join(map(latex_text, lines))
        heads.append(
            rf"\begin{{tabular}}[b]{{@{{}}{side}@{{}}}}{inside}\end{{tabular}}"
            if len(lines) > 1
            else inside
        )
    return " & ".join(heads) + r" \\"


def _folded(title: str, room: int) -> list[str]:
    """A heading over lines, no wider than the values below it or its longest word."""
    words = _words(title)
    widest = max(room, *map(len, words))
    lines = [words[0]]
    for word in words[1:]:
        longer = f"{lines[-1]}{'' if lines[-1].endswith('-') else ' '}{word}"
        if len(longer) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _words(title: str) -> list[str]:
    """Parts of a heading between which a line may end: two names joined by a hyphen are two."""
    return re.split(r" |(?<=\w-)(?=\w)", clean(title))


def _by_column(
    columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]
) -> list[tuple[str, ...]]:
    return [tuple(row[place] for row in rows) for place in range(len(columns))]


def _natural(columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """Characters that each column takes if nothing is folded but its heading."""
    return [
        max(map(len, (*texts, *_words(column.title))))
        for column, texts in zip(columns, _by_column(columns, rows), strict=True)
    ]


def _room(columns: tuple[Column, ...]) -> int:
    return _ROOM - _GAP * (len(columns) - 1)


def _shares(
    columns: tuple[Column, ...], rows: tuple[tuple[str, ...], ...]
) -> tuple[float | None, ...]:
    """Share of the line for each column that has to be folded."""
    natural, room = _natural(columns, rows), _room(columns)
    if sum(natural) <= room:
        return (None,) * len(columns)
    least = {
        place: _longest_word((columns[place].title, *texts))
        for place, texts in enumerate(_by_column(columns, rows))
        if columns[place].kind == "text"
    }
    spare = room - sum(least.get(place, width) for place, width in enumerate(natural))
    # By how much text there is: a column with one long text does not take from the others.
    mass = {place: sum(len(row[place]) for row in rows) for place in least}
    given = {
        place: min(natural[place], width + max(spare, 0) * mass[place] / (sum(mass.values()) or 1))
        for place, width in least.items()
    }
    return tuple(
        given[place] / _ROOM if place in given and given[place] < natural[place] else None
        for place in range(len(columns))
    )


def _longest_word(texts: tuple[str, ...]) -> int:
    longest = max(len(word) for text in texts for word in re.split(r"[ -]", text))
    return min(longest + 1, _WORD)
