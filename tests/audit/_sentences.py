"""Sentences of a shop's customers that are all different: the good rows that copies hide among."""

from __future__ import annotations

import random

_WHO = ["My sister", "The courier", "Your shop", "A neighbour", "Our office", "The warehouse"]
_DID = ["forgot", "returned", "ordered", "damaged", "repaired", "refused", "wrapped", "exchanged"]
_WHAT = ["kettle", "garden chair", "winter coat", "reading lamp", "bicycle pump", "tea set"]
_WHERE = ["at the station", "behind the house", "in the lobby", "during the storm", "on the train"]
_ASK = [
    "so what happens to the invoice",
    "and nobody answers the phone",
    "which surprised us very much",
    "because the label was unreadable",
    "while the guarantee still runs",
    "although the colour was wrong",
]


def different(count: int, seed: int = 1) -> list[str]:
    """Sentences that share words and are no copies of one another."""
    rng = random.Random(seed)
    found: list[str] = []
    used: set[tuple[str, ...]] = set()
    while len(found) < count:
        parts = tuple(rng.choice(some) for some in (_WHO, _DID, _WHAT, _WHERE, _ASK))
        if any(sum(a == b for a, b in zip(parts, other, strict=True)) > 3 for other in used):
            continue
        used.add(parts)
        who, did, what, where, ask = parts
        found.append(f"{who} {did} the {what} {where}, {ask}.")
    return found
