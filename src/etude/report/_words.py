"""Words, once: what the page and the terminal say for each term of the records.

It knows records, and nothing of HTML or terminals.
"""

from __future__ import annotations

from etude.errors import UnknownName
from etude.metrics import metric
from etude.records.candidate import Gate, State
from etude.records.comparison import Comparison
from etude.records.verdict import Call, Decision
from etude.report._figures import bare_percent, milliseconds, money, percent

HEADLINES: dict[Decision, str] = {
    "fine_tune": "Fine-tune",
    "dont_fine_tune": "Don't fine-tune",
    "cant_tell": "Can't tell yet",
    "none_good_enough": "None is good enough",
}
CALLS: dict[Call, str] = {
    "better": "better",
    "no_worse": "as good as",
    "worse": "worse",
    "cant_tell": "can't tell",
}
STATES: dict[State, str] = {"met": "met", "not_met": "not met", "uncertain": "not certain yet"}
SYMBOLS: dict[State, str] = {"met": "✓", "not_met": "✗", "uncertain": "?"}
GATES = {"quality": "quality", "p95_ms": "speed", "cost_per_1000": "cost"}
METRICS = {"invalid_rate": "answers that are no category", "brier": "Brier score", "ece": "ECE"}
EXPLORATORY = (
    "these examples kept aside have been looked at before, under another candidate or by another bar, "
    "so the result may flatter. Fresh examples would make it firm."
)
NEXT = {
    "etude predict": "Try it on a text of your own:",
    "etude report --rows": "Read what each candidate gets wrong:",
    "etude review --blind": "Compare answers without knowing whose they are:",
    "etude review --judge --json": "See where the judge and people disagree:",
    "etude review --judge": "See how far the judge can be believed:",
    "etude behave --sign-off": "Let a named person sign it off:",
    "etude behave": "Try unusual, tricky and sensitive input on it:",
    "etude compare": "Run the whole comparison:",
}
FAILURES = {
    "refusal": "the model refused",
    "timeout": "it took too long",
    "empty": "the answer was empty",
    "not_a_choice": "the answer was none of the labels",
    "not_json": "the answer was no JSON",
    "unfinished_json": "there was no room left to finish the JSON",
    "too_long": "the prompt fills the whole of what the model can read",
}
"""Why there is no answer; other words are shown as they are."""


def failure(word: str | None) -> str | None:
    """Why there is no answer, in plain words."""
    return FAILURES.get(word, word) if word is not None else None


def quick(comparison: Comparison) -> str:
    """What a quick run left out."""
    if comparison.dataset.scheme == "cross_fitting":
        parts = comparison.dataset.folds or 5
        return f"only one part in {parts} of the examples was scored, so every figure is rough"
    return "each way that is trained was tried with one seed; all examples that count were scored"


def metric_name(key: str) -> str:
    """The metric in plain words, or its key where there are none."""
    if key in METRICS:
        return METRICS[key]
    try:
        return metric(key).plain_name
    except UnknownName:
        return key


def gate_value(gate: Gate, currency: str, n: int) -> str:
    """What was measured, in the gate's own unit."""
    if gate.of_suite:
        return gate.found
    if gate.name == "quality":
        return percent(gate.value, n)
    return milliseconds(gate.value) if gate.name == "p95_ms" else money(gate.value, currency)


def gate_limit(gate: Gate, currency: str) -> str:
    """What the gate asks: ``at least 90 %``; a person wrote it, so it is shown as exact."""
    if gate.of_suite:
        return f"at most {bare_percent(gate.limit)} failing"
    if gate.name == "quality":
        return f"at least {bare_percent(gate.limit)}"
    limit = milliseconds(gate.limit) if gate.name == "p95_ms" else money(gate.limit, currency)
    return f"at most {limit}"


def next_words(command: str) -> str:
    """What the next command is for."""
    for start, words in NEXT.items():
        if command.startswith(start):
            return words
    return "Type this in the project's folder:"
