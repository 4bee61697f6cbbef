"""The end of a batch: what was not asked is said, the files of answers are written, then it is over.

Every step can be done again: a server that is killed in between does it again and changes nothing.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from etude.errors import StoreError
from etude.records.batch import Batch, Counts, LineError, Tokens
from etude.serving.batch_lines import requests_of, tokens_of, unanswered_line
from etude.store.batches import Batches, Line
from etude.store.files import Files

Ends = Literal["completed", "expired", "cancelled", "failed"]
PURPOSE = "batch_output"
GONE = LineError(code="file_not_found", message="The input file was deleted.")
_WHY = {
    "cancelled": "the batch was cancelled",
    "expired": "the batch's completion window expired",
    "failed": "the server failed on the batch",
}
_log = logging.getLogger(__name__)


def finish(batches: Batches, files: Files, batch: str, owner: str, path: Path | None) -> None:
    """Bring a batch that ``owner`` holds to its end.

    Args:
        batches: where it lies.
        files: where answers go.
        batch: its id.
        owner: who works on it.
        path: of its input; None where that was deleted.

    Raises:
        LeaseLost: somebody else works on it.
        StoreError: the disk is full or the database refuses.
    """
    now = batches.change(batch, owner)
    ends = now.ends or _how(now, len(batches.done(batch)), is_gone=path is None)
    errors = now.errors or ((GONE,) if ends == "failed" else ())
    batches.change(batch, owner, "finalizing", ends=ends, errors=errors)
    if ends != "completed" and now.counts.total:
        _leave(batches, batch, path, ends)
    tokens, counts = _sums(batches, now)
    batches.change(
        batch,
        owner,
        ends,
        counts=counts,
        tokens=tokens,
        output_file=_written(batches, files, now, "output", lambda line: not line.failed),
        error_file=_written(batches, files, now, "error", lambda line: line.failed),
    )


def _how(batch: Batch, done: int, *, is_gone: bool) -> Ends:
    if batch.status == "cancelling":
        return "cancelled"
    if batch.counts.total and done >= batch.counts.total:
        return "completed"
    return "failed" if is_gone else "expired"


def _leave(batches: Batches, batch: str, path: Path | None, ends: Ends) -> None:
    """Write of each line that has no answer why; of none where the input was deleted."""
    done = batches.done(batch)
    try:
        for request in requests_of(path) if path is not None else ():
            if request.line not in done:
                words = f"Not asked: {_WHY[ends]} before."
                text = unanswered_line(request, f"batch_{ends}", words)
                batches.write_line(batch, Line(request.line, True, text))
    except StoreError:
        raise
    except Exception:
        # What the batch broke off at may stop this as well; the answers must come out all the same.
        if ends != "failed":
            raise
        _log.exception("batch %s: not every line that was left could be named", batch)


def _sums(batches: Batches, batch: Batch) -> tuple[Tokens, Counts]:
    read = written = cached = failed = completed = 0
    for line in batches.lines(batch.id):
        used = tokens_of(line.response)
        read, written, cached = read + used.read, written + used.written, cached + used.cached
        failed, completed = failed + line.failed, completed + (not line.failed)
    counts = Counts(total=batch.counts.total, completed=completed, failed=failed)
    return Tokens(read=read, written=written, cached=cached), counts


def _written(
    batches: Batches, files: Files, batch: Batch, kind: str, wanted: Callable[[Line], bool]
) -> str | None:
    """A file of the lines that are ``wanted``, None where there are none. Its name follows from the
    batch's, so that whoever goes on writes no second one."""
    lines = (line.response for line in batches.lines(batch.id) if wanted(line))
    first = next(lines, None)
    if first is None:
        return None
    name = "file-" + hashlib.sha256(f"{batch.id} {kind}".encode()).hexdigest()[:24]
    if files.find(name) is None:
        kept = batch.output_seconds
        with files.receive(name) as incoming:
            incoming.write(f"{first}\n".encode())
            for line in lines:
                incoming.write(f"{line}\n".encode())
        files.add(
            name,
            incoming,
            purpose=PURPOSE,
            filename=f"{batch.id}_{kind}.jsonl",
            expires=None if kept is None else int(time.time()) + kept,
        )
    return name
