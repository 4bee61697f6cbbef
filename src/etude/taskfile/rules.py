"""The rules between fields, and names that must be known: what a schema can't say.

They work on what was written, not on a finished ``Task``, so that they are told together with
wrong types and unknown keys. Names of rungs and metrics come from the registries, by name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from etude.errors import Problem
from etude.records.task import BUILT_KINDS, KINDS, Kind
from etude.registry import Registry
from etude.taskfile.defaults import METRICS
from etude.taskfile.nodes import Document
from etude.taskfile.words import did_you_mean, listed, shown

TAKES = {
    "classify": "labels",
    "image": "labels",
    "extract": "schema",
    "write": "checks",
    "rewrite": "checks",
    "chat": "checks",
}
_CONTRACTS = ("labels", "schema", "checks")
_MULTI = re.compile(r"multi[-_ ]?(label|class|target)s?|multiple[-_ ]labels?|labels_per_\w+", re.I)
_VAGUE = re.compile(
    r"\b(better|best|good|great|nice|quality|vibes?|feel(ing)?|taste|improve\w*|natural|human)\b",
    re.I,
)


def check(document: Document) -> list[Problem]:
    """Every rule that is broken, in no particular order."""
    problems: list[Problem] = []
    for rule in (
        _kind,
        _contract,
        _multi_label,
        _metric,
        _measurable,
        _ladder,
        _empty,
        _stakes,
        _asking_again,
    ):
        problems += rule(document)
    return problems


def metric_names() -> list[str]:
    """The metrics that exist, without importing one."""
    return Registry("etude.metrics", "METRIC", "metric").names()


def rung_names() -> list[str]:
    """The rungs that exist, without importing one."""
    return Registry("etude.approaches", "APPROACH", "rung").names()


def _kind(document: Document) -> Iterator[Problem]:
    kind = document.get("kind")
    if kind in KINDS and kind not in BUILT_KINDS:
        yield document.problem(
            ("kind",), f"{kind!r} is not built yet; available: {listed(BUILT_KINDS)}"
        )


def _contract(document: Document) -> Iterator[Problem]:
    kind = document.get("kind")
    takes = TAKES.get(kind) if isinstance(kind, str) else None
    if takes is None:
        return
    for name in _CONTRACTS:
        fits = name == takes or (kind == "extract" and name == "checks")
        if not fits and document.get(name) is not None:
            yield document.problem((name,), f"a task of kind {kind!r} has no {name}", takes)
    if takes == "schema" and document.get("schema") in (None, {}):
        yield document.problem(
            ("schema",), "is missing", "a JSON Schema of a valid answer", because=("kind",)
        )


def _multi_label(document: Document) -> Iterator[Problem]:
    expected = "one label for each example"
    found = "several labels for one example (multi-label) are not supported yet"
    for section in ((), ("data",)):
        values = document.get(*section) if section else document.values
        for key, value in values.items() if isinstance(values, dict) else ():
            on = str(value).casefold() not in ("none", "no", "false", "0", "off")
            if _MULTI.fullmatch(key) and on:
                yield document.problem((*section, key), found, expected)
    if isinstance(document.get("data", "target"), list):
        yield document.problem(("data", "target"), found, "one column")
    kind = document.get("kind")
    if isinstance(kind, str) and _MULTI.search(kind):
        yield document.problem(("kind",), found, expected)


def _metric(document: Document) -> Iterator[Problem]:
    metric, kind = document.get("bar", "metric"), document.get("kind")
    fitting = METRICS.get(cast("Kind", kind)) if isinstance(kind, str) else None
    known = list(fitting or metric_names())
    if not isinstance(metric, str) or metric in known:
        return
    where = ("bar", "metric")
    if metric in metric_names():
        yield document.problem(
            where, f"{metric!r} does not measure a task of kind {kind!r}", listed(known)
        )
    elif near := did_you_mean(metric, known):
        yield document.problem(where, f"there is no metric {metric!r}", listed(known), near)
    elif _VAGUE.search(metric):
        yield document.problem(
            where,
            f"{metric!r} can't be compared: it does not say how an answer is measured, so "
            "no way of doing the task could be shown to beat another",
            f"something that can be counted: {listed(known)}",
        )
    else:
        yield document.problem(where, f"there is no metric {shown(metric)}", listed(known))


def _measurable(document: Document) -> Iterator[Problem]:
    """A writing task needs checks, or a metric of its own, before anything can be compared."""
    kind, metric = document.get("kind"), document.get("bar", "metric")
    if not isinstance(kind, str) or document.get("checks"):
        return
    if kind == "extract" and metric == "all_checks":
        yield document.problem(
            ("checks",), "is missing, and bar.metric counts checks", "checks, or another metric"
        )
    elif TAKES.get(kind) == "checks" and metric in (None, "all_checks"):
        yield document.problem(
            ("checks",),
            "is missing: 'make it better' can't be compared: without checks nothing "
            "says which answer is right",
            "yes/no checks that a good answer passes",
            because=("kind",),
        )


def _ladder(document: Document) -> Iterator[Problem]:
    ladder = document.get("ladder")
    if not isinstance(ladder, list):
        return
    known, seen = rung_names(), set()
    if not ladder:
        yield document.problem(("ladder",), "found an empty list", f"some of {listed(known)}")
    for index, rung in enumerate(ladder):
        where = ("ladder", index)
        if not isinstance(rung, str):
            yield document.problem(where, f"found {shown(rung)}", f"one of {listed(known)}")
        elif rung in seen:
            yield document.problem(where, f"{rung!r} is there twice", "each rung once")
        elif rung not in known:
            yield document.problem(
                where,
                f"there is no rung {shown(rung)}",
                f"one of {listed(known)}",
                did_you_mean(rung, known),
            )
        seen.add(rung if isinstance(rung, str) else index)


def _empty(document: Document) -> Iterator[Problem]:
    for where, text in document.texts():
        inside = where[0] in (
            "data",
            "ladder",
            "models",
            "task",
            "bar",
            "boundaries",
            "behaviour",
        )
        if inside and not text.strip():
            yield document.problem(where, "found empty text", "something, or leave the key out")


def _stakes(document: Document) -> Iterator[Problem]:
    if document.get("stakes") == "high" and not document.get("boundaries", "hand_over"):
        yield document.problem(
            ("boundaries", "hand_over"),
            "is missing while stakes are high",
            "what must go to a person, such as `hand_over: [legal threats]`",
            because=("stakes",),
        )


def _asking_again(document: Document) -> Iterator[Problem]:
    """Only an endpoint may keep the probability of a label to itself."""
    where = ("bar", "hand_over", "ask_again")
    models = document.get("models")
    named = models if isinstance(models, list) else []
    endpoint = any(isinstance(one, dict) and one.get("openai") for one in named)
    if document.get(*where) and document.get("kind") == "classify" and not endpoint:
        yield document.problem(
            where,
            "would change nothing: these models tell the probability of each label",
            "an endpoint among `models`, or a kind that writes",
            "take it out",
            because=("kind",),
        )
