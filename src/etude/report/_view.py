"""What the top of the page says: the verdict, how certain it is, and when a candidate pays back."""

from __future__ import annotations

import math
from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.verdict import Payback
from etude.report import _figures as figures
from etude.report import _words as words
from etude.report._account import account
from etude.report._handover import of_best
from etude.report._how import How, how
from etude.report._how_use import of_payback
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
                "these examples kept aside have been looked at before, under another candidate or "
                "by another bar, so the result may flatter. Fresh examples would make it firm.",
            )
        )
    alone = of_best(comparison)
    if alone is not None:
        found.append(Statement("plain", "→", "By itself", alone[:1].lower() + alone[1:]))
    found += stakes(comparison)
    return found


def stakes(comparison: Comparison) -> list[Statement]:
    """What high stakes ask, and whether it is there."""
    missing, signed = comparison.verdict.missing, comparison.signed
    if missing:
        return [Statement("bad", "✗", "High stakes, not complete", f"{'; '.join(missing)}.")]
    if signed is not None:
        still = f" Not certain yet then: {', '.join(signed.open)}." if signed.open else ""
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
            "the examples can't tell the best candidates apart yet; this is what to use meanwhile."
            if verdict.decision == "cant_tell"
            else "this is what to use meanwhile.",
        )
    return Statement(
        "warn",
        "?",
        "Not settled",
        "the choice between the candidates is clear, but whether the bar is met is not.",
    )


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
                how(
                    "How far another candidate may be above this one: the far end of the ranges of "
                    "their differences, which hold together for all pairs."
                ),
            )
        )
    if not verdict.settled:
        what = "pairs to compare" if comparison.metric == "person" else "examples"
        plan = how(
            "As many as would make the ranges of the open differences narrow enough, with 80 % "
            "probability, if they stay about as large as they look now."
        )
        found.append(
            Fact(f"More {what} that would likely settle it", _more(comparison, n), "", plan)
        )
    d = comparison.detectable
    found.append(
        Fact(
            "Smallest real difference that this many examples would show",
            f"about {figures.points(d.difference, signed=False)} with "
            f"{figures.counted(d.n, 'example')}",
            f"minimum detectable effect: 80 % power, {figures.counted(d.comparisons, 'comparison')}, "
            f"discordance {figures.percent(d.discordance)}",
            how(
                "A true difference as large as this is seen in 80 % of such comparisons. It follows "
                f"from how often two ways differ ({figures.percent(d.discordance)} of examples, on "
                f"dev) and from {figures.counted(d.comparisons, 'comparison')} at once."
            ),
        )
    )
    found.append(Fact("Scored on", scored_on(comparison)))
    return found


def _more(comparison: Comparison, n: int) -> str:
    more = comparison.verdict.more_examples
    if more is None:
        return "can't be said from this run"
    if math.isinf(more):
        return "more examples alone may not: the candidates are too near to each other"
    if comparison.metric == "person" and comparison.people is not None:
        return f"about {figures.about(more)} ({comparison.people.left:,} are left)"
    total = more + n
    return f"about {figures.about(more)} more kept aside ({figures.about(total)} in all)"


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


@dataclass(frozen=True)
class PaybackView:
    """When a candidate pays back, as ranges in words."""

    sentence: str
    facts: tuple[Fact, ...]
    hangs_on: tuple[str, ...] = ()


def paybacks(comparison: Comparison) -> list[PaybackView]:
    """One for each candidate that the verdict weighed against the baseline."""
    currency = comparison.task.economics.currency
    return [_payback(item, currency, of_payback(comparison, item)) for item in comparison.paybacks]


def _payback(item: Payback, currency: str, hows: dict[str, How]) -> PaybackView:
    def fact(name: str, value: str, key: str) -> Fact:
        return Fact(name, value, how=hows[key])

    sentence = item.sentence[:1].upper() + item.sentence[1:]
    return PaybackView(
        sentence=sentence,
        hangs_on=item.hangs_on,
        facts=(
            fact(
                "Saved a month, before upkeep",
                _whole_money(*item.saved_per_month, currency),
                "saved",
            ),
            fact("A person's time saved a month", _hours(*item.minutes_saved_per_month), "minutes"),
            fact("To start with", _round_money(item.up_front, currency), "start"),
            fact("Upkeep a month", _round_money(item.upkeep_per_month, currency), "upkeep"),
            fact("Pays back", _months(*item.break_even_months), "months"),
            fact("Counted in requests", _requests(*item.break_even_requests), "requests"),
            *(Fact(*row) for row in account(item.outlook, currency, _whole_money)),
        ),
    )


def _whole_money(low: float, high: float, currency: str) -> str:
    low, high = sorted((low, high))
    if not (math.isfinite(low) and math.isfinite(high)):
        return "can't be said"
    places = 0 if max(abs(low), abs(high)) >= 10 else 2
    least, most = figures.number(low, places), figures.number(high, places)
    return f"{least} to {most}{figures.SPACE}{currency}"


def _round_money(amount: float, currency: str) -> str:
    if math.isfinite(amount) and abs(amount) >= 10:
        return f"{figures.number(amount)}{figures.SPACE}{currency}"
    return figures.money(amount, currency)


def _hours(low: float, high: float) -> str:
    low, high = sorted((low, high))
    if not (math.isfinite(low) and math.isfinite(high)):
        return "can't be said"
    if max(abs(low), abs(high)) < 120:
        return f"{figures.number(low)} to {figures.number(high)} minutes"
    return f"{figures.number(low / 60, 1)} to {figures.number(high / 60, 1)} hours"


def _months(low: float, high: float) -> str:
    if math.isinf(low):
        return "never, at these figures"
    first = _month(low)
    if math.isinf(high):
        return f"after {first} at best; it may never"
    last = _month(high)
    return f"after {first}" if first == last else f"after {first} to {last}"


def _month(months: float) -> str:
    if months < 1:
        return "less than a month"
    return f"{figures.number(months, 0 if months >= 10 else 1)} months"


def _requests(low: float, high: float) -> str:
    if math.isinf(low):
        return "never, at these figures"
    if math.isinf(high):
        return f"{figures.about(low)} requests at best; it may never"
    return f"{figures.about(low)} to {figures.about(high)} requests"
