"""What the suites ask: examples that are drawn, cases that are made of them, and what would be sent.

It knows cases and where they come from, and nothing of how they are answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from etude.approaches._base import Choice
from etude.behaviour.cases import Case, Material, Suite
from etude.data.examples import Examples
from etude.data.stored import Prepared
from etude.errors import DataError, UsageError
from etude.evaluation.handover import asked_of
from etude.evaluation.stages import Stages
from etude.records.behaviour import LeftOut
from etude.records.task import FREE
from etude.workflow import egress, rehearsal
from etude.workflow.finalist import Finalist
from etude.workflow.layout import layout_of

NOTHING_LEFT_OUT: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Plan:
    """The cases of each suite, and every input that they ask, each once."""

    cases: tuple[tuple[Suite, tuple[Case, ...]], ...]
    ordinary: tuple[str, ...]
    """Inputs as they are: how sure a candidate usually is, is read off them."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is asked, in order."""
        asked = [t for _, cases in self.cases for c in cases for t in (c.base, c.input)]
        bare = {case.input for _, cases in self.cases for case in cases}
        return tuple(dict.fromkeys(t for t in (*self.ordinary, *asked) if t or t in bare))


@dataclass(frozen=True)
class Drawn:
    """Examples to make cases from, of so many that there are; ``unseen``: whether the kept candidates
    were fitted without them."""

    examples: Examples
    pool: int
    unseen: bool


def drawn(prepared: Prepared, stages: Stages, count: int, seed: int) -> Drawn:
    """At most ``count`` examples to make cases from.

    In cross-fitting those are of the fold that the kept candidates have not seen. With a holdout
    they are the ones set apart for calibration, else dev.

    Raises:
        DataError: none is left.
    """
    part = layout_of(prepared, True, asked_of(stages.judge) is not None).parts[0]
    if prepared.version.scheme == "cross_fitting":
        pool, unseen = part.scored, True
    elif part.calibration is not None:
        pool, unseen = part.calibration, True
    else:
        pool, unseen = part.dev, False
    if not len(pool):
        raise DataError(
            "no example is left to make cases from",
            where="the dev examples",
            hint="etude check says how the examples are split",
        )
    chance = np.random.default_rng(seed)
    picked = np.sort(chance.permutation(len(pool))[:count])
    return Drawn(pool.take(picked), len(pool), unseen)


def planned(
    material: Material,
    chosen: Sequence[Suite],
    checked: bool,
    without: Mapping[str, str] = NOTHING_LEFT_OUT,
) -> tuple[Plan, tuple[LeftOut, ...]]:
    """The cases of the suites that fit, and the suites that don't, each with the reason.

    ``checked``: the task has checks that tell whether two texts are as good. ``without``: suites that
    the task file leaves out, and why.

    Raises:
        UsageError: none fits.
    """
    cases, left = [], []
    for one in chosen:
        rule = one.rules.get(material.kind)
        reason = without.get(one.key) or (one.unfit if rule is None else "")
        if rule == "same" and material.kind in FREE and not checked:  # same by the checks they pass
            reason = "the task has no checks that tell whether two texts are as good"
        made = () if reason else tuple(one.make(material))
        if made:
            cases.append((one, made))
        else:
            reason = reason or one.empty
            left.append(LeftOut(suite=one.key, plain_name=one.plain_name, reason=reason))
    if not cases:
        raise UsageError(
            "none of these suites fits the task",
            where="etude behave",
            expected="one that does",
            hint="; ".join(f"{one.suite}: {one.reason}" for one in left),
        )
    return Plan(tuple(cases), material.examples.inputs), tuple(left)


def to_send(
    stages: Stages, prepared: Prepared, finalists: Sequence[Finalist], plan: Plan
) -> list[egress.Egress]:
    """What would leave this machine, a candidate of an endpoint at a time, less the answers kept."""
    found = []
    for one in finalists:
        entrant = one.entrant
        if entrant.reference.openai is None:
            continue
        examples = prepared.train().join(prepared.dev())
        if prepared.version.scheme == "cross_fitting":
            examples = prepared.everything()
        settings = {"temperature": 1.0, **one.report.settings}
        choice = Choice(settings=settings, dev_value=0.0, trials=())
        requests = rehearsal.answering(stages, entrant, examples, choice, plan.texts)
        tokens = egress.answer_tokens(stages, examples)
        found.append(egress.planned_for(stages, entrant, len(plan.texts), requests, tokens))
    return found
