"""A file is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from buildingtrusts.output.files import write_bytes, write_text


def test_folders_are_made_and_a_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.csv"
    write_bytes(file, b"one")
    write_bytes(file, b"two")
    assert file.read_bytes() == b"two"
    assert [path.name for path in file.parent.iterdir()] == ["c.csv"]


def test_text_is_utf8_with_one_kind_of_line_end(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "Zoë\nV²\n")
    assert (tmp_path / "a.txt").read_bytes() == b"Zo\xc3\xab\nV\xc2\xb2\n"


@pytest.mark.parametrize("broken", ["write_bytes", "replace"])
def test_a_failure_leaves_the_old_file_and_no_partial_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    file = tmp_path / "a.csv"
    write_bytes(file, b"old")
    works = Path.write_bytes

    def fails(self: Path, *words: object) -> None:
        if broken == "write_bytes":
            works(self, b"ne")
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, broken, fails)
    with pytest.raises(OSError, match="no space left"):
        write_bytes(file, b"new")
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.csv": b"old"}


def test_nobody_sees_a_file_that_is_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    works = Path.write_bytes

    def watched(self: Path, data: bytes) -> int:
        seen.append([self.name, *(path.name for path in tmp_path.iterdir())])
        return works(self, data)

    monkeypatch.setattr(Path, "write_bytes", watched)
    write_text(tmp_path / "a.csv", "x")
    ((written, *there),) = seen
    assert written.startswith(".a.csv.")
    assert written.endswith(".partial")
    assert there == []
