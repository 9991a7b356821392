"""The quantities by which claims are recomputed, found by the name that ``claims.csv`` gives.

A claim's ``source`` decides what its quantity is shown: the survey's tables, printed numbers, or
the register (:mod:`.evidence`). Its ``arguments`` are read as the function's parameters say:
whole number, decimal number, word, or several of them separated by commas. Names and arguments
are checked before anything is computed.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from functools import cache
from types import ModuleType
from typing import Any, get_args, get_type_hints

from buildingtrusts.published import printed_quantities, register_quantities, survey_quantities
from buildingtrusts.published.claims import Claim
from buildingtrusts.published.evidence import (
    Evidence,
    NotComputable,
    Printed,
    Register,
    Value,
)
from buildingtrusts.study.problems import Problem

Quantity = Callable[..., Value]

#: What a quantity of each source takes first, and the module that holds those quantities.
SOURCES: Mapping[str, tuple[type, ModuleType]] = {
    "survey": (Evidence, survey_quantities),
    "printed": (Printed, printed_quantities),
    "register": (Register, register_quantities),
}


@cache
def quantities(source: str) -> dict[str, Quantity]:
    """Return the quantities of a source by name.

    Parameters
    ----------
    source : {"survey", "printed", "register"}
        A claim's source.

    Returns
    -------
    dict
        Public functions of the source's module whose first parameter is the source's evidence.

    Examples
    --------
    >>> sorted(quantities("register"))[:2]
    ['median_schools', 'population_count']
    """
    kind, module = SOURCES[source]
    return {
        name: function
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and kind.__name__ in str(next(iter(_parameters(function).values()), ""))
    }


def compute(
    source: str,
    quantity: str,
    arguments: Mapping[str, str],
    shown: Evidence | Printed | Register,
) -> Value:
    """Compute one quantity from the evidence of its source.

    The published figure is not among the parameters, so nothing here can be led by it.

    Parameters
    ----------
    source : {"survey", "printed", "register"}
        The claim's source.
    quantity : str
        Name of one of :func:`quantities` of that source; empty if there is none.
    arguments : mapping of str to str
        Its arguments as ``claims.csv`` writes them.
    shown : Evidence, Printed or Register
        What the source allows it to see.

    Returns
    -------
    float, str or Tie

    Raises
    ------
    NotComputable
        If there is no quantity, or it finds nothing to compute from.
    TypeError
        If it is shown evidence of another source.

    Examples
    --------
    >>> import pandas as pd
    >>> register = Register(trusts=pd.DataFrame({"n_schools": [1, 4, 9]}))
    >>> compute("register", "trusts_with_schools", {"at_least": "4"}, register)
    2.0
    """
    kind, _ = SOURCES[source]
    if not isinstance(shown, kind):
        raise TypeError(
            f"{quantity} has the source '{source}' and is shown {type(shown).__name__}; show it "
            f"{kind.__name__}."
        )
    if not quantity:
        raise NotComputable("")
    function = quantities(source)[quantity]
    value = function(shown, **_typed(function, arguments))
    if isinstance(value, float) and math.isnan(value):
        raise NotComputable("The answers it rests on are missing.")
    return value


def check_quantities(claims: tuple[Claim, ...], file: str = "claims.csv") -> list[Problem]:
    """Find claims whose quantity does not exist or does not take their arguments.

    Parameters
    ----------
    claims : tuple of Claim
        Any claims; those without a quantity are skipped.
    file : str
        What to call their file in the report.

    Returns
    -------
    list of Problem
        Empty when every claim can be tried.
    """
    problems = []
    for claim in claims:
        known = quantities(claim.source)
        if claim.quantity and claim.quantity not in known:
            advice = f"Quantities of the source '{claim.source}': {', '.join(known)}."
            problems.append(_problem(file, claim, "quantity", claim.quantity, advice))
        elif claim.quantity:
            advice = _misfit(known[claim.quantity], claim)
            if advice:
                given = "; ".join(f"{key}={value}" for key, value in claim.arguments)
                problems.append(_problem(file, claim, "arguments", given, advice))
    return problems


def _problem(file: str, claim: Claim, column: str, value: str, advice: str) -> Problem:
    return Problem(
        file=file,
        column=column,
        value=value,
        rule=f"The claim {claim.claim} names a quantity of its source and its arguments.",
        advice=advice,
    )


def _misfit(function: Quantity, claim: Claim) -> str:
    arguments = dict(claim.arguments)
    try:
        inspect.signature(function).bind(None, **arguments)
        _typed(function, arguments)
    except (TypeError, ValueError) as error:
        wanted = ", ".join(list(_parameters(function))[1:])
        return f"{function.__name__} takes {wanted or 'no arguments'} ({error})."
    return ""


@cache
def _hints(function: Quantity) -> dict[str, Any]:
    return get_type_hints(function)


def _parameters(function: Quantity) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters


def _typed(function: Quantity, arguments: Mapping[str, str]) -> dict[str, Any]:
    return {name: _read(_hints(function)[name], text) for name, text in arguments.items()}


def _read(hint: Any, text: str) -> Any:
    # tuple[int, ...] -> int of each part; float | None -> float; int, float and str as they are.
    inner = [part for part in get_args(hint) if part not in (type(None), Ellipsis)]
    if getattr(hint, "__origin__", None) is tuple:
        return tuple(inner[0](part.strip()) for part in text.split(","))
    return (inner[0] if inner else hint)(text)
