"""What is written where a secret would stand, in examples and documentation: no secret at all."""

from __future__ import annotations

import math
import re
from collections import Counter

_SAID = re.compile(
    r"example|sample|your|placeholder|dummy|redacted|x{4}|\*{3}|\.{3}|…|<|\$\{|\{\{|\[|%\(|changeme|insert|"
    r"goes.?here|0{8}|1234567890abcdef|abcdef1234567890|deadbeef",
    re.IGNORECASE,
)
_FEWEST = 6
"""Different characters of a secret."""


def made_up(secret: str) -> bool:
    """Whether this only stands for a secret: ``sk-your-key-here``, ``xxxx``, ``${TOKEN}``."""
    return _SAID.search(secret) is not None or len(set(secret)) < min(_FEWEST, len(secret) // 2)


def bits(text: str) -> float:
    """Shannon's entropy of its characters, in bits a character."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
