"""The faults that are known already, in a file under version control: only new ones fail a build.

A fault is known by its finding's code and its row: by the row's id where the data have ids, else by
a hash of what is in it in the file, so that neither moved lines are new nor those that people have
decided on. Findings that name no rows, or not all, are known by their count, and those about the whole
set by being there. Notes are no faults. What one of two looks did not look for is not held against the
other: the file says which audits had run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from etude.audit._summary import Item
from etude.data.overlay import row_hash
from etude.data.stored import Prepared
from etude.errors import DataError, UsageError
from etude.records._base import Record
from etude.store import atomic


class Known(Record):
    """A finding's faults: ``rows`` by their keys with how often each; else ``count`` alone."""

    count: int
    rows: dict[str, int] | None = None
    audit: str = ""
    """The audit that found them; empty for reading, and in files that don't tell."""


class Baseline(Record):
    """The file. ``schema`` in it is 1. ``audits``: keys of those that had run; None: an older file,
    which doesn't tell."""

    findings: dict[str, Known]
    audits: tuple[str, ...] | None = None

    def looked_for(self, fault: Fault) -> bool:
        """Whether it would know of such a fault."""
        known = self.audits is None or not fault.audit or fault.audit in self.audits
        return known or fault.code in self.findings


@dataclass(frozen=True)
class Fault:
    """All that has one code: how many, and the rows with what each is known by (None: not all of
    them are named). ``whole``: it is about the whole set, and more examples make no more of it."""

    code: str
    count: int
    rows: tuple[tuple[str, str], ...] | None
    audit: str = ""
    whole: bool = False

    @property
    def known(self) -> Known:
        """As the file has it."""
        if self.rows is None:
            return Known(count=self.count, audit=self.audit)
        counted = Counter(key for _, key in self.rows)
        return Known(count=self.count, rows=dict(sorted(counted.items())), audit=self.audit)


