"""A process of its own that reads one SPSS or Stata file, because a damaged one can end it.

The library's C code may crash on files that were cut short or altered, and would take the whole
command with it. Run as a script with ``spss`` or ``stata``: the file comes by standard input, and
columns, labels and missing values go as JSON to standard output. Exit code 3 says that the library
is not installed. It imports nothing of the package, so that it starts fast.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

NOT_INSTALLED = 3


def read_file(data: bytes, kind: str) -> dict[str, Any]:
    """Columns, wordings, labels of codes and declared missing values of a file, for JSON.

    Parameters
    ----------
    data : bytes
        The file's content.
    kind : str
        ``spss`` or ``stata``.

    Returns
    -------
    dict
        ``columns`` (name, values), ``missing`` (a flag for each value, same order), ``wordings`` by
        name and ``labels`` (name, pairs of code and label).
    """
    import pyreadstat

    reader = pyreadstat.read_sav if kind == "spss" else pyreadstat.read_dta
    columns, about = reader(
        io.BytesIO(data), output_format="dict", user_missing=True, disable_datetime_conversion=True
    )
    lists = {name: [_plain(value) for value in values] for name, values in columns.items()}
    return {
        "columns": list(lists.items()),
        "missing": [[_declared(value, name, about) for value in lists[name]] for name in lists],
        "wordings": {name: text for name, text in about.column_names_to_labels.items() if text},
        "labels": [
            (name, [(_plain(code), str(label)) for code, label in codes.items()])
            for name, codes in about.variable_value_labels.items()
        ],
    }


def _plain(value: Any) -> float | int | str | None:
    if value is None or value != value:  # a missing number does not equal itself
        return None
    return value if isinstance(value, int | float | str) else str(value)


def _declared(value: Any, name: str, about: Any) -> bool:
    """Whether SPSS's ranges or Stata's letters say that this value is missing."""
    in_ranges = any(
        isinstance(value, str) == isinstance(one["lo"], str) and one["lo"] <= value <= one["hi"]
        for one in about.missing_ranges.get(name, ())
        if value is not None
    )
    return in_ranges or value in about.missing_user_values.get(name, ())


if __name__ == "__main__":
    try:
        found = read_file(sys.stdin.buffer.read(), sys.argv[1])
    except ImportError:
        sys.exit(NOT_INSTALLED)
    except Exception:
        sys.exit(1)  # what the library says may quote answers
    print(json.dumps(found))
