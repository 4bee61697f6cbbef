"""What a person should know about how examples of a shape were read, in plain sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from etude.data.conversations import Turn
from etude.data.shapes._finding import Found
from etude.data.text import normal_form
from etude.records.dataset import Finding
from etude.records.task import Task

SIGNS = {
    "several_answers": (
        "{count} {have} earlier answers: they are read as part of what is asked, and the last "
        "answer is what is learned"
    ),
    "goes_on": "{count} {go} on after the last answer: what follows it was left out",
    "named": "messages of {count} {have} a `name`, which was left out",
    "tools": (
        "{count} {have} tools or calls of them: they are read and checked, but no model can be "
        "asked with tools or learn to call them yet, so nothing is compared with them"
    ),
    "pictures": (
        "{count} {have} pictures: they are read and checked, but no model can be shown pictures "
        "yet, so nothing is compared with them"
    ),
}
"""What is worth counting about a row, and how it is said."""
_NOT_COMPARED = ("tools", "pictures")


class _Row(Protocol):
    @property
    def asked(self) -> tuple[Turn, ...]: ...
    @property
    def signs(self) -> frozenset[str]: ...


def about_shape(path: str, found: Found, rows: int, chat: bool) -> Finding:
    """How the file was read."""
    how = (
        "what comes before the last answer is what is read, the last answer is the right one"
        if chat
        else "the user's text is what is read, the answer to it is the right one"
    )
    return Finding(
        code="examples_shape",
        severity="note",
        count=rows,
        sentence=f"{path} was read as {found.shape.title}: {found.reason}; {how}",
        hint="is it another shape? name it as `shape` under `data` in etude.yaml; other columns? "
        "name them as `input` and `target`",
    )


def about_instructions(rows: Sequence[_Row], shared: str | None, task: Task) -> list[Finding]:
    """The same instructions in front of every example."""
    if task.kind == "chat":
        return _in_conversations(rows, task)
    if shared is None:
        return []
    if normal_form(shared) == normal_form(task.instructions):
        return [
            Finding(
                code="shared_instructions",
                severity="note",
                sentence="every example begins with the task's own instructions; they were left "
                "out of what is read",
            )
        ]
    return [
        Finding(
            code="shared_instructions",
            severity="warning",
            sentence="every example begins with the same instructions, which were left out of what "
            f"is read: {shared}",
            hint="put them under `instructions` in etude.yaml",
        )
    ]


def _in_conversations(rows: Sequence[_Row], task: Task) -> list[Finding]:
    texts = {
        "\n\n".join(turn.content for turn in row.asked if turn.role == "system") for row in rows
    }
    shared = texts.pop() if len(texts) == 1 else ""
    if not shared:
        return []
    doubled = normal_form(shared) == normal_form(task.instructions)
    return [
        Finding(
            code="instructions_in_conversations",
            severity="warning" if doubled else "note",
            sentence="every conversation begins with the task's own instructions, so a model would "
            "read them twice"
            if doubled
            else "every conversation begins with the same instructions, and keeps them; "
            f"`instructions` need not repeat them: {shared}",
            hint="take them out of `instructions` in etude.yaml" if doubled else None,
        )
    ]


def about_signs(rows: Sequence[_Row]) -> list[Finding]:
    """What was read in a way that a person may not expect, with counts."""
    counts = Counter(sign for row in rows for sign in row.signs)
    findings = []
    for sign, sentence in SIGNS.items():
        if not (count := counts[sign]):
            continue
        words = sentence.format(
            count=f"{count:,} conversation{'' if count == 1 else 's'}",
            have="has" if count == 1 else "have",
            go="goes" if count == 1 else "go",
        )
        stops = sign in _NOT_COMPARED
        findings.append(
            Finding(
                code=sign,
                severity="warning" if stops else "note",
                count=count,
                sentence=words,
                hint="leave those rows out of the file before you compare" if stops else None,
            )
        )
    return findings
