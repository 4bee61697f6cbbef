"""What the task file says otherwise, field by field, in the words of the file."""

from __future__ import annotations

import json
from typing import Any

from etude.records.difference import Change
from etude.records.task import Task

_YARDSTICK = ("checks", "output_schema")
_WHOLE = ("instructions", "kind", "labels", "output_schema", "checks", "models", "ladder", "stakes")
"""Fields that are told whole: a list of them would say less."""
_PARTS = ("bar", "economics", "training", "data", "boundaries", "behaviour")
_CALLED = {"output_schema": "schema"}


def task_changes(old: Task, new: Task) -> tuple[Change, ...]:
    """Every field that differs, in the order of the file; ``bar.at_least`` names a part."""
    found = [_change(_CALLED.get(name, name), old, new, name) for name in _WHOLE]
    for part in _PARTS:
        before, after = getattr(old, part), getattr(new, part)
        found += [
            _change(f"{part}.{name}", before, after, name) for name in type(before).model_fields
        ]
    return tuple(change for change in found if change is not None)


def yardstick_changed(old: Task, new: Task) -> bool:
    """Whether answers are judged by something else: checks, schema, metric."""
    return old.bar.metric != new.bar.metric or any(
        getattr(old, name) != getattr(new, name) for name in _YARDSTICK
    )


def _change(called: str, old: Any, new: Any, name: str) -> Change | None:
    before, after = getattr(old, name), getattr(new, name)
    if before == after:
        return None
    return Change(field=called, old=_said(before), new=_said(after))


def _said(value: Any) -> str | None:
    if value is None or value == "" or value == () or value == {}:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, tuple):
        return _json([_plain(one) for one in value])
    return _json(_plain(value))


def _plain(value: Any) -> Any:
    return (
        value.model_dump(mode="json", exclude_none=True) if hasattr(value, "model_dump") else value
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
