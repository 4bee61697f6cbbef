"""Values of records that are not in their inputs, for tasks that extract.

Only fields that are copied are asked about: one whose values mostly do not stand in the inputs, or
are of a short list, is normalised or chosen. Other ways to write a value (case, spaces, digits for
words, a date in another form) are the same value.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import polars as pl

from etude.audit._base import Found, Material, found
from etude.audit._facts import MONTHS
from etude.audit._given import Source
from etude.audit._json_text import json_of
from etude.audit._textual import read, share
from etude.metrics._fields import normal
from etude.records.dataset import Repair

_COPIED = 0.8
"""Share of a field's values that stand in their inputs, from which the field is copied."""
_FEWEST = 5
_LISTED = 12
"""Different values of a field, at most, that is a choice: with each used several times."""
_LISTED_EACH = 5
_DIGITS = re.compile(r"\d+")
_LOOSE = re.compile(r"[\W_]+")


def invented(material: Material) -> Iterator[Found]:
    """One finding with all values that are not in the inputs."""
    inputs = read(material, "input")["text"].to_list()
    targets = material.texts("target")
    free = _free(material.task.output_schema or {})
    missing: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    counts: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = defaultdict(Counter)
    for at, (source, target) in enumerate(zip(inputs, targets, strict=True)):
        record = json_of(target)
        if record is None:
            continue
        low = str(normal(source))
        for path, value in _leaves(record, ""):
            if path in free:
                continue
            counts[path] += 1
            kinds[path][str(value)] += 1
            if not _stands(value, low, source):
                missing[path].append((at, value))
    rows = []
    for path, places in missing.items():
        if not _copied(counts[path], len(places), kinds[path]):
            continue
        rows += [(at, path, value) for at, value in places]
    if rows:
        yield _found(material, targets, rows)


def _copied(values: int, missing: int, kinds: Counter[str]) -> bool:
    """Whether the values of a field are copied out of the inputs."""
    if values < _FEWEST or values - missing < _COPIED * values:
        return False
    return not (len(kinds) <= _LISTED and values >= _LISTED_EACH * len(kinds))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Texts and numbers with the names of their fields: ``items[].product``."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, f"{path}[]")
    elif not isinstance(value, bool) and value not in (None, ""):
        yield path, value


def _free(schema: Any, path: str = "") -> set[str]:
    """Fields whose values the schema lists."""
    if not isinstance(schema, dict):
        return set()
    if "enum" in schema or "const" in schema:
        return {path}
    found = set()
    for key, inner in (schema.get("properties") or {}).items():
        found |= _free(inner, f"{path}.{key}" if path else str(key))
    if "items" in schema:
        found |= _free(schema["items"], f"{path}[]")
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(key) or ():
            found |= _free(inner, path)
    return found


def _stands(value: Any, low: str, source: str) -> bool:
    """Whether a value is in the input, in whatever way it is written."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    plain = " ".join(text.split()).casefold()
    if plain in low:
        return True
    if not isinstance(value, str):
        return Source(source).number(text.lstrip("-"))
    digits = _DIGITS.findall(text)
    if digits and re.fullmatch(r"[\d\W_TZ]+", text):
        known = {int(number) for number in _DIGITS.findall(source)}
        if all(int(number) in known or _year(number, known) for number in digits):
            return True
        return re.sub(r"\D", "", text) in re.sub(r"[^\da-zA-Z]", "", source) or (
            all(Source(source).number(number) or _month(number, low) for number in digits)
        )
    loose = _LOOSE.sub("", plain)
    return bool(loose) and loose in _LOOSE.sub("", low)


def _year(number: str, known: set[int]) -> bool:
    return len(number) == 4 and int(number) % 100 in known


def _month(number: str, low: str) -> bool:
    return any(at == int(number) and re.search(rf"\b{name}\b", low) for name, at in MONTHS.items())


def _found(material: Material, targets: list[str], rows: list[tuple[int, str, Any]]) -> Found:
    ids = material.frame["id"].to_list()
    columns: dict[str, list[Any]] = defaultdict(list)
    for at, path, value in rows:
        written = json.dumps(value, ensure_ascii=False)
        written = written[1:-1] if isinstance(value, str) else written
        start = targets[at].find(written)
        columns["id"].append(ids[at])
        columns["field"].append("target")
        columns["start"].append(start if start >= 0 else None)
        columns["end"].append(start + len(written) if start >= 0 else None)
        columns["evidence"].append(written if start >= 0 else f"{path}: {written}")
        columns["score"].append(0.8)
    hits = pl.DataFrame(columns)
    count = hits["id"].n_unique()
    common = Counter(path for _, path, _ in rows).most_common(3)
    named = ", ".join(f"{path} ({number:,})" for path, number in common)
    return found(
        "unsupported_facts",
        "invented_values",
        "warning",
        f"{count:,} of {len(targets):,} targets ({share(count, len(targets))}) "
        f"{'has' if count == 1 else 'have'} a value that is not in the input, in fields that are "
        f"otherwise copied from it: {named}",
        hits,
        costs="the model learns to make up values",
        repair=Repair(
            apply="decide", sentence="copy the value as the input has it, or leave it null"
        ),
        seconds_each=15,
    )
