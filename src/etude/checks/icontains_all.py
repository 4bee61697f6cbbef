"""icontains-all: the answer contains each of these texts, in capitals or not."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="icontains-all",
    summary="the answer contains each of these texts, in capitals or not",
    keys=("value",),
    compile=lambda spec: _containing.every(spec, str.casefold),
)
