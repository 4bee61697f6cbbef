"""What would leave this machine: said before every run, and asked where there is anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from etude.data.examples import Examples
from etude.errors import UsageError
from etude.evaluation.parts import Layout, Part
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import ChatRequest
from etude.models.openai import EndpointModel
from etude.workflow import rehearsal

BYTES_PER_TOKEN = 4
"""Of English text, roughly; the estimate is of an order, the spend limit is exact."""
LABEL_TOKENS = 12
"""A label as JSON, about."""
ANSWERS_LOOKED_AT = 1_000
"""Ideal answers that the length of an answer is estimated from."""


@dataclass(frozen=True)
class Egress:
    """What a run would send: to which host, how many rows, at about what price.

    Requests that are answered already are kept and left out.
    """

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
            if self.spend_limit is not None
            else "; no spend limit is set"
        )
        rows = f"{self.rows:,} row{'s go' if self.rows != 1 else ' goes'}"
        requests = f"{self.requests:,} request{'s' if self.requests != 1 else ''}"
        return (
            f"{rows} to {self.host} ({self.model}) in about {requests}, for about "
            f"{_amount(self.price)} {self.currency}{limit}."
        )


Confirm = Callable[[Egress], bool]


def _amount(price: float) -> str:
    """Cents, and where there are none, the first figures."""
    return f"{price:,.2f}" if price >= 0.1 or price == 0 else f"{price:.2g}"


def announce(
    stages: Stages,
    layout: Layout,
    taking_part: Sequence[Entrant],
    confirm: Confirm | None,
    last: Part | None = None,
) -> tuple[str, ...]:
    """Say that nothing leaves this machine, or name what would and ask. The hosts, if any.

    ``last``: everything, where the recommended candidate is fitted on it in the end. Which one
    that is nobody knows yet, so the one that asks most is counted.

    Raises:
        UsageError: something would leave and nobody agreed.
    """
    by_model: dict[str, list[Entrant]] = {}
    for entrant in taking_part:
        if entrant.reference.openai is not None:
            by_model.setdefault(entrant.reference.name, []).append(entrant)
    part = layout.parts[0]
    rows = len(part.train) + len(part.dev) + len(part.scored)
    planned = []
    for entrants in by_model.values():
        requests: dict[ChatRequest, None] = {}
        for entrant in entrants:
            requests |= dict.fromkeys(
                rehearsal.comparing(stages, entrant, layout.parts, repeated=True)
            )
        if last is not None:
            kept = [rehearsal.comparing(stages, entrant, [last]) for entrant in entrants]
            most = max(kept, key=len)
            requests |= dict.fromkeys(most)
        tokens = answer_tokens(stages, part.fitted_on)
        planned.append(planned_for(stages, entrants[0], rows, list(requests), tokens))
    return agree(stages, planned, confirm)


def answer_tokens(stages: Stages, examples: Examples) -> float:
    """Tokens of an answer, about: as long as the ideal ones on average."""
    looked = examples.targets[:ANSWERS_LOOKED_AT]
    if stages.labels or not looked:
        return LABEL_TOKENS
    return sum(len(text.encode()) for text in looked) / len(looked) / BYTES_PER_TOKEN


def planned_for(
    stages: Stages,
    entrant: Entrant,
    rows: int,
    requests: Sequence[ChatRequest],
    answer: float = LABEL_TOKENS,
) -> Egress:
    """These requests to the entrant's endpoint, less those that are answered already.

    ``answer``: tokens of an answer.
    """
    endpoint = cast("EndpointModel", entrant.model)
    settings = endpoint.settings
    fresh = endpoint.unanswered(requests)
    tokens = sum(len(m.content.encode()) for r in fresh for m in r.messages) / BYTES_PER_TOKEN
    price = (tokens * settings.price_in + len(fresh) * answer * settings.price_out) / 1e6
    return Egress(
        host=endpoint.host,
        model=settings.model,
        rows=rows,
        requests=len(fresh),
        price=price,
        currency=stages.task.economics.currency,
        spend_limit=settings.spend_limit,
    )


def agree(stages: Stages, planned: Sequence[Egress], confirm: Confirm | None) -> tuple[str, ...]:
    """Say what is planned and ask about each.

    Raises:
        UsageError: something would leave and nobody agreed.
    """
    if not planned:
        stages.progress.say("Nothing leaves this machine.")
    for egress in planned:
        stages.progress.say(egress.sentence)
        if confirm is None or not confirm(egress):
            raise UsageError(
                f"nobody agreed to send rows to {egress.host}",
                where="etude.yaml, models",
                hint="add --yes to agree, or take the endpoint out of models",
            )
    return tuple(dict.fromkeys(egress.host for egress in planned))
