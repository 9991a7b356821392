"""A proposal as a person reads it in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from buildingtrusts.survey.declaration import About, TrustsTable
from buildingtrusts.survey.key_columns import ROLES, KeyColumn, near_names
from buildingtrusts.survey.proposals import Match, Proposal
from buildingtrusts.survey.raw_table import RawTable

_COLUMN_AT_MOST = 40
_LISTED_AT_MOST = 12
_HOW = {
    "said": "as you said",
    "identifier": "its identifier",
    "alias": "an alias",
    "wording": "same wording",
    "alike": "like wording",
    "new": "new item",
}


def proposal_lines(proposal: Proposal, raw: RawTable, layout: str) -> list[str]:
    """The whole proposal: keys, roles, items, what is left out, what to check.

    Parameters
    ----------
    proposal : Proposal
        From :func:`.proposals.propose`.
    raw : RawTable
        The export, for its headers and notes.
    layout : str
        How the file was read, in words.
    """
    n = len(raw.rows)
    return [
        f"{raw.file}: {layout}, {n} response{'' if n == 1 else 's'}",
        *(f"  {note}" for note in raw.notes if not note.startswith("detected")),
        "",
        *_key_lines(proposal, raw),
        "",
        *_item_lines(proposal, raw),
        *_left_lines(proposal),
        *_check_lines(proposal),
    ]


def checks(proposal: Proposal) -> list[str]:
    """What a person should look at, one sentence each."""
    by_check: dict[str, list[Match]] = {}
    for match in proposal.matches:
        for check in match.checks:
            by_check.setdefault(check, []).append(match)
    return [f"{_numbers(matches)}: {check}" for check, matches in by_check.items()]


def to_check(proposal: Proposal, about: About, trusts: TrustsTable, enough: int) -> Iterator[str]:
    """What a person should look at once the wave is written, the most consequential first.

    Parameters
    ----------
    proposal : Proposal
        Accepted.
    about : About
        What the wave is.
    trusts : TrustsTable
        Its trusts.
    enough : int
        Responses from which a trust is clustered.
    """
    doubtful = [match for match in proposal.matches if match.checks]
    if doubtful:
        yield f"the {len(doubtful)} items that are marked * above, in the codebook"
    if proposal.roles:
        yield "roles: whether each label stands under its role"
    for one, other in near_names(proposal.trusts):
        yield f"'{one}' and '{other}' may be one trust under two names"
    if about.guessed:
        yield f"{', '.join(about.guessed)}: nobody gave them; correct them in the declaration"
    if trusts.attributes:
        yield f"the order of the levels of {', '.join(trusts.attributes)}"
    for column, why in trusts.left.items():
        yield f"the column {column} of the trusts file is no attribute: {why}"
    if trusts.to_fill_in:
        yield f"{trusts.file}: fill in what is known of the trusts, then declare the attributes"
    if proposal.not_asked:
        many = len(proposal.not_asked)
        yield f"{many} earlier items have no column here: were they asked under other words?"
    few = [mat for mat, count in proposal.trust_counts.items() if count < enough]
    if few:
        yield (
            f"{len(few)} of {len(proposal.trusts)} trusts have fewer than {enough} responses and "
            "will not be clustered"
        )


def _key_lines(proposal: Proposal, raw: RawTable) -> Iterator[str]:
    yield "Keys"
    counts = list(proposal.trust_counts.values())
    if proposal.respondent_id:
        yield _key("respondent", proposal.respondent_id, "", raw)
    else:
        yield "  respondent  (row)  no column identifies them; the line of the response does"
    if proposal.mat_id:
        spread = f"{len(counts)} trusts, {min(counts)} to {max(counts)} responses" if counts else ""
        yield _key("trust", proposal.mat_id, spread, raw)
    else:
        yield "  trust       ?  no column was found"
    if proposal.role is None:
        yield "  role        no column was found; responses will have no role"
        return
    yield _key("role", proposal.role, "", raw)
    for role in ROLES:
        if labels := proposal.roles.get(role):
            yield f"    {role:<14} {_counted(labels, proposal)}"
    if proposal.unknown_roles:
        yield f"    {'?':<14} {_counted(proposal.unknown_roles, proposal)}"


def _key(what: str, key: KeyColumn, more: str, raw: RawTable) -> str:
    question = raw.wording(key.column)
    shown = key.column if question == key.column else f"{key.column}: {question}"
    return f"  {what:<11} {_cut(shown, 60)}  ({'; '.join(filter(None, (key.how, more)))})"


def _counted(labels: Sequence[str], proposal: Proposal) -> str:
    return ", ".join(f"{label} ({proposal.role_counts.get(label, 0)})" for label in labels)


def _item_lines(proposal: Proposal, raw: RawTable) -> Iterator[str]:
    head = ("no.", "column", "item", "because of", "score", "scale")
    rows = [head, *(_cells(match, raw) for match in proposal.matches)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    yield f"Items ({len(proposal.matches)})"
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _cells(match: Match, raw: RawTable) -> tuple[str, ...]:
    item = match.item
    scale = "" if item.minimum is None else f"{item.minimum:g}-{item.maximum:g}"
    mark = " *" if match.checks else ""
    score = "" if match.score is None else f"{match.score:.2f}"
    how = _HOW[match.how]
    shown = raw.wording(match.column)
    if shown == match.column:
        text = shown if match.statement == shown else f"... {match.statement}"
    else:
        text = f"{match.column}: {match.statement}"
    return (str(match.number), _cut(text, _COLUMN_AT_MOST), item.column, how, score, scale + mark)


def _left_lines(proposal: Proposal) -> Iterator[str]:
    if proposal.missing:
        yield f"Words for no answer: {', '.join(proposal.missing)}"
    if proposal.dropped:
        listed = [f"{name} ({kind})" for name, kind in proposal.dropped.items()]
        yield f"Personal columns, dropped at the door: {_listed(listed)}"
    if proposal.left:
        yield f"Columns left out: {_listed(proposal.left)}"
    if proposal.not_asked:
        yield "Earlier items without a column"
        asked = {match.item.block for match in proposal.matches}
        by_block: dict[str, list[str]] = {}
        for column in proposal.not_asked:
            block, _, item = column.partition("__")
            by_block.setdefault(block, []).append(item)
        for block, items in by_block.items():
            names = _listed(items) if block in asked else f"all {len(items)}"
            yield f"  {block}: {names}"


def _check_lines(proposal: Proposal) -> Iterator[str]:
    found = checks(proposal)
    if found:
        yield ""
        yield "* To check"
        yield from (f"  {line}" for line in found)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_LISTED_AT_MOST])
    more = len(names) - _LISTED_AT_MOST
    return f"{shown} and {more} more" if more > 0 else shown


def _numbers(matches: Sequence[Match]) -> str:
    numbers = [str(match.number) for match in matches]
    if len(matches) == 1:
        return f"{numbers[0]} {matches[0].item.column}"
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 3].rstrip() + "..."
