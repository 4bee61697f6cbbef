"""The rules for ``models`` and for secrets: endpoints that can be called, no key in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from etude.errors import Problem
from etude.records.task import Task
from etude.registry import nearest
from etude.taskfile.addresses import secret_in
from etude.taskfile.nodes import Document, Where
from etude.taskfile.words import did_you_mean, listed, looks_like_a_key, shown

_ENTRY = "a model's name, or `openai: {base_url: …, model: …}`"
_KEY_ENV = "api_key_env: the NAME of an environment variable that holds it"
_BUILTIN = "builtin:"
BUILTINS = ("minilm", "starter")
"""The names of ``etude.models.builtin``, which stands above this layer; a test compares them."""
_LOCAL = ("localhost", "127.0.0.1", "::1")


def check(document: Document) -> list[Problem]:
    """Every rule about models and keys that is broken."""
    models = document.get("models")
    problems = list(_keys(document))
    if isinstance(models, list):
        if not models:
            problems.append(document.problem(("models",), "found an empty list", _ENTRY))
        for index, entry in enumerate(models):
            problems += entry_problems(entry, ("models", index), document)
        problems += _repeated(models, document)
    return problems


def entry_problems(entry: Any, where: Where, document: Document) -> Iterator[Problem]:
    """What is wrong with one model of the file."""
    if isinstance(entry, str):
        yield from _builtin(entry, where, document)
        return
    if not isinstance(entry, dict):
        yield document.problem(where, f"found {shown(entry)}", _ENTRY)
        return
    for key, value in entry.items():
        if key != "openai":
            joined = key == "builtin" and isinstance(value, str)
            hint = (
                f"write builtin:{value} without a space"
                if joined
                else did_you_mean(key, ["openai"])
            )
            yield document.problem((*where, key), "unknown key", _ENTRY, hint)
    settings = entry.get("openai")
    if "openai" in entry and not isinstance(settings, dict):
        yield document.problem(
            (*where, "openai"), f"found {shown(settings)}", "a section with base_url and model"
        )
    if isinstance(settings, dict):
        yield from _endpoint(settings, (*where, "openai"), document)


def _builtin(name: str, where: Where, document: Document) -> Iterator[Problem]:
    known = [_BUILTIN + builtin for builtin in BUILTINS]
    if name.startswith(_BUILTIN) and name not in known:
        near = nearest(name, known)
        yield document.problem(
            where,
            f"there is no builtin model {shown(name)}",
            listed(known),
            f"did you mean {near!r}?" if near else None,
        )


def _endpoint(settings: dict[str, Any], where: Where, document: Document) -> Iterator[Problem]:
    url, variable = settings.get("base_url"), settings.get("api_key_env")
    if isinstance(url, str):
        place, expected = (*where, "base_url"), "an address such as https://api.example.com/v1"
        try:
            parts = urlsplit(url.strip())
            usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            usable = False
        secret = secret_in(url)
        if secret is not None:
            yield document.problem(place, f"{secret} is written in the address", _KEY_ENV)
        elif not usable:
            yield document.problem(place, f"found {shown(url)}", expected)
    if isinstance(variable, str) and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        # Not quoted: it may be the key itself.
        yield document.problem(
            (*where, "api_key_env"),
            "is not the name of a variable",
            "a name such as OPENAI_API_KEY, never the key itself",
        )
    if "api_key" in settings and not _is_key((*where, "api_key"), str(settings["api_key"])):
        yield document.problem((*where, "api_key"), "a key does not belong in the file", _KEY_ENV)


def _repeated(models: list[Any], document: Document) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(models):
        name = model_name(entry)
        if name is None:
            continue
        if name in first:
            line = document.line(("models", first[name]))
            yield document.problem(
                ("models", index),
                f"{shown(name)} is there twice",
                f"each model once; the first is in line {line}",
            )
        first.setdefault(name, index)


def model_name(entry: Any) -> str | None:
    """The name a model goes by: itself, or ``openai:`` and the model's name at the endpoint."""
    if isinstance(entry, str):
        return entry
    settings = entry.get("openai") if isinstance(entry, dict) else None
    model = settings.get("model") if isinstance(settings, dict) else None
    return f"openai:{model}" if isinstance(model, str) else None


def _keys(document: Document) -> Iterator[Problem]:
    for where, text in document.texts():
        if _is_key(where, text):
            yield document.problem(
                where,
                "a secret key is written in the file",
                _KEY_ENV,
                "take it out and make a new one: whoever has the file has the key",
            )


def _is_key(where: Where, text: str) -> bool:
    return looks_like_a_key(text) or (
        where[0] in ("models", "judge", "improve") and text.startswith("sk-")
    )


def model_warnings(task: Task) -> list[str]:
    """What is allowed and still worth a word."""
    warnings = []
    judge = (task.judge.model,) if task.judge is not None else ()
    by = task.improve.by if task.improve is not None else None
    # One that is named twice is warned of once.
    others = (by,) if by is not None and by not in task.models else ()
    for model in (*task.endpoints, *judge, *others):
        endpoint = model.openai
        if endpoint is None:
            continue
        parts = urlsplit(endpoint.base_url)
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            warnings.append(f"{model.name}: rows travel unencrypted to {parts.hostname} (http)")
        if endpoint.price_in == 0 == endpoint.price_out and parts.hostname not in _LOCAL:
            warnings.append(f"{model.name}: no prices are written, so its requests count as free")
    return warnings
