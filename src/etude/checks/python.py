"""python: a function of the project's own says yes or no.

``value: checks.py:polite`` names a file in the project folder and a function of (output, context),
as in promptfoo: ``context`` has ``vars`` (the example's columns), ``input`` and ``target``, and
``passages`` (what of the knowledge was shown). It runs in a process of its own, with a time limit
for each call; a function that raises, hangs or returns something else fails the check with the
reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etude.checks._base import CannotJudge, CheckKind, Judge, Outcome, Subject
from etude.checks._python_worker import PythonWorker, WorkerFault
from etude.checks._spec import Spec, shown
from etude.registry import nearest

_SECONDS = 5.0
_EXPECTED = "a file in the project folder and its function, such as checks.py:polite"
_USUAL = "get_assert"  # promptfoo's, where no function is named


class _PythonJudge:
    def __init__(self, worker: PythonWorker, label: str, threshold: float | None) -> None:
        self._worker = worker
        self._label = label
        self._threshold = threshold

    def __call__(self, subject: Subject) -> Outcome:
        context = {
            "vars": dict(subject.fields),
            "input": subject.input,
            "target": subject.target,
            "passages": list(subject.passages),
        }
        try:
            reply = self._worker.call(subject.output, context)
        except WorkerFault as error:
            raise CannotJudge(f"{self._label} {error}") from None
        return self._outcome(reply)

    def close(self) -> None:
        """End the function's process."""
        self._worker.close()

    def _outcome(self, reply: dict[str, Any]) -> Outcome:
        passed, score, reason = reply.get("pass"), reply.get("score"), reply.get("reason")
        limit = self._threshold
        if score is None or (limit is None and passed is not None):
            said = f"{self._label} says {'yes' if passed else 'no'}"
            return Outcome(bool(passed), reason or said)
        enough = score > 0 if limit is None else score >= limit
        asked = "more than 0" if limit is None else f"at least {limit:g}"
        said = f"{self._label} gives {score:g}; {asked} is asked for"
        return Outcome(enough and passed is not False, f"{said}: {reason}" if reason else said)


def _compile(spec: Spec) -> Judge:
    seconds = spec.number("timeout_s", _SECONDS, 0.01, 3600)
    threshold = spec.number("threshold", 0) if spec.has("threshold") else None
    place = _place(spec)
    if place is None:
        return _never
    file, function, folder = place
    worker = PythonWorker(file, function, folder, seconds)
    try:
        worker.load()
    except WorkerFault as error:
        _note(spec, file.name, function, error)
        return _never
    finally:
        worker.close()
    return _PythonJudge(worker, f"{file.name}:{function}", threshold)


def _place(spec: Spec) -> tuple[Path, str, Path] | None:
    """The file, the function and the folder; None where they can't be, with the fault noted."""
    value = spec.values.get("value")
    if not isinstance(value, str) or not value.strip():
        spec.fault("value", f"found {shown(value)}", _EXPECTED)
        return None
    path, colon, name = value.strip().removeprefix("file://").rpartition(":")
    if not colon:
        path, name = name, _USUAL
    if not path.endswith(".py") or not name.isidentifier():
        hint = (
            "write the expression as a function in a file"
            if "\n" in value or " " in value
            else None
        )
        spec.fault("value", f"found {shown(value)}", _EXPECTED, hint)
        return None
    if spec.folder is None:
        spec.fault("value", "needs a project folder, and there is none", _EXPECTED)
        return None
    folder = spec.folder.resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        spec.fault("value", f"{path} leads out of the project folder", _EXPECTED)
        return None
    if not file.is_file():
        others = [other.name for other in folder.glob("*.py")]
        near = nearest(path, others)
        hint = f"did you mean {near!r}?" if near else None
        spec.fault("value", f"there is no file {path}", _EXPECTED, hint)
        return None
    return file, name, folder


def _note(spec: Spec, file: str, function: str, error: WorkerFault) -> None:
    if error.functions is None:
        spec.fault("value", f"{file} {error}", "a file that can be imported")
        return
    near = nearest(function, error.functions)
    hint = f"did you mean {near!r}?" if near else None
    expected = f"one of {', '.join(error.functions)}" if error.functions else f"def {function}(…)"
    spec.fault("value", f"{file} has no function {function!r}", expected, hint)


def _never(subject: Subject) -> Outcome:
    """The judge of a check that has faults; it is never asked."""
    raise CannotJudge("was not compiled")


CHECK = CheckKind(
    key="python",
    summary="a function of your own, in the project folder, says yes or no",
    keys=("value", "threshold", "timeout_s"),
    compile=_compile,
)
