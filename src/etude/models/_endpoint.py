"""One request to an OpenAI-compatible endpoint, with its tries: an answer, or a word for why not.

It knows HTTP failures, waiting and what endpoints refuse to understand; it knows nothing of
caches or of many requests. The ``openai`` client is loaded here and nowhere else.
"""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import dataclass
from math import isnan
from typing import Any

from etude.errors import MissingDependency
from etude.models._base import ChatRequest
from etude.models._budget import Budget
from etude.models._choices import plain_instruction, response_format
from etude.models._failures import (
    Failure,
    bad_request,
    no_connection,
    refused_feature,
    status_failure,
    unreadable,
)
from etude.models._field_logs import token_bytes, told
from etude.models._json_answers import schema_format, schema_instruction
from etude.models._likelihood import FieldLogs, Likelihood
from etude.records.task import OpenAIModel

LONGEST_WAIT_S = 120.0
"""An endpoint that asks for a longer wait than this is not waited for."""
BYTES_PER_MESSAGE = 16
"""Tokens that roles and separators can add to a message, at most."""


@dataclass(frozen=True)
class Reply:
    """An answer of the endpoint, before anybody reads a choice out of it."""

    text: str | None
    refused: bool
    finish_reason: str | None
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float
    logprobs: tuple[float, float] | None = None
    """Mean and least over the tokens (``Likelihood``); None where the endpoint gives none."""
    fields: FieldLogs | None = None
    """Of a JSON object that was asked for, the least of each field's tokens; None where that is not
    known."""


@dataclass(frozen=True)
class Outcome:
    """The end of one request: its result and what its failed tries may have cost."""

    result: Reply | Failure
    lost: float


@dataclass(frozen=True)
class Pauses:
    """Seconds between tries: ``first``, doubled each time up to ``most``, less a random part."""

    first: float = 0.5
    most: float = 30.0

    def before(self, attempt: int) -> float:
        """The pause before try number ``attempt`` (1 is the first repetition)."""
        whole = min(self.most, self.first * 2.0 ** (attempt - 1))
        return whole * random.uniform(0.5, 1.0)  # noqa: S311 - only spreads requests in time


