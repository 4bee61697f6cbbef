"""A team's own cases as suites: read for the task that was compared, in its form of input."""

from __future__ import annotations

from collections.abc import Sequence

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.own.reading import read_cases
from etude.behaviour.own.written import Surroundings, Written
from etude.behaviour.suites import registry
from etude.data.tables import input_columns
from etude.errors import Problem, TaskError, UnknownName
from etude.records.comparison import Comparison
from etude.records.task import KINDS
from etude.registry import nearest
from etude.workflow.asked import of_asked
from etude.workflow.session import Session


def suites_of(session: Session, comparison: Comparison, labels: Sequence[str]) -> list[Suite]:
    """A suite a name that the cases give, in their order.

    Raises:
        TaskError: a file can't be read, or a case is wrong; everything is told.
    """
    behaviour = session.taskfile.task.behaviour
    task = comparison.task
    context = task.data.context
    around = Surroundings(
        kind=task.kind,
        labels=labels,
        needed=input_columns(task.data, comparison.dataset.columns["input"]),
        more=(context,) if context else (),
        known=registry.names(),
        schema=task.output_schema,
    )
    written = read_cases(behaviour.files, session.root, around)
    asked = of_asked([one.asked for one in written], comparison)
    suites: dict[str, list[tuple[Written, str]]] = {}
    for one, text in zip(written, asked.texts, strict=True):
        suites.setdefault(one.suite, []).append((one, text))
    return [_suite(name, rows) for name, rows in suites.items()]


def _suite(name: str, rows: Sequence[tuple[Written, str]]) -> Suite:
    cases = [Case(one.place, "", text, demand=one.demand) for one, text in rows]

    def make(material: Material) -> list[Case]:
        return cases

    return Suite(
        key=name,
        plain_name=f"your cases “{name}”",
        about="sensitive" if any(one.sensitive for one, _ in rows) else "normal",
        test="function",
        version=1,
        rules=dict.fromkeys(KINDS, "demanded"),
        unfit="",
        make=make,
    )


def chosen(keys: Sequence[str], own: Sequence[Suite]) -> list[Suite]:
    """The suites called so; all of them where none is named.

    Raises:
        UnknownName: there is no such suite.
    """
    mine = {one.key: one for one in own}
    names = [*registry.names(), *mine]
    for key in keys:
        if key not in names:
            near = nearest(key, names)
            raise UnknownName(
                f"there is no suite called {key!r}",
                expected=f"one of {', '.join(names)}",
                hint=f"did you mean {near!r}?" if near else None,
            )
    return [mine[key] if key in mine else registry.load(key) for key in keys or names]


def refuse_unknown_gates(session: Session, own: Sequence[Suite]) -> None:
    """A gate of a suite that is not there would be open, or nothing left out, and nobody would notice.

    Raises:
        TaskError: there is one.
    """
    names = [*registry.names(), *(one.key for one in own)]
    problems = []
    said = session.taskfile.task.behaviour
    for key, name in [("gates", one) for one in said.gates] + [
        ("leave_out", one) for one in said.leave_out
    ]:
        if name not in names:
            near = nearest(name, names)
            hint = f"did you mean {near!r}?" if near else None
            problems.append(
                Problem(
                    None,
                    f"behaviour.{key}.{name}",
                    "there is no such suite",
                    f"one of {', '.join(names)}",
                    hint,
                )
            )
    if problems:
        raise TaskError(str(session.taskfile.path), problems)
