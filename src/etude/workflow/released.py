"""What a release's answers would send elsewhere: said, and asked about, before anything is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from etude.evaluation.stages import Stages
from etude.models.openai import EndpointModel
from etude.records.candidate import CandidateReport
from etude.releases.contents import PROJECT
from etude.releases.loading import Release
from etude.workflow import egress, rehearsal
from etude.workflow.egress import Confirm
from etude.workflow.loading import judge_of
from etude.workflow.session import Session


def agree_to_answers(
    session: Session,
    release: Release,
    report: CandidateReport,
    texts: Sequence[str],
    confirm: Confirm | None,
) -> None:
    """Ask before texts go to the endpoint of a release; what was answered before is not sent.

    Raises:
        UsageError: something would leave and nobody agreed.
    """
    stages = _stages(session, release)
    planned = []
    if release.manifest.base.reference.openai is not None:
        requests = rehearsal.of_release(release, texts)
        tokens = report.tokens_out or egress.LABEL_TOKENS
        endpoint = cast("EndpointModel", release.context.model)
        planned.append(egress.planned_requests(stages, endpoint, len(texts), requests, tokens))
    egress.agree(stages, planned, confirm)


def _stages(session: Session, release: Release) -> Stages:
    """The evaluation's stages for the release's own task, not for the project's."""
    root = release.folder / PROJECT
    return Stages(
        store=session.store,
        task=release.asked.task,
        judge=judge_of(release.asked, root),
        descriptions=release.asked.descriptions,
        root=root,
        files={},
        machine=session.machine,
        progress=session.progress,
    )
