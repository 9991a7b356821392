"""What all blocks of a reconstruction share: targets, questionnaire, people and random draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from buildingtrusts.published.fitting import Deviations, Floats
from buildingtrusts.published.respondents import Respondents, draw_respondents
from buildingtrusts.published.targets import ReconstructionError, Targets
from buildingtrusts.study.codebook import Codebook
from buildingtrusts.study.randomness import task_generator

#: The blocks of the questionnaire, in its order.
BLOCKS = ("strategy", "operations", "effectiveness", "standardisation")

#: Share of the variance of personal deviations that is how high the person rates everything.
ACQUIESCENCE = 0.25
#: Standard deviation of role differences, as a share of the spread within trusts.
ROLE_SPREAD = 0.1
#: Share of answers rounded to a favourite number.
HEAPED_SHARE = 0.1


class Model:
    """One attempt at a reconstruction: its targets, its people, and a stream of draws by task.

    Parameters
    ----------
    targets : Targets
        What has to hold.
    codebook : Codebook
        The questionnaire, with the blocks of :data:`BLOCKS` in that order.
    seed, attempt : int
        Together decide every draw.
    within_sd, count_skew : float
        Settings, as in :func:`.reconstruction.reconstruct`.
    """

    def __init__(
        self,
        targets: Targets,
        codebook: Codebook,
        seed: int,
        attempt: int,
        within_sd: float,
        count_skew: float,
    ) -> None:
        if codebook.blocks != BLOCKS:
            raise ReconstructionError(
                f"The codebook has the blocks {', '.join(codebook.blocks)}; a reconstruction "
                f"needs {', '.join(BLOCKS)}, in this order."
            )
        self.targets, self.codebook = targets, codebook
        self.seed, self.attempt = seed, attempt
        self.within_sd, self.count_skew = within_sd, count_skew
        self.items = {block: [item.item for item in codebook.block(block)] for block in BLOCKS}
        self.respondents: Respondents = draw_respondents(
            targets, self.items, count_skew, self.generator("respondents")
        )

    def generator(self, task: str) -> np.random.Generator:
        """The draws of one task, the same whatever else is drawn."""
        return task_generator(self.seed, "reconstruction", str(self.attempt), task)

    def item(self, block: str, name: str) -> int:
        """Place of an item in its block."""
        if name not in self.items[block]:
            raise ReconstructionError(
                f"A target names the item {name} of the block {block}, which the codebook does "
                "not have; correct the claim or the codebook."
            )
        return self.items[block].index(name)

    def mat(self, name: str) -> int:
        """Place of a trust."""
        return self.respondents.mats.index(name)

    def scale(self, block: str) -> tuple[int, int]:
        """Lowest and highest answer of a block, in points."""
        first = self.codebook.block(block)[0]
        if first.minimum is None or first.maximum is None or not first.whole_numbers:
            raise ReconstructionError(
                f"The codebook gives {first.column} no scale of whole numbers; fill in min, max "
                "and step."
            )
        return round(first.minimum), round(first.maximum)

    def spread(self, block: str) -> float:
        """The spread within trusts in points of the block's own scale."""
        low, high = self.scale(block)
        return self.within_sd * (high - low) / 9

    def answered(self, block: str) -> NDArray[np.bool_]:
        """Which items of a block each respondent answered."""
        of = np.array([item.block for item in self.codebook.items])
        return self.respondents.answered[:, of == block]

    def deviations(
        self, block: str, spread: float, rng: np.random.Generator, fixed: Floats | None = None
    ) -> Deviations:
        """Draw how people deviate from their trust: by person, by role and item, by answer.

        Parameters
        ----------
        block : str
            One of :data:`BLOCKS`.
        spread : float
            Their standard deviation, in points of the block's scale.
        rng : numpy.random.Generator
            For the draws.
        fixed : ndarray of shape (n_respondents, n_items), optional
            Answers settled beforehand; ``nan`` elsewhere.

        Returns
        -------
        Deviations
        """
        people, n_items = len(self.respondents.mat_of), len(self.items[block])
        personal = np.sqrt(ACQUIESCENCE) * rng.standard_normal((people, 1))
        personal = personal + np.sqrt(1 - ACQUIESCENCE) * rng.standard_normal((people, n_items))
        for role in np.unique(self.respondents.roles):
            personal[self.respondents.roles == role] += ROLE_SPREAD * rng.standard_normal(n_items)
        low, high = self.scale(block)
        return Deviations(
            mats=self.respondents.mat_of,
            personal=spread * personal,
            answered=self.answered(block),
            heaped=rng.random((people, n_items)) < HEAPED_SHARE,
            fixed=np.full((people, n_items), np.nan) if fixed is None else fixed,
            low=low,
            high=high,
        )
