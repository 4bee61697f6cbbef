"""Any OpenAI-compatible endpoint as a chat model, through the ``openai`` client.

Each request is answered from the response cache where it can be, and held to a spend limit before
it goes out. How many are under way at a time is in ``_asking``, how one is tried in ``_endpoint``,
how a choice is forced and read in ``_choices``.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from etude.errors import ModelError
from etude.models._asking import Run, completion
from etude.models._base import Ability, ChatRequest, Completion, Model, ResponseCache
from etude.models._budget import Budget
from etude.models._endpoint import Endpoint, Outcome, Pauses, Reply
from etude.models._improving import Improving
from etude.models._likelihood import read_fields
from etude.progress import Progress, Silent
from etude.records.task import ModelRef, OpenAIModel
from etude.taskfile.addresses import secret_in


class _NoCache:
    def get(self, key: str) -> dict[str, Any] | None:
        return None

    def put(self, key: str, response: dict[str, Any], cost: float) -> None:
        """Keep nothing."""

    def spent(self) -> float:
        return 0.0


class EndpointModel:
    """An endpoint as a ``ChatModel``.

    Args:
        name: what people call it.
        settings: address, prices, limits.
        cache: where responses are kept; None asks again every time.
        pauses: seconds between tries.

    Raises:
        ModelError: the variable that should hold the key is empty.
        MissingDependency: the openai library is not installed.
    """

    abilities: frozenset[Ability] = frozenset({"chat"})
    improving: Improving | None = None
    """How its instructions are improved on dev; None: they are not."""

    def __init__(
        self,
        name: str,
        settings: OpenAIModel,
        cache: ResponseCache | None = None,
        pauses: Pauses | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.cache: ResponseCache = cache or _NoCache()
        self.budget = Budget(settings.spend_limit, self.cache.spent())
        self.endpoint = Endpoint(settings, api_key(settings), self.budget, pauses or Pauses())
        self.fingerprint = _hash(["chat", 1, settings.base_url.rstrip("/"), settings.model])[:16]

    @property
    def host(self) -> str:
        """Where requests go, with the port where one is named."""
        return urlsplit(self.settings.base_url).netloc.rpartition("@")[2]

    def improved(self, plan: Improving, version: str) -> EndpointModel:
        """The same endpoint with its money and its kept answers, whose instructions are searched for.

        Args:
            plan: what a search may take.
            version: of what searches: another may find others.
        """
        found = copy(self)
        found.improving = plan
        told = [plan.requests, plan.money, plan.by.fingerprint, version]
        found.fingerprint = _hash(["improved", 1, self.fingerprint, *told])[:16]
        return found

    def most(self, request: ChatRequest) -> float:
        """The most that one try can cost."""
        return self.endpoint.most(request)

    def cost(self, said: Completion) -> float:
        """What an answer cost, whenever it was paid for."""
        return self.endpoint.price(said.tokens_in, said.tokens_out)

    def unanswered(self, requests: Sequence[ChatRequest]) -> list[ChatRequest]:
        """The distinct requests that would really be sent: no answer to them is kept."""
        jobs = dict(self._keyed(requests))
        return [request for key, request in jobs.items() if self.cache.get(key) is None]

    def kept(self, request: ChatRequest) -> Reply | None:
        """The answer to a request that is kept; None where none is."""
        ((key, _),) = self._keyed([request])
        stored = self.cache.get(key)
        return None if stored is None else _reply(stored)

    def usual_seconds(self, requests: Sequence[ChatRequest]) -> float | None:
        """The median time of the answers to these requests that are kept; None where none is."""
        kept = (self.cache.get(key) for key, _ in self._keyed(requests))
        seconds = [one.seconds for one in map(_reply, filter(None, kept))]
        return statistics.median(seconds) if seconds else None

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """Answers in the order of the requests; see ``ChatModel``.

        A request that fails after its tries has the failure's word in its completion; it is not
        cached, so the same command asks again.
        """
        keyed = self._keyed(requests)
        done: dict[str, Completion] = {}
        for key, request in keyed:
            if key not in done:
                stored = self.cache.get(key)
                if stored is not None:
                    done[key] = completion(_reply(stored), request, cached=True)
        jobs = {key: request for key, request in keyed if key not in done}
        if jobs:
            with (progress or Silent()).step(
                f"asking {self.host}", total=len(jobs), unit="requests"
            ) as step:
                done |= Run(self, jobs, step).results()
        return [done[key] for key, _ in keyed]

    def _keyed(self, requests: Sequence[ChatRequest]) -> list[tuple[str, ChatRequest]]:
        base = ["request", 1, self.settings.base_url.rstrip("/"), self.settings.model]
        return [(_hash([*base, _asked(request)]), request) for request in requests]

    def keep(self, key: str, outcome: Outcome) -> None:
        """Store an answer and its cost, and what failed tries may have cost."""
        if outcome.lost:
            self.cache.put(f"{key}-lost-{uuid.uuid4().hex}", {"lost": True}, outcome.lost)
        if isinstance(outcome.result, Reply):
            self.cache.put(key, _stored(outcome.result), outcome.result.cost)


def _asked(request: ChatRequest) -> dict[str, Any]:
    """What is asked, for its key: without what is not used as before there was any, so that answers
    kept then are found."""
    asked = asdict(request)
    for name in ("json_schema", "asking"):
        if not asked[name]:
            del asked[name]
    return asked


def _stored(reply: Reply) -> dict[str, Any]:
    """An answer as it is kept; fields are named where it has any."""
    kept = asdict(reply)
    if reply.fields is None:
        del kept["fields"]
    return kept


def _reply(stored: dict[str, Any]) -> Reply:
    """An older one names no fields."""
    return Reply(**stored | {"fields": read_fields(stored.get("fields"))})


def api_key(settings: OpenAIModel) -> str:
    """The key for an endpoint, from the variable that its settings name.

    Raises:
        ModelError: the variable holds none; or the address carries a key of its own, which every
            release, log and message would carry as well.
    """
    secret = secret_in(settings.base_url)
    if secret is not None:
        raise ModelError(
            f"{secret} is written in the address of {settings.model}",
            where="models, base_url",
            expected="the address alone, and api_key_env: the NAME of a variable with the key",
            hint="take it out and make a new one: whoever has the file has the key",
        )
    if settings.api_key_env is None:
        return "not-needed"  # given, so that the client does not send another endpoint's key
    key = os.environ.get(settings.api_key_env, "").strip()
    if not key:
        raise ModelError(
            f"the variable {settings.api_key_env} holds no key for {settings.base_url}",
            where="models, api_key_env",
            hint=f"export {settings.api_key_env}=… and type the same command",
        )
    return key


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class _OpenAIBackend:
    def open(self, reference: ModelRef, cache: ResponseCache | None) -> Model:
        """The endpoint; nothing is sent yet."""
        if reference.openai is None:
            raise ModelError(
                f"{reference.name} names no endpoint",
                where="etude.yaml, models",
                expected="openai: {base_url: …, model: …}",
            )
        return EndpointModel(reference.name, reference.openai, cache)


BACKEND = _OpenAIBackend()
