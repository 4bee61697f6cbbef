"""How fast audits are and what memory they take, at sizes that people have.

Rows are recombined from public data: the first half of one text, the second half of another and a
sentence of a third, so that a million of them are as different from each other as a few thousand
real ones; one in twenty is a planted fault with a clause that makes it its own, one in fifty a copy
or near copy of a row before it. They are streamed to a JSONL file in parts. Each size is then read
and audited in a process of its own, whose peak memory is counted from each audit's start.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from _audit_material import material_from, needed, run
from _audit_peers import datasketch_pairs
from _data import ROOT
from _planted import SORTS, Clean, plant_many
from _planted._sources import banking77, e2e_extract, faq_chat, faq_write
from etude.audit import Material, registry

FOLDER = ROOT / "build" / "benchmarks" / "audit-speed"
PART = 100_000
FAULTY, COPIED = 0.05, 0.02
BASE = {"classify": banking77, "write": faq_write, "extract": e2e_extract, "chat": faq_chat}
BASE_ROWS = 4000
SEED = 0
COPIES = ("duplicates", "conflicts", "near_duplicates", "leaks")
"""Audits that find copies; the first of them that needs near ones finds them for all."""
SUMS = {
    "seconds of all audits": "seconds",
    "of the processor": "cpu_seconds",
    "seconds of reading and grouping before": "read_seconds",
    "MB held before": "held_mb",
}
"""What is printed of each size below the table."""


def make(kind: str, count: int) -> Path:
    """The file of ``count`` rows of a kind, made where it is not there."""
    path = FOLDER / f"{kind}-{count}.jsonl"
    if path.is_file():
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    clean = BASE[kind](BASE_ROWS, SEED)
    faulty = _faulty(clean)
    draw = np.random.default_rng(SEED)
    started = time.perf_counter()
    with path.with_suffix(".part").open("wb") as file:
        for first in range(0, count, PART):
            size = min(PART, count - first)
            part = _recombined(clean, size, draw)
            _put(part, faulty, FAULTY, draw)
            part = _copied(part, draw) if kind != "chat" else part
            ids = pl.Series(
                "id", [f"{(first + at) * 2654435761 % 2**40:010x}" for at in range(size)]
            )
            pl.DataFrame({"id": ids, **part}).write_ndjson(file)
    path.with_suffix(".part").rename(path)
    print(f"{count:,} rows made in {time.perf_counter() - started:.1f} s: "
          f"{path.stat().st_size / 1e6:,.0f} MB", flush=True)  # fmt: skip
    return path


Columns = dict[str, pl.Series]


def _faulty(clean: Clean) -> pl.DataFrame:
    """Rows with every sort of fault that does not change all the others."""
    sorts = [name for name in SORTS.names() if not SORTS.load(name).whole]
    made = plant_many(clean, dict.fromkeys(sorts, 0.03), SEED)
    ids = {truth.id for truth in made.truth}
    rows = [{k: row.get(k) for k in ("input", "target")} for row in made.rows if row["id"] in ids]
    return pl.DataFrame(rows, schema={"input": pl.String, "target": pl.String})


def _recombined(clean: Clean, size: int, draw: np.random.Generator) -> Columns:
    inputs = [_plain(clean, row["input"]) for row in clean.rows]
    heads, tails = zip(*(_halves(text) for text in inputs), strict=True)
    pools = {"head": pl.Series(heads), "tail": pl.Series(tails), "whole": pl.Series(inputs)}
    at = {name: draw.integers(len(inputs), size=size) for name in pools}
    parts = {name: pool.gather(pl.Series(at[name])) for name, pool in pools.items()}
    text = parts["head"] + " " + parts["tail"] + " " + parts["whole"]
    targets = pl.Series([row["target"] for row in clean.rows])
    target = targets.gather(pl.Series(at["whole"]))
    if clean.prose_targets:
        more = pl.Series([_halves(t)[0] for t in targets])
        target = target + " " + more.gather(pl.Series(at["head"])) + "."
    side = pl.Series(np.where(draw.random(size) < 0.2, "holdout", "train"))
    return {"input": _wrapped(clean, text), "target": target, "side": side}


def _plain(clean: Clean, text: str) -> str:
    """The words of a text, fit to stand inside JSON as they are."""
    if clean.kind == "chat":
        text = json.loads(text)[-1]["content"].replace("\n", " ")
    return text.replace('"', "'").replace("\\", "/") if clean.kind == "chat" else text


def _wrapped(clean: Clean, text: pl.Series) -> pl.Series:
    if clean.kind != "chat":
        return text
    before = '[{"role":"system","content":"Answer from the note."},{"role":"user","content":"'
    return before + text + '"}]'


def _halves(text: str) -> tuple[str, str]:
    words = text.split(" ")
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


def _put(part: Columns, faulty: pl.DataFrame, rate: float, draw: np.random.Generator) -> None:
    """Faulty rows in place of some, each with a number of its own at the end of its input."""
    size = len(part["input"])
    places = np.flatnonzero(draw.random(size) < rate)
    drawn = faulty[draw.integers(len(faulty), size=len(places))]
    own = pl.Series(draw.integers(10**6, size=len(places))).cast(pl.String)
    chat = drawn["input"].str.starts_with("[{")
    texts = pl.DataFrame({"text": drawn["input"], "own": own, "chat": chat}).select(
        pl.when("chat").then("text").otherwise(pl.format("{} It is case {}.", "text", "own"))
    )
    part["input"] = part["input"].scatter(places, texts.to_series())
    part["target"] = part["target"].scatter(places, drawn["target"])


def _copied(part: Columns, draw: np.random.Generator) -> Columns:
    """Some rows become copies of the row before the last thousand: as they were, in capitals, or
    with a greeting."""
    size = len(part["input"])
    places = np.flatnonzero(draw.random(size) < COPIED)
    places = places[places > 1000]
    back = places - 1000
    way = draw.integers(3, size=len(places))
    first = part["input"].gather(pl.Series(back))
    frame = pl.DataFrame({"text": first, "way": way}).select(
        pl.when(pl.col("way") == 0)
        .then("text")
        .when(pl.col("way") == 1)
        .then(pl.col("text").str.to_uppercase())
        .otherwise(pl.lit("Hi, ") + pl.col("text"))
    )
    for name, values in (("input", frame.to_series()), ("target", part["target"].gather(back))):
        part[name] = part[name].scatter(places, values)
    return part


def one(path: Path, kind: str, wanted: Sequence[str], encoder: bool) -> dict[str, Any]:
    """Read one file and run every audit on it: seconds, rows that are hit, megabytes."""
    started = time.perf_counter()
    material = material_from(pl.read_ndjson(path), kind, encoder=encoder)
    result: dict[str, Any] = {
        "rows": len(material.frame),
        "read_seconds": time.perf_counter() - started,
        "held_mb": megabytes("VmRSS"),
        "audits": {},
        "skipped": {},
    }
    _from_here()
    whole = 0.0
    for name in wanted or registry.names():
        took = _timed(name, material)
        if isinstance(took, str):
            result["skipped"][name] = took
            continue
        result["audits"][name] = took
        whole = max(whole, took["peak_mb"])
    result["peak_mb"] = whole
    for clock in ("seconds", "cpu_seconds"):
        result[clock] = sum(took[clock] for took in result["audits"].values())
    return result


def _timed(name: str, material: Material) -> dict[str, float] | str:
    audit = registry.load(name)
    lacks = needed(audit, material)
    if lacks:
        return f"it needs {lacks}"
    _from_here()
    started, started_cpu = time.perf_counter(), time.process_time()
    founds = list(run(audit, material))
    return {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - started_cpu,
        "hits": sum(len(found.hits) for found in founds),
        "findings": len(founds),
        "peak_mb": megabytes("VmHWM"),
    }


def peer(path: Path, threshold: float) -> dict[str, Any]:
    """Near copies of the same rows' inputs by datasketch, used plainly; None of our code runs."""
    texts = pl.read_ndjson(path)["input"].to_list()
    held = megabytes("VmRSS")
    _from_here()
    started, started_cpu = time.perf_counter(), time.process_time()
    found = datasketch_pairs(texts, threshold)
    return {
        "rows": len(texts),
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - started_cpu,
        "hits": len(found),
        "peak_mb": megabytes("VmHWM"),
        "held_mb": held,
    }


