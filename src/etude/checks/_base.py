"""What a check is: one yes/no assertion on one answer, and the words for what it found.

A check is one file in this folder with ``CHECK: CheckKind``; its name, with hyphens for
underscores, is the ``type`` in the task file. ``not-`` in front of a type is its opposite and needs
no file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from etude.errors import DataError
from etude.registry import nearest

if TYPE_CHECKING:
    from etude.checks._spec import Spec

ALWAYS = ("input", "target")
"""Names that a condition or a placeholder may use though no column is called so."""


@dataclass(frozen=True)
class Subject:
    """What a check sees of one answer.

    Args:
        output: the answer.
        input: what was asked.
        target: the ideal answer; None where there is none.
        passages: what of the project's knowledge was shown beside the input. What stands there was
            given, as what stands in the input.
        fields: the example's columns by name. A column called ``input`` or ``target`` comes before
            the argument of that name.
    """

    output: str
    input: str = ""
    target: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    passages: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether there is a value under ``name``; only the target may be missing."""
        return name != "target" or "target" in self.fields or self.target is not None

    def column(self, name: str) -> str:
        """The value of a column, of ``input`` or of ``target`` ("" where there is no target).

        Raises:
            DataError: there is no such column; the nearest is named.
        """
        if name in self.fields:
            return self.fields[name]
        if name == "input":
            return self.input
        if name == "target":
            return self.target or ""
        raise no_column(name, list(self.fields))


def no_column(name: str, columns: list[str]) -> DataError:
    """The error for a check that reads a column which the examples do not have."""
    names = [*columns, *(always for always in ALWAYS if always not in columns)]
    near = nearest(name, names)
    return DataError(
        f"a check reads the column {name!r}, which the examples do not have",
        expected=f"one of {', '.join(names)}",
        hint=f"did you mean {near!r}?" if near else "change the name under `checks` in etude.yaml",
    )


@dataclass(frozen=True)
class Outcome:
    """Whether an answer passed, and what was found, in plain words shown to people.

    The reason states a fact of the answer ("has 93 words, more than 80"), so the same words explain
    a failed check and a passed one, and their opposites under ``not-``.
    """

    passed: bool
    reason: str


class CannotJudge(Exception):
    """Raised by a judge that can't say yes or no; the check then fails, under ``not-`` too."""


Judge = Callable[[Subject], Outcome]
"""One check, ready to look at answers; raises CannotJudge where there is neither a yes nor a no.

One that holds a process has a method ``close`` besides; its next call begins anew.
"""


@dataclass(frozen=True)
class CheckKind:
    """A type of check.

    Args:
        key: the ``type`` in the task file.
        summary: what it asks of an answer, in plain words, one line.
        keys: what may stand in a check of this type beside ``type`` and ``when``.
        compile: reads a spec (see ``Spec``) into a judge. Faults are noted in the spec, not
            raised, so that all are told at once; a judge compiled with faults is never called.
    """

    key: str
    summary: str
    keys: tuple[str, ...]
    compile: Callable[[Spec], Judge]
