"""Telling endpoints of events, signed as OpenAI signs them (Standard Webhooks,
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

What is due lies in a table (``store.webhooks``); a delivery that fails is tried again, less and less
often, for three days.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import logging
import secrets
import time

from etude.errors import StoreError
from etude.records.tuning import Delivery, Endpoint
from etude.serving.calling import Caller, Refused, Unreached
from etude.store import Store
from etude.store.ids import now

PREFIX = "whsec_"
FIRST_AGAIN, LONGEST_AGAIN = 5.0, 3600.0
"""Seconds after the first attempt, and at most; each wait is twice the one before."""
GIVEN_UP = 72 * 3600
"""Seconds after which nothing is tried any more."""
OLD_SECRET_SECONDS = 24 * 3600
_LEASE = 60.0
_POLL = 1.0
_log = logging.getLogger(__name__)


def new_secret() -> str:
    """A fresh secret, as the client's ``webhook_secret`` takes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed(endpoint: Endpoint, delivery: Delivery, at: int) -> dict[str, str]:
    """The headers of a delivery that is sent at this time."""
    keys = [endpoint.secret]
    if endpoint.old_secret is not None and (endpoint.old_until or 0) > at:
        keys.append(endpoint.old_secret)
    content = f"{delivery.id}.{at}.{delivery.body}".encode()
    signatures = [_signature(key, content) for key in keys]
    return {
        "content-type": "application/json",
        "user-agent": "Etude-Webhooks/1",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def send(caller: Caller, endpoint: Endpoint, delivery: Delivery) -> int:
    """Send a delivery once; the status of the answer.

    Raises:
        Refused: the address may not be called.
        Unreached: nobody answered.
    """
    headers = signed(endpoint, delivery, now())
    return caller.post(endpoint.url, delivery.body.encode(), headers)


class Sender:
    """Sends what is due (a ``Background`` of the server)."""

    def __init__(self, store: Store, caller: Caller) -> None:
        self._webhooks = store.webhooks
        self._caller = caller
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin sending."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Send no more; what is due stays so."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def is_well(self) -> bool:
        """Whether what is due is sent."""
        return self._task is None or not self._task.done()

    async def _run(self) -> None:
        while True:
            try:
                sent = await asyncio.to_thread(self.one)
            except StoreError as error:
                _log.warning("webhooks wait for the database: %s", error.found)
                sent = False
            except Exception:  # noqa: BLE001 - nobody would be told of anything any more
                _log.exception("webhooks could not be looked through")
                sent = False
            if not sent:
                await asyncio.sleep(_POLL)

    def one(self) -> bool:
        """Send one delivery that is due; False where none is."""
        due = self._webhooks.take(_LEASE)
        if due is None:
            return False
        endpoint = self._webhooks.find(due.endpoint)
        if endpoint is None:
            self._webhooks.told(due, delivered=False)
            return True
        try:
            status = send(self._caller, endpoint, due)
            answer, delivered = str(status), 200 <= status < 300
        except (Refused, Unreached) as error:
            answer, delivered = str(error), False
        except Exception:  # noqa: BLE001 - one endpoint must not keep all others from being told
            _log.exception("the webhook %s could not be sent", due.id)
            answer, delivered = "this server failed", False
        tried = due.model_copy(update={"attempts": due.attempts + 1, "answer": answer})
        again = None if delivered else _again(tried)
        self._webhooks.told(tried, delivered=delivered, again=again)
        return True


def _again(tried: Delivery) -> float | None:
    wait = min(LONGEST_AGAIN, FIRST_AGAIN * 2.0 ** (tried.attempts - 1))
    return None if time.time() + wait > tried.created + GIVEN_UP else wait


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
