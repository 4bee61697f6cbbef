"""What a language model is trained on: token ids of a prompt, and of the answer it should give.

It knows ids alone: the template that made them is ``models._base.ChatFormat``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Teacher:
    """A teacher's distribution at each target token, cut to its ``K`` likeliest ids.

    ``ids_TK`` and ``log_probabilities_TK`` belong to the T target tokens; what is left of the
    probability counts as one more outcome.
    """

    ids_TK: NDArray[np.int32]
    log_probabilities_TK: NDArray[np.float32]


@dataclass(frozen=True)
class TokenPair:
    """One example as ids. Loss is taken on ``target`` alone, whose last id ends the turn.

    ``weight`` multiplies the loss of each of its tokens.
    """

    prompt: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: float = 1.0
    teacher: Teacher | None = None

    def __len__(self) -> int:
        return len(self.prompt) + len(self.target)
