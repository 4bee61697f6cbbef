"""icontains-any: the answer contains at least one of these texts, in capitals or not."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="icontains-any",
    summary="the answer contains at least one of these texts, in capitals or not",
    keys=("value",),
    compile=lambda spec: _containing.some(spec, str.casefold),
)
