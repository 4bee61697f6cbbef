"""Whether a file is a task that writes, and its columns: JSON answers, messages, or long texts.

A guess from names and values, like ``_guess``, whose result it adds to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from etude.checks._base import Subject
from etude.data.conversations import cells as talk_cells
from etude.data.names import INPUT_NAMES, TARGET_NAMES
from etude.data.shapes import read_shapes
from etude.data.sources import Table
from etude.data.text import normalise
from etude.jsonshape import NotJson, read_json
from etude.records.task import Data, Kind, Task
from etude.workflow._guess import Guess, Profile, group_of, id_of, inputs_of
from etude.workflow._guess_checks import starter_checks
from etude.workflow._guess_schema import schema_of

WRITTEN_NAMES = (
    "ideal",
    "reply",
    "response",
    "completion",
    "answer",
    "output",
    "target",
    "rewritten",
    "rewrite",
    "improved",
    "edited",
    "polished",
    "final",
    "after",
    "summary",
    "recommendation",
    "translation",
)
DRAFT_NAMES = ("draft", "original", "before", "raw", "rough", "old")
MESSAGE_NAMES = ("messages", "conversation", "conversations", "dialogue", "history", "turns")
JSON_SHARE = 0.95
FEWEST_WORDS = 4
"""On average, of an answer that is written."""
ALIKE = 0.4
"""Of the words of a draft that a rewritten text keeps, on average."""
AS_LONG = 0.4
"""A draft has at least so many words for each of the answer."""
MOST_INPUTS = 20
_LOOKED_AT = 1_000
"""Rows that the likeness of drafts is guessed from; checks and the schema are from all."""


def guess_written(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    *,
    kind: Kind | None,
    inputs: Sequence[str] = (),
    target: str | None = None,
) -> Guess | None:
    """The kind, its columns and its contract; None where it looks like a task with labels.

    Args:
        columns: names, in the order of the file.
        rows: cells by column.
        kind: where a person has said it.
        inputs: the input columns, where a person has named them.
        target: the answer column, where a person has named it.
    """
    profiles = [Profile(name, place, rows) for place, name in enumerate(columns)]
    wanted = [p for p in profiles if p.name not in inputs and (target in (None, p.name))]
    answers = _answers(wanted, profiles, kind, named=target is not None)
    if answers is None:
        return None
    rest = [p for p in profiles if p.name != answers.name]
    identity = id_of([p for p in rest if p.name not in inputs])
    group = group_of([p for p in rest if p.name not in (*inputs, identity)])
    free = [p for p in rest if p.name not in (identity, group) and p.filled]
    found_kind = kind or _kind(answers, free)
    read = tuple(inputs) or _inputs(free, found_kind)
    usable = [row for row in rows if (row.get(answers.name) or "").strip()]
    missing = len(rows) - len(usable)
    notes = [f"{missing:,} of {len(rows):,} rows have no answer; they are not compared"]
    return Guess(
        rows=len(rows),
        inputs=read,
        target=answers.name,
        id=identity,
        group=group,
        labels={},
        notes=tuple(notes) if missing else (),
        kind=found_kind,
        schema=_schema(usable, answers.name) if found_kind == "extract" else None,
        checks=_checks(usable, answers.name, read) if found_kind != "extract" else (),
    )


def guess_talk(table: Table, kind: Kind | None) -> Guess | None:
    """Conversations in one of the known shapes, whose last message is the ideal answer; None where
    there are none.

    Raises:
        DataError: they have a shape that nothing can be learned from.
    """
    profiles = [Profile(name, place, table.rows) for place, name in enumerate(table.columns)]
    if kind not in (None, "chat") or not any(is_json(p.filled, list) for p in profiles):
        return None
    task = Task(task="new", kind="chat", data=Data(examples=table.path))
    shaped = read_shapes([table], task)[0][0]
    if shaped.table is table:
        return None
    rows = [
        Subject(row["target"], row["input"], row["target"], talk_cells(row["input"]))
        for row in shaped.table.rows
        if row["target"]
    ]
    if not rows:
        return None
    free = [p for p in profiles if not is_json(p.filled, list)]
    identity = id_of(free)
    return Guess(
        rows=len(table),
        inputs=(),
        target=None,
        id=identity,
        group=group_of([p for p in free if p.name != identity]),
        labels={},
        notes=(),
        kind="chat",
        checks=tuple(starter_checks(rows, [])),
    )


def _answers(
    wanted: Sequence[Profile], profiles: Sequence[Profile], kind: Kind | None, *, named: bool
) -> Profile | None:
    """The column of what is to be written."""
    objects = [p for p in wanted if is_json(p.filled, dict)]
    if kind in (None, "extract") and objects:
        return min(objects, key=lambda p: (_rank(p, (*WRITTEN_NAMES, *TARGET_NAMES)), p.position))
    if kind == "extract":
        return None
    if named and kind is not None:
        return wanted[0] if wanted else None
    long = [p for p in wanted if _is_long(p) and not is_json(p.filled, list)]
    if kind is None and any(p.rank(TARGET_NAMES[:4]) == 0 and not _is_long(p) for p in wanted):
        return None
    by_name = [p for p in long if p.rank(WRITTEN_NAMES) is not None]
    if by_name:
        return min(by_name, key=lambda p: (_rank(p, WRITTEN_NAMES), p.position))
    drafts = [p for p in profiles if p.rank(DRAFT_NAMES) is not None]
    others = [p for p in long if p not in drafts and p.rank(DRAFT_NAMES) is None]
    if drafts and others:
        return max(others, key=lambda p: (_kept(drafts[0], p), p.position))
    last = [p for p in long if p.rank(INPUT_NAMES) is None or kind is not None]
    apart = [p for p in profiles if p.filled and p not in last[-1:]]
    if last and apart and (kind is not None or last[-1].mean_words >= 2 * FEWEST_WORDS):
        return last[-1]
    return None


def _is_long(profile: Profile) -> bool:
    varied = profile.distinct > 0.5 * len(profile.filled)
    return varied and profile.mean_words >= FEWEST_WORDS and not profile.is_address


def _rank(profile: Profile, names: Sequence[str]) -> int:
    rank = profile.rank(names)
    return len(names) * 3 if rank is None else rank


def is_json(cells: Sequence[str], kind: type) -> bool:
    """Whether nearly all cells are JSON of this type, objects or lists."""
    opening = "{" if kind is dict else "["
    begun = sum(cell.startswith(opening) for cell in cells)
    if not cells or begun < JSON_SHARE * len(cells):
        return False
    return sum(isinstance(_read(cell), kind) for cell in cells) >= JSON_SHARE * len(cells)


def _read(cell: str) -> Any:
    try:
        return read_json(cell)
    except NotJson:
        return None


def _kind(answers: Profile, free: Sequence[Profile]) -> Kind:
    if is_json(answers.filled, dict):
        return "extract"
    if any(p.rank(MESSAGE_NAMES) is not None and is_json(p.filled, list) for p in free):
        return "chat"
    return "rewrite" if any(_is_draft(p, answers) for p in free) else "write"


def _is_draft(profile: Profile, answers: Profile) -> bool:
    """A text about as long as the answer, much of which the answer keeps."""
    long = _is_long(profile) and profile.mean_words >= AS_LONG * answers.mean_words
    return long and (profile.rank(DRAFT_NAMES) is not None or _kept(profile, answers) >= ALIKE)


def _kept(draft: Profile, answers: Profile) -> float:
    """The share of a draft's longer words that stand in the answer, on average."""
    shares = []
    for before, after in zip(draft.cells[:_LOOKED_AT], answers.cells[:_LOOKED_AT], strict=True):
        words = {word for word in before.casefold().split() if len(word) > 3}
        if words and after:
            shares.append(len(words & set(after.casefold().split())) / len(words))
    return mean(shares) if shares else 0.0


