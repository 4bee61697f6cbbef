"""Any OpenAI-compatible endpoint as a chat model, through the ``openai`` client.

Many requests at a time, each answered from the response cache where it can be, held to a spend
limit before anything goes out. How one request is tried is in ``_endpoint``, how a choice is
forced and read in ``_choices``.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import queue
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlsplit

from etude.errors import EndpointError, EtudeError, ModelError, SpendLimitReached
from etude.models._base import Ability, ChatRequest, Completion, Model, ResponseCache
from etude.models._budget import Budget
from etude.models._choices import read_choice
from etude.models._endpoint import Endpoint, Outcome, Pauses, Reply
from etude.models._failures import Failure
from etude.models._json_answers import compact_json
from etude.progress import Progress, Silent, Step
from etude.records.task import ModelRef, OpenAIModel

GIVE_UP_AFTER = 5
"""When so many requests in a row fail in the same way, at the start in any way but a refusal, later
in one that another try might mend, the endpoint is taken to be gone and the rest is not tried."""
GRACE_S = 3.0
"""How long answers under way are waited for once an endpoint has failed for good."""
USUAL_BYTES_PER_TOKEN = 3.5
"""Of English text, on the low side: estimates should not be too cheap."""

Job = tuple[str, ChatRequest]
Result = tuple[str, Outcome | EtudeError | None]


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
        self.endpoint = Endpoint(settings, _api_key(settings), self.budget, pauses or Pauses())
        self.fingerprint = _hash(["chat", 1, settings.base_url.rstrip("/"), settings.model])[:16]

    @property
    def host(self) -> str:
        """Where requests go, with the port where one is named."""
        return urlsplit(self.settings.base_url).netloc.rpartition("@")[2]

    def estimate(self, requests: Sequence[ChatRequest]) -> tuple[int, float]:
        """About how many tokens these requests take and what they cost, cached ones left out.

        Every answer is counted at its full ``max_tokens``. Nothing is sent.
        """
        fresh = self.unanswered(requests)
        tokens_in = sum(
            math.ceil(len(m.content.encode()) / USUAL_BYTES_PER_TOKEN) + 4
            for request in fresh
            for m in request.messages
        )
        tokens_out = sum(request.max_tokens for request in fresh)
        prices = self.settings.price_in, self.settings.price_out
        return tokens_in + tokens_out, (tokens_in * prices[0] + tokens_out * prices[1]) / 1e6

    def unanswered(self, requests: Sequence[ChatRequest]) -> list[ChatRequest]:
        """The distinct requests that would really be sent: no answer to them is kept."""
        jobs = dict(self._keyed(requests))
        return [request for key, request in jobs.items() if self.cache.get(key) is None]

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
                    done[key] = _completion(_reply(stored), request, cached=True)
        jobs = {key: request for key, request in keyed if key not in done}
        if jobs:
            with (progress or Silent()).step(
                f"asking {self.host}", total=len(jobs), unit="requests"
            ) as step:
                done |= _Run(self, jobs, step).results()
        return [done[key] for key, _ in keyed]

    def _keyed(self, requests: Sequence[ChatRequest]) -> list[Job]:
        base = ["request", 1, self.settings.base_url.rstrip("/"), self.settings.model]
        return [(_hash([*base, _asked(request)]), request) for request in requests]

    def keep(self, key: str, outcome: Outcome) -> None:
        """Store an answer and its cost, and what failed tries may have cost."""
        if outcome.lost:
            self.cache.put(f"{key}-lost-{uuid.uuid4().hex}", {"lost": True}, outcome.lost)
        if isinstance(outcome.result, Reply):
            self.cache.put(key, asdict(outcome.result), outcome.result.cost)


class _Run:
    """Requests under way: threads ask, the calling thread keeps the answers.

    The threads are daemons, so that Ctrl-C ends the process without waiting for slow answers.
    """

    def __init__(self, model: EndpointModel, jobs: dict[str, ChatRequest], step: Step) -> None:
        self.model = model
        self.jobs = jobs
        self.step = step
        self.stop = threading.Event()
        self.todo: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.finished: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        self.done: dict[str, Completion] = {}
        self.failures: list[Failure] = []
        self.in_a_row: list[Failure] = []
        self.answers = 0
        self.error: EtudeError | None = None

    def results(self) -> dict[str, Completion]:
        for job in self.jobs.items():
            self.todo.put(job)
        count = min(self.model.settings.concurrency, len(self.jobs))
        for _ in range(count):
            threading.Thread(target=self._work, daemon=True, name="etude-endpoint").start()
        try:
            self._collect(count)
        finally:
            self.stop.set()
            self._drain()
        if self.error is None and not self.answers and self._same_failure(1):
            self.error = self._explained(self.failures[0])
        if self.error is not None:
            raise self.error
        return self.done

    def _work(self) -> None:
        while not self.stop.is_set():
            try:
                key, request = self.todo.get_nowait()
            except queue.Empty:
                break
            outcome: Outcome | EtudeError | None = None
            try:
                outcome = self.model.endpoint.ask(request, self.stop)
            except EtudeError as error:
                outcome = error
            finally:
                if _ends_all(outcome):
                    self.stop.set()
                self.finished.put((key, outcome))
        self.finished.put(None)

    def _collect(self, threads: int) -> None:
        """Take in results until every thread has ended; after an error no new request begins,
        but those under way are paid for and so are kept: all of them where the endpoint works,
        for a moment where it does not."""
        until = math.inf
        while threads:
            if time.monotonic() > until:
                return
            try:
                result = self.finished.get(timeout=0.5)
            except queue.Empty:
                continue
            if result is None:
                threads -= 1
            else:
                self._take(*result)
            if self.error is not None:
                self.stop.set()
                if not isinstance(self.error, SpendLimitReached):
                    until = min(until, time.monotonic() + GRACE_S)

    def _drain(self) -> None:
        """Keep what has come in meanwhile, also when a person stopped the work."""
        while True:
            try:
                result = self.finished.get_nowait()
            except queue.Empty:
                return
            if result is not None and isinstance(result[1], Outcome):
                self.model.keep(result[0], result[1])

    def _take(self, key: str, outcome: Outcome | EtudeError | None) -> None:
        self.step.advance()
        if not isinstance(outcome, Outcome):
            self.error = (
                self.error
                or outcome
                or EndpointError(
                    f"a request to {self.model.host} ended in an unforeseen error, shown above"
                )
            )
            return
        self.model.keep(key, outcome)
        result = outcome.result
        self.done[key] = _completion(result, self.jobs[key])
        if isinstance(result, Reply):
            self.answers += 1
            self.in_a_row.clear()
            return
        self.failures.append(result)
        self.in_a_row.append(result)
        if result.fatal or self._gone(result):
            self.error = self.error or self._explained(result)

    def _gone(self, last: Failure) -> bool:
        """True where the endpoint has stopped answering: what it would have said is not known, and
        an answer that was never given must not count as a wrong one."""
        if not self.answers:
            return self._same_failure(GIVE_UP_AFTER)
        latest = self.in_a_row[-GIVE_UP_AFTER:]
        same = all(one.word == last.word for one in latest)
        return last.again and len(latest) == GIVE_UP_AFTER and same

    def _same_failure(self, at_least: int) -> bool:
        words = {failure.word for failure in self.failures if failure.word != "refusal"}
        return len(self.failures) >= at_least and len(words) == 1

    def _explained(self, failure: Failure) -> EndpointError:
        tries = self.model.settings.max_retries + 1
        after = f" after {tries} tries" if failure.again and tries > 1 else ""
        return EndpointError(
            f"{self.model.settings.model} at {self.model.host}: {failure.sentence}{after}",
            where="etude.yaml, models",
            hint=failure.hint,
        )


def _ends_all(outcome: Outcome | EtudeError | None) -> bool:
    """True where no further request may begin."""
    if not isinstance(outcome, Outcome):
        return True
    return isinstance(outcome.result, Failure) and outcome.result.fatal


def _completion(result: Reply | Failure, request: ChatRequest, cached: bool = False) -> Completion:
    if isinstance(result, Failure):
        return Completion(None, result.word, None, 0, 0, math.nan)
    whole = Completion(
        result.text,
        None,
        result.finish_reason,
        result.tokens_in,
        result.tokens_out,
        result.seconds,
        cached=cached,
    )
    if result.refused:
        return replace(whole, failure="refusal")
    if result.text is None:
        return replace(whole, failure="empty")
    if request.choices:
        choice = read_choice(result.text, request.choices)
        if choice is None:
            return replace(whole, failure="not_a_choice")
        return replace(whole, text=choice)
    if request.json_schema is not None:
        compact = compact_json(result.text)
        if compact is None:
            cut = result.finish_reason == "length"
            return replace(whole, failure="unfinished_json" if cut else "not_json")
        return replace(whole, text=compact)
    return whole


def _asked(request: ChatRequest) -> dict[str, Any]:
    """What is asked, for its key: without what is not used as before there was any, so that answers
    kept then are found."""
    asked = asdict(request)
    for name in ("json_schema", "asking"):
        if not asked[name]:
            del asked[name]
    return asked


def _reply(stored: dict[str, Any]) -> Reply:
    return Reply(**stored)


def _api_key(settings: OpenAIModel) -> str:
    if settings.api_key_env is None:
        return "not-needed"  # given, so that the client does not send another endpoint's key
    key = os.environ.get(settings.api_key_env, "").strip()
    if not key:
        raise ModelError(
            f"the variable {settings.api_key_env} holds no key for {settings.base_url}",
            where="etude.yaml, models, api_key_env",
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
