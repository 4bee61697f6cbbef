"""Requests under way to an endpoint: many at a time, each answer kept as soon as it is in.

It ends early where the endpoint has stopped answering, the spend limit is reached, or a person asks
for it; what was paid for by then is kept. How one request is tried is in ``_endpoint``.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from dataclasses import replace
from typing import Protocol

from etude.errors import EndpointError, EtudeError, SpendLimitReached
from etude.models._base import ChatRequest, Completion
from etude.models._choices import read_choice
from etude.models._endpoint import Endpoint, Outcome, Reply
from etude.models._failures import Failure
from etude.models._json_answers import compact_json
from etude.models._likelihood import Likelihood
from etude.progress import Step
from etude.records.task import OpenAIModel

GIVE_UP_AFTER = 5
"""When so many requests in a row fail in the same way, at the start in any way but a refusal, later
in one that another try might mend, the endpoint is taken to be gone and the rest is not tried."""
GRACE_S = 3.0
"""How long answers under way are waited for once an endpoint has failed for good."""
Job = tuple[str, ChatRequest]
Result = tuple[str, Outcome | EtudeError | None]


class Asked(Protocol):
    """The endpoint model that the requests go to."""

    settings: OpenAIModel
    endpoint: Endpoint

    @property
    def host(self) -> str:
        """Where requests go."""
        ...

    def keep(self, key: str, outcome: Outcome) -> None:
        """Store an answer and its cost."""
        ...


class Run:
    """Requests under way: threads ask, the calling thread keeps the answers.

    The threads are daemons, so that Ctrl-C ends the process without waiting for slow answers. None
    asks before an answer that came is kept: what a kill loses of what is paid for is never more than
    may be under way.
    """

    def __init__(self, model: Asked, jobs: dict[str, ChatRequest], step: Step) -> None:
        self.model = model
        self.jobs = jobs
        self.step = step
        self.stop = threading.Event()
        self.room = threading.Semaphore(0)
        self.todo: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.finished: queue.SimpleQueue[Result | None] = queue.SimpleQueue()
        self.done: dict[str, Completion] = {}
        self.failures: list[Failure] = []
        self.in_a_row: list[Failure] = []
        self.answers = 0
        self.error: EtudeError | None = None

    def results(self) -> dict[str, Completion]:
        """What each request came to, by its key.

        Raises:
            EndpointError: the endpoint failed for good.
            SpendLimitReached: a request would have passed the limit.
        """
        for job in self.jobs.items():
            self.todo.put(job)
        count = min(self.model.settings.concurrency, len(self.jobs))
        self.room.release(count)
        for _ in range(count):
            threading.Thread(target=self._work, daemon=True, name="etude-endpoint").start()
        try:
            self._collect(count)
        finally:
            self.stop.set()
            self.room.release(count)  # whoever waits sees that it has stopped
            self._drain()
        if self.error is None and not self.answers and self._same_failure(1):
            self.error = self._explained(self.failures[0])
        if self.error is not None:
            raise self.error
        return self.done

    def _work(self) -> None:
        while self._wait_for_room():
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

    def _wait_for_room(self) -> bool:
        """False where the work has stopped meanwhile."""
        self.room.acquire()
        return not self.stop.is_set()

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
                self.room.release()
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
        self.done[key] = completion(result, self.jobs[key])
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


def completion(result: Reply | Failure, request: ChatRequest, cached: bool = False) -> Completion:
    """What an answer or a failure is to whoever asked."""
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
        likelihood=(
            None if result.logprobs is None else Likelihood(*result.logprobs, result.fields)
        ),
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
