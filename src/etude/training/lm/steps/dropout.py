"""Whether a model draws random numbers when it trains: a shared prefix would share them too."""

from __future__ import annotations

from typing import Any

from torch import nn

RATES = ("attention_dropout", "attn_dropout", "dropout", "dropout_p", "dropout_prob")
"""Names under which modules keep the rate of a dropout that they apply by a function."""


def dropout_of(module: nn.Module) -> str | None:
    """The largest dropout in words ("lora_dropout 0.1"), or None where there is none."""
    rates = dict(_rates(module))
    if not rates:
        return None
    name = max(rates, key=lambda one: rates[one])
    return f"{name} {rates[name]:g}"


def without_dropout(module: nn.Module) -> None:
    """Set every rate of a module that is only asked, and never trained, to 0."""
    for part in module.modules():
        if isinstance(part, nn.modules.dropout._DropoutNd):
            part.p = 0.0
        for name in RATES:
            if isinstance(getattr(part, name, None), float):
                setattr(part, name, 0.0)


def _rates(module: nn.Module) -> Any:
    for path, part in module.named_modules():
        if isinstance(part, nn.modules.dropout._DropoutNd) and part.p > 0:
            words = [word for word in path.split(".") if "drop" in word]
            yield (words[0] if words else "dropout"), part.p
        for name in RATES:
            rate = getattr(part, name, None)
            if isinstance(rate, float) and rate > 0:
                yield name, rate
