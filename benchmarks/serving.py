"""What the server costs and how many answers it gives, beside transformers' own and plain FastAPI.

    python benchmarks/serving.py [overhead starter labels decisions prefix] [--seconds 8]
        [--rounds 3] [--callers 1 8 64] [--json FILE]

``overhead``: one caller, an engine that computes nothing: what the way through the server takes, and
FastAPI that answers without doing anything beside it; then the starter through the server and its
engine called directly. ``starter``: builtin:starter, greedy, 32 new tokens, beside ``transformers
serve`` with and without its continuous batching. ``labels``: the encoder fine-tuned on
examples/support-triage, as a release, beside FastAPI around transformers' pipeline of the same
encoder. ``decisions``: the labels of examples/support-triage chosen by builtin:starter from
instructions alone, as a release, beside ``transformers serve``'s path for decisions
(``/v1/systemone``) with the same model, instructions and labels. ``prefix``: seconds to the first
token behind an instruction of about 1,000 tokens, when it was seen before and when it was not.

Every server is a process of its own with one thread, on loopback, and they take turns; callers are
threads of this process with a kept connection each. Every answer of the server here is written into
its traffic table before it is given; the others write nothing down.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from _servers import Address, Load, ask, by_turns, first_token, free_port, load, shown, started
from _timing import say_load

HERE = Path(__file__).parent
ROOT = HERE.parent
BIN = Path(sys.executable).parent
CHAT = "/v1/chat/completions"
NEW_TOKENS = 32
MEMORY = ("--cb-max-memory-percent", "0.1")
"""Of the machine's, for continuous batching: what it takes by itself leaves other servers none, and a
tenth holds many times the answers that are under way here."""
INSTRUCTION = (
    "Answer as the shop does: plainly, in one short sentence, and with the order's number where the "
    "customer gives one. "
)


def chat(model: str, text: str, system: str = "", **more: Any) -> bytes:
    messages = [{"role": "system", "content": system}] if system else []
    messages.append({"role": "user", "content": text})
    body = {"model": model, "messages": messages, "temperature": 0, **more}
    return json.dumps(body).encode()


def texts(count: int) -> list[str]:
    """Messages of ten to twenty words, all different."""
    return [
        f"Order {4711 + i}: the parcel with the {what} has not come, and the {who} asks when it will."
        for i, (what, who) in enumerate(
            [(a, b) for a in ("lamp", "red chair", "shelf", "desk") for b in ("buyer", "shop")]
            * (count // 8 + 1)
        )
    ][:count]


def etude_serve(folder: Path, port: int, *more: str) -> list[str]:
    return [
        str(BIN / "etude"), "serve", "--project", str(folder), "--port", str(port), "--workers", "0",
        "--quiet", *more,
    ]  # fmt: skip


def overhead(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    port, plain = free_port(), free_port()
    home = stack.enter_context(tempfile.TemporaryDirectory())
    null = [sys.executable, str(HERE / "_null_server.py"), home, str(port)]
    mine = stack.enter_context(started(null, port, "/health"))
    other = stack.enter_context(
        started(
            [sys.executable, str(HERE / "_plain_servers.py"), "nothing", str(plain)], plain, "/docs"
        )
    )
    bodies = tuple(chat("null", text) for text in texts(64))
    addresses = [
        Address("etude", port, CHAT, bodies, mine),
        Address("FastAPI", plain, CHAT, bodies, other),
    ]
    _warmed(addresses)
    found = by_turns(addresses, 1, options.seconds, options.rounds)
    return {"null engine": shown(found, 1), "starter": beside_engine(options, stack)}


def beside_engine(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    """What the server adds to the engine's own time: the difference of medians, round by round."""
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    bodies = tuple(chat("builtin:starter", text, max_tokens=NEW_TOKENS) for text in texts(64))
    (home / "bodies.jsonl").write_bytes(b"\n".join(bodies))
    port = free_port()
    pid = stack.enter_context(started(etude_serve(home, port), port, "/health"))
    address = Address("etude", port, CHAT, bodies, pid)
    direct = stack.enter_context(
        subprocess.Popen(
            [sys.executable, str(HERE / "_direct_engine.py"), str(home / "bodies.jsonl")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
    )
    assert direct.stdin is not None
    assert direct.stdout is not None
    stack.callback(direct.stdin.close)
    direct.stdout.readline()
    _warmed([address])
    pairs = []
    for _ in range(options.rounds):
        served = load(address, 1, options.seconds)
        print(options.seconds, file=direct.stdin, flush=True)
        told = json.loads(direct.stdout.readline())
        pairs.append((served, Load(0.0, tuple(sorted(told["seconds"])), 0, told["cost"])))
    added = {
        f"p{share:g}": [a.percentile(share / 100) - b.percentile(share / 100) for a, b in pairs]
        for share in (50, 99)
    }
    added["processor"] = [1000 * ((a.cost or 0) - (b.cost or 0)) for a, b in pairs]
    for name, found in added.items():
        print(
            f"the starter through the server, {name}: {statistics.median(found):.1f} ms more than its "
            f"engine called directly ({min(found):.1f} to {max(found):.1f})",
            flush=True,
        )
    engine = [b.percentile(0.5) for _, b in pairs]
    cost = [1000 * (b.cost or 0) for _, b in pairs]
    print(
        f"the engine itself, p50: {statistics.median(engine):.1f} ms, of processor "
        f"{statistics.median(cost):.1f} ms",
        flush=True,
    )
    return {"added_ms": added, "engine_p50_ms": engine, "engine_processor_ms": cost}


def starter(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    from etude.models.opening import open_model
    from etude.records.task import ModelRef

    opened: Any = open_model(ModelRef(name="builtin:starter"))
    folder = str(opened.folder)
    more = {"max_tokens": NEW_TOKENS}
    ours, theirs, batched = free_port(), free_port(), free_port()
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    our_pid = stack.enter_context(started(etude_serve(home, ours), ours, "/health"))
    serve = [str(BIN / "transformers"), "serve", folder, "--device", "cpu", "--dtype", "float32"]
    their_pid = stack.enter_context(started([*serve, "--port", str(theirs)], theirs, "/health"))
    batched_pid = stack.enter_context(
        started(
            [*serve, "--continuous-batching", *MEMORY, "--port", str(batched)], batched, "/health"
        )
    )
    mine = tuple(chat("builtin:starter", text, **more) for text in texts(256))
    other = tuple(chat(folder, text, **more) for text in texts(256))
    addresses = [
        Address("etude", ours, CHAT, mine, our_pid),
        Address("transformers serve", theirs, CHAT, other, their_pid),
        Address("transformers serve, batching", batched, CHAT, other, batched_pid),
    ]
    return _measured(addresses, options)


def labels(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "triage"
    shutil.copytree(ROOT / "examples" / "support-triage", home, ignore=lambda *_: [".etude"])
    _released(home)
    encoder = next((home / ".etude" / "releases").glob("*/candidate/encoder"))
    count = len(json.loads((encoder.parents[1] / "asked.json").read_text())["labels"])
    ours, theirs = free_port(), free_port()
    our_pid = stack.enter_context(started(etude_serve(home, ours), ours, "/health"))
    plain = [sys.executable, str(HERE / "_plain_servers.py"), "labels", str(encoder), str(count)]
    their_pid = stack.enter_context(started([*plain, str(theirs)], theirs, "/docs"))
    mine = tuple(chat("production", text) for text in texts(256))
    other = tuple(json.dumps({"text": text}).encode() for text in texts(256))
    addresses = [
        Address("etude", ours, CHAT, mine, our_pid),
        Address("FastAPI and pipeline", theirs, "/classify", other, their_pid),
    ]
    return _measured(addresses, options)


def decisions(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    from etude.models.opening import open_model
    from etude.records.task import ModelRef
    from etude.taskfile.reading import read

    home = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "triage"
    shutil.copytree(ROOT / "examples" / "support-triage", home, ignore=lambda *_: [".etude"])
    _released(home, "prompt", "builtin:starter")
    task = read(home / "etude.yaml").task
    opened: Any = open_model(ModelRef(name="builtin:starter"))
    folder = str(opened.folder)
    ours, theirs = free_port(), free_port()
    our_pid = stack.enter_context(started(etude_serve(home, ours), ours, "/health"))
    serve = [str(BIN / "transformers"), "serve", folder, "--device", "cpu", "--dtype", "float32"]
    their_pid = stack.enter_context(started([*serve, "--port", str(theirs)], theirs, "/health"))
    question = {"type": "choice", "instructions": task.instructions, "criteria": task.labels}
    mine = tuple(chat("production", text) for text in texts(256))
    other = tuple(
        json.dumps({"model": folder, "state": text, "questions": {"label": question}}).encode()
        for text in texts(256)
    )
    addresses = [
        Address("etude", ours, CHAT, mine, our_pid),
        Address("transformers serve, decisions", theirs, "/v1/systemone", other, their_pid),
    ]
    return _measured(addresses, options)


def _released(home: Path, rung: str = "finetune", model: str = "") -> None:
    """Fit a rung on the example's messages (fine-tuned: the encoder) and put it in production."""
    file = home / "etude.yaml"
    own = ("ladder:", "models:") if model else ("ladder:",)
    lines = [one for one in file.read_text("utf-8").splitlines() if not one.startswith(own)]
    lines += [f"ladder: [{rung}]", *([f"models: ['{model}']"] if model else [])]
    file.write_text("\n".join([*lines, ""]), "utf-8")
    for command in (["compare", "--quick", "--quiet"], ["release", "--as", "production"]):
        done = subprocess.run(
            [str(BIN / "etude"), *command, "--project", str(home)], capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"etude {command[0]} failed:\n{done.stderr}")


def prefix(options: argparse.Namespace, stack: ExitStack) -> dict[str, Any]:
    port = free_port()
    home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    stack.enter_context(started(etude_serve(home, port), port, "/health"))
    system = INSTRUCTION * 30
    more = {"max_tokens": 8, "stream": True}
    address = Address("etude", port, CHAT, ())
    tokens = ask(address, chat("builtin:starter", "Hello.", system, max_tokens=1))[1]["usage"]
    fresh, kept = [], []
    for turn in range(4 * options.rounds):
        other = f"Shop {turn}. {system}"
        fresh.append(first_token(address, chat("builtin:starter", "Hello.", other, **more)))
        text = f"Hello, it is me again, for the {turn}th time."
        kept.append(first_token(address, chat("builtin:starter", text, other, **more)))
    middle = {name: statistics.median(x) for name, x in (("new", fresh), ("kept", kept))}
    print(
        f"first token behind {tokens['prompt_tokens']} tokens: {1000 * middle['new']:.0f} ms the first "
        f"time, {1000 * middle['kept']:.0f} ms when the instruction was seen before "
        f"({middle['new'] / middle['kept']:.1f} times as fast, {len(fresh)} of each)"
    )
    return {"tokens": tokens["prompt_tokens"], "new": fresh, "kept": kept}


def _warmed(addresses: list[Address]) -> None:
    """Each asked for a while, so that what is loaded at the first request is no part of the figures."""
    for one in addresses:
        status, answer = ask(one, one.bodies[0])
        if status != 200:
            raise SystemExit(f"{one.name} does not answer: {status} {answer}")
        load(one, 2, 1)


def _measured(addresses: list[Address], options: argparse.Namespace) -> dict[str, Any]:
    _warmed(addresses)
    return {
        str(callers): shown(by_turns(addresses, callers, options.seconds, options.rounds), callers)
        for callers in options.callers
    }


PARTS: dict[str, Callable[[argparse.Namespace, ExitStack], dict[str, Any]]] = {
    "overhead": overhead,
    "starter": starter,
    "labels": labels,
    "decisions": decisions,
    "prefix": prefix,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    say_load()
    found = {}
    for name in options.parts:
        print(f"\n## {name}", flush=True)
        with ExitStack() as stack:
            found[name] = PARTS[name](options, stack)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
