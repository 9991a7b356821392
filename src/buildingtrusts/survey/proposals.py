"""A proposal for a new wave: which column of an export is which item, key or nothing.

Columns go to the items of earlier waves by what is surest first: what a person said, the header
``<block>__<item>``, an alias, the wording, and a wording that shares most of its words
(:mod:`.similarity`). Wordings are paired one to one with the largest sum, so that no item takes a
column that fits another better; where a second one comes close, the pair is marked. Columns that
look like ratings and are no earlier item's are proposed as new items. A person looks at all of it
before anything is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from buildingtrusts.study.codebook import Item
from buildingtrusts.study.problems import Problem
from buildingtrusts.study.wave import Role
from buildingtrusts.survey.importers import ROW
from buildingtrusts.survey.importers.matching import last_parts, normal
from buildingtrusts.survey.importers.personal import personal_columns
from buildingtrusts.survey.key_columns import (
    ROLES,
    KeyColumn,
    counted,
    labelled_column,
    respondent_column,
    role_column,
    roles_of_labels,
    trust_column,
)
from buildingtrusts.survey.rating_columns import (
    Answers,
    Scale,
    guessed_scale,
    may_be_ratings,
    read_answers,
)
from buildingtrusts.survey.raw_table import RawTable
from buildingtrusts.survey.similarity import best_pairs, likeness
from buildingtrusts.survey.wishes import Wishes
from buildingtrusts.survey.wordings import Parts, about, item_label, item_name, taken_apart

#: Words that two wordings have in common, from which they may be one item.
ALIKE_FROM = 0.6
#: A second item or column this near to the first makes a pair doubtful.
NEAR = 0.1
#: What a fitting question, or answers off the scale, add or take.
_QUESTION, _OFF_THE_SCALE = 0.05, 0.15
_NO_WISHES = Wishes()
How = Literal["said", "identifier", "alias", "wording", "alike", "new"]


@dataclass(frozen=True)
class Earlier:
    """What earlier waves asked, and how they called roles.

    Attributes
    ----------
    items : tuple of Item
        One for each name; the latest wave's.
    texts : mapping of str to tuple of str
        By ``<block>__<item>``, headers and wordings under which it is known, from all waves.
    roles : mapping of str to str
        Role by label.
    block : str
        The block that is clustered.
    """

    items: tuple[Item, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    block: str = "strategy"


@dataclass(frozen=True)
class Match:
    """A column and the item that it is to be.

    Attributes
    ----------
    number : int
        The column's place in the file, from 1.
    column : str
        Its header.
    statement : str
        What stands above it, without the question of a grid.
    item : Item
        As it will stand in the codebook.
    how : str
        What the pair rests on.
    score : float or None
        Words in common, from 0 to 1; None where nothing was compared.
    reversed : bool
        Whether the file names the ends of the scale the other way round.
    checks : tuple of str
        What a person should look at.
    """

    number: int
    column: str
    statement: str
    item: Item
    how: How
    score: float | None = None
    reversed: bool = False
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a file.

    Attributes
    ----------
    respondent_id, mat_id, role : KeyColumn or None
        The key columns; without a respondent's, responses are known by their lines.
    roles, unknown_roles
        Labels by role, and those whose role nobody knows.
    role_counts : mapping of str to int
        How many responses have each label.
    trusts : tuple of str
        As the file names them, in order of first appearance.
    matches : tuple of Match
        In the order of the file.
    missing : tuple of str
        Words that mean no answer.
    dropped : mapping of str to str
        Personal columns, with what they hold.
    left : tuple of str
        Columns that go no further.
    not_asked : tuple of str
        Earlier items without a column.
    """

    respondent_id: KeyColumn | None
    mat_id: KeyColumn | None
    role: KeyColumn | None
    roles: Mapping[Role, tuple[str, ...]]
    unknown_roles: tuple[str, ...]
    role_counts: Mapping[str, int]
    trusts: tuple[str, ...]
    trust_counts: Mapping[str, int]
    matches: tuple[Match, ...]
    missing: tuple[str, ...]
    dropped: Mapping[str, str]
    left: tuple[str, ...]
    not_asked: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    number: int
    name: str
    wording: str
    parts: Parts
    answers: Answers

    def texts(self) -> tuple[str, ...]:
        """What may be the statement: all of it, or what follows the question."""
        rest = last_parts(self.wording)
        return tuple(dict.fromkeys((self.parts.statement, self.wording, self.name, *rest)))


