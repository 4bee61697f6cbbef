"""``/v1/files`` as OpenAI's client uses it, and forms as nobody should send them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from tests.serving._inside import serving
from tests.serving._live import client, live

from etude.serving.errors import ApiError
from etude.serving.services import Services
from etude.serving.uploads import PIECE, receive
from etude.store.files import Incoming

Running = tuple[Services, openai.OpenAI, str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    services = serving(tmp_path_factory.mktemp("served"), tuning={"workers": 0})
    with live(services) as address, client(address) as official:
        yield services, official, address


def put(official: openai.OpenAI, data: bytes = b"{}\n", **more: Any) -> Any:
    said = {"file": ("a.jsonl", data), "purpose": "fine-tune"} | more
    return official.files.create(**said)


def test_a_file_comes_back_as_it_was(running: Running, tmp_path: Path) -> None:
    _, official, _ = running
    path = tmp_path / "chats.jsonl"
    path.write_bytes(b'{"a": 1}\r\n' * 3000)
    with path.open("rb") as handle:
        file = official.files.create(file=handle, purpose="fine-tune")
    assert file.id.startswith("file-")
    assert (file.object, file.filename, file.purpose) == ("file", "chats.jsonl", "fine-tune")
    assert (file.bytes, file.status, file.expires_at) == (30_000, "processed", None)
    assert official.files.retrieve(file.id) == file
    assert official.files.wait_for_processing(file.id).status == "processed"
    assert official.files.content(file.id).read() == path.read_bytes()
    gone = official.files.delete(file.id)
    assert (gone.id, gone.deleted) == (file.id, True)
    with pytest.raises(openai.NotFoundError):
        official.files.retrieve(file.id)
    with pytest.raises(openai.NotFoundError):
        official.files.content(file.id)
    with pytest.raises(openai.NotFoundError):
        official.files.delete(file.id)


def test_files_are_listed_by_pages(running: Running) -> None:
    _, official, _ = running
    made = [put(official, purpose="user_data").id for _ in range(5)]
    page = official.files.list(purpose="user_data", limit=2)
    assert [file.id for file in page] == made[::-1]  # the client fetches the further pages
    assert [file.id for file in official.files.list(purpose="user_data", order="asc")] == made
    assert [f.id for f in official.files.list(after=made[1], purpose="user_data")] == made[:1]
    with pytest.raises(openai.BadRequestError, match="Nothing in this list"):
        official.files.list(after="file-x")
    with pytest.raises(openai.BadRequestError):
        official.files.list(limit=0)


def test_a_file_may_say_when_it_is_gone(running: Running) -> None:
    _, official, _ = running
    file = put(official, expires_after={"anchor": "created_at", "seconds": 3600})
    assert file.expires_at is not None
    assert 3590 < file.expires_at - time.time() < 3610
    batch = put(official, purpose="batch")
    assert batch.expires_at is not None
    assert batch.expires_at - batch.created_at == 30 * 24 * 3600
    for seconds in (3599, 2592001):
        with pytest.raises(openai.BadRequestError) as caught:
            put(official, expires_after={"anchor": "created_at", "seconds": seconds})
        assert caught.value.param == "expires_after.seconds"


@pytest.mark.parametrize("purpose", ["assistants", "vision", "evals", "nonsense", ""])
def test_purposes_that_nothing_reads_are_refused(running: Running, purpose: str) -> None:
    services, official, _ = running
    before = sorted(services.store.files.folder.iterdir())
    with pytest.raises(openai.BadRequestError) as caught:
        put(official, purpose=purpose)
    assert caught.value.param == "purpose"
    assert sorted(services.store.files.folder.iterdir()) == before


def test_no_name_becomes_a_path(running: Running) -> None:
    services, official, address = running
    file = put(official, file=("../../../etc/cron.d/x.jsonl", b"{}"))
    assert file.filename == "x.jsonl"
    assert services.store.files.path(file.id).parent == services.store.files.folder
    for name in ("..%2Fetude.db", "%2Fetc%2Fpasswd", ".."):
        answer = httpx2.get(f"{address}/files/{name}/content")
        assert answer.status_code == 404


BOUNDARY = "xyz"


def form(*parts: tuple[str, str, bytes]) -> bytes:
    made = b""
    for name, more, data in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        made += head.encode() + data + b"\r\n"
    return made + f"--{BOUNDARY}--\r\n".encode()


FILE = ("file", '; filename="a.jsonl"', b"{}\n")
PURPOSE = ("purpose", "", b"fine-tune")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_form"),
        (b"not a form", "invalid_form"),
        (form(FILE, PURPOSE)[:-9], "invalid_form"),
        (form(FILE, PURPOSE)[:80], "invalid_form"),
        (form(PURPOSE), "missing_required_parameter"),
        (form(FILE), "missing_required_parameter"),
        (form(FILE, FILE, PURPOSE), "invalid_form"),
        (form(FILE, ("purpose", "", b"x" * 5000)), "invalid_form"),
        (form(FILE, PURPOSE, ("colour", "", b"red")), "unknown_parameter"),
        (form(*[(f"f{n}", "", b"") for n in range(30)], FILE), "invalid_form"),
    ],
)
def test_damaged_forms_leave_nothing(running: Running, body: bytes, code: str) -> None:
    services, _, address = running
    before = sorted(services.store.files.folder.glob("*"))
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    answer = httpx2.post(f"{address}/files", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert sorted(services.store.files.folder.glob("*")) == before


def test_other_bodies_are_refused(running: Running) -> None:
    _, _, address = running
    for kind in ("application/json", "multipart/form-data", ""):
        answer = httpx2.post(f"{address}/files", content=b"{}", headers={"content-type": kind})
        assert answer.json()["error"]["code"] == "invalid_content_type"


def test_bytes_go_to_the_disk_beside_the_loop(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of an upload that is too large, of which nothing stays."""
    services, _, _ = running
    files = services.store.files
    before = sorted(files.folder.glob("*"))
    writers: list[tuple[int, int]] = []
    write = Incoming.write

    def noted(incoming: Incoming, data: bytes) -> None:
        writers.append((threading.get_ident(), len(data)))
        write(incoming, data)

    monkeypatch.setattr(Incoming, "write", noted)
    whole = form(("file", '; filename="a.jsonl"', b"x" * (2 * PIECE + 5)), PURPOSE)

    async def chunks(end: int) -> AsyncIterator[bytes]:
        for start in range(0, end, 1000):
            yield whole[start : start + 1000]
        if end < len(whole):
            raise ApiError(413, "too large")

    kind = f"multipart/form-data; boundary={BOUNDARY}"
    came, said = asyncio.run(receive(kind, chunks(len(whole)), files, dict))
    assert said == {"purpose": "fine-tune"}
    assert (files.folder / came.file).stat().st_size == came.incoming.bytes == 2 * PIECE + 5
    assert threading.get_ident() not in {thread for thread, _ in writers}
    assert len(writers) < 10, "packets are put together"
    with pytest.raises(ApiError):
        asyncio.run(receive(kind, chunks(PIECE + 1000), files, dict))
    (files.folder / came.file).unlink()
    assert sorted(files.folder.glob("*")) == before
