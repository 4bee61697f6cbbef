"""Which column is the input, the answer, the id and the group: a guess from names and values.

It works on columns and string cells alone and knows nothing of where they came from. A guess is a
proposal that ``etude new`` writes into a file for a person to check, never a decision.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from etude.data.labels import Spelling, spell
from etude.data.names import INPUT_NAMES, TARGET_NAMES
from etude.data.text import normalise
from etude.records.task import Kind

_INPUTS = (*INPUT_NAMES, "transcript", "post", "tweet", "document", "note")
_TITLES = ("subject", "title", "headline", "summary")
_TARGETS = (
    *TARGET_NAMES,
    "answer",
    "queue",
    "department",
    "team",
    "route",
    "reason",
    "type",
    "status",
    "priority",
    "rating",
    "completion",
    "kind",
)
_IDS = ("id", "uuid", "guid", "key", "number", "nr", "index", "ref")
_GROUPS = (
    "group",
    "customer",
    "client",
    "user",
    "author",
    "sender",
    "account",
    "thread",
    "conversation",
    "conv",
    "dialogue",
    "chat",
    "session",
    "case",
    "document",
    "doc",
    "template",
    "patient",
    "company",
    "from",
)
_LOOKED_AT = 5_000  # rows that the shape of a column is judged by; labels are counted in all
_MOST_LABELS = 500
_FEW = 5
_ADDRESS = re.compile(
    r"\S+@\S+\.\w+|https?://\S+|\d{4}-\d\d-\d\d.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}.*"
)


@dataclass(frozen=True)
class Guess:
    """What the columns seem to be.

    Args:
        rows: rows in the file.
        inputs: the columns a person reads to decide; more than one are joined.
        target: the column with the right answers.
        id: the column that names a row, if there is one.
        group: the column that ties rows together (a customer, a thread), if there is one.
        labels: label to rows, the most frequent first; empty for kinds that write.
        notes: what a person should look at, in plain words.
        kind: what the task is.
        schema: of a record (``extract``).
        checks: that every ideal answer passes (the other kinds that write).
    """

    rows: int
    inputs: tuple[str, ...]
    target: str | None
    id: str | None
    group: str | None
    labels: dict[str, int]
    notes: tuple[str, ...]
    kind: Kind = "classify"
    schema: dict[str, Any] | None = None
    checks: tuple[dict[str, Any], ...] = ()

    @property
    def commonest(self) -> float:
        """The share of labelled rows that have the most frequent label; 0 without labels."""
        labelled = sum(self.labels.values())
        return max(self.labels.values()) / labelled if labelled else 0.0


def guess(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    *,
    inputs: Sequence[str] = (),
    target: str | None = None,
) -> Guess:
    """Guess what each column is.

    Args:
        columns: names, in the order of the file.
        rows: cells by column; a missing cell counts as empty.
        inputs: the input columns, where a person has named them.
        target: the answer column, where a person has named it.
    """
    profiles = [Profile(name, position, rows) for position, name in enumerate(columns)]
    target = target or _target([item for item in profiles if item.name not in inputs])
    found = tuple(inputs) or inputs_of([item for item in profiles if item.name != target])
    free = [item for item in profiles if item.name not in (*found, target)]
    identity = id_of(free)
    group = group_of([item for item in free if item.name != identity])
    counts = _counts(rows, target)
    spelling = spell(counts, None)
    labels = _labels(counts, spelling)
    return Guess(
        rows=len(rows),
        inputs=found,
        target=target,
        id=identity,
        group=group,
        labels=labels,
        notes=tuple(_notes(len(rows), labels, spelling)) if target else (),
    )


class Profile:
    """One column: its name in words and the shape of its cells."""

    def __init__(self, name: str, position: int, rows: Sequence[Mapping[str, str]]) -> None:
        self.name = name
        self.position = position
        self.cells = [(row.get(name) or "").strip() for row in islice(rows, _LOOKED_AT)]
        self.filled = [cell for cell in self.cells if cell]
        self.share_filled = len(self.filled) / len(self.cells) if self.cells else 0.0
        split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
        self.words = [word for word in re.split(r"[\W_]+", split.casefold()) if word]

    @cached_property
    def distinct(self) -> int:
        return len(set(self.filled))

    @cached_property
    def mean_length(self) -> float:
        return sum(map(len, self.filled)) / len(self.filled) if self.filled else 0.0

    @cached_property
    def mean_words(self) -> float:
        words = sum(len(cell.split()) for cell in self.filled)
        return words / len(self.filled) if self.filled else 0.0

    @cached_property
    def is_address(self) -> bool:
        """Mostly e-mail addresses, links or dates."""
        hits = sum(1 for cell in self.filled if _ADDRESS.fullmatch(cell))
        return hits * 2 > len(self.filled)

    @cached_property
    def is_number(self) -> bool:
        hits = sum(1 for cell in self.filled if re.fullmatch(r"[-+]?\d+([.,]\d+)*", cell))
        return hits * 2 > len(self.filled)

    def rank(self, names: Sequence[str]) -> int | None:
        """How early the column's name stands among ``names``; a whole name beats a part."""
        for index, name in enumerate(names):
            if self.words in ([name], [name + "s"]):
                return index
        parts = [names.index(word) for word in self.words if word in names]
        return len(names) + min(parts) if parts else None