@dataclass(frozen=True)
class _Pair:
    column: _Column
    item: Item
    how: How
    score: float | None
    checks: tuple[str, ...] = ()


def propose(
    raw: RawTable,
    earlier: Earlier,
    wishes: Wishes = _NO_WISHES,
    trusts: Collection[str] = (),
    prefix: str = "",
) -> Proposal:
    """Propose what the columns of an export are.

    Parameters
    ----------
    raw : RawTable
        As an importer read it, with personal columns.
    earlier : Earlier
        Items and labels of earlier waves.
    wishes : Wishes
        What a person has said.
    trusts : collection of str
        Of the trusts file, if there is one.
    prefix : str
        What respondents' identifiers start with in a wave that is not original.

    Returns
    -------
    Proposal
        Without a trust column or without items it cannot be used; the caller says so.

    Examples
    --------
    >>> raw = RawTable("s.csv", ("id", "trust", "How far? - Vision"), (("a", "T", "7"),), (2,))
    >>> item = Item("strategy", "vision", "Vision", "Vision", 1.0, 10.0, 1.0)
    >>> found = propose(raw, Earlier((item,), {"strategy__vision": ("Vision",)}))
    >>> [(one.column, one.item.column, one.how) for one in found.matches]
    [('How far? - Vision', 'strategy__vision', 'wording')]
    """
    columns = _columns(raw, wishes.missing)
    ratings = [one for one in columns if _is_rating(one, columns, raw)]
    keys = _keys(raw, wishes, trusts, prefix, [one.name for one in ratings])
    named = {key.column for key in keys if key}
    free = [one for one in columns if one.name not in named and one.name not in wishes.skipped]
    pairs = _certain(free, earlier, wishes)
    pairs += _by_words(raw, _without(free, pairs), earlier, _items(pairs), wishes.items)
    pairs += _new(
        [one for one in _without(free, pairs) if one in ratings], pairs, earlier, wishes, columns
    )
    pairs.sort(key=lambda pair: pair.column.number)
    matches = tuple(_match(pair, pairs, earlier) for pair in pairs)
    wanted = named | {one.column for one in matches}
    dropped = personal_columns(raw, wanted, list(named))
    labels = counted(labelled_column(raw, keys[2].column)) if keys[2] else {}
    roles, unknown = roles_of_labels(labels, earlier.roles, wishes.roles)
    by_trust = counted(labelled_column(raw, keys[1].column)) if keys[1] else {}
    found = {one.item.column for one in matches}
    return Proposal(
        *keys,
        roles=roles,
        unknown_roles=unknown,
        role_counts=labels,
        trusts=tuple(by_trust),
        trust_counts=by_trust,
        matches=matches,
        missing=_missing(matches, columns, wishes),
        dropped={name: kind for name, kind in dropped.items() if name not in wanted},
        left=tuple(n for n in raw.header if n not in wanted and n not in dropped),
        not_asked=tuple(one.column for one in earlier.items if one.column not in found),
    )


def earlier_items(codebooks: Mapping[str, Sequence[Item]]) -> Earlier:
    """Gather the items of earlier waves, given in order of date; a later one stands for both.

    Examples
    --------
    >>> old = Item("strategy", "vision", "Vision", "A vision", 1.0, 10.0, 1.0)
    >>> earlier_items({"2017": [old]}).texts
    {'strategy__vision': ('A vision',)}
    """
    items: dict[str, Item] = {}
    texts: dict[str, list[str]] = {}
    for asked in codebooks.values():
        for item in asked:
            items[item.column] = item
            known = texts.setdefault(item.column, [])
            known += [text for text in (item.wording, *item.aliases) if text not in known]
    return Earlier(
        tuple(items.values()),
        {name: tuple(text for text in known if text) for name, known in texts.items()},
    )


