"""An endpoint that writes is asked for one token alone, to see how long the first one takes."""

from __future__ import annotations

from pathlib import Path

import pytest

import etude
from etude.evaluation.beginning import ASKED
from etude.workflow.compare import CompareOptions
from tests.models._server import Call, Server

TASK = """
task: notes
kind: write
instructions: Say it in a sentence.
checks: [{{type: ends-with, value: "."}}]
data: {{examples: notes.csv, holdout: kept.csv, input: text, target: said}}
bar: {{metric: all_checks}}
models: [{{openai: {{base_url: '{url}', model: tiny, price_in: 1, price_out: 1, max_retries: 0}}}}]
ladder: [prompt]
"""


def project(folder: Path, url: str) -> Path:
    for name, first, count in (("notes.csv", 0, 40), ("kept.csv", 40, 30)):
        rows = [
            f"note number {i} on matter {i * 7},It is about {i}."
            for i in range(first, first + count)
        ]
        (folder / name).write_text("\n".join(["text,said", *rows]), encoding="utf-8")
    (folder / "etude.yaml").write_text(TASK.format(url=url), encoding="utf-8")
    return folder


@pytest.mark.parametrize("refuses", [False, True])
def test_the_time_to_the_first_token_is_asked_for_announced_and_kept(
    tmp_path: Path, refuses: bool
) -> None:
    def reply(call: Call) -> None:
        short = call.body.get("max_tokens") == 1
        if short and refuses:
            call.error(400, "max_tokens is too small")
        else:
            call.answer("It" if short else "It is.", finish="length" if short else "stop")

    with Server(reply) as server:
        folder = project(tmp_path, server.url)
        asked = []
        options = CompareOptions(confirm=lambda e: asked.append(e) or True)
        comparison = etude.open(folder).compare(options)
        short = [one for one in server.calls if one.get("max_tokens") == 1]
        assert asked[0].requests >= len(server.calls)
        (candidate,) = comparison.candidates
        assert candidate.latency is not None
        if refuses:
            assert candidate.latency.first is None
            return
        assert len(short) == ASKED
        assert candidate.latency.first is not None
        assert candidate.latency.first.n == ASKED
        before = len(server.calls)
        etude.open(folder).compare(options)
        assert len(server.calls) == before
