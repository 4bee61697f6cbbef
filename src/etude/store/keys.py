"""Canonical JSON and the hashes made from it. It knows nothing of files or stages."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None
"""What a key may be made of; tuples count as lists."""

_EXACT = 2**53  # below it every whole float is exactly one int


def plain(value: JSON, where: str = "key") -> JSON:
    """``value`` with one spelling for each meaning: lists for tuples, 1 for 1.0, 0 for -0.0.

    YAML reads ``lr: 1`` as an int where Python computes 1.0; both must find the same unit.

    Raises:
        TypeError: something that JSON has no word for, or a mapping's key that is not text.
        ValueError: NaN or an infinity.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{where} is {value}; a key holds finite numbers only")
        return int(value) if value.is_integer() and abs(value) < _EXACT else float(value)
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"{where} has the key {name!r}; keys must be text")
        return {name: plain(item, f"{where}.{name}") for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, f"{where}[{i}]") for i, item in enumerate(value)]
    raise TypeError(f"{where} is {type(value).__name__}; a key holds JSON values only")


def canonical(value: JSON) -> bytes:
    """The one spelling of ``value`` as UTF-8 bytes: sorted keys, no spaces.

    Text is kept code point by code point (no Unicode normalisation): other text is another key.
    """
    text = json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    # Half an emoji, as broken CSV files hold it, is not valid UTF-8 but must still have a hash.
    return text.encode("utf-8", "surrogatepass")


def digest(value: JSON) -> str:
    """sha256 of ``canonical(value)``, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
