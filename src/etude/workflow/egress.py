"""What would leave this machine: said before every run, and asked where there is anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from etude.errors import UsageError
from etude.evaluation.parts import Layout
from etude.evaluation.stages import Entrant
from etude.records.task import ModelRef, OpenAIModel
from etude.workflow.session import Session

BYTES_PER_TOKEN = 4
"""Of English text, roughly; the estimate is of an order, the spend limit is exact."""
ANSWER_TOKENS = 8
VARIANTS = 4
"""Settings tried on dev a rung, about."""
SHOTS = 12
"""Examples in a few-shot prompt, about."""


@dataclass(frozen=True)
class Egress:
    """What a run would send: to which host, how many rows, at about what price."""

    host: str
    model: str
    rows: int
    requests: int
    price: float
    currency: str
    spend_limit: float | None

    @property
    def sentence(self) -> str:
        """For the question."""
        limit = (
            f"; stops before {self.spend_limit:g} {self.currency} are passed"
            if self.spend_limit is not None else "; no spend limit is set"
        )
        return (
            f"{self.rows:,} rows go to {self.host} ({self.model}) in about {self.requests:,} "
            f"requests, for about {self.price:,.2f} {self.currency}{limit}."
        )


def announce(
    session: Session, layout: Layout, taking_part: Sequence[Entrant],
    confirm: Callable[[Egress], bool] | None,
) -> tuple[str, ...]:
    """Say that nothing leaves this machine, or name what would and ask. The hosts, if any.

    Raises:
        UsageError: something would leave and nobody agreed.
    """
    planned = [
        _planned(session, layout, reference, reference.openai, taking_part)
        for reference in session.taskfile.task.models if reference.openai is not None
    ]
    if not planned:
        session.say("Nothing leaves this machine.")
        return ()
    for egress in planned:
        session.say(egress.sentence)
        if confirm is None or not confirm(egress):
            raise UsageError(
                f"nobody agreed to send rows to {egress.host}", where="etude.yaml, models",
                hint="add --yes to agree, or take the endpoint out of models",
            )
    return tuple(dict.fromkeys(egress.host for egress in planned))


def _planned(
    session: Session, layout: Layout, reference: ModelRef, endpoint: OpenAIModel,
    taking_part: Sequence[Entrant],
) -> Egress:
    task = session.taskfile.task
    rungs = [e.approach.key for e in taking_part if e.reference.name == reference.name]
    part = layout.parts[0]
    inputs = part.train.inputs + part.dev.inputs + part.scored.inputs
    mean_input = sum(len(text.encode()) for text in inputs) / max(1, len(inputs))
    labels = task.labels or {}
    instructions = len(task.instructions.encode()) + sum(
        len(name) + len(meaning) for name, meaning in labels.items()
    )
    requests = tokens = 0.0
    for rung in rungs:
        count = sum(VARIANTS * min(len(p.dev), 100) + len(p.scored) for p in layout.parts)
        shots = 0 if rung == "prompt" else SHOTS
        requests += count
        tokens += count * (instructions + (1 + shots) * mean_input) / BYTES_PER_TOKEN
    price = (tokens * endpoint.price_in + requests * ANSWER_TOKENS * endpoint.price_out) / 1e6
    return Egress(
        host=urlsplit(endpoint.base_url).hostname or endpoint.base_url, model=endpoint.model,
        rows=len(inputs), requests=int(requests), price=price,
        currency=task.economics.currency, spend_limit=endpoint.spend_limit,
    )
