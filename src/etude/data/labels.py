"""Labels as people write them and as the task spells them.

It knows label texts and their counts; unknown ones are somebody else's to reject.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etude.data.text import normal_form

# Between letters only: "-1" and "1", or "1-2" and "12", are different labels.
_JOINT = re.compile(r"(?<=[^\W\d_])[\s_-]+(?=[^\W\d_])")


def loose(label: str) -> str:
    """A label as it is compared when its exact spelling is not known: case and spacing aside."""
    return _JOINT.sub("", normal_form(label))


@dataclass(frozen=True)
class Spelling:
    """What each label text in the data stands for."""

    labels: tuple[str, ...]
    """The task's labels in its order, or the data's in alphabetical order."""
    of: dict[str, str]
    """Text in the data to the label it stands for; a text that stands for none is missing."""

    @property
    def changed(self) -> dict[str, str]:
        """Only the texts that are spelled otherwise than their label."""
        return {text: label for text, label in self.of.items() if text != label}

    def nearest(self, text: str) -> str | None:
        """The label most like ``text``, for a hint."""
        by_loose = {loose(label): label for label in self.labels}
        close = difflib.get_close_matches(loose(text), list(by_loose), n=1, cutoff=0.6)
        return by_loose[close[0]] if close else None


def spell(counts: Mapping[str, int], declared: Sequence[str] | None) -> Spelling:
    """Map label texts to labels: exactly, else by case and spacing where that is unambiguous.

    Args:
        counts: label text to rows.
        declared: the task's labels; None takes them from the data, where of texts that differ by
            case and spacing alone the most frequent one is the label.
    """
    if declared is None:
        declared = _from_data(counts)
    known = set(declared)
    by_loose: dict[str, list[str]] = defaultdict(list)
    for label in declared:
        by_loose[loose(label)].append(label)
    of = {}
    for text in counts:
        like = by_loose.get(loose(text), [])
        if text in known:
            of[text] = text
        elif len(like) == 1:
            of[text] = like[0]
    return Spelling(tuple(declared), of)


def _from_data(counts: Mapping[str, int]) -> list[str]:
    families: dict[str, list[str]] = defaultdict(list)
    for text in counts:
        families[normal_form(text)].append(text)
    return sorted(min(texts, key=lambda t: (-counts[t], t)) for texts in families.values())
