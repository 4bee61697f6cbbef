"""contains-any: the answer contains at least one of these texts."""

from __future__ import annotations

from etude.checks import _containing
from etude.checks._base import CheckKind

CHECK = CheckKind(
    key="contains-any",
    summary="the answer contains at least one of these texts",
    keys=("value",),
    compile=lambda spec: _containing.some(spec, str),
)
