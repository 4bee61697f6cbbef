"""The cached stages of one candidate in one part: choose on dev, fit, answer, time.

Each stage is a unit of the store, keyed by everything that its result depends on, so an
interrupted comparison goes on where it stopped and an unchanged one computes nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import polars as pl

from etude.approaches._base import Approach, Candidate, Choice, Embeddings, FitContext
from etude.data.answers import Answers
from etude.data.conversations import held_forms
from etude.errors import SpendLimitReached
from etude.evaluation.choices import read_choice, write_choice
from etude.evaluation.judging import Judge
from etude.evaluation.latency import Timing, time_candidate
from etude.evaluation.libraries import library_versions
from etude.evaluation.parts import Part, content_hash
from etude.evaluation.repeats import ASKINGS, ITEMS, Again, Flips, flips_of, places
from etude.models._base import ChatModel, Embedder, Model
from etude.progress import Progress, Silent
from etude.records.run import Machine
from etude.records.task import ModelRef, Task
from etude.store import Store, Unit

VERSION = 4
"""Raised when this file changes what a stage computes: part of every key."""

CHOICE, CALIBRATION = "choice.json", "calibration.parquet"


@dataclass(frozen=True)
class Entrant:
    """A rung with a model: what becomes a candidate."""

    approach: Approach
    reference: ModelRef
    model: Model
    embeddings: Embeddings | None
    lookup: Embedder | None = None
    """Whose the embeddings are, where the model itself does not embed."""

    @property
    def name(self) -> str:
        """``rung@model``, unique in a comparison."""
        return f"{self.approach.key}@{self.model.name}"


@dataclass(frozen=True)
class Fitted:
    """Answers to a part's scored examples, and where the candidate lies if it was kept."""

    answers: Answers
    folder: Path
    seconds: float
    key: str
    calibration: Answers | None = None
    """To the part's calibration examples, where it has any."""


