"""What is to be written after a prompt, and what was: token ids, limits, the end.

It knows no model; ``Guide`` is what ``constrained`` gives to hold an answer to a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from etude.models._likelihood import Likelihood

Finish = Literal["stop", "length"]


class Guide(Protocol):
    """What one answer may go on with; it moves on with each token taken.

    ``opening``: the ids that every answer begins with, already taken.
    """

    opening: list[int]

    @property
    def finished(self) -> bool:
        """True where the form is complete and nothing may follow."""
        ...

    def may_take(self, token: int) -> bool:
        """True where ``token`` may come next."""
        ...

    def allowed(self, vocabulary: int) -> NDArray[np.bool_]:
        """True for each id that may come next (V,)."""
        ...

    def take(self, token: int) -> list[int]:
        """Go on by ``token``; the ids that must follow it, already taken too."""
        ...


@dataclass(frozen=True)
class Job:
    """One answer to be written.

    ``ids``: the prompt after the shared prefix, at least one token. ``most``: most new tokens.
    Any of ``stops`` ends the answer and is no part of it. ``temperature`` 0 takes the likeliest
    token; else tokens are drawn, the same for the same ``seed`` whatever is computed beside it, from
    the likeliest that together have the share ``top_p``. ``alternatives``: how many of the likeliest
    tokens are told at each place.
    """

    ids: NDArray[np.int32]
    most: int
    stops: frozenset[int]
    temperature: float = 0.0
    seed: int = 0
    guide: Guide | None = None
    top_p: float = 1.0
    alternatives: int = 0


@dataclass(frozen=True)
class Written:
    """An answer: its ids without the end; ``tokens`` counts the end and what was computed.

    ``seconds``: its share of every pass that it took part in, evenly with the others there.
    ``chosen``: places in ``ids`` of those that were a choice, with their log-probabilities; that of
    the end is behind the last.
    """

    ids: tuple[int, ...]
    finish: Finish
    tokens: int
    seconds: float
    likelihood: Likelihood
    chosen: tuple[tuple[int, float], ...] = ()
