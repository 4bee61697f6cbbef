"""What a teacher said to one answer, and how that is kept: by content, as JSON.

It knows ids and bytes, nothing of models.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from etude.models._base import TunableCausal
from etude.training.lm.pairs import Teacher, TokenPair

VERSION = 1
"""Raised when the same model and pair give other words."""


@dataclass(frozen=True)
class Said:
    """The teacher's distribution at each target token. ``known``: the probabilities that it gave to
    the target's own tokens, summed."""

    teacher: Teacher
    known: float


def key_of(source: TunableCausal, pair: TokenPair, likeliest: int, dtype: torch.dtype) -> str:
    """All that is asked: the model, the pair's ids, how many likeliest, in which numbers; 64
    hexadecimal digits."""
    said = ["teacher", VERSION, source.fingerprint, likeliest, str(dtype), len(pair.prompt)]
    digest = hashlib.sha256(json.dumps(said).encode())
    for ids in (pair.prompt, pair.target):
        digest.update(np.ascontiguousarray(ids, np.int32).tobytes())
    return digest.hexdigest()


def stored(said: Said) -> dict[str, Any]:
    """As it is kept."""
    teacher = said.teacher
    return {
        "likeliest": teacher.ids_TK.shape[1],
        "ids": _text(teacher.ids_TK.astype("<i4")),
        "log_probabilities": _text(teacher.log_probabilities_TK.astype("<f4")),
        "known": said.known,
    }


def recalled(values: Mapping[str, Any]) -> Said:
    """What ``stored`` made."""
    count = values["likeliest"]
    ids = _numbers(values["ids"], "<i4").reshape(-1, count)
    log_probabilities = _numbers(values["log_probabilities"], "<f4").reshape(-1, count)
    teacher = Teacher(ids.astype(np.int32), log_probabilities.astype(np.float32))
    return Said(teacher, values["known"])


def _text(numbers: NDArray[Any]) -> str:
    return base64.b64encode(zlib.compress(numbers.tobytes(), 1)).decode("ascii")


def _numbers(text: str, kind: str) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), kind)