@dataclass
class Stages:
    """Runs stages through the store. ``descriptions`` are in the order of the judge's labels.

    ``root``: the project's folder, where files that the task names lie. ``files`` is the hash of
    those that results depend on beside the examples.
    """

    store: Store
    task: Task
    judge: Judge
    descriptions: dict[str, str]
    root: Path
    files: str
    machine: Machine
    progress: Progress
    versions: dict[str, str] = field(default_factory=library_versions)
    used: list[tuple[str, Unit]] = field(default_factory=list)
    """Stage and unit of everything this run asked for."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The task's, in its order."""
        return self.judge.labels

    def choose(self, entrant: Entrant, part: Part, seed: int) -> tuple[Choice, float]:
        """Settings chosen on the part's dev examples, and the seconds it took."""

        def build(out: Path, work: Path) -> None:
            held = (*part.dev.inputs, *part.asked)
            context = self.context(entrant, seed, work, held)
            choice = entrant.approach.choose(part.train, part.dev, context)
            write_choice(choice, out / CHOICE)

        unit = self._compute("choose", self._choose_key(entrant, part, seed), build)
        return read_choice(unit.path / CHOICE), unit.seconds

    def fit(self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool) -> Fitted:
        """Fit on train and dev, answer the scored examples; the weights stay only if ``keep``."""

        def build(out: Path, work: Path) -> None:
            context = self.context(entrant, seed, work, part.asked)
            started = time.perf_counter()
            candidate = entrant.approach.fit(part.fitted_on, choice, context)
            fit_seconds = time.perf_counter() - started
            answers = candidate.answer(part.scored.inputs, entrant.embeddings)
            answers.to_frame(part.scored.ids).write_parquet(out / "answers.parquet")
            if part.calibration is not None:
                apart = candidate.answer(part.calibration.inputs, entrant.embeddings)
                apart.to_frame(part.calibration.ids).write_parquet(out / CALIBRATION)
            if keep:
                candidate.save(_made(out / "candidate"))
            _write_json(out / "fit.json", {"seconds": fit_seconds})

        key = self._answering_key(entrant, part, choice, seed, keep=keep)
        unit = self._compute("fit", key, build)
        return Fitted(
            answers=Answers.from_frame(pl.read_parquet(unit.path / "answers.parquet")),
            folder=unit.path / "candidate",
            seconds=float(_read_json(unit.path / "fit.json")["seconds"]),
            key=unit.hash,
            calibration=(
                None
                if part.calibration is None
                else Answers.from_frame(pl.read_parquet(unit.path / CALIBRATION))
            ),
        )

    def candidate_id(self, entrant: Entrant, part: Part, choice: Choice, seed: int) -> str:
        """Names a candidate before it is fitted: what the ledger writes down."""
        key = json.dumps(self._fit_key(entrant, part, choice, seed), sort_keys=True)
        return hashlib.sha256(key.encode()).hexdigest()[:16]

    def timing(
        self, entrant: Entrant, fitted: Fitted, inputs: Sequence[str], answers: Answers
    ) -> Timing | None:
        """Latency and flips of a kept candidate: measured once, then read.

        On this machine it is asked ``inputs``, those that ``fitted`` answered. An endpoint was timed
        by every request that was made for ``answers``.
        """
        endpoint = entrant.reference.openai
        if endpoint is not None:
            flips = self._flips(entrant, fitted, inputs)
            return Timing.of_requests(answers, endpoint.concurrency, flips)

        def build(out: Path, work: Path) -> None:
            quiet = replace(self, progress=Silent())  # a request at a time is no step to show
            candidate = quiet.load(entrant, fitted.folder, work)
            _write_json(out / "timing.json", time_candidate(candidate, inputs).to_json())

        unit = self._compute(*self._timing_unit(entrant, fitted.key), build)
        return Timing.from_json(_read_json(unit.path / "timing.json"))

    def _flips(self, entrant: Entrant, fitted: Fitted, inputs: Sequence[str]) -> Flips | None:
        """Ask an endpoint some of what ``fitted`` answered again, past the answers that are kept.

        What it costs is announced with the rest; where the spend limit leaves no room, the flips
        are unmeasured and everything else stands.
        """
        rows = places(len(inputs))

        def build(out: Path, work: Path) -> None:
            said = [[fitted.answers.outputs[row] for row in rows]]
            for asking in range(1, ASKINGS):
                model = Again(cast("ChatModel", entrant.model), asking)
                candidate = self.load(replace(entrant, model=model), fitted.folder, work)
                asked = [inputs[row] for row in rows]
                said.append(list(candidate.answer(asked, entrant.embeddings).outputs))
            flips = flips_of(said)
            _write_json(out / "flips.json", {"flips": asdict(flips) if flips else None})

        try:
            unit = self._compute(*self._timing_unit(entrant, fitted.key), build)
        except SpendLimitReached:
            self.progress.say(
                f"Whether {entrant.name} answers the same each time is not measured: asking again "
                "would pass the spend limit."
            )
            return None
        stored = _read_json(unit.path / "flips.json")["flips"]
        return Flips(**stored) if stored else None

    def known_choice(self, entrant: Entrant, part: Part, seed: int) -> Choice | None:
        """What ``choose`` would give, where it is stored; nothing is computed."""
        unit = self.store.find("choose", self._choose_key(entrant, part, seed))
        return None if unit is None else read_choice(unit.path / CHOICE)

    def known_fit(
        self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool
    ) -> str | None:
        """The key of what ``fit`` would give, where it is stored; nothing is computed."""
        key = self._answering_key(entrant, part, choice, seed, keep=keep)
        unit = self.store.find("fit", key)
        return None if unit is None else unit.hash

    def is_timed(self, entrant: Entrant, fitted: str) -> bool:
        """Whether latency or flips of the fit with this key are stored."""
        return self.store.find(*self._timing_unit(entrant, fitted)) is not None

    def load(self, entrant: Entrant, folder: Path, work: Path) -> Candidate:
        """The candidate that lies in ``folder``."""
        return entrant.approach.load(folder, self.context(entrant, 0, work))

    def context(
        self, entrant: Entrant, seed: int, work: Path, held: Sequence[str] = ()
    ) -> FitContext:
        """What the rung may use; ``held`` are inputs that it is scored on."""
        kind, beside = self.task.kind, self.task.data.preferences
        return FitContext(
            task=self.task,
            labels=self.labels,
            descriptions=self.descriptions,
            model=entrant.model,
            embeddings=entrant.embeddings,
            metric=self.judge.value,
            root=self.root,
            lookup=entrant.lookup,
            held=held_forms(held, kind) if beside else frozenset(),
            each=self.judge.each,
            seed=seed,
            workdir=work,
            progress=self.progress,
        )

    def _key(self, entrant: Entrant, seed: int) -> dict[str, Any]:
        return {
            "version": VERSION,
            "rung": entrant.approach.key,
            "rung_version": entrant.approach.version,
            "model": entrant.model.fingerprint,
            "lookup": entrant.lookup.fingerprint if entrant.lookup else None,
            "seed": seed,
            "labels": list(self.labels),
            "descriptions": self.descriptions,
            "instructions": self.task.instructions,
            "kind": self.task.kind,
            "schema": self.task.output_schema,
            "checks": list(self.task.checks),
            "training": self.task.training.model_dump(mode="json"),
            "files": self.files,
            "metric": self.task.counted,
            "libraries": self.versions,
        }

    def _choose_key(self, entrant: Entrant, part: Part, seed: int) -> dict[str, Any]:
        key = self._key(entrant, seed) | {
            "train": content_hash(part.train),
            "dev": content_hash(part.dev),
        }
        if self.task.data.preferences:
            # What is scored decides which preferences are left out.
            key["scored"] = content_hash(part.scored)
            key |= _apart(part)
        return key

    def _answering_key(
        self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool
    ) -> dict[str, Any]:
        return (
            self._fit_key(entrant, part, choice, seed)
            | {
                "scored": content_hash(part.scored),
                "keep": keep,
            }
            | _apart(part)
        )

    def _timing_unit(self, entrant: Entrant, fitted: str) -> tuple[str, dict[str, Any]]:
        """The stage and its key: an endpoint's flips are the same on every machine."""
        key = {"candidate": fitted, "version": VERSION, "askings": [ASKINGS, ITEMS]}
        if entrant.reference.openai is not None:
            return "flips", key
        return "timing", key | {"machine": self.machine.id}

    def _fit_key(self, entrant: Entrant, part: Part, choice: Choice, seed: int) -> dict[str, Any]:
        return self._key(entrant, seed) | {
            "fitted_on": content_hash(part.fitted_on),
            "settings": choice.settings,
        }

    def _compute(self, stage: str, key: dict[str, Any], build: Any) -> Unit:
        unit = self.store.compute(stage, key, build)
        self.used.append((stage, unit))
        return unit


def _apart(part: Part) -> dict[str, Any]:
    """Of a key, the calibration examples, where there are any."""
    return {} if part.calibration is None else {"calibration": content_hash(part.calibration)}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return stored
