"""Instructions that an endpoint rewrites, from the announcement to the page, through a breakdown."""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import etude
from etude.workflow import keeping
from tests.endpoint._chat import ChatServer
from tests.endpoint.conftest import Make, Run
from tests.models._server import Call

pytestmark = pytest.mark.skipif(
    find_spec("gepa") is None, reason="needs gepa: pip install 'etude[improve]'"
)
MAGIC = "Go by the words of the message."
BUDGET = 60


class Coached(ChatServer):
    """Answers by the words where the instructions say so, else with the first label; and rewrites."""

    def __init__(self, *words: Any, **more: Any) -> None:
        super().__init__(*words, **more)
        self.rewriting: list[str] = []
        self.bodies: list[str] = []

    def _classify(self, call: Call, mode: str, again: bool) -> None:
        messages = call.body["messages"]
        self.bodies.append(json.dumps(call.body, sort_keys=True))
        if messages[0]["content"].startswith("An assistant does"):
            self.rewriting.append(messages[0]["content"])
            call.answer(f"```\nSay what the customer needs. {MAGIC}\n```", tokens=(300, 20))
            return
        if MAGIC not in messages[0]["content"]:
            messages[0] = {"role": "system", "content": ""}
        super()._classify(call, mode, again)


def improved(make: Make, server: ChatServer) -> Path:
    folder = make(server, per_label=20, holdout=6)
    task = folder / "etude.yaml"
    task.write_text(task.read_text() + f"improve: {{requests: {BUDGET}}}\n", encoding="utf-8")
    return folder


def test_from_the_announcement_through_a_breakdown_to_the_page(make: Make, run: Run) -> None:
    with Coached("no_key", after=70) as server:
        folder = improved(make, server)
        ran = run("compare", "--yes", project=folder)
        assert ran.code == 4
        server.mode = "ok"
        assert run("compare", "--yes", project=folder).code == 0
        again = Counter(Counter(server.bodies).values())
        assert set(again) == {1, 3}, "once; what is scored three times, to see whether it flips"
        assert len(set(server.rewriting)) == len(server.rewriting) > 0
    found = re.search(r"in about ([\d,]+) requests", ran.err)
    assert found is not None
    assert len(server.bodies) <= int(found[1].replace(",", ""))
    assert f"Each search for better instructions ends after {BUDGET} requests." in ran.err
    session = etude.open(folder)._session
    comparison = keeping.latest(session)
    (candidate,) = comparison.candidates
    assert MAGIC in candidate.settings["wording"]["instructions"]
    rows = keeping.rows_of(session, comparison)
    held_out = rows.filter(rows["side"] == "holdout")["input"].to_list()
    assert held_out
    assert not any(text in said for said in server.rewriting for text in held_out)
    assert run("report", project=folder).code == 0
    assert MAGIC in (folder / "rows.html").read_text(encoding="utf-8")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert MAGIC not in page, "a page to be sent on holds no text that may quote examples"
    assert "instructions written anew no. 1" in page
    assert "rewritten by openai:tiny" in page
