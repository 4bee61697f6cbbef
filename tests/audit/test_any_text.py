"""No text that a file can hold stops an audit, and what is found says all that it should."""

from __future__ import annotations

import json

import pytest

from etude.audit import registry
from etude.records.task import Kind
from tests.audit._material import material

HALF = [
    {"name": "The \ud83d Mill", "food": "Thai", "near": f"the {place}"}
    for place in ("river", "bridge", "market", "station", "harbour", "church")
]
DEEP = [
    '{"a":1,"b":2,"c":' + "[" * depth + "]" * depth + "}" for depth in (99, 101, 950, 985, 991, 994)
]


@pytest.mark.parametrize("kind", ["classify", "write"])
def test_halves_of_characters_and_deep_json_stop_nothing(kind: Kind) -> None:
    records = [json.dumps(one) for one in HALF]
    texts = [*records, *DEEP, "Thank you \\ud83d\\ude00!", "Half \\ud83d", "\\ude00\\ud83d"]
    targets = ["a", "b", "c"] if kind == "classify" else texts[::-1]
    rows = [{"input": text, "target": targets[n % len(targets)]} for n, text in enumerate(texts)]
    read = material(kind, rows)
    for name in registry.names():
        audit = registry.load(name)
        if kind in audit.kinds and audit.needs == "rows":
            for one in audit.run(read):
                told = one.finding
                assert all((told.costs, told.repair, told.minutes)), told.code
