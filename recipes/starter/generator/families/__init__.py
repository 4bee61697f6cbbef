"""Every family of tasks, by name: one file each, listed here with its share of the mixture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.families import (
    classify,
    conditional,
    convert,
    copying,
    echo,
    extract,
    grammar,
    letter,
    listing,
    lookup,
    numbers,
    quoting,
    rewriting,
    sections,
    sentences,
    series,
    spelling,
    template,
    verbalise,
)
from generator.maker import Maker
from generator.task import Task


@dataclass(frozen=True)
class Family:
    """How to make a task, its weight in the main mixture, and in the copying curriculum."""

    make: Callable[[Maker], Task]
    weight: float
    copying: float


FAMILIES: dict[str, Family] = {
    "echo": Family(echo.make, 0.3, 6.0),
    "copying": Family(copying.make, 1.2, 6.0),
    "template": Family(template.make, 1.6, 3.0),
    "extract": Family(extract.make, 2.4, 1.0),
    "verbalise": Family(verbalise.make, 1.6, 1.0),
    "convert": Family(convert.make, 1.0, 1.0),
    "listing": Family(listing.make, 0.8, 1.0),
    "lookup": Family(lookup.make, 2.0, 2.0),
    "classify_rules": Family(classify.by_rules, 1.5, 0.2),
    "classify_examples": Family(classify.by_examples, 1.1, 0.2),
    "conditional": Family(conditional.make, 1.6, 0.5),
    "rewriting": Family(rewriting.make, 1.8, 1.0),
    "sentences": Family(sentences.make, 0.8, 0.5),
    "grammar": Family(grammar.make, 0.5, 0.2),
    "quoting": Family(quoting.make, 1.3, 1.0),
    "series": Family(series.make, 0.3, 0.5),
    "letter": Family(letter.make, 1.2, 0.4),
    "sections": Family(sections.make, 0.9, 0.5),
    "spelling": Family(spelling.make, 0.2, 0.3),
    "numbers": Family(numbers.make, 0.4, 0.2),
}
