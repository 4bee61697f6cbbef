"""What an endpoint's errors mean: a word for results, a sentence for people, and whether another
try may help. It reads errors of the ``openai`` client by their fields and imports nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from etude.records.task import OpenAIModel


@dataclass(frozen=True)
class Failure:
    """Why there is no answer. ``word`` goes into results, ``sentence`` to people.

    ``fatal``: no other request can fare better. ``again``: another try may help. ``billed``: the
    endpoint may have worked, and charged, although nothing came back.
    """

    word: str
    sentence: str
    hint: str | None = None
    fatal: bool = False
    again: bool = False
    billed: bool = False
    wait_s: float | None = None


def refused_feature(error: Any, arguments: dict[str, Any]) -> str | None:
    """Which part of the request the endpoint does not understand, as far as it says so."""
    said = f"{error.param or ''} {error.message}".lower()
    if error.code in {"context_length_exceeded", "content_filter"}:
        return None
    if "max_tokens" in arguments and "max_completion_tokens" in said:
        return "max_tokens"
    if "temperature" in arguments and "temperature" in said:
        return "temperature"
    for name in ("logprobs", "response_format"):
        if name in arguments and name in said:
            return name
    # An endpoint often does not name what it does not know: a try without tells, and what is
    # missed least goes first.
    return next((name for name in ("logprobs", "response_format") if name in arguments), None)


def bad_request(error: Any) -> Failure:
    if error.code == "content_filter":
        return Failure("refusal", "the endpoint's filter refused the request")
    if error.code == "context_length_exceeded" or "context length" in error.message.lower():
        return Failure(
            "too_long",
            "the request is longer than the model's window",
            hint="use fewer examples in the prompt, or a model with a longer window",
        )
    return Failure("bad_request", f"the endpoint refused the request: {brief(error)}")


def no_connection(error: Exception, base_url: str) -> Failure:
    # Nothing was sent where no connection was made; a dropped one may have been answered, and
    # billed, on the way.
    cause = type(error.__cause__).__name__
    unsent = cause in {"ConnectError", "ConnectTimeout", "UnsupportedProtocol", "ProxyError"}
    reason = str(error.__cause__ or error) or cause
    return Failure(
        "connection",
        f"no connection: {reason}" if unsent else f"the connection broke: {reason}",
        hint=f"is the server running, and is base_url right ({base_url})?",
        again=True,
        billed=not unsent,
    )


def status_failure(error: Any, settings: OpenAIModel) -> Failure:
    status, said = int(error.status_code), brief(error)
    variable = settings.api_key_env
    if status in (401, 403):
        hint = f"check the key in {variable}" if variable else "name its variable: api_key_env"
        sentence = f"the key is not accepted ({status}): {said}"
        return Failure("not_allowed", sentence, hint, fatal=True)
    if status == 404:
        return Failure(
            "not_found",
            f"not found (404): {said}",
            fatal=True,
            hint="check model and base_url; most addresses end in /v1",
        )
    if status == 429 and error.code == "insufficient_quota":
        return Failure(
            "no_quota",
            f"the account has no credit left: {said}",
            fatal=True,
            hint="top up the account, or use another endpoint",
        )
    if status == 429:
        return Failure(
            "rate_limit",
            f"too many requests (429): {said}",
            again=True,
            hint="lower concurrency of the model, or try later",
            wait_s=seconds_asked(error),
        )
    if status in (408, 409) or status >= 500:
        return Failure(
            "server_error",
            f"the server failed ({status}): {said}",
            again=True,
            hint="try later; what was answered is kept",
            wait_s=seconds_asked(error),
        )
    return Failure("bad_request", f"the endpoint refused the request ({status}): {said}")


def seconds_asked(error: Any) -> float | None:
    """Seconds that ``Retry-After`` asks for; dates and nonsense count as not said."""
    headers = error.response.headers
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit
        except ValueError:
            continue
        if seconds >= 0:
            return seconds
    return None


def unreadable(sentence: str) -> Failure:
    return Failure(
        "unreadable",
        sentence,
        again=True,
        billed=True,
        hint="is base_url the address of an OpenAI-compatible API (often ending /v1)?",
    )


def brief(error: Any, hide: Callable[[str], str] = str) -> str:
    """The first 200 characters of what an endpoint said, in one line; pages are named as such.
    ``hide`` takes out what nobody is to see, before anything is cut."""
    if "html" in error.response.headers.get("content-type", ""):
        return "a web page instead of an API's answer"
    return " ".join(hide(str(error.message)).split())[:200]
