"""The target of an ``extract`` example: JSON of many spellings as one compact line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from json import dumps, loads
from typing import Any

from etude.contracts.schema import SchemaContract


def record(text: str, schema: Mapping[str, Any]) -> tuple[str, str | None]:
    """The target as compact JSON in the schema's order, and why it can't be used (None: it can)."""
    contract = _contract(dumps(schema))
    value, faults = contract.parse(text)
    if value is None:
        return text, f"the target does not keep the schema: {'; '.join(faults[:3])}"
    return contract.compact(value), None


@lru_cache(maxsize=4)
def _contract(schema: str) -> SchemaContract:
    return SchemaContract(loads(schema))
