"""What all prompts of a call begin with, computed once and kept for the next call.

A kept prefix serves any prompt that begins like it, as far as it does: it is cut without copying
and continued from there.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.models.generation.engine import Engine
from etude.models.generation.passes import EMPTY, Prefix

KEPT = 8
KEPT_BYTES = 2**29
"""Most prefixes that are kept, and the most bytes of them together."""


def common_length(first: NDArray[np.int32], second: NDArray[np.int32]) -> int:
    """How many ids both begin with."""
    width = min(len(first), len(second))
    differ = np.flatnonzero(first[:width] != second[:width])
    return int(differ[0]) if len(differ) else width


def shared_length(prompts: Sequence[NDArray[np.int32]]) -> int:
    """How many ids all prompts begin with, one of each left over: what follows is read off the
    last id of a prompt, so that is computed with the rest."""
    length = min(len(ids) for ids in prompts) - 1
    for ids in prompts[1:]:
        if np.array_equal(ids[:length], prompts[0][:length]):
            continue
        length = common_length(ids[:length], prompts[0][:length])
    return length


class Prefixes:
    """The prefixes of one engine, those used last."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._kept: OrderedDict[bytes, Prefix] = OrderedDict()

    def get(self, ids: NDArray[np.int32]) -> Prefix:
        """The prefix of exactly these ids, from a kept one as far as that goes."""
        if not len(ids):
            return EMPTY
        best, length = self._nearest(ids)
        base = EMPTY
        if best is not None:
            self._kept.move_to_end(best)
            base = self._kept[best].cut(length)
        if length == len(ids):
            return base
        prefix = self.engine.prefix(ids, base)
        self._keep(prefix)
        return prefix

    def held(self, ids: NDArray[np.int32]) -> int:
        """How many of these ids need not be computed, for a kept prefix begins with them."""
        return self._nearest(ids)[1]

    def _nearest(self, ids: NDArray[np.int32]) -> tuple[bytes | None, int]:
        """The kept prefix that begins like ``ids`` the longest, and how long."""
        best, length = None, 0
        for key, kept in self._kept.items():
            alike = common_length(kept.ids, ids)
            if alike > length:
                best, length = key, alike
        return best, length

    def _keep(self, prefix: Prefix) -> None:
        self._kept[prefix.ids.tobytes()] = prefix
        while len(self._kept) > 1 and (
            len(self._kept) > KEPT or sum(kept.bytes for kept in self._kept.values()) > KEPT_BYTES
        ):
            self._kept.popitem(last=False)
