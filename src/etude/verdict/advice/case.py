"""What a next step is chosen by."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.advice import Answered, Evidence, Gap, Outlook, Standing
from etude.verdict.advice._reply import BY_WORD


@dataclass(frozen=True)
class Case:
    """All that a step is chosen by. ``closing``: what closing the gap would bring; ``tuning``: what
    fine-tuning would; None where nobody can tell."""

    evidence: Evidence
    questions: tuple[Answered, ...]
    flags: tuple[Answered, ...]
    at_least: Standing
    gain: Gap | None
    closing: Outlook | None
    tuning: Outlook | None

    @property
    def currency(self) -> str:
        """Of all money."""
        return self.evidence.task.economics.currency

    def replied(self, key: str) -> str:
        """The reply to a question or red flag."""
        return self._one(key).reply

    def because(self, key: str) -> str:
        """Its evidence, else what it says. Of a person's word that alone: what else is known may
        speak against it."""
        one = self._one(key)
        by_word = (words for words in BY_WORD.values() if one.evidence.startswith(words))
        return next(by_word, one.evidence or one.text)

    def _one(self, key: str) -> Answered:
        return next(one for one in (*self.questions, *self.flags) if one.key == key)

    @property
    def open(self) -> list[Answered]:
        """Questions that nobody has answered."""
        return [one for one in self.questions if one.reply == "unknown"]
