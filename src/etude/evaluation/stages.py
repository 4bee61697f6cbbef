"""The cached stages of one candidate in one part: choose on dev, fit, answer. How they are timed
is in ``timed``.

Each stage is a unit of the store, found by everything that its result depends on (``keys``), so an
interrupted comparison goes on where it stopped and an unchanged one computes nothing. Where a stage has
to be done again, a model on this machine is asked only what it was never asked before.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from etude.approaches._base import Candidate, Choice, FitContext
from etude.data.answers import Answers
from etude.data.conversations import held_forms
from etude.evaluation._files import made, read_json, write_json
from etude.evaluation.choices import read_choice, write_choice
from etude.evaluation.entrant import Entrant as Entrant
from etude.evaluation.judging import Judge
from etude.evaluation.keys import Keys
from etude.evaluation.libraries import library_versions
from etude.evaluation.parts import Part
from etude.evaluation.reuse import Reuse
from etude.models._base import ChatModel
from etude.models._remembering import Remembering
from etude.progress import Progress
from etude.records.run import Machine
from etude.records.task import Task
from etude.store import Store, Unit

CHOICE, ANSWERS, CALIBRATION = "choice.json", "answers.parquet", "calibration.parquet"
FIT, CANDIDATE = "fit.json", "candidate"


@dataclass(frozen=True)
class Fitted:
    """Answers to a part's scored examples, and where the candidate lies if it was kept."""

    answers: Answers
    folder: Path
    seconds: float
    settings: dict[str, Any]
    contents: str
    """The hash of what the candidate is made of; "" where it was not kept."""
    calibration: Answers | None = None
    """To the part's calibration examples, where it has any."""


@dataclass
class Stages:
    """Runs stages through the store. ``descriptions`` are in the order of the judge's labels.

    ``root``: the project's folder, where files that the task names lie. ``files``: hashes of those
    beside the examples, by what reads them (see ``Keys``).
    """

    store: Store
    task: Task
    judge: Judge
    descriptions: dict[str, str]
    root: Path
    files: dict[str, str]
    machine: Machine
    progress: Progress
    versions: dict[str, str] = field(default_factory=library_versions)
    used: list[tuple[str, Unit]] = field(default_factory=list)
    """Stage and unit of everything this run asked for."""
    reuse: Reuse = field(default_factory=Reuse)
    """What of it was there from before."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The task's, in its order."""
        return self.judge.labels

    @cached_property
    def keys(self) -> Keys:
        """What each stage is found by."""
        rules = tuple(check.name for check in self.judge.checks)
        return Keys(self.task, self.labels, self.descriptions, rules, self.versions, self.files)

    def choose(self, entrant: Entrant, part: Part, seed: int) -> tuple[Choice, float]:
        """Settings chosen on the part's dev examples, and the seconds it took."""

        def build(out: Path, work: Path) -> None:
            held = (*part.dev.inputs, *part.asked)
            context = self._remembering(entrant, seed, work, held)
            choice = entrant.approach.choose(part.train, part.dev, context)
            write_choice(choice, out / CHOICE)

        unit = self.compute("choose", self.keys.choosing(entrant, part, seed), build)
        self.reuse.stage(entrant.name, unit)
        return read_choice(unit.path / CHOICE), unit.seconds

    def fit(self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool) -> Fitted:
        """Fit on train and dev, answer the scored examples; the weights stay only if ``keep``."""

        def build(out: Path, work: Path) -> None:
            context = self._remembering(entrant, seed, work, part.asked)
            started = time.perf_counter()
            candidate = entrant.approach.fit(part.fitted_on, choice, context)
            told = {"seconds": time.perf_counter() - started, "contents": ""}
            answers = candidate.answer(part.scored.inputs, entrant.embeddings)
            answers.to_frame(part.scored.ids).write_parquet(out / ANSWERS)
            if part.calibration is not None:
                apart = candidate.answer(part.calibration.inputs, entrant.embeddings)
                apart.to_frame(part.calibration.ids).write_parquet(out / CALIBRATION)
            if keep:
                candidate.save(made(out / CANDIDATE))
                told["contents"] = _contents(out / CANDIDATE)
            write_json(out / FIT, told)

        key = self.keys.answering(entrant, part, choice, seed, keep=keep)
        unit = self.compute("fit", key, build)
        self.reuse.stage(entrant.name, unit)
        told = read_json(unit.path / FIT)
        return Fitted(
            answers=_read_answers(unit.path / ANSWERS),
            folder=unit.path / CANDIDATE,
            seconds=float(told["seconds"]),
            settings=choice.settings,
            contents=told["contents"],
            calibration=(
                None if part.calibration is None else _read_answers(unit.path / CALIBRATION)
            ),
        )

    def known_choice(self, entrant: Entrant, part: Part, seed: int) -> Choice | None:
        """What ``choose`` would give, where it is stored; nothing is computed."""
        unit = self.store.find("choose", self.keys.choosing(entrant, part, seed))
        return None if unit is None else read_choice(unit.path / CHOICE)

    def known_fit(
        self, entrant: Entrant, part: Part, choice: Choice, seed: int, *, keep: bool
    ) -> str | None:
        """The contents of what ``fit`` would give, where it is stored; nothing is computed."""
        key = self.keys.answering(entrant, part, choice, seed, keep=keep)
        unit = self.store.find("fit", key)
        return None if unit is None else str(read_json(unit.path / FIT)["contents"])

    def load(self, entrant: Entrant, folder: Path, work: Path) -> Candidate:
        """The candidate that lies in ``folder``."""
        return entrant.approach.load(folder, self.context(entrant, 0, work))

    def context(
        self, entrant: Entrant, seed: int, work: Path, held: Sequence[str] = ()
    ) -> FitContext:
        """What the rung may use; ``held`` are inputs that it is scored on. The model is asked
        whatever was said before."""
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

    def _remembering(
        self, entrant: Entrant, seed: int, work: Path, held: Sequence[str]
    ) -> FitContext:
        """The same with a model that says again what it said before; what an endpoint said it keeps
        itself."""
        context = self.context(entrant, seed, work, held)
        if not isinstance(entrant.model, ChatModel):
            return context
        here = entrant.reference.openai is None
        answers = self.store.remembered(self.keys.answers(entrant)) if here else None
        model = Remembering(entrant.model, answers, self.reuse.answers(entrant.name))
        if not here:
            return replace(context, model=model)
        trainings = self.store.remembered(self.keys.trainings(entrant))
        return replace(context, model=model, memory=self.reuse.trainings(entrant.name, trainings))

    def remembers(self, entrant: Entrant) -> bool:
        """Whether answers of this model on this machine are kept, or what the trainings of a rung that
        trains said: then a stage that is to be done may take less than all that it holds."""
        if entrant.reference.openai is not None or not isinstance(entrant.model, ChatModel):
            return False
        trains = entrant.approach.seeded
        space = self.keys.trainings(entrant) if trains else self.keys.answers(entrant)
        return self.store.remembered(space).any()

    def compute(self, stage: str, key: dict[str, Any], build: Any) -> Unit:
        """A unit of this run, from the store or built."""
        unit = self.store.compute(stage, key, build)
        self.used.append((stage, unit))
        return unit


def _contents(folder: Path) -> str:
    """One hash of all files below ``folder``, by their names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            own = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()}:{own}\n".encode())
    return digest.hexdigest()[:16]


def _read_answers(path: Path) -> Answers:
    return Answers.from_frame(pl.read_parquet(path))
