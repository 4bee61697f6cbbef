"""What a comparison took from before and what it did anew, by candidate, and how that is said.

It counts; what may be taken from before is the keys' matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etude.models._base import Memory
from etude.models._remembering import Tally
from etude.store import Unit


@dataclass
class _Work:
    """Of one candidate: stages that were stored and done, answers, and trainings recalled."""

    answers: Tally
    stored: int = 0
    done: int = 0
    trainings: int = 0

    @property
    def said(self) -> str | None:
        """What came from before where some of it was done anew; None: nothing did."""
        kept, asked = self.answers.kept, self.answers.asked
        if kept and not asked:
            return f"all {kept:,} answers, judged anew" if kept > 1 else "its answer, judged anew"
        if kept:
            return f"{kept:,} of {kept + asked:,} answers"
        if self.trainings:
            return f"{self.trainings} training{'s' if self.trainings > 1 else ''}"
        return None


class Reuse:
    """Counts by candidate."""

    def __init__(self) -> None:
        self._work: dict[str, _Work] = {}
        self._now: set[str] = set()

    def stage(self, name: str, unit: Unit) -> None:
        """A stage of the candidate called ``name`` ended in this unit."""
        work = self._of(name)
        work.stored += unit.cached
        work.done += not unit.cached

    def answers(self, name: str) -> Tally:
        """Where the candidate's answers are counted."""
        return self._of(name).answers

    def trainings(self, name: str, memory: Memory) -> Memory:
        """The memory of the candidate's trainings, with those counted that are recalled."""
        return _Counted(memory, self._of(name))

    def sentence(self, plain_names: Mapping[str, str]) -> str | None:
        """What came from before, for people; None where nothing or everything did.

        Args:
            plain_names: what each candidate is called, in order.
        """
        known = [
            (plain, self._work[name]) for name, plain in plain_names.items() if name in self._work
        ]
        whole = [plain for plain, work in known if work.stored and not work.done]
        partly = [(plain, work.said) for plain, work in known if work.done]
        kept = [f"{plain} ({said})" for plain, said in partly if said]
        if len(whole) == len(known) or not (whole or kept):
            return None
        anew = [plain for plain, said in partly if said is None]
        told = f"Taken from before: {', '.join([*whole, *kept])}."
        return f"{told} Done anew: {', '.join(anew)}." if anew else told

    def _of(self, name: str) -> _Work:
        return self._work.setdefault(name, _Work(Tally(now=self._now)))


@dataclass(frozen=True)
class _Counted:
    """A memory that says how much of it was recalled."""

    memory: Memory
    work: _Work

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """See ``Memory``."""
        found = self.memory.recall(keys)
        # A teacher's words are kept there too; what weights said after a training is ``said``.
        self.work.trainings += sum("said" in value for value in found.values())
        return found

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        """See ``Memory``."""
        self.memory.keep(values)
