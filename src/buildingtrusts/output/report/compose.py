"""The whole report, put together from its parts in the order of the study."""

from __future__ import annotations

from buildingtrusts.output.report import words
from buildingtrusts.output.report.content import Part, Report
from buildingtrusts.output.report.evidence_section import evidence_section
from buildingtrusts.output.report.material import StudyMaterial, WaveMaterial
from buildingtrusts.output.report.opening import answers
from buildingtrusts.output.report.study_sections import study_sections
from buildingtrusts.output.report.wave_sections import wave_sections


def compose_report(study: StudyMaterial) -> Report:
    """Compose the page.

    Parameters
    ----------
    study : StudyMaterial
        Tables and figures of all waves.

    Returns
    -------
    Report
        Waves in order of date, then what spans them. Sections without their tables are left out.
    """
    keys = trust_keys(study.waves)
    parts = [_wave_part(wave, keys, len(study.waves) == 1) for wave in study.waves]
    several = len(study.waves) > 1
    title = words.SEVERAL_WAVES.format(n=len(parts)) if several else study.waves[0].title
    return Report(
        title=title,
        subtitle="; ".join(wave.title for wave in study.waves) if several else "",
        stamps=tuple(dict.fromkeys(wave.stamp for wave in study.waves if wave.stamp)),
        opening=answers(study),
        parts=(*parts, Part("study", words.STUDY, study_sections(study), stamp=study.stamp)),
        trusts={key: name for name, key in keys.items()},
    )


def trust_keys(waves: tuple[WaveMaterial, ...]) -> dict[str, str]:
    """A key for each trust of any wave; the same trust has one in all, so that it can be followed.

    Examples
    --------
    >>> trust_keys(())
    {}
    """
    names = dict.fromkeys(mat for wave in waves for mat in wave.tables["sample"]["mat_id"])
    return {name: f"m{place}" for place, name in enumerate(names, start=1)}


def _wave_part(wave: WaveMaterial, keys: dict[str, str], alone: bool) -> Part:
    sections = (*wave_sections(wave, keys), evidence_section(wave, keys))
    title = words.ONE_WAVE if alone else wave.title
    return Part(wave.key, title, sections, stamp=wave.stamp, statement=wave.statement)
