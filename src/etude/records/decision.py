"""What a person decided about one row, as a line of ``decisions.jsonl`` has it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from etude.records._base import Record

Action = Literal["keep", "edit", "drop", "relabel"]
Field = Literal["input", "target", "context"]


class Decision(Record):
    """One decision.

    ``row``: the example's id. ``finding``: the code that made somebody look. ``of``: hash of the row
    as it was then (``etude.data.overlay.row_hash``); where the row is another now, the decision is
    not applied. ``value``: the whole new text of ``field``, or the label. ``accepted``: it is what
    was proposed. ``via``: one by one in ``review``, or all of a finding in ``fix``.
    """

    row: str
    finding: str
    action: Action
    of: str
    field: Field | None = None
    value: str | None = None
    accepted: bool = False
    via: Literal["review", "fix"] = "review"
    at: str
    by: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action in ("edit", "relabel") and self.value is None:
            raise ValueError(f"{self.action} needs a value")
        if self.action == "edit" and self.field is None:
            raise ValueError("edit needs a field")
        return self
