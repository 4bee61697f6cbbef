"""Batches: checked, answered line by line, each once whatever is killed, and OpenAI's to look at."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from starlette.responses import JSONResponse, Response
from tests._children import run
from tests.serving.conftest import Site
from tests.store._emptied import emptied

from etude.errors import StoreError
from etude.records.batch import Counts, Tokens
from etude.serving import batch_lines
from etude.serving import batches as module
from etude.serving.batch_lines import checked
from etude.store import Store
from etude.store.traffic import Traffic

from ._batch import CHAT, echo, finish, finished, line, lines, put, read, runner
from ._inside import app_of, bearer, call, keys_of, official, serving


@pytest.fixture(scope="module")
def one_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("batches")) as opened:
        yield opened


@pytest.fixture
def store(one_store: Store) -> Store:
    return emptied(one_store)


def failing(text: str) -> Response | None:
    error = {"message": "no", "type": "invalid_request_error", "param": None, "code": "x"}
    return JSONResponse({"error": error}, 400) if text == "bad" else None


def test_answers_and_failures_go_into_two_files(store: Store) -> None:
    said = [line(f"l{n}", "bad" if n == 2 else f"text {n}") for n in range(5)]
    done = finish(runner(store, echo(failing)), put(store, lines(*said)))
    assert done.status == "completed"
    assert done.counts == Counts(total=5, completed=4, failed=1)
    assert done.tokens == Tokens(read=12, written=8)
    assert done.model == "m"
    good, bad = read(store, done.output_file), read(store, done.error_file)
    assert [row["custom_id"] for row in good] == ["l0", "l1", "l3", "l4"]
    assert good[0]["response"]["status_code"] == 200
    assert good[0]["response"]["request_id"] == "req_1"
    assert good[0]["response"]["body"]["choices"][0]["message"]["content"] == "text 0"
    assert good[0]["error"] is None
    assert [row["response"]["status_code"] for row in bad] == [400]
    assert bad[0]["response"]["body"]["error"]["code"] == "x"
    assert {store.files.find(f).purpose for f in (done.output_file, done.error_file)} == {  # type: ignore[union-attr, arg-type]
        "batch_output"
    }


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b"", "empty_file", None),
        (b"{\n", "invalid_json_line", 1),
        (b"\xff\n", "invalid_json_line", 1),
        (b"[1]\n", "invalid_json_line", 1),
        (b"[" * 200_000, "invalid_json_line", 1),
        (lines(line("a"), line("a")), "duplicate_custom_id", 2),
        (lines(line("a"), line("", method="POST")), "missing_required_parameter", 2),
        (lines(line("a", method="GET")), "invalid_method", 1),
        (lines(line("a", url="/v1/embeddings")), "invalid_url", 1),
        (lines(line("a", body=[])), "missing_required_parameter", 1),
        (lines(line("a", body={"model": 3})), "missing_required_parameter", 1),
        (lines(line("a", body={"model": "m", "stream": True})), "invalid_value", 1),
        (lines(line("a", body={"model": "\ud800"})), "invalid_value", 1),
        (lines(line("\ud800")), "invalid_value", 1),
    ],
)
def test_what_is_no_request_is_found_with_its_line(
    tmp_path: Path, content: bytes, code: str, where: int | None
) -> None:
    (tmp_path / "in").write_bytes(content)
    found = checked(tmp_path / "in", CHAT)
    assert [(error.code, error.line) for error in found.errors] == [(code, where)]


def test_a_file_with_faults_fails_the_batch(store: Store) -> None:
    done = finish(runner(store), put(store, b"{\n"))
    assert done.status == "failed"
    assert [error.code for error in done.errors] == ["invalid_json_line"]
    assert "failed_at" in done.stamps
    assert done.output_file is None
    deleted = put(store, lines(line("a")))
    store.files.delete(deleted.input_file)
    done = finish(runner(store), deleted)
    assert (done.status, done.errors[0].code) == ("failed", "file_not_found")


@pytest.mark.parametrize(("fault", "tries"), [(RuntimeError, 1), (OSError, module.MOST_TRIES)])
def test_a_batch_that_the_server_fails_on_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], tries: int
) -> None:
    tried = []

    def fails(*given: object) -> None:
        tried.append(given)
        raise fault

    with monkeypatch.context() as broken:
        broken.setattr(module, "checked", fails)
        broken.setattr(module, "LEASE", 0.02)
        broken.setattr(module, "POLL", 0.03)
        done = finish(runner(store), put(store, lines(line("a"))))
    assert (done.status, done.errors[0].code) == ("failed", module.BROKEN)
    assert len(tried) == tries
    assert finish(runner(store), put(store, lines(line("a")))).status == "completed"


@pytest.mark.parametrize("fault", [RuntimeError, OSError])
def test_a_batch_that_breaks_off_keeps_its_answers(
    store: Store, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    batch = put(store, lines(*(line(str(n), "bad" if n == 1 else str(n)) for n in range(4))))

    def breaks(path: Path) -> Iterator[batch_lines.Request]:
        yield from itertools.islice(batch_lines.requests_of(path), 2)
        raise fault

    monkeypatch.setattr(module, "requests_of", breaks)
    monkeypatch.setattr(module, "LEASE", 0.02)
    monkeypatch.setattr(module, "POLL", 0.03)
    done = finish(runner(store, echo(failing)), batch)
    assert (done.status, [one.code for one in done.errors]) == ("failed", [module.BROKEN])
    assert done.counts == Counts(total=4, completed=1, failed=3)
    assert done.tokens == Tokens(read=3, written=2)
    assert [row["custom_id"] for row in read(store, done.output_file)] == ["0"]
    refused, *unasked = read(store, done.error_file)
    assert refused["response"]["status_code"] == 400
    assert [(row["custom_id"], row["error"]["code"]) for row in unasked] == [
        ("2", "batch_failed"),
        ("3", "batch_failed"),
    ]


def test_a_full_disk_fails_no_batch(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = put(store, lines(line("a"), line("b", "bad")))
    working = runner(store, echo(failing))
    receive, tried = store.files.receive, []

    def full(file: str) -> Any:
        tried.append(file)
        if len(tried) < module.MOST_TRIES + 2:
            raise StoreError("the disk is full")
        return receive(file)

    monkeypatch.setattr(working._files, "receive", full)
    monkeypatch.setattr(module, "LEASE", 0.02)
    monkeypatch.setattr(module, "POLL", 0.03)
    done = finish(working, batch)
    assert (done.status, done.errors, len(tried)) == ("completed", (), module.MOST_TRIES + 3)
    assert done.counts == Counts(total=2, completed=1, failed=1)


@pytest.mark.parametrize("how", ["deleted", "gone from the disk"])
def test_a_batch_whose_input_goes_keeps_its_answers(store: Store, how: str) -> None:
    batch = put(store, lines(*(line(str(n), str(n)) for n in range(3))))

    async def first() -> None:
        async def stops(scope: Any, receive: Any, send: Any) -> None:
            if working.batches.done(batch.id):
                await asyncio.sleep(60)
            await echo()(scope, receive, send)

        working = runner(store, stops, running=4)
        await working.start()
        while not working.batches.done(batch.id):
            await asyncio.sleep(0.005)
        await working.stop()

    asyncio.run(first())
    if how == "deleted":
        store.files.delete(batch.input_file)
    else:
        store.files.path(batch.input_file).unlink()
    done = finish(runner(store), batch)
    assert (done.status, [one.code for one in done.errors]) == ("failed", ["file_not_found"])
    assert done.counts == Counts(total=3, completed=1)
    assert [row["custom_id"] for row in read(store, done.output_file)] == ["0"]


def test_faults_are_listed_up_to_a_number(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b"{\n\n" * 150 + lines(line("a")))
    found = checked(path, CHAT)
    assert (found.total, len(found.errors)) == (151, 100)
    assert found.errors[-1].line == 199  # empty lines count as lines


def test_a_line_without_end_is_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_lines, "MOST_LINE", 200)
    good = '{"custom_id": "%s", "method": "POST", "url": "' + CHAT + '", "body": {"model": "m"}}'
    path = tmp_path / "in"
    path.write_text("\n".join([good % "a", '{"x": "' + "y" * 900 + '"}', good % "b", "[" * 900]))
    found = checked(path, CHAT)
    assert [(one.line, one.code) for one in found.errors] == [
        (2, "invalid_json_line"),
        (4, "invalid_json_line"),
    ]
    assert found.total == 4


def test_a_busy_server_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.0)
    asked: list[str] = []

    def busy(text: str) -> Response | None:
        asked.append(text)
        statuses = {"busy": 429, "away": 503, "spent": 429}
        if asked.count(text) <= 20 and text in statuses:
            headers = {"x-should-retry": "false"} if text == "spent" else {"retry-after": "1"}
            return JSONResponse({"error": {}}, statuses[text], headers=headers)
        return None

    batch = put(store, lines(*(line(text, text) for text in ("busy", "away", "spent"))))
    done = finish(runner(store, echo(busy)), batch)
    assert [row["custom_id"] for row in read(store, done.output_file)] == ["busy"]
    assert {text: asked.count(text) for text in ("busy", "away", "spent")} == {
        "busy": 21,
        "away": module.MOST_TRIES,
        "spent": 1,
    }


def test_only_a_few_lines_run_at_once(store: Store) -> None:
    at_once, most = [0], [0]

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        at_once[0] += 1
        most[0] = max(most[0], at_once[0])
        await asyncio.sleep(0.005)
        await echo()(scope, receive, send)
        at_once[0] -= 1

    batch = put(store, lines(*(line(str(n)) for n in range(20))))
    assert finish(runner(store, slow, running=12), batch).status == "completed"
    assert most[0] == 3


def test_what_is_cancelled_keeps_its_answers(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEASE", 0.05)
    batch = put(store, lines(*(line(str(n), str(n)) for n in range(6))))

    async def forever(scope: Any, receive: Any, send: Any) -> None:
        if store_line_count() >= 2:
            working.batches.cancel(batch.id)
            await asyncio.sleep(60)
        await echo()(scope, receive, send)

    def store_line_count() -> int:
        return len(working.batches.done(batch.id))

    working = runner(store, forever, running=4)
    done = finish(working, batch)
    assert done.status == "cancelled"
    assert done.counts == Counts(total=6, completed=2, failed=4)
    assert [row["custom_id"] for row in read(store, done.output_file)] == ["0", "1"]
    errors = read(store, done.error_file)
    assert {row["error"]["code"] for row in errors} == {"batch_cancelled"}
    assert all(row["response"] is None for row in errors)


def test_what_is_late_expires(store: Store) -> None:
    batch = put(store, lines(line("a")), expires=int(time.time()) - 1)

    async def forever(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    done = finish(runner(store, forever), batch)
    assert done.status == "expired"
    assert read(store, done.error_file)[0]["error"]["code"] == "batch_expired"


def test_a_server_that_stops_leaves_the_rest_to_the_next(store: Store) -> None:
    batch = put(store, lines(*(line(str(n), str(n)) for n in range(4))))
    answered: list[str] = []

    async def stops(scope: Any, receive: Any, send: Any) -> None:
        if len(answered) == 2:
            await asyncio.sleep(60)
        await echo(lambda text: answered.append(text))(scope, receive, send)  # type: ignore[func-returns-value]

    async def first() -> None:
        working = runner(store, stops, running=4)
        await working.start()
        while len(working.batches.done(batch.id)) < 2:
            await asyncio.sleep(0.005)
        await working.stop()

    asyncio.run(first())
    done = finish(runner(store, echo(lambda text: answered.append(text))), batch)  # type: ignore[func-returns-value]
    assert done.counts == Counts(total=4, completed=4)
    assert answered == ["0", "1", "2", "3"]


ROOT = Path(__file__).parents[2]
KILLED = """
import asyncio, os, sys
from etude.store import Store
from etude.store.traffic import Traffic
from tests.serving._batch import echo, runner

