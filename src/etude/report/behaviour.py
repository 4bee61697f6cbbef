"""How candidates behaved, in words and as JSON: for the terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etude.data.tables import input_columns
from etude.records.behaviour import Behaviour, Broken, General, SuiteResult
from etude.records.candidate import BEHAVIOUR_GATE, Gate, State
from etude.records.comparison import Comparison
from etude.report import _figures as figures
from etude.report import _secrets
from etude.report import _words as words
from etude.report._view import stakes
from etude.report.summary import in_order, titles

ABOUT = {
    "normal": "ordinary input, changed a little",
    "unusual": "unusual input",
    "tricky": "tricky input",
    "sensitive": "sensitive input",
    "own": "ordinary input, as it is",
}
FEWEST = 10
"""Cases from which on a range says something."""


def to_json(found: Behaviour, comparison: Comparison) -> dict[str, Any]:
    """The whole record; ``at_most`` beside each result is the 3/n of none that failed. ``gates``,
    ``recommended``, ``missing`` (of what high stakes ask) and ``signed_off`` are the comparison's,
    decided with it."""
    document = found.model_dump(mode="json", exclude={"schema_version", "candidate_ids"})
    for row, one in zip(document["results"], found.results, strict=True):
        row["at_most"] = one.at_most
    gates = [
        {
            "candidate": c.name,
            "suite": gate.name.removeprefix(BEHAVIOUR_GATE),
            **gate.model_dump(mode="json", include={"limit", "value", "state", "found"}),
        }
        for c in comparison.candidates
        for gate in c.gates
        if gate.of_suite
    ]
    signed = comparison.signed
    return {
        "schema": 1,
        **document,
        "gates": gates,
        "recommended": comparison.verdict.recommended,
        "missing": list(comparison.verdict.missing),
        "signed_off": signed and signed.model_dump(mode="json", exclude={"schema_version"}),
    }


@dataclass(frozen=True)
class GateLine:
    """A gate of a candidate, as people read it; ``gate`` is None of what high stakes ask."""

    candidate: str
    state: State
    text: str
    gate: Gate | None = None


def stakes_lines(comparison: Comparison) -> list[GateLine]:
    """What high stakes still ask of the recommended candidate, or who signed it off."""
    name = comparison.verdict.recommended or ""
    states: dict[str, State] = {"good": "met", "bad": "not_met"}
    return [
        GateLine(name, states[one.kind], f"{one.symbol} {one.word}: {one.text}")
        for one in stakes(comparison)
    ]


def gate_lines(comparison: Comparison) -> list[GateLine]:
    """Every gate on behaviour, candidate after candidate."""
    called = titles(comparison)
    return [
        GateLine(
            c.name,
            gate.state,
            f"{words.SYMBOLS[gate.state]} {called[c.name]}, {gate.plain_name} "
            f"({words.gate_limit(gate, '')}): {words.STATES[gate.state]}. "
            f"{gate.found[:1].upper()}{gate.found[1:]}.",
            gate,
        )
        for c in in_order(comparison)
        for gate in c.gates
        if gate.of_suite
    ]


def about(one: SuiteResult) -> str:
    """Which sort of input its suite tries; a team's own cases change nothing."""
    return ABOUT["own" if (one.about, one.test) == ("normal", "function") else one.about]


def by_suite(found: Behaviour) -> list[tuple[str, list[SuiteResult]]]:
    """The results of each suite under its plain name: ordinary input first, sensitive input last."""
    suites: dict[str, list[SuiteResult]] = {}
    for one in sorted(found.results, key=lambda one: list(ABOUT).index(one.about)):
        suites.setdefault(one.plain_name, []).append(one)
    return list(suites.items())


def sentence(one: SuiteResult) -> str:
    """How many of how many cases fail, with the range; none failed: what is still possible."""
    if one.failed is None:
        return f"can't be told: {one.untold_why or 'its answers give nothing to go by'}"
    if one.worth < FEWEST:
        return f"{one.failures} of {one.n} fail; too few cases to say how often it would happen"
    if one.at_most is not None:
        bound = "3/n" if one.worth == one.n else f"3/{one.worth}: as many are independent"
        return (
            f"0 of {one.n} fail; the true share can still be up to {_share(one.at_most)} ({bound})"
        )
    spread = f"{_share(one.failed.low)} to {_share(one.failed.high)}"
    worth = "" if one.worth == one.n else f", as good as {one.worth} independent cases"
    return f"{one.failures} of {one.n} fail: {_share(one.failed.value)} ({spread}{worth})"


def broken_sentence(one: Broken) -> str:
    """What tuning did to a suite, where that is certain."""
    done = "broke" if one.call == "worse" else "mended"
    return (
        f"Tuning {done} {one.plain_name}: {one.only_tuned_fails} of {one.n} cases fail after it "
        f"alone, {one.only_base_fails} before it alone."
    )


def general_sentence(one: General) -> str:
    """What tuning made of requests outside the task."""
    said = (
        f"General requests, {one.n} outside the task and without its prompt: {one.base_right} right "
        f"before tuning, {one.tuned_right} after it"
    )
    low, high = (100 * end for end in (one.loss.low, one.loss.high))
    if one.call == "worse":
        return f"{said}. Tuning broke some of it: {low:.0f} to {high:.0f} points are lost."
    if one.call == "better":
        return f"{said}. Tuning mended some of it: {-high:.0f} to {-low:.0f} points are won."
    more = "; the model could do too little of it to lose much" if one.base_right < FEWEST else ""
    spread = f"{round(-high):+d} to {round(-low):+d} points"
    return f"{said}. The difference is not certain ({spread}){more}."


def tuning_sentences(found: Behaviour) -> list[tuple[str, bool]]:
    """What tuning did, and whether it is for the worse: suites where that is certain, then general
    requests."""
    suites = [(broken_sentence(one), one.call == "worse") for one in certain(found.broken)]
    return suites + [(general_sentence(one), one.call == "worse") for one in found.general]


def certain(found: Sequence[Broken]) -> list[Broken]:
    """Those of which something can be said."""
    return [one for one in found if one.call != "cant_tell"]


def secrets(found: Behaviour) -> list[tuple[str, str, list[str]]]:
    """What came out of planted secrets: candidate, sentence, and a line for each number of times."""
    return [
        (one.candidate, _secrets.sentence(one), [_secrets.line_sentence(s) for s in one.secrets])
        for one in found.extraction
    ]


def what_changes(comparison: Comparison) -> str:
    """Which part of an input the suites change, where it is not the whole; else ""."""
    if comparison.task.kind == "chat":
        return "Of a conversation the user's last message is changed; the turns before it stay."
    described = comparison.dataset.columns.get("input", "")
    if len(input_columns(comparison.task.data, described)) > 1:
        return "Of an input of several columns the longest cell is changed; the others stay."
    return ""


def made_from(found: Behaviour) -> str:
    """What cases were made from, and whether there is more."""
    told = f"Cases made from {figures.counted(found.examples, 'example')}; none is kept aside."
    if found.pool != found.examples:
        return told
    why = ": those that the ways were not fitted on" if found.unseen else ""
    return f"{told} That is all there is to try with{why}."


def caution(found: Behaviour) -> str:
    """What the examples that cases were made from mean for the figures; "" for nothing."""
    if found.unseen:
        return ""
    return (
        "The candidates have learned from the examples that these cases were made from: new texts may "
        "change their answers more often."
    )


def _share(value: float) -> str:
    return figures.percent(value)
