"""What a rung is: it chooses its settings on dev, is fitted, and then answers.

A rung is one file in this folder with ``APPROACH: Approach``. A user's own rung is one such file
named by an entry point of the group ``etude.approaches``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.models._base import Embedder, Memory, Model
from etude.progress import Progress, Silent
from etude.records.candidate import Trial
from etude.records.task import Task


class Scorer(Protocol):
    """The task's primary metric."""

    def __call__(
        self,
        examples: Examples,
        outputs: Sequence[str | None],
        passages: Sequence[Sequence[str]] = (),
    ) -> float:
        """From 0 to 1, more is better. ``passages``: those of the knowledge that each answer was
        shown, where any were; all in the examples' order."""
        ...


class Each(Protocol):
    """The task's primary metric, answer by answer."""

    def __call__(
        self,
        examples: Examples,
        outputs: Sequence[str | None],
        passages: Sequence[Sequence[str]] = (),
    ) -> NDArray[np.float64]:
        """From 0 to 1 (N,), in the examples' order."""
        ...


class Embeddings(Protocol):
    """Embeddings by text for one model, computed once and shared by all rungs."""

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (N, dim): from the cache where they are there, else computed."""
        ...


@dataclass(frozen=True)
class FitContext:
    """What a rung may use besides the examples.

    ``workdir`` survives a kill and is the same on resume: checkpoints go there.
    ``metric``: the task's primary metric; choose by it.
    ``root``: the project's folder, where files that the task names lie. ``lookup``: what embeds
    texts that are looked up where the model itself does not embed; ``embeddings`` are then its.
    ``each``: the metric of every answer by itself; None: unknown.
    ``held``: normal forms of inputs that are scored: nothing about them may be learned, from
    whatever file. ``memory``: what trainings said before, for a rung that trains; None: nothing is
    kept.
    """

    task: Task
    labels: tuple[str, ...]
    descriptions: dict[str, str]
    model: Model
    embeddings: Embeddings | None
    metric: Scorer
    seed: int
    workdir: Path
    root: Path = Path()
    lookup: Embedder | None = None
    held: frozenset[str] = frozenset()
    each: Each | None = None
    memory: Memory | None = None
    progress: Progress = field(default_factory=Silent)


@dataclass(frozen=True)
class Choice:
    """The settings that did best on dev, and everything that was tried.

    ``settings`` is JSON: with the examples, the model and the seed it determines ``fit``.
    """

    settings: dict[str, Any]
    dev_value: float
    trials: tuple[Trial, ...]
    dev_outputs: tuple[str | None, ...] = ()
    """The best setting's answers on dev, in dev's order: how often two rungs disagree is
    estimated from them before the holdout is opened. A rung that scored a sample of dev only
    puts None for the rest and says so in ``notes``."""
    dev_passages: tuple[tuple[str, ...], ...] = ()
    """The passages that each of ``dev_outputs`` was shown; empty where none were."""
    notes: tuple[str, ...] = ()
    dev_n: float = 0.0
    """Independent examples of dev that ``dev_value`` is over (``Examples.independent``); 0 where it
    is over none, or that was not written down."""


class Candidate(Protocol):
    """A fitted rung: it answers."""

    def answer(self, inputs: Sequence[str], embeddings: Embeddings | None = None) -> Answers:
        """Answers in the order of the inputs. With ``embeddings`` (for the base model's) cached
        ones may be used; without, everything is computed afresh, as a user's request would be."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything ``Approach.load`` needs (safetensors, JSON, Parquet; never pickle)."""
        ...


class Approach(Protocol):
    """One way of doing the task. ``key`` is the file's name; ``order`` the effort, low first."""

    key: str
    order: int
    plain_name: str
    """What screens for people call it: "instructions only"."""
    seeded: bool
    """True where the result varies with the seed by more than rounding (fine-tuning)."""
    version: int
    """Raised when the code changes what it computes: part of every cache key."""

    def usable(self, task: Task, model: Model) -> str | None:
        """None if this rung can run with this model, else the reason in plain words."""
        ...

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Try settings on ``train``, score them on ``dev``, keep the best."""
        ...

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Fit with the chosen settings on all of ``examples`` (train and dev).

        How answers are judged has no part in it: what a fit gives is kept when the metric or a check
        changes, unless the settings put the checks into the prompt (``read_by``).
        """
        ...

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that ``Candidate.save`` wrote, answering the same."""
        ...


def read_by(settings: Mapping[str, Any]) -> frozenset[str]:
    """What of the task a fit with these settings may read besides the instructions and the labels:
    ``checks`` (as sentences of the prompt), ``knowledge``, ``preferences``. What settings don't say
    no to is read."""
    wording = settings.get("wording")
    rules = wording.get("rules", True) if isinstance(wording, Mapping) else True
    told = {
        "checks": rules,
        "knowledge": settings.get("passages", True),
        "preferences": settings.get("preference", True),
    }
    return frozenset(name for name, wanted in told.items() if wanted)


def reads_instructions(approach: Approach, model: Model) -> bool:
    """Whether what a rung computes depends on the task's instructions. It does unless the rung has a
    method ``reads_instructions(model)`` that says otherwise."""
    told: Callable[[Model], bool] | None = getattr(approach, "reads_instructions", None)
    return True if told is None else told(model)
