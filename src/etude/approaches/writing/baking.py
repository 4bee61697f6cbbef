"""The teacher of the rung "baked in": the same model, with the long prompt in front of it.

Its distribution over each token of the ideal answer is computed once, before training. It is
believed as far as it knows the answers: its weight against the ideal answer is half of the
probability that it gives, on average, to the ideal answer's tokens, or nothing where dev's answers
are no better for it. Examples that stand in its prompt, and others of their groups, are learned
from without it: it could copy them.

Source: prompt distillation as in Askell et al. 2021 (context distillation), on given answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from etude.approaches._base import FitContext
from etude.approaches.writing.choosing import candidate_for
from etude.approaches.writing.pairs import token_pairs
from etude.approaches.writing.recipe import MOST_BELIEVED, Taught
from etude.approaches.writing.searching import spread
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BASE
from etude.data.examples import Examples
from etude.models._base import TunableCausal
from etude.training.lm.pairs import TokenPair
from etude.training.lm.teaching import teach

FIXED = 4
"""Examples in the teacher's prompt, where the window has room for them."""


def taught_by_the_prompt(
    examples: Examples, pairs: list[TokenPair], context: FitContext, shown: Sequence[str] | None
) -> Taught:
    """``pairs`` (short prompts) with what the model says to them with the long one.

    ``shown``: ids of the examples in the teacher's prompt, as a training before chose them; None
    chooses those that cover the rest.
    """
    source = cast("TunableCausal", context.model)
    if shown is None:
        rows = spread(examples, min(FIXED, len(examples)), context.labels)
        shown = [examples.ids[row] for row in rows]
    long = _asked(examples, shown, context, source)
    asked = [row for row in _apart(examples, long.shown) if len(long.pairs[row]) <= source.window]
    training = context.task.training
    answers = teach(
        source,
        [long.pairs[row] for row in asked],
        context.progress,
        precision=training.precision or "auto",
        sharing=training.sharing or "auto",
        memory=context.memory,
    )
    tokens = sum(len(pairs[row].target) for row in asked)
    known = sum(said.known for said in answers) / tokens if tokens else 0.0
    taught = list(pairs)
    for row, said in zip(asked, answers, strict=True):
        taught[row] = replace(pairs[row], teacher=said.teacher)
    share = round(MOST_BELIEVED * known, 3)
    return Taught(taught, share, _told(long.pairs, pairs, known, share), long.shown)


def _told(
    long: Sequence[TokenPair], short: Sequence[TokenPair], known: float, share: float
) -> tuple[str, ...]:
    before = float(np.mean([len(pair.prompt) for pair in long]))
    after = float(np.mean([len(pair.prompt) for pair in short]))
    return (
        f"a prompt has {after:,.0f} tokens where the instructions and examples had "
        f"{before:,.0f}: {1 - after / before:.0%} of them are saved on every request",
        f"the untrained model gives the ideal answers' tokens a probability of {known:.2f} on "
        f"average, so it may count {share:.2f} as a teacher",
    )


@dataclass(frozen=True)
class _Asked:
    """Pairs with the teacher's prompt, and the ids of the examples that stand in it."""

    pairs: list[TokenPair]
    shown: tuple[str, ...]


def _asked(
    examples: Examples, shown: Sequence[str], context: FitContext, source: TunableCausal
) -> _Asked:
    """As many of ``shown`` as the window takes."""
    made = _Asked([], ())
    for count in dict.fromkeys((len(shown), min(2, len(shown)), 0)):
        settings = Settings(BASE, 0, mended=tuple(shown[:count]))
        teacher = candidate_for("bake", examples, settings.to_json(), context, source)
        made = _Asked(token_pairs(teacher, examples), settings.mended)
        if max(len(pair) for pair in made.pairs) <= source.window:
            return made
    return made


def _apart(examples: Examples, shown: Sequence[str]) -> list[int]:
    """Positions of the examples that nothing of their group stands in the teacher's prompt."""
    ids = set(shown)
    groups = {group for one, group in zip(examples.ids, examples.groups, strict=True) if one in ids}
    return [row for row, group in enumerate(examples.groups) if group not in groups]
