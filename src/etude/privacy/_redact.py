"""Redaction: a tag in place of what was found, the same for the same text across a row's fields.

``[EMAIL_1]`` says that an e-mail address stood there, and which of the row's: a target that repeats
the input's address still repeats it. Redacting twice changes nothing, and JSON stays JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from etude.privacy._base import Recogniser, Sort, Span
from etude.privacy._find import matches
from etude.privacy._view import HIDDEN, TAG, View, view_of
from etude.privacy.given_names import is_given

Finder = Callable[[str], Sequence[Span]]


class Mark(NamedTuple):
    """A place of a row and what would stand there. ``tag`` has quotes where a JSON number stood."""

    field: str
    start: int
    end: int
    sort: Sort
    title: str
    certainty: float
    text: str
    tag: str


@dataclass
class Tags:
    """The tags of one row, in the order of appearance."""

    given: dict[tuple[str, str], str] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)

    def reserve(self, text: str) -> None:
        """Number on from the tags that a text has already."""
        for match in TAG.finditer(text):
            name, _, number = match.group()[1:-1].rpartition("_")
            self.last[name] = max(self.last.get(name, 0), int(number))

    def of(self, sort: Sort, text: str) -> str:
        """The tag of a text; a number is the same however it is grouped."""
        key = (sort.tag, meaning(text))
        if key not in self.given:
            self.last[sort.tag] = self.last.get(sort.tag, 0) + 1
            self.given[key] = f"[{sort.tag}_{self.last[sort.tag]}]"
        return self.given[key]


def meaning(text: str) -> str:
    """By what two places hold the same: without case, and numbers without grouping."""
    digits = sum(map(str.isdigit, text))
    if digits * 2 > len(text):
        return re.sub(r"[\W_]", "", text).casefold()
    return " ".join(text.split()).casefold()


def marks(
    fields: Mapping[str, str], find: Finder = matches, tags: Tags | None = None
) -> list[Mark]:
    """Every place of a row with its tag, field by field, from first to last.

    What is found in one field is marked wherever else the row has it, even where nothing leads to it.

    Args:
        fields: name of a field to its text.
        find: what is found in a text.
        tags: those of the row so far.
    """
    tags = tags or Tags()
    for text in fields.values():
        tags.reserve(text)
    spans = {name: list(find(text)) for name, text in fields.items()}
    if any(spans.values()):
        values = _values(fields, spans)
        for name, text in fields.items():
            spans[name] += _repeated(text, spans[name], values)
    made: list[Mark] = []
    for name, text in fields.items():
        if spans[name]:
            made += _marked(name, text, sorted(spans[name], key=lambda span: span.start), tags)
    return made


def redact_row(
    fields: Mapping[str, str], chosen: Sequence[Recogniser] | None = None
) -> dict[str, str]:
    """The fields of one row, redacted together."""
    texts, tags = dict(fields), Tags()
    while found := marks(texts, lambda text: matches(text, chosen), tags):
        for mark in reversed(found):
            text = texts[mark.field]
            texts[mark.field] = f"{text[: mark.start]}{mark.tag}{text[mark.end :]}"
    return texts


def redact(text: str, chosen: Sequence[Recogniser] | None = None) -> str:
    """A text with tags in place of personal data and secrets: "write to [EMAIL_1]"."""
    return redact_row({"text": text}, chosen)["text"]


def veiled(text: str) -> str:
    """How a finding shows what was found: the first and last characters alone (two of each, one where
    it is shorter than 12, the first alone below 5)."""
    if len(text) < 5:
        return f"{text[:1]}…" if len(text) > 2 else "…"
    shown = 1 if len(text) < 12 else 2
    return f"{text[:shown]}…{text[-shown:]}"


def _marked(name: str, text: str, spans: Sequence[Span], tags: Tags) -> Iterator[Mark]:
    view = view_of(text)
    for span in spans:
        held = text[span.start : span.end]
        tag = tags.of(span.sort, held)
        place = view.within(span.start, span.end)
        yield Mark(name, *span, held, f'"{tag}"' if place and place[2] else tag)


def _values(fields: Mapping[str, str], spans: Mapping[str, list[Span]]) -> dict[str, Span]:
    """Texts whose other occurrences count too, the longest first."""
    values: dict[str, Span] = {}
    for name, found in spans.items():
        for span in found:
            value = fields[name][span.start : span.end]
            # A given name alone may be an everyday word ("Will"), so only known ones are looked for.
            plain = span.sort.tag == "NAME" and " " not in value and not is_given(value)
            if len(value) >= span.sort.spread and not plain:
                values.setdefault(value, span)
    return dict(sorted(values.items(), key=lambda item: -len(item[0])))


def _repeated(text: str, spans: Sequence[Span], values: Mapping[str, Span]) -> list[Span]:
    """Places of the values outside of the spans, as whole words."""
    if not any(value in text for value in values):
        return []
    view = view_of(text)
    hidden = view.text
    for span in spans:
        hidden = hidden[: span.start] + HIDDEN * (span.end - span.start) + hidden[span.end :]
    found = []
    for value, span in values.items():
        at = hidden.find(value)
        while at >= 0:
            end = at + len(value)
            place = View(hidden, view.literals, view.escapes, view._starts).within(at, end)
            if place and not (_joins(hidden, at - 1, at) or _joins(hidden, end - 1, end)):
                found.append(span._replace(start=place[0], end=place[1]))
                hidden = hidden[: place[0]] + HIDDEN * (place[1] - place[0]) + hidden[place[1] :]
            at = hidden.find(value, end)
    return found


def _joins(text: str, left: int, right: int) -> bool:
    """Whether two neighbouring characters are of one word."""
    inside = left >= 0 and right < len(text)
    return inside and all(letter.isalnum() or letter == "_" for letter in (text[left], text[right]))
