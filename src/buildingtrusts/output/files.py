"""Write a file whole or not at all: under a temporary name beside it, then renamed."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write bytes to a file, replacing it in one move.

    Parameters
    ----------
    path : str or Path
        Where to; missing folders are made.
    data : bytes
        The whole content.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The process number keeps two writers apart; a killed one leaves only its own partial file.
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    r"""Write text as UTF-8 with ``\n`` line ends on every system, in one move."""
    write_bytes(path, text.encode("utf-8"))
