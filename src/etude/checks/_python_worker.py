"""A process of its own for people's check functions, and the clock that they are held to.

Requests and replies are lines of JSON; nothing is unpickled. A call that runs out of time kills the
process and all that it started, and the next call gets a new one. The child sees no ``PYTHON*``
variables and no user site, and hashes in a fixed order, so that a check says the same every time.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CHILD = Path(__file__).with_name("_python_child.py")
_FLAGS = ("-P", "-s", "-B", "-X", "utf8")
LOAD_SECONDS = 30.0
"""For importing the file, which may import large libraries."""


class WorkerFault(Exception):
    """A function that could not be loaded, or that gave no verdict; the message says why."""

    def __init__(self, message: str, functions: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.functions = functions
        """What the file does define, where the function is not among it."""


class PythonWorker:
    """One function of one file, run in a process that is started when it is first needed.

    Args:
        file: the Python file, absolute.
        function: its function of (output, context).
        folder: the project folder, from which the file may import.
        seconds: the time that one call may take.
    """

    def __init__(self, file: Path, function: str, folder: Path, seconds: float) -> None:
        self._request = {"file": str(file), "function": function}
        self._paths = list(dict.fromkeys((str(file.parent), str(folder))))
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[Any, Any] | None = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Import the file and find the function.

        Raises:
            WorkerFault: it can't be imported, or there is no such function.
        """
        with self._lock:
            self._ready()

    def call(self, output: str, context: Mapping[str, Any]) -> dict[str, Any]:
        """What the function says: ``pass`` (a truth value), ``score`` (a number), ``reason``.

        Raises:
            WorkerFault: it raised, ran out of time, ended its process, or returned something else.
        """
        with self._lock:
            self._ready()
            return self._exchange(
                {"do": "call", "output": output, "context": context}, self._seconds
            )

    def close(self) -> None:
        """End the process; the next call starts another."""
        if self._finalizer is not None:
            self._finalizer()
        self._process = self._finalizer = None

    def _ready(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        self._process = process = subprocess.Popen(  # noqa: S603 - this Python, and our own file
            [sys.executable, *_FLAGS, str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PYTHONHASHSEED": "0"},
            start_new_session=True,  # Ctrl-C is the parent's to hear
        )
        self._finalizer = weakref.finalize(self, _end, process, os.getpid())
        try:
            self._exchange({"do": "load", "paths": self._paths}, LOAD_SECONDS)
        except WorkerFault:
            self.close()
            raise

    def _exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerFault("its process could not be started")
        late = threading.Event()
        timer = threading.Timer(seconds, _kill_late, (process, late))
        timer.daemon = True
        timer.start()
        line = b""
        try:
            process.stdin.write(json.dumps({**self._request, **message}).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:  # the pipe is broken: the process has ended
            pass
        finally:
            timer.cancel()
            if not line.endswith(b"\n"):
                code = self._ended()
        if not line.endswith(b"\n"):
            raise WorkerFault(
                f"was not done in {seconds:g} seconds" if late.is_set() else f"ended {code}"
            )
        reply: dict[str, Any] = json.loads(line)
        if "fault" in reply:
            raise _fault(reply["fault"])
        return reply

    def _ended(self) -> str:
        """How the process ended, in words; it is gone afterwards."""
        process = self._process
        self.close()
        code = process.returncode if process is not None else None
        return f"its process (exit code {code})"


def _fault(told: dict[str, Any]) -> WorkerFault:
    if told["kind"] == "not there":
        return WorkerFault("is not there", tuple(told["functions"]))
    if told["kind"] == "wrong":
        return WorkerFault(told["message"])
    line = f" (line {told['line']})" if told["line"] else ""
    message = f": {told['message']}" if told["message"] else ""
    return WorkerFault(f"stopped with {told['kind']}{message}{line}")


def _kill_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process and, where the system has process groups, all that it started."""
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # gone, or going
            process.kill()
    else:
        process.kill()


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:  # a fork of the owner has no say
        return
    _kill(process)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was not yet written can't be
                pipe.close()
