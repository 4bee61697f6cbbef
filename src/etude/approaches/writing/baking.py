"""The teacher of the rung "baked in": the same model, with the long prompt in front of it.

Its distribution over each token of the ideal answer is computed once, before training. It is
believed as far as it knows the answers: its weight against the ideal answer is half of the
probability that it gives, on average, to the ideal answer's tokens.

Source: prompt distillation as in Askell et al. 2021 (context distillation), on given answers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np

from etude.approaches._base import FitContext
from etude.approaches.writing.candidate import Settings
from etude.approaches.writing.choosing import candidate_for
from etude.approaches.writing.pairs import token_pairs
from etude.approaches.writing.recipe import Taught
from etude.approaches.writing.wording import BASE
from etude.data.examples import Examples
from etude.models._base import TunableCausal
from etude.training.lm.pairs import TokenPair
from etude.training.lm.teaching import teach

FIXED = 4
"""Examples in the teacher's prompt, where the window has room for them."""
MOST_BELIEVED = 0.5


def taught_by_the_prompt(examples: Examples, pairs: list[TokenPair], context: FitContext) -> Taught:
    """``pairs`` (short prompts) with what the model says to them with the long one."""
    source = cast("TunableCausal", context.model)
    long = _long_pairs(examples, context, source)
    teachers, known = teach(source, long, context.progress)
    share = round(MOST_BELIEVED * known, 3)
    before = float(np.mean([len(pair.prompt) for pair in long]))
    after = float(np.mean([len(pair.prompt) for pair in pairs]))
    return Taught(
        [replace(pair, teacher=teacher) for pair, teacher in zip(pairs, teachers, strict=True)],
        share,
        (
            f"a prompt has {after:,.0f} tokens where the instructions and examples had "
            f"{before:,.0f}: {1 - after / before:.0%} of them are saved on every request",
            f"the untrained model gives the ideal answers' tokens a probability of {known:.2f} on "
            f"average, so it counts {share:.2f} as a teacher",
        ),
    )


def _long_pairs(examples: Examples, context: FitContext, source: TunableCausal) -> list[TokenPair]:
    """Pairs with the teacher's prompt: as many fixed examples as the window takes."""
    for count in (FIXED, 2, 0):
        settings = Settings(BASE, 0, fixed=min(count, len(examples)))
        teacher = candidate_for("bake", examples, settings.to_json(), context, source)
        pairs = token_pairs(teacher, examples)
        if max(len(pair) for pair in pairs) <= source.window:
            return pairs
    return pairs