def library() -> Any:
    """The openai package.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        import openai
    except ImportError as error:
        raise MissingDependency(
            "endpoints need the openai library, which is not installed",
            hint="pip install openai",
        ) from error
    return openai


class Endpoint:
    """Asks one endpoint; safe for several threads."""

    def __init__(self, settings: OpenAIModel, api_key: str, budget: Budget, pauses: Pauses) -> None:
        self.settings = settings
        self.budget = budget
        self.pauses = pauses
        self.openai = library()
        self.client = self.openai.OpenAI(
            api_key=api_key, base_url=settings.base_url, timeout=settings.timeout_s, max_retries=0
        )
        self._refused: frozenset[str] = frozenset()

    def ask(self, request: ChatRequest, stop: threading.Event) -> Outcome:
        """Try until there is an answer, the tries are used up, or ``stop`` is set.

        Raises:
            SpendLimitReached: the next try could pass the limit.
        """
        lost = 0.0
        for attempt in range(self.settings.max_retries + 1):
            result = self._budgeted(request)
            if isinstance(result, Reply):
                return Outcome(result, lost)
            lost += self.most(request) if result.billed else 0.0
            wait = result.wait_s if result.wait_s is not None else self.pauses.before(attempt + 1)
            last = attempt == self.settings.max_retries
            if last or not result.again or wait > LONGEST_WAIT_S or stop.wait(wait):
                break
        return Outcome(result, lost)

    def most(self, request: ChatRequest) -> float:
        """The most that one try can cost: a token is at least one byte."""
        return self.price(prompt_bound(request), request.max_tokens)

    def price(self, tokens_in: int, tokens_out: int) -> float:
        """Of so many tokens, in the task's currency."""
        settings = self.settings
        return (tokens_in * settings.price_in + tokens_out * settings.price_out) / 1e6

    def _budgeted(self, request: ChatRequest) -> Reply | Failure:
        reserved = self.most(request)
        self.budget.reserve(reserved)
        cost = reserved  # stays so if anything unforeseen is raised: the answer may be billed
        try:
            result = self._adapted(request)
            if isinstance(result, Reply):
                cost = result.cost
            elif not result.billed:
                cost = 0.0
        finally:
            self.budget.settle(reserved, cost)
        return result

    def _adapted(self, request: ChatRequest) -> Reply | Failure:
        """One try, repeated without what the endpoint refuses to understand; that is remembered
        once a request without it has gone through."""
        refused = self._refused
        while True:
            arguments = self.arguments(request, refused)
            try:
                result = self._once(request, arguments)
            except (self.openai.BadRequestError, self.openai.UnprocessableEntityError) as error:
                feature = refused_feature(error, arguments)
                if feature is None or feature in refused:
                    return bad_request(error)
                refused = refused | {feature}
                continue
            if isinstance(result, Reply):
                self._refused = self._refused | refused
            return result

    def arguments(self, request: ChatRequest, refused: frozenset[str]) -> dict[str, Any]:
        """The fields of a request, without what the endpoint refuses to understand."""
        messages = [{"role": m.role, "content": m.content} for m in request.messages]
        limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
        arguments: dict[str, Any] = {
            "model": self.settings.model,
            "messages": messages,
            limit: request.max_tokens,
        }
        if "logprobs" not in refused:
            arguments["logprobs"] = True
        if "temperature" not in refused:
            arguments["temperature"] = request.temperature
        forced = _forced(request)
        if forced is not None and "response_format" not in refused:
            arguments["response_format"] = forced[0]
        elif forced is not None:
            messages[-1]["content"] += "\n\n" + forced[1]
        return arguments

    def _once(self, request: ChatRequest, arguments: dict[str, Any]) -> Reply | Failure:
        openai = self.openai
        started = time.perf_counter()
        try:
            answer = self.client.chat.completions.create(**arguments)
        except (openai.BadRequestError, openai.UnprocessableEntityError):
            raise
        except openai.APITimeoutError:
            limit = self.settings.timeout_s
            return Failure(
                "timeout",
                f"no answer within {limit:g} s",
                again=True,
                billed=True,
                hint="raise timeout_s of the model, or try later",
            )
        except openai.APIConnectionError as error:
            return no_connection(error, self.settings.base_url)
        except openai.APIStatusError as error:
            return status_failure(error, self.settings)
        except (openai.APIResponseValidationError, json.JSONDecodeError):
            return unreadable("the answer is no valid JSON")
        return self._read(request, answer, time.perf_counter() - started)

    def _read(self, request: ChatRequest, answer: Any, seconds: float) -> Reply | Failure:
        choices = getattr(answer, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            page = isinstance(answer, str) and answer.lstrip().startswith("<")
            what = "a web page" if page else "no chat completion"
            return unreadable(f"the answer is {what}")
        message, finish = choices[0].message, choices[0].finish_reason
        refused = bool(getattr(message, "refusal", None)) or finish == "content_filter"
        text = message.content if isinstance(message.content, str) else None
        tokens_in, tokens_out = self._usage(request, answer, text or "")
        likelihood = _likelihood(choices[0], text if request.json_schema is not None else None)
        return Reply(
            text,
            refused,
            finish,
            tokens_in,
            tokens_out,
            seconds,
            self.price(tokens_in, tokens_out),
            None if likelihood is None else (likelihood.mean, likelihood.least),
            None if likelihood is None else likelihood.fields,
        )

    def _usage(self, request: ChatRequest, answer: Any, text: str) -> tuple[int, int]:
        """Tokens in and out; bounds from the bytes where the endpoint does not say."""
        usage = getattr(answer, "usage", None)
        counts = (getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))
        bounds = (prompt_bound(request), min(len(text.encode()), request.max_tokens))
        tokens_in, tokens_out = (
            count if isinstance(count, int) and count >= 0 else bound
            for count, bound in zip(counts, bounds, strict=True)
        )
        return tokens_in, tokens_out


def _likelihood(choice: Any, record: str | None) -> Likelihood | None:
    """Of the answer, as far as the log-probabilities of all its tokens are told; with its fields where
    it was to be JSON (``record``)."""
    tokens = getattr(getattr(choice, "logprobs", None), "content", None)
    if not isinstance(tokens, list) or not tokens:
        return None
    logs = [getattr(token, "logprob", None) for token in tokens]
    numbers = [float(log) for log in logs if isinstance(log, int | float) and not isnan(log)]
    if len(numbers) < len(logs):
        return None
    pairs = zip(map(token_bytes, tokens), numbers, strict=True)
    return Likelihood.of(numbers, told(record, list(pairs)))


def prompt_bound(request: ChatRequest) -> int:
    """Tokens that a request's prompt can't pass, a forced form's schema included."""
    total = sum(len(m.content.encode()) + BYTES_PER_MESSAGE for m in request.messages)
    forced = _forced(request)
    if forced is not None:
        total += max(len(json.dumps(forced[0])), len(forced[1].encode()) + 2)
    return total


def _forced(request: ChatRequest) -> tuple[dict[str, Any], str] | None:
    """The form that an answer must have, as ``response_format`` and in words; None: any form."""
    if request.choices:
        return response_format(request.choices), plain_instruction(request.choices)
    if request.json_schema is not None:
        return schema_format(request.json_schema), schema_instruction(request.json_schema)
    return None
