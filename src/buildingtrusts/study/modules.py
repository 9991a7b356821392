"""Which of the package's own modules a step uses, found by walking its imports.

Snakemake reruns a rule when an input changes, and a module under ``src/`` is no input unless it is
named as one. Rules therefore take the modules of their step as inputs, listed here by reading the
source: imports inside functions count, since steps import late to start fast. So do the packages
that hold a module, whose ``__init__`` Python runs first; the command line and the package's own
``__init__``, which start every step alike and change no result, do not.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

PACKAGE = "buildingtrusts"
_ROOT = Path(__file__).resolve().parents[1]

# Parsing eighty files takes Snakemake longer than all else it does when there is nothing to do,
# so imports are found as lines of text; a test holds the result against what steps really load.
_IMPORT = re.compile(
    rf"^[ \t]*(?:from (?P<source>{PACKAGE}[\w.]*) import (?P<names>\([^)]*\)|[^\n]+)"
    rf"|import (?P<module>{PACKAGE}[\w.]*))",
    re.MULTILINE,
)
_NAME = re.compile(r"\w+")


def modules_of(step: str) -> list[str]:
    """Files of the modules that a step reaches by imports, the step's own included.

    Parameters
    ----------
    step : str
        Name of the step's module, such as ``"cluster"``.

    Returns
    -------
    list of str
        Paths relative to the current folder, sorted.

    Raises
    ------
    ValueError
        If there is no such step.

    Examples
    --------
    >>> any(path.endswith("linkage.py") for path in modules_of("cluster"))
    True
    """
    start = f"{PACKAGE}.steps.{step}"
    if _file_of(start) is None:
        raise ValueError(f"there is no step '{step}' in {_ROOT / 'steps'}.")
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting.extend(imports_of(module))
    return sorted(os.path.relpath(str(_file_of(module))) for module in reached)


def resources_of(folder: str) -> list[str]:
    """Files in a folder of the package that are no modules, such as templates.

    Parameters
    ----------
    folder : str
        Below the package, such as ``"output/report"``.

    Returns
    -------
    list of str
        Paths relative to the current folder, sorted.

    Examples
    --------
    >>> any(path.endswith("page.html") for path in resources_of("output/report"))
    True
    """
    files = (path for path in (_ROOT / folder).iterdir() if path.is_file())
    return sorted(os.path.relpath(path) for path in files if path.suffix != ".py")


@cache
def imports_of(module: str) -> tuple[str, ...]:
    """The package's own modules that a module needs: those it imports, and its packages."""
    file = _file_of(module)
    if file is None:
        return ()
    names: set[str] = set()
    for found in _IMPORT.finditer(file.read_text(encoding="utf-8")):
        source = found["source"] or found["module"]
        names.add(source)
        # "from package import name" may name a module or something inside one.
        names.update(f"{source}.{name}" for name in _NAME.findall(found["names"] or ""))
    names.update([name.rpartition(".")[0] for name in (module, *names)])
    return tuple(
        sorted(name for name in names if name.startswith(f"{PACKAGE}.") and _file_of(name))
    )


@cache
def _file_of(module: str) -> Path | None:
    base = _ROOT.joinpath(*module.split(".")[1:])
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
