"""The report's claims as data: what was printed, how it is recomputed, and how close is close.

Three files say it. ``claims.csv`` has one row a number or ordered statement; ``crosstabs.csv``
has the printed cross-tabulations cell by cell, each cell a claim of its own; ``targets.csv`` lists
the claims to which the reconstruction is fitted. All three are checked together and every problem
is told at once (:mod:`buildingtrusts.study.problems`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from buildingtrusts.study.problems import Problem, raise_if_any

COLUMNS = (
    "claim",
    "survey",
    "section",
    "statement",
    "published",
    "unit",
    "at_least",
    "at_most",
    "tolerance",
    "source",
    "quantity",
    "arguments",
    "conflicts_with",
    "note",
)
CROSSTAB_COLUMNS = ("attribute", "level", "cluster", "n")
TARGET_COLUMNS = ("claim", "reason")
SOURCES = ("survey", "printed", "register")

#: The survey whose cross-tabulations ``crosstabs.csv`` holds, and where they are printed.
CROSSTAB_SURVEY = "2017"
CROSSTAB_SECTION = "Appendix"

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Claim:
    """One number or ordered statement of the report.

    Attributes
    ----------
    claim : str
        Stable identifier in snake case.
    survey : str
        The survey it is about, such as ``2017``.
    section : str
        Where the report says it.
    statement : str
        What it says, in our words.
    published : str
        The printed number or word; empty where the report prints none.
    unit : str
        Unit of the number; may be empty.
    at_least, at_most : float or None
        Bounds, both included, of a statement whose cut-off we had to fix.
    tolerance : float or None
        How far from a printed number still counts as it: half its last digit, 0 for counts.
    source : {"survey", "printed", "register"}
        What it is recomputed from.
    quantity : str
        Name of the function that recomputes it; empty where nothing can.
    arguments : tuple of (str, str)
        Arguments of that function, as written.
    conflicts_with : tuple of str
        Claims by which the report contradicts this one.
    note : str
        Cut-offs, readings and reservations.
    """

    claim: str
    survey: str
    section: str
    statement: str
    published: str
    unit: str
    at_least: float | None
    at_most: float | None
    tolerance: float | None
    source: str
    quantity: str
    arguments: tuple[tuple[str, str], ...]
    conflicts_with: tuple[str, ...]
    note: str

    @property
    def bounded(self) -> bool:
        """Whether the claim is held against bounds instead of its printed figure."""
        return self.at_least is not None or self.at_most is not None

    @property
    def number(self) -> float | None:
        """The printed number; None for a word."""
        return to_number(self.published)


@dataclass(frozen=True)
class Cell:
    """One cell of a printed cross-tabulation: n trusts of a cluster have this level."""

    attribute: str
    level: str
    cluster: int
    n: int


@dataclass(frozen=True)
class ClaimSet:
    """Everything the report says, checked.

    Attributes
    ----------
    claims : tuple of Claim
        Those of ``claims.csv`` in its order, then one a cell of ``crosstabs.csv``.
    cells : tuple of Cell
        The printed cross-tabulations.
    targets : mapping of str to str
        The claims to which the reconstruction is fitted, with the reason.
    illustrated : mapping of str to str
        The claims that the illustration was made to show, with how it does.
    """

    claims: tuple[Claim, ...]
    cells: tuple[Cell, ...]
    targets: Mapping[str, str]
    illustrated: Mapping[str, str] = field(default_factory=dict)

    def numbers(self, survey: str) -> dict[str, float]:
        """Return the printed number of each claim of one survey that has one."""
        return {
            claim.claim: claim.number
            for claim in self.claims
            if claim.survey == survey and claim.number is not None
        }


def to_number(text: str) -> float | None:
    """Read a number as the report prints it; None for a word.

    Examples
    --------
    >>> to_number("0.19"), to_number("most")
    (0.19, None)
    """
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def slug(text: str) -> str:
    """Turn a printed label into part of an identifier.

    Examples
    --------
    >>> slug("Some isolation (less than one fifth of schools)")
    'some_isolation_less_than_one_fifth_of_schools'
    """
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


#: What the files of claims are called.
FILES = ("claims.csv", "crosstabs.csv", "targets.csv", "illustrated.csv")


def read_claims(
    claims: str,
    crosstabs: str,
    targets: str,
    files: tuple[str, ...] = FILES,
    illustrated: str = "claim,reason\n",
) -> ClaimSet:
    r"""Read the files of claims from their text and check them together.

    Parameters
    ----------
    claims, crosstabs, targets : str
        The text of each file.
    files : tuple of str
        What to call them in a report of problems; what is left out at the end keeps its name.
    illustrated : str
        The text of ``illustrated.csv``, if there is one.

    Returns
    -------
    ClaimSet

    Raises
    ------
    InputProblems
        With every problem found in the files.

    Examples
    --------
    >>> header = ",".join(COLUMNS)
    >>> row = "mats,2017,2,MATs surveyed,22,MATs,,,0,survey,count_mats,,,"
    >>> cells, targets = "attribute,level,cluster,n\n", "claim,reason\n"
    >>> found = read_claims(f"{header}\n{row}\n", cells, targets)
    >>> found.claims[0].number
    22.0
    """
    problems: list[Problem] = []
    printed = _claims(_rows(claims, COLUMNS, files[0], problems), files[0], problems)
    cells = _cells(_rows(crosstabs, CROSSTAB_COLUMNS, files[1], problems), files[1], problems)
    everything = (*printed, *(_claim_of_cell(cell, cells) for cell in cells))
    fitted = _targets(_rows(targets, TARGET_COLUMNS, files[2], problems))
    problems += _repeated(everything, files[0])
    problems += _one_sided_conflicts(everything, files[0])
    problems += _unfit_targets(fitted, everything, files[2])
    called = (*files, *FILES[len(files) :])[3]
    shown = _targets(_rows(illustrated, TARGET_COLUMNS, called, problems))
    problems += _unfit_targets(shown, everything, called)
    raise_if_any(problems)
    return ClaimSet(
        everything,
        tuple(cells),
        {name: reason for name, reason, _ in fitted},
        {name: reason for name, reason, _ in shown},
    )


Row = tuple[int, dict[str, str]]


def _rows(text: str, columns: Sequence[str], file: str, problems: list[Problem]) -> list[Row]:
    reader = csv.reader(io.StringIO(text))
    header = next(reader, [])
    if header != list(columns):
        problems.append(
            Problem(
                file=file,
                line=1,
                value=",".join(header),
                rule=f"The header is {','.join(columns)}.",
                advice="Give the file exactly these columns, in this order.",
            )
        )
        return []
    rows = []
    for fields in reader:
        if len(fields) != len(columns):
            problems.append(
                Problem(
                    file=file,
                    line=reader.line_num,
                    value=f"{len(fields)} fields",
                    rule=f"A row has {len(columns)} fields.",
                    advice="Put a field that contains a comma in quotation marks.",
                )
            )
            continue
        rows.append((reader.line_num, dict(zip(columns, map(str.strip, fields), strict=True))))
    return rows


def _claims(rows: Iterable[Row], file: str, problems: list[Problem]) -> list[Claim]:
    claims = []
    for line, row in rows:
        found = [
            Problem(file=file, line=line, column=column, value=value, rule=rule, advice=advice)
            for column, value, rule, advice in _breaches(row)
        ]
        problems += found
        if not found:
            claims.append(_claim(row))
    return claims


def _breaches(row: Mapping[str, str]) -> Iterable[tuple[str, str, str, str]]:
    if not _SNAKE.fullmatch(row["claim"]):
        yield "claim", row["claim"], "An identifier is in snake_case.", "Rename the claim."
    for column in ("survey", "section", "statement"):
        if not row[column]:
            yield column, "", f"A claim has a {column}.", "Fill the field."
    for column in ("at_least", "at_most", "tolerance"):
        if row[column] and to_number(row[column]) is None:
            yield column, row[column], "This is a number or empty.", "Write it like -0.2."
    if row["source"] not in SOURCES:
        yield "source", row["source"], f"A source is {', '.join(SOURCES)}.", "Choose one of them."
    if row["source"] == "survey" and not row["quantity"]:
        yield (
            "quantity",
            "",
            "A claim of the survey names the quantity that recomputes it.",
            "Name one, or give the source 'printed' if no data could ever answer it.",
        )
    if not row["quantity"] and not row["note"]:
        yield "note", "", "A claim that nothing recomputes says why.", "Say it in the note."
    for part in _parts(row["arguments"]):
        if not re.fullmatch(r"[a-z_]+=.+", part):
            yield "arguments", part, "Arguments are key=value, joined by ';'.", "Rewrite it so."
    yield from _comparison_breaches(row)


def _comparison_breaches(row: Mapping[str, str]) -> Iterable[tuple[str, str, str, str]]:
    bounded = bool(row["at_least"] or row["at_most"])
    low, high = to_number(row["at_least"]), to_number(row["at_most"])
    if low is not None and high is not None and low > high:
        yield "at_least", row["at_least"], f"It is no more than at_most ({high}).", "Swap them."
    if bounded and not row["published"]:
        yield "published", "", "A bounded claim says what was printed.", "Add the printed word."
    if bounded and row["tolerance"]:
        yield "tolerance", row["tolerance"], "Bounds replace a tolerance.", "Leave it empty."
    numeric = to_number(row["published"]) is not None
    if numeric and not bounded and not row["tolerance"]:
        yield (
            "tolerance",
            "",
            "A printed number has a tolerance.",
            "Write half its last digit, 0 for a count.",
        )
    if row["tolerance"] and (not numeric or row["tolerance"].startswith("-")):
        yield (
            "tolerance",
            row["tolerance"],
            "Only a printed number has a tolerance, of 0 or more.",
            "Leave it empty or correct it.",
        )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _claim(row: Mapping[str, str]) -> Claim:
    pairs = (part.split("=", 1) for part in _parts(row["arguments"]))
    return Claim(
        claim=row["claim"],
        survey=row["survey"],
        section=row["section"],
        statement=row["statement"],
        published=row["published"],
        unit=row["unit"],
        at_least=to_number(row["at_least"]),
        at_most=to_number(row["at_most"]),
        tolerance=to_number(row["tolerance"]),
        source=row["source"],
        quantity=row["quantity"],
        arguments=tuple((key.strip(), value.strip()) for key, value in pairs),
        conflicts_with=tuple(_parts(row["conflicts_with"])),
        note=row["note"],
    )


def _cells(rows: Iterable[Row], file: str, problems: list[Problem]) -> list[Cell]:
    cells = []
    for line, row in rows:
        bad = [column for column in ("cluster", "n") if not row[column].isdigit()]
        bad += [column for column in ("attribute", "level") if not row[column]]
        problems += [
            Problem(
                file=file,
                line=line,
                column=column,
                value=row[column],
                rule="A cell has an attribute, a level, a cluster from 1 and a count from 0.",
                advice="Write zero cells as 0.",
            )
            for column in bad
        ]
        if not bad:
            cells.append(Cell(row["attribute"], row["level"], int(row["cluster"]), int(row["n"])))
    problems += _absent_cells(cells, file)
    return cells


def _absent_cells(cells: Sequence[Cell], file: str) -> list[Problem]:
    clusters = dict.fromkeys(cell.cluster for cell in cells)
    levels = dict.fromkeys((cell.attribute, cell.level) for cell in cells)
    present = {(cell.attribute, cell.level, cell.cluster) for cell in cells}
    return [
        Problem(
            file=file,
            value=f"{attribute}, {level}, cluster {cluster}",
            rule="Each level of an attribute has a cell for every cluster.",
            advice="Add the row; a cell without trusts has n 0.",
        )
        for attribute, level in levels
        for cluster in clusters
        if (attribute, level, cluster) not in present
    ]


def _claim_of_cell(cell: Cell, cells: Sequence[Cell]) -> Claim:
    arguments = {
        "k": str(len({other.cluster for other in cells})),
        "attribute": cell.attribute,
        "level": cell.level,
        "cluster": str(cell.cluster),
    }
    words = cell.attribute.replace("_", " ")
    return Claim(
        claim=f"crosstab_{cell.attribute}_{slug(cell.level)}_{cell.cluster}",
        survey=CROSSTAB_SURVEY,
        section=CROSSTAB_SECTION,
        statement=f"MATs of cluster {cell.cluster} with {words}: {cell.level}",
        published=str(cell.n),
        unit="MATs",
        at_least=None,
        at_most=None,
        tolerance=0.0,
        source="survey",
        quantity="crosstab_cell",
        arguments=tuple(arguments.items()),
        conflicts_with=(),
        note="",
    )


def _targets(rows: Iterable[Row]) -> list[tuple[str, str, int]]:
    return [(row["claim"], row["reason"], line) for line, row in rows]


def _repeated(claims: Sequence[Claim], file: str) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for claim in claims:
        if claim.claim in seen:
            problems.append(
                Problem(
                    file=file,
                    column="claim",
                    value=claim.claim,
                    rule="An identifier names one claim, cells of the cross-tabulations included.",
                    advice="Rename or remove one of them.",
                )
            )
        seen.add(claim.claim)
    return problems


def _one_sided_conflicts(claims: Sequence[Claim], file: str) -> list[Problem]:
    conflicts = {claim.claim: claim.conflicts_with for claim in claims}
    return [
        Problem(
            file=file,
            column="conflicts_with",
            value=other,
            rule=f"What contradicts {name} is another claim, and says so too.",
            advice=f"Name {name} in the conflicts_with of {other}, or drop the contradiction.",
        )
        for name, others in conflicts.items()
        for other in others
        if other == name or name not in conflicts.get(other, ())
    ]


def _unfit_targets(
    targets: Sequence[tuple[str, str, int]], claims: Sequence[Claim], file: str
) -> list[Problem]:
    by_name = {claim.claim: claim for claim in claims}
    names = [name for name, _, _ in targets]
    problems = []
    for place, (name, _, line) in enumerate(targets):
        claim = by_name.get(name)
        if claim is None:
            rule = "A target is one of the claims."
        elif claim.source != "survey" or not claim.published:
            rule = "A target is a printed figure of the survey."
        elif claim.conflicts_with:
            rule = "A target is not contradicted by the report itself."
        elif name in names[:place]:
            rule = "A target is listed once."
        else:
            continue
        problems.append(
            Problem(
                file=file,
                line=line,
                column="claim",
                value=name,
                rule=rule,
                advice="Correct the name or remove the row.",
            )
        )
    return problems
