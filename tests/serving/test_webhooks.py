"""Endpoints are told of jobs, signed so that OpenAI's own client believes it; nobody else is called."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openai
import pytest
from tests.jobs._made import queue
from tests.serving._inside import serving
from tests.serving._live import client, live

from etude.records.tuning import Delivery, Endpoint
from etude.serving import calling, webhooks
from etude.serving.calling import Caller, Refused, Unreached
from etude.serving.services import Services
from etude.serving.webhooks import Sender, new_secret, signed
from etude.store import Store
from etude.store.webhooks import delivery

CANCELLED = "fine_tuning.job.cancelled"
OFFICIAL = openai.OpenAI(api_key="any")


@dataclass
class Receiver:
    """Somebody's endpoint; answers with the statuses in turn, the last one for good."""

    statuses: list[int] = field(default_factory=lambda: [200])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status = made.statuses.pop(0) if len(made.statuses) > 1 else made.statuses[0]
            self.send_response(status)
            if status == 302:
                self.send_header("location", made.url + "elsewhere")
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


def endpoint(url: str, **more: Any) -> Endpoint:
    said = {"id": "we_1", "created": 1, "updated": 1, "name": "n", "event_types": (CANCELLED,)}
    return Endpoint.model_validate({**said, "url": url, "secret": new_secret(), **more})


def test_the_client_sets_endpoints_and_believes_what_they_get(
    tmp_path: Path, receiver: Receiver
) -> None:
    services: Services = serving(tmp_path, tuning={"workers": 0})
    with live(services) as address, client(address) as official:
        made = official.webhooks.create(name="n", url=receiver.url, event_types=[CANCELLED])
        assert official.webhooks.retrieve(made.id).url == receiver.url
        assert made.signing_secret_hint is not None
        assert made.signing_secret.endswith(made.signing_secret_hint[-4:])
        job = queue(services.store, "builtin:starter")
        official.fine_tuning.jobs.cancel(job.id)
        until = time.monotonic() + 60
        while not receiver.got:
            assert time.monotonic() < until
            time.sleep(0.02)
        headers, body = receiver.got[0]
        event: Any = official.webhooks.unwrap(body, headers, secret=made.signing_secret)
        assert (event.type, event.data.id, event.object) == (CANCELLED, job.id, "event")
        with pytest.raises(openai.InvalidWebhookSignatureError):
            official.webhooks.unwrap(body + b" ", headers, secret=made.signing_secret)
        tested = official.webhooks.test(made.id, event_type=CANCELLED)
        assert (tested.status_code, tested.success) == (200, True)
        rotated = official.webhooks.rotate_secret(made.id, keep_old_secret_active_for_24_hours=True)
        official.webhooks.test(made.id, event_type=CANCELLED)
        headers, body = receiver.got[-1]
        for secret in (made.signing_secret, rotated.signing_secret):
            official.webhooks.unwrap(body, headers, secret=secret)
        changed = official.webhooks.update(
            made.id, name="m", event_types=["fine_tuning.job.failed"]
        )
        assert (changed.name, changed.event_types) == ("m", ["fine_tuning.job.failed"])
        assert [one.id for one in official.webhooks.list()] == [made.id]
        assert CANCELLED in official.webhooks.event_types.list().data
        with pytest.raises(openai.BadRequestError, match="never happens on this server"):
            official.webhooks.create(name="n", url=receiver.url, event_types=["video.failed"])
        with pytest.raises(openai.BadRequestError) as caught:
            official.webhooks.create(name="n", url="http://10.0.0.1/", event_types=[CANCELLED])
        assert caught.value.param == "url"
        assert official.webhooks.delete(made.id).deleted
        with pytest.raises(openai.NotFoundError):
            official.webhooks.retrieve(made.id)


def sender(tmp_path: Path, at: Endpoint) -> tuple[Store, Sender]:
    store = Store.open(tmp_path)
    store.webhooks.put(at)
    job = queue(store, "builtin:starter")
    store.jobs.stop(job.id, "cancelled")
    return store, Sender(store, Caller(loopback=True))


