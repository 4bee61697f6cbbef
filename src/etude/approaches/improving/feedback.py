"""What was wrong with an answer, and what would have been right, in words for whoever rewrites.

Labels that were mixed up are named with what they mean, fields with both values, failed checks with
what was found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from etude.approaches._base import FitContext
from etude.checks import Check, Subject, compile_checks, run_checks
from etude.contracts.schema import SchemaContract
from etude.data.conversations import flat, turns_of
from etude.data.examples import Examples
from etude.metrics._fields import same
from etude.models._base import Completion

LONGEST = 2_000
"""Characters of one input, answer or ideal answer that are shown."""
WORDS = {
    "not_a_choice": "it is none of the labels",
    "refusal": "it was refused",
    "empty": "nothing was said",
    "not_json": "it is no JSON",
    "unfinished_json": "the JSON is cut off",
    "length": "it is cut off",
    "too_long": "it is cut off",
    "timeout": "it took too long",
}


@dataclass(frozen=True)
class Feedback:
    """What there is to say about answers of one task."""

    context: FitContext

    def records(
        self, rows: Examples, said: Sequence[Completion], outputs: Sequence[str | None]
    ) -> list[dict[str, str]]:
        """For each row what came in, what was answered, and what was right or wrong with it."""
        kind = self.context.task.kind
        failed = self._failed(rows, outputs)
        found = []
        for place, (one, output) in enumerate(zip(said, outputs, strict=True)):
            text = rows.inputs[place]
            found.append(
                {
                    "Input": cut(flat(turns_of(text)) if kind == "chat" else text),
                    "Answer": cut(output or one.text or "(nothing)"),
                    "Feedback": self._said(rows.targets[place], one, output, failed[place]),
                }
            )
        return found

    def _said(self, target: str, one: Completion, output: str | None, failed: Sequence[str]) -> str:
        if output is None:
            why = WORDS.get(one.failure or "not_a_choice", f"it failed ({one.failure})")
            return f"No valid answer: {why}. {self._right(target)}"
        if self.context.task.kind == "classify":
            if output == target:
                return "Right."
            return f"Wrong. {self._right(target)} {self._meaning(output)}"
        parts = [*failed, *self._fields(target, output)]
        if not parts and (output == target or self._checks):
            return "Right."
        return " ".join([*(f"Wrong: {part}." for part in parts), self._right(target)])

    def _right(self, target: str) -> str:
        if not target:
            return ""
        if self.context.task.kind == "classify":
            return f"Right is {target}. {self._meaning(target)}".strip()
        return f"An ideal answer: {cut(target)}"

    def _meaning(self, label: str) -> str:
        meaning = self.context.descriptions.get(label, "")
        return f"{label} means: {meaning}." if meaning else ""

    @cached_property
    def _checks(self) -> tuple[Check, ...]:
        return compile_checks(self.context.task.checks, self.context.root)

    @cached_property
    def _contract(self) -> SchemaContract | None:
        schema = self.context.task.output_schema
        return SchemaContract(schema) if schema else None

    def _failed(self, rows: Examples, outputs: Sequence[str | None]) -> list[list[str]]:
        """Checks that each answer fails, with what was found."""
        found: list[list[str]] = [[] for _ in outputs]
        if not self._checks:
            return found
        kind = self.context.task.kind
        subjects = [
            Subject(
                output=output or "",
                input=flat(turns_of(text)) if kind == "chat" else text,
                target=target or None,
                fields=fields,
            )
            for text, target, fields, output in zip(
                rows.inputs, rows.targets, rows.fields, outputs, strict=True
            )
        ]
        table = run_checks(self._checks, subjects)
        for (row, check), reason in table.reasons.items():
            found[row].append(f"the check “{table.names[check]}” fails, for the answer {reason}")
        return found

    def _fields(self, target: str, output: str) -> list[str]:
        """Fields of a record that are not as they should be."""
        if self._contract is None:
            return []
        value, faults = self._contract.parse(output)
        wanted = self._contract.loose(target) or {}
        if value is None:
            return list(faults[:3])
        return [
            f"{name} is {_json(value.get(name))} and should be {_json(wanted.get(name))}"
            for name in dict.fromkeys([*wanted, *value])
            if not _agree(wanted.get(name), value.get(name))
        ]


def _agree(wanted: Any, given: Any) -> bool:
    # Within a record, so that null, "" and a missing field say the same.
    return same({"": wanted}, {"": given})


def _json(value: Any) -> str:
    return cut(json.dumps(value, ensure_ascii=False))


def cut(text: str) -> str:
    """A text at a length that a prompt can bear."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
