"""From a reference in the task file to a model, and what this machine could load at all.

``openai`` set → an endpoint; ``backend:rest`` → that backend; anything else → transformers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from importlib.util import find_spec

from etude.errors import EtudeError
from etude.models._base import Model, ResponseCache
from etude.models.builtin import BUILTINS, find_folder, verify
from etude.records.task import ModelRef
from etude.registry import Registry

_SERVICES = ("embeddings", "generation", "opening")


class _Backends(Registry):
    """The public files of this folder, less those that serve other stages."""

    @cached_property
    def _places(self) -> dict[str, str | metadata.EntryPoint]:
        found = super()._places
        return {name: place for name, place in found.items() if name not in _SERVICES}


BACKENDS = _Backends("etude.models", "BACKEND", "model backend")


def backend_of(reference: ModelRef) -> str:
    """The name of the backend that opens this reference."""
    if reference.openai is not None:
        return "openai"
    prefix, colon, _ = reference.name.partition(":")
    return prefix if colon and prefix in BACKENDS else "transformers"


def open_model(reference: ModelRef, cache: ResponseCache | None = None) -> Model:
    """The model of a reference; weights load on first use.

    Args:
        reference: one entry of the task's ``models``.
        cache: where an endpoint's responses are kept; None asks again every time.

    Raises:
        ModelError: it can't be had; the error says what to install or to set.
        UnknownName: no builtin of this name.
    """
    backend = BACKENDS.load(backend_of(reference))
    model: Model = backend.open(reference, cache)
    return model


@dataclass(frozen=True)
class Availability:
    """One kind of model for ``etude doctor``: whether it can be loaded here, else how to."""

    name: str
    ready: bool
    sentence: str
    hint: str | None = None


def describe() -> list[Availability]:
    """What can be loaded on this machine and what is missing; nothing is downloaded."""
    return [
        *(_builtin(name) for name in BUILTINS),
        _library(
            "other encoders",
            ("transformers", "huggingface_hub"),
            "local folders and Hugging Face hub models",
            "BERT folders work without it; for the others: pip install transformers",
        ),
        _library(
            "language models",
            ("transformers", "llguidance"),
            "local folders and Hugging Face hub models that write, JSON under a schema too",
            "pip install transformers llguidance",
        ),
        _library("adapters", ("peft",), "LoRA for language models", "pip install 'etude[lora]'"),
        _library("endpoints", ("openai",), "any OpenAI-compatible endpoint", "pip install openai"),
        _library(
            "better instructions",
            ("gepa",),
            "an endpoint's instructions rewritten by a model (improve in etude.yaml)",
            "pip install 'etude[improve]'",
        ),
    ]


def _builtin(name: str) -> Availability:
    builtin = BUILTINS[name]
    full = f"builtin:{name}"
    try:
        folder = find_folder(builtin, download=False)
        verify(builtin, folder)
    except EtudeError as error:
        return Availability(full, False, error.found, error.hint)
    return Availability(full, True, f"{builtin.sentence}; verified in {folder}")


def _library(name: str, packages: tuple[str, ...], what: str, hint: str) -> Availability:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        return Availability(name, False, f"{what}: {' and '.join(missing)} not installed", hint)
    return Availability(name, True, what)
