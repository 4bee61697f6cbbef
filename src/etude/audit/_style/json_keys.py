"""JSON targets: the keys that most have, their order, and how what is missing is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from etude.audit._style._json import Record, Records, parent_of, parsed
from etude.audit._style._trait import HAS, LACKS, Mark, Trait, opening, phrases, shown
from etude.audit._style.sections import alike

RECURS = 0.1
FEWEST = 8
MOST = 60
_COSTS = "what reads the answers has to expect every form that the model has seen"
_BLANKS = {
    "",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "-",
    "–",
    "not specified",
    "not given",
}


def traits(records: Records) -> Iterator[Trait]:
    """What is asked of all records, and of each path that recurs."""
    yield _valid(records)
    paths = _paths(records)
    known = set(paths)
    for path in paths:
        if not path.endswith("[]"):
            yield _key(records, path, known)
            yield _absent(records, path)
    yield _unusual(records, known)
    yield _order(records, paths)


def _paths(records: Records) -> list[str]:
    """Paths that recur, in the order in which they first stand in most records."""
    counts = Counter(path for record in records.some if record for path in record.at)
    least = max(FEWEST, RECURS * len(records.some))
    return [path for path, count in counts.most_common(MOST) if count >= least]


def _valid(records: Records) -> Trait:
    return Trait(
        "json_broken",
        records.measure(lambda record: HAS, LACKS),
        phrases(has="are sound JSON", lacks="are no sound JSON"),
        "an answer that is not JSON fails wherever it is read",
        rules=frozenset({HAS}),
    )


def _key(records: Records, path: str, known: set[str]) -> Trait:
    parent, key = parent_of(path)

    def one(record: Record) -> str | None:
        objects = record.keys.get(parent)
        if not objects:
            return None
        return HAS if all(key in keys for keys in objects) else LACKS

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        if rule == LACKS:
            return [Mark(None, None, f"has “{key}”: {shown(text)}")]
        record = parsed(text)
        there = [other for keys in _objects(record, parent) for other in keys]
        near = [
            o for o in there if (f"{parent}.{o}" if parent else o) not in known and alike(o, key)
        ]
        if near:
            return [_place(text, json.dumps(near[0], ensure_ascii=False), json.dumps(key), key)]
        return [Mark(None, None, f"no “{key}” in {opening(text, value, rule)[0].evidence}")]

    return Trait(
        "json_key",
        records.measure(one),
        phrases(has=f"have the key “{path}”", lacks=f"have no key “{path}”"),
        _COSTS,
        mark,
        conditional=True,
        repair="spell the key as most do; where it is missing, write it",
    )


def _place(text: str, found: str, fit: str, key: str) -> Mark:
    at = text.find(found)
    if at < 0:
        return Mark(None, None, f"{found} stands for “{key}”")
    return Mark(at, at + len(found), f"{found} stands for “{key}”", fit)


def _objects(value: Any, path: str) -> list[dict[str, Any]]:
    """The objects at a path of a value."""
    if not path:
        return [value] if isinstance(value, dict) else []
    found: list[Any] = [value]
    for part in path.replace("[]", ".[]").split("."):
        if part == "[]":
            found = [inner for one in found if isinstance(one, list) for inner in one]
        elif part:
            found = [one[part] for one in found if isinstance(one, dict) and part in one]
    return [one for one in found if isinstance(one, dict)]


def _absent(records: Records, path: str) -> Trait:
    """How it is said that there is no value: one way in one file."""
    parent, key = parent_of(path)
    words = {"null": "null", "empty": "an empty text", "word": "a word such as “N/A”",
             "missing": "no key"}  # fmt: skip

    def one(record: Record) -> str | None:
        values = record.at.get(path, [])
        ways = {way for way in map(_way, values) if way}
        if any(key not in keys for keys in record.keys.get(parent, [])):
            ways.add("missing")
        return "+".join(sorted(ways)) or None

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        return [Mark(None, None, f"“{path}”: {_ways(value)}; {shown(text)}")]

    def _ways(value: str) -> str:
        return " and ".join(words.get(way, way) for way in value.split("+"))

    return Trait(
        "json_absent",
        records.measure(one),
        lambda value: f"write {_ways(value)} there",
        "“null”, an empty text and a missing key are three things to whatever reads the answer",
        mark,
        among=f" without a value for “{path}”",
    )


def _way(value: Any) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, str) and value.strip().casefold() in _BLANKS:
        return "empty" if not value.strip() else "word"
    return None


def _unusual(records: Records, known: set[str]) -> Trait:
    def others(record: Record) -> list[str]:
        return [path for path in record.at if path not in known and not path.endswith("[]")]

    def one(record: Record) -> str:
        return HAS if others(record) else LACKS

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        keys = _all_keys(parsed(text))
        bare = {path.rpartition(".")[2] for path in known}
        odd = [key for key in keys if key not in bare]
        return [Mark(None, None, f"has {', '.join(f'“{key}”' for key in odd[:4])}")]

    return Trait(
        "json_unusual_key",
        records.measure(one),
        phrases(lacks="have only the usual keys", has="have a key that hardly any other has"),
        _COSTS,
        mark,
        least=0.93,
        rules=frozenset({LACKS}),
    )


def _all_keys(value: Any) -> list[str]:
    if isinstance(value, dict):
        return list(dict.fromkeys([*value, *(key for v in value.values() for key in _all_keys(v))]))
    if isinstance(value, list):
        return list(dict.fromkeys(key for v in value for key in _all_keys(v)))
    return []


def _order(records: Records, paths: Sequence[str]) -> Trait:
    """The order in which most objects have their keys; another order is put right by a proposal."""
    orders: dict[str, Counter[tuple[str, ...]]] = {}
    for record in records.some:
        for path, objects in record.keys.items() if record else ():
            orders.setdefault(path, Counter()).update(objects)
    rank = {path: _ranks(counter) for path, counter in orders.items()}

    def sorted_keys(path: str, keys: Sequence[str]) -> list[str]:
        of = rank[path]
        return sorted(keys, key=lambda key: of.get(key, len(of)))

    def one(record: Record) -> str:
        good = all(
            list(keys) == sorted_keys(path, keys)
            for path, objects in record.keys.items()
            for keys in objects
        )
        return "same" if good else "other"

    def again(value: Any, path: str) -> Any:
        if isinstance(value, dict):
            keys = sorted_keys(path, list(value)) if path in rank else list(value)
            return {k: again(value[k], f"{path}.{k}" if path else k) for k in keys}
        if isinstance(value, list):
            return [again(inner, path + "[]") for inner in value]
        return value

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        read = parsed(text)
        same = json.dumps(read, ensure_ascii=False, separators=_spacing(text))
        fit = json.dumps(again(read, ""), ensure_ascii=False, separators=_spacing(text))
        order = ", ".join(list(read)[:8]) if isinstance(read, dict) else ""
        return [Mark(None, None, f"order: {order}", fit if same == text else None)]

    return Trait(
        "json_order",
        records.measure(one),
        phrases(same="have their keys in one order", other="have them in another"),
        "the model learns to change the order, and answers can no longer be compared as text",
        mark,
        rules=frozenset({"same"}),
        repair="put the keys into the order that most have",
    )


def _ranks(counter: Counter[tuple[str, ...]]) -> dict[str, int]:
    """Keys by the order of the commonest object, then of the next that adds some."""
    order: list[str] = []
    for keys, _ in counter.most_common(50):
        for at, key in enumerate(keys):
            if key not in order:
                after = order.index(keys[at - 1]) + 1 if at else 0
                order.insert(after, key)
    return {key: at for at, key in enumerate(order)}


def _spacing(text: str) -> tuple[str, str]:
    return (", ", ": ") if '": ' in text else (",", ":")
