"""The contract of ``classify``: an answer is exactly one of the task's labels."""

from __future__ import annotations

import re
from collections.abc import Sequence


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-]+", " ", text.strip().strip("\"'`.:").casefold()).strip()


class LabelContract:
    """Reads a model's words as a label, or says that they are none.

    Case, quotes, a final full stop, and hyphens or underscores for spaces are forgiven where that
    leaves one label; anything more (a sentence around the label) is not an answer.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = tuple(labels)
        plain: dict[str, list[str]] = {}
        for label in labels:
            plain.setdefault(_plain(label), []).append(label)
        self._plain = {key: found[0] for key, found in plain.items() if len(found) == 1}

    def read(self, text: str | None) -> str | None:
        """The label that ``text`` is, or None."""
        if text is None:
            return None
        if text in self.labels:
            return text
        return self._plain.get(_plain(text))
