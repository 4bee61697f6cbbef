"""JUnit XML for continuous integration: one test case a condition and finalist.

The form is the one that Jenkins, GitLab and GitHub's reporters read (``testsuites``, ``testsuite``,
``testcase``, ``failure``, ``skipped``), with the attributes that Jenkins' schema of it knows. What the
gate would stop is a failure; what another finalist misses is skipped, with words: it is no fault
of the project that a simpler way is not good enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from etude.records.candidate import CandidateReport, CheckRow
from etude.records.comparison import Comparison
from etude.records.difference import Difference, GateChange
from etude.report import _figures as figures
from etude.report import changes
from etude.report._readings import whole_bar
from etude.report._words import GATES
from etude.report.summary import plain_gate, titles

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way of writing, not even as a reference."""


@dataclass(frozen=True)
class Case:
    """One condition: passed, failed or skipped; ``text`` says what was found."""

    name: str
    state: Literal["passed", "failed", "skipped"]
    text: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Suite:
    """The cases of one finalist, or of the whole."""

    name: str
    cases: tuple[Case, ...]
    properties: tuple[tuple[str, str], ...] = ()
    """What a reader shows beside the cases: names and values."""


def of_comparison(comparison: Comparison) -> str:
    """The verdict, then every finalist's bar and checks."""
    called = titles(comparison)
    whole = (_whole(comparison), *_stakes(comparison))
    suites = [Suite(comparison.task.task, whole, _circumstances(comparison))]
    suites += [
        Suite(f"{called[c.name]} ({c.name})", _cases(comparison, c))
        for c in comparison.candidates
        if c.quality is not None
    ]
    return document(comparison.task.task, comparison.created, suites)


def _whole(comparison: Comparison) -> Case:
    """Nothing has passed that is not known: without a bar that is met for certain it is skipped."""
    name, verdict = "not every way certainly misses the bar", comparison.verdict
    if verdict.recommended is None:
        return Case(name, "failed", verdict.sentence, "verdict")
    bars = {whole_bar(c.gates) for c in comparison.candidates if c.quality is not None}
    if bars <= {None}:
        return Case(name, "skipped", "no bar is set in etude.yaml")
    if "met" not in bars:
        return Case(name, "skipped", f"no way is known to meet the bar yet: {verdict.sentence}")
    return Case(name, "passed", verdict.sentence)


def _stakes(comparison: Comparison) -> tuple[Case, ...]:
    """Whether what high stakes ask is there; a check leaves that to the final comparison."""
    missing, name = comparison.verdict.missing, "what high stakes ask is there"
    if missing:
        return (Case(name, "failed", "; ".join(missing), "stakes"),)
    asked = comparison.task.stakes == "high" and not comparison.on_dev
    return (Case(name, "passed"),) if asked else ()


