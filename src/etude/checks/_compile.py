"""From the ``checks`` of a task file to checks that look at answers; every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.checks._base import CannotJudge, CheckKind, Judge, Outcome, Subject
from etude.checks._condition import Condition, read_condition
from etude.checks._names import check_name, told_apart
from etude.checks._refused import REFUSED
from etude.checks._spec import Spec, shown
from etude.checks._tokens import ConditionFault
from etude.errors import Problem, TaskError
from etude.registry import Registry, nearest

registry = Registry("etude.checks", "CHECK", "check")
_NOT = "not-"
_TASK_FILE = "etude.yaml"


def check_types() -> dict[str, str]:
    """Every type and the entry of the registry that it is, without importing one."""
    return {name.replace("_", "-"): name for name in registry.names()}


def check_kind(key: str) -> CheckKind:
    """The kind of check called ``key``, without ``not-``.

    Raises:
        UnknownName: there is none.
    """
    found: CheckKind = registry.load(check_types().get(key, key))
    return found


@dataclass(frozen=True, eq=False)
class Check:
    """One check of a task, ready to look at answers.

    Args:
        name: short and stable, for people: ``contains 'A gentle note' when scary != ''``.
        key: the type as written, with ``not-``.
        columns: the columns it reads, ``input`` and ``target`` included where it names them.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    _spec: Spec
    _judge: Judge
    _condition: Condition | None

    def applies(self, subject: Subject) -> bool:
        """Whether the check has a say on this answer.

        It has none where ``when`` does not hold, where it needs a target and there is none, and
        where every text that it looks for is empty for this example.

        Raises:
            DataError: it reads a column that the example does not have.
        """
        if self._spec.skips(subject):
            return False
        return self._condition is None or self._condition.holds(subject)

    def run(self, subject: Subject) -> Outcome:
        """Whether the answer passes. Ask ``applies`` first.

        Raises:
            DataError: it reads a column that the example does not have.
        """
        try:
            found = self._judge(subject)
        except CannotJudge as error:
            return Outcome(False, str(error))
        return Outcome(not found.passed, found.reason) if self.key.startswith(_NOT) else found

    def close(self) -> None:
        """Let go of what the check holds (a process); the next ``run`` begins anew."""
        close = getattr(self._judge, "close", None)
        if close is not None:
            close()


def compile_checks(
    specs: Sequence[Mapping[str, Any]],
    folder: Path | None,
    columns: Sequence[str] | None = None,
) -> tuple[Check, ...]:
    """The checks of a task, in its order.

    Args:
        specs: ``checks`` as written: ``{type, value, when?}`` and what the type takes besides.
        folder: the project folder, where the files of ``python`` checks are.
        columns: the examples' columns, to find misspelt ones; None while they are not known.

    Raises:
        TaskError: everything that is wrong, in every check.
    """
    checks, problems = _compiled(specs, folder, columns)
    if problems:
        raise TaskError(str(folder / _TASK_FILE) if folder else _TASK_FILE, problems)
    return checks


def check_problems(
    specs: Sequence[Mapping[str, Any]],
    folder: Path | None,
    columns: Sequence[str] | None = None,
) -> list[Problem]:
    """What ``compile_checks`` would raise, for who adds lines; fields are ``checks[0].value``."""
    return _compiled(specs, folder, columns)[1]


def _compiled(
    specs: Sequence[Mapping[str, Any]], folder: Path | None, columns: Sequence[str] | None
) -> tuple[tuple[Check, ...], list[Problem]]:
    problems: list[Problem] = []
    checks: list[Check] = []
    for index, values in enumerate(specs):
        found, told = _one(values, f"checks[{index}]", folder, columns)
        twin = next((n for n in range(index) if specs[n] == values), None)
        if twin is not None and not told:
            told = [Problem(None, f"checks[{index}]", f"is the same as checks[{twin}]", "it once")]
        problems += told
        checks += [found] if found else []
    if problems:
        return (), problems
    names = told_apart([check.name for check in checks])
    return tuple(
        Check(name, c.key, c.columns, c._spec, c._judge, c._condition)
        for name, c in zip(names, checks, strict=True)
    ), []


def _one(
    values: Any, place: str, folder: Path | None, columns: Sequence[str] | None
) -> tuple[Check | None, list[Problem]]:
    if not isinstance(values, Mapping):
        expected = "`{type: …, value: …}`"
        return None, [Problem(None, place, f"found {shown(values)}", expected)]
    spec = Spec(values, place, folder, columns)
    condition = _condition(spec)
    kind = _kind(spec)
    if kind is None:
        return None, spec.faults
    spec.unknown_keys(("type", *kind.keys, "when"))
    judge = kind.compile(spec)
    if spec.faults:
        return None, spec.faults
    reads = tuple(dict.fromkeys(spec.reads))
    check = Check(check_name(values), values["type"], reads, spec, judge, condition)
    return check, []


def _kind(spec: Spec) -> CheckKind | None:
    """The kind that ``type`` names, or None, with the fault noted."""
    written = spec.values.get("type")
    known = check_types()
    if not isinstance(written, str) or not written.strip():
        found = f"found {shown(written)}" if "type" in spec.values else "is missing"
        spec.fault("type", found, f"one of {', '.join(known)}")
        return None
    key = written.removeprefix(_NOT)
    if key in known:
        return check_kind(key)
    if key in REFUSED:
        reason, hint = REFUSED[key]
        spec.fault("type", f"{written!r} {reason}", None, hint)
        return None
    near = nearest(key.replace("_", "-"), list(known))
    prefix = _NOT if written.startswith(_NOT) else ""
    hint = f"did you mean {prefix + near!r}?" if near else None
    expected = None if near else f"one of {', '.join(known)}"
    spec.fault("type", f"there is no check {written!r}", expected, hint)
    return None


def _condition(spec: Spec) -> Condition | None:
    written = spec.values.get("when")
    if written is None:
        return None
    if not isinstance(written, str) or not written.strip():
        expected = "a condition on columns, such as scary != ''"
        spec.fault("when", f"found {shown(written)}", expected)
        return None
    try:
        condition = read_condition(written)
    except ConditionFault as error:
        spec.fault("when", error.found, error.expected, error.hint)
        return None
    for name, at in condition.columns:
        spec.read_column("when", name, at, f"text goes in quotes: '{name}'")
    return condition
