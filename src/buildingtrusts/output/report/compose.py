"""The whole report, put together from its parts in the order of the study."""

from __future__ import annotations

from collections.abc import Sequence

from buildingtrusts.output.figures.words import join
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
    titles = list(dict.fromkeys(wave.title for wave in study.waves))
    return Report(
        title=study_title(study) if several else study.waves[0].title,
        subtitle="; ".join(titles) if len(titles) > 1 else "",
        stamps=tuple(dict.fromkeys(wave.stamp for wave in study.waves if wave.stamp)),
        opening=answers(study),
        parts=(*parts, Part("study", words.STUDY, study_sections(study, keys), stamp=study.stamp)),
        trusts={key: name for name, key in keys.items()},
    )


def study_title(study: StudyMaterial) -> str:
    """What the titles of the waves begin with, and their years if each has its own."""
    shared = shared_beginning([wave.title for wave in study.waves])
    title = shared or words.NO_TITLE.format(n=len(study.waves))
    years = list(dict.fromkeys(str(wave.year) for wave in study.waves))
    if len(years) < len(study.waves):
        return title
    return words.TITLE_AND_YEARS.format(title=title, years=join(years))


def shared_beginning(titles: Sequence[str]) -> str:
    """The words with which all titles begin; nothing if they are too few to be a name.

    Where they hold a whole phrase, what follows its comma or colon is left out.

    Examples
    --------
    >>> shared_beginning(["Building Trusts 2017, printed", "Building Trusts 2024, asked"])
    'Building Trusts'
    >>> shared_beginning(["People at work, time 1", "People at work, time 2"])
    'People at work'
    >>> shared_beginning(["The survey of heads", "The trusts of 2020"])
    ''
    """
    shared: list[str] = []
    for same in zip(*(title.split() for title in titles), strict=False):
        if len(set(same)) > 1:
            break
        shared.append(same[0])
    ends = [place for place, word in enumerate(shared, 1) if word.endswith((",", ":", ";"))]
    if ends and ends[-1] > 1:
        shared = shared[: ends[-1]]
    return " ".join(shared).rstrip(" ,:;–-(") if len(shared) > 1 else ""


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
