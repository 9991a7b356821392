"""Invented extracts of the register, and the cut-offs that the project ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from buildingtrusts.register.cutoffs import Cutoffs, parse_cutoffs

FIXTURES = Path(__file__).parent / "fixtures"
SHIPPED = Path(__file__).parents[2] / "config" / "register.yaml"


@pytest.fixture(scope="session")
def shipped_text() -> str:
    return SHIPPED.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def cutoffs(shipped_text: str) -> Cutoffs:
    return parse_cutoffs(shipped_text, "config/register.yaml")


@pytest.fixture
def files() -> Callable[[str], dict[str, bytes]]:
    """Return the two files of an invented extract, to be spoilt at will."""
    return lambda folder: {path.name: path.read_bytes() for path in (FIXTURES / folder).iterdir()}
