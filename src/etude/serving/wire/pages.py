"""Lists over the wire: one page, and whether there are more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etude.serving.errors import ApiError


def page(data: Sequence[dict[str, Any]], more: bool, *, ends: bool = False) -> dict[str, Any]:
    """A page of objects; ``ends``: with the ids of the first and the last one."""
    made: dict[str, Any] = {"object": "list", "data": list(data), "has_more": more}
    if ends:
        made["first_id"] = data[0]["id"] if data else None
        made["last_id"] = data[-1]["id"] if data else None
    return made


def no_such_cursor(after: str) -> ApiError:
    """``after`` names nothing in the list."""
    words = f"Nothing in this list has the id '{after[:80]}'."
    return ApiError(400, words, code="invalid_value", param="after")
