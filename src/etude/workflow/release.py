"""``release``: a kept candidate sealed, once it answers there as it did when it was compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etude.evaluation.stages import Entrant, Stages
from etude.models._base import Model
from etude.records.behaviour import Behaviour
from etude.records.comparison import Comparison
from etude.records.dataset import DatasetVersion, Finding
from etude.records.release import Asked, Base, Parity, ReleaseManifest
from etude.records.sign_off import SignOff
from etude.records.task import ModelRef, Task
from etude.releases import bases, making, parity
from etude.releases.contents import entries
from etude.releases.loading import opened
from etude.report.data_card import data_card
from etude.report.release_card import model_card
from etude.store.releases import PRODUCTION
from etude.workflow import behaved, egress, keeping, openings, predict, signing
from etude.workflow.egress import Confirm
from etude.workflow.gating import hold, refuse_unsigned
from etude.workflow.loading import surroundings
from etude.workflow.phrases import refuse_others
from etude.workflow.session import Session
from etude.workflow.stages import stages_for
from etude.workflow.ways import Source, held_inputs, tried

SHARED = "shared_instructions"
"""What was found in the rows that says how inputs are read; the rest of the findings stay home."""


@dataclass(frozen=True)
class ReleaseOptions:
    """``whole``: models are copied in, so that nothing need be fetched where it is put to work.
    ``alias``: it is set to the release once that is sealed. ``allow_differences``: parity is told
    and does not stop. ``command``: what the log says moved it."""

    whole: bool = False
    alias: str | None = None
    allow_differences: bool = False
    confirm: Confirm | None = None
    command: str = "Project.release"


@dataclass(frozen=True)
class Made:
    """A release that was made; ``new`` is False where the very same was there already."""

    name: str
    folder: Path
    manifest: ReleaseManifest
    new: bool
    compared: tuple[parity.Compared, ...]
    alias: str | None
    replaced: str | None
    """The release that the alias stood for before."""


def release(session: Session, candidate: str | None, options: ReleaseOptions) -> Made:
    """Seal the candidate of the newest comparison called ``candidate``; None: the recommended one.

    Raises:
        DataError: nothing has been compared yet.
        UnknownName: no candidate of that name was scored.
        GateNotMet: it does not answer as it did, and nobody allowed that; or it would go to production
            while the stakes are high and nobody signed it off. Nothing is kept.
        UsageError: the phrases of the boundaries were changed since, or held-out inputs would leave
            this machine and nobody agreed.
    """
    source, held = _source(session, candidate, options.confirm)
    if options.alias == PRODUCTION:
        refuse_unsigned(session.taskfile.task.stakes, _signed(source))
    releases = session.store.releases
    with making.staged(releases.folder) as temp:
        manifest, compared = _filled(source, held, temp, options)
        folder, new = making.seal(temp, manifest, releases.folder)
    if new:
        releases.note("made", folder.name, options.command, source.kept.name)
    replaced = None
    if options.alias is not None:
        replaced = releases.move(options.alias, folder.name, options.command)
    return Made(folder.name, folder, manifest, new, compared, options.alias, replaced)


def _source(
    session: Session, candidate: str | None, confirm: Confirm | None
) -> tuple[Source, tuple[str, ...]]:
    """The kept candidate, and the inputs that parity is tried on."""
    comparison = keeping.latest(session)
    refuse_others(session, comparison)
    stages = stages_for(session, comparison.task, comparison.dataset)
    name = keeping.chosen_name(comparison, candidate)
    if candidate is None and comparison.verdict.recommended is None:
        session.say(f"Nothing met the bar in the newest comparison: {name} did best of all.")
    held = held_inputs(session, comparison.dataset.id)
    egress.agree(stages, predict.planned(session, comparison, stages, name, held), confirm)
    kept = keeping.kept(session, comparison, stages, name)
    return Source(session, comparison, stages, kept, comparison.candidate(name)), held


def _filled(
    source: Source, held: Sequence[str], temp: Path, options: ReleaseOptions
) -> tuple[ReleaseManifest, tuple[parity.Compared, ...]]:
    """Fill the folder, try it, and say what is in it."""
    session, comparison, entrant = source.session, source.comparison, source.kept.entrant
    base, lookup = _models(entrant, temp, options.whole)
    asked = _asked(comparison, source.stages)
    card = source.report.model_dump_json(indent=1) + "\n"
    making.fill(temp, source.kept.folder, asked, {making.SCORECARD: card}, session.root)
    code = making.code_hash()
    cards = {
        making.MODEL_CARD: model_card(
            comparison, source.kept.name, base, lookup, code, behaved=_behaved(source)
        ),
        making.DATA_CARD: data_card(asked.task, asked.dataset),
    }
    making.write(temp, cards)
    draft = _manifest(source, base, lookup, code)
    compared = tried(source, held, opened(temp, draft, surroundings(session), "the release"))
    found = Parity(
        inputs=len(held),
        legs=tuple(one.leg for one in compared),
        allowed=options.allow_differences,
    )
    hold(found, compared, session.say)
    return draft.model_copy(update={"parity": found, "files": entries(temp)}), compared


def _models(entrant: Entrant, temp: Path, whole: bool) -> tuple[Base, Base | None]:
    base = _base(entrant.reference, entrant.model, temp, making.BASE if whole else None)
    if entrant.lookup is None:
        return base, None
    named = ModelRef(name=entrant.lookup.name)
    return base, _base(named, entrant.lookup, temp, making.LOOKUP if whole else None)


def _base(reference: ModelRef, model: Model, temp: Path, place: str | None) -> Base:
    found = bases.describe(reference, model)
    return found if place is None else making.copied(found, model, temp, place)


def _asked(comparison: Comparison, stages: Stages) -> Asked:
    systems, opening = openings.systems(stages.store, comparison)
    return Asked(
        task=_portable(comparison.task),
        labels=stages.labels,
        descriptions=stages.descriptions,
        dataset=_described(comparison.dataset),
        systems=systems,
        opening=opening,
    )


def _portable(task: Task) -> Task:
    """The task without what its passages were read from: they lie in the candidate."""
    return task.model_copy(update={"data": task.data.model_copy(update={"preferences": None})})


def _described(version: DatasetVersion) -> DatasetVersion:
    """The version without sentences and ids of its rows: those may quote what people wrote."""
    kept = tuple(
        Finding(code=one.code, severity=one.severity, sentence="", count=one.count)
        for one in version.findings
    )
    return version.model_copy(update={"findings": kept, "ideals": None})


def _manifest(source: Source, base: Base, lookup: Base | None, code: str) -> ReleaseManifest:
    comparison, rung = source.comparison, source.kept.entrant.approach
    return ReleaseManifest(
        task=comparison.task.task,
        kind=comparison.task.kind,
        candidate=source.kept.name,
        rung=rung.key,
        rung_version=rung.version,
        plain_name=rung.plain_name,
        base=base,
        lookup=lookup,
        dataset=comparison.dataset.id,
        holdout_id=comparison.dataset.holdout_id,
        task_hash=comparison.task_hash,
        comparison=comparison.run,
        quality=source.report.quality,
        stakes=source.session.taskfile.task.stakes,
        signed_off=_signed(source),
        etude_version=comparison.etude_version,
        code=code,
        versions=comparison.versions,
        parity=Parity(inputs=0, legs=()),
        files={},
    )


def _signed(source: Source) -> SignOff | None:
    """Who signed this very candidate off, if anybody has."""
    comparison = source.comparison
    return signing.signed(source.session, comparison.candidates, source.kept.name)


def _behaved(source: Source) -> Behaviour | None:
    """How it behaves, where that was tried."""
    return behaved.known(source.session, source.comparison.candidates)


__all__ = ["PRODUCTION", "Made", "ReleaseOptions", "release"]
