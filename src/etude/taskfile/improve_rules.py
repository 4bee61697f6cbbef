"""The rules for ``improve``: who rewrites the instructions, and that the budget can be held."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from etude.errors import Problem
from etude.taskfile.model_rules import entry_problems, model_name
from etude.taskfile.nodes import Document
from etude.taskfile.words import listed, shown

_PRICES = ("price_in", "price_out")


def check(document: Document) -> list[Problem]:
    """Every rule about improving the instructions that is broken."""
    improve = document.get("improve")
    if not isinstance(improve, dict):
        return []
    models = document.get("models")
    endpoints = {
        str(model_name(one)): one
        for one in (models if isinstance(models, list) else [])
        if isinstance(one, dict) and isinstance(one.get("openai"), dict)
    }
    if not endpoints:
        return [
            document.problem(
                ("improve",),
                "no endpoint is among the models",
                "an endpoint in `models`, whose instructions are improved",
                "a model on this machine has a small search of its own: take the section out",
            )
        ]
    by = improve.get("by")
    problems = list(_by(by, endpoints, document))
    paid = [*endpoints.values(), by if isinstance(by, dict) else {}]
    if improve.get("money") is not None and not any(map(_priced, paid)):
        problems.append(
            document.problem(
                ("improve", "money"),
                "no price is written, so nothing would count against it",
                "price_in and price_out of the endpoint",
            )
        )
    return problems


def _by(by: Any, endpoints: dict[str, Any], document: Document) -> Iterator[Problem]:
    where = ("improve", "by")
    if by is None:
        return
    if not isinstance(by, str):
        yield from entry_problems(by, where, document)
        return
    if by not in endpoints:
        yield document.problem(
            where,
            f"{shown(by)} is no endpoint of this file",
            f"{listed(list(endpoints))}, or `openai: {{base_url: …, model: …}}`",
        )


def _priced(model: Any) -> bool:
    settings = model.get("openai") if isinstance(model, dict) else None
    return isinstance(settings, dict) and any(settings.get(name) for name in _PRICES)
