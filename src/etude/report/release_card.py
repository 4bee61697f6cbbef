"""The model card of a candidate, in Markdown: what it is for, how good, its limits, its hashes.

Its head is what model hubs read. From records alone; the same records give the same text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from etude.records.behaviour import Behaviour
from etude.records.candidate import CandidateReport, Quality
from etude.records.comparison import Comparison
from etude.records.handover import Handover
from etude.records.release import Base
from etude.report import _figures as figures
from etude.report import _words as words
from etude.report import behaviour as said
from etude.report._facts import pair_method
from etude.report._notes import merged

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
_BEGINS = '---\nlibrary_name: "etude"\n'
_MADE = re.compile(r"^The candidate `[^`\n]+`, made by Etude ", re.MULTILINE)
UNSTATED = "not stated; look it up before you pass the weights on"


def model_card(
    comparison: Comparison,
    name: str,
    base: Base,
    lookup: Base | None,
    code: str,
    *,
    released: bool = True,
    behaved: Behaviour | None = None,
) -> str:
    """The card of the candidate called ``name``, kept from ``comparison``.

    ``code``: the hash of Etude's own source. ``released``: it stands in a release, beside its files.
    ``behaved``: how the comparison's candidates behave; None: nobody has tried any.
    """
    report, task = comparison.candidate(name), comparison.task
    parts = [
        _head(comparison, report, base),
        f"# {task.task}: {report.plain_name}",
        f"{'A release of the' if released else 'The'} candidate `{name}`, made by Etude "
        f"{comparison.etude_version}.",
        "## Intended use",
        *_use(comparison),
        "## What it is",
        _bullets(_made_of(report, base, lookup)),
        "## Evaluation",
        *_evaluation(comparison, report),
        "## Behaviour",
        *_behaviour(report, behaved),
        "## Limits",
        _bullets(_limits(comparison, report)),
        "## Licences",
        _bullets(_licences(comparison, base, lookup)),
        "## Hashes",
        _bullets(_hashes(comparison, base, lookup, code, released=released)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def is_card(text: str) -> bool:
    """Whether this is the beginning of a card that Etude wrote beside a report: other files in its
    folder are a person's."""
    return text.startswith(_BEGINS) and bool(_MADE.search(text))


def _head(comparison: Comparison, report: CandidateReport, base: Base) -> str:
    """The front matter; values are JSON, which YAML reads."""
    task, quality = comparison.task, report.quality
    fields: dict[str, Any] = {
        "library_name": "etude",
        "tags": ["etude", task.kind, report.rung],
        "license": base.licence or "unknown",
    }
    hub_name = base.reference.name.removeprefix("transformers:").partition("@")[0]
    if base.reference.openai is None and _REPOSITORY.fullmatch(hub_name):
        fields["base_model"] = hub_name  # hubs refuse a card that names a folder here
    if quality is not None:
        metric = {"type": quality.metric, "value": quality.value}
        data = {"name": task.task, "type": "private", "revision": comparison.dataset.id}
        result = {"task": {"type": task.kind}, "dataset": data, "metrics": [metric]}
        fields["model-index"] = [{"name": task.task, "results": [result]}]
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["---", *lines, "---"])


def _use(comparison: Comparison) -> list[str]:
    task = comparison.task
    lines = [f"One task, and no other: {words_of(task.instructions) or task.task}"]
    if task.labels:
        lines.append(
            _bullets(
                [f"`{name}`{f': {text}' if text else ''}" for name, text in task.labels.items()]
            )
        )
    bounds = task.boundaries
    told = [f"Hand over to a person: {', '.join(bounds.hand_over)}"] if bounds.hand_over else []
    told += [f"Refuse: {', '.join(bounds.refuse)}"] if bounds.refuse else []
    if bounds.phrases:
        said = ", ".join(f'"{one}"' for one in bounds.phrases)
        told.append(f"What goes to a person whatever the answer, for the request says it: {said}")
    if task.stakes == "high":
        told.append("The stakes are high: a named person signs off, and hand-over is mandatory")
    return [*lines, _bullets(told)]


def _made_of(report: CandidateReport, base: Base, lookup: Base | None) -> list[str]:
    there = "copied into this release" if base.place else "found by its name and held to its hash"
    if base.reference.openai is not None:
        there = f"an endpoint at {base.reference.openai.base_url}; its weights are not here"
    lines = [f"base model: `{base.reference.name}`, {there}"]
    if lookup is not None:
        lines.append(f"what finds similar texts: `{lookup.reference.name}`")
    lines.append(f"settings: `{json.dumps(report.settings, ensure_ascii=False, sort_keys=True)}`")
    return lines


def _evaluation(comparison: Comparison, report: CandidateReport) -> list[str]:
    quality = report.quality
    if quality is None:
        return ["It was not scored."]
    how = "by cross-fitting: each example was scored by a candidate that had not seen it"
    if comparison.dataset.scheme == "holdout":
        how = f"on examples kept aside (look {comparison.look} at them)"
    rows = [("measure", "value", "likely range"), ("---", "---", "---"), _measured(quality)]
    rows += [_measured(one) for one in report.secondary.values()]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    found = [f"{quality.n:,} examples, {how}; {100 * quality.level:g} % intervals.", table]
    latency = report.latency
    if latency is not None:
        found.append(
            f"An answer took {figures.milliseconds(latency.p50.value)} (half of them), "
            f"{figures.milliseconds(latency.p95.value)} (95 of 100), on {comparison.machine.processor}."
        )
    found.append(f"The verdict of the comparison: {comparison.verdict.sentence}")
    if comparison.verdict.exploratory:
        found.append(f"This result is exploratory: {words.EXPLORATORY}")
    if comparison.quick:
        found.append(f"It was a quick comparison: {words.quick(comparison)}.")
    method = pair_method(comparison)
    return [*found, f"Differences between candidates: {method}." if method else ""]


