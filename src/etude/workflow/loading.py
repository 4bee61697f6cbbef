"""A release in a project: opened with the project's models, kept answers and metric."""

from __future__ import annotations

from pathlib import Path

from etude.approaches._base import Scorer
from etude.evaluation.judging import Judge
from etude.models._base import Model
from etude.progress import Progress
from etude.records.candidate import CandidateReport
from etude.records.release import Asked
from etude.records.task import ModelRef
from etude.releases import shelf
from etude.releases.contents import damaged
from etude.releases.loading import Release, Surroundings, load
from etude.releases.making import SCORECARD
from etude.store import Store
from etude.workflow.entrants import open_in
from etude.workflow.session import Place

WORK = "releases"


def load_release(session: Place, said: str) -> Release:
    """The release of this name, these first digits or this alias; every file is verified.

    Raises:
        UnknownName: there is none.
        StoreError: a file is damaged, missing or added.
        ModelError: a model that it stands on can't be had, or is another one.
    """
    releases = session.store.releases
    name = shelf.find(releases.folder, releases.aliases(), said)
    found = load(releases.folder / name, surroundings(session))
    for notice in found.notices:
        session.say(notice)
    return found


def surroundings(session: Place) -> Surroundings:
    """What a release needs of this project."""
    return surroundings_in(session.root, session.store, session.progress)


def surroundings_in(root: Path, store: Store, progress: Progress) -> Surroundings:
    """What a release needs of a folder, which may hold no task of its own."""

    def opening(reference: ModelRef) -> Model:
        return open_in(root, store, reference)

    return Surroundings(
        opening=opening, metric=_metric, work=store.cache_folder(WORK), progress=progress
    )


def _metric(asked: Asked, root: Path) -> Scorer:
    return judge_of(asked, root).value


def judge_of(asked: Asked, root: Path) -> Judge:
    """What a release's answers are held against; ``root`` has the files that its checks name."""
    return Judge.of(asked.task, asked.labels, root)


def scorecard_of(release: Release) -> CandidateReport:
    """How the candidate did when it was compared, and when it hands over.

    Raises:
        StoreError: it can't be read.
    """
    try:
        return CandidateReport.model_validate_json((release.folder / SCORECARD).read_bytes())
    except (OSError, ValueError) as error:
        raise damaged(release.folder, [f"{SCORECARD} can't be read"]) from error
