"""Which labels are mixed up most easily: those whose rows use the same words."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from _planted._base import Row

NEAREST = 3


def confusable(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Label to the three whose rows' words (tf-idf) are most like its own, the nearest first."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row["target"]].update(row["input"].lower().split())
    spread = Counter(word for words in counts.values() for word in words)
    vectors = {label: _unit(words, spread, len(counts)) for label, words in counts.items()}
    return {
        label: sorted(
            (other for other in vectors if other != label),
            key=lambda other: (-_dot(vectors[label], vectors[other]), other),
        )[:NEAREST]
        for label in sorted(vectors)
    }


def another(labels: Sequence[str], label: str, draw: random.Random) -> str:
    """Any label but this one."""
    return draw.choice([one for one in labels if one != label])


def _unit(words: Counter[str], spread: Counter[str], labels: int) -> dict[str, float]:
    raw = {w: math.log1p(n) * math.log((1 + labels) / spread[w]) for w, n in words.items()}
    length = math.sqrt(sum(x * x for x in raw.values())) or 1.0
    return {word: x / length for word, x in raw.items()}


def _dot(a: dict[str, float], b: dict[str, float]) -> float:
    return sum(x * b.get(word, 0.0) for word, x in a.items())
