"""A text for a paper: sections of paragraphs, each of which says for itself whose answers it is on.

Text is Markdown with citations as pandoc reads them, ``[@key]``. Whatever comes from data is
escaped, so that a name can be no heading, link, citation, formula or tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: What a Markdown reader, pandoc among them, could take for more than a character.
_SPECIAL = re.compile(r"([\\`*_\[\]<>{}@$~^|#&!])")
_CITED = re.compile(r"(?<!\\)\[(@[\w]+(?:; @[\w]+)*)\]")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph.

    Attributes
    ----------
    key : str
        Unique within its section; other outputs find it by this.
    kind : {"method", "result", "limit"}
    said : str
        Markdown, on one line.
    stamp : str
        What it opens with where the answers are made up; empty if all are original.
    """

    key: str
    kind: str
    said: str
    stamp: str = ""

    @property
    def text(self) -> str:
        """The paragraph with the words that say whose answers it is on."""
        return f"**{self.stamp}.** {self.said}" if self.stamp else self.said


@dataclass(frozen=True)
class Section:
    """Paragraphs under a heading.

    Attributes
    ----------
    key : str
        Such as ``software``, or ``wave 2017``.
    heading : str
        Markdown, escaped.
    paragraphs : tuple of Paragraph
    """

    key: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Manuscript:
    """The whole text.

    Attributes
    ----------
    statement : str
        What opens the text where a wave is made up; else empty.
    sections : tuple of Section
    """

    statement: str
    sections: tuple[Section, ...]

    @property
    def cited(self) -> tuple[str, ...]:
        """Keys of the references, sorted."""
        keys = {key for one in self._paragraphs() for key in citations(one.text)}
        return tuple(sorted(keys))

    def markdown(self, bibliography: str) -> str:
        """The text as a file; its last line says how pandoc puts the references in."""
        parts = [self.statement] if self.statement else []
        parts.append("# Methods and results")
        for section in self.sections:
            parts.append(f"## {section.heading}")
            kind = ""
            for paragraph in section.paragraphs:
                if paragraph.kind != kind and _KINDS.get(paragraph.kind) and _mixed(section):
                    parts.append(f"### {_KINDS[paragraph.kind]}")
                kind = paragraph.kind
                parts.append(paragraph.text)
        parts.append(
            f"<!-- pandoc methods.md --citeproc --bibliography {bibliography} -o methods.docx -->"
        )
        return "\n\n".join(parts) + "\n"

    def rows(self) -> list[dict[str, object]]:
        """Each paragraph by itself, for outputs that take some of them."""
        return [
            {
                "section": section.key,
                "heading": section.heading,
                "paragraph": one.key,
                "kind": one.kind,
                "stamp": one.stamp,
                "text": one.text,
                "cites": list(citations(one.text)),
            }
            for section in self.sections
            for one in section.paragraphs
        ]

    def _paragraphs(self) -> Iterator[Paragraph]:
        for section in self.sections:
            yield from section.paragraphs


_KINDS = {"method": "Methods", "result": "Results"}


def _mixed(section: Section) -> bool:
    return len({one.kind for one in section.paragraphs}) > 1


def escape(text: object) -> str:
    r"""A text from data as Markdown that shows it and does nothing else.

    Examples
    --------
    >>> print(escape("<b>A_Trust</b> [@x]"))
    \<b\>A\_Trust\</b\> \[\@x\]
    """
    return _SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def citations(text: str) -> tuple[str, ...]:
    r"""Keys that a text cites, each once, in order.

    Examples
    --------
    >>> citations(r"As in [@a; @b], [@a] and \[@c\].")
    ('a', 'b')
    """
    found = [key.strip(" @") for group in _CITED.findall(text) for key in group.split(";")]
    return tuple(dict.fromkeys(found))
