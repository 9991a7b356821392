"""The ledger: what the report printed beside what is recomputed, with basis and verdict.

Each claim of the survey is held against every wave of that survey; claims that rest on printed
numbers or on the register appear once. ``basis`` says what a match is worth: a figure to which
the reconstruction was fitted (``calibrated``) proves the pipeline and not the report; one it was
not fitted to (``emergent``) follows from the others; ``derived`` and ``register`` rest on no
invented answer; ``data`` are the survey's own. Computing and judging are apart: what computes
never sees the published figure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from buildingtrusts.output.contracts import STUDY_TABLES
from buildingtrusts.published.claims import Claim, ClaimSet
from buildingtrusts.published.evidence import (
    Evidence,
    NotComputable,
    Printed,
    Register,
    Tie,
    Value,
)
from buildingtrusts.published.printed_quantities import associate, tabulate
from buildingtrusts.published.quantities import compute
from buildingtrusts.study.order import natural_key
from buildingtrusts.study.wave import MADE_UP

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = STUDY_TABLES["ledger"].columns
BASES = ("calibrated", "emergent", "derived", "register", "data")
VERDICTS = (
    "reproduced",
    "differs",
    "tie",
    "report inconsistent",
    "computed only",
    "not computable",
)

#: A difference between these and the report means that the pipeline, not the data, is at fault.
MUST_REPRODUCE = ("calibrated", "derived", "register")

#: Room for rounding error around a printed figure's tolerance and around bounds.
SLACK = 1e-9


@dataclass(frozen=True)
class Wave:
    """One wave to hold against the claims of its survey.

    Attributes
    ----------
    name : str
        Such as ``2017-reconstruction``.
    provenance : {"original", "reconstruction", "illustration"}
        Where its answers come from.
    evidence : Evidence
        Its tables.
    """

    name: str
    provenance: str
    evidence: Evidence

    @property
    def survey(self) -> str:
        """The survey the wave stands for: its name without the provenance at the end."""
        return self.name.removesuffix(f"-{self.provenance}")


def compute_ledger(claims: ClaimSet, waves: Sequence[Wave], register: Register) -> pd.DataFrame:
    """Hold every claim against what the waves, the printed numbers and the register give.

    Parameters
    ----------
    claims : ClaimSet
        Everything the report says.
    waves : sequence of Wave
        Those whose name without its provenance is not a survey of the claims add no rows.
    register : Register
        May be empty: its claims are then not computable.

    Returns
    -------
    DataFrame
        One row a claim and wave in the order of the claims, columns :data:`COLUMNS`, all text.
        Claims of printed numbers and the register carry the survey's name as their wave.
    """
    import pandas as pd

    surveys = dict.fromkeys(claim.survey for claim in claims.claims)
    printed = {survey: printed_of(claims, survey) for survey in surveys}
    rows = []
    for claim in claims.claims:
        if claim.source == "survey":
            rows += [
                _row(claim, wave.name, wave.evidence, basis_of(claim, claims, wave.provenance))
                for wave in waves
                if wave.survey == claim.survey
            ]
        else:
            counted = register if register.year in ("", claim.survey) else Register()
            shown = printed[claim.survey] if claim.source == "printed" else counted
            rows.append(_row(claim, claim.survey, shown, basis_of(claim, claims, "")))
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def printed_of(claims: ClaimSet, survey: str) -> Printed:
    """Return what the report prints of one survey, its cross-tabulations tested."""
    return Printed(claims.numbers(survey), tabulate(claims.cells), associate(claims.cells))


def basis_of(claim: Claim, claims: ClaimSet, provenance: str) -> str:
    """Say what a match of this claim is worth.

    Parameters
    ----------
    claim : Claim
        Any claim of ``claims``.
    claims : ClaimSet
        With the targets to which the reconstruction is fitted, and those that the illustration
        was made to show.
    provenance : str
        Of the wave; ignored for claims of printed numbers and the register.

    Returns
    -------
    str
        One of :data:`BASES`. A wave with the original answers gives ``data`` and nothing else.
    """
    if claim.source != "survey":
        return {"printed": "derived", "register": "register"}[claim.source]
    if provenance == "original":
        return "data"
    made_to_hold = {"reconstruction": claims.targets, "illustration": claims.illustrated}
    return "calibrated" if claim.claim in made_to_hold[provenance] else "emergent"


def verdict_of(claim: Claim, computed: Value | None) -> str:
    """Judge one recomputed claim against the report.

    Parameters
    ----------
    claim : Claim
        What was printed, and how close is close.
    computed : float, str, Tie or None
        What was recomputed; None if nothing could be.

    Returns
    -------
    str
        One of :data:`VERDICTS`. A claim that the report itself contradicts is never judged;
        bounds are held against a number, a printed number within its tolerance, and several
        words in any order.
    """
    if claim.conflicts_with:
        return "report inconsistent"
    if computed is None:
        return "not computable"
    if isinstance(computed, Tie):
        return "tie"
    if not claim.published:
        return "computed only"
    return "reproduced" if _agrees(claim, computed) else "differs"


def count_verdicts(ledger: pd.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    """Count the verdicts of each survey and basis that occur; they are never added up.

    Parameters
    ----------
    ledger : DataFrame
        As :func:`compute_ledger` returns it.

    Returns
    -------
    dict
        By survey (2017 for ``2017-reconstruction`` and for printed numbers of 2017) and basis,
        then by verdict, in the order of the ledger's words.
    """
    counts = with_surveys(ledger).groupby(["survey", "basis", "verdict"]).size().to_dict()
    there = {(survey, basis) for survey, basis, _ in counts}
    return {
        (survey, basis): {word: int(counts.get((survey, basis, word), 0)) for word in VERDICTS}
        for survey in sorted({survey for survey, _ in there}, key=natural_key)
        for basis in BASES
        if (survey, basis) in there
    }


def with_surveys(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ledger with one column more, ``survey``; see :func:`survey_of`."""
    return ledger.assign(survey=ledger["wave"].astype(str).map(survey_of))