def _from_here() -> None:
    """The peak counts from here (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def megabytes(name: str) -> float:
    """A line of this process's status."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def in_a_process(script: str, kind: str, size: int, more: Sequence[str]) -> dict[str, Any]:
    """``one`` in a process of its own."""
    command = [sys.executable, script, "speed", "--one", str(size), "--kinds", kind, *more]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        sys.exit(f"the process for {size:,} rows of {kind} ended:\n{said.stderr[-3000:]}")
    return dict(json.loads(said.stdout.splitlines()[-1]))


def show(kind: str, results: Sequence[dict[str, Any]]) -> None:
    """Rows a second by audit and size, memory, and the growth between sizes."""
    sizes = [result["rows"] for result in results]
    print(f"\n## {kind}: rows a second (peak MB)")
    print(f"{'':22}" + "".join(f"{size:>22,}" for size in sizes) + f"{'growth':>10}")
    names = sorted({name for result in results for name in result["audits"]})
    for name in names:
        took = [result["audits"].get(name) for result in results]
        cells = [f"{s / t['seconds']:,.0f} ({t['peak_mb']:,.0f})" if t else "–"
                 for s, t in zip(sizes, took, strict=True)]  # fmt: skip
        seconds = [t["seconds"] if t else math.nan for t in took]
        print(f"{name:22}" + "".join(f"{c:>22}" for c in cells) + f"{growth(sizes, seconds):>10}")
    whole = [r["seconds"] for r in results]
    cells = [f"{s / max(w, 1e-9):,.0f} ({r['peak_mb']:,.0f})"
             for s, w, r in zip(sizes, whole, results, strict=True)]  # fmt: skip
    print(f"{'whole':22}" + "".join(f"{c:>22}" for c in cells) + f"{growth(sizes, whole):>10}")
    for title, key in SUMS.items():
        print(f"{title}: " + ", ".join(f"{result[key]:,.1f}" for result in results))
    for name, why in results[-1]["skipped"].items():
        print(f"not run: {name}: {why}")


def show_peer(ours: Sequence[dict[str, Any]], theirs: Sequence[dict[str, Any]]) -> None:
    """What finds copies here, one after another, beside datasketch: processor seconds and memory."""
    for own, other in zip(ours, theirs, strict=True):
        took = [own["audits"][name] for name in COPIES if name in own["audits"]]
        seconds, memory = sum(t["cpu_seconds"] for t in took), max(t["peak_mb"] for t in took)
        print(
            f"copies of {own['rows']:,}: {' + '.join(COPIES)} {seconds:,.0f} s of the processor, "
            f"peak {memory:,.0f} MB; datasketch {other['cpu_seconds']:,.0f} s, "
            f"{other['peak_mb']:,.0f} MB, {other['hits']:,} rows: "
            f"{other['cpu_seconds'] / seconds:.2f} times as fast"
        )


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> str:
    """The power of the size that the time grows with, from the first size to the last: 1 is
    linear, 2 quadratic."""
    if len(sizes) < 2 or not seconds[0] > 0 or not seconds[-1] > 0:
        return "–"
    return f"n^{math.log(seconds[-1] / seconds[0]) / math.log(sizes[-1] / sizes[0]):.2f}"
