"""One metric a file: ``registry`` finds them by name."""

from __future__ import annotations

from etude.metrics._base import Metric
from etude.registry import Registry

registry = Registry("etude.metrics", "METRIC", "metric")


def metric(key: str) -> Metric:
    """The metric called ``key``.

    Raises:
        UnknownName: there is none.
    """
    found: Metric = registry.load(key)
    return found
