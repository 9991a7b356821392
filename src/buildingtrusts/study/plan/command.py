"""Settings as flags of a step's command."""

from __future__ import annotations

import shlex


def as_flags(**values: object) -> str:
    """Write settings as command-line flags, quoted for the shell."""
    words: list[str] = []
    for name, value in values.items():
        words.append("--" + name.replace("_", "-"))
        words += [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
    return shlex.join(words)
