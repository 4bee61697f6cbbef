"""What every request passes before a route sees it: a name of its own, and a limit on its body."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.serving.config import Limits
from etude.serving.errors import ApiError
from etude.store.ids import made

REQUEST_ID = "x-request-id"
_PLAIN = re.compile(r"[A-Za-z0-9._-]{1,128}")
_MEGABYTE = 1 << 20


class Boundary:
    """Names each request (``x-request-id``, the caller's own where it is plain) and refuses bodies
    that are too large, also where nothing says beforehand how large they are."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(REQUEST_ID, "")
        name = given if _PLAIN.fullmatch(given) else made("req_")
        scope.setdefault("state", {})["request_id"] = name

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[REQUEST_ID] = name
            await send(message)

        most = self._most(scope["path"])
        if (length := headers.get("content-length", "")).isdigit() and int(length) > most:
            error = _too_large(most)
            await JSONResponse(error.body(), error.status)(scope, receive, named)
            return
        await self.app(scope, _Counted(receive, most), named)

    def _most(self, path: str) -> int:
        limits = self.limits
        upload = path.rstrip("/") == "/v1/files"
        return int((limits.upload_mb if upload else limits.body_mb) * _MEGABYTE)


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


def _too_large(most: int) -> ApiError:
    words = f"The body is larger than the {most / _MEGABYTE:g} MB that this server takes."
    return ApiError(413, words, code="request_too_large")
