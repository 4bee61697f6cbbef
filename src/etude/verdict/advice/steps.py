"""The next step: the first of these that applies, from what would spoil everything else to fine-tuning.

A fault in the work itself comes before one in the examples, that before instructions, and those before
training. More examples are asked for only once the simple ways were tried on those that there are.
"""

from __future__ import annotations

from collections.abc import Callable

from etude.records.advice import Step
from etude.verdict.advice import before, trying
from etude.verdict.advice.case import Case

ORDER: tuple[Callable[[Case], Step | None], ...] = (
    before.state_it,
    before.clean,
    before.good_enough,
    before.change_workflow,
    before.connect,
    trying.try_first,
    before.add_examples,
    trying.measure_again,
    trying.sharpen_untried,
    trying.not_worth_it,
    trying.measure,
    trying.does_not_pay,
    trying.fine_tune,
    trying.more_examples_decide,
)


def next_step(case: Case) -> Step:
    """The first that applies; where none does, better instructions."""
    steps = (rule(case) for rule in ORDER)
    return next((step for step in steps if step is not None), None) or trying.learning_adds_little(
        case
    )
