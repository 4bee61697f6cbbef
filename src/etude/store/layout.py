"""The folders of a project on disk and what a person finds written about them."""

from __future__ import annotations

import re
from pathlib import Path

from etude.errors import StoreError
from etude.store import atomic
from etude.store.disk import storing

FOLDERS = ("versions", "runs", "releases", "cache", "work")

README = """\
This folder belongs to Etude. Everything in it can be read; nothing in it needs to be edited.

etude.db   what was run and when, the ledger of looks at examples kept aside, what language models
           answered (endpoints were paid for it), and which release is in production (SQLite;
           etude.db-wal and etude.db-shm belong to it)
versions/  the examples as they were read and how they are split, one folder a version; keep it:
           it remembers which examples were kept aside
runs/      what each run left: tables, settings, logs
schema.txt only where PostgreSQL is used: the name of this project's schema there
releases/  what was put to work, sealed and named by its hash
files/     only where a server ran: what was uploaded to it, or written by it to be fetched
tuned/     only where a server ran: models that its fine-tuning jobs made
cache/     finished steps by the hash of what went into them; may be deleted: the steps that are
           needed are then computed again
work/      checkpoints of steps under way, and locks; may be deleted while nothing runs

To start afresh, move this whole folder away. Your own files (etude.yaml, data/) are never in it.
"""

_IGNORE = "# Made by Etude: results and copies of your examples, not for version control.\n*\n"

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def prepare(folder: Path, create: bool) -> None:
    """Make ``folder`` (``.etude``) and what belongs in it where missing; sweep what was left.

    Raises:
        StoreError: there is none and ``create`` is False, or the disk is full or refuses.
    """
    with storing(folder):
        # Asked in this order because another process may be making the folder at this moment.
        there = folder.exists()
        if there and not folder.is_dir():
            raise StoreError(
                "a file is where Etude's folder should be",
                where=str(folder),
                hint="move the file away",
            )
        if not there and not create:
            raise StoreError(
                "there are no results here yet",
                where=str(folder.parent),
                hint="etude compare",
            )
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    for name, text in (("README.txt", README), (".gitignore", _IGNORE)):
        path = folder / name
        if not path.exists():
            atomic.write_text(path, text)
    atomic.sweep(folder)
    for name in ("versions", "runs", "releases"):
        atomic.sweep(folder / name)
        for inside in (folder / name).iterdir():
            atomic.sweep(inside)


def safe_name(name: str, noun: str) -> str:
    """``name`` if it can be a folder's name.

    Raises:
        StoreError: it can't.
    """
    if not _SAFE.fullmatch(name):
        raise StoreError(
            f"{name!r} can't be the name of a {noun}",
            expected="letters, digits, dot, dash and underscore, at most 100",
        )
    return name


def made(path: Path) -> Path:
    """``path`` as a folder, made where missing.

    Raises:
        StoreError: the disk is full or refuses.
    """
    with storing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def run_folder(folder: Path, run: str) -> Path:
    """``runs/<id>/`` of ``folder`` (``.etude``), made where missing."""
    return made(folder / "runs" / safe_name(run, "run"))