def survey_of(wave: str) -> str:
    """The survey that a wave of the ledger stands for.

    Examples
    --------
    >>> survey_of("2017-reconstruction"), survey_of("2017")
    ('2017', '2017')
    """
    return re.sub(rf"-({'|'.join(MADE_UP)})$", "", wave)


def differences_that_matter(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that differ where the pipeline should reproduce: :data:`MUST_REPRODUCE`."""
    return ledger[(ledger["verdict"] == "differs") & ledger["basis"].isin(MUST_REPRODUCE)]


def _row(
    claim: Claim, wave: str, shown: Evidence | Printed | Register, basis: str
) -> Mapping[str, str]:
    computed, reason = _computed(claim, shown)
    return {
        "claim": claim.claim,
        "wave": wave,
        "section": claim.section,
        "statement": claim.statement,
        "published": claim.published,
        "computed": "" if computed is None else as_text(computed),
        "unit": claim.unit,
        "tolerance": _closeness(claim),
        "basis": basis,
        "verdict": verdict_of(claim, computed),
        "note": " ".join(filter(None, (claim.note, reason))),
        "conflicts_with": "; ".join(claim.conflicts_with),
    }


def _computed(claim: Claim, shown: Evidence | Printed | Register) -> tuple[Value | None, str]:
    try:
        return compute(claim.source, claim.quantity, dict(claim.arguments), shown), ""
    except NotComputable as reason:
        return None, str(reason)


def as_text(value: Value) -> str:
    """Write a recomputed value: numbers with the fewest digits that read back to the same.

    Examples
    --------
    >>> as_text(0.1), as_text(17.0), as_text(Tie("a = b"))
    ('0.1', '17', 'a = b')
    """
    if isinstance(value, Tie):
        return value.text
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _agrees(claim: Claim, computed: float | str) -> bool:
    if isinstance(computed, str):
        return _words(computed) == _words(claim.published)
    if claim.bounded:
        low = claim.at_least is None or computed >= claim.at_least - SLACK
        return low and (claim.at_most is None or computed <= claim.at_most + SLACK)
    printed = claim.number
    if printed is None or claim.tolerance is None:
        return False
    return abs(computed - printed) <= claim.tolerance + SLACK


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.split(";")}


def _closeness(claim: Claim) -> str:
    if claim.tolerance is not None:
        return as_text(claim.tolerance)
    if claim.at_least is not None and claim.at_most is not None:
        return f"{as_text(claim.at_least)} to {as_text(claim.at_most)}"
    if claim.at_least is not None:
        return f"{as_text(claim.at_least)} or more"
    return "" if claim.at_most is None else f"{as_text(claim.at_most)} or less"
