"""What a request passes before its body is read: is there a key, and may it ask so often?

Refused here, an upload of half a gigabyte costs nothing.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.serving.errors import ApiError
from etude.serving.keys import Caller, Keyring
from etude.serving.limits import Rates, refuse_over_quota
from etude.serving.tracing import PARENT

OPEN = frozenset({"/health", "/openapi.json"})
"""Paths that ask for no key."""
CALLER = "etude.caller"
"""Where a call from inside this process says whose it is; nothing from outside can set it."""


class Door:
    """Puts the ``Caller`` into ``request.state.caller``, or answers with what is wrong."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self.app = app
        self.keyring = keyring
        self.rates = Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[str, str] = {}

        async def limited(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        try:
            caller = await self._let_in(scope, headers)
        except ApiError as error:
            answer = JSONResponse(error.body(), error.status, headers=error.headers)
            await answer(scope, receive, limited)
            return
        scope.setdefault("state", {})["caller"] = caller
        PARENT.set(Headers(scope=scope).get("traceparent"))
        await self.app(scope, receive, limited if headers else send)

    async def _let_in(self, scope: Scope, headers: dict[str, str]) -> Caller:
        inside: Caller | None = scope.get(CALLER)
        if inside is not None:
            if inside.record is not None:
                refuse_over_quota(inside.record, self.keyring, scope["path"], headers)
            return inside
        if scope["path"] in OPEN:
            return Caller()
        caller = await self.keyring.caller(Headers(scope=scope))
        if caller.record is not None:
            self.rates.take(caller.record, headers)
            refuse_over_quota(caller.record, self.keyring, scope["path"], headers)
        return caller
