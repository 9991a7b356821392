"""How each table is published: whole, in part, or not at all, with the reason.

A table without a rule is withheld, so that a new one is not published by oversight; a test wants a
rule for every contract. Symbols are those of the UK Government Analysis Function's guidance on
shorthand in tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

How = Literal["whole", "statistics", "counts", "means", "withheld"]

CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, LOW = "[c]", "[x]", "[z]", "[low]"
SYMBOLS: Mapping[str, str] = {
    CONFIDENTIAL: "confidential: withheld so that nobody is singled out",
    NOT_AVAILABLE: "not available: it could not be computed",
    NOT_APPLICABLE: "not applicable: there is no such number",
    LOW: "low: rounds to 0, and is not 0",
}
#: Decimals that statistics are published with.
DECIMALS = 2


@dataclass(frozen=True)
class PublicRule:
    """How a table is published.

    Attributes
    ----------
    how : str
        ``whole``: as it is. ``statistics``: numbers about all trusts together, with two decimals.
        ``counts`` and ``means``: numbers about few withheld, and others that give them back.
        ``withheld``: not at all.
    why : str
        The reason, in words for readers.
    hidden : tuple of str
        Columns that are withheld in every row.
    inapplicable : tuple of str
        Columns whose empty fields are no lack of data.
    """

    how: How
    why: str
    hidden: tuple[str, ...] = ()
    inapplicable: tuple[str, ...] = ()


def _withheld(why: str) -> PublicRule:
    return PublicRule("withheld", why)


_TRUSTS = "It has a row for each trust."
_SECOND = (
    "It has a second partition of the same few trusts, which gives the first one's cells back."
)
_MOVES = (
    "Who moved is in the tables of both waves, so that each count is linked to sizes and levels of "
    "both, and to who is in one wave only; protected together, little of so few trusts would be "
    "left."
)

#: The rule of each table of a wave.
WAVE_RULES: Mapping[str, PublicRule] = {
    "sample": PublicRule(
        "counts",
        "Responses by role over all trusts, in place of a row for each trust; withheld too where "
        "the means in profiles.csv, which tell how many answers they are of, give few back.",
    ),
    "scores": _withheld(_TRUSTS),
    "agreement": PublicRule(
        "statistics",
        "Of the clustered trusts together; those of all trusts would give the few others back, as "
        "would numbers of answers.",
        hidden=("n_groups", "n_responses"),
    ),
    "alignment": _withheld(_TRUSTS),
    "linkage": _withheld("It names the trusts that each merge joins."),
    "leaf_order": _withheld(_TRUSTS),
    "clusters": _withheld(_TRUSTS),
    "cluster_types": PublicRule(
        "counts",
        "Sizes of clusters, as in partitions.csv; distances are those of clusters of any size.",
        hidden=("distance", "nearest_type"),
        inapplicable=("matched_wave",),
    ),
    "silhouettes": _withheld(_TRUSTS),
    "partitions": PublicRule(
        "counts",
        "Sizes of the reported partitions, small clusters withheld; other partitions are nested in "
        "them, and their sizes would give these away.",
    ),
    "profiles": PublicRule(
        "means",
        "Means of groups that are large enough, every response counting alike; means over trusts "
        "are withheld, because they would give single trusts back. Standard deviations and medians "
        "of ten answers or more, where they tell nothing of smaller groups; intervals over all "
        "roles.",
        hidden=("n_mats", "n_responses"),
    ),
    "crosstabs": PublicRule("counts", "Trusts by cluster and level, small cells withheld."),
    "associations": PublicRule(
        "counts",
        "With few trusts a test gives its table back; published where the whole table is, not "
        "rounded, with two decimals.",
        hidden=("n", "p_min_attainable", "cramers_v_null_mean", "cramers_v_null_q95"),
    ),
    "ceo": _withheld("It has the answers of single people."),
    "effectiveness": _withheld(_TRUSTS),
    "standardisation": PublicRule(
        "means",
        "Means of groups that are large enough.",
        hidden=("n",),
        inapplicable=("mean_q05", "mean_q95"),
    ),
    "operating_model": _withheld(_TRUSTS),
    "nulls": PublicRule(
        "statistics",
        "About all trusts together.",
        hidden=("n_mats",),
        inapplicable=("k",),
    ),
    "stability": PublicRule(
        "counts",
        "Of clusters whose size is published: Jaccard values of small ones are ratios of small "
        "numbers, as are those with one trust left out, whose draws tell clusters of one trust.",
    ),
    "co_clustering": _withheld("It has a row for each pair of trusts."),
    "assignment": _withheld(_TRUSTS),
    "k_votes": PublicRule("statistics", "About all trusts together."),
    "permanova": PublicRule(
        "statistics", "About all trusts together.", hidden=("n_mats", "n_responses")
    ),
    "merge_tests": _withheld("What is empty in it shows how many trusts each merge joins."),
    "k_indices": PublicRule(
        "statistics", "About all trusts together.", inapplicable=("se", "null", "k", "value")
    ),
    "medoids": _withheld(_TRUSTS),
    "medoid_partitions": _withheld(_SECOND),
    "continuum": PublicRule(
        "statistics", "About all trusts together.", hidden=("n_mats",), inapplicable=("k",)
    ),
    "multiverse": PublicRule(
        "statistics",
        "Combinations of linkage, distance, scaling and statistic over the same trusts and answers "
        "as the report's: two that differ by a few answers would tell of these. Sizes and "
        "agreement with the report's clusters are those of second partitions.",
        hidden=("n_mats", "sizes", "adjusted_rand"),
    ),
    "multiverse_excluded": _withheld("Its reasons say how many trusts are left or stand out."),
    "ensemble": PublicRule(
        "whole", "Made from published statistics alone.", inapplicable=("k", "report_k")
    ),
    "verdict": PublicRule(
        "statistics",
        "About all trusts together; its sentence names the size of the smallest cluster.",
        hidden=("sentence",),
    ),
}

#: The rule of each table that spans waves.
STUDY_RULES: Mapping[str, PublicRule] = {
    "ledger": _withheld("Claims are about named trusts and small cells."),
    "published_associations": PublicRule("whole", "Computed from printed counts alone."),
    "transitions": _withheld(_MOVES),
    "wave_agreement": _withheld("It sums up transitions.csv, and would help to fill its cells in."),
    "changes": PublicRule(
        "means",
        "Changes over all trusts of both waves, where there are enough; not those of parts of "
        "them, which would give the rest back.",
        hidden=("n_mats",),
    ),
    "types": PublicRule(
        "counts",
        "Sizes of clusters, as in partitions.csv.",
        hidden=("distance", "nearest_type"),
        inapplicable=("matched_wave",),
    ),
    "common_items": PublicRule("whole", "It says what was asked, and has no answers."),
    "common_agreement": _withheld(_SECOND),
    "new_trusts": _withheld(_TRUSTS),
    "population": PublicRule("counts", "The register is public; the sample's counts are not."),
    "population_tests": PublicRule(
        "whole",
        "The register is public, so that a test would give the sample's counts back.",
        hidden=(
            *("n_sample", "p_value", "p_adjusted", "p_min_attainable", "dissimilarity"),
            *("null_mean", "null_q95", "note"),
        ),
    ),
    "attribute_sensitivity": PublicRule(
        "whole",
        "The register is public; the sample's counts are not.",
        hidden=("n_sample", "n_sample_moved"),
    ),
    "interviews": PublicRule(
        "counts",
        "Codes over all interviewed trusts, where those with it and those without are enough. By "
        "cluster or level most counts are of few trusts, and those that took part in both are in "
        "the survey's tables too: left out, because little would be published of them.",
        hidden=("n_interviews", "n_excerpts"),
        inapplicable=("k", "mean_weight", "sd_weight"),
    ),
    "interview_tests": _withheld(
        "The tables that the tests are of are withheld, and a test gives its table back."
    ),
}

#: Why no table of the clusterings on common items is published.
COMMON_WITHHELD = _SECOND

#: Figures that are drawn again from the published tables.
PUBLIC_FIGURES = ("figure_2_strategy_profiles", "operations_profiles", "crosstabs")
FIGURES_WITHHELD = (
    "Other figures show single trusts, or counts that are withheld. Nothing is copied from the "
    "unprotected results: figures, their data and their alternative texts are made from the tables "
    "here. The report, methods.md, the tables for paper and the workbook have numbers that are "
    "withheld here, and are not to be published beside it."
)

SAMPLE_COLUMNS = ("role", "clustered", "n_mats", "n_responses")


def rule_of(table: str) -> PublicRule:
    """The rule of a table; one without a rule is withheld.

    Examples
    --------
    >>> rule_of("scores").how, rule_of("a table added tomorrow").how
    ('withheld', 'withheld')
    """
    rules = {**WAVE_RULES, **STUDY_RULES}
    return rules.get(table, _withheld("There is no rule on how to publish it."))


def is_published(table: str) -> bool:
    """Whether anything of a table is published."""
    return rule_of(table).how != "withheld"


#: What makes a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe stands before what would start a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless("Mixed"), harmless(" =1")
    ("'=1+1", 'Mixed', "' =1")
    """
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) else text