def test_a_delivery_that_fails_is_tried_again_later(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses = [500, 302, 200]
    monkeypatch.setattr(webhooks, "FIRST_AGAIN", 0.0)
    store, sending = sender(tmp_path, endpoint(receiver.url))
    assert [sending.one() for _ in range(4)] == [True, True, True, False]
    assert len(receiver.got) == 3  # the redirect was not followed
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    store.close()


def test_attempts_wait_longer_and_end(tmp_path: Path, receiver: Receiver) -> None:
    receiver.statuses = [503]
    store, sending = sender(tmp_path, endpoint(receiver.url))
    assert sending.one()
    (pending,) = store.webhooks.pending("we_1")
    assert (pending.attempts, pending.answer) == (1, "503")
    assert not sending.one()  # it is not due yet
    waits = [webhooks._again(pending.model_copy(update={"attempts": n})) for n in (1, 2, 3, 20)]
    assert waits == [5.0, 10.0, 20.0, 3600.0]
    old = pending.model_copy(update={"created": int(time.time()) - 72 * 3600})
    assert webhooks._again(old) is None
    store.close()


def test_one_address_that_is_none_keeps_no_other_from_being_told(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, sending = sender(tmp_path, endpoint("https://hooks..example.com/x"))
    store.webhooks.put(endpoint(receiver.url, id="we_2"))
    store.jobs.stop(queue(store, "builtin:starter").id, "cancelled")
    monkeypatch.setattr(webhooks, "_POLL", 0.01)

    async def run() -> None:
        await sending.start()
        async with asyncio.timeout(30):
            while not receiver.got:
                await asyncio.sleep(0.01)
        assert sending.is_well()
        await sending.stop()

    asyncio.run(run())
    (first, *_) = store.webhooks.pending("we_1")
    assert first.answer == "its host is no name"
    store.close()


def test_a_fault_that_nobody_foresaw_is_an_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, sending = sender(tmp_path, endpoint("https://a.example/"))

    def fails(*given: object) -> int:
        raise RuntimeError

    monkeypatch.setattr(webhooks, "send", fails)
    assert sending.one()
    (pending,) = store.webhooks.pending("we_1")
    assert (pending.attempts, pending.answer) == (1, "this server failed")
    store.close()


def test_an_old_secret_signs_for_its_day_only() -> None:
    now, body = int(time.time()), delivery("we_1", CANCELLED, "ftjob-1")
    old = new_secret()
    for until, count in ((now + 10, 2), (now - 10, 1)):
        at = endpoint("https://a.example", old_secret=old, old_until=until)
        headers = signed(at, body, now)
        assert len(headers["webhook-signature"].split()) == count
        OFFICIAL.webhooks.verify_signature(body.body, headers, secret=at.secret)
    assert isinstance(body, Delivery)


PUBLIC, PRIVATE = "93.184.215.14", "192.168.1.5"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://10.1.2.3/",
        "https://0.0.0.0/",
        "https://user:secret@example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://",
        "nonsense",
        "https://example.com:99999/",
        "https://hooks..example.com/x",
        f"https://{'a' * 64}.example.com/",
    ],
)
def test_addresses_that_nobody_outside_may_name(url: str) -> None:
    with pytest.raises(Refused):
        Caller().check(url)


def test_a_name_is_judged_by_all_that_it_stands_for() -> None:
    for found in ([PRIVATE], [PUBLIC, PRIVATE], ["127.0.0.1"], []):
        with pytest.raises(Refused):
            Caller(resolve=lambda host, port, found=found: found).post(
                "https://a.example/", b"", {}
            )
    Caller(own_hosts=("hooks.lan",)).check("http://hooks.lan:8080/a")
    Caller(loopback=True).check("http://localhost:1/")
    Caller().check("https://example.com/hook")


def test_who_answers_a_byte_at_a_time_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "SECONDS", 0.3)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connected, _ = server.accept()
            with connected, contextlib.suppress(OSError):
                connected.sendall(b"HTTP/1.1 200 ")
                while not over.wait(0.05):
                    connected.sendall(b"O")

        slow = threading.Thread(target=drip)
        slow.start()
        try:
            with pytest.raises(Unreached, match="no answer in time"):
                Caller(loopback=True).post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"", {})
        finally:
            over.set()
            slow.join()


def test_nobody_there_is_said_in_a_word() -> None:
    with pytest.raises(Unreached, match="no connection"):
        Caller(loopback=True).post("http://127.0.0.1:9/", b"", {})

    def unknown(host: str, port: int) -> list[str]:
        raise OSError

    def none(host: str, port: int) -> list[str]:
        raise UnicodeError

    for resolve in (unknown, none):
        with pytest.raises(Unreached, match="the name is unknown"):
            Caller(resolve=resolve).post("https://nothing.example/", b"", {})
