"""What people prefer: pairs of a better and a worse answer, or answers that were liked or not.

It reads ``data.preferences`` and gives every input the form that the task's own examples have. Who
learns from them, and how, is for others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etude.data._preference_rows import Row, rows
from etude.data.conversations import as_input, comparable
from etude.data.findings import count_of
from etude.data.records import record
from etude.data.shapes import shared_instructions
from etude.data.shapes._table import named
from etude.data.sources import Table, read_table
from etude.errors import DataError
from etude.records.dataset import Reject
from etude.records.task import Kind, Task


@dataclass(frozen=True)
class Pair:
    """An input with a better and a worse answer; ``line`` counts from 1 in the file."""

    line: int
    input: str
    chosen: str
    rejected: str


@dataclass(frozen=True)
class Single:
    """An input with one answer that was liked, or not."""

    line: int
    input: str
    completion: str
    liked: bool


@dataclass(frozen=True)
class Preferences:
    """What a file holds: ``pairs`` or ``singles``, never both.

    Inputs have the form of the task's own (for ``chat`` the JSON text of the messages).
    ``notices`` say in plain words what a person should know.
    """

    path: str
    kind: Kind
    title: str
    pairs: tuple[Pair, ...]
    singles: tuple[Single, ...]
    rejects: tuple[Reject, ...]
    notices: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pairs) + len(self.singles)

    def without(self, held: Collection[str]) -> Preferences:
        """Those that are no held-out example's, with a notice that counts the others.

        Args:
            held: normal forms of the held-out inputs (``conversations.held_forms``).
        """
        pairs = tuple(one for one in self.pairs if not self._is(one.input, held))
        singles = tuple(one for one in self.singles if not self._is(one.input, held))
        left = len(self) - len(pairs) - len(singles)
        if not left:
            return self
        notice = (
            f"{count_of(left, 'preference')} of {self.path} {'is' if left == 1 else 'are'} left "
            "out: the input is that of an example kept aside"
        )
        return replace(self, pairs=pairs, singles=singles, notices=(*self.notices, notice))

    def _is(self, text: str, held: Collection[str]) -> bool:
        return comparable(text, self.kind) in held


def read_preferences(
    task: Task, root: Path, described: str | None = None, held: Collection[str] = ()
) -> Preferences:
    """The file that ``data.preferences`` names.

    Shapes: the task's own input columns with ``chosen`` and ``rejected``, or with ``completion``
    and ``label`` (true or false); TRL's ``prompt, chosen, rejected`` and ``prompt, completion,
    label``, as texts or as lists of messages; OpenAI's ``input, preferred_output,
    non_preferred_output``.

    Args:
        task: its kind, the columns of its input, and the schema where there is one.
        root: the project's folder.
        described: what the examples' input was read from (``DatasetVersion.columns["input"]``),
            for a task file that names no column.
        held: normal forms of held-out inputs (``conversations.held_forms``): their preferences are
            left out with a notice.

    Raises:
        DataError: no file is named, it can't be read, its columns are of no known shape, or no row
            of it can be used.
    """
    if task.data.preferences is None:
        raise DataError(
            "no preferences are named",
            where="etude.yaml",
            expected="`preferences` under `data`",
            hint="name the file there",
        )
    table = read_table(task.data.preferences, root)
    title, found = rows(table, task, described)
    rejects = named(table.rejects)
    read: list[Row] = []
    for one in found:
        fault = one if isinstance(one, Reject) else None
        if isinstance(one, Row):
            kept, reason = _checked(one, task)
            if reason is None:
                read.append(kept)
            else:
                text = kept.answers[0][:500]
                fault = Reject(path=table.path, line=one.line, reason=reason, text=text)
        if fault is not None:
            rejects.append(fault)
    if not read:
        raise _nothing_left(table, rejects)
    shared = shared_instructions([row.instructions for row in read])
    made = Preferences(
        path=table.path,
        kind=task.kind,
        title=title,
        pairs=tuple(_pair(row, shared) for row in read if row.liked is None),
        singles=tuple(_single(row, shared) for row in read if row.liked is not None),
        rejects=tuple(sorted(rejects, key=lambda reject: reject.line)),
        notices=(),
    )
    return replace(made, notices=tuple(_notices(made, table, shared))).without(held)


def _checked(row: Row, task: Task) -> tuple[Row, str | None]:
    """The row with records as compact JSON, and why it can't be used (None: it can).

    A worse answer may break the schema: that may be why it is worse.
    """
    answers, reason = list(row.answers), None
    if task.output_schema is not None:
        for place, answer in enumerate(row.answers):
            answers[place], fault = record(answer, task.output_schema)
            if fault is not None and place == 0 and row.liked is not False:
                reason = fault.replace("the target", "the better answer", 1)
    if len(answers) == 2 and answers[0] == answers[1]:
        reason = "both answers are the same"
    return replace(row, answers=tuple(answers)), reason


def _text(row: Row, shared: str | None) -> str:
    if not isinstance(row.asked, str):
        return as_input(row.asked)
    before = row.instructions if row.instructions != shared else ""
    return f"{before}\n\n{row.asked}" if before else row.asked


def _pair(row: Row, shared: str | None) -> Pair:
    return Pair(row.line, _text(row, shared), row.answers[0], row.answers[1])


def _single(row: Row, shared: str | None) -> Single:
    return Single(row.line, _text(row, shared), row.answers[0], bool(row.liked))


def _notices(made: Preferences, table: Table, shared: str | None) -> list[str]:
    notices = [f"{table.path}: {note}" for note in table.notes]
    if made.rejects:
        reasons = Counter(reject.reason for reject in made.rejects).most_common(3)
        listed = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
        total = len(made) + len(made.rejects)
        notices.append(
            f"{count_of(len(made.rejects), 'row')} of {total:,} in {table.path} can't be used, the "
            f"first in line {made.rejects[0].line}: {listed}"
        )
    if shared is not None:
        notices.append(
            f"every preference in {table.path} begins with the same instructions, which were left "
            "out of what is read"
        )
    if both_ways := _contradictions(made):
        notices.append(
            f"{count_of(both_ways, 'preference')} in {table.path} "
            f"{'contradicts' if both_ways == 1 else 'contradict'} another: the same answer to the "
            "same input is the better and the worse one"
        )
    liked = {one.liked for one in made.singles}
    if len(liked) == 1:
        which = "liked" if liked == {True} else "disliked"
        notices.append(
            f"every answer in {table.path} was {which}; what makes an answer good is learned from "
            "both"
        )
    return notices


def _contradictions(made: Preferences) -> int:
    """Pairs that stand the other way round as well, and answers both liked and disliked."""
    pairs = {(one.input, one.chosen, one.rejected) for one in made.pairs}
    turned = sum((asked, worse, better) in pairs for asked, better, worse in pairs)
    singles = {(one.input, one.completion, one.liked) for one in made.singles}
    both = sum((asked, text, not liked) in singles for asked, text, liked in singles)
    return turned + both


def _nothing_left(table: Table, rejects: Sequence[Reject]) -> DataError:
    first = min(rejects, key=lambda reject: reject.line, default=None)
    return DataError(
        "no preference can be used" + (f": {first.reason}" if first else ""),
        where=f"{table.path}, line {first.line}" if first else table.path,
        expected="an input with a better and a worse answer, or with an answer liked or not",
        hint="look at that row",
    )