def note(text):
    with open(sys.argv[3], "a") as file:
        file.write(text + "\\n")

async def main():
    working = runner(Store.open(sys.argv[1]), echo(note), running=8)
    write = working.batches.write_line
    def dying(batch, line):
        wrote = write(batch, line)
        if len(working.batches.done(batch)) >= int(sys.argv[2]):
            os._exit(9)
        return wrote
    working.batches.write_line = dying
    await working.start()
    await asyncio.sleep(30)
asyncio.run(main())
"""


def test_a_kill_repeats_no_line_that_was_answered(store: Store, tmp_path: Path) -> None:
    batch = put(store, lines(*(line(str(n), str(n)) for n in range(12))))
    log = tmp_path / "asked"
    done = run(KILLED, store.root, 5, log, cwd=ROOT)
    assert done.returncode == 9, done.stderr
    kept = runner(store).batches.done(batch.id)
    assert len(kept) >= 5
    before = log.read_text().split()
    after: list[str] = []
    ended = finish(runner(store, echo(lambda text: after.append(text))), batch)  # type: ignore[func-returns-value]
    assert ended.counts == Counts(total=12, completed=12)
    assert not {int(text) + 1 for text in after} & kept
    assert set(before) | set(after) == {str(n) for n in range(12)}
    names = [row["custom_id"] for row in read(store, ended.output_file)]
    assert names == [str(n) for n in range(12)]


def test_two_servers_work_on_one_batch_in_turn(store: Store) -> None:
    asked: list[str] = []
    batch = put(store, lines(*(line(str(n), str(n)) for n in range(10))))

    async def both() -> None:
        app = echo(lambda text: asked.append(text))  # type: ignore[func-returns-value]
        await asyncio.gather(
            finished(runner(store, app), batch), finished(runner(store, app), batch)
        )

    asyncio.run(both())
    assert sorted(asked, key=int) == [str(n) for n in range(10)]


def test_lines_are_asked_for_whoever_made_the_batch(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    key, _ = keys_of(tmp_path).create("k", ["infer", "tune"], tokens_per_day=1000)
    services = serving(tmp_path)

    async def who(scope: Any, receive: Any, send: Any) -> None:
        caller = scope["etude.caller"]
        await JSONResponse({"key": caller.key})(scope, receive, send)

    services.batches.app = who
    done = finish(services.batches, put(store, lines(line("a")), key=key.id))
    assert read(store, done.output_file)[0]["response"]["body"] == {"key": key.id}
    keys_of(tmp_path).revoke("k")
    late = finish(services.batches, put(store, lines(line("a")), key=key.id))
    assert read(store, late.error_file)[0]["response"]["status_code"] == 401


def test_the_official_client(tmp_path: Path) -> None:
    services = serving(tmp_path)
    app = app_of(services)
    services.batches.app = echo()
    file = services.store.files.write(
        lines(line("a"), line("b")), purpose="batch", filename="in.jsonl"
    )

    async def use(client: openai.AsyncOpenAI) -> None:
        batch = await client.batches.create(
            input_file_id=file.id,
            endpoint=CHAT,
            completion_window="24h",
            metadata={"night": "1"},
            output_expires_after={"anchor": "created_at", "seconds": 3600},
        )
        assert batch.status == "validating"
        assert batch.expires_at == batch.created_at + 86_400
        while batch.status not in ("completed", "failed"):
            await asyncio.sleep(0.01)
            batch = await client.batches.retrieve(batch.id)
        assert batch.status == "completed"
        assert batch.request_counts is not None
        assert batch.request_counts.completed == batch.request_counts.total == 2
        assert batch.usage is not None
        assert batch.usage.total_tokens == 10
        assert batch.model == "m"
        assert batch.metadata == {"night": "1"}
        assert batch.in_progress_at is not None
        assert batch.completed_at is not None
        assert batch.error_file_id is None
        kept = services.store.files.find(batch.output_file_id or "")
        assert kept is not None
        assert kept.expires is not None
        other = await client.batches.create(
            input_file_id=file.id, endpoint=CHAT, completion_window="24h"
        )
        listed = [one.id async for one in client.batches.list(limit=1)]
        assert listed == [other.id, batch.id]
        with pytest.raises(openai.BadRequestError, match="can't be cancelled"):
            await client.batches.cancel(batch.id)

    official(app, use)


def test_from_an_upload_to_answers(site: Site) -> None:
    """Over a server that listens: its own models, and files by OpenAI's client alone."""
    client = site.client
    said = [line("good", "stolen wallet gone block missing"), line("gone"), line("odd")]
    said[0]["body"]["model"], said[1]["body"]["model"] = "production", "no-such-model"
    said[2]["body"] |= {"model": "production", "temperature": "hot"}
    file = client.files.create(file=("in.jsonl", lines(*said)), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=CHAT, completion_window="24h")
    until = time.monotonic() + 20
    while batch.status != "completed":
        assert time.monotonic() < until, batch
        time.sleep(0.02)
        batch = client.batches.retrieve(batch.id)
    assert batch.output_file_id is not None
    assert batch.error_file_id is not None
    (good,) = map(json.loads, client.files.content(batch.output_file_id).text.splitlines())
    assert good["response"]["body"]["choices"][0]["message"]["content"] == "lost_card"
    recorded = Traffic(site.services.store.database).get(good["response"]["body"]["id"])
    assert recorded is not None
    bad = [json.loads(row) for row in client.files.content(batch.error_file_id).text.splitlines()]
    codes = [row["response"]["body"]["error"]["code"] for row in bad]
    assert codes == ["model_not_found", "invalid_value"]
    assert client.files.retrieve(batch.output_file_id).purpose == "batch_output"


