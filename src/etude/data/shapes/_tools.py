"""Tools and calls of them, in the forms that files have: JSON to the neutral one, or the fault."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from etude.data.neutral import Call, compact
from etude.data.shapes._base import Unusable
from etude.data.shapes._decoding import decoded

_NONE = ("", "[]", "{}", "null")


def tools(cell: str | None, column: str = "tools") -> tuple[str, ...]:
    """The tools of a cell, each as JSON of ``{"type":"function","function":{…}}``.

    They may stand there so (OpenAI), as the function alone (ShareGPT), as Gemini's
    ``functionDeclarations``, or as JSON text of any of these.

    Raises:
        Unusable: it holds no list of tools, or one without a name.
    """
    if cell is None or cell.strip() in _NONE:
        return ()
    found = decoded(cell, column, "a list of tools")
    if isinstance(found, str) and found.strip() not in _NONE:
        found = decoded(found, column, "a list of tools")
    return tools_in(found, column)


def tools_in(found: Any, column: str = "tools") -> tuple[str, ...]:
    """The same, of a decoded value.

    Raises:
        Unusable: it is no list of tools, or one has no name.
    """
    if found in (None, [], {}, ""):
        return ()
    listed = [found] if isinstance(found, Mapping) else found
    if not isinstance(listed, list):
        raise Unusable(f"`{column}` holds no list of tools", "data_type")
    return tuple(compact(tool) for one in listed for tool in _wrapped(one, column))


def _wrapped(tool: Any, column: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(tool, str) and tool.lstrip().startswith("{"):
        tool = decoded(tool, column, "a tool")
    if not isinstance(tool, Mapping):
        raise Unusable(f"a tool in `{column}` is no object", "data_type")
    declared = tool.get("functionDeclarations") or tool.get("function_declarations")
    if declared is not None:
        if not isinstance(declared, list):
            raise Unusable(f"the declarations in `{column}` are no list", "data_type")
        for one in declared:
            yield from _wrapped(one, column)
        return
    inner = tool.get("function", tool)
    if tool.get("type", "function") != "function":
        yield tool
        return
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise Unusable(f"a tool in `{column}` has no `name`", "message_missing_key")
    yield (
        tool
        if "function" in tool
        else {
            "type": "function",
            "function": {key: value for key, value in tool.items() if key != "type"},
        }
    )


def unwrapped(tool: str) -> Any:
    """A tool as its function alone, where that says all of it."""
    found = json.loads(tool)
    return found["function"] if set(found) == {"type", "function"} else found


def function_call(found: Any, where: str, identity: str | None = None) -> Call:
    """A call ``{"name", "arguments"}``; arguments that are no text become JSON.

    Raises:
        Unusable: it is no object, or has no name.
    """
    if not isinstance(found, Mapping):
        raise Unusable(f"a call in {where} is no object", "data_type")
    name = found.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Unusable(f"a call in {where} has no `name`", "message_missing_key")
    given = found.get("arguments", found.get("parameters", found.get("args")))
    if given is None:
        given = {}
    return Call(name, given if isinstance(given, str) else compact(given), identity)


def calls_of(value: Any, where: str) -> tuple[Call, ...]:
    """The calls that a text holds as JSON (ShareGPT): one, or a list of them.

    Raises:
        Unusable: it holds none.
    """
    found = decoded(value, where, "JSON of a call") if isinstance(value, str) else value
    listed = found if isinstance(found, list) else [found]
    if not listed:
        raise Unusable(f"{where} says nothing", "missing_content")
    return tuple(function_call(one, where) for one in listed)


def arguments_of(call: Call) -> Any:
    """A call's arguments as JSON values; a text that is no JSON object stays a text."""
    try:
        found = decoded(call.arguments, "arguments")
    except Unusable:
        return call.arguments
    return found if isinstance(found, dict) else call.arguments