def _target(profiles: Sequence[Profile]) -> str | None:
    """Few distinct, short values that repeat; a telling name first, else the last such column."""
    fitting = [
        item
        for item in profiles
        if 2 <= item.distinct <= min(_MOST_LABELS, len(item.filled) / 2)
        and item.mean_length <= 60
        and item.share_filled >= 0.3
        and not item.is_address
    ]
    named = [
        (rank, item.position, item.name)
        for item in fitting
        if (rank := item.rank(_TARGETS)) is not None
        and not any(word in _IDS for word in item.words)
    ]
    if named:
        return min(named)[2]
    plain = [
        (item.is_number, -item.position, item.name)
        for item in fitting
        if item.rank(_GROUPS) is None and not any(word in _IDS for word in item.words)
    ]
    return min(plain)[2] if plain else None


def inputs_of(profiles: Sequence[Profile]) -> tuple[str, ...]:
    """The text that is read: by name, else the longest; a title goes in front of it."""
    fitting = [item for item in profiles if item.filled and not item.is_address]
    varied = [item for item in fitting if item.distinct > min(10, 0.2 * len(item.filled))]
    named = [
        (rank, item.position, item)
        for item in varied
        if (rank := item.rank(_INPUTS)) is not None and not any(word in _IDS for word in item.words)
    ]
    if named:
        best = min(named, key=lambda entry: entry[:2])[2]
    elif varied:
        best = max(varied, key=lambda item: (item.mean_length, -item.position))
    else:
        return ()
    titles = [
        item
        for item in varied
        if item is not best and item.rank(_TITLES) is not None and item.mean_words >= 1.5
    ]
    return (titles[0].name, best.name) if titles else (best.name,)


def id_of(profiles: Sequence[Profile]) -> str | None:
    """A column of distinct values whose name says that it names a row."""
    for item in profiles:
        unique = item.share_filled == 1.0 and item.distinct == len(item.filled)
        if unique and any(word in _IDS for word in item.words):
            return item.name
    return None


def group_of(profiles: Sequence[Profile]) -> str | None:
    """A column whose name says that it ties rows together, and whose values repeat."""
    named = [
        (rank, item.position, item.name)
        for item in profiles
        if (rank := item.rank(_GROUPS)) is not None
        and 10 <= item.distinct < 0.95 * len(item.filled)
        and item.share_filled >= 0.5
    ]
    return min(named)[2] if named else None


def _counts(rows: Sequence[Mapping[str, str]], target: str | None) -> Counter[str]:
    if target is None:
        return Counter()
    counts = Counter(normalise(row.get(target) or "") for row in rows)
    counts.pop("", None)
    return counts


def _labels(counts: Mapping[str, int], spelling: Spelling) -> dict[str, int]:
    """Label to rows, with its other spellings, the most frequent first."""
    labels: Counter[str] = Counter()
    for text, label in spelling.of.items():
        labels[label] += counts[text]
    return dict(sorted(labels.items(), key=lambda pair: (-pair[1], pair[0])))


def _notes(rows: int, labels: Mapping[str, int], spelling: Spelling) -> list[str]:
    notes = []
    missing = rows - sum(labels.values())
    if missing:
        notes.append(f"{missing:,} of {rows:,} rows have no answer; they are not compared")
    rare = [label for label, count in labels.items() if count < _FEW]
    if rare:
        notes.append(
            f"{len(rare)} of {len(labels)} labels have fewer than {_FEW} examples: "
            "nothing can be said about them for certain"
        )
    for text, label in list(spelling.changed.items())[:3]:
        notes.append(f"{text!r} is counted as another spelling of {label!r}")
    return notes
