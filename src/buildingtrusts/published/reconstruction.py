"""Responses that could have led to the published report: drawn from a model, fitted to its claims.

The survey's responses were never published. A reconstruction draws people and trusts
(:mod:`.respondents`) and their answers to the statements of strategy (:mod:`.strategy_answers`)
and the operating areas (:mod:`.area_answers`), and moves the trusts' positions until all claims
listed in ``data/published/targets.csv`` hold at once (:mod:`.fitting`). It uses those claims and
nothing else of the report; whatever else it shows was invented. One seed makes one
reconstruction, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from buildingtrusts.published.area_answers import (
    draw_effectiveness,
    draw_operations,
    draw_standardisation,
)
from buildingtrusts.published.claims import ClaimSet
from buildingtrusts.published.fitting import Floats
from buildingtrusts.published.model import Model
from buildingtrusts.published.respondents import draw_trusts
from buildingtrusts.published.strategy_answers import draw_strategy
from buildingtrusts.published.targets import Missed, ReconstructionError, Targets, fitted_targets
from buildingtrusts.study.codebook import Codebook
from buildingtrusts.study.provenance import ID_PREFIX

#: Settings of the reconstruction that the project ships.
DEFAULT_SEED, DEFAULT_WITHIN_SD, DEFAULT_COUNT_SKEW = 2017, 2.0, 0.8
WITHIN_SD_RANGE, COUNT_SKEW_RANGE = (1.0, 3.0), (0.0, 1.5)

#: Fresh draws of people and trusts before a seed is given up.
ATTEMPTS = 8


@dataclass(frozen=True)
class Reconstruction:
    """One set of responses that satisfies every fitted claim.

    Attributes
    ----------
    responses : DataFrame
        ``respondent_id, mat_id, role`` and a column ``<block>__<item>`` for each item: whole
        numbers, missing where nothing was answered.
    trusts : DataFrame
        ``mat_id``, the attributes and ``performance_flags``, all as text; trusts that are not
        clustered have none.
    seed : int
        What decided every draw.
    within_sd : float
        Spread of ratings within a trust before rounding, in points of a ten-point scale.
    count_skew : float
        Spread of the trusts' propensities to respond, on the log scale.
    attempts : int
        Draws of people and trusts that were needed.
    steps : int
        Steps of the last search, those that were not taken included.
    ceo_gaps : dict of str to float
        By how many points CEOs were placed above or below their staff, by statement of strategy.
    """

    responses: pd.DataFrame
    trusts: pd.DataFrame
    seed: int
    within_sd: float
    count_skew: float
    attempts: int
    steps: int
    ceo_gaps: dict[str, float]


def reconstruct(
    claims: ClaimSet,
    codebook: Codebook,
    seed: int = DEFAULT_SEED,
    within_sd: float = DEFAULT_WITHIN_SD,
    count_skew: float = DEFAULT_COUNT_SKEW,
) -> Reconstruction:
    """Make responses that satisfy all claims listed as targets.

    Parameters
    ----------
    claims : ClaimSet
        From :func:`.claims.read_claims`.
    codebook : Codebook
        The wave's blocks ``strategy``, ``operations``, ``effectiveness`` and ``standardisation``
        with their scales.
    seed : int
        Decides every draw, 0 or more. The same seed and settings give the same answers on any
        number of cores.
    within_sd : float
        Standard deviation of a trust's ratings of one item before rounding, 1 to 3 points of a
        ten-point scale; in proportion on other scales. The spread of effectiveness is published
        and does not follow this setting.
    count_skew : float
        Standard deviation of the logarithm of the trusts' propensities to respond, 0 (all alike)
        to 1.5.

    Returns
    -------
    Reconstruction

    Raises
    ------
    ReconstructionError
        If no answers were found that satisfy all claims (it names what was missed), or a setting
        is out of range.

    Examples
    --------
    >>> reconstruct(claims, codebook, seed=1).responses.shape  # doctest: +SKIP
    (346, 58)
    """
    _check_settings(seed, within_sd, count_skew)
    targets = fitted_targets(claims)
    _check_questionnaire(targets, codebook)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _attempt(Model(targets, codebook, seed, attempt, within_sd, count_skew))
        except Missed as missed:
            last = missed
    raise ReconstructionError(
        f"With seed {seed}, within_sd {within_sd} and count_skew {count_skew} the search gave up "
        f"after {ATTEMPTS} draws of people and trusts. What the last one missed: {last}. Try "
        "another seed."
    )


def _check_settings(seed: int, within_sd: float, count_skew: float) -> None:
    for name, value, (low, high) in (
        ("seed", seed, (0, float("inf"))),
        ("within_sd", within_sd, WITHIN_SD_RANGE),
        ("count_skew", count_skew, COUNT_SKEW_RANGE),
    ):
        if not low <= value <= high:
            raise ReconstructionError(f"{name} is {value}; it can be from {low} to {high}.")


def _check_questionnaire(targets: Targets, codebook: Codebook) -> None:
    """Claims about the questionnaire are the codebook's to satisfy."""
    for target in targets.of("count_items"):
        found = len(codebook.block(target.arguments["block"]))
        if not target.low <= found <= target.high:
            raise ReconstructionError(
                f"{target.claim}: the block has {found} items in the codebook, the claim says "
                f"{target.whole}; correct the codebook."
            )
    for target in targets.of("extreme_answer"):
        for item in codebook.block(target.arguments["block"]):
            end = item.minimum if target.arguments["end"] == "lowest" else item.maximum
            if end is None or not target.low <= end <= target.high:
                raise ReconstructionError(
                    f"{target.claim}: the codebook's scale of {item.column} ends at {end}; the "
                    f"claim allows {target.low} to {target.high}. Correct the codebook."
                )


def _attempt(model: Model) -> Reconstruction:
    """Draw everybody's answers, block by block, and set out the two tables."""
    trusts = draw_trusts(model.targets, model.respondents, model.generator("trusts"))
    strategy = draw_strategy(model)
    answers = np.hstack(
        [
            strategy.answers,
            draw_operations(model),
            draw_effectiveness(model),
            draw_standardisation(model),
        ]
    )
    return Reconstruction(
        responses=_responses(model, answers),
        trusts=trusts,
        seed=model.seed,
        within_sd=model.within_sd,
        count_skew=model.count_skew,
        attempts=model.attempt,
        steps=strategy.steps,
        ceo_gaps={
            item: round(float(gap), 1)
            for item, gap in zip(model.items["strategy"], strategy.ceo_gaps, strict=True)
            if gap
        },
    )


def _responses(model: Model, answers: Floats) -> pd.DataFrame:
    # In the order in which answers came in, which is no trust's order.
    people = model.respondents
    order = model.generator("order").permutation(len(answers))
    width = len(str(len(answers)))
    table = pd.DataFrame(
        {
            "respondent_id": [
                f"{ID_PREFIX['reconstruction']}{number:0{width}}"
                for number in range(1, len(answers) + 1)
            ],
            "mat_id": [people.mats[mat] for mat in people.mat_of[order]],
            "role": people.roles[order].tolist(),
        }
    )
    rated = pd.DataFrame(answers[order], columns=model.codebook.columns).astype("Int64")
    return pd.concat([table, rated], axis=1)
