"""What would leave this machine: said before every run, and asked where there is anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

from etude.data.examples import Examples
from etude.errors import UsageError
from etude.evaluation.parts import Layout
from etude.evaluation.stages import Entrant, Stages
from etude.models._base import ChatRequest
from etude.models._improving import improving
from etude.models.openai import EndpointModel
from etude.workflow.rehearsal import Asked

BYTES_PER_TOKEN = 4
"""Of English text, roughly; the estimate is of an order, the spend limit is exact."""
LABEL_TOKENS = 12
"""A label as JSON, about."""
REWRITTEN_TOKENS = 500
"""Rewritten instructions, about."""
ANSWERS_LOOKED_AT = 1_000
"""Ideal answers that the length of an answer is estimated from."""


ASSUMED_ANSWER_S = 2.0
"""Of an endpoint that nothing has been asked yet: usual for a short answer of a hosted model."""


@dataclass(frozen=True)
class Egress:
    """What a run would send: to which host, how many rows, at about what price.

    Answers that are kept are not asked for again, and their requests are left out. ``answer_s``:
    seconds of an answer, the median of those that are kept; None where none is.
    """

    host: str
    model: str
    rows: int
    requests: int
    price: float
    currency: str
    spend_limit: float | None
    concurrency: int = 1
    answer_s: float | None = None
    searches: str = ""
    """What each search for better instructions may take of it; "" where none is."""

    @property
    def seconds(self) -> float:
        """Of all requests, about."""
        return self.requests / self.concurrency * (self.answer_s or ASSUMED_ANSWER_S)

    @property
    def pace(self) -> str:
        """What ``seconds`` rests on, to be said after "if"."""
        if self.answer_s is None:
            return f"{self.host} takes {ASSUMED_ANSWER_S:.0f} seconds an answer"
        return f"{self.host} goes on taking {self.answer_s:.2g} seconds an answer"

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
        searches = f" {self.searches}" if self.searches else ""
        return (
            f"{rows} to {self.host} ({self.model}) in about {requests}, for about "
            f"{_amount(self.price)} {self.currency}{limit}.{searches}"
        )


Confirm = Callable[[Egress], bool]


def _amount(price: float) -> str:
    """Cents, and where there are none, the first figures."""
    return f"{price:,.2f}" if price >= 0.1 or price == 0 else f"{price:.2g}"


def planned(
    stages: Stages, layout: Layout, taking_part: Sequence[Entrant], asked: Asked
) -> list[Egress]:
    """What a comparison would still send, an endpoint at a time.

    Which candidate is fitted on everything in the end nobody knows yet: the one that asks most is
    counted.
    """
    by_model: dict[str, list[Entrant]] = {}
    for entrant in taking_part:
        if entrant.reference.openai is not None:
            by_model.setdefault(entrant.reference.name, []).append(entrant)
    part = layout.parts[0]
    rows = len(part.train) + len(part.dev) + len(part.asked)
    tokens = answer_tokens(stages, part.fitted_on)
    found = []
    for entrants in by_model.values():
        requests: dict[ChatRequest, None] = {}
        for entrant in entrants:
            requests |= dict.fromkeys(asked.parts.get(entrant.name, ()))
        ends: list[list[ChatRequest]] = [asked.last.get(entrant.name, []) for entrant in entrants]
        most = max(ends, key=len)
        requests |= dict.fromkeys(most)
        rewriting = {
            request: None
            for entrant in entrants
            for request in asked.rewriting.get(entrant.name, ())
        }
        plan = planned_for(stages, entrants[0], rows, list(requests), tokens)
        found += with_rewriting(stages, plan, entrants[0], list(rewriting))
    return found


def with_rewriting(
    stages: Stages, answering: Egress, entrant: Entrant, requests: list[ChatRequest]
) -> list[Egress]:
    """The same with what rewriting the instructions asks: of the endpoint itself, or of another."""
    plan = improving(entrant.model)
    if plan is None or not requests:
        return [answering]
    by = cast("EndpointModel", plan.by)
    rewriting = planned_requests(stages, by, answering.rows, requests, REWRITTEN_TOKENS)
    money = "" if plan.money is None else f" and for at most {plan.money:g} {answering.currency}"
    said = f"Each search for better instructions ends after {plan.requests:,} requests{money}."
    if by.name != entrant.model.name:
        return [replace(answering, searches=said), rewriting]
    return [
        replace(
            answering,
            requests=answering.requests + rewriting.requests,
            price=answering.price + rewriting.price,
            searches=said,
        )
    ]


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
    return planned_requests(stages, cast("EndpointModel", entrant.model), rows, requests, answer)


def planned_requests(
    stages: Stages,
    endpoint: EndpointModel,
    rows: int,
    requests: Sequence[ChatRequest],
    answer: float,
) -> Egress:
    """These requests about so many rows, less those that are answered already.

    ``answer``: tokens of an answer.
    """
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
        concurrency=settings.concurrency,
        answer_s=endpoint.usual_seconds(requests),
    )


def agree(
    stages: Stages,
    planned: Sequence[Egress],
    confirm: Confirm | None,
    *,
    stored: bool = False,
) -> tuple[str, ...]:
    """Say what is planned and ask about each; the hosts.

    ``stored``: all that was planned is done, so nobody need agree to it again.

    Raises:
        UsageError: something would leave and nobody agreed.
    """
    if not planned or stored:
        stages.progress.say("Nothing leaves this machine.")
    for egress in () if stored else planned:
        stages.progress.say(egress.sentence)
        if confirm is None or not confirm(egress):
            raise UsageError(
                f"nobody agreed to send rows to {egress.host}",
                where="etude.yaml, models",
                hint="add --yes to agree, or take the endpoint out of models",
            )
    return tuple(dict.fromkeys(egress.host for egress in planned))
