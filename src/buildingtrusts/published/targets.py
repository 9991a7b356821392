"""The claims to which a reconstruction is fitted, as intervals and lists that a search can use.

``data/published/targets.csv`` chooses them among the claims. A target is an interval (a printed
number with its tolerance, or the bounds of a statement) or a list of words; its quantity and
arguments say of what. Everything that the reconstruction knows about the survey comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from buildingtrusts.published.claims import Claim, ClaimSet

#: Quantities that the reconstruction knows how to bring about.
FITTED_QUANTITIES = frozenset(
    {
        *("count_responses", "count_mats", "count_clustered_mats", "responses_of_mat"),
        *("count_items", "extreme_answer", "roles_present"),
        *("ceo_count", "ceo_answers", "ceo_answer", "ceo_items"),
        *("cluster_size", "parts_of_largest", "cluster_of", "mean_silhouette"),
        *(
            "scaled_mean",
            "scaled_items",
            "extreme_scaled_mean",
            "mats_with_median",
            "divergent_item",
            "median_rating",
        ),
        *("centralisation_contrast", "effectiveness_mats", "effectiveness_area"),
        *("standardisation_areas", "standardisation_median", "crosstab_cell"),
    }
)


class ReconstructionError(ValueError):
    """Answers that satisfy the claims could not be made; the message says which claims."""


class Missed(ReconstructionError):
    """One draw of people and trusts could not be brought to the claims; another one may."""


@dataclass(frozen=True)
class Target:
    """One claim to be fitted.

    Attributes
    ----------
    claim : str
        Its identifier.
    quantity : str
        What is held against the claim.
    arguments : dict of str to str
        Of which item, cluster, trust.
    low, high : float
        The interval it has to be in, ends included; infinite where there is no bound.
    words : tuple of str
        What it has to be if it is no number; else empty.
    """

    claim: str
    quantity: str
    arguments: dict[str, str]
    low: float
    high: float
    words: tuple[str, ...]

    @property
    def centre(self) -> float:
        """The middle of a bounded interval: the printed number itself."""
        return (self.low + self.high) / 2

    @property
    def whole(self) -> int:
        """The printed whole number."""
        return round(self.centre)

    def number(self, argument: str) -> float | None:
        """An argument as a number; None if it is not given."""
        value = self.arguments.get(argument)
        return None if value is None else float(value)


@dataclass(frozen=True)
class Targets:
    """All claims to be fitted, found by quantity and arguments."""

    targets: tuple[Target, ...]

    def of(self, quantity: str, **arguments: str | int) -> list[Target]:
        """Targets of one quantity that have the given arguments, in the order of the claims."""
        return [
            target
            for target in self.targets
            if target.quantity == quantity
            and all(target.arguments.get(key) == str(value) for key, value in arguments.items())
        ]

    def one(self, quantity: str, **arguments: str | int) -> Target:
        """The only such target.

        Raises
        ------
        ReconstructionError
            If there is none, or more than one.
        """
        found = self.of(quantity, **arguments)
        if len(found) != 1:
            wanted = ", ".join([quantity, *(f"{key}={value}" for key, value in arguments.items())])
            raise ReconstructionError(
                f"The reconstruction needs exactly one target of {wanted} and found {len(found)}; "
                "correct targets.csv."
            )
        return found[0]


def fitted_targets(claims: ClaimSet) -> Targets:
    """Turn the claims listed as targets into intervals and lists.

    Parameters
    ----------
    claims : ClaimSet
        From :func:`.claims.read_claims`.

    Returns
    -------
    Targets

    Raises
    ------
    ReconstructionError
        If a target is of a quantity that the reconstruction cannot bring about.
    """
    chosen = [claim for claim in claims.claims if claim.claim in claims.targets]
    unknown = [claim.claim for claim in chosen if claim.quantity not in FITTED_QUANTITIES]
    if unknown:
        raise ReconstructionError(
            f"The reconstruction does not know how to bring about {', '.join(unknown)}; take "
            "these claims out of targets.csv, so that they are emergent."
        )
    return Targets(tuple(_target(claim) for claim in chosen))


def _target(claim: Claim) -> Target:
    low, high = float("-inf"), float("inf")
    words: tuple[str, ...] = ()
    if claim.bounded:
        low = low if claim.at_least is None else claim.at_least
        high = high if claim.at_most is None else claim.at_most
    elif claim.number is not None:
        spare = claim.tolerance or 0.0
        low, high = claim.number - spare, claim.number + spare
    else:
        words = tuple(word.strip() for word in claim.published.split(";"))
    return Target(claim.claim, claim.quantity, dict(claim.arguments), low, high, words)
