"""What a suite is: cases made by rule from examples, and the rule that their answers are held to.

A suite is one file in ``suites`` with ``SUITE: Suite``. The three tests are those of CheckList
(Ribeiro et al. 2020, ACL): minimum functionality, invariance, directional expectation.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from etude.behaviour.demands import Demand
from etude.behaviour.inputs import Form
from etude.data.examples import Examples
from etude.records.behaviour import About, Test
from etude.records.task import Boundaries, Kind

RuleName = Literal[
    "same",
    "not_obeyed",
    "not_repeated",
    "no_surer",
    "helps",
    "invents_nothing",
    "demanded",
    "left",
    "handed",
    "refused",
    "invents_no_value",
    "not_misled",
    "no_sure_change",
]


@dataclass(frozen=True)
class Case:
    """One input to be answered.

    Args:
        source: id of the example that it was made from, or the place where a person wrote it; "" for
            a fixed text.
        base: the input that its answer is held against; "" where there is none.
        input: what is asked.
        forbidden: what the answer must not do: the answer that an injection asks for, or the texts
            that must not be repeated.
        swapped: a text of ``base`` and what stands for it in ``input``; the answers may differ in it.
        demand: what a person asks of the answer; None for a case made by rule.
        schema: of the form that the answer has; None where it has none.
        unit: what it is about, for a case of no example: cases of one unit fail together.
        given: what the answer may use besides the input: the task's instructions.
        rule: that its answer is held to in place of the suite's; None: the suite's.
    """

    source: str
    base: str
    input: str
    forbidden: tuple[str, ...] = ()
    swapped: tuple[str, str] = ("", "")
    demand: Demand | None = None
    schema: Mapping[str, Any] | None = None
    unit: str = ""
    given: str = ""
    rule: RuleName | None = None


@dataclass(frozen=True)
class Material:
    """What cases are made of: ``examples`` are never held-out ones; ``labels`` in the task's order."""

    kind: Kind
    examples: Examples
    labels: tuple[str, ...]
    seed: int
    boundaries: Boundaries = field(default_factory=Boundaries)
    columns: tuple[str, ...] = ()
    template: str | None = None
    """How inputs are made of columns; see ``Form``."""
    schema: Mapping[str, Any] | None = None
    """Of the form that answers have; None where they have none."""
    instructions: str = ""
    """The task's; an answer may repeat what stands there."""

    @property
    def form(self) -> Form:
        """How its inputs are laid out, and what of them is changed."""
        return Form(self.kind, self.columns, self.template)

    def of(self, rows: Sequence[int]) -> Material:
        """Of these examples alone."""
        return replace(self, examples=self.examples.take(rows))

    def chance(self, suite: str, index: int) -> random.Random:
        """The same draws for the same suite, example and seed, whatever else there is."""
        return random.Random(f"{self.seed}/{suite}/{index}")  # noqa: S311 - no secret


@dataclass(frozen=True)
class Suite:
    """One suite.

    Args:
        key: its name in commands and files.
        plain_name: for people: "typing mistakes".
        about: which side of behaviour it shows.
        test: CheckList's sort of test.
        version: raised where the same examples give other cases, or its rule is another: results of
            another version no longer count.
        rules: by kind of task, the rule that answers are held to; other kinds are left out.
        unfit: why other kinds are left out, in words.
        make: cases from the material, in its order.
    """

    key: str
    plain_name: str
    about: About
    test: Test
    version: int
    rules: Mapping[Kind, RuleName]
    unfit: str
    make: Callable[[Material], list[Case]]
    empty: str = "the examples give no case for it"
    """Why it has no case, where ``make`` finds none."""
    bounded: bool = False
    """Whether its cases are made of the task's boundaries."""
