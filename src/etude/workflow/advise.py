"""``advise``: is fine-tuning the right next step? Answered from what the project holds already.

It reads the examples and runs the audits that need no model; nothing is trained, nothing is sent, and
examples that are kept aside are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from etude.approaches._wording import DEFAULT_INSTRUCTIONS
from etude.approaches.writing.wording import DEFAULT_INSTRUCTIONS as WRITTEN
from etude.errors import UnknownName, UsageError
from etude.records.advice import Advice, Answered, Evidence, Said
from etude.records.task import Opinions, Task
from etude.registry import nearest
from etude.store import atomic
from etude.verdict.advice.advise import advise as advised
from etude.verdict.advice.advise import open_ones
from etude.verdict.advice.asked import ALL, CORRECTED
from etude.workflow._examples import of_examples
from etude.workflow._tried import newest, other_metric
from etude.workflow.check import prepare
from etude.workflow.new import INSTRUCTIONS
from etude.workflow.session import Session, now, recorded
from etude.workflow.spent import stated

KEPT = "advice.json"
YES, NO = frozenset({"yes", "y"}), frozenset({"no", "n"})
Ask = Callable[[Sequence[Answered], bool], Mapping[str, str]]
"""Asked about what is open; the flag says that it helps to know how many answers a person corrects
today. It returns answers by key; what nobody knows is left out."""


@dataclass(frozen=True)
class AdviseOptions:
    """Args:
    answers: ``yes`` or ``no`` by key of a question or red flag, and ``corrected_per_100``.
    ask: a person, for what nothing in the project tells; None: nobody is asked.

    Raises:
        UsageError: a key or an answer that is none.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", checked(self.answers))


@dataclass(frozen=True)
class Advised:
    """The advice, and what was answered now: worth keeping in the task file."""

    advice: Advice
    answers: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude advise --json``."""
        return {"schema": 1, **self.advice.model_dump(mode="json", exclude={"schema_version"})}


def checked(answers: Mapping[str, str]) -> dict[str, str]:
    """The same answers, each ``yes``, ``no`` or a number.

    Raises:
        UnknownName: there is no such question.
        UsageError: an answer is neither yes nor no, or the number is none.
    """
    known = [*ALL, CORRECTED.key]
    found = {}
    for key, value in answers.items():
        if key not in known:
            near = nearest(key, known)
            raise UnknownName(
                f"there is no question {key!r}",
                where="--answer",
                expected=f"one of {', '.join(known)}",
                hint=f"did you mean {near!r}?" if near else None,
            )
        found[key] = _number(value) if key == CORRECTED.key else _yes_or_no(key, value)
    return found


def _yes_or_no(key: str, value: str) -> str:
    word = value.strip().casefold()
    if word in YES | NO:
        return "yes" if word in YES else "no"
    raise UsageError(
        f"found {value!r}",
        where=f"--answer {key}",
        expected="yes or no; leave it out where nobody knows",
        hint=f"etude advise --answer {key}=yes",
    )


def _number(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if 0 <= number <= 100:
        return f"{number:g}"
    raise UsageError(
        f"found {value!r}",
        where=f"--answer {CORRECTED.key}",
        expected="a number from 0 to 100: of 100 answers, those that a person corrects",
        hint=f"etude advise --answer {CORRECTED.key}=30",
    )


def advise(session: Session, options: AdviseOptions | None = None) -> Advised:
    """The five questions, the red flags, the payback and the next step.

    Raises:
        DataError: the examples can't be used at all.
        StoreError: the disk is full or refuses.
    """
    options = options or AdviseOptions()
    with recorded(session, "advise", {}) as run:
        prepared, _ = prepare(session)
        session.store.describe_run(run.id, dataset=prepared.version.id)
        evidence = Evidence(
            task=session.taskfile.task,
            stated=stated(session),
            examples=of_examples(session, prepared),
            unworded=_unworded(session.taskfile.task),
            tried=newest(session, prepared),
            other_metric=other_metric(session),
        )
        answers = dict(options.answers)
        if options.ask is not None:
            answers |= _asked(options.ask, evidence, answers)
        advice = advised(_with(evidence, answers), dataset=prepared.version.id, created=now())
        folder = session.store.run_folder(run.id)
        atomic.write_text(folder / KEPT, advice.model_dump_json(indent=1))
    return Advised(advice, answers)


def _unworded(task: Task) -> bool:
    """Whether the instructions are still those that nobody wrote."""
    words = task.instructions.strip()
    return words in {*INSTRUCTIONS.values(), *WRITTEN.values(), DEFAULT_INSTRUCTIONS}


def _asked(ask: Ask, evidence: Evidence, answers: Mapping[str, str]) -> dict[str, str]:
    """What a person adds. How many answers are corrected today comes first: it answers others."""
    found: dict[str, str] = {}
    if evidence.tried is None and _with(evidence, answers).corrected is None:
        found |= checked(ask((), True))
    open_now = open_ones(advised(_with(evidence, {**answers, **found})))
    return found | checked(ask(open_now, False))


def _with(evidence: Evidence, answers: Mapping[str, str]) -> Evidence:
    """The evidence with what a person said: now, else in the task file."""
    opinions = evidence.task.advice
    said = _said(opinions, answers)
    now_said = answers.get(CORRECTED.key)
    corrected = float(now_said) if now_said is not None else opinions.corrected_per_100
    return evidence.model_copy(
        update={
            "said": said,
            "corrected": None if corrected is None else corrected / 100,
            "corrected_by": "you" if now_said is not None else "etude.yaml",
        }
    )


def _said(opinions: Opinions, answers: Mapping[str, str]) -> dict[str, Said]:
    found: dict[str, Said] = {}
    for key in ALL:
        written: Literal["yes", "no"] | None = getattr(opinions, key)
        if key in answers:
            found[key] = Said(reply="yes" if answers[key] == "yes" else "no", source="you")
        elif written is not None:
            found[key] = Said(reply=written, source="etude.yaml")
    return found