@dataclass(frozen=True)
class New:
    """What of a finding is new. ``ids``: the rows, where they are known."""

    code: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """Faults against a baseline: the new ones, and how many old ones there are and are gone.
    ``unknown``: what is found now and was not looked for when the file was written."""

    path: Path
    new: tuple[New, ...]
    known: int
    gone: int
    unknown: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many faults are new."""
        return sum(one.count for one in self.new)

    def to_json(self) -> dict[str, Any]:
        """As ``etude check --json`` has it."""
        new = [{"code": n.code, "count": n.count, "rows": list(n.ids)} for n in self.new]
        return {
            "file": str(self.path),
            "new": new,
            "known": self.known,
            "gone": self.gone,
            "not_compared": list(self.unknown),
        }


def faults(items: Sequence[Item], prepared: Prepared) -> list[Fault]:
    """Every warning and error, one a code."""
    serious = [item for item in items if item.serious]
    keys = _keys(serious, prepared)
    by_code: dict[str, list[Item]] = {}
    for item in serious:
        by_code.setdefault(item.code, []).append(item)
    return [_fault(code, together, keys) for code, together in by_code.items()]


def _fault(code: str, items: Sequence[Item], keys: Mapping[str, str]) -> Fault:
    audit = items[0].finding.audit
    if not all(map(_whole, items)):
        count = sum(max(1, item.finding.count) for item in items)
        about_all = all(item.hits is None and not item.finding.count for item in items)
        return Fault(code, count, None, audit, about_all)
    names = dict.fromkeys(name for item in items for name in item.ids)
    return Fault(code, len(names), tuple((name, keys.get(name, name)) for name in names), audit)


def _whole(item: Item) -> bool:
    """Whether all rows of the finding are named."""
    return item.hits is not None or 0 < item.finding.count == len(item.finding.rows)


def _keys(items: Sequence[Item], prepared: Prepared) -> dict[str, str]:
    """What each affected row is known by: nothing of its place in the file."""
    if "id" in prepared.version.columns:
        return {}
    named = {name for item in items if _whole(item) for name in item.ids}
    rows = prepared.frame.filter(pl.col("id").is_in(list(named)))
    cells = rows.select("id", "input", "target", "context").iter_rows()
    now = {name: row_hash(text, target, context) for name, text, target, context in cells}
    # Mending one fault of a row makes none of its others new: the row that people decided on counts.
    return now | _as_read(prepared)


def _as_read(prepared: Prepared) -> dict[str, str]:
    """Rows that people have decided on, with what was in them in the file."""
    read: dict[str, str] = {}
    for placed, name in prepared.outcome.rows:
        read.setdefault(name, placed.decision.of)
    return read


def write(path: Path, items: Sequence[Item], prepared: Prepared, ran: Collection[str]) -> None:
    """Write the faults there are as those that are known. ``ran``: keys of the audits that looked.

    Raises:
        StoreError: the disk is full or refuses.
    """
    found = sorted(faults(items, prepared), key=lambda fault: fault.code)
    known = {fault.code: fault.known.model_dump(exclude_defaults=True) for fault in found}
    document = {"schema": 1, "audits": sorted(ran), "findings": known}
    atomic.write_text(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def read(path: Path) -> Baseline:
    """The file.

    Raises:
        UsageError: it is not there.
        DataError: it is no baseline.
    """
    try:
        document = json.loads(path.read_bytes())
        schema = document.pop("schema")
        made = Baseline.model_validate(document)
    except FileNotFoundError:
        raise UsageError(
            "there is no such baseline",
            where=str(path),
            hint="etude check --baseline FILE --write-baseline makes it from what is found now",
        ) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError, ValidationError) as error:
        raise _damaged(path) from error
    if schema != 1:
        raise _damaged(path)
    return made


def is_one(path: Path) -> bool:
    """Whether a file is a baseline."""
    try:
        read(path)
    except (DataError, UsageError):
        return False
    return True


def _damaged(path: Path) -> DataError:
    return DataError(
        "this is no baseline, or it is damaged",
        where=str(path),
        expected="the file that --write-baseline wrote",
        hint="put it back from version control, or write it again with --write-baseline --force",
    )


def compare(
    path: Path, items: Sequence[Item], prepared: Prepared, ran: Collection[str]
) -> Compared:
    """What is new against the baseline at ``path``, and what is gone. ``ran``: keys of the audits that
    looked now.

    Raises:
        UsageError: there is no such file.
        DataError: it is no baseline.
    """
    file = read(path)
    every = faults(items, prepared)
    now = [fault for fault in every if file.looked_for(fault)]
    new = [_new(fault, file.findings.get(fault.code)) for fault in now]
    left = {fault.code: fault for fault in now}
    gone = sum(
        _missing(old, left.get(code))
        for code, old in file.findings.items()
        if code in left or not old.audit or old.audit in ran
    )
    known = sum(fault.count for fault in now) - sum(one.count for one in new)
    unknown = tuple(fault.code for fault in every if not file.looked_for(fault))
    return Compared(path, tuple(one for one in new if one.count), known, gone, unknown)


def _new(fault: Fault, old: Known | None) -> New:
    if fault.whole and old is not None:
        return New(fault.code, 0, ())
    if fault.rows is None or (old is not None and old.rows is None):
        return New(fault.code, max(0, fault.count - (old.count if old is not None else 0)), ())
    left = Counter(old.rows if old is not None else {})
    ids = []
    for name, key in fault.rows:
        if left[key] > 0:
            left[key] -= 1
        else:
            ids.append(name)
    return New(fault.code, len(ids), tuple(ids))


def _missing(old: Known, now: Fault | None) -> int:
    """Faults of the baseline that are no longer there."""
    if now is None:
        return old.count
    if now.whole:
        return 0
    rows = now.known.rows
    if old.rows is None or rows is None:
        return max(0, old.count - now.count)
    return (Counter(old.rows) - Counter(rows)).total()
