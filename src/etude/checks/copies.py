"""copies: the values of these columns occur in the answer, letter for letter."""

from __future__ import annotations

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._template import template
from etude.checks._words import quote


def _compile(spec: Spec) -> Judge:
    columns = spec.names()
    spec.needed.append(tuple(template(f"{{{{{name}}}}}") for name in columns))

    def judge(subject: Subject) -> Outcome:
        values = {name: subject.column(name).strip() for name in columns}
        missing = [name for name, value in values.items() if value not in subject.output]
        if missing:
            said = ", ".join(f"{name} ({quote(values[name])})" for name in missing)
            return Outcome(False, f"does not copy {said}")
        return Outcome(True, f"copies {', '.join(name for name in columns if values[name])}")

    return judge


CHECK = CheckKind(
    key="copies",
    summary="the values of these columns occur in the answer, letter for letter",
    keys=("value",),
    compile=_compile,
)
