"""How long a comparison will take, said before it starts: measured speeds times the work.

Encoders are timed on a few texts. A language model is timed on a few answers, and its training on
a few steps where the rung can look ahead; the rest is counting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, cast

from etude.approaches import approach
from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.evaluation.latency import BATCH_BUDGET_S, SINGLE_BUDGET_S
from etude.evaluation.parts import Layout, Part
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import ChatModel, ChatRequest, Embedder
from etude.progress import Silent
from etude.workflow import rehearsal

if TYPE_CHECKING:
    # Brings torch, which `check` and `--help` do without.
    from etude.training.lm.preflight import Preflight

SAMPLE = 48
TRAIN_OVER_FORWARD = 3.0
"""A training step against a forward pass over the same text."""
FIXED_S = 20.0
"""Timing, statistics and the cheap rungs."""
ASKED = 4
"""Requests that a language model is timed on, all at once."""


def announce(
    stages: Stages, layout: Layout, taking_part: Sequence[Entrant], seeds: int | None
) -> None:
    """Say about how many minutes the local work takes if nothing of it is cached."""
    local = [entrant for entrant in taking_part if entrant.reference.openai is None]
    if not local:
        return
    with stages.progress.step("timing a few answers and steps of training"):
        seconds = FIXED_S + _embedding(local, layout)
        for entrant in local:
            if "tune_encoder" in entrant.model.abilities:
                seconds += _encoder(entrant, layout, seeds)
            elif isinstance(entrant.model, ChatModel):
                seconds += _language_model(stages, entrant, layout, seeds)
    stages.progress.say(f"About {_said(seconds)} of work, if none is cached.")


def _said(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes >= 120:
        return f"{minutes / 60:.0f} hours"
    return f"{minutes} minute{'s' if minutes > 1 else ''}"


def _embedding(local: Sequence[Entrant], layout: Layout) -> float:
    """Seconds of embedding every text once for every embedder."""
    part, seconds = layout.parts[0], 0.0
    models = {e.fingerprint: e for entrant in local if (e := _embedder(entrant)) is not None}
    for embedder in models.values():
        each = _seconds_a_text(embedder, part.train.inputs)
        seconds += each * (len(part.train) + len(part.dev) + len(part.scored))
    return seconds


def _embedder(entrant: Entrant) -> Embedder | None:
    if entrant.lookup is not None:
        return entrant.lookup
    return entrant.model if isinstance(entrant.model, Embedder) else None


def _seconds_a_text(embedder: Embedder, inputs: Sequence[str]) -> float:
    texts = inputs[:SAMPLE]
    embedder.embed(texts[:4])
    started = time.perf_counter()
    embedder.embed(texts)
    return (time.perf_counter() - started) / max(1, len(texts))


def _encoder(entrant: Entrant, layout: Layout, asked: int | None) -> float:
    """Seconds of fine-tuning an encoder, over all parts and seeds."""
    if not entrant.approach.seeded:
        return 0.0
    epochs = getattr(entrant.approach, "expected_epochs", None)
    passes = 0.0
    for part in layout.parts:
        count = len(part.train)
        each = epochs(count) if epochs else 10.0
        fits = len(layout.seeds(True, asked)) + 1
        passes += TRAIN_OVER_FORWARD * each * count * fits
    texts = layout.parts[0].train.inputs
    return passes * _seconds_a_text(cast("Embedder", entrant.model), texts)


@dataclass(frozen=True)
class _Work:
    """Of one rung with a language model in one part: requests while it chooses and while it is
    scored, and trainings while it chooses."""

    choosing: int
    scoring: int
    trainings: int


def _language_model(stages: Stages, entrant: Entrant, layout: Layout, asked: int | None) -> float:
    """Seconds of a rung: its prompts, its trainings and its answers in every part, and timing."""
    part = layout.parts[0]
    context = stages.context(entrant, 0, Path())
    silent = replace(context, progress=Silent())
    work, requests = _work(stages, entrant, part)
    answer_s = _seconds_an_answer(cast("ChatModel", entrant.model), requests)
    seconds = 0.0
    ahead = _training(entrant, part, silent) if work.trainings else 0.0
    for one in layout.parts:
        size = len(one.train) / max(1, len(part.train))
        seeds = len(layout.seeds(entrant.approach.seeded, asked))
        seconds += seeds * (work.choosing * answer_s + work.trainings * ahead * size)
        # The chosen setting is fitted once more, on dev too, and answers what is scored.
        seconds += len(one.scored) * answer_s + (ahead * size if work.trainings else 0.0)
    return seconds + SINGLE_BUDGET_S + BATCH_BUDGET_S


def _work(stages: Stages, entrant: Entrant, part: Part) -> tuple[_Work, list[ChatRequest]]:
    """What the rung will do, and some of what it will ask."""
    if entrant.approach.seeded:
        sweep = prod(len(values) for values in stages.task.training.sweep.values())
        # What a trained model is asked is the plain prompt, about.
        asking = replace(entrant, approach=approach("prompt"))
        plain = rehearsal.comparing(stages, asking, [part])
        return _Work(len(part.dev) * sweep, len(part.scored), sweep), plain
    requests = rehearsal.comparing(stages, entrant, [part])
    return _Work(max(0, len(requests) - len(part.scored)), len(part.scored), 0), requests


def _seconds_an_answer(model: ChatModel, requests: Sequence[ChatRequest]) -> float:
    """Of requests that stand all over the list, asked together; with half the room that an answer
    may take, since a model that knows the task stops of itself."""
    step = max(1, len(requests) // ASKED)
    few = [replace(r, max_tokens=max(1, r.max_tokens // 2)) for r in requests[::step][:ASKED]]
    if not few:
        return 0.0
    model.complete(few[:1])
    started = time.perf_counter()
    model.complete(few)
    return (time.perf_counter() - started) / len(few)


def _training(entrant: Entrant, part: Part, context: FitContext) -> float:
    """Seconds of one training on the part, by the rung's own look ahead; 0 where it has none."""
    look: Callable[[Examples, Examples, FitContext], Preflight | None] | None
    look = getattr(entrant.approach, "look", None)
    found = look(part.train, part.dev, context) if look is not None else None
    return found.seconds or 0.0 if found is not None else 0.0
