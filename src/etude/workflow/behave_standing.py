"""What a result of a suite, or a sign-off, must have been given for to count today.

A candidate's id says what it was fitted on and how it is judged. It does not hold when it hands over,
the boundaries of the task or a team's own cases: those are held here, and what was given for others
counts as not tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from etude.behaviour.demands import VERSION
from etude.behaviour.suites import registry, suite
from etude.records.behaviour import SuiteResult
from etude.records.candidate import CandidateReport
from etude.records.sign_off import SignOff
from etude.records.task import Boundaries
from etude.store.keys import digest
from etude.workflow.session import Session

OLDER = "an older Etude did not write down what it was tried for"
SUITE = "the suite asks something else by now"
BOUNDARIES = "the suite or the boundaries were changed since"
WRITTEN = "your own cases were changed since"
BOUNDS = "the boundaries, your own cases or the suites that are left out were changed since"
HANDING = (
    "when it hands over was changed since (bar.hand_over, boundaries.phrases, or the threshold found "
    "for it)"
)


@dataclass(frozen=True)
class Standing:
    """How things are now.

    Args:
        boundaries: the task's.
        written: the hash of the team's own cases.
        ids: what each scored candidate is, by its name.
        handing: the hash of when each hands over, by its name.
        without: suites that the task file leaves out.
    """

    boundaries: Boundaries
    written: str
    ids: dict[str, str]
    handing: dict[str, str]
    without: tuple[str, ...] = ()

    @property
    def bounds(self) -> str:
        """One hash of the boundaries, the team's own cases and what is left out."""
        left = [list(self.without)] if self.without else []
        phrases = [self.boundaries.phrases] if self.boundaries.phrases else []
        return digest([_asked_about(self.boundaries), self.written, *left, *phrases])[:16]

    def made(self, key: str) -> str:
        """The hash of what the cases of the suite called ``key`` are made by, besides the examples."""
        if key not in registry.names():
            return digest([key, self.written, VERSION])[:16]
        found = suite(key)
        bounds = _asked_about(self.boundaries) if found.bounded else None
        return digest([key, found.version, bounds])[:16]

    def against(self, result: SuiteResult) -> str | None:
        """Why a result of one of these candidates no longer counts; None where it does."""
        if not result.made or not result.handing:
            return OLDER
        if result.made != self.made(result.suite):
            return _changed(result.suite)
        return None if result.handing == self.handing.get(result.candidate) else HANDING

    def against_word(self, word: SignOff) -> str | None:
        """Why a person's word for one of these candidates no longer holds; None where it does."""
        if not word.bounds or not word.handing:
            return OLDER
        if word.bounds != self.bounds:
            return BOUNDS
        if changed := [key for key, made in word.made.items() if made != self.made(key)]:
            return _changed(changed[0])
        return None if word.handing == self.handing.get(word.candidate) else HANDING


def standing(session: Session, candidates: Sequence[CandidateReport]) -> Standing:
    """What counts today of these candidates, as the task file stands now."""
    task = session.taskfile.task
    scored = [one for one in candidates if one.quality is not None]
    return Standing(
        task.boundaries,
        _hash(session.root, task.behaviour.files),
        {one.name: one.candidate_id for one in scored},
        {one.name: _handing(one, task.boundaries.phrases) for one in scored},
        tuple(sorted(task.behaviour.leave_out)),
    )


def _changed(key: str) -> str:
    """Which of what the cases of a suite are made by may be another."""
    if key not in registry.names():
        return WRITTEN
    return BOUNDARIES if suite(key).bounded else SUITE


def _asked_about(boundaries: Boundaries) -> dict[str, Any]:
    """Of the boundaries, what cases are made of: phrases are matched in use, and nothing is asked by
    them."""
    return boundaries.model_dump(mode="json", exclude={"phrases"})


def _handing(candidate: CandidateReport, phrases: Sequence[str]) -> str:
    """The hash of when a candidate hands over: what is asked, the threshold that keeps it, and the
    phrases that need none."""
    found, said = candidate.handover, [list(phrases)] if phrases else []
    if found is None:
        return digest(["no confidence", *said] if said else "no confidence")[:16]
    asked = [found.precision_asked, found.confidence, found.ask_again, *said]
    if found.threshold is None:  # all goes to a person, or what is at fault alone
        return digest([*asked, "all" if found.stated else "faults"])[:16]
    return digest([*asked, found.threshold])[:16]


def _hash(root: Path, files: Sequence[str]) -> str:
    """Of the files' contents; whoever reads them complains where one is not there."""
    found = hashlib.sha256()
    for file in files:
        path = root / file
        data = path.read_bytes() if path.is_file() else b""
        found.update(f"{file}:{len(data)}:".encode())
        found.update(data)
    return found.hexdigest()[:16]