def open_questions(proposal: Proposal, raw: RawTable) -> Iterator[Problem]:
    """What nobody may guess, each with the flag that answers it."""
    if proposal.mat_id is None:
        yield Problem(
            raw.file,
            "A response is from a trust, and no column looks like it. Headers are: "
            f"{', '.join(name for name in raw.header if name not in proposal.dropped)}.",
            "Name the column with --mat-id.",
        )
    elif not proposal.trusts:
        yield Problem(
            raw.file,
            "The column of the trust says for each response from which trust it is; this one is "
            "empty.",
            "Name another one with --mat-id.",
            column=proposal.mat_id.column,
        )
    if not proposal.matches:
        yield Problem(
            raw.file,
            "A wave has ratings, and no column looks like them.",
            "Export answers as numbers, not as words; or name columns with --item "
            "COLUMN=BLOCK__ITEM.",
        )
    for label in proposal.unknown_roles:
        yield Problem(
            raw.file,
            f"A role is one of: {', '.join(ROLES)}. The words of this label do not tell which.",
            f"Say which with --role-of '{label}=central_team', or, if it stands for no role, "
            f"--role-of '{label}=none'.",
            column=proposal.role.column if proposal.role else None,
            value=label,
        )


def _columns(raw: RawTable, no_answer: Collection[str]) -> list[_Column]:
    wordings = [raw.wording(name) or name for name in raw.header]
    parts = taken_apart(wordings)
    return [
        _Column(
            number,
            name,
            wordings[number - 1],
            parts[number - 1],
            read_answers(raw, name, no_answer),
        )
        for number, name in enumerate(raw.header, start=1)
    ]


def _is_rating(column: _Column, columns: Sequence[_Column], raw: RawTable) -> bool:
    """Whether the answers look like ratings; of columns that say who a person is, never."""
    if column.name in personal_columns(raw, [column.name]):
        return False
    alike = [
        one
        for one in columns
        if one is column
        or (column.parts.stem and one.parts.stem == column.parts.stem)
        or (len(column.answers.names) > 1 and one.answers.names == column.answers.names)
    ]
    return may_be_ratings(column.name, column.wording, column.answers, len(alike))


def _keys(
    raw: RawTable,
    wishes: Wishes,
    trusts: Collection[str],
    prefix: str,
    ratings: Collection[str],
) -> tuple[KeyColumn | None, KeyColumn | None, KeyColumn | None]:
    said = "as you said"
    asked = {*wishes.items, *(name for name in (wishes.respondent_id, wishes.mat_id) if name)}
    role = (
        role_column(raw, {*ratings, *asked})
        if wishes.role is None
        else KeyColumn(wishes.role, said)
        if wishes.role
        else None
    )
    others = {*ratings, *asked, *([role.column] if role else [])}
    mat = KeyColumn(wishes.mat_id, said) if wishes.mat_id else trust_column(raw, trusts, others)
    if wishes.respondent_id == ROW:
        return None, mat, role
    respondent = (
        KeyColumn(wishes.respondent_id, said)
        if wishes.respondent_id
        else respondent_column(raw, prefix)
    )
    taken = mat is not None and respondent is not None and respondent.column == mat.column
    return None if taken else respondent, mat, role


def _without(columns: Sequence[_Column], pairs: Sequence[_Pair]) -> list[_Column]:
    gone = {pair.column.name for pair in pairs}
    return [one for one in columns if one.name not in gone]


def _items(pairs: Sequence[_Pair]) -> set[str]:
    return {pair.item.column for pair in pairs}


