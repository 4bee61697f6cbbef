"""A release in hand: verified, opened, and answering as the candidate did that it was made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etude.approaches import approach
from etude.approaches._base import Approach, Candidate, FitContext, Scorer
from etude.approaches.writing.candidate import WritingCandidate, load_writing
from etude.data.answers import Answers
from etude.errors import StoreError
from etude.models._base import ChatModel, Embedder
from etude.progress import Progress
from etude.records.release import Asked, Base, ReleaseManifest
from etude.releases.bases import Opening, open_base
from etude.releases.contents import PROJECT, damaged, verify

ASKED, CANDIDATE = "asked.json", "candidate"

MetricOf = Callable[[Asked, Path], Scorer]
"""The task's metric, for a release's task and the folder of the files that it names."""


@dataclass(frozen=True)
class Release:
    """A release that answers. ``notices``: what a person should know of how it was loaded."""

    name: str
    folder: Path
    manifest: ReleaseManifest
    asked: Asked
    candidate: Candidate
    context: FitContext
    notices: tuple[str, ...] = ()

    def answer(self, inputs: Sequence[str]) -> Answers:
        """Answers in the order of the inputs, as the kept candidate gives them."""
        return self.candidate.answer(list(inputs))

    def answering_by(self, model: ChatModel) -> WritingCandidate:
        """The same prompts, examples and passages, answered by ``model``: an export of its weights.

        Raises:
            StoreError: the candidate is none that writes by a language model.
        """
        if not isinstance(self.candidate, WritingCandidate):
            raise StoreError(
                f"{self.manifest.plain_name} does not answer by a language model's weights",
                where=self.name,
            )
        return load_writing(
            self.manifest.rung, self.folder / CANDIDATE, replace(self.context, model=model), model
        )


@dataclass(frozen=True)
class Surroundings:
    """What a release needs of the project that it is loaded in.

    ``opening`` finds models; ``metric`` makes the task's metric for a task whose files lie in a
    folder; ``work`` is a folder for what a load may leave.
    """

    opening: Opening
    metric: MetricOf
    work: Path
    progress: Progress


def load(folder: Path, around: Surroundings, name: str | None = None) -> Release:
    """The release in ``folder``, every file verified.

    Args:
        folder: where it lies.
        around: what the project gives it.
        name: what it is called; by default the folder's own name.

    Raises:
        StoreError: a file is damaged, missing or added.
        ModelError: a model that it stands on can't be had, or is another one.
    """
    manifest = verify(folder, name)
    return opened(folder, manifest, around, name or folder.name)


def opened(folder: Path, manifest: ReleaseManifest, around: Surroundings, name: str) -> Release:
    """As ``load``, of a folder that was verified or has just been written."""
    asked = read_asked(folder)
    rung: Approach = approach(manifest.rung)
    model = open_base(manifest.base, folder, around.opening)
    root = folder / PROJECT
    context = FitContext(
        task=asked.task,
        labels=asked.labels,
        descriptions=asked.descriptions,
        model=model,
        embeddings=None,
        metric=around.metric(asked, root),
        root=root,
        lookup=_lookup(manifest.lookup, folder, around.opening),
        seed=0,
        workdir=around.work,
        progress=around.progress,
    )
    candidate = rung.load(folder / CANDIDATE, context)
    return Release(name, folder, manifest, asked, candidate, context, _notices(manifest, rung))


def read_asked(folder: Path) -> Asked:
    """What a release answers.

    Raises:
        StoreError: it can't be read.
    """
    try:
        return Asked.model_validate_json((folder / ASKED).read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(folder, [f"{ASKED} can't be read"]) from error


def _lookup(base: Base | None, folder: Path, opening: Opening) -> Embedder | None:
    if base is None:
        return None
    found: Any = open_base(base, folder, opening)
    return found if isinstance(found, Embedder) else None


def _notices(manifest: ReleaseManifest, rung: Approach) -> tuple[str, ...]:
    if manifest.rung_version == rung.version:
        return ()
    return (
        f"This release was made by another version of “{manifest.plain_name}”: hold it against the "
        "examples again before you rely on it (etude compare).",
    )
