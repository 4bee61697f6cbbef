"""icontains: the answer contains this text, in capitals or not."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="icontains",
    summary="the answer contains this text, in capitals or not",
    keys=("value",),
    compile=lambda spec: _containing.one(spec, str.casefold),
)
