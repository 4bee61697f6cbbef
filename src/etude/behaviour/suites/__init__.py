"""One suite a file: ``registry`` finds them by name."""

from __future__ import annotations

from etude.behaviour.cases import Suite
from etude.registry import Registry

registry = Registry("etude.behaviour.suites", "SUITE", "suite")


def suite(key: str) -> Suite:
    """The suite called ``key``.

    Raises:
        UnknownName: there is none; the nearest is named.
    """
    found: Suite = registry.load(key)
    return found