def _certain(columns: Sequence[_Column], earlier: Earlier, wishes: Wishes) -> list[_Pair]:
    """Pairs that a person said, or whose header is an item's identifier or alias."""
    known = {item.column: item for item in earlier.items}
    pairs: list[_Pair] = []
    said = {name: item for name, item in wishes.items.items() if item in known}
    for column in columns:
        if column.name in said:
            pairs.append(_Pair(column, known[said[column.name]], "said", None))
    kinds: tuple[tuple[How, dict[str, str]], ...] = (
        ("identifier", {name: name for name in known}),
        ("alias", {alias: item.column for item in earlier.items for alias in item.aliases}),
    )
    for how, headers in kinds:
        for column in columns:
            item = headers.get(column.name)
            free = column.name not in wishes.items and item not in _items(pairs)
            if item and free and column in _without(columns, pairs):
                pairs.append(_Pair(column, known[item], how, None))
    return pairs


def _by_words(
    raw: RawTable,
    columns: Sequence[_Column],
    earlier: Earlier,
    taken: Collection[str],
    said: Collection[str],
) -> list[_Pair]:
    """Pairs by wording, one to one, with the largest sum."""
    items = [item for item in earlier.items if item.column not in taken]
    personal = personal_columns(raw, raw.header)
    spare = [one for one in columns if one.name not in said]
    rows = [one for one in spare if one.answers.n and one.name not in personal]
    stems = _stems(earlier.items)
    scores = [[_score(column, item, earlier, stems) for item in items] for column in rows]
    pairs = []
    for row, place in best_pairs(scores, ALIKE_FROM):
        column, item = rows[row], items[place]
        score = _words_in_common(column, earlier.texts[item.column])
        exact = _is_wording(column, earlier.texts[item.column], item)
        if not exact and not _fits_as_answers(column, item):
            continue
        beside = max((scores[row][n] for n in range(len(items)) if n != place), default=0.0)
        doubt = beside >= scores[row][place] - NEAR and beside >= ALIKE_FROM
        rival = items[_place_of(scores[row], beside, place)].column if doubt else ""
        checks = (f"{rival} is about as near",) if rival and not (exact and beside < 1) else ()
        pairs.append(_Pair(column, item, "wording" if exact else "alike", score, checks))
    return pairs


def _place_of(scores: Sequence[float], wanted: float, but: int) -> int:
    return next(n for n, score in enumerate(scores) if n != but and score == wanted)


def _stems(items: Sequence[Item]) -> dict[str, str]:
    """What is known of the question of each block: its name, its items' questions and anchors."""
    parts = taken_apart([item.wording for item in items])
    said: dict[str, str] = {}
    for item, part in zip(items, parts, strict=True):
        more = " ".join((part.stem, item.low_anchor, item.high_anchor))
        said[item.block] = f"{said.get(item.block, item.block.replace('_', ' '))} {more}"
    return said


def _score(column: _Column, item: Item, earlier: Earlier, stems: Mapping[str, str]) -> float:
    score = _words_in_common(column, earlier.texts[item.column])
    if score < ALIKE_FROM:
        return 0.0
    score += _QUESTION * about(column.parts.stem, stems[item.block])
    scale = _scale_of(item)
    if scale is not None and not scale.holds(column.answers.numbers):
        score -= _OFF_THE_SCALE
    return score


def _words_in_common(column: _Column, texts: Sequence[str]) -> float:
    whole = [part for text in texts for part in (text, *last_parts(text), *_behind_colon(text))]
    if any(normal(a) == normal(b) for a in column.texts() for b in whole):
        return 1.0
    return max((likeness(a, b) for a in column.texts() for b in whole), default=0.0)


def _behind_colon(text: str) -> Iterator[str]:
    _, colon, rest = text.rpartition(": ")
    if colon:
        yield rest


def _is_wording(column: _Column, texts: Sequence[str], item: Item) -> bool:
    known = {normal(part) for text in texts for part in (text, *_behind_colon(text))} - {""}
    return any(normal(text) in known for text in column.texts())


def _fits_as_answers(column: _Column, item: Item) -> bool:
    """Whether a column holds ratings, with words that are at most the names of the ends."""
    ends = {normal(item.low_anchor), normal(item.high_anchor)}
    return bool(column.answers.numbers) and all(normal(w) in ends for w in column.answers.words)


