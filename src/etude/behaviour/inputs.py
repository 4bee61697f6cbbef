"""How an input is laid out, and which part of it somebody wrote: suites change that part alone.

Of a conversation it is the last message of the user's; of several columns the longest cell; what an
answer may use stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.data.columns import HOLE
from etude.data.conversations import last_said, with_last_said
from etude.data.written import CONTEXT
from etude.records.task import Kind


@dataclass(frozen=True)
class Form:
    """The layout of a task's inputs.

    Args:
        kind: of the task.
        columns: that an input is made of; one or none: the input is its text.
        template: how they are joined; None: a line each, ``name: cell``.
    """

    kind: Kind
    columns: tuple[str, ...] = ()
    template: str | None = None

    def said(self, text: str) -> str:
        """What somebody wrote in an input; "" where there is no such part."""
        if self.kind == "chat":
            return last_said(text) or ""
        start, end = self._place(text)
        return text[start:end]

    def with_said(self, text: str, words: str) -> str:
        """The input with ``words`` in place of what somebody wrote, everything else as it was."""
        if self.kind == "chat":
            return text if last_said(text) is None else with_last_said(text, words)
        start, end = self._place(text)
        return text[:start] + words + text[end:]

    def _place(self, text: str) -> tuple[int, int]:
        """Where the part begins and ends."""
        end = text.find(CONTEXT)
        end = len(text) if end < 0 else end
        if self.template is not None:
            spans = _in_template(text[:end], HOLE.split(self.template.strip()))
        else:
            spans = _in_lines(text[:end], self.columns) if len(self.columns) > 1 else []
        return max(spans or [(0, end)], key=lambda span: (span[1] - span[0], -span[0]))


def _in_lines(text: str, columns: Sequence[str]) -> list[tuple[int, int]]:
    """Where the cells of ``name: cell`` lines stand, which come in the order of the columns."""
    starts: list[tuple[int, int]] = []
    waiting, at = list(columns), 0
    for line in text.splitlines(keepends=True):
        name = next((one for one in waiting if line.startswith(f"{one}: ")), None)
        if name is not None:
            starts.append((at, at + len(name) + 2))
            del waiting[: waiting.index(name) + 1]
        at += len(line)
    if not starts:
        return []
    ends = [before - 1 for before, _ in starts[1:]] + [len(text)]
    return [(start, end) for (_, start), end in zip(starts, ends, strict=True)]


def _in_template(text: str, pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Where the cells between a template's own words stand; none where these are not all there."""
    found, at = [], len(pieces[0])
    if not text.startswith(pieces[0]):
        return []
    for words in pieces[2::2]:
        last = words is pieces[-1]
        end = len(text) - len(words) if last else text.find(words, at)
        if end < at or not text.startswith(words, end):
            return []
        found.append((at, end))
        at = end + len(words)
    return found
