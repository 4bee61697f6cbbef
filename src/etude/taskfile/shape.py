"""From plain values to a ``Task``: the records' own validation, told as problems with lines.

The schema lives once, in ``etude.records.task``; this file walks what pydantic found and puts it in
plain words. It knows nothing of rules between fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from etude.errors import Problem
from etude.records.task import Task
from etude.taskfile.defaults import with_kind
from etude.taskfile.nodes import Document, Where
from etude.taskfile.words import did_you_mean, listed, shown

_EXPECTED: dict[str, str] = {
    "task": "a short name, such as `task: support-triage`",
    "kind": "what sort of task it is, such as `kind: classify`",
    "data": "a section with at least `examples: data/file.csv`",
    "data.examples": "the file with the examples, such as `examples: data/messages.csv`",
    "data.input": "a column, a list of columns, or a template in quotes with {{column}}",
    "labels": "`name: what it means` lines, or a list of names",
    "schema": "a JSON Schema",
    "checks": "a list of checks, each `{type: …, value: …}`",
    "models": "a list, such as `models: [builtin:minilm]`",
    "ladder": "a list, such as `ladder: [prompt, probe, finetune]`",
    "behaviour": "a section such as `behaviour: {cases: behaviour/cases.yaml}`",
    "behaviour.cases": "a file with cases, or a list of files",
    "behaviour.leave_out": "a suite and why it does not fit, such as `padding: nobody greets here`",
    "behaviour.gates": "a suite and the share that may fail for each, such as `injection: 0.02`",
    "judge": "a section with `model` and `criteria`",
    "judge.model": "a model's name, or `openai: {base_url: …, model: …}`",
    "judge.pairs": "true or false",
    "judge.criteria": 'a name and a question for each, such as `polite: "Is the answer polite?"`',
    "improve": "a section such as `improve: {requests: 400}`",
    "improve.requests": "how many requests one search may take, such as `requests: 400`",
    "improve.by": "an endpoint of `models` by name, or `openai: {base_url: …, model: …}`",
    "bar.hand_over": "a section such as `hand_over: {precision: 0.98}`",
    "precision": "the share of its own answers that must be right, such as `precision: 0.98`",
    "base_url": "the address of the endpoint, such as http://localhost:8000/v1",
    "model": "the model's name at the endpoint",
}
_WORDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def validate(
    document: Document, labels: dict[str, str] | None
) -> tuple[Task | None, list[Problem]]:
    """The task, or None and everything that has the wrong name, type or size.

    Args:
        document: the file; empty values count as not written.
        labels: the labels as ``etude.taskfile.labels`` read them.
    """
    values = with_kind(_without_empty(document.values, Task))
    values.pop("labels", None)
    if labels is not None:
        values["labels"] = labels
    if isinstance(values.get("models"), list):
        values["models"] = [_model(entry) for entry in values["models"]]
    if isinstance(judge := values.get("judge"), dict) and "model" in judge:
        values["judge"] = {**judge, "model": _model(judge["model"])}
    if isinstance(improve := values.get("improve"), dict) and "by" in improve:
        values["improve"] = {**improve, "by": _by(improve["by"], values.get("models"))}
    try:
        task = Task.model_validate(values)
    except ValidationError as error:
        found = {_place(item, document): item for item in reversed(error.errors())}
        return None, [_problem(item, place, document) for place, item in found.items()]
    endless = [where for where, number in _numbers((), task) if not math.isfinite(number)]
    problems = [document.problem(where, "found no finite number", "a number") for where in endless]
    return (None if problems else task), problems


def names_at(where: Where) -> list[str]:
    """The keys a person may write in the section at ``where``; none where there is no section."""
    model = _model_at(where)
    if model is None:
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _without_empty(values: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Without the known keys that have no value: an emptied line means the default."""
    inner = {
        info.alias or name: _sections(info.annotation) for name, info in model.model_fields.items()
    }
    kept = {}
    for key, value in values.items():
        if value is None and key in inner:
            continue
        section = inner.get(key) or []
        kept[key] = (
            _without_empty(value, section[0]) if section and isinstance(value, dict) else value
        )
    return kept


def _model(entry: Any) -> Any:
    """An entry of ``models`` in the shape of the record; what it is not is kept to be refused."""
    if isinstance(entry, str):
        return {"name": entry}
    if isinstance(entry, dict) and isinstance(entry.get("openai"), dict):
        settings = {key: value for key, value in entry["openai"].items() if value is not None}
        return {"name": f"openai:{settings.get('model')}", "openai": settings}
    return {"name": "refused by the rules"}


def _by(entry: Any, models: Any) -> Any:
    """The model of ``improve.by``: a name stands for that entry of ``models``."""
    found = _model(entry)
    known = models if isinstance(models, list) else []
    return next((one for one in known if one.get("name") == found["name"]), found)


