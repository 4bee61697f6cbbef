"""contains: the answer contains this text."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="contains",
    summary="the answer contains this text",
    keys=("value",),
    compile=lambda spec: _containing.one(spec, str),
)
