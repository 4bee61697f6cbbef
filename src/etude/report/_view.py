"""What the top of the page says: the verdict, and how certain it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.verdict import Detectable
from etude.report import _figures as figures
from etude.report import _how_quality as counted
from etude.report import _words as words
from etude.report._handover import of_best
from etude.report._how import How
from etude.report.summary import titles


@dataclass(frozen=True)
class Statement:
    """A word with its symbol, and what it means here; ``kind`` is good, warn, bad or plain."""

    kind: str
    symbol: str
    word: str
    text: str


@dataclass(frozen=True)
class Fact:
    """A question and its answer; ``exact`` is the term behind it, ``how`` how it came about."""

    name: str
    value: str
    exact: str = ""
    how: How | None = None


@dataclass(frozen=True)
class Headline:
    """The verdict in one plain sentence, split so that its first words can stand large."""

    words: str
    rest: str


def headline(comparison: Comparison) -> Headline:
    """The decision, and the sentence without repeating it."""
    start = words.HEADLINES[comparison.verdict.decision]
    sentence = comparison.verdict.sentence
    rest = (
        sentence.removeprefix(f"{start}:").strip() if sentence.startswith(f"{start}:") else sentence
    )
    return Headline(words=start, rest=rest[:1].upper() + rest[1:])


def statements(comparison: Comparison) -> list[Statement]:
    """Is that certain? Settled, provisional or neither; then what limits the whole run."""
    verdict = comparison.verdict
    found = [_certainty(comparison)]
    if comparison.on_dev:
        found.append(
            Statement(
                "warn",
                "?",
                "A check",
                "made with --dev, to be repeated after every change: no final result, and nothing "
                "was kept to use. The final one is etude compare.",
            )
        )
    if comparison.quick:
        found.append(
            Statement(
                "warn",
                "?",
                "Quick run",
                f"{words.quick(comparison)}.",
            )
        )
    if verdict.exploratory:
        found.append(
            Statement(
                "warn",
                "?",
                "Exploratory",
                words.EXPLORATORY,
            )
        )
    alone = of_best(comparison)
    if alone is not None:
        found.append(Statement("plain", "→", "By itself", alone[:1].lower() + alone[1:]))
    if comparison.by_phrase:
        found.append(Statement("plain", "→", "To a person", by_phrase(comparison)))
    found += stakes(comparison)
    return found


def by_phrase(comparison: Comparison) -> str:
    """How many requests a person gets for what they say, as a sentence."""
    held, n = comparison.by_phrase, max(c.quality.n for c in comparison.candidates if c.quality)
    hold = "holds" if held == 1 else "hold"
    return (
        f"{held:,} of the {n:,} scored examples {hold} a phrase of boundaries.phrases: such requests "
        "go to a person, whatever the answer."
    )


def stakes(comparison: Comparison) -> list[Statement]:
    """What high stakes ask, and whether it is there."""
    missing, signed = comparison.verdict.missing, comparison.signed
    if missing:
        return [Statement("bad", "✗", "High stakes, not complete", f"{'; '.join(missing)}.")]
    if signed is not None:
        still = f" Open then: {'; '.join(signed.open)}." if signed.open else ""
        words = f"by {signed.name} on {signed.time[:10]}, after seeing how it behaves.{still}"
        return [Statement("good", "✓", "Signed off", words)]
    return []


def _certainty(comparison: Comparison) -> Statement:
    verdict = comparison.verdict
    if verdict.settled:
        return Statement("good", "✓", "Settled", "the ranges are narrow enough to decide on.")
    if verdict.provisional:
        return Statement(
            "warn",
            "?",
            "Provisional",
            f"{_why_provisional(comparison)}this is what to use meanwhile.",
        )
    return Statement(
        "warn",
        "?",
        "Not settled",
        "the choice between the candidates is clear, but whether the bar is met is not.",
    )


def _why_provisional(comparison: Comparison) -> str:
    """What is open, before what to do meanwhile."""
    if comparison.verdict.more_examples is not None:
        return "the examples can't tell the best candidates apart yet; "
    if not any(c.trained and c.quality for c in comparison.candidates):
        return "fine-tuning was not measured; of what was, "
    return ""


def certainty_facts(comparison: Comparison) -> list[Fact]:
    """The largest loss still possible, the examples that would settle it, what can be seen."""
    verdict, n = comparison.verdict, scored(comparison)
    found = []
    if verdict.recommended is not None:
        loss = (
            figures.NOT_MEASURED
            if verdict.largest_loss is None
            else "nothing"
            if verdict.largest_loss <= 0
            else f"at most {figures.points(verdict.largest_loss, signed=False)}"
        )
        found.append(
            Fact(
                "What could still be lost by this choice",
                loss,
                "against the best other candidate; far end of its simultaneous interval",
                counted.LOSS,
            )
        )
    if verdict.more_examples is not None:
        what = "pairs to compare" if comparison.metric == "person" else "examples"
        found.append(
            Fact(
                f"More {what} that would likely settle it",
                _more(comparison, verdict.more_examples, n),
                "",
                counted.MORE,
            )
        )
    d = comparison.detectable
    found.append(
        Fact(
            "Smallest real difference that this many examples would show",
            _detectable(d),
            f"minimum detectable effect: 80 % power, {figures.counted(d.comparisons, 'comparison')}, "
            f"discordance {figures.percent(d.discordance)}",
            counted.of_detectable(d),
        )
    )
    found.append(Fact("Scored on", scored_on(comparison)))
    return found


def _detectable(d: Detectable) -> str:
    n, points = figures.counted(d.n, "example"), figures.points(d.difference, signed=False)
    if d.beyond_reach:
        return f"none for sure with {n}: more than the {points} by which two ways can differ here"
    return f"about {points} with {n}"


def _more(comparison: Comparison, more: float, n: int) -> str:
    if math.isinf(more):
        return "more examples alone may not: the candidates are too near to each other"
    if comparison.metric == "person" and comparison.people is not None:
        return f"about {figures.about(more)} ({comparison.people.left:,} are left)"
    aside = " kept aside" if comparison.scored_on == "holdout" else ""
    return f"about {figures.about(more)} more{aside} ({figures.about(more + n)} in all)"


def scored(comparison: Comparison) -> int:
    """Examples that the candidates were scored on."""
    return max((c.quality.n for c in comparison.candidates if c.quality), default=0)


def scored_on(comparison: Comparison) -> str:
    """Which examples, in words."""
    n = figures.counted(scored(comparison), "example")
    if comparison.scored_on == "dev":
        return f"{n} of dev, which were not learned from here; those kept aside were not opened"
    if comparison.dataset.scheme == "holdout":
        return f"{n} kept aside: nothing was learned from them or chosen on them"
    if comparison.quick:
        return (
            f"{n} (one part in {comparison.dataset.folds or 5}), answered by candidates that "
            "had not seen them"
        )
    return (
        f"{n}, each answered by a candidate that had not seen it ({comparison.dataset.folds} "
        "parts, one left out at a time)"
    )


def baseline_title(comparison: Comparison) -> str:
    """What the others are measured against; empty where there is no baseline."""
    baseline = comparison.verdict.baseline
    return titles(comparison).get(baseline, "") if baseline else ""
