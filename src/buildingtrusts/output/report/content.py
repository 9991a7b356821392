"""What the page holds: sections made of paragraphs, tables, charts and pictures, all of plain text.

Nothing here is markup. The templates write the markup and escape every text, so that a trust's
name, an item's wording or a claim is data wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from buildingtrusts.output.report.scene import Scene

#: A table with more rows than the first is folded away behind its caption; one with more than the
#: second is scrolled and searched.
MOST_ROWS, LONG = 12, 40


@dataclass(frozen=True)
class Paragraph:
    """Text between blank lines; ``look`` is ``""``, ``finding``, ``note`` or ``quote``."""

    kind: ClassVar[str] = "paragraph"
    text: str
    look: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """Text kept as it is, such as a reference to copy."""

    kind: ClassVar[str] = "code"
    label: str
    text: str


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text : str
        As shown.
    value : str
        At full precision, for sorting and copying; the text where empty.
    tag : str
        Name of a look, such as that of a verdict; empty for none.
    """

    text: str
    value: str = ""
    tag: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    title : str
        Its heading.
    numeric : bool
        Whether its cells are numbers.
    choices : tuple of str
        Values to filter by; empty where the column has no filter.
    wide : bool
        Whether it holds sentences.
    """

    title: str
    numeric: bool = False
    choices: tuple[str, ...] = ()
    wide: bool = False


@dataclass(frozen=True)
class Row:
    """A row; ``mat`` is the key of the trust it is about, empty for none."""

    cells: tuple[Cell, ...]
    mat: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Attributes
    ----------
    id : str
        Unique on the page.
    name : str
        Stem of the file under which its data are saved.
    caption : str
        What it holds.
    columns, rows : tuple
        The first cell of each row is its heading.
    note : str
        Below the table.
    search : str
        Label of a field that searches its rows; a long table has one in any case.
    counted_by : tuple of int
        Columns by whose values the rows shown are counted; empty to count them all.
    noun : str
        What its rows are called.
    stamp : str
        As in :class:`Section`.
    fold : str
        ``repeats`` where it says again what a figure above it shows: it is folded away, and left
        out in print. ``aside``: folded away, and printed. Empty: folded only if it is long.
    """

    kind: ClassVar[str] = "table"
    id: str
    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    search: str = ""
    counted_by: tuple[int, ...] = ()
    noun: str = "rows"
    stamp: str = ""
    fold: str = ""

    @property
    def filtered(self) -> bool:
        """Whether rows can be left out by the reader."""
        return self.searched or any(column.choices for column in self.columns)

    @property
    def searched(self) -> bool:
        """Whether a field searches its rows."""
        return bool(self.search) or self.long

    @property
    def long(self) -> bool:
        """Whether it is scrolled."""
        return len(self.rows) > LONG

    @property
    def folded(self) -> bool:
        """Whether a reader opens it first."""
        return bool(self.fold) or len(self.rows) > MOST_ROWS

    @property
    def summary(self) -> str:
        """What a reader sees of a folded table: its caption, and how many rows it has.

        Rows that are counted by their values are not counted together here either.
        """
        if self.counted_by:
            return self.caption
        n = len(self.rows)
        rows = f"{n:,} {self.noun}" if n != 1 else "1 row"
        return f"{self.caption} {rows}" if self.caption.endswith("?") else f"{self.caption}, {rows}"


@dataclass(frozen=True)
class Chart:
    """A figure drawn on the page, in which a reader can find a trust.

    Attributes
    ----------
    id, name, title, note, stamp : str
        As in :class:`Table`; the title stands above the figure.
    alt : str
        The finding, with its numbers.
    scene : Scene
        What is drawn.
    data : Table or None
        The same as a table.
    """

    kind: ClassVar[str] = "chart"
    id: str
    name: str
    title: str
    alt: str
    scene: Scene
    data: Table | None = None
    note: str = ""
    stamp: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure of the run as it was saved.

    Attributes
    ----------
    id, name, title, stamp : str
        As in :class:`Chart`.
    alt : str
        Its alternative text.
    picture : bytes
        Its file; empty where the run made none.
    media : str
        The file's media type.
    data : str
        The values drawn, as CSV.
    width, height : int
        In pixels; 0 where unknown.
    """

    kind: ClassVar[str] = "picture"
    id: str
    name: str
    title: str
    alt: str
    picture: bytes
    media: str
    data: str
    width: int = 0
    height: int = 0
    stamp: str = ""


@dataclass(frozen=True)
class Chip:
    """A trust to be highlighted: its key, its name and what is said of it at each k."""

    mat: str
    name: str
    said: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Chips:
    """The trusts of a wave, to be chosen from."""

    kind: ClassVar[str] = "chips"
    id: str
    label: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True)
class Pair:
    """Two blocks side by side where there is room."""

    kind: ClassVar[str] = "pair"
    first: Block
    second: Block


@dataclass(frozen=True)
class Fold:
    """Blocks of second rank behind a title that opens them; they are printed."""

    kind: ClassVar[str] = "fold"
    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Panels:
    """The same for several numbers of clusters, of which a reader sees one at a time.

    Attributes
    ----------
    id : str
        Unique on the page.
    group : str
        Panels of one group, such as a wave's, switch together.
    drawn : int
        The number shown at first.
    panels : tuple of (int, tuple of blocks)
        By number of clusters.
    """

    kind: ClassVar[str] = "panels"
    id: str
    group: str
    drawn: int
    panels: tuple[tuple[int, tuple[Block, ...]], ...]


Block = Paragraph | Bullets | Code | Table | Chart | Picture | Chips | Pair | Fold | Panels


@dataclass(frozen=True)
class Section:
    """A section of the page; ``stamp`` says whose answers it rests on, empty for the survey's."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    stamp: str = ""


@dataclass(frozen=True)
class Told:
    """An answer: of whom or what, empty for the whole study; a sentence; and lines below it."""

    of: str
    text: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """One of the five lines that open the page: a question as a reader would ask it, answered."""

    question: str
    answers: tuple[Told, ...]


@dataclass(frozen=True)
class Part:
    """A wave, or what spans waves, with its sections."""

    id: str
    title: str
    sections: tuple[Section, ...]
    lead: str = ""
    stamp: str = ""
    statement: str = ""


@dataclass(frozen=True)
class Report:
    """The whole page.

    Attributes
    ----------
    title, subtitle : str
        Of the page.
    stamps : tuple of str
        What the banner says; empty if all waves are original.
    opening : tuple of Answer
        The answer in five lines.
    parts : tuple of Part
        Waves in order of date, then what spans them.
    """

    title: str
    subtitle: str
    stamps: tuple[str, ...]
    opening: tuple[Answer, ...]
    parts: tuple[Part, ...]
    trusts: dict[str, str] = field(default_factory=dict)
