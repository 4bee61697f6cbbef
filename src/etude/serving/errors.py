"""Errors in OpenAI's shape: always the four keys, so that its clients raise their own exceptions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from etude.serving.engines._base import Busy, CannotDo, EngineDown, EngineError, TooLong

INVALID, AUTH, LIMIT, SERVER = (
    "invalid_request_error",
    "authentication_error",
    "rate_limit_error",
    "server_error",
)
"""Values of ``type``."""


class ApiError(Exception):
    """What a caller is told. ``message`` holds no path of this machine, no key, no text of others.

    Args:
        status: of HTTP, 400 to 599.
        message: what was found, what was expected.
        code: a word that programs look for (``model_not_found``).
        param: the field that is wrong, as the request names it.
        kind: OpenAI's ``type``; by default what fits the status.
        headers: of the response (``Retry-After``).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind or _kind(status)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """As it goes over the wire."""
        said = {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}
        return {"error": said}


def not_found(what: str, name: str, param: str | None = None) -> ApiError:
    """There is no ``what`` called ``name``."""
    return ApiError(
        404, f"No {what} found with id '{_short(name)}'.", code="not_found", param=param
    )


def busy(message: str, retry_after: float = 1.0) -> ApiError:
    """Come back later."""
    wait = str(max(1, math.ceil(retry_after)))  # sooner would be too soon
    return ApiError(429, message, code="rate_limit_exceeded", headers={"Retry-After": wait})


def from_engine(error: EngineError) -> ApiError:
    """An engine's reason as the API says it."""
    if isinstance(error, TooLong):
        return ApiError(400, str(error), code="context_length_exceeded", param="messages")
    if isinstance(error, CannotDo):
        return ApiError(400, str(error), code="unsupported_value")
    if isinstance(error, Busy):
        return busy(str(error), error.retry_after)
    if isinstance(error, EngineDown):
        return ApiError(503, str(error), code="engine_unavailable", headers={"Retry-After": "1"})
    return ApiError(500, "The model could not answer.", code="engine_error")


def _kind(status: int) -> str:
    if status in (401, 403):
        return AUTH
    if status == 429:
        return LIMIT
    return SERVER if status >= 500 else INVALID


def _short(name: str) -> str:
    """A name as a caller gave it, short and printable."""
    shown = "".join(c if c.isprintable() else "?" for c in name[:80])
    return shown + ("…" if len(name) > 80 else "")