def test_what_can_t_be_a_batch_is_refused(tmp_path: Path) -> None:
    services = serving(tmp_path)
    app = app_of(services)
    file = services.store.files.write(b"{}", purpose="fine-tune", filename="x.jsonl")
    good = {"input_file_id": file.id, "endpoint": CHAT, "completion_window": "24h"}
    bodies = [
        (good, 400, "invalid_file_purpose"),
        (good | {"input_file_id": "file-none"}, 404, "not_found"),
        (good | {"endpoint": "/v1/moderations"}, 400, "invalid_value"),
        (good | {"completion_window": "1h"}, 400, "invalid_value"),
        (good | {"metadata": {"a": 1}}, 400, "invalid_value"),
        (good | {"surprise": 1}, 400, "unknown_parameter"),
    ]
    answers = call(
        app, *({"method": "POST", "url": "/v1/batches", "json": b} for b, _, _ in bodies)
    )
    for answer, (_, status, code) in zip(answers, bodies, strict=True):
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    missing = call(
        app,
        {"url": "/v1/batches/batch_none"},
        {"method": "POST", "url": "/v1/batches/batch_none/cancel"},
        {"url": "/v1/batches?after=batch_none"},
    )
    assert [answer.status_code for answer in missing] == [404, 404, 404]


def test_making_one_needs_both_scopes(tmp_path: Path) -> None:
    _, infer = keys_of(tmp_path).create("i", ["infer"])
    _, tune = keys_of(tmp_path).create("t", ["tune"])
    app = app_of(serving(tmp_path))
    body = {"input_file_id": "file-none", "endpoint": CHAT, "completion_window": "24h"}
    for secret, missing in ((infer, "tune"), (tune, "infer")):
        ask = {"method": "POST", "url": "/v1/batches", "json": body, "headers": bearer(secret)}
        (answer,) = call(app, ask)
        assert answer.status_code == 403
        assert f"Missing scopes: {missing}" in json.loads(answer.text)["error"]["message"]


@pytest.mark.parametrize("ends", ["expired", "completed"])
def test_a_kill_at_the_end_changes_no_end(
    store: Store, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    late = ends == "expired"
    batch = put(store, lines(line("a")), expires=int(time.time()) + (-1 if late else 60))
    files = store.files.add

    def broken(*given: Any, **more: Any) -> None:
        files(*given, **more)  # the first file is there, and then the power goes
        raise OSError("killed here")

    async def first() -> None:
        working = runner(store, forever if late else echo())
        monkeypatch.setattr(module, "POLL", 60.0)
        with monkeypatch.context() as patch:
            patch.setattr(working._files, "add", broken)
            await working.start()
            while (now := working.batches.find(batch.id)) is None or now.ends is None:
                await asyncio.sleep(0.005)
            await asyncio.sleep(0.05)
            await working.stop()
        working.batches.release(batch.id, working._owner)

    async def forever(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(60)

    asyncio.run(first())
    done = finish(runner(store), batch)
    assert done.status == ends
    assert len([file for file in store.files.page()[0] if file.purpose == "batch_output"]) == 1