def shown(value: object, missing: str = NOT_AVAILABLE, decimals: int | None = DECIMALS) -> str:
    """A field of a published table: rounded, made harmless, or a symbol.

    Parameters
    ----------
    value : object
        A number, a text, or nothing.
    missing : str
        What stands for nothing.
    decimals : int or None
        Of numbers that are not whole; None leaves them as they are.

    Examples
    --------
    >>> shown(0.123), shown(0.001), shown(None), shown(-2.0), shown("-x"), shown(True)
    ('0.12', '[low]', '[x]', '-2', "'-x", 'True')
    """
    if value is None or value != value:
        return missing
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return str(value)
    number = float(value)  # type: ignore[arg-type]
    if number == int(number):
        return str(int(number))
    if decimals is None:
        return repr(number)
    rounded = round(number, decimals)
    return LOW if rounded == 0 else f"{rounded:.{decimals}f}"


def shown_count(n: int, base: int) -> str:
    """A count, rounded to a multiple of a base by itself.

    Examples
    --------
    >>> shown_count(17, 5), shown_count(2, 5), shown_count(0, 5), shown_count(17, 1)
    ('15', '[low]', '0', '17')
    """
    rounded = int(base * ((2 * n + base) // (2 * base)))
    return LOW if rounded == 0 and n else str(rounded)


def public_guide(
    warning: str,
    below: int,
    base: int,
    dropped: int,
    tables: Mapping[str, tuple[int, int]],
    names: Iterable[str],
) -> str:
    """Compose the README of the published results.

    Parameters
    ----------
    warning : str
        What opens texts on made-up answers; empty for original ones.
    below, base, dropped : int
        The limit, the multiple that counts are rounded to, and how many trusts are left out.
    tables : mapping of str to (int, int)
        Rows, and fields withheld, of each published table by its path.
    names : iterable of str
        Tables of the run, published or not.
    """
    kept: list[str] = []
    lost: list[str] = []
    for name in names:
        (kept if is_published(name) else lost).append(f"| `{name}.csv` | {rule_of(name).why} |")
    files = [f"| `{path}` | {n} | {hidden} |" for path, (n, hidden) in tables.items()]
    parts = [
        *([warning] if warning else []),
        "# Results for publication",
        f"Numbers of fewer than {below} trusts or responses are withheld, none included, and so "
        "are means over them. Further numbers are withheld so that no sum or difference gives "
        "these back. Whoever has everything here still finds possible values that stretch over "
        f"{below} or more for a small count, and over a fifth of its scale or more for the mean of "
        "a small group or of one trust and for the answer of one person; no other withheld number "
        "is given away."
        + (f" Counts are rounded to multiples of {base}, each by itself." if base > 1 else "")
        + (
            f" Trusts left out of all counts and means: {dropped}. Numbers about all trusts "
            "together still rest on their answers."
            if dropped
            else ""
        ),
        "| symbol | means |\n|---|---|\n"
        + "\n".join(f"| `{symbol}` | {means} |" for symbol, means in SYMBOLS.items()),
        "This holds against everybody who knows these files, how they were made, and how many "
        "answers each mean is of. It does not hold against somebody who knows answers or clusters "
        "of some trusts already, as those who took part do, who knows that the same trusts are in "
        "two waves, each of which is protected by itself, who reasons from what the rules chose to "
        "withhold (that nothing is said of a cluster beside others suggests that it is small), who "
        "has another set made of the same answers with other choices, or who has the unprotected "
        "results.",
        "## Files",
        "| file | rows | fields withheld |\n|---|---|---|\n" + "\n".join(files),
        "## How each table is published",
        "| table | rule |\n|---|---|\n" + "\n".join(kept),
        "## What is withheld",
        "| table | reason |\n|---|---|\n" + "\n".join(lost),
        f"Clusterings on common items: {COMMON_WITHHELD} {FIGURES_WITHHELD}",
    ]
    return "\n\n".join(parts) + "\n"
