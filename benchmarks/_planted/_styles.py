"""What a house style is: a rule that puts it into a target, and ways in which people break it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from _planted._base import Clean, Row

Break = Callable[[str, random.Random], str]


@dataclass(frozen=True)
class Style:
    """``induce`` gives a target in the style; a break gives it back unchanged where it can't break
    that target (no apostrophe to turn)."""

    fits: Callable[[Clean], bool]
    induce: Callable[[str, Row, random.Random], str]
    breaks: dict[str, Break]
