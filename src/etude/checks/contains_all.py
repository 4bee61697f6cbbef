"""contains-all: the answer contains each of these texts."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="contains-all",
    summary="the answer contains each of these texts",
    keys=("value",),
    compile=lambda spec: _containing.every(spec, str),
)
