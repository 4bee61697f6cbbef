"""What a way that writes is set to: all that its prompt is made of, as JSON and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from etude.approaches.writing.wording import Wording


@dataclass(frozen=True)
class Settings:
    """What a prompt is made of; ``fixed`` and ``near`` count examples, ``passages`` knowledge.

    ``max_tokens`` bounds an answer; ``temperature`` softens the probabilities of labels. ``fusion``:
    how examples and passages are found, "ranks" (words and meaning), "meaning" or "words".
    ``least``: the likeness, 0 to 1, below which not even the nearest passage is shown. ``mended``:
    ids of examples that stand in every prompt after the ``fixed`` ones.
    """

    wording: Wording
    max_tokens: int
    fixed: int = 0
    near: int = 0
    passages: int = 0
    temperature: float = 1.0
    fusion: str = "ranks"
    least: float = 0.0
    mended: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For records and keys."""
        return {
            "wording": self.wording.as_settings(),
            "max_tokens": self.max_tokens,
            "fixed": self.fixed,
            "near": self.near,
            "passages": self.passages,
            "temperature": self.temperature,
            "fusion": self.fusion,
            "least": self.least,
            "mended": list(self.mended),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Settings:
        """What ``to_json`` wrote, an older one too; other keys belong to the rung."""
        names = ("max_tokens", "fixed", "near", "passages", "temperature", "fusion", "least")
        return cls(
            Wording.from_settings(stored["wording"]),
            mended=tuple(stored.get("mended", ())),
            **{name: stored[name] for name in names if name in stored},
        )
