"""What is shown beside the metric and decides nothing: one measure a file, found by name."""

from __future__ import annotations

from etude.metrics.measures._base import Measure
from etude.records.task import Kind
from etude.registry import Registry

registry = Registry("etude.metrics.measures", "MEASURE", "measure")


def measures_for(kind: Kind) -> list[Measure]:
    """Every measure of a kind of task, in the order of their keys."""
    found: list[Measure] = [registry.load(name) for name in registry.names()]
    return [measure for measure in found if kind in measure.kinds]
