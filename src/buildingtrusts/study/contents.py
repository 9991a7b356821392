"""The bytes of a file that a person named, or a report that it is not there.

A step that reads what people bring (an export, a table of trusts, coded interviews) reads it here,
so that a missing file is told like any other problem, whichever command finds it.
"""

from __future__ import annotations

from pathlib import Path

from buildingtrusts.study.problems import InputProblems, Problem


def content_of(path: str | Path, advice: str = "Put the file there, or correct its name.") -> bytes:
    """Read a file whole.

    Parameters
    ----------
    path : str or Path
        As the user named it.
    advice : str
        What to do if it is not there.

    Returns
    -------
    bytes

    Raises
    ------
    InputProblems
        If it is not there, is a folder, or may not be read.

    Examples
    --------
    >>> content_of("absent.csv")
    Traceback (most recent call last):
        ...
    buildingtrusts.study.problems.InputProblems: 1 problem in the input; nothing was written.
    <BLANKLINE>
    1. absent.csv: This file is needed: No such file or directory.
        Put the file there, or correct its name.
    """
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # a name may hold what no system takes
        raise InputProblems(
            [
                Problem(
                    str(path),
                    f"This file is needed: {getattr(error, 'strerror', None) or error}.",
                    advice,
                )
            ]
        ) from None
