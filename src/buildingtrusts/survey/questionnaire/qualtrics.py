"""A questionnaire as text that Qualtrics imports (its Advanced Format).

Each item is a question of its own whose ``[[ID:...]]`` is ``<block>__<item>``: an export carries a
question's identifier as the header of its column, so that the importer finds every item by header.
Rows of a matrix would come back as ``<identifier>_1`` and so on, which says nothing of the item.
Answers carry their numbers as codes, and the ends of the scale their anchors, so that exports of
numeric values and of choice text can both be read.

Wordings are data: what the format, HTML or Qualtrics' piped text would take for its own is written
as HTML characters.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from buildingtrusts.survey.questionnaire import (
    CONSENT,
    Question,
    Questionnaire,
    option_label,
)

#: Identifiers that Qualtrics takes as they are.
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
TRUST, ROLE = "mat_id", "role"


def qualtrics_text(asked: Questionnaire) -> str:
    """Write a questionnaire in Qualtrics' Advanced Format.

    Parameters
    ----------
    asked : Questionnaire
        Any.

    Returns
    -------
    str
        UTF-8 text, to be imported under Tools, Import/Export, Import Survey.

    Examples
    --------
    >>> nothing = Questionnaire("2031", "A survey", "2031-05-01", "", "mat_id", "", (), (), ())
    >>> qualtrics_text(nothing).splitlines()[0]
    '[[AdvancedFormat]]'
    """
    trust, role = key_names(asked)
    parts = [["[[AdvancedFormat]]"], ["[[Block:Introduction]]"]]
    opening = (asked.title, asked.warning, CONSENT)
    parts.append(_text("introduction", [one for one in opening if one]))
    parts.append(_choice_or_text(trust, "Which trust do you work for?", asked.trusts))
    if asked.role_name:
        parts.append(_choice_or_text(role, "Which of these is your role?", asked.roles))
    for section in asked.sections:
        parts.append([f"[[Block:{_one_line(section.title)}]]"])
        parts += [_item(question) for run in section.runs for question in run]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def key_names(asked: Questionnaire) -> tuple[str, str]:
    """Identifiers of the trust's and the role's question.

    They are the headers that the wave declares, as far as Qualtrics takes them.
    """
    trust = asked.trust_name if _IDENTIFIER.fullmatch(asked.trust_name) else TRUST
    role = asked.role_name if _IDENTIFIER.fullmatch(asked.role_name) else ROLE
    return trust, role


def _item(question: Question) -> list[str]:
    head = f"[[ID:{question.name}]]"
    wording = _one_line(question.wording)
    if not question.options:
        return ["[[Question:TE:SingleLine]]", head, f"{wording} ({_one_line(question.allowed)})"]
    return [
        "[[Question:MC:SingleAnswer:Horizontal]]",
        head,
        wording,
        "[[AdvancedChoices]]",
        *[
            line
            for option in question.options
            for line in (f"[[Choice:{option}]]", _one_line(option_label(question, option)))
        ],
    ]


def _choice_or_text(name: str, question: str, choices: Sequence[str]) -> list[str]:
    if not choices:
        return ["[[Question:TE:SingleLine]]", f"[[ID:{name}]]", question]
    return [
        "[[Question:MC:SingleAnswer:Vertical]]",
        f"[[ID:{name}]]",
        question,
        "[[Choices]]",
        *map(_one_line, choices),
    ]


def _text(name: str, paragraphs: Sequence[str]) -> list[str]:
    return ["[[Question:DB]]", f"[[ID:{name}]]", "<br><br>".join(_escaped(paragraphs))]


def _escaped(paragraphs: Sequence[str]) -> Iterator[str]:
    return map(_one_line, paragraphs)


def _one_line(text: str) -> str:
    """Text that is nothing but text: no tag, no markup, no piped text."""
    plain = html.escape(" ".join(text.split()), quote=False)
    for sign in "[]$":
        plain = plain.replace(sign, f"&#{ord(sign)};")
    return plain
