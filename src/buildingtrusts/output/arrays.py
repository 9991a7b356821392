"""Arrays kept between two steps: draws that one step makes in parts and another puts together."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.output.files import write_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


def write_arrays(path: str | Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Write named arrays as one ``.npz`` file, in one move; the same arrays give the same bytes."""
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_bytes(path, buffer.getvalue())


def read_arrays(path: str | Path) -> dict[str, NDArray[np.generic]]:
    """Read what :func:`write_arrays` wrote."""
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
