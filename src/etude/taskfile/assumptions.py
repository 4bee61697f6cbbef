"""What was assumed: one sentence in plain words for every default that nobody wrote.

It knows the fields of a task by name; the values come from the task itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from etude.records.task import Assumption, Task

SENTENCES: dict[str, str] = {
    "labels": "the labels are those found in the data",
    "stakes": "the stakes are {value}",
    "data.input": "the input column is found by its name",
    "data.target": "the column with the right answers is found by its name",
    "data.id": "a row is known by its text, so it stays on its side when the file is reordered",
    "data.group": "the rows are independent of one another, but for copies of one text",
    "data.split": "examples are kept aside by size: below about 2,000 every one is used in turn",
    "data.split.dev": "{value} of the examples are used to choose settings",
    "data.split.holdout": "{value} of the examples are kept aside for the last comparison",
    "data.rights": "nobody has said who owns the examples",
    "bar.metric": "answers are measured by {value}",
    "bar.at_least": "no minimum: the best way counts as good enough",
    "bar.margin": "a gain of {value} is the smallest worth having",
    "bar.p95_ms": "no limit on the time an answer takes",
    "bar.max_cost_per_1000": "no limit on what 1,000 answers cost",
    "bar.hand_over.confidence": "that what it answers alone is right often enough must be {value} sure",
    "economics.requests_per_month": "{value} requests a month",
    "economics.minutes_to_fix": "{value} minutes to fix an error",
    "economics.minutes_per_handover": "{value} minutes for a request handed to a person",
    "economics.hourly_rate": "a person's hour costs {value} {currency}",
    "economics.hours_to_collect": "{value} hours to collect examples that are not there yet, "
    "none for those that are",
    "economics.upkeep_hours_per_month": "{value} hours of upkeep a month",
    "economics.machine_per_hour": "a machine's hour costs {value} {currency}",
    "economics.horizon_months": "costs are counted over {value} months",
    "economics.currency": "money is in {value}",
    "improve.money": "no limit on what a search for better instructions costs but its requests",
    "improve.by": "instructions are rewritten by the model that answers",
    "models": "the models are {value}",
    "ladder": "the ways that are tried: {value}",
    "openai.api_key_env": "the endpoint asks for no key",
    "openai.price_in": "a million tokens sent costs {value} {currency}",
    "openai.price_out": "a million tokens answered costs {value} {currency}",
    "openai.spend_limit": "no limit on what is spent at the endpoint",
    "openai.concurrency": "{value} requests at a time",
    "openai.timeout_s": "{value} seconds until a request counts as failed",
    "openai.max_retries": "{value} tries more when a request fails",
}
QUIET = frozenset(
    {
        # Things that are simply not there; nothing was decided in anyone's name.
        "instructions",
        "schema",
        "checks",
        "judge",
        "judge.pairs",
        "improve",
        "openai",
        "openai.window",
        "boundaries",
        "data.holdout",
        "data.shape",
        "data.context",
        "data.knowledge",
        "data.preferences",
        "boundaries.hand_over",
        "boundaries.refuse",
        "boundaries.examples",
        "boundaries.phrases",
        "bar.hand_over",
        "bar.hand_over.ask_again",
        "behaviour.cases",
        "behaviour.gates",
        "behaviour.leave_out",
        # Sections whose fields have sentences of their own.
        "bar",
        "behaviour",
        "economics",
    }
)


def assumptions(task: Task, written: frozenset[str], file_name: str) -> tuple[Assumption, ...]:
    """The defaults that were not written, in the order of the fields.

    Args:
        task: the task, with defaults filled in.
        written: dotted fields that the file has.
        file_name: named in the sentences.
    """
    return tuple(
        _assumption(field, key, value, task, file_name)
        for field, key, value in _defaults(task, "")
        if field not in written
        # How a model is trained is chosen on dev and shown with the candidate; what nobody said for
        # the advice is unknown, and nothing is assumed in its place.
        and not field.startswith(("training", "advice"))
        and key not in QUIET
        # A holdout of one's own says how the examples are kept aside.
        and not (key == "data.split" and task.data.holdout is not None)
        and not (key == "data.split.holdout" and task.data.holdout is not None)
    )


def _defaults(record: BaseModel, prefix: str) -> Iterator[tuple[str, str, Any]]:
    """Every field that has a default: where it is, the key of its sentence, and its value."""
    for name, info in type(record).model_fields.items():
        value = getattr(record, name)
        field = f"{prefix}{info.alias or name}"
        key = re.sub(r"(models\[\d+\]|judge\.model|improve\.by)\.", "", field)
        if not info.is_required():
            yield field, key, value
        if isinstance(value, BaseModel):
            yield from _defaults(value, f"{field}.")
    if isinstance(record, Task):
        for index, model in enumerate(record.models):
            if model.openai is not None:
                yield from _defaults(model.openai, f"models[{index}].openai.")


def _assumption(field: str, key: str, value: Any, task: Task, file_name: str) -> Assumption:
    text = _text(value)
    words = SENTENCES[key].format(value=text, currency=task.economics.currency)
    words = re.sub(r"\b1 (minute|hour|second|month|request)s\b", r"1 \1", words)
    sentence = f"{words}; change {field} in {file_name}"
    return Assumption(field=field, value=text, sentence=sentence)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool | int | float):
        return f"{value:,g}" if value < 1e6 else f"{value:,.0f}"
    if isinstance(value, tuple):
        return ", ".join(getattr(item, "name", str(item)) for item in value)
    return str(value)
