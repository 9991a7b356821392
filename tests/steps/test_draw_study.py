"""What the figures across waves are drawn from when there is no extract of the register."""

from __future__ import annotations

from pathlib import Path

from buildingtrusts.steps.draw_study import _population


def test_without_the_register_the_sample_is_counted_with_its_unknown_levels(tmp_path: Path) -> None:
    (tmp_path / "trusts.csv").write_text(
        "mat_id,flags,size\nA,0,(missing)\nB,(not covered),big\nC,0,(missing)\n", encoding="utf-8"
    )
    (tmp_path / "attributes.csv").write_text(
        "attribute,level\nflags,0\nflags,1\nsize,small\nsize,big\n", encoding="utf-8"
    )
    table = _population(None, str(tmp_path))
    assert table["n_population"].isna().all()
    assert table[["attribute", "level", "n_sample"]].to_numpy().tolist() == [
        *(["flags", "0", 2], ["flags", "1", 0], ["flags", "(not covered)", 1]),
        *(["size", "small", 0], ["size", "big", 1], ["size", "(missing)", 2]),
    ]
