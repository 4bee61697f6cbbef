"""The ways of running a candidate that must answer alike before it is sealed: as it was compared, as it
is kept, loaded, served and, for an adapter, merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from etude.data import stored
from etude.data.answers import Answers
from etude.errors import ModelError
from etude.evaluation.stages import Stages
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.releases import parity
from etude.releases.exports import _base as forms
from etude.releases.exports.merged import EXPORT as MERGED
from etude.releases.loading import Release
from etude.statistics.platt import Platt
from etude.workflow import keeping
from etude.workflow.asked import of_asked
from etude.workflow.evaluated import as_scored
from etude.workflow.predict import judged
from etude.workflow.rounding import no_worse
from etude.workflow.session import Place, Session

LOADED, SERVED = "the release as loaded", "the release as served"


@dataclass(frozen=True)
class Source:
    """What is to be released, and all that is known of it."""

    session: Session
    comparison: Comparison
    stages: Stages
    kept: keeping.Kept
    report: CandidateReport


def held_inputs(session: Place, version: str) -> tuple[str, ...]:
    """Inputs of a dataset version that were kept aside; of all in cross-fitting, where none is.

    They are answered and not scored: no one learns from them how good the release is.
    """
    prepared = stored.read(session.store.version_folder(version))
    aside = prepared.holdout() if prepared.version.scheme == "holdout" else prepared.everything()
    return tuple(aside.inputs[place] for place in parity.places(len(aside)))


def tried(source: Source, held: Sequence[str], made: Release) -> tuple[parity.Compared, ...]:
    """The inputs through every way of running it, held against the candidate as it was compared."""
    work = source.session.store.run_folder(source.comparison.run)
    candidate = source.stages.load(source.kept.entrant, source.kept.folder, work)
    kept = candidate.answer(list(held), source.kept.entrant.embeddings)
    threshold = handed_over_at(source.report)
    first = as_scored(source.session, source.comparison, source.kept.name, held)
    found = []
    if first is not None:
        found.append(parity.compare("the kept candidate", first, kept, threshold))
    first = kept if first is None else parity.with_scores(first, kept)
    loaded = made.answer(held)
    found.append(parity.compare(LOADED, first, loaded, threshold))
    expected = replace(kept, outputs=first.outputs, failures=first.failures)
    found.append(_served(source, held, expected, made))
    merged = _merged(held, made)
    if merged is not None:
        found.append(parity.compare("the merged weights", first, merged, threshold))
    return tuple(found)


def handed_over_at(report: CandidateReport) -> float | None:
    """The score from which on its answers stand by themselves; None where it hands nothing over, or
    where what the model says when it is asked again is drawn: another draw moves the score."""
    found = report.handover
    return None if found is None or found.ask_again else found.threshold


def _served(
    source: Source, held: Sequence[str], expected: Answers, made: Release
) -> parity.Compared:
    """The inputs sent as callers send them, to the release behind the server's own settings."""
    session = source.session
    if session.as_served is None:
        why = "no server was handed in; etude.open(folder) hands one in, Project(folder) does not"
        return parity.untried(SERVED, why)
    told = _told(source, held, expected)
    try:
        with session.as_served(session.root, session.store, made, session.progress) as served:
            compared = parity.compare_told(SERVED, told, served.told(held), _told_at(source.report))
            if not served.exact and compared.differences:

                def answers(inputs: Sequence[str]) -> Answers:
                    return served.told(inputs).answers

                compared = no_worse(session, made, answers, compared)
            return compared
    except ModelError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return parity.untried(SERVED, f"{error.found}{hint}")


def _told(source: Source, held: Sequence[str], expected: Answers) -> parity.Told:
    """What ``etude predict`` tells of these answers. What is drawn is not held to the same draw."""
    inputs = of_asked(held, source.comparison)
    found = judged(source.stages.judge, source.report, inputs, expected).answers
    handover = source.report.handover
    drawn = handover is not None and bool(handover.ask_again)
    return parity.Told.of(
        [one.label for one in found],
        [one.failure for one in found],
        [None if drawn else one.confidence for one in found],
        [None if drawn else one.escalate for one in found],
    )


def _told_at(report: CandidateReport) -> float | None:
    """The confidence that is told at the threshold; None where there is none."""
    found = report.handover
    if found is None or found.threshold is None or found.calibrator is None:
        return None if found is None else found.threshold
    platt = Platt(found.calibrator.slope, found.calibrator.intercept)
    return float(platt.apply([found.threshold])[0])


def _merged(held: Sequence[str], made: Release) -> Answers | None:
    """By the merged weights; None where there is no adapter to merge."""
    weights = forms.weights_of(made)
    if MERGED.why_not(made) is not None or weights is None or not forms.is_adapter(weights):
        return None
    with TemporaryDirectory(prefix="etude-") as place:
        MERGED.write(made, Path(place), None)
        with MERGED.answering(made, Path(place)) as model:
            return made.answering_by(model).answer(list(held))
