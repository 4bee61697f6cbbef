"""Runs the audits over a dataset version, each kept by what went into it.

An audit's findings are stored under the version, the task, the audit's own code and what it reads
besides; asked again, nothing is computed. What is not run is named with the reason.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

import etude.audit
from etude import __version__
from etude.audit import Audit, Found, Material, registry
from etude.data.stored import Prepared
from etude.records.dataset import Finding
from etude.store.keys import JSON
from etude.workflow._material import Reach
from etude.workflow.files import files_hash
from etude.workflow.session import Session

STAGE = "audit"
OF_TRAFFIC = frozenset({"coverage"})
"""Audits that have nothing to look at without a file of real inputs."""
LIMIT_S = 600.0
"""Seconds that reading the texts by meaning may take unasked; above it, it waits for ``full``."""

_PASSES = (("looking through the examples", False), ("reading them by meaning", True))


@dataclass(frozen=True)
class Options:
    """How far to look. ``quick``: only what needs no model; ``full``: however long it takes;
    ``traffic``: a file of real inputs to hold the examples against."""

    quick: bool = False
    full: bool = False
    traffic: Path | None = None


@dataclass(frozen=True)
class NotRun:
    """An audit of the task's kind that was not run, or a part of one, and why."""

    audit: str
    title: str
    reason: str


@dataclass(frozen=True)
class Audited:
    """What audits found; ``ran``: key to title of those that have run."""

    found: tuple[Found, ...] = ()
    ran: tuple[tuple[str, str], ...] = ()
    not_run: tuple[NotRun, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Of the audits that have run."""
        return frozenset(key for key, _ in self.ran)


def audited(session: Session, prepared: Prepared, options: Options | None = None) -> Audited:
    """Every audit of the task's kind: from the store, or run.

    Raises:
        DataError: the file of real inputs can't be read.
        StoreError: the disk is full or refuses.
    """
    options = options or Options()
    kind = session.taskfile.task.kind
    chosen = {name: registry.load(name) for name in registry.names()}
    chosen = {name: one for name, one in chosen.items() if kind in one.kinds}
    reach = Reach(session, prepared, options.traffic)
    found: list[Found] = []
    ran: list[tuple[str, str]] = []
    not_run: list[NotRun] = []
    work = _Work(session, prepared, reach)
    for title, dear in _PASSES:
        # Those that read meanings take far longer each: the time left is told for each sort alone.
        names = [name for name, one in chosen.items() if (one.needs != "rows") == dear]
        with session.progress.step(title, len(names), "audits") as step:
            for name in sorted(names, key=lambda name: _dearness(chosen[name])):
                one = chosen[name]
                step.advance(0.0, one.title)
                known = work.stored(name, one) if name not in OF_TRAFFIC else None
                reason = None if known is not None else _refused(name, one, reach, options)
                if reason is None:
                    found += known if known is not None else work.run(name, one)
                    ran.append((name, one.title))
                    not_run += [NotRun(name, title, why) for title, why in one.unlooked()]
                else:
                    not_run.append(NotRun(name, one.title, reason))
                step.advance(1.0)
    return Audited(tuple(found), tuple(ran), tuple(not_run))


def found_before(session: Session, prepared: Prepared, name: str) -> list[Found] | None:
    """What the audit called ``name`` has found on these examples; None where it has not run on them."""
    one = registry.load(name)
    if session.taskfile.task.kind not in one.kinds:
        return None
    return _Work(session, prepared, Reach(session, prepared)).stored(name, one)


def _dearness(one: Audit) -> int:
    return ("rows", "encoder", "predictions").index(one.needs)


def _refused(name: str, one: Audit, reach: Reach, options: Options) -> str | None:
    """Why an audit is not run now; None: it is."""
    if name in OF_TRAFFIC and options.traffic is None:
        return "no log of real inputs was named: --traffic FILE"
    if one.needs == "rows":
        return None
    if options.quick:
        return "left out by --quick"
    if reach.encoder is None:
        return reach.no_encoder
    reason = reach.why_no_predictions() if one.needs == "predictions" else None
    if reason is not None:
        return reason
    seconds = reach.seconds
    if seconds > LIMIT_S and not options.full:
        return f"it would take about {seconds / 60:.0f} minutes: etude check --full runs it"
    return None


@dataclass(frozen=True)
class _Work:
    """Runs and keeps the audits of one version."""

    session: Session
    prepared: Prepared
    reach: Reach

    def _key(self, name: str, one: Audit) -> dict[str, JSON]:
        task = self.session.taskfile
        return {
            "audit": name,
            "dataset": self.prepared.version.id,
            "task": task.text_hash,
            "files": files_hash(task.task, self.session.root),
            "code": code_of(one.run),
            "state": one.state(),
            "encoder": self.reach.encoder_key if one.needs != "rows" else "",
            "tokens": self.reach.tokens_key,
            "traffic": self.reach.traffic_key,
        }

    def stored(self, name: str, one: Audit) -> list[Found] | None:
        """What it found earlier on the same examples; None where it has not run on them."""
        unit = self.session.store.find(STAGE, self._key(name, one))
        return None if unit is None else _read(unit.path)

    def run(self, name: str, one: Audit) -> list[Found]:
        """What it finds, kept."""

        def build(out: Path, work: Path) -> None:
            _write(list(one.run(self.reach.material(one.needs))), out)

        return _read(self.session.store.compute(STAGE, self._key(name, one), build).path)


def _write(found: Sequence[Found], out: Path) -> None:
    for place, one in enumerate(found):
        one.hits.write_parquet(out / f"{place}.parquet")
    records = [one.finding.model_dump(mode="json") for one in found]
    (out / "findings.json").write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8")


def _read(folder: Path) -> list[Found]:
    records = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    return [
        Found(Finding.model_validate(one), pl.read_parquet(folder / f"{place}.parquet"))
        for place, one in enumerate(records)
    ]


def code_of(run: Callable[[Material], object]) -> str:
    """A hash of an audit's code: its own file, those of the audits that it takes functions from, and
    what the audits of Etude share."""
    module = sys.modules[run.__module__]
    digest = hashlib.sha256(f"{__version__}:{_shared()}".encode())
    used = {getattr(one, "__module__", None) or "" for one in vars(module).values()}
    others = sorted(name for name in used if name.startswith(f"{etude.audit.__name__}."))
    for name in dict.fromkeys((run.__module__, *others)):
        path = inspect.getsourcefile(sys.modules[name])
        if path is not None:
            digest.update(Path(path).read_bytes())
    return digest.hexdigest()[:16]


@cache
def _shared() -> str:
    """Of the files and folders beside the audits whose names begin with an underscore, lists of words
    among them."""
    folder = Path(etude.audit.__file__).parent
    digest = hashlib.sha256()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.csv"))):
        inside = path.relative_to(folder)
        # The summary is made of findings and changes none.
        if inside.parts[0].startswith("_") and inside.name != "_summary.py":
            digest.update(f"{inside}:".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
