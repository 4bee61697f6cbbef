"""How long a comparison will take, said before it starts: a measured speed times the work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from etude.evaluation.parts import Layout
from etude.evaluation.stages import Entrant
from etude.models._base import Embedder
from etude.workflow.session import Session

SAMPLE = 48
TRAIN_OVER_FORWARD = 3.0
"""A training step against a forward pass over the same text."""
FIXED_S = 20.0
"""Timing, statistics and the cheap rungs."""


def announce(session: Session, layout: Layout, taking_part: Sequence[Entrant]) -> None:
    """Say about how many minutes the local work takes if nothing of it is cached."""
    seconds = FIXED_S
    local = {e.model.fingerprint: e for e in taking_part if isinstance(e.model, Embedder)}
    if not local:
        return
    for fingerprint, entrant in local.items():
        each = _seconds_a_text(entrant, layout)
        part = layout.parts[0]
        seconds += each * len(part.train.inputs + part.dev.inputs + part.scored.inputs)
        for other in taking_part:
            if other.model.fingerprint == fingerprint and other.approach.seeded:
                seconds += each * _training_passes(session, other, layout)
    minutes = max(1, round(seconds / 60))
    session.say(f"About {minutes} minute{'s' if minutes > 1 else ''} of work, if none is cached.")


def _seconds_a_text(entrant: Entrant, layout: Layout) -> float:
    assert isinstance(entrant.model, Embedder)
    texts = layout.parts[0].train.inputs[:SAMPLE]
    entrant.model.embed(texts[:4])
    started = time.perf_counter()
    entrant.model.embed(texts)
    return (time.perf_counter() - started) / max(1, len(texts))


def _training_passes(session: Session, entrant: Entrant, layout: Layout) -> float:
    """Forward passes that fine-tuning is worth, over all parts and seeds."""
    epochs = getattr(entrant.approach, "expected_epochs", None)
    total = 0.0
    for part in layout.parts:
        seeds = len(layout.seeds(entrant.approach.seeded, None))
        count = len(part.train)
        passes = epochs(count) if epochs else 10.0
        total += TRAIN_OVER_FORWARD * passes * count * (seeds + 1)
    return total
