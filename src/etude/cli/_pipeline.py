"""Files for pipelines, written beside what a verb shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from etude.errors import UsageError


def write(path: Path | None, text: Callable[[], str]) -> None:
    """Write ``text()`` to ``path``, where one was asked for.

    Raises:
        UsageError: the file can't be written there.
    """
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(
            f"the file can't be written: {error.strerror or error}",
            where=str(path),
            expected="a file that may be made or replaced",
        ) from error
