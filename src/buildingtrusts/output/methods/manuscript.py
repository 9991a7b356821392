"""A text for a paper: sections of paragraphs, each of which says for itself whose answers it is on.

A section on made-up answers opens with a stamp, and each of its paragraphs of results says in its
first sentence that the answers are made up, so that a paragraph pasted elsewhere says it too.

Text is Markdown with citations as pandoc reads them, ``[@key]``. Whatever comes from data is
escaped, so that a name can be no heading, link, citation, formula or tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from buildingtrusts.output.figures.questions import uncapitalised
from buildingtrusts.output.figures.words import join

#: What a Markdown reader, pandoc among them, could take for more than a character.
_SPECIAL = re.compile(r"([\\`*_\[\]<>{}@$~^|#&!])")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>{}@$~^|#&!])")
_CITED = re.compile(r"(?<!\\)\[(@[\w]+(?:; @[\w]+)*)\]")
#: How a sentence speaks of answers that carry a stamp.
_WITHIN = {
    "Reconstruction: not the survey's responses": "the reconstruction",
    "Illustration: invented responses": "the invented data",
    "Illustration: invented interviews": "the invented interviews",
}


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
        Of the answers that it rests on, where they are made up; empty if all are original.
    """

    key: str
    kind: str
    said: str
    stamp: str = ""

    @property
    def text(self) -> str:
        """The paragraph; results of made-up answers open with words that say so."""
        if not self.stamp or self.kind != "result":
            return self.said
        # A stamp without words here stands as it is, rather than not at all.
        within = [_WITHIN.get(one, one) for one in self.stamp.split(" · ")]
        return f"In {join(within)}, {uncapitalised(self.said)}"


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

    @property
    def stamp(self) -> str:
        """What it opens with: the stamps of its results, unless some of them need none."""
        stamps = {one.stamp: None for one in self.paragraphs if one.kind == "result"}
        return "" if "" in stamps else " · ".join(stamps)


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
            if section.stamp:
                parts.append(f"**{section.stamp}.**")
            kind = ""
            for paragraph in section.paragraphs:
                if paragraph.kind != kind and _KINDS.get(paragraph.kind) and _mixed(section):
                    parts.append(f"### {_KINDS[paragraph.kind]}")
                kind = paragraph.kind
                parts.append(paragraph.text)
        parts.append(
            f"<!-- pandoc methods.md --citeproc --bibliography {bibliography} "
            "--metadata reference-section-title=References -o methods.docx -->"
        )
        return "\n\n".join(parts) + "\n"

    def rows(self, cited_as: Mapping[str, str]) -> list[dict[str, object]]:
        """Each paragraph by itself, for outputs that take some of them.

        Parameters
        ----------
        cited_as : mapping of str to str
            Of each reference by its key: author and year, for plain text.
        """
        return [
            {
                "section": section.key,
                "heading": section.heading,
                "plain_heading": plain(section.heading, cited_as),
                "paragraph": one.key,
                "kind": one.kind,
                "stamp": one.stamp,
                "text": one.text,
                "plain": plain(one.text, cited_as),
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


def plain(text: str, cited_as: Mapping[str, str]) -> str:
    r"""A text without Markdown: no marks, no escapes, citations as a reader knows them.

    Examples
    --------
    >>> plain(r"A *tree* [@a; @b] of A\_Trust \[@c\].", {"a": "Ay, 1901", "b": "Bee, 1902"})
    'A tree (Ay, 1901; Bee, 1902) of A_Trust [@c].'
    """
    said = _CITED.sub(
        lambda found: f"({'; '.join(cited_as[key] for key in citations(found[0]))})", text
    )
    return _ESCAPED.sub(r"\1", re.sub(r"(?<!\\)\*+", "", said))
