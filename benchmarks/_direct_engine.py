"""builtin:starter's engine called as the server calls it, without the server.

    python benchmarks/_direct_engine.py BODIES

``BODIES``: a file with a chat completion's body a line. Each line on stdin is a number of seconds; for
so long the bodies are answered one after the other; the seconds of each, and those of processor time an
answer, are told as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import torch

from etude.models._base import Message
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.serving.engines._base import Wanted
from etude.serving.engines.local import LocalEngine


def wanted(body: dict[str, Any]) -> Wanted:
    messages = tuple(Message(one["role"], one["content"]) for one in body["messages"])
    return Wanted(messages=messages, max_tokens=body["max_tokens"], live=False)


async def answered(engine: LocalEngine, one: Wanted) -> str:
    return "".join([piece.text async for piece in engine.generate(one)])


async def main() -> None:
    torch.set_num_threads(1)
    lines = Path(sys.argv[1]).read_text("utf-8").splitlines()
    bodies = cycle([wanted(json.loads(line)) for line in lines])
    model: Any = open_model(ModelRef(name="builtin:starter"))
    engine = LocalEngine("builtin:starter", lambda: model)
    await engine.ready()
    await answered(engine, next(bodies))
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        took, until, spent = [], time.perf_counter() + float(line), time.process_time()
        while time.perf_counter() < until:
            began = time.perf_counter()
            await answered(engine, next(bodies))
            took.append(time.perf_counter() - began)
        cost = (time.process_time() - spent) / len(took)
        print(json.dumps({"seconds": took, "cost": cost}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
