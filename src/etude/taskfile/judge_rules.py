"""The rules for ``judge``: questions that yes or no answers, and a model of another family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from etude.errors import Problem
from etude.records.task import FREE, Task
from etude.taskfile.model_rules import entry_problems, model_name
from etude.taskfile.nodes import Document
from etude.taskfile.words import listed, shown

_ENCODERS = ("builtin:minilm",)
_QUESTION = 'a question that yes or no answers, yes being good: `polite: "Is the answer polite?"`'


def check(document: Document) -> list[Problem]:
    """Every rule about the judge that is broken."""
    judge = document.get("judge")
    if judge is None:
        return list(_missing(document))
    problems = list(_kind(document))
    if isinstance(judge, dict):
        problems += _model(judge.get("model"), document)
        problems += _criteria(judge.get("criteria"), document)
    return problems


def _missing(document: Document) -> Iterator[Problem]:
    if document.get("bar", "metric") == "judge" and document.get("kind") in FREE:
        yield document.problem(
            ("judge",),
            "is missing, and bar.metric says that a model judges",
            'judge: {model: …, criteria: {polite: "Is the answer polite?"}}',
            because=("bar", "metric"),
        )


def _kind(document: Document) -> Iterator[Problem]:
    kind = document.get("kind")
    if isinstance(kind, str) and kind not in FREE:
        yield document.problem(
            ("judge",),
            f"a task of kind {kind!r} needs no judge: its answers can be counted",
            f"a judge for {listed(FREE)}",
            "take the section out",
        )


def _model(entry: Any, document: Document) -> Iterator[Problem]:
    where = ("judge", "model")
    if entry is None:
        return
    yield from entry_problems(entry, where, document)
    name = model_name(entry)
    if name in _ENCODERS:
        yield document.problem(where, f"{name} reads and does not answer", "a model that writes")
    models = document.get("models")
    taking_part = [model_name(one) for one in models] if isinstance(models, list) else []
    if name is not None and name in taking_part:
        yield document.problem(
            where,
            f"{shown(name)} is one of the models that it would judge",
            "a model of another family, for a model likes its own answers best",
            f"name another here, or take {name} out of models",
        )


def _criteria(criteria: Any, document: Document) -> Iterator[Problem]:
    if not isinstance(criteria, dict):
        return
    if not criteria:
        yield document.problem(("judge", "criteria"), "has no question", _QUESTION)
    for name, question in criteria.items():
        where = ("judge", "criteria", name)
        if not isinstance(question, str) or not question.strip():
            yield document.problem(where, f"found {shown(question)}", _QUESTION)
        elif not question.strip().endswith("?"):
            yield document.problem(
                where, f"found {shown(question)}, which asks nothing", _QUESTION, "end it with ?"
            )


def family(name: str) -> str:
    """What models of one maker's line are called alike: ``gpt`` of ``openai:gpt-4o-mini``, ``qwen`` of
    ``Qwen/Qwen2.5-7B-Instruct``."""
    last = re.split(r"[/:]", name.strip().rstrip("/"))[-1].casefold()
    found = re.match(r"[^\W\d_]+", last)
    return found[0] if found else last


def judge_warnings(task: Task) -> list[str]:
    """What is allowed and still worth a word."""
    if task.judge is None:
        return []
    name = task.judge.model.name
    like = [model.name for model in task.models if family(model.name) == family(name)]
    if not like:
        return []
    return [
        f"{name} seems to be of the same family as {listed(like)}, which it judges: a model likes "
        "answers like its own. Name a judge of another family where you can"
    ]