def _sections(annotation: Any) -> list[type[BaseModel]]:
    """The records in an annotation such as ``Split | None`` or ``tuple[ModelRef, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for inner in get_args(annotation) for found in _sections(inner)]


def _model_at(where: Sequence[str | int]) -> type[BaseModel] | None:
    model: type[BaseModel] = Task
    for part in where:
        if isinstance(part, int):
            continue
        info = model.model_fields.get(part)
        sections = _sections(info.annotation) if info else []
        if not sections:
            return None
        model = sections[0]
    return model


def _numbers(where: Where, record: BaseModel) -> Iterator[tuple[Where, float]]:
    for name, value in record:
        if isinstance(value, BaseModel):
            yield from _numbers((*where, name), value)
        elif isinstance(value, float):
            yield (*where, name), value
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _numbers((*where, name, index), item)


def _place(item: ErrorDetails, document: Document) -> Where:
    """The field a finding is about: its way, without the names that pydantic gives to unions."""
    where: Where = ()
    for part in item["loc"]:
        known = (*where, part) in document.lines or part in names_at(where)
        if isinstance(part, int) or known:
            where = (*where, part)
    return where


def _problem(item: ErrorDetails, where: Where, document: Document) -> Problem:
    kind, context = item["type"], item.get("ctx", {})
    last = str(where[-1]) if where else ""
    dotted_name = ".".join(str(part) for part in where if not isinstance(part, int))
    known = _EXPECTED.get(dotted_name) or (_EXPECTED.get(last) if len(where) > 2 else None)
    value = document.get(*where)
    if kind == "missing":
        return document.problem(where, "is missing", known)
    if kind == "extra_forbidden":
        return _unknown_key(where, document)
    if kind == "literal_error":
        choices = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        hint = did_you_mean(value, choices) if isinstance(value, str) else None
        return document.problem(where, f"found {shown(value)}", listed(choices), hint)
    if kind.startswith(("float", "int", "greater", "less")):
        return document.problem(
            where, f"found {shown(value)}", _range(where), _as_written(where, value)
        )
    if kind == "string_too_long":
        return document.problem(
            where, f"has {len(value)} characters", f"at most {context['max_length']}"
        )
    if kind == "tuple_type":
        hint = f"write [{value}]" if isinstance(value, str) else None
        return document.problem(where, f"found {shown(value)}", known or "a list", hint)
    if kind in ("model_type", "dict_type"):
        expected = known or "a section of `key: value` lines"
    else:
        expected = known or "text"
    return document.problem(where, f"found {shown(value)}", expected)


def _unknown_key(where: Where, document: Document) -> Problem:
    key, names = str(where[-1]), names_at(where[:-1])
    hint = did_you_mean(key, names)
    if hint is None or key in _every_name():
        homes = [home for home in _every_name().get(key, []) if home != ".".join(map(str, where))]
        hint = f"it belongs at {homes[0]}" if homes else hint
    return document.problem(where, "unknown key", f"one of {', '.join(names)}", hint)


def _every_name() -> dict[str, list[str]]:
    """Every key of every section, with the dotted places where it is right."""
    places: dict[str, list[str]] = {}
    sections: list[Where] = [
        (),
        ("data",),
        ("data", "split"),
        ("bar",),
        ("bar", "hand_over"),
        ("economics",),
        ("training",),
        ("advice",),
        ("boundaries",),
        ("behaviour",),
        ("improve",),
    ]
    for section in sections:
        for name in names_at(section):
            places.setdefault(name, []).append(".".join(map(str, (*section, name))))
    return places


def _range(where: Where) -> str:
    """The numbers a field takes: "a number above 0 and below 0.5"."""
    model = _model_at(where[:-1])
    info = model.model_fields.get(str(where[-1])) if model else None
    limits = [
        f"{words} {getattr(limit, key):g}"
        for limit in (info.metadata if info else [])
        for key, words in _WORDS.items()
        if hasattr(limit, key)
    ]
    noun = "a whole number" if _is_whole(where) else "a number"
    return " ".join([noun, " and ".join(limits)]).strip()


def _is_whole(where: Where) -> bool:
    model = _model_at(where[:-1])
    info = model.model_fields.get(str(where[-1])) if model else None
    return info is not None and info.annotation is int


def _as_written(where: Where, value: Any) -> str | None:
    """The hint for percentages, where a share may stand, and for numbers with a comma."""
    text = str(value).strip()
    number = text.removesuffix("%").strip()
    try:
        share = float(number) / 100
    except ValueError:
        plain = text.replace(",", "")
        return f"write {plain}, without commas" if plain.isdigit() and plain != text else None
    percentage = not _is_whole(where) and 0 < share <= 1 and share * 100 > 1
    return f"{number} % is written {share:g}" if percentage else None
