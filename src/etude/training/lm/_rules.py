"""What each training setting may be, so that a wrong value is named before anything is loaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from etude.errors import TrainingError
from etude.registry import Registry, nearest

TRACKERS = Registry("etude.training.lm.trackers", "TRACKER", "tracker")


@dataclass(frozen=True)
class _Rule:
    expected: str
    read: Callable[[Any], Any]
    """The value, or None where it is not allowed."""
    words: tuple[str, ...] = ()
    """All values, where they are words."""


def _number(low: float, high: float, *, above: bool = False) -> _Rule:
    def read(value: Any) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        fits = math.isfinite(value) and (value > low if above else value >= low) and value <= high
        return float(value) if fits else None

    return _Rule(f"a number {'above' if above else 'from'} {low:g} to {high:g}", read)


def _whole(low: int, high: int) -> _Rule:
    def read(value: Any) -> int | None:
        if isinstance(value, float) and value.is_integer():  # as a list of numbers is read
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if low <= value <= high else None

    return _Rule(f"a whole number from {low} to {high}", read)


def _one_of(*names: str) -> _Rule:
    allowed = "one of " + ", ".join(names)
    return _Rule(allowed, lambda value: value if value in names else None, names)


def _switch() -> _Rule:
    return _Rule("true or false", lambda value: value if isinstance(value, bool) else None)


def _trackers() -> _Rule:
    def read(value: Any) -> tuple[str, ...] | None:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return None
        known = TRACKERS.names()
        return tuple(value) if all(one in known for one in value) else None

    return _Rule("a list of " + ", ".join(TRACKERS.names()), read)


RULES: Mapping[str, Callable[[], _Rule]] = {
    "method": lambda: _one_of("full", "lora", "qlora"),
    "rank": lambda: _whole(1, 1024),
    "alpha": lambda: _number(0, 4096, above=True),
    "rslora": _switch,
    "dora": _switch,
    "dropout": lambda: _number(0, 0.9),
    "learning_rate": lambda: _number(0, 1, above=True),
    "epochs": lambda: _whole(1, 1000),
    "batch_size": lambda: _whole(1, 4096),
    "accumulation": lambda: _whole(1, 4096),
    "warmup_share": lambda: _number(0, 1),
    "schedule": lambda: _one_of("cosine", "wsd", "constant"),
    "clip": lambda: _number(0, 1e6, above=True),
    "weight_decay": lambda: _number(0, 1),
    "frozen_layers": lambda: _whole(0, 1000),
    "gradient_checkpointing": _switch,
    "precision": lambda: _one_of("auto", "fp32", "bf16"),
    "sharing": lambda: _one_of("auto", "off"),
    "shard_weights": lambda: _one_of("auto", "on", "off"),
    "keep": lambda: _one_of("best", "last"),
    "patience": lambda: _whole(1, 1000),
    "teacher_share": lambda: _number(0, 1),
    "seed": lambda: _whole(0, 2**32 - 1),
    "trackers": _trackers,
}


def _hint(name: str, value: Any, rule: _Rule) -> str:
    """What to type instead: the value as a number where it is one in quotes, else the nearest word."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            near = nearest(value, list(rule.words))
            if near:
                return f"write {name}: {near}"
        else:
            if rule.read(number) is not None:
                # YAML takes 1e-4 for a text.
                plain = f"{number:.12f}".rstrip("0").rstrip(".")
                return f"write {name}: {plain}, without quotes"
    return f"write {name} with {rule.expected}, or leave it out"


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their settings hold them.

    Raises:
        TrainingError: no such setting, or a value that it can't have.
    """
    found = {}
    for name, value in values.items():
        if name not in RULES:
            near = nearest(name, list(RULES))
            raise TrainingError(
                f"there is no training setting called {name!r}",
                where=f"training.{name}",
                expected="one of " + ", ".join(RULES),
                hint=f"did you mean {near!r}?" if near else None,
            )
        rule = RULES[name]()
        read = rule.read(value)
        if read is None:
            raise TrainingError(
                f"{name} is {value!r}",
                where=f"training.{name}",
                expected=rule.expected,
                hint=_hint(name, value, rule),
            )
        found[name] = read
    return found