def _scale_of(item: Item) -> Scale | None:
    if item.minimum is None or item.maximum is None or item.step is None:
        return None
    return Scale(item.minimum, item.maximum, item.step)


def _new(
    columns: Sequence[_Column],
    known: Sequence[_Pair],
    earlier: Earlier,
    wishes: Wishes,
    every: Sequence[_Column],
) -> list[_Pair]:
    """New items: ratings that are no earlier item's, and what a person named."""
    said = [one for one in every if one.name in wishes.items]
    wanted = {one.name: one for one in (*columns, *said)}
    pairs: list[_Pair] = []
    taken = {item.column for item in earlier.items}
    for column in sorted(_without(list(wanted.values()), known), key=lambda one: one.number):
        told = wishes.items.get(column.name)
        block, where = _block(column, known, earlier)
        if told:
            block, _, name = told.partition("__")
        else:
            inside = {name.partition("__")[2] for name in taken if name.startswith(f"{block}__")}
            name = item_name(column.parts.statement, inside)
        taken.add(f"{block}__{name}")
        beside = [*known, *pairs, *_asked_before(block, earlier)]
        item = _new_item(column, block, name, beside, wanted.values())
        checks = () if told else (f"a new item; its name is ours, {where}",)
        pairs.append(_Pair(column, item[0], "new", None, (*checks, *item[1])))
    return pairs


def _asked_before(block: str, earlier: Earlier) -> list[_Pair]:
    """Earlier items of a block, as if they stood far from every column."""
    nowhere = _Column(10**6, "", "", Parts("", ""), Answers(0, ()))
    return [_Pair(nowhere, item, "alias", None) for item in earlier.items if item.block == block]


def _block(column: _Column, known: Sequence[_Pair], earlier: Earlier) -> tuple[str, str]:
    """The block of a new item: that of its question's other items, or of the nearest one."""
    same = [
        pair.item.block
        for pair in known
        if column.parts.stem and pair.column.parts.stem == column.parts.stem
    ]
    if same:
        block = max(dict.fromkeys(same), key=same.count)
        return block, f"its block {block} is as of others of its question"
    fitting = [
        pair
        for pair in known
        if (scale := _scale_of(pair.item)) is None or scale.holds(column.answers.numbers)
    ]
    if fitting:
        near = min(fitting, key=lambda pair: abs(pair.column.number - column.number))
        return near.item.block, f"its block {near.item.block} is as of the item beside it"
    numbers = [*column.answers.numbers, *column.answers.names]
    blocks = dict.fromkeys((earlier.block, *(item.block for item in earlier.items)))
    known_scales = [(item.block, _scale_of(item)) for item in earlier.items]
    for block in blocks:
        if any(own == block and scale and scale.holds(numbers) for own, scale in known_scales):
            return block, f"its block {block} is only a guess"
    return earlier.block, f"its block {earlier.block} is only a guess"


def _new_item(
    column: _Column,
    block: str,
    name: str,
    known: Sequence[_Pair],
    columns: Collection[_Column],
) -> tuple[Item, tuple[str, ...]]:
    """A codebook row for a column, with its scale and the names of its ends."""
    question = [
        one.answers
        for one in columns
        if one is column or (column.parts.stem and one.parts.stem == column.parts.stem)
    ]
    beside = [pair for pair in known if pair.item.block == block]
    beside.sort(key=lambda pair: abs(pair.column.number - column.number))
    near = [scale for pair in beside if (scale := _scale_of(pair.item))]
    scale, told = guessed_scale([column.answers], near)
    if not told:
        scale, told = guessed_scale(question, near)
    names = {**{n: t for one in question for n, t in one.names.items()}, **column.answers.names}
    like = next((pair.item for pair in beside if _scale_of(pair.item) == scale), None)
    item = Item(
        block=block,
        item=name,
        label=item_label(column.parts.statement),
        wording=column.parts.statement,
        minimum=scale.minimum,
        maximum=scale.maximum,
        step=scale.step,
        low_anchor=names.get(scale.minimum, like.low_anchor if like else ""),
        high_anchor=names.get(scale.maximum, like.high_anchor if like else ""),
        status="new",
    )
    if told:
        return item, ()
    source = "as of other items of its block" if like else "a guess from the answers"
    return item, (f"its scale {scale} is {source}",)


