"""A process that works in a project until it is done or killed, and says what is committed.

Usage: worker.py MODE ROOT NAME COUNT [URL]. A line ``kind key`` is printed only once the store
has said that the thing is kept.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from etude.records.run import Look, Machine, Run
from etude.store import Store


def say(*words: object) -> None:
    print(*words, flush=True)


def run_called(name: str) -> Run:
    machine = Machine(id="m", processor="p", cores=2, memory_gb=1, system="s", python="3")
    return Run(
        id=name,
        verb="compare",
        started="2026-01-01T00:00:00Z",
        etude_version="0",
        task_hash="t",
        machine=machine,
    )


def build(out: Path, work: Path) -> None:
    """Several files of some size, through a checkpoint."""
    checkpoint = work / "checkpoint"
    if not checkpoint.exists():
        checkpoint.write_bytes(b"c" * 1000)
    for i in range(4):
        (out / f"{i}.bin").write_bytes(bytes([i]) * 50_000)


def slow(out: Path, work: Path) -> None:
    """Takes long enough for another process to ask for the same."""
    say("building", "slow")
    time.sleep(0.5)
    (out / "by").write_text(sys.argv[3])


def work(store: Store, name: str, count: int) -> None:
    """All kinds of writes, again and again; half of the units are asked for by everybody."""
    cache = store.response_cache("m")
    for i in range(count):
        cache.put(f"{name}-{i}", {"n": i, "text": "x" * 300}, 0.5)
        say("put", f"{name}-{i}")
        key = {"shared": i} if i % 2 else {"own": f"{name}-{i}"}
        store.compute("fit", key, build)
        say("unit", f"{'shared' if i % 2 else 'own'}:{i if i % 2 else f'{name}-{i}'}")
        look = Look(time="t", holdout_id="h", run=f"{name}-{i}", candidates=(), reason="r")
        store.record_look(look)
        say("look", f"{name}-{i}")
        store.begin_run(run_called(f"{name}-{i}"))
        store.finish_run(f"{name}-{i}", "done")
        say("run", f"{name}-{i}")
        version = f"v{name}-{i}"
        store.save_version(version, lambda folder: (folder / "splits.parquet").touch())
        say("version", version)


def main() -> None:
    mode, root, name, count = sys.argv[1:5]
    url = sys.argv[5] if len(sys.argv) > 5 else None
    say("starting")
    if mode == "open":
        # All wait for the same moment, so that they make the same new project together.
        time.sleep(max(0.0, float(count) - time.time()))
        Store.open(root, url=url).record_look(
            Look(time="t", holdout_id="h", run=name, candidates=(), reason="r")
        )
        say("opened")
    elif mode == "slow":
        store = Store.open(root, notice=lambda line: say("notice", line))
        unit = store.compute("slow", {}, slow)
        say("done", unit.cached, (unit.path / "by").read_text())
    else:
        work(Store.open(root, url=url), name, int(count))
        say("finished")


if __name__ == "__main__":
    main()
