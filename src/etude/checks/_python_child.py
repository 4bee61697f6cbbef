"""The process that runs people's check functions: JSON lines in, JSON lines out.

It is started as a file by ``_python_worker`` and imports nothing of Etude. What a function prints
goes nowhere, what it reads from standard input is empty, and when the parent goes, so does this.

    {"do": "load", "file", "function", "paths"}             → {}
    {"do": "call", "file", "function", "output", "context"} → {"pass", "score", "reason"}, some of them

and for either ``{"fault": {"kind", …}}`` where it went wrong.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from types import ModuleType
from typing import Any, BinaryIO

_LONGEST = 500
_WRONG = "expected True or False, (True or False, reason), {'pass': …, 'reason': …} or a number"
_modules: dict[str, ModuleType] = {}


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    requests, replies = _own_pipes()
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests, lines), daemon=True).start()
    while True:
        reply = _answer(json.loads(lines.get()))
        replies.write(json.dumps(reply).encode() + b"\n")
        replies.flush()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, moved to where no function finds them."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    return requests, replies


def _listen(requests: BinaryIO, lines: SimpleQueue[bytes]) -> None:
    """Pass requests on. At their end the parent is gone: so go, even from inside a function."""
    for line in requests:
        lines.put(line)
    os._exit(0)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    file, name = request["file"], request["function"]
    try:
        if request["do"] == "load":
            _load(file, name, request["paths"])
            return {}
        return _verdict(_function(file, name)(request["output"], request["context"]))
    except BaseException as error:  # noqa: BLE001 - code of other people, which may raise anything
        return {"fault": _told(error, file)}


def _load(file: str, name: str, paths: list[str]) -> None:
    sys.path += [path for path in paths if path not in sys.path]
    spec = importlib.util.spec_from_file_location(f"etude_check_{len(_modules)}", file)
    if spec is None or spec.loader is None:
        raise ImportError("is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    _modules[file] = module
    if not callable(getattr(module, name, None)):
        raise _NotThere(json.dumps(_functions(module)))


class _NotThere(Exception):
    """There is no such function; the message is a JSON list of those there are."""


def _functions(module: ModuleType) -> list[str]:
    return [
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", None) == module.__name__
    ]


def _function(file: str, name: str) -> Callable[[str, dict[str, Any]], Any]:
    found: Callable[[str, dict[str, Any]], Any] = getattr(_modules[file], name)
    return found


def _verdict(value: Any) -> dict[str, Any]:
    """What a function returned, as a reply."""
    value = _plain(value)
    if isinstance(value, bool):
        return {"pass": value}
    if isinstance(value, int | float):
        return {"score": _finite(value)}
    if isinstance(value, tuple | list) and len(value) == 2:
        passed, reason = _plain(value[0]), value[1]
        if isinstance(passed, bool):
            return {"pass": passed, "reason": str(reason)[:_LONGEST]}
    if isinstance(value, dict):
        passed = _plain(value.get("pass", value.get("pass_")))
        if isinstance(passed, bool):
            reply = {"pass": passed, "reason": str(value.get("reason") or "")[:_LONGEST]}
            score = _plain(value.get("score"))
            return reply if score is None else {**reply, "score": _finite(score)}
    raise TypeError(f"returned {_short(value)}; {_WRONG}")


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python."""
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"returned the score {_short(value)}; expected a number")
    return float(value)


def _short(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 100 else text[:100] + '…'} ({type(value).__name__})"


def _told(error: BaseException, file: str) -> dict[str, Any]:
    """The type, the message and the line in the person's own file."""
    if isinstance(error, _NotThere):
        return {"kind": "not there", "functions": json.loads(str(error))}
    frames = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == file else None
    try:
        message = str(error)[:_LONGEST]
    except BaseException:  # noqa: BLE001 - a __str__ of other people
        message = ""
    kind = "wrong" if isinstance(error, TypeError) and not frames else type(error).__name__
    return {"kind": kind, "message": message, "line": line or (frames[-1] if frames else None)}


if __name__ == "__main__":
    main()