def _match(pair: _Pair, pairs: Sequence[_Pair], earlier: Earlier) -> Match:
    """The codebook row of a pair: the earlier item with this file's header, wording and scale."""
    column, item, checks = pair.column, pair.item, list(pair.checks)
    backwards = False
    if pair.how != "new":
        item, found, backwards = _as_asked_now(pair, earlier)
        checks += found
    alias = () if column.name == item.column or not _can_be_alias(column.name) else (column.name,)
    wording = item.wording if alias or column.name == item.column else column.wording
    item = replace(item, aliases=alias, wording=wording)
    return Match(
        column.number,
        column.name,
        column.parts.statement,
        item,
        pair.how,
        pair.score,
        backwards,
        tuple(checks),
    )


def _can_be_alias(name: str) -> bool:
    """Aliases are parted by semicolons and read with plain line ends."""
    return ";" not in name and "\r" not in name


def _as_asked_now(pair: _Pair, earlier: Earlier) -> tuple[Item, list[str], bool]:
    column, item = pair.column, pair.item
    texts, checks = earlier.texts.get(item.column, ()), []
    same = _is_wording(column, texts, item)
    if same or _says_nothing(pair):
        item = replace(item, status="kept", previous_items=())
    else:
        checks.append(f"its wording was: {item.wording}")
        item = replace(item, status="reworded", wording=column.parts.statement, previous_items=())
    scale = _scale_of(item)
    if scale is not None and column.answers.numbers and not scale.holds(column.answers.numbers):
        new, _ = guessed_scale([column.answers])
        checks.append(f"its scale was {scale}; answers here need another, such as {new}")
        item = replace(item, minimum=new.minimum, maximum=new.maximum, step=new.step)
    item, found, backwards = _ends(item, column.answers)
    return item, checks + found, backwards


def _says_nothing(pair: _Pair) -> bool:
    """Whether the file has no wording for the column, but only a name."""
    column = pair.column
    bare = normal(column.wording) == normal(column.name)
    short = pair.how == "said" and len(column.name.split()) < 3
    return not column.parts.statement or (bare and (pair.how in ("identifier", "alias") or short))


def _ends(item: Item, answers: Answers) -> tuple[Item, list[str], bool]:
    """Anchors as this file calls them; whether they stand the other way round."""
    if item.minimum is None or item.maximum is None:
        return item, [], False
    low, high = answers.names.get(item.minimum, ""), answers.names.get(item.maximum, "")
    own = (normal(item.low_anchor), normal(item.high_anchor))
    opposite = own[0] != own[1] and any(
        end and normal(end) == other for end, other in ((low, own[1]), (high, own[0])) if other
    )
    if opposite:
        return item, ["its scale runs backwards in this file; it will be turned round"], True
    checks = [
        f"{number:g} is called '{new}' here; before, it was '{old}'"
        for number, new, old in (
            (item.minimum, low, item.low_anchor),
            (item.maximum, high, item.high_anchor),
        )
        if new and old and normal(new) != normal(old)
    ]
    return (
        replace(item, low_anchor=low or item.low_anchor, high_anchor=high or item.high_anchor),
        checks,
        False,
    )


def _missing(
    matches: Sequence[Match], columns: Sequence[_Column], wishes: Wishes
) -> tuple[str, ...]:
    """Words for no answer in the columns of items, and labels that a person said are no role."""
    answers = {one.name: one.answers for one in columns}
    found = {word: None for match in matches for word in answers[match.column].missing}
    found.update(dict.fromkeys(wishes.missing))
    found.update({label: None for label, role in wishes.roles.items() if role == "none"})
    return tuple(dict.fromkeys(word.casefold() for word in found))
