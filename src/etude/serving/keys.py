"""Who calls: the key that a request brings, and what it opens.

On a server that only its own machine can call, and for which no key was ever made, anybody may do
everything; then a request must name this machine and come from no foreign web page, because a page
that someone has open can make their browser call here. A key is never written anywhere, nor said.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers

from etude.errors import UsageError
from etude.records.api_key import ApiKey, Scope
from etude.records.traffic import Served
from etude.serving.errors import ApiError
from etude.store.api_keys import ApiKeys, hashed

if TYPE_CHECKING:
    from etude.serving.services import Services

FRESH = 2.0
"""Seconds for which a key that was found is believed; a revoked one stops that soon."""


@dataclass(frozen=True)
class Caller:
    """Who sends a request; ``record`` is None where no key is needed."""

    record: ApiKey | None = None

    @property
    def key(self) -> str | None:
        """Id of the key, as traffic keeps it."""
        return self.record.id if self.record else None

    def may(self, scope: Scope) -> bool:
        """Whether the caller may do what needs ``scope``."""
        return self.record is None or self.record.may(scope)


@dataclass
class _Used:
    day: str
    tokens: int


class Keyring:
    """Finds the caller of a request, and knows how many tokens its key took today.

    Args:
        keys: of the project.
        loopback: only this machine can call.
        clock: seconds that only go forward.
    """

    def __init__(
        self, keys: ApiKeys, *, loopback: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys = keys
        self._loopback = loopback
        self._clock = clock
        self._known: dict[str, tuple[ApiKey, float]] = {}
        self._used: dict[str, _Used] = {}
        self._open_until = float("-inf")

    async def caller(self, headers: Headers) -> Caller:
        """Who sends a request with these headers.

        Raises:
            ApiError: 401, no key or none in force; 403, a web page of another host calls.
        """
        if await self._is_open():
            _refuse_foreign(headers)
            return Caller()
        kind, _, secret = headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if kind.lower() != "bearer" or not secret:
            raise _unauthorised(
                "You didn't provide an API key. Send it in an Authorization header: "
                "Authorization: Bearer YOUR_KEY."
            )
        record, until = self._known.get(hashed(secret), (None, 0.0))
        if record is None or until < self._clock():
            record = await asyncio.to_thread(self._look_up, secret)
        if record is None:
            raise _unauthorised("Incorrect API key provided.")
        return Caller(record)

    async def acting(self, key: str | None) -> Caller:
        """The caller for whom work goes on that was asked for with the key of this id.

        Raises:
            ApiError: 401, the key was revoked since.
        """
        if key is None:
            return Caller()
        record = await asyncio.to_thread(self._keys.get, key)
        if record is None:
            raise _unauthorised("The API key that asked for this was revoked.")
        await asyncio.to_thread(self._read_usage, key)
        return Caller(record)

    def used_today(self, key: str) -> int:
        """Tokens that a key took today, as of seconds ago or by this process since."""
        used = self._used.get(key)
        return used.tokens if used is not None and used.day == day() else 0

    def served(self, row: Served) -> None:
        """Count the tokens of a request that was written down."""
        used = self._used.get(row.key) if row.key else None
        if used is not None:
            used.tokens += row.tokens_in + row.tokens_out

    async def _is_open(self) -> bool:
        if not self._loopback:
            return False
        if self._open_until < self._clock():
            if await asyncio.to_thread(self._keys.any_made):
                self._loopback = False  # for good: keys are never unmade
                return False
            self._open_until = self._clock() + FRESH
        return True

    def _look_up(self, secret: str) -> ApiKey | None:
        name, record = hashed(secret), self._keys.find(secret)
        if record is None:
            self._known.pop(name, None)
            return None
        self._read_usage(record.id)
        self._known[name] = record, self._clock() + FRESH
        return record

    def _read_usage(self, key: str) -> None:
        today = day()
        self._used[key] = _Used(today, self._keys.tokens_used(key, today))


def day() -> str:
    """Today as quotas count days, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def require(services: Services, scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency that gives the ``Caller``, for ``Depends(require(services, "infer"))``.

    It raises ``ApiError`` 403 where the key does not open ``scope``. Whether there is a key at all
    was settled before the body was read (``Door``).
    """

    async def caller(request: Request) -> Caller:
        found: Caller = request.state.caller
        if not found.may(scope):
            raise ApiError(
                403,
                f"You have insufficient permissions for this operation. Missing scopes: {scope}.",
                code="insufficient_permissions",
            )
        return found

    return caller


def check_door(services: Services) -> None:
    """Refuse to start where anybody could walk in; warn where keys would travel in the open.

    Raises:
        UsageError: others can reach the address, and there is no key in force.
    """
    config = services.config
    if config.is_loopback:
        return
    if not ApiKeys(services.store.database).any_in_force():
        raise UsageError(
            "other machines can reach this address, and there is no key to let them in by",
            where=f"host {config.host}",
            expected="at least one key, or 127.0.0.1",
            hint="etude keys create NAME",
        )
    if config.tls_cert is None:
        services.say(
            "Keys and texts will cross the network unencrypted. Give --tls-cert and --tls-key, or "
            "put a proxy that speaks HTTPS in front."
        )


def _unauthorised(message: str) -> ApiError:
    return ApiError(
        401,
        message,
        code="invalid_api_key",
        kind="invalid_request_error",
        headers={"WWW-Authenticate": "Bearer"},
    )


def _refuse_foreign(headers: Headers) -> None:
    for name in ("host", "origin"):
        value = headers.get(name)
        if value is not None and not _is_here(value if name == "origin" else f"//{value}"):
            raise ApiError(
                403,
                f"The {name.title()} header names another machine. Without keys this server "
                "answers only calls to and from its own: etude keys create NAME makes one.",
                code="foreign_host",
            )


def _is_here(address: str) -> bool:
    try:
        name = urlsplit(address).hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
