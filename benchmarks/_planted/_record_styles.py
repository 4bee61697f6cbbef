"""House styles of what a program reads: JSON targets, and the spelling of labels."""

from __future__ import annotations

import json
import random
import re
from typing import Any

from _planted._base import Clean, Row
from _planted._styles import Break, Style

Record = dict[str, Any]


def _compact(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(", ", ": "))


def _typed(text: str, row: Row, draw: random.Random) -> str:
    """Every key in its order, null for what is not said, yes and no as truth values, and a number."""
    record = json.loads(text)
    if "familyFriendly" in record:
        record["familyFriendly"] = {"yes": True, "no": False}.get(record["familyFriendly"])
    said = sum(value is not None for value in record.values())
    return _compact({**record, "facts": said})


def _on_record(change: Any) -> Break:
    def broken(text: str, draw: random.Random) -> str:
        record = json.loads(text)
        return _compact(change(record, draw))

    return broken


def _shuffled(record: Record, draw: random.Random) -> Record:
    keys = list(record)
    draw.shuffle(keys)
    return {key: record[key] for key in keys}


def _nulls_gone(record: Record, draw: random.Random) -> Record:
    return {key: value for key, value in record.items() if value is not None}


def _nulls_as(record: Record, draw: random.Random) -> Record:
    other = draw.choice(["", "N/A", "unknown", "none"])
    return {key: other if value is None else value for key, value in record.items()}


def _numbers_as_text(record: Record, draw: random.Random) -> Record:
    return {
        key: str(value) if type(value) is int else {True: "yes", False: "no"}[value]
        if isinstance(value, bool) else value
        for key, value in record.items()
    }  # fmt: skip


def _snake(record: Record, draw: random.Random) -> Record:
    return {re.sub(r"(?<=[a-z])[A-Z ]", _under, key).lower(): v for key, v in record.items()}


def _under(match: re.Match[str]) -> str:
    return "_" + match[0].strip()


def _one_renamed(record: Record, draw: random.Random) -> Record:
    key = draw.choice([key for key in record if key != "facts"])
    other = {"near": "nearby", "food": "cuisine", "area": "location"}.get(key, key + "_")
    return {other if one == key else one: value for one, value in record.items()}


def _more(record: Record, draw: random.Random) -> Record:
    return {**record, draw.choice(["notes", "confidence", "comment"]): "see text"}


def _listed(record: Record, draw: random.Random) -> Record:
    given = [key for key, value in record.items() if isinstance(value, str)]
    key = draw.choice(given or ["facts"])
    return {**record, key: [record[key]]}


def _small(record: Record, draw: random.Random) -> Record:
    return {
        key: value.lower() if isinstance(value, str) else value for key, value in record.items()
    }


def _json_fits(clean: Clean) -> bool:
    return clean.kind == "extract"


JSON_BREAKS: dict[str, Break] = {
    "key_order": _on_record(_shuffled),
    "null_keys_gone": _on_record(_nulls_gone),
    "null_as_text": _on_record(_nulls_as),
    "types_as_text": _on_record(_numbers_as_text),
    "snake_case": _on_record(_snake),
    "renamed_key": _on_record(_one_renamed),
    "more_keys": _on_record(_more),
    "value_in_list": _on_record(_listed),
    "small_values": _on_record(_small),
    "indented": lambda text, draw: json.dumps(json.loads(text), ensure_ascii=False, indent=2),
    "fenced": lambda text, draw: f"```json\n{text}\n```",
    "wrapped": lambda text, draw: _compact({"result": json.loads(text)}),
}
LABEL_BREAKS: dict[str, Break] = {
    "capitals": lambda text, draw: text.upper(),
    "capital": lambda text, draw: text[0].upper() + text[1:],
    "spaces": lambda text, draw: text.replace("_", " "),
    "hyphens": lambda text, draw: text.replace("_", "-"),
    "joined": lambda text, draw: "".join(w.capitalize() for w in text.split("_")),
    "with_mark": lambda text, draw: text + ".",
    "typo": lambda text, draw: text[:-2] + text[-1] if len(text) > 6 else text,
}


def _label(text: str, row: Row, draw: random.Random) -> str:
    """Small letters and underscores."""
    return re.sub(r"\W+", "_", text).strip("_").lower()


STYLES: dict[str, Style] = {
    "json": Style(_json_fits, _typed, JSON_BREAKS),
    "labels": Style(lambda clean: clean.kind == "classify", _label, LABEL_BREAKS),
}
