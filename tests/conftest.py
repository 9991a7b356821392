"""Fixtures for the whole suite."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

VARIABLE = "BUILDINGTRUSTS_REAL_DATA"


@pytest.fixture
def real_data() -> Callable[..., Path]:
    """Give the folder of real data, once every file a test names is known to be there.

    ``real_data("gias/2017-01-19/edubasealldata.csv")`` returns the folder the environment variable
    BUILDINGTRUSTS_REAL_DATA names. Unset, the test is skipped; set, a missing file is a failure,
    so that a suite meant to see the data cannot pass without it.
    """

    def root(*relative_paths: str) -> Path:
        named = os.environ.get(VARIABLE)
        if not named:
            pytest.skip(f"needs real data: set {VARIABLE} to the folder that holds it")
        folder = Path(named)
        missing = [path for path in relative_paths if not (folder / path).is_file()]
        if missing or not folder.is_dir():
            pytest.fail(f"{VARIABLE} is {named}, which lacks {', '.join(missing) or 'everything'}")
        return folder

    return root