def _measured(quality: Quality) -> tuple[str, str, str]:
    low, high = (figures.percent(end, quality.n) for end in (quality.low, quality.high))
    return (
        words.metric_name(quality.metric),
        figures.percent(quality.value, quality.n),
        f"{low} to {high}",
    )


def _behaviour(report: CandidateReport, behaved: Behaviour | None) -> list[str]:
    """Suites, gates, and what tuning did; none failed is told with 3/n."""
    own = [one for one in behaved.results if one.candidate == report.name] if behaved else []
    if behaved is None or not own:
        return ["It was not tried on unusual, tricky or sensitive input."]
    lines = [f"{one.plain_name}: {said.sentence(one)}" for one in own]
    lines += [
        f"gate, {gate.plain_name} ({words.gate_limit(gate, '')}): {words.STATES[gate.state]}"
        for gate in report.gates
        if gate.of_suite
    ]
    tuning = [one for one in behaved.broken if one.tuned == report.name]
    general = [one for one in behaved.general if one.tuned == report.name]
    mine = behaved.model_copy(update={"broken": tuple(tuning), "general": tuple(general)})
    lines += [sentence for sentence, _ in said.tuning_sentences(mine)]
    about = f"Cases made by rule from {behaved.examples} examples, none of them kept aside."
    return [" ".join(one for one in (about, said.caution(behaved)) if one), _bullets(lines)]


def _hands_over(found: Handover | None) -> str:
    """When it hands a request over to a person, in a sentence."""
    if found is None:
        return "its answers have no confidence by which it could hand over to a person"
    if found.threshold is None:
        told = f"nothing says when it hands over to a person: {found.reason}"
        return f"{told}; a person looks at every answer" if found.stated else told
    kept = ""
    if found.precision_asked is not None:
        kept = (
            f", which keeps {figures.percent(found.precision_asked)} of its own answers right with a "
            f"confidence of {figures.percent(found.confidence)} ({found.method})"
        )
    share = ""
    if found.coverage is not None:
        share = f"; it answers {figures.percent(found.coverage.value)} by itself"
    return f"it hands over to a person what it scores below {found.threshold:.4g}{kept}{share}"


def _limits(comparison: Comparison, report: CandidateReport) -> list[str]:
    found = ["it knows inputs like those it was evaluated on; of others see its behaviour alone"]
    found.append(_hands_over(report.handover))
    weak = [
        f"`{row.label}` ({figures.percent(row.recall, row.support)} of {row.support:,} found)"
        for row in report.per_class
        if row.support and row.recall is not None and row.recall < report_value(report)
    ]
    if weak:
        found.append(f"weaker than the whole at: {', '.join(weak[:8])}")
    failing = [
        f"{one.name} ({one.passed:,} of {one.applies:,})"
        for one in report.checks
        if one.passed < one.applies
    ]
    if failing:
        found.append(f"checks that not every answer passed: {', '.join(failing[:8])}")
    if report.flip_rate:
        found.append(
            f"{figures.percent(report.flip_rate, report.flip_items)} of {report.flip_items} inputs "
            f"were not answered the same each of {report.flip_askings} times"
        )
    found += [note[0].lower() + note[1:] for note in merged(report.notes) if note]
    return found


def report_value(report: CandidateReport) -> float:
    """The candidate's value of the task's metric; 0 where it was not scored."""
    return report.quality.value if report.quality is not None else 0.0


def _licences(comparison: Comparison, base: Base, lookup: Base | None) -> list[str]:
    models = [base] if lookup is None else [base, lookup]
    lines = [f"`{one.reference.name}`: {one.licence or UNSTATED}" for one in models]
    return [*lines, f"the examples: {comparison.task.data.rights or 'not stated in etude.yaml'}"]


def _hashes(
    comparison: Comparison, base: Base, lookup: Base | None, code: str, *, released: bool
) -> list[str]:
    lines = [f"examples: `{comparison.dataset.id}`"]
    if comparison.dataset.holdout_id:
        lines.append(f"examples kept aside: `{comparison.dataset.holdout_id}`")
    lines.append(f"task file: `{comparison.task_hash}`")
    models = [base] if lookup is None else [base, lookup]
    lines += [f"`{model.reference.name}`: `{model.hash}`" for model in models if model.hash]
    lines.append(f"Etude's code: `{code}`")
    lines.append(_versions(comparison.versions))
    return [*lines, "every file of the release: `manifest.json`"] if released else lines


def _versions(versions: Mapping[str, str]) -> str:
    return "libraries: " + ", ".join(f"{name} {number}" for name, number in versions.items())


def words_of(text: str) -> str:
    """A person's text on one line."""
    return " ".join(text.split())


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {words_of(line)}" for line in lines)
