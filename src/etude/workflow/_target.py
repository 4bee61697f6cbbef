"""Where a verb may write: never onto what a person gave, and onto what it does not know only where
that was agreed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from etude.errors import UsageError
from etude.workflow import judgements
from etude.workflow.files import named_files
from etude.workflow.session import Session


def read_by(session: Session) -> tuple[Path, ...]:
    """Files and folders that a project's verbs read, a person's words about them too."""
    named = named_files(session.taskfile.task, session.root)
    return (*named, session.root / judgements.FILE)


def refuse_target(
    target: Path,
    sources: Iterable[Path],
    option: str,
    *,
    replace: bool,
    mine: Callable[[Path], bool] | None = None,
    what: str = "this file",
) -> None:
    """Stop before anything is written where it may not be.

    Args:
        target: the new file.
        sources: what is read; a file in a folder among them is read too.
        option: what named the file, as it is typed.
        replace: another file of that name may be replaced.
        mine: whether a file that is there is one that the same option has written; such a one is
            replaced unasked.
        what: the file in an error, where nobody has named it.

    Raises:
        UsageError: it is a folder, something that is read, or there already.
    """
    if target.is_dir():
        raise UsageError(f"{option} names a folder", where=str(target), expected="a file's name")
    if any(_is(target, source) for source in sources):
        raise UsageError(
            "this is a file that is read, and your files are never changed",
            where=str(target),
            expected=f"another name for {option}",
        )
    if target.exists() and not replace and not (mine is not None and mine(target)):
        raise UsageError(
            f"{what} is there already",
            where=str(target),
            hint=f"--force replaces it; or {option} ANOTHER_NAME",
        )


def refuse_folder(
    target: Path,
    sources: Iterable[Path],
    option: str,
    *,
    replace: bool,
    mine: Callable[[Path], bool],
) -> None:
    """The same for a folder; one that holds anything but what is written so is never replaced.

    Args:
        target: the new folder.
        sources: what is read.
        option: what named the folder, as it is typed.
        replace: another folder of that name may be replaced.
        mine: whether all that a folder holds could have been written so.

    Raises:
        UsageError: it is a file, holds something that is read, or is there already.
    """
    another = f"another name for {option}"
    if target.exists() and not target.is_dir():
        raise UsageError(
            "a file is where a folder is to be written", where=str(target), expected=another
        )
    if any(_is(target, source) or _holds(target, source) for source in sources):
        raise UsageError(
            "files that are read lie there, and your files are never changed",
            where=str(target),
            expected=another,
        )
    if target.exists() and not replace:
        raise UsageError(
            "this folder is there already",
            where=str(target),
            hint=f"--force replaces it; or {option} ANOTHER_NAME",
        )
    if target.exists() and not mine(target):
        raise UsageError(
            "this folder holds other files than such a one, and it is not replaced",
            where=str(target),
            expected=another,
        )


def _holds(target: Path, source: Path) -> bool:
    return target.is_dir() and source.resolve().is_relative_to(target.resolve())


def _is(target: Path, source: Path) -> bool:
    """Whether they are one file, by any name, or the target would lie in the folder."""
    if source.is_dir():
        return target.resolve().is_relative_to(source.resolve())
    if target.exists() and source.exists():
        return target.samefile(source)
    return target.resolve() == source.resolve()