def _circumstances(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """What limits how far the cases may be trusted."""
    found = {
        "scored_on": comparison.scored_on,
        "check": comparison.on_dev,
        "quick": comparison.quick,
        "exploratory": comparison.verdict.exploratory,
    }
    return tuple((f"etude.{key}", str(value).lower()) for key, value in found.items())


def of_difference(difference: Difference, objection: str | None) -> str:
    """Whether the gate holds, then every candidate that both comparisons scored."""
    gate = Case("not certainly worse than before", "passed")
    if objection is not None:
        gate = Case(gate.name, "failed", objection, "gate")
    suites = [Suite(difference.new.task, (gate,))]
    for candidate in difference.candidates:
        if candidate.quality is not None:
            line = changes.quality_line(candidate.quality)
            worse = candidate.quality.call == "worse"
            case = Case("quality", "skipped" if worse else "passed", line)
            cases = (case, *_conditions(candidate.gates, difference.currency))
            suites.append(Suite(f"{candidate.plain_name} ({candidate.name})", cases))
    return document(f"{difference.new.task}: change", difference.new.created, suites)


def _conditions(gates: Sequence[GateChange], currency: str) -> Iterator[Case]:
    """Those that are met otherwise than before; what the gate makes of it stands in its own case."""
    for gate in gates:
        known = gate.new or gate.old
        if gate.changed and known is not None:
            name = known.plain_name if known.of_suite else GATES[known.name]
            met = gate.new is not None and gate.new.state == "met"
            line = changes.gate_line(gate, currency)
            yield Case(f"bar: {name}", "passed" if met else "skipped", line)


def _cases(comparison: Comparison, candidate: CandidateReport) -> tuple[Case, ...]:
    missed: Literal["failed", "skipped"] = (
        "failed" if candidate.name == comparison.verdict.recommended else "skipped"
    )
    n = candidate.quality.n if candidate.quality else 0
    found = []
    for gate in candidate.gates:
        plain = plain_gate(gate, comparison.task.economics.currency, n)
        text = (
            f"{plain.name} was not measured; {plain.limit} is asked"
            if plain.value == figures.NOT_MEASURED
            else f"{plain.name} {plain.word}: {plain.value}, {plain.limit} is asked"
        )
        state = "passed" if gate.state == "met" else missed
        found.append(Case(f"bar: {plain.name}", state, text, gate.state))
    found += [_check(comparison, row, missed) for row in candidate.checks]
    return tuple(found) or (Case("bar", "skipped", "no bar is set in etude.yaml"),)


def _check(comparison: Comparison, row: CheckRow, missed: Literal["failed", "skipped"]) -> Case:
    """A check is missed where it alone is passed too seldom, for certain, for the bar to be met."""
    name, bar = f"check: {row.name}", comparison.task.bar
    if not row.applies:
        return Case(name, "skipped", "it applies to no answer")
    share = figures.percent(row.passed / row.applies, row.applies)
    text = f"{row.passed:,} of {row.applies:,} answers pass it ({share})"
    asked = bar.at_least if bar.metric == "all_checks" else None
    if asked is None or row.high is None or row.high >= asked:
        return Case(name, "passed", text)
    limit = figures.bare_percent(asked)
    return Case(name, missed, f"{text}, where {limit} are to pass every check", "not_met")


def document(name: str, created: str, suites: Sequence[Suite]) -> str:
    """The XML, with the counts that readers add up."""
    root = ElementTree.Element(
        "testsuites", _clean({"name": name}) | _counts(suites) | {"time": "0"}
    )
    for index, suite in enumerate(suites):
        own = _clean({"name": suite.name, "package": name})
        counts = _counts([suite]) | {"skipped": _skipped(suite), "id": str(index), "time": "0"}
        stamp = {"timestamp": created.removesuffix("Z")}
        element = ElementTree.SubElement(root, "testsuite", own | counts | stamp)
        if suite.properties:
            _add_properties(element, suite.properties)
        for case in suite.cases:
            _add(element, suite, case)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(
        root, encoding="unicode"
    )


def _add_properties(parent: ElementTree.Element, named: Sequence[tuple[str, str]]) -> None:
    block = ElementTree.SubElement(parent, "properties")
    for name, value in named:
        ElementTree.SubElement(block, "property", _clean({"name": name, "value": value}))


def _add(parent: ElementTree.Element, suite: Suite, case: Case) -> None:
    own = _clean({"name": case.name, "classname": suite.name}) | {"time": "0"}
    element = ElementTree.SubElement(parent, "testcase", own)
    text = _clean({"message": case.text})
    if case.state == "failed":
        failure = ElementTree.SubElement(element, "failure", text | {"type": case.kind or "failed"})
        failure.text = text["message"]
    elif case.state == "skipped":
        ElementTree.SubElement(element, "skipped", text)


def _counts(suites: Sequence[Suite]) -> dict[str, str]:
    states = [case.state for suite in suites for case in suite.cases]
    counted = {"tests": len(states), "failures": states.count("failed"), "errors": 0}
    return {key: str(count) for key, count in counted.items()}


def _skipped(suite: Suite) -> str:
    return str(sum(case.state == "skipped" for case in suite.cases))


def _clean(texts: dict[str, str]) -> dict[str, str]:
    return {key: _ILLEGAL.sub("\ufffd", text) for key, text in texts.items()}
