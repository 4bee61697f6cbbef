"""The column names that people commonly give to the input and the target of a task.

Used to find the columns where the task file names none, and to tell a header row from a data row.
"""

from __future__ import annotations

INPUT_NAMES = (
    "text",
    "message",
    "input",
    "prompt",
    "question",
    "body",
    "utterance",
    "sentence",
    "query",
    "content",
    "description",
    "comment",
    "review",
    "request",
    "ticket",
    "email",
)
"""Lower case, the most usual first: the first that a table has is taken."""

TARGET_NAMES = (
    "label",
    "category",
    "intent",
    "class",
    "target",
    "output",
    "topic",
    "tag",
    "sentiment",
)

BODY_NAMES = ("body", "message", "text", "content", "description")
"""With a ``subject`` beside one of these, both together are the input."""

OTHER_NAMES = (
    "subject",
    "id",
    "group",
    "context",
    "date",
    "time",
    "customer",
    "customer_id",
    "labels",
    "answer",
    "response",
    "completion",
    "reply",
    "split",
    "source",
    "domain",
)
"""Further names that are a sure sign of a header row."""

KNOWN_NAMES = frozenset((*INPUT_NAMES, *TARGET_NAMES, *OTHER_NAMES))


def plain(name: str) -> str:
    """A column name as it is compared with the names above."""
    return name.strip().lower()
