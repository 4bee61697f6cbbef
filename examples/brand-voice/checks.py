"""The rules of ``style-guide.md`` that no built-in check can count.

Each function takes the answer and its context (``vars`` holds the row's columns) and returns
whether it passes, with what was found.
"""

from __future__ import annotations

import re
from typing import Any

LONGEST = 15
"""Words in a sentence, numbers included (rule 2)."""

_END = re.compile(r"(?<=[.?!])\s+|\n")
_NUMBER = re.compile(r"[£€$]?(?:[A-Z]{1,4}-)?\d+(?:[.,:/]\d+)*%?")


def short_sentences(output: str, context: dict[str, Any]) -> tuple[bool, str]:
    """Rule 2. A sentence ends at ``.``, ``?`` or ``!`` before white space, or with its line."""
    for sentence in _END.split(output):
        words = len(sentence.split())
        if words > LONGEST:
            return False, f"a sentence of {words} words, more than {LONGEST}: {sentence!r}"
    return True, f"no sentence has more than {LONGEST} words"


def keeps_numbers(output: str, context: dict[str, Any]) -> tuple[bool, str]:
    """Rule 9, for what has digits: each number, price, hour and code of the draft, as written."""
    kept = set(_NUMBER.findall(output))
    lost = [number for number in _NUMBER.findall(context["vars"]["draft"]) if number not in kept]
    if lost:
        return False, f"lost from the draft: {', '.join(dict.fromkeys(lost))}"
    return True, "keeps every number of the draft"
