"""Archives that repeat: office files are ZIP archives, which carry the time of writing."""

from __future__ import annotations

import io
import zipfile

_DAY = (1980, 1, 1, 0, 0, 0)


def without_times(archive: bytes) -> bytes:
    """The same archive with one day on all its files, and nothing of the machine that wrote it.

    Parameters
    ----------
    archive : bytes
        A ZIP archive, such as a ``.docx`` or ``.xlsx`` file.

    Returns
    -------
    bytes
    """
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as written,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as fixed,
    ):
        for name in written.namelist():
            entry = zipfile.ZipInfo(name, _DAY)
            # Else it is that of the system: 0 on Windows, 3 elsewhere.
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, written.read(name))
    return stream.getvalue()
