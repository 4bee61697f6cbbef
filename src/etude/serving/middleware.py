"""What every request passes before a route sees it: a name of its own, and a limit on its body.

It is also the last to see a failure that nobody foresaw.
"""

from __future__ import annotations

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.errors import EtudeError
from etude.privacy import matches, secrets
from etude.serving.config import Limits
from etude.serving.errors import ApiError
from etude.store.api_keys import PREFIX
from etude.store.ids import made

REQUEST_ID, CLIENTS_ID = "x-request-id", "x-client-request-id"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,128}")
_LONG = 16
"""Letters of a key that no name holds by chance."""
_MEGABYTE = 1 << 20
_log = logging.getLogger(__name__)


class Boundary:
    """Names each request (``x-request-id``; see ``name_of``) and refuses bodies that are too large,
    also where nothing says beforehand how large they are."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = name_of(headers)
        scope.setdefault("state", {})["request_id"] = name

        started = False

        async def named(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                MutableHeaders(scope=message)[REQUEST_ID] = name
            await send(message)

        most = self._most(scope["path"])
        if (length := headers.get("content-length", "")).isdigit() and int(length) > most:
            await _refused(_too_large(most))(scope, receive, named)
            return
        try:
            await self.app(scope, _Counted(receive, most), named)
        except Exception as error:
            # What went wrong is for whoever runs the server; the caller learns that it was not
            # them. An answer that has begun can only be broken off.
            if isinstance(error, EtudeError):
                _log.error("request %s failed: %s", name, error)
            else:
                _log.exception("request %s failed", name)
            if started:
                raise
            await _refused(_unforeseen(error))(scope, receive, named)

    def _most(self, path: str) -> int:
        limits = self.limits
        upload = path.rstrip("/") == "/v1/files"
        return int((limits.upload_mb if upload else limits.body_mb) * _MEGABYTE)


def name_of(headers: Headers) -> str:
    """What a request is called: as its caller says in ``x-request-id`` or ``X-Client-Request-Id``,
    where that is short and plain. It is logged and recorded, so nothing that may be a key is taken.

    Args:
        headers: of the request.
    """
    key = headers.get("authorization", "").partition(" ")[2].strip()
    for header in (REQUEST_ID, CLIENTS_ID):
        given = headers.get(header, "")
        holds_key = PREFIX in given or given == key or (len(key) >= _LONG and key in given)
        if _PLAIN.fullmatch(given) and not holds_key and not matches(given, secrets()):
            return given
    return made("req_")


class _Counted:
    """A body that is refused where it passes the limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most
        self._most = most

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _too_large(self._most)
        return message


def _refused(error: ApiError) -> JSONResponse:
    return JSONResponse(error.body(), error.status, headers=error.headers)


def _unforeseen(error: Exception) -> ApiError:
    words = "The server failed on this request."
    if isinstance(error, EtudeError):
        words = "The server's own folder or models are not in order; its log says more."
    return ApiError(500, words, code="internal_error")


def _too_large(most: int) -> ApiError:
    words = f"The body is larger than the {most / _MEGABYTE:g} MB that this server takes."
    return ApiError(413, words, code="request_too_large")
