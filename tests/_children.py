"""Processes of their own for tests, without the seconds that a new Python takes to import torch.

Each is forked from one process that has imported what is slow and done nothing else, so that none
of its threads or locks are inherited. It is killed, limited and waited for like any process. What a
fresh interpreter is about (what it imports, its environment as it starts) takes ``subprocess``.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SLOW = [
    "torch",
    "torch._dynamo",  # what every optimizer brings in
    "transformers",
    "etude.cli.main",
    "etude.project",
    "etude.models._encoder",
    "etude.models._causal",
    "etude.training.lm.loop",
]
ETUDE = "from etude.cli.main import main; main()"
"""What the command ``etude`` runs."""


def main_of(module: str) -> str:
    """The code that runs a module's ``main`` with the arguments."""
    return f"import sys; from {module} import main; sys.exit(main(*sys.argv[1:]))"


@cache
def forking() -> multiprocessing.context.ForkServerContext:
    """What starts processes by forking the one that has imported what is slow."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(SLOW)
    return context


def _body(
    code: str, arguments: tuple[str, ...], folder: str, env: dict[str, str], said: str
) -> None:
    for name, number in (("out", 1), ("err", 2)):
        file = os.open(Path(said) / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = ["", *env.get("PYTHONPATH", "").split(os.pathsep)]
    sys.argv = ["-c", *arguments]
    try:
        exec(compile(code, "<child>", "exec"), {"__name__": "__main__"})
    finally:
        gc.collect()  # a forked process just stops, where an interpreter closes what is open


class Child:
    """``python -c code arguments`` under way, with what ``subprocess.Popen`` has of it."""

    def __init__(
        self,
        code: str,
        *arguments: object,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._said = Path(tempfile.mkdtemp(prefix="etude-child-"))
        weakref.finalize(self, shutil.rmtree, self._said, ignore_errors=True)
        whole = dict(os.environ if env is None else env)
        words = tuple(str(word) for word in arguments)
        given = (code, words, str(cwd or Path.cwd()), whole, str(self._said))
        self._process = forking().Process(target=_body, args=given)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def out(self) -> str:
        """What it has printed up to now."""
        return self._read("out")

    def poll(self) -> int | None:
        """Its exit code, negative for a signal, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; ``subprocess.TimeoutExpired`` where it takes longer."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("child", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._process.kill()

    def end(self, timeout: float | None = 240.0) -> subprocess.CompletedProcess[str]:
        """Wait for its end; killed where it takes longer, so that no test leaves it behind."""
        try:
            code = self.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait()
            raise
        return subprocess.CompletedProcess("child", code, self._read("out"), self._read("err"))

    def _read(self, name: str) -> str:
        path = self._said / name
        return path.read_text("utf-8") if path.exists() else ""


def run(
    code: str,
    *arguments: object,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """``python -c code arguments`` to its end."""
    return Child(code, *arguments, cwd=cwd, env=env).end()
