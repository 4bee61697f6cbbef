"""What is trained on and what is scored: one part with a holdout, one a fold in cross-fitting.

Both schemes look the same from here on: in each part a candidate is chosen on ``dev``, fitted on
``train`` and ``dev`` together, and answers ``scored``, which neither has seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from etude.data.examples import Examples


@dataclass(frozen=True)
class Part:
    """``index`` counts from 0; it is the fold's number in cross-fitting."""

    index: int
    train: Examples
    dev: Examples
    scored: Examples
    calibration: Examples | None = None
    """With a holdout: examples that nothing is learned from, chosen on or scored on, but when to
    hand over; None in cross-fitting, where each fold's scored examples are that, and where none were
    set apart."""

    @property
    def asked(self) -> tuple[str, ...]:
        """The inputs that a fitted candidate answers: what is scored, then calibration."""
        return self.scored.inputs + (self.calibration.inputs if self.calibration else ())

    @property
    def fitted_on(self) -> Examples:
        """Train, then dev: what the chosen settings are fitted on."""
        return self.train.join(self.dev)


@dataclass(frozen=True)
class Layout:
    """All parts of a comparison; ``folds`` is None with a holdout."""

    parts: tuple[Part, ...]
    cross_fitting: bool
    total: int
    """Examples in all: what the number of seeds depends on."""
    on_dev: bool = False
    """What is scored is dev: a check between final comparisons."""

    @property
    def side(self) -> Literal["holdout", "out-of-fold", "dev"]:
        """Which examples are scored."""
        if self.cross_fitting:
            return "out-of-fold"
        return "dev" if self.on_dev else "holdout"

    @property
    def scored(self) -> Examples:
        """Every scored example once, part after part."""
        joined = self.parts[0].scored
        for part in self.parts[1:]:
            joined = joined.join(part.scored)
        return joined

    @property
    def folds(self) -> NDArray[np.int64] | None:
        """Fold of each scored example (N,), or None where nothing shares training rows."""
        if not self.cross_fitting:
            return None
        return np.concatenate(
            [np.full(len(part.scored), part.index, dtype=np.int64) for part in self.parts]
        )

    def seeds(self, seeded: bool, asked: int | None) -> tuple[int, ...]:
        """Seeds to try in a part: three below about 2,000 examples with a holdout, else one; one in a
        check on dev, which is to be quick.

        In cross-fitting each fold has a seed of its own (the part's index is added), and the
        spread over folds is what is shown.
        """
        if not seeded or self.cross_fitting:
            return (0,)
        usual = 3 if self.total < 2000 and not self.on_dev else 1
        return tuple(range(asked or usual))


def content_hash(examples: Examples) -> str:
    """sha256 (16 hex digits) of ids, inputs, targets, columns and groups, in their order."""
    digest = hashlib.sha256()
    for column in (examples.ids, examples.inputs, examples.targets, examples.columns):
        _feed(digest, column)
    digest.update(np.ascontiguousarray(examples.groups).tobytes())
    return digest.hexdigest()[:16]


def _feed(digest: hashlib._Hash, column: Sequence[str]) -> None:
    # Lengths are hashed too, so that moving a character across a border changes the hash.
    for value in column:
        data = value.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
