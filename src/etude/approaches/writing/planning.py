"""What a training will be, before it begins: its settings, its size, and how long it takes.

Settings are what the task file says, with the rest by size; every combination of its sweep, or
lengths that double while dev gains by it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from etude.approaches._base import FitContext
from etude.approaches.writing.pairs import mean_tokens, token_pairs
from etude.approaches.writing.recipe import (
    MOST_BELIEVED,
    Recipe,
    prompting,
    source_of,
    with_teacher,
)
from etude.data.examples import Examples
from etude.models._fast import best_device
from etude.progress import Silent
from etude.training.lm.memory import Memory, available
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preflight import GB, Preflight, preflight
from etude.training.lm.settings import (
    LmSettings,
    default_settings,
    length_is_open,
    sweep,
    twice_as_long,
)
from etude.training.lm.teaching import needed

_OURS = ("method", "sweep", "preference", "track")
FEW, MORE = 8, 24
"""Examples that a teacher is timed on, those in its prompt among them: two counts, so that opening
the model is not taken for it."""


@dataclass(frozen=True)
class Planned:
    """Trainings that dev chooses among. ``settings``: those that are tried in any case.
    ``doubles``: then the best one twice as long, while that makes dev's answers better.
    ``untaught``: before that the best one without its teacher."""

    settings: tuple[LmSettings, ...]
    doubles: bool = False
    untaught: bool = False

    def without_teacher(self, best: LmSettings) -> LmSettings | None:
        """The best one as it would be without its teacher; None where it has none."""
        if not self.untaught or not best.teacher_share:
            return None
        return best.changed({"teacher_share": 0.0})

    def longer(self, best: LmSettings) -> LmSettings | None:
        """The best one twice as long; None where that is not to be tried."""
        return twice_as_long(best) if self.doubles else None

    @property
    def epochs(self) -> tuple[int, ...]:
        """Of every training that takes place however dev decides."""
        first = self.settings[0]
        further = (self.without_teacher(first), self.longer(first))
        return tuple(one.epochs for one in (*self.settings, *further) if one is not None)


def look_ahead(recipe: Recipe, examples: Examples, dev: Examples, context: FitContext) -> Preflight:
    """What the rung's training would be: its memory and time, and samples of what is learned.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    candidate = prompting(recipe, examples, recipe.prompt_for(context.task), context)
    pairs = token_pairs(candidate, examples)
    settings = planned(pairs, None, context).settings[0]
    source = source_of(context)
    found = preflight(source, pairs, token_pairs(candidate, dev), settings, timed=True)
    return found if recipe.taught is None else _with_teacher(found, context)


def epochs_planned(recipe: Recipe, examples: Examples, context: FitContext) -> tuple[int, ...]:
    """Epochs of every training that is tried in any case; ``look_ahead`` is about the first."""
    pairs = token_pairs(
        prompting(recipe, examples, recipe.prompt_for(context.task), context), examples
    )
    return planned(pairs, MOST_BELIEVED if recipe.taught else None, context).epochs


def teaching_seconds(recipe: Recipe, examples: Examples, context: FitContext) -> float:
    """Of asking the recipe's teacher about all of these examples; 0 where it has none."""
    if recipe.taught is None or not len(examples):
        return 0.0
    quiet = replace(context, progress=Silent(), memory=None)
    candidate = prompting(recipe, examples, recipe.prompt_for(context.task), quiet)

    def seconds(count: int) -> float:
        some = examples.take(range(count))
        pairs = token_pairs(candidate, some)
        started = time.perf_counter()
        with_teacher(recipe, some, pairs, quiet)
        return time.perf_counter() - started

    few, more = min(FEW, len(examples)), min(MORE, len(examples))
    least = seconds(few)
    if more == few:
        return least
    each = max(0.0, seconds(more) - least) / (more - few)
    return least + each * (len(examples) - few)


def look_at_teacher(recipe: Recipe, context: FitContext) -> None:
    """Say so where asking the recipe's teacher may not fit this machine."""
    if recipe.taught is not None and (advice := _teacher_advice(context)[1]):
        context.progress.say(f"{advice}.")


def _with_teacher(found: Preflight, context: FitContext) -> Preflight:
    """The same with what the teacher needs, which is asked before the training and gone by then."""
    memory, advice = _teacher_advice(context)
    more = max(found.memory, memory, key=lambda one: one.total)
    return replace(found, memory=more, advice=(*found.advice, *filter(None, [advice])))


def _teacher_advice(context: FitContext) -> tuple[Memory, str]:
    """Bytes that a teacher takes, and words where that is more than is free."""
    memory = needed(source_of(context), context.task.training.precision or "auto")
    free = available(best_device())
    if memory.total <= free:
        return memory, ""
    return memory, (
        f"Asking the teacher may not fit: about {memory.total / GB:.1f} GB are needed and "
        f"{free / GB:.1f} GB are free: take a smaller model, or leave bake out of the ladder"
    )


def planned(pairs: Sequence[TokenPair], share: float | None, context: FitContext) -> Planned:
    """What the task file says, with the rest by size: every combination of its sweep, or, where how
    long is open, one length to begin with. A teacher counts as far as dev's answers are better for it.

    Args:
        pairs: to train on.
        share: weight of a teacher, where the rung has one.
        context: of the fit.
    """
    said = context.task.training
    given: dict[str, Any] = {
        name: value
        for name, value in said.model_dump(exclude=set(_OURS)).items()
        if value is not None
    }
    if said.method != "auto":
        given["method"] = said.method
    if share is not None:
        given["teacher_share"] = share
    given |= {"seed": context.seed, "trackers": said.track}
    base = default_settings(source_of(context).parameters, len(pairs), mean_tokens(pairs), given)
    if said.sweep:
        declared = {name: list(map(_number, values)) for name, values in said.sweep.items()}
        return Planned(tuple(sweep(base, declared)), untaught=bool(share))
    return Planned((base,), doubles=length_is_open(base, given), untaught=bool(share))


def _number(value: object) -> object:
    """YAML takes ``1e-4`` for a text; a setting that is a number is meant as one."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def look_before(
    pairs: Sequence[TokenPair],
    kept: Sequence[TokenPair],
    wanted: Planned,
    context: FitContext,
) -> None:
    """Refuse what would be learned wrong and say what may not fit, before any training.

    Raises:
        ModelError: the model's template differs between training and answering.
        TrainingError: pairs that can't be learned from, or weights that can't fit this machine.
    """
    for settings in wanted.settings:
        found = preflight(source_of(context), pairs, kept, settings)
        for advice in found.advice:
            context.progress.say(f"This training may not fit: {advice}.")
