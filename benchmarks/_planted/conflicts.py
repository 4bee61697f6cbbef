"""The same question with two answers that can't both be right."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from _planted._base import Bed, Row, Sort
from _planted._edits import NEAR, RECORD_SAME, SAME, near_copy
from _planted._labels import another, confusable
from _planted.near_duplicates import long_enough

INPUTS = ("same", "case", "punctuation", "one_word", "added")
RECORD_INPUTS = ("same", "case", "spaces")
OPPOSITES = (
    (r"\bdoes not\b", "does"), (r"\bdoesn't\b", "does"), (r"\bdo not\b", "do"), (r"\bdon't\b", "do"),
    (r"\bis not\b", "is"), (r"\bare not\b", "are"), (r"\bisn't\b", "is"), (r"\baren't\b", "are"),
    (r"\bis no\b", "is a"), (r"\bare no\b", "are"), (r"\bcannot\b", "can"), (r"\bcan't\b", "can"),
    (r"\bYes\b", "No"), (r"\bNo\b", "Yes"), (r"\bis\b", "is not"), (r"\bare\b", "are not"),
    (r"\boffers\b", "does not offer"), (r"\bprovides\b", "does not provide"), (r"\bcan\b", "can't"),
    (r"\bserves\b", "does not serve"), (r"\bhave\b", "don't have"), (r"\bhas\b", "doesn't have"),
)  # fmt: skip


def _plant(bed: Bed, rate: float) -> None:
    inputs = RECORD_INPUTS if bed.clean.record else INPUTS
    edits = RECORD_SAME if bed.clean.record else SAME | NEAR
    others = _others(bed)
    fit = lambda row: long_enough(bed, row) and bool(_answers(bed, row, others))  # noqa: E731
    for at, (how, row) in enumerate(bed.dealt(rate, inputs, fit)):
        while not (answers := _answers(bed, row, others)):
            pass  # it fits, so that a draw succeeds
        what = sorted(answers)[(at // len(inputs)) % len(answers)]
        copy = bed.new(row, target=answers[what])
        words = bed.words(row, "input")
        edit = edits[how]
        made = near_copy(edit, words, bed.random) if how in NEAR else edit(words, bed.random)
        bed.write(copy, "input", made)
        bed.fault(f"{how}.{what}", copy, other=row["id"], field="target", was=row["target"])


def _others(bed: Bed) -> dict[str, list[str]]:
    return confusable(bed.clean.rows) if bed.clean.kind == "classify" else {}


def _answers(bed: Bed, row: Row, nearest: dict[str, list[str]]) -> dict[str, str]:
    """Sort of contradiction to the contradicting target."""
    target = row["target"]
    if bed.clean.kind == "classify":
        return {
            "any_label": another(sorted(nearest), target, bed.random),
            "near_label": bed.random.choice(nearest[target]),
        }
    if bed.clean.kind == "extract":
        changed = _other_value(bed.clean.rows, row, bed)
        return {"other_value": changed} if changed else {}
    found = {"opposite": opposite(target), "number": _other_number(target, bed)}
    return {name: text for name, text in found.items() if text is not None}


def opposite(text: str) -> str | None:
    """The text with its first statement turned round; None where no rule fits."""
    for pattern, other in OPPOSITES:
        made, count = re.subn(pattern, other, text, count=1)
        if count:
            return made
    return None


def _other_number(text: str, bed: Bed) -> str | None:
    match = re.search(r"(?<![\w.:])\d{1,3}(?![\w.:]|\s*out of)", text)
    if match is None:
        return None
    number = int(match[0])
    return text[: match.start()] + str(number + bed.random.randint(2, 9)) + text[match.end() :]


def _other_value(rows: Sequence[Row], row: Row, bed: Bed) -> str | None:
    """A record with one given value of another row's."""
    record = json.loads(row["target"])
    given = [key for key, value in record.items() if isinstance(value, str)]
    key = bed.random.choice(given) if given else None
    values = {json.loads(r["target"])[key] for r in bed.random.sample(rows, min(40, len(rows)))}
    pool = sorted(str(v) for v in values if v not in (None, record.get(key)))
    if key is None or not pool:
        return None
    record[key] = bed.random.choice(pool)
    return json.dumps(record, ensure_ascii=False, separators=(", ", ": "))


SORT = Sort("one question with two answers", lambda clean: True, _plant)
