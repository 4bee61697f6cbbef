"""How long the stages of a rung take on this machine, measured on a little of the work.

Encoders are timed on a few texts. A language model is timed on a few answers, its training on a few
steps and its teacher on a few examples, where the rung can look ahead; the rest is counting.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from etude.approaches import approach
from etude.approaches._base import FitContext
from etude.data.examples import Examples
from etude.evaluation.beginning import BUDGET_S as FIRST_BUDGET_S
from etude.evaluation.latency import BATCH_BUDGET_S, SINGLE_BUDGET_S
from etude.evaluation.parts import Part
from etude.evaluation.remaining import Left
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import ChatModel, ChatRequest, Embedder
from etude.progress import Silent
from etude.records.task import WRITING
from etude.workflow import rehearsal

if TYPE_CHECKING:
    # Brings torch, which `check` and `--help` do without.
    from etude.training.lm.preflight import Preflight

SAMPLE = 48
"""Texts that an encoder is timed on."""
TRAIN_OVER_FORWARD = 3.0
"""A training step against a forward pass over the same text."""
ASKED = 4
"""Requests that a language model is timed on, all at once."""
CHEAP_S = 0.5
"""A stage of a rung that neither writes nor trains a model."""
AN_ENDPOINT_S = 1.0
"""A request to an endpoint, against the other stages of progress."""


@dataclass(frozen=True)
class Speeds:
    """Seconds of a rung's stages in a part with ``rows`` training examples; others go by size.

    ``choose``: one seed. ``fit``: without the answers, of which each takes ``answer``.
    """

    rows: int
    choose: float
    fit: float
    answer: float
    timing: float

    def choosing(self, part: Part) -> float:
        """Of one seed in this part."""
        return self.choose * len(part.train) / max(1, self.rows)

    def fitting(self, part: Part) -> float:
        """Of fitting in this part, and answering what is scored there."""
        return self.fit * len(part.train) / max(1, self.rows) + self.answer * len(part.asked)


def of_local(stages: Stages, entrant: Entrant, part: Part, *, work: bool) -> Speeds:
    """Of a rung with a model on this machine. ``work``: more than latency is to be measured."""
    writes = isinstance(entrant.model, ChatModel)
    timing = SINGLE_BUDGET_S + BATCH_BUDGET_S if writes else CHEAP_S
    if writes and stages.task.kind in WRITING:
        timing += FIRST_BUDGET_S
    if not work:
        return Speeds(len(part.train), 0.0, 0.0, 0.0, timing)
    if writes:
        return _of_language_model(stages, entrant, part, timing)
    if entrant.approach.seeded and "tune_encoder" in entrant.model.abilities:
        return _of_encoder(entrant, part, timing)
    return Speeds(len(part.train), CHEAP_S, CHEAP_S, 0.0, timing)


def of_endpoint(left: Sequence[Left], asked: Sequence[ChatRequest]) -> Speeds:
    """Of a rung with an endpoint, by its requests: only how they compare with one another counts,
    for what all of them take is known better (``Egress.seconds``)."""
    scored = sum(len(one.part.asked) for one in left if one.fit)
    choices = sum(len(one.seeds) for one in left)
    choose = AN_ENDPOINT_S * max(0, len(asked) - scored) / max(1, choices)
    return Speeds(len(left[0].part.train), choose, 0.0, AN_ENDPOINT_S, 0.0)


def seconds_a_text(embedder: Embedder, inputs: Sequence[str]) -> float:
    """Of embedding one of these texts among others."""
    texts = inputs[:SAMPLE]
    embedder.embed(texts[:4])
    started = time.perf_counter()
    embedder.embed(texts)
    return (time.perf_counter() - started) / max(1, len(texts))


def _of_encoder(entrant: Entrant, part: Part, timing: float) -> Speeds:
    """By the epochs that trainings usually have: one that has learned its examples stops."""
    each = seconds_a_text(cast("Embedder", entrant.model), part.train.inputs)
    ahead: Callable[[int], tuple[int, int]] | None
    ahead = getattr(entrant.approach, "epochs_ahead", None)
    choosing, fitting = ahead(len(part.train)) if ahead is not None else (1, 1)
    a_pass = TRAIN_OVER_FORWARD * each
    return Speeds(
        rows=len(part.train),
        choose=choosing * (a_pass * len(part.train) + each * len(part.dev)),
        fit=fitting * a_pass * len(part.fitted_on),
        answer=each,
        timing=timing,
    )


def _of_language_model(stages: Stages, entrant: Entrant, part: Part, timing: float) -> Speeds:
    context = replace(stages.context(entrant, 0, Path()), progress=Silent())
    model = cast("ChatModel", entrant.model)
    if not entrant.approach.seeded:
        requests = rehearsal.comparing(stages, entrant, [part])[0]
        answer = _seconds_an_answer(model, requests)
        tried = max(0, len(requests) - len(part.asked))
        return Speeds(len(part.train), tried * answer, 0.0, answer, timing)
    # What a trained model is asked is the plain prompt, about.
    asking = replace(entrant, approach=approach("prompt"))
    answer = _seconds_an_answer(model, rehearsal.comparing(stages, asking, [part])[0])
    training, teaching = _training(entrant, part, context), _teaching(entrant, part, context)
    epochs = _epochs(entrant, part, context)
    an_epoch = training / epochs[0]
    asked = len(epochs) * answer * len(part.dev)
    return Speeds(
        rows=len(part.train),
        choose=teaching + an_epoch * sum(epochs) + asked,
        fit=(teaching + an_epoch * max(epochs)) * len(part.fitted_on) / max(1, len(part.train)),
        answer=answer,
        timing=timing,
    )


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


def _epochs(entrant: Entrant, part: Part, context: FitContext) -> tuple[int, ...]:
    """Epochs of every training that dev will choose among; the first is what ``_training`` times."""
    planned: Callable[[Examples, FitContext], tuple[int, ...]] | None
    planned = getattr(entrant.approach, "epochs_planned", None)
    return planned(part.train, context) if planned is not None else (1,)


def _teaching(entrant: Entrant, part: Part, context: FitContext) -> float:
    """Seconds of asking the rung's teacher about every training example; 0 where it has none."""
    teaching: Callable[[Examples, FitContext], float] | None
    teaching = getattr(entrant.approach, "teaching_seconds", None)
    return teaching(part.train, context) if teaching is not None else 0.0
