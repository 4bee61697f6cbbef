"""YAML text into plain values, with the line of every key.

It knows YAML and nothing of tasks. A scalar keeps the words of the source text: ``yes`` stays
"yes", ``007`` stays "007", ``2:30`` stays "2:30", because what YAML 1.1 makes of them is not what
people mean; whoever knows a field's type turns the words into a number. Only the subtrees that
``typed`` picks (a JSON Schema has real booleans and numbers) are read as YAML reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from etude.errors import Problem
from etude.taskfile.syntax import syntax_problem

Where = tuple[str | int, ...]
"""The way to a value: keys and, in lists, positions from 0."""
Typed = frozenset[str] | Callable[[Where], bool]
"""Which values become booleans, numbers and null as in YAML: top-level keys, or by their way."""

_CORE = "tag:yaml.org,2002:"
_KNOWN_TAGS = {
    _CORE + name
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq", "value", "merge")
}
_MOST_NODES = 100_000  # aliases that repeat aliases grow without bound


def dotted(where: Where) -> str:
    """``("models", 0, "openai")`` as a person writes it: ``models[0].openai``."""
    text = ""
    for part in where:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text or "file"


@dataclass(frozen=True)
class Document:
    """A mapping read from YAML.

    ``values`` has scalars as written and None where nothing is written; ``lines`` has the line,
    from 1, of every key and list item; ``problems`` are repeated keys, tags and the like.
    """

    values: dict[str, Any]
    lines: dict[Where, int]
    problems: tuple[Problem, ...]

    def get(self, *where: str | int) -> Any:
        """The value there, or None where there is none."""
        value: Any = self.values
        for part in where:
            if isinstance(value, dict):
                value = value.get(part)
            elif isinstance(value, list) and isinstance(part, int) and part < len(value):
                value = value[part]
            else:
                return None
        return value

    def line(self, where: Where) -> int | None:
        """The line of the key, else of the nearest section that encloses it."""
        for length in range(len(where), 0, -1):
            if where[:length] in self.lines:
                return self.lines[where[:length]]
        return None

    def problem(
        self,
        where: Where,
        found: str,
        expected: str | None = None,
        hint: str | None = None,
        *,
        because: Where = (),
    ) -> Problem:
        """A problem at that place, with its line, or the line of what asks for it."""
        line = self.line(where) or self.line(because)
        return Problem(line, dotted(where), found, expected, hint)

    def texts(self) -> Iterator[tuple[Where, str]]:
        """Every text value, with the way to it."""
        yield from _texts((), self.values)


def _texts(where: Where, value: Any) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts((*where, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts((*where, index), inner)


def parse(text: str, typed: Typed = frozenset(), *, items: str | None = None) -> Document:
    """Read one YAML document whose root is a mapping.

    Where the text is no such thing, ``values`` is empty and ``problems`` says why.

    Args:
        text: the whole file.
        typed: what is read as YAML reads it.
        items: the root may be a list too, which then is the value of this key.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        return Document({}, {}, (syntax_problem(error, text),))
    except RecursionError:
        return Document({}, {}, (Problem(None, "file", "the brackets are nested too deeply"),))
    if root is None or (isinstance(root, ScalarNode) and root.value == ""):
        found = "the file is empty" if not text.strip() else "the file has only comments"
        return Document({}, {}, (Problem(None, "file", found, "lines of `key: value`"),))
    walk = _Walk(typed if callable(typed) else lambda where: where[0] in typed)
    if isinstance(root, SequenceNode) and items is not None:
        return _walked(walk, lambda: {items: walk.value(root, (items,))})
    if not isinstance(root, MappingNode):
        found = "found a list" if isinstance(root, SequenceNode) else "found only text"
        line = root.start_mark.line + 1
        problem = Problem(line, "file", found, "lines of `key: value`, such as `task: my-task`")
        return Document({}, {}, (problem,))
    return _walked(walk, lambda: walk.mapping(root, ()))


def _walked(walk: _Walk, values: Callable[[], dict[str, Any]]) -> Document:
    try:
        return Document(values(), walk.lines, tuple(walk.problems))
    except _TooLarge:
        return Document({}, {}, (Problem(None, "file", "its aliases repeat without end"),))


class _TooLarge(Exception):
    """More values than any task file has."""


@dataclass
class _Walk:
    typed: Callable[[Where], bool]
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    count: int = 0

    def value(self, node: Node, where: Where) -> Any:
        self.count += 1
        if self.count > _MOST_NODES or id(node) in self.open:
            raise _TooLarge
        if node.tag not in _KNOWN_TAGS:
            self._note(node, where, f"found the tag {_tag(node)}", "a plain value")
            return None
        if isinstance(node, ScalarNode):
            return self.scalar(node, where)
        self.open.add(id(node))
        result = (
            self.mapping(node, where)
            if isinstance(node, MappingNode)
            else self.sequence(node, where)
        )
        self.open.discard(id(node))
        return result

    def scalar(self, node: ScalarNode, where: Where) -> Any:
        if node.tag == _CORE + "null" and node.style is None:
            # In a list "null" is a word (a label may be called so); an empty item is nothing.
            in_list = where and isinstance(where[-1], int) and not self.typed(where)
            return node.value if in_list and node.value.isalpha() else None
        if where and self.typed(where) and node.tag != _CORE + "timestamp":
            try:
                return SafeConstructor().construct_object(node)
            except ValueError:  # "0x_" looks like a number and is none
                return node.value
        return node.value

    def sequence(self, node: Node, where: Where) -> list[Any]:
        items = []
        for index, item in enumerate(node.value):
            self.lines[(*where, index)] = item.start_mark.line + 1
            items.append(self.value(item, (*where, index)))
        return items

    def mapping(self, node: Node, where: Where) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, inner in node.value:
            if not isinstance(key, ScalarNode):
                self._odd_key(key, where)
            elif key.tag == _CORE + "merge":
                self._note(key, where, "found the merge key `<<`", "the keys themselves")
            elif key.value in result:
                first = self.lines[(*where, key.value)]
                self._note(
                    key,
                    (*where, key.value),
                    f"{key.value!r} is written twice",
                    f"it once; the first is in line {first}",
                )
            else:
                self.lines[(*where, key.value)] = key.start_mark.line + 1
                result[key.value] = None
                result[key.value] = self.value(inner, (*where, key.value))
        return result

    def _odd_key(self, key: Node, where: Where) -> None:
        braces = isinstance(key, MappingNode)
        self._note(
            key,
            where,
            "found braces inside braces" if braces else "found a list as a key",
            'a template in quotes: "{{column}}"' if braces else "a name as the key",
        )

    def _note(self, node: Node, where: Where, found: str, expected: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(line, dotted(where), found, expected))


def _tag(node: Node) -> str:
    tag: str = node.tag
    return "!!" + tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag
