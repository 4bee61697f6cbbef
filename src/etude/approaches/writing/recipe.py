"""What differs between the rungs that train a language model: their prompts, and a teacher.

It knows prompts and pairs, and nothing of how a training goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from etude.approaches._base import FitContext
from etude.approaches.writing.candidate import WritingCandidate
from etude.approaches.writing.choosing import candidate_for
from etude.approaches.writing.settings import Settings
from etude.data.examples import Examples
from etude.models._base import Model, TunableCausal
from etude.records.task import WRITING, Task
from etude.training.lm.pairs import TokenPair

PASSAGES = 2
"""Passages of the knowledge in a prompt that is trained on: each makes every prompt longer."""
MOST_BELIEVED = 0.5
"""The most that a teacher can weigh against the ideal answer."""


@dataclass(frozen=True)
class Recipe:
    """``prompt``: what every prompt of this rung says. ``taught``: adds a teacher to the pairs
    (see ``baking``) and says what was found; None trains on the ideal answers alone. ``prefers``:
    goes on from the task's preferences where it has any, if dev agrees."""

    rung: str
    prompt: Settings
    taught: Teaching | None = None
    prefers: bool = False

    def prompt_for(self, task: Task) -> Settings:
        """What every prompt of this rung says in this task: where similar examples are looked up, so
        are passages of the knowledge, if there is any."""
        looked_up = self.prompt.near and task.data.knowledge and task.kind in WRITING
        return replace(self.prompt, passages=PASSAGES) if looked_up else self.prompt


@dataclass(frozen=True)
class Taught:
    """Pairs with a teacher, how much it weighs, and what a person should know of it.

    ``shown``: ids of the examples in its prompt."""

    pairs: list[TokenPair]
    share: float | None = None
    notes: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


Teaching = Callable[
    [Examples, list[TokenPair], FitContext, Sequence[str] | None],
    Taught,
]
"""Gives the pairs of these examples a teacher; the last says which examples it is shown, as an
earlier ``Taught.shown``, or None where it may choose."""


def why_not_tunable(model: Model) -> str | None:
    """None where the model's weights can be trained here."""
    if "tune_causal" in model.abilities:
        return None
    return (
        f"{model.name} can't be fine-tuned here: that needs a language model whose weights are on "
        "this machine"
    )


def source_of(context: FitContext) -> TunableCausal:
    """The model that is trained."""
    return cast("TunableCausal", context.model)


def prompting(
    recipe: Recipe, examples: Examples, prompt: Settings, context: FitContext
) -> WritingCandidate:
    """The untrained model with the prompts that it is trained on."""
    return candidate_for(recipe.rung, examples, prompt.to_json(), context, source_of(context))


def with_teacher(
    recipe: Recipe,
    examples: Examples,
    pairs: list[TokenPair],
    context: FitContext,
    shown: Sequence[str] | None = None,
) -> Taught:
    """The pairs with the recipe's teacher, where it has one (see ``Teaching``)."""
    if recipe.taught is None:
        return Taught(pairs)
    return recipe.taught(examples, pairs, context, shown)
