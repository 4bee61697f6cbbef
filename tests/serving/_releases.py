"""Releases made from fakes: a classifier, one that writes, one that chooses by a language model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests._fakes import FakeChat, FakeEmbedder, make_context, some_examples
from tests.approaches._writing import Parrot, notes, writing_context, writing_task
from tests.releases._made import manifest_for
from tests.report import fixtures

from etude.approaches import approach
from etude.approaches._base import Candidate, FitContext
from etude.approaches.writing.candidate import Sources, WritingCandidate
from etude.approaches.writing.lookup import Finder
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import Wording
from etude.data.knowledge import Passage
from etude.errors import ModelError
from etude.models._base import Model
from etude.progress import Silent
from etude.records.candidate import CandidateReport
from etude.records.dataset import DatasetVersion
from etude.records.handover import Calibrator, FieldSureness, Handover
from etude.records.release import Asked, Base
from etude.records.task import ModelRef
from etude.releases import making
from etude.releases.loading import Surroundings
from etude.workflow.loading import judge_of

WORDS = ModelRef(name="fake:embedder")
CHAT = ModelRef(name="fake:chat")
PASSAGES = (Passage("tea", "Tea is sold by the box."), Passage("rope", "Rope is sold by the yard."))


class Tunable(Parrot):
    """A model that a job may have tuned."""

    def tuned(self, folder: Path) -> Tunable:
        assert folder.is_dir()
        return Tunable(f"{self.name} tuned", f"{self.fingerprint} {folder.name}")


def around(work: Path, chat: Model | None = None) -> Surroundings:
    """What releases of fakes need; ``chat`` is the language model of those that have one."""

    def opening(reference: ModelRef) -> Model:
        if reference == CHAT and chat is not None:
            return chat
        if reference == WORDS:
            return FakeEmbedder()
        if reference.name in ("fake:chat", "fake:small"):
            return Tunable(reference.name, reference.name)
        raise ModelError(f"there is no {reference.name}")

    return Surroundings(opening, lambda asked, root: judge_of(asked, root).value, work, Silent())


_SAID = FieldSureness(
    name="said",
    n=50,
    right=0.8,
    auroc=None,
    ece=None,
    calibrator=Calibrator(slope=2.0, intercept=0.0),
)
"""Of the releases whose answers are records."""


def handover(threshold: float) -> Handover:
    return Handover(
        precision_asked=0.9,
        confidence=0.95,
        stated=True,
        threshold=threshold,
        sure=None,
        reason=None,
        n=50,
        groups=50,
        coverage=None,
        precision=None,
        curve=(),
        auroc=None,
        aurc=None,
        ece=None,
        calibrator=Calibrator(slope=1.0, intercept=0.5),
        fields=(_SAID,),
        score="",
        method="",
    )


def labels_release(home: Path, note: str = "") -> Path:
    """A probe over hashed words; the same ``note`` gives the same release."""
    context = make_context(FakeEmbedder(), home)
    fitted = approach("probe")
    examples, dev = some_examples(60), some_examples(24, seed=1, prefix="d")
    candidate = fitted.fit(examples, fitted.choose(examples, dev, context), context)
    return _sealed(home, context, candidate, "probe", WORDS, _version("text"), 0.5, note)


def choosing_release(home: Path) -> Path:
    """A chat model that chooses among the labels."""
    model = FakeChat()
    context = make_context(model, home)
    fitted = approach("prompt")
    examples, dev = some_examples(12), some_examples(8, seed=1, prefix="d")
    candidate = fitted.fit(examples, fitted.choose(examples, dev, context), context)
    return _sealed(home, context, candidate, "prompt", CHAT, _version("text"), 0.9)


def writing_release(home: Path, **more: Any) -> Path:
    """One that shows two examples and the nearest passage, over two columns."""
    shape = {"data": {"examples": "a.csv", "input": ["name", "thing"], "knowledge": "docs"}}
    task = writing_task(**shape | more)
    context = writing_context(Parrot(), home, task)
    settings = Settings(Wording(), max_tokens=40, fixed=2, passages=1, fusion="words")
    texts = tuple(one.text for one in PASSAGES)
    sources = Sources(
        notes(6), Finder((), None, None, "words"), PASSAGES, Finder(texts, None, None, "words")
    )
    candidate = WritingCandidate("retrieval", context, settings.to_json(), sources, Parrot())
    version = _version("name + thing" if task.kind != "chat" else "messages")
    return _sealed(home, context, candidate, "retrieval", CHAT, version, 0.5)


def _version(column: str) -> DatasetVersion:
    found = fixtures.dont_fine_tune().dataset
    return found.model_copy(update={"columns": {"input": column}, "findings": ()})


def _sealed(
    home: Path,
    context: FitContext,
    candidate: Candidate,
    rung: str,
    reference: ModelRef,
    version: DatasetVersion,
    threshold: float,
    note: str = "",
) -> Path:
    kept = home / "kept" / f"{rung}-{context.task.kind}{note}"
    if not kept.exists():
        candidate.save(kept)
    asked = Asked(
        task=context.task,
        labels=context.labels,
        descriptions=context.descriptions,
        dataset=version,
    )
    card = CandidateReport(
        name=f"{rung}@{reference.name}",
        rung=rung,
        plain_name=rung,
        model=reference.name,
        order=1,
        finalist=True,
        settings={},
        dev_value=None,
        quality=None,
        handover=handover(threshold),
        notes=(note,),
    )
    releases = home / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    with making.staged(releases) as temp:
        making.fill(temp, kept, asked, {making.SCORECARD: card.model_dump_json()}, home)
        manifest = manifest_for(
            temp,
            task=context.task.task,
            kind=context.task.kind,
            base=Base(reference=reference),
            rung=rung,
            rung_version=approach(rung).version,
        )
        folder, _ = making.seal(temp, manifest, releases)
    return folder
