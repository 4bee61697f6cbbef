"""Servers as processes on loopback, and callers that keep a number of requests under way.

Callers are threads with one kept connection each, in this process: they send the bytes they were
given and read the answer whole, so that what they cost is little and the same for every server.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil


@dataclass(frozen=True)
class Address:
    """Where a server listens, and what it is asked: a path and a body for each of some requests.
    ``pid``: of its process, whose processor time is then told too."""

    name: str
    port: int
    path: str
    bodies: tuple[bytes, ...]
    pid: int | None = None


@dataclass(frozen=True)
class Load:
    """What callers saw: answers a second, and the seconds of each answer, sorted. ``cost``: seconds of
    processor time that the server took an answer, which other work on the machine changes less."""

    rate: float
    seconds: tuple[float, ...]
    failed: int
    cost: float | None = None

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return 1000 * self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]

    def as_json(self) -> dict[str, Any]:
        return {
            "per_second": self.rate,
            "p50_ms": self.percentile(0.5),
            "p99_ms": self.percentile(0.99),
            "answers": len(self.seconds),
            "failed": self.failed,
            "processor_ms": None if self.cost is None else 1000 * self.cost,
        }


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def started(
    command: Sequence[str], port: int, ready: str, wait: float = 180, **environment: str
) -> Iterator[int]:
    """A server that answers at ``ready``; its process id. Stopped at the end, whatever happens."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", **environment},
        )
        try:
            until = time.monotonic() + wait
            while not _answers(port, ready):
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    words = log.read().decode(errors="replace")[-2000:]
                    raise SystemExit(f"{command[0]} did not start:\n{words}")
                time.sleep(0.1)
            yield process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except OSError:
        return False


def ask(address: Address, body: bytes, timeout: float = 300) -> tuple[int, Any]:
    """One request by itself; its status and answer."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=timeout)
    connection.request("POST", address.path, body, {"content-type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    return response.status, json.loads(data) if data else None


def processor(pid: int | None) -> float:
    """Seconds of processor time of a process and those that it began; 0 where none is named."""
    if pid is None:
        return 0.0
    here = psutil.Process(pid)
    times = [one.cpu_times() for one in (here, *here.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def load(address: Address, callers: int, seconds: float) -> Load:
    """``callers`` at once for about ``seconds``; each ends its last request before it leaves."""
    found: list[list[float]] = [[] for _ in range(callers)]
    failed = [0] * callers
    ready = threading.Barrier(callers + 1)
    until = [0.0]

    def call(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=300)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ready.wait()
        turn = place
        while time.perf_counter() < until[0]:
            body = address.bodies[turn % len(address.bodies)]
            turn += callers
            began = time.perf_counter()
            connection.request("POST", address.path, body, {"content-type": "application/json"})
            response = connection.getresponse()
            response.read()
            found[place].append(time.perf_counter() - began)
            failed[place] += response.status != 200

    threads = [threading.Thread(target=call, args=(place,)) for place in range(callers)]
    for thread in threads:
        thread.start()
    spent = processor(address.pid)
    began = time.perf_counter()
    until[0] = began + seconds
    ready.wait()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    spent = processor(address.pid) - spent
    every = sorted(second for each in found for second in each)
    cost = spent / len(every) if address.pid is not None and every else None
    return Load(len(every) / took, tuple(every), sum(failed), cost)


def first_token(address: Address, body: bytes) -> float:
    """Seconds to the first piece of text of a streamed answer, which is then read to its end."""
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=300)
    began = time.perf_counter()
    connection.request("POST", address.path, body, {"content-type": "application/json"})
    response = connection.getresponse()
    first = None
    while line := response.readline():
        if first is None and line.startswith(b"data: {"):
            choices = json.loads(line[6:]).get("choices") or [{}]
            if choices[0].get("delta", {}).get("content"):
                first = time.perf_counter() - began
    if first is None:
        raise SystemExit(f"{address.name} streamed no text")
    return first


def by_turns(
    addresses: Sequence[Address], callers: int, seconds: float, rounds: int
) -> dict[str, list[Load]]:
    """Every server under the same load, one after the other, in changing order."""
    found: dict[str, list[Load]] = {one.name: [] for one in addresses}
    for turn in range(rounds):
        order = list(addresses)
        if turn % 2:
            order.reverse()
        for one in order:
            found[one.name].append(load(one, callers, seconds))
    return found


def shown(found: dict[str, list[Load]], callers: int) -> dict[str, Any]:
    """Print a line a server, and give it as JSON; the first one is held against the others."""
    names = list(found)
    told: dict[str, Any] = {"callers": callers}
    for name in names:
        rates = [one.rate for one in found[name]]
        middle = sorted(found[name], key=lambda one: one.rate)[len(rates) // 2]
        line = (
            f"{callers:>3} at once  {name:28} {statistics.median(rates):8.1f} answers/s  "
            f"p50 {middle.percentile(0.5):7.1f} ms  p99 {middle.percentile(0.99):7.1f} ms"
        )
        told[name] = middle.as_json() | {"rates": rates}
        costs = [one.cost for one in found[name] if one.cost is not None]
        if costs:
            line += f"  {1000 * statistics.median(costs):6.1f} ms of processor"
        if name != names[0]:
            ratios = [a.rate / b.rate for a, b in zip(found[names[0]], found[name], strict=True)]
            told[name]["ratios"] = ratios
            line += f"  {names[0]} is {_spread(ratios)} times as fast"
            dear = [
                b.cost / a.cost
                for a, b in zip(found[names[0]], found[name], strict=True)
                if a.cost and b.cost
            ]
            told[name]["processor_ratios"] = dear
            line += f", by processor time {_spread(dear)}" if dear else ""
        failed = sum(one.failed for one in found[name])
        print(line + (f"  {failed} FAILED" if failed else ""), flush=True)
    return told


def _spread(ratios: Sequence[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
