"""What a planned study lacks, as problems, and what looks forgotten, as warnings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from buildingtrusts.study.choices import FigureChoices, Study
from buildingtrusts.study.problems import Problem
from buildingtrusts.study.wave import RESERVED_NAMES, Wave

if TYPE_CHECKING:
    from buildingtrusts.study.plan import Plan


def problems_of(plan: Plan, file: str) -> list[Problem]:
    """What is wrong between declarations that are each right by themselves.

    Parameters
    ----------
    plan : Plan
    file : str
        The configuration's name in problem reports.

    Returns
    -------
    list of Problem
        Data, extracts, blocks, interviews and fonts that are named and are not there.
    """
    config = Path(plan.study.paths.config)
    return [
        *_absent_files(plan, config),
        *_absent_extracts(plan, config),
        *_unknown_blocks(plan, config),
        *_interview_problems(plan, file),
        *_font_problems(plan.study, file),
    ]


def warnings_of(plan: Plan) -> tuple[str, ...]:
    """What looks forgotten, such as a folder of raw data that no wave declares."""
    return (
        *_undeclared(plan.study, plan.waves),
        *_undeclared_interviews(plan.study),
        *_unknown_families(plan.study, plan.waves),
        *_other_extract(plan),
        *_too_few_common(plan),
    )


def _absent_files(plan: Plan, config: Path) -> list[Problem]:
    return [
        Problem(
            str(config / "waves" / f"{wave}.yaml"),
            f"A declared wave has its data; {file} does not exist.",
            "Put the file there, correct its name, or take the declaration away.",
            value=wave,
        )
        for wave in plan.waves
        for file in plan.raw_files(wave)
        if not Path(file).is_file()
    ]


def _absent_extracts(plan: Plan, config: Path) -> list[Problem]:
    folder = Path(plan.study.paths.raw, "register")
    return [
        Problem(
            str(config / "waves" / f"{name}.yaml"),
            "The column with the trusts' numbers brings attributes from the register, so its "
            f"extract is needed; there is none in {folder / extract}.",
            "Download one (data/raw/register/README.md says how), name another under "
            "'trusts: extract', or write 'from_register: []' under 'trusts'.",
            column="trusts.uid",
            value=wave.trusts.uid if wave.trusts else None,
        )
        for name, wave in plan.waves.items()
        for extract in [plan.register.joined_extract(name)]
        if extract is not None and plan.register.extract_folder(extract) is None
    ]


def _other_extract(plan: Plan) -> list[str]:
    """Warn of a sample whose attributes are of another day than the population beside it."""
    name, ours = plan.sampled_wave(), plan.study.register_.extract
    joined = plan.register.joined_extract(name)
    if joined in (None, ours) or not plan.register.tables():
        return []
    return [
        f"{name} has its attributes from the register's extract {joined} and is set beside the "
        f"population of {ours}; 'register: extract' in config.yaml names the latter."
    ]


def _unknown_blocks(plan: Plan, config: Path) -> list[Problem]:
    return [
        Problem(
            str(config / "waves" / f"{name}.yaml"),
            f"The block that is clustered is one of: {', '.join(plan.codebooks[name].blocks)}.",
            "Correct cluster: block, or add the block to the codebook.",
            column="cluster.block",
            value=wave.cluster.block,
        )
        for name, wave in plan.waves.items()
        if wave.cluster.block not in plan.codebooks[name].blocks
    ]


def _interview_problems(plan: Plan, file: str) -> Iterator[Problem]:
    """Sets of interviews without files, or joined to what is not there."""
    for number, one in enumerate(plan.study.interviews):
        key = f"interviews.{number}"
        wave = plan.waves.get(one.wave)
        if wave is None:
            rule = f"Interviews are joined to one of the waves: {', '.join(plan.waves)}."
            advice = "Correct it, or take the set of interviews away."
            yield Problem(file, rule, advice, column=f"{key}.wave", value=one.wave)
        else:
            rule = f"Attributes of the wave {one.wave} are: {', '.join(wave.attributes) or 'none'}."
            advice = "Correct it, or declare the attribute in the wave's file."
            for name in one.by:
                if name not in wave.attributes:
                    yield Problem(file, rule, advice, column=f"{key}.by", value=name)
        for column, needed in (
            ("folder", plan.interviews.files(one.folder)[0]),
            ("codes", plan.interviews.codes(one.folder)),
        ):
            if not Path(needed).is_file():
                rule = f"A set of interviews has its files; {needed} does not exist."
                advice = "Put the file there, correct its name, or take the set away."
                value = str(getattr(one, column))
                yield Problem(file, rule, advice, column=f"{key}.{column}", value=value)


def _font_problems(study: Study, file: str) -> Iterator[Problem]:
    font = study.figures.font
    if font == FigureChoices().font:
        return
    # Looking fonts up takes a second, which a study with the usual one does not wait for.
    from buildingtrusts.output.figures.fonts import known_families

    known = known_families()
    if font not in known:
        yield Problem(
            file,
            f"Fonts of this machine that figures can be set in are: {', '.join(known)}.",
            "Name one of these, install the font as TrueType (.ttf), or delete the key.",
            column="figures.font",
            value=font,
        )


def _undeclared_interviews(study: Study) -> Iterator[str]:
    raw = Path(study.paths.raw, "interviews")
    declared = {one.folder for one in study.interviews}
    for path in sorted(raw.iterdir()) if raw.is_dir() else []:
        if path.is_dir() and path.name not in declared:
            yield (
                f"{path} is not named under 'interviews' in the configuration and is left out; "
                "config/README.md says how to add it."
            )


def _too_few_common(plan: Plan) -> Sequence[str]:
    if len(plan.waves) < 2 or plan.tracking.common_block:
        return ()
    return (
        "The waves have fewer than two items in common in the blocks that they cluster, so they "
        "are not clustered on common items; status and previous_items in the codebook say which "
        "items are the same.",
    )


def _unknown_families(study: Study, waves: Mapping[str, Wave]) -> Sequence[str]:
    known = {name for wave in waves.values() for name in wave.attribute_names}
    # The default names an attribute of the 2018 study, which other studies need not have.
    named = study.crosstabs.own_family if "own_family" in study.crosstabs.model_fields_set else ()
    return [
        f"crosstabs: own_family names {name}, which is no attribute of any wave; its tests are "
        "adjusted with the others."
        for name in named
        if name not in known
    ]


def _undeclared(study: Study, waves: Mapping[str, Wave]) -> Sequence[str]:
    raw = Path(study.paths.raw)
    folders = sorted(path.name for path in raw.iterdir() if path.is_dir()) if raw.is_dir() else []
    return [
        f"{raw / name} is not declared as a wave and is left out; "
        f"{Path(study.paths.config, 'waves', name + '.yaml')} would declare it."
        for name in folders
        if name not in waves and name not in RESERVED_NAMES
    ]
