"""Targets that say what is nowhere in the input or its context: the model learns to invent.

Decoys say what is there in another form: the number in words, the time on another clock.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

import json
import re

from _planted import _people as people
from _planted._base import Bed, Row, Sort
from _planted._carriers import put_in

ADDED = ("number", "price", "date", "person", "place", "phone", "time", "award")
CHANGED = ("changed_number", "changed_name")
WORDS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "6": "six", "7": "seven",
         "8": "eight", "9": "nine", "10": "ten", "12": "twelve", "20": "twenty", "24": "twenty-four"}  # fmt: skip
MONTHS = ("January", "March", "April", "June", "August", "October", "December")
PLACES = ("the Harbour Gate", "Kingsmead Park", "the Albion Theatre", "St Anne's Square", "Lidl")
FOODS = ("Lebanese", "Korean", "Peruvian", "Greek", "Ethiopian")
TRIES = 40
"""Draws until a fact is one that is not said already."""


def _plant(bed: Bed, rate: float) -> None:
    if bed.clean.kind == "extract":
        _in_records(bed, rate)
        return
    names = [*ADDED, *CHANGED]
    count = bed.count(rate)
    share = {name: count // len(names) + (at < count % len(names)) for at, name in enumerate(names)}
    missing = 0
    for name in CHANGED:
        fit = lambda row, name=name: _change(bed, row, name) is not None  # noqa: E731
        taken = bed.take(share[name], fit)
        missing += share[name] - len(taken)
        for row in taken:
            _make_change(bed, row, name)
    rest = [name for name in ADDED for _ in range(share[name])]
    rest += [ADDED[at % len(ADDED)] for at in range(missing)]
    for name, row in zip(rest, bed.take(len(rest)), strict=False):
        carrier, text = _unsaid(bed, row, name)
        bed.fault(name, row, **put_in(bed, row, "target", carrier, text))
    _decoys(bed, count)


def said(bed: Bed, row: Row) -> str:
    """What an answer may use."""
    return f"{row['input']} {row.get('context') or ''}"


def _unsaid(bed: Bed, row: Row, name: str) -> tuple[str, str]:
    known = (said(bed, row) + row["target"]).lower()
    for _ in range(TRIES):
        carrier, text = _fact(bed, name)
        if text.lower() not in known:
            return carrier, text
    return carrier, text


def _fact(bed: Bed, name: str) -> tuple[str, str]:
    draw = bed.random
    number = str(draw.choice([n for n in range(13, 400) if n % 10]))
    facts = {
        "number": (draw.choice(["There are {} tables.", "It is {} metres away.", "It has {} rooms."]), number),
        "price": ("That costs {} a person.", f"£{draw.randint(11, 90)}.{draw.choice(['50', '95'])}"),
        "date": ("This has been so since {}.", f"{draw.randint(1, 28)} {draw.choice(MONTHS)} {draw.randint(1994, 2023)}"),
        "person": (draw.choice(["Just ask for {}.", "The owner is {}."]), people.name(draw)),
        "place": (draw.choice(["It is next to {}.", "You'll find it opposite {}."]), draw.choice(PLACES)),
        "phone": ("You can call {} to book.", f"01223 {draw.randint(200000, 899999)}"),
        "time": ("Doors close at {}.", f"{draw.randint(1, 12)}:{draw.choice(['15', '45'])} pm"),
        "award": ("It won the {} award.", f"{draw.choice(['Golden Fork', 'Silver Spoon'])} {draw.randint(2001, 2023)}"),
    }  # fmt: skip
    return facts[name]


def _change(bed: Bed, row: Row, name: str) -> re.Match[str] | None:
    """Where the target says a number, or a name of the record, that the input says as well."""
    known, target = said(bed, row), row["target"]
    if name == "changed_number":
        matches = re.finditer(r"(?<![\w.:])\d{1,4}(?![\w:]|[.]\d|\s*out of)", target)
        return next((m for m in matches if re.search(rf"(?<!\d){m[0]}(?!\d)", known)), None)
    names = re.findall(r"(?:name|near)\[([^\]]+)\]", row["input"])
    found = (re.search(rf"\b{re.escape(one)}\b", target) for one in names)
    return next((match for match in found if match), None)


def _make_change(bed: Bed, row: Row, name: str) -> None:
    match = _change(bed, row, name)
    assert match is not None
    known = said(bed, row)
    other = match[0]
    for _ in range(TRIES):
        if other.lower() not in known.lower():
            break
        other = (
            str(int(match[0]) + bed.random.randint(3, 40))
            if match[0].isdigit()
            else _other_name(bed)
        )
    was, target = row["target"], row["target"]
    row["target"] = target[: match.start()] + other + target[match.end() :]
    bed.fault(name, row, was=was, **bed.mark(row, "target", other, match.start()))


def _other_name(bed: Bed) -> str:
    source = bed.random.choice(bed.clean.rows)["input"]
    names = re.findall(r"(?:name|near)\[([^\]]+)\]", source)
    return bed.random.choice(names) if names else bed.random.choice(PLACES)


def _decoys(bed: Bed, count: int) -> None:
    pattern = r"(?<![\w.:,])(\d{1,2})(?![\w:,%]|[.]\d| ?[ap]\.?m)"

    def fit(row: Row) -> bool:
        return any(one in WORDS for one in re.findall(pattern, row["target"])) and (
            "out of" not in row["target"]
        )

    for row in bed.take(count // 2, fit):
        match = next(m for m in re.finditer(pattern, row["target"]) if m[1] in WORDS)
        if not re.search(rf"(?<!\d){match[1]}(?!\d)", said(bed, row)):
            continue  # people had rounded it: it is no decoy
        word = WORDS[match[1]]
        row["target"] = row["target"][: match.start()] + word + row["target"][match.end() :]
        bed.decoy("number_in_words", row, **bed.mark(row, "target", word, match.start()))
    clock = r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b"
    for row in bed.take(count // 2, lambda row: _shared_time(bed, row, clock) is not None):
        match = _shared_time(bed, row, clock)
        assert match is not None
        hour = int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0)
        text = f"{hour:02d}:{match[2] or '00'}"
        row["target"] = row["target"][: match.start()] + text + row["target"][match.end() :]
        bed.decoy("other_clock", row, **bed.mark(row, "target", text, match.start()))


def _shared_time(bed: Bed, row: Row, clock: str) -> re.Match[str] | None:
    match = re.search(clock, row["target"], re.IGNORECASE)
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    times = {(m[1], m[2] or "00", m[3].lower()) for m in
             re.finditer(clock, said(bed, row), re.IGNORECASE)}  # fmt: skip
    return match if (match[1], match[2] or "00", match[3].lower()) in times else None


def _in_records(bed: Bed, rate: float) -> None:
    """A value that the text does not say: in place of null, or of the right one."""
    for name, row in bed.dealt(rate, ["invented_value", "changed_name"]):
        record = json.loads(row["target"])
        key, value = _value(bed, row, record, name)
        was, record[key] = row["target"], value
        row["target"] = json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
        start = row["target"].index(json.dumps(value, ensure_ascii=False)) + 1
        bed.fault(name, row, was=was, **bed.mark(row, "target", value, start))


def _value(bed: Bed, row: Row, record: dict[str, str | None], name: str) -> tuple[str, str]:
    known = row["input"].lower()
    for _ in range(TRIES):
        if name == "changed_name" or all(record.values()):
            key, value = "name", _record_name(bed)
        else:
            free = [key for key in ("near", "food") if record.get(key) is None]
            key = bed.random.choice(free or ["name"])
            value = bed.random.choice(FOODS) if key == "food" else _record_name(bed)
        if value.lower() not in known:
            break
    return key, value


def _record_name(bed: Bed) -> str:
    record = json.loads(bed.random.choice(bed.clean.rows)["target"])
    return str(record.get("name") or bed.random.choice(PLACES))


SORT = Sort(
    "facts that the input does not hold",
    lambda clean: clean.prose_targets or clean.kind == "extract",
    _plant,
)
