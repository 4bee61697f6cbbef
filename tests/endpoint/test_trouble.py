"""An endpoint that fails, costs too much, or dies: answers are kept and never asked for again."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest

import etude
from etude.workflow import keeping
from tests._children import ETUDE, Child
from tests.endpoint._chat import ChatServer
from tests.endpoint.conftest import PRICE_IN, PRICE_OUT, Make, Run

KEY = "secret-7f3a-never-written"


def test_the_spend_limit_stops_before_it_and_a_higher_one_goes_on(make: Make, run: Run) -> None:
    limit = 0.005
    with ChatServer() as server:
        folder = make(server, f", spend_limit: {limit}")
        ran = run("compare", "--yes", project=folder)
        assert ran.code == 5
        assert "spend_limit" in ran.err
        first = len(server.answered)
        assert first > 5
        assert limit / 2 < server.spent(PRICE_IN, PRICE_OUT) <= limit
        task = folder / "etude.yaml"
        task.write_text(task.read_text().replace(f"spend_limit: {limit}", "spend_limit: 5"))
        assert run("compare", "--yes", project=folder).code == 0
        assert len(server.answered) > first
        assert set(Counter(server.answered).values()) == {1, 3}  # three times: asked again


def test_where_the_limit_leaves_no_room_flips_are_unmeasured_and_the_rest_stands(
    make: Make, run: Run
) -> None:
    with ChatServer() as server:
        folder = make(server)
        assert run("compare", "--yes", project=folder).code == 0
        once = sum(1 for count in Counter(server.answered).values())
        spent = server.spent(PRICE_IN, PRICE_OUT) * once / len(server.answered)
    with ChatServer() as server:
        folder = make(server, f", spend_limit: {1.2 * spent}")
        ran = run("compare", "--yes", "--json", project=folder)
        assert ran.code == 0, ran.err
        assert "would pass the spend limit" in ran.err
        assert ran.json["candidates"][0]["flips"] is None
        assert ran.json["verdict"]["decision"]


@pytest.mark.parametrize(
    ("mode", "words", "after"),
    [
        ("slow", "no answer within", 0),
        ("html", "web page", 0),
        ("limited", "429", 0),
        ("no_key", "key is not accepted", 0),
        ("dead", "connection", 0),
        ("limited", "429", 30),
        ("dead", "connection", 30),
    ],
)
def test_an_endpoint_that_fails_for_good_ends_the_run_soon(
    make: Make, run: Run, mode: str, words: str, after: int
) -> None:
    with ChatServer(mode, after) as server:
        folder = make(server)
        if mode == "slow":
            task = folder / "etude.yaml"
            task.write_text(task.read_text().replace("timeout_s: 5", "timeout_s: 1"))
        began = time.monotonic()
        ran = run("compare", "--yes", "--json", project=folder)
        assert time.monotonic() - began < 30
        assert ran.code == 4
        assert words in ran.err
        assert "Traceback" not in ran.err
        assert ran.json["error"]["next"]
        server.mode = "ok"
        assert run("compare", "--yes", project=folder).code == 0
        assert set(Counter(server.answered).values()) == {1, 3}


def test_no_endpoint_at_all_is_said(make: Make, run: Run) -> None:
    with ChatServer() as server:
        folder = make(server)
    ran = run("compare", "--yes", project=folder)
    assert ran.code == 4
    assert "is the server running" in ran.err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_a_killed_run_goes_on_without_losing_or_doubling_answers(make: Make, run: Run) -> None:
    with ChatServer() as plain:
        whole = make(plain)
        assert run("compare", "--yes", project=whole).code == 0
    with ChatServer(delay=0.03) as server:
        folder = make(server)
        process = Child(ETUDE, "compare", "--yes", "--project", folder)
        while len(server.answered) < 25 and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.wait()
        killed_at = len(server.answered)
        assert killed_at < len(plain.answered)
        server.delay = 0.0
        assert run("compare", "--yes", project=folder).code == 0
        # At most what was under way (4 at a time) is asked again.
        again = Counter(server.answered) - Counter(plain.answered)
        assert again.total() <= 4
        assert set(server.answered) == set(plain.answered)
    mine, theirs = (keeping.latest(etude.open(one)._session) for one in (folder, whole))
    assert mine.candidates[0].quality == theirs.candidates[0].quality


def test_a_missing_key_is_named(make: Make, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_CHAT_KEY", raising=False)
    with ChatServer() as server:
        ran = run("compare", "--yes", project=make(server, ", api_key_env: MY_CHAT_KEY"))
        assert ran.code == 4
        assert "MY_CHAT_KEY" in ran.err
        assert not server.calls


@pytest.mark.parametrize("mode", ["ok", "no_key"])
def test_the_key_is_sent_and_written_nowhere(
    make: Make, run: Run, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("MY_CHAT_KEY", KEY)
    with ChatServer(mode) as server:
        folder = make(server, ", api_key_env: MY_CHAT_KEY")
        ran = run("run", "--yes", "--json", project=folder)
        assert ran.code == (0 if mode == "ok" else 4)
        assert set(server.keys) == {f"Bearer {KEY}"}
    assert KEY not in ran.out + ran.err
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(".etude" in path.parts for path in files)
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