def _inputs(free: Sequence[Profile], kind: Kind) -> tuple[str, ...]:
    """For records the text that is read; else everything that an answer may be made of."""
    if kind == "extract":
        return inputs_of(free)
    if kind == "chat":
        talks = [p for p in free if is_json(p.filled, list)]
        return (talks[0].name,) if talks else inputs_of(free)
    return tuple(p.name for p in free[:MOST_INPUTS])


def _schema(rows: Sequence[Mapping[str, str]], target: str) -> dict[str, Any]:
    values = [_read(row[target].strip()) for row in rows]
    return schema_of([value for value in values if isinstance(value, dict)])


def _checks(
    rows: Sequence[Mapping[str, str]], target: str, inputs: Sequence[str]
) -> tuple[dict[str, Any], ...]:
    subjects = [_subject(row, target, inputs) for row in rows]
    return tuple(starter_checks(subjects, inputs)) if subjects else ()


def _subject(row: Mapping[str, str], target: str, inputs: Sequence[str]) -> Subject:
    cells = {name: normalise(row.get(name) or "") for name in inputs}
    text = next(iter(cells.values()), "")
    if len(cells) > 1:
        text = "\n".join(f"{name}: {cell}" for name, cell in cells.items() if cell)
    answer = normalise(row.get(target) or "")
    return Subject(output=answer, input=text, target=answer, fields=cells)
