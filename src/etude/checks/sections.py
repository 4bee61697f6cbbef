"""sections: these parts occur in the answer, each once and in this order.

A part is looked for at the start of a line (spaces in front of it do not count), or anywhere with
``at: anywhere``. Where one part begins like another ("Ages" and "Ages and stages"), the longest that
is there counts.
"""

from __future__ import annotations

import re
from collections import Counter

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._containing import filled
from etude.checks._spec import Spec
from etude.checks._words import quote, quotes


def _compile(spec: Spec) -> Judge:
    wanted = spec.texts()
    ignored = spec.choice("case", "match", ("match", "ignore")) == "ignore"
    at_line = spec.choice("at", "line-start", ("line-start", "anywhere")) == "line-start"
    for text, count in Counter(part.written.strip() for part in wanted).items():
        if count > 1:
            spec.fault("value", f"has {text!r} {count} times", "each part once")
    flags = re.MULTILINE | (re.IGNORECASE if ignored else 0)

    def judge(subject: Subject) -> Outcome:
        parts = [text.strip() for text in filled(wanted, subject)]
        names = {_same(part, ignored): part for part in parts}
        longest_first = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
        pattern = f"^[ \\t]*({longest_first})" if at_line else f"({longest_first})"
        there = [_same(m.group(1), ignored) for m in re.finditer(pattern, subject.output, flags)]
        return _outcome(parts, [names.get(part, part) for part in there])

    return judge


def _same(text: str, ignored: bool) -> str:
    return text.casefold() if ignored else text


def _outcome(parts: list[str], there: list[str]) -> Outcome:
    missing = [part for part in parts if part not in there]
    if missing:
        return Outcome(False, f"lacks {quotes(missing)}")
    again = [part for part, count in Counter(there).items() if count > 1]
    if again:
        return Outcome(False, f"has {quotes(again)} more than once")
    for part, found in zip(parts, there, strict=True):
        if part != found:
            return Outcome(False, f"has {quote(found)} where {quote(part)} is due")
    return Outcome(True, f"has {quotes(parts)} in this order")


CHECK = CheckKind(
    key="sections",
    summary="these parts occur in the answer, each once and in this order",
    keys=("value", "at", "case"),
    compile=_compile,
)
