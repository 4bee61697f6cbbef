"""What answers are held against: the labels, the schema, the checks; and the numbers that come of it.

The one place where texts become scores: dev, held-out examples and single answers all go through
it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from etude.checks import Check, Subject, compile_checks, run_checks
from etude.contracts.schema import SchemaContract
from etude.data.conversations import flat, turns_of
from etude.data.examples import Examples
from etude.metrics import metric
from etude.metrics._base import Embed, Judged, Metric, Scores
from etude.records.task import Kind, Task

_RIGHT: dict[Kind, str] = {"classify": "accuracy", "image": "accuracy", "extract": "exact"}

Passages = Sequence[Sequence[str]]
"""Of each answer, the passages of the knowledge that its prompt showed: what stands in them was
given, as what stands in the input. Empty where nothing was looked up; examples that a prompt shows
are none."""

SCHEMA = "the schema"
"""What a fault of an answer's shape is said to be of."""


@dataclass(frozen=True)
class Fault:
    """A check (or the schema) that an answer fails, and what was found, in plain words."""

    check: str
    reason: str


def failed(faults: Sequence[Fault]) -> str:
    """Why a person is to look at an answer with these, as a clause."""
    return "; ".join(f"{fault.check}: {fault.reason}" for fault in faults)


@dataclass(frozen=True)
class Judge:
    """``labels`` are in the task's order, empty where the task has none. ``embed`` is an encoder for
    what is shown beside the metric; None leaves that unmeasured."""

    task: Task
    labels: tuple[str, ...]
    contract: SchemaContract | None
    checks: tuple[Check, ...]
    embed: Embed | None = None

    @classmethod
    def of(cls, task: Task, labels: Sequence[str], folder: Path) -> Judge:
        """The judge of a task whose files (``python`` checks) lie in ``folder``.

        Raises:
            TaskError: a check or the schema can't be used.
        """
        contract = SchemaContract(task.output_schema) if task.output_schema else None
        return cls(task, tuple(labels), contract, compile_checks(task.checks, folder))

    @property
    def metric(self) -> Metric:
        """What ways are chosen by: the task's primary metric, where it can be counted."""
        return metric(self.task.counted)

    @property
    def right(self) -> Metric:
        """What counts as a right answer: the one that nobody has to mend."""
        usual = "all_checks" if self.checks else "exact"
        return metric(_RIGHT.get(self.task.kind, usual))

    def judged(
        self, examples: Examples, outputs: Sequence[str | None], passages: Passages = ()
    ) -> Judged:
        """``outputs`` beside what they are judged by; all in the examples' order."""
        targets: tuple[Any, ...] = ()
        found: tuple[Any, ...] = ()
        valid_N = checks_NC = None
        if self.contract is not None:
            targets = tuple(_read(self.contract, text)[0] for text in examples.targets)
            read = [_read(self.contract, text) for text in outputs]
            found = tuple(value for value, _ in read)
            valid_N = np.array([valid for _, valid in read], dtype=np.bool_)
        if self.checks:
            subjects = self._subjects(examples, outputs, passages)
            checks_NC = run_checks(self.checks, subjects).passed_NC
        return Judged(
            targets=examples.targets,
            outputs=outputs,
            labels=self.labels,
            inputs=examples.inputs,
            target_values=targets,
            output_values=found,
            valid_N=valid_N,
            checks_NC=checks_NC,
            check_names=tuple(check.name for check in self.checks),
            fields=examples.fields,
            passages=passages,
            embed=self.embed,
        )

    def for_columns(self, known: Collection[str]) -> tuple[Judge, tuple[str, ...]]:
        """The judge of answers to new inputs, and the names of the checks that it can't ask: those
        that need an ideal answer, or a column that is not there."""
        has = {*known, "input"}
        kept = tuple(
            check
            for check in self.checks
            if has.issuperset(check.columns)
            # What a person's own function reads is not known beforehand.
            and (known or check.key.removeprefix("not-") != "python")
        )
        left = tuple(check.name for check in self.checks if check not in kept)
        return replace(self, checks=kept), left

    def faults(
        self, examples: Examples, outputs: Sequence[str | None], passages: Passages = ()
    ) -> list[tuple[Fault, ...]]:
        """What each answer fails; nothing for an answer that is none.

        Examples without an ideal answer (a target of "") are judged by what needs none.
        """
        found: list[list[Fault]] = [[] for _ in outputs]
        if self.contract is not None:
            for place, output in enumerate(outputs):
                faults = self.contract.parse(output)[1] if output is not None else ()
                if faults:
                    found[place].append(Fault(SCHEMA, "; ".join(faults[:3])))
        if self.checks:
            table = run_checks(self.checks, self._subjects(examples, outputs, passages))
            for (row, check), reason in table.reasons.items():
                if outputs[row] is not None:
                    found[row].append(Fault(table.names[check], reason))
        return [tuple(faults) for faults in found]

    def value(
        self, examples: Examples, outputs: Sequence[str | None], passages: Passages = ()
    ) -> float:
        """The primary metric over these answers; NaN for none."""
        if not len(examples):
            return float("nan")
        return self.metric.value(self.judged(examples, outputs, passages))

    def each(
        self, examples: Examples, outputs: Sequence[str | None], passages: Passages = ()
    ) -> Scores:
        """(N,) the primary metric of each of these answers by itself."""
        return self.metric.each(self.judged(examples, outputs, passages))

    def _subjects(
        self, examples: Examples, outputs: Sequence[str | None], passages: Passages
    ) -> list[Subject]:
        shown = passages or ((),) * len(examples)
        rows = zip(examples.inputs, examples.targets, examples.fields, outputs, shown, strict=True)
        return [
            Subject(
                output=output or "",
                input=flat(turns_of(text)) if self.task.kind == "chat" else text,
                target=target or None,
                fields=fields,
                passages=tuple(given),
            )
            for text, target, fields, output, given in rows
        ]


def _read(contract: SchemaContract, text: str | None) -> tuple[dict[str, Any] | None, bool]:
    """The object that an answer is, and whether it keeps the schema: what breaks the schema in one
    field may still have the others right."""
    value, _ = contract.parse(text)
    return (value, True) if value is not None else (contract.loose(text), False)
