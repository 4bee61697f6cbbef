"""Names inside sentences, by Microsoft Presidio (MIT) where it and a spaCy model are installed.

``pip install 'etude[audit]'`` and ``python -m spacy download en_core_web_lg``. The language models
could not be had where this was written: the loader is tested with an object of Presidio's shape,
and how well it finds names has not been measured. It takes some milliseconds a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec
from typing import Protocol, cast

from etude.errors import MissingDependency
from etude.privacy._base import Place, Recogniser, Sort
from etude.privacy.sorts import NAME, NATIONAL_ID

MODELS = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")
"""spaCy's English models, the best first."""
PACKAGE = "presidio-analyzer"
_DOWNLOAD = f"python -m spacy download {MODELS[0]}"
_ENTITIES: dict[str, tuple[Sort, str]] = {
    "PERSON": (NAME, "person's name (by Presidio)"),
    "US_DRIVER_LICENSE": (NATIONAL_ID, "US driver's licence (by Presidio)"),
    "US_ITIN": (NATIONAL_ID, "US taxpayer number (by Presidio)"),
}
_LEAST = 0.6
"""Presidio's own score below which a place is left out; its names score 0.85."""


class Result(Protocol):
    """``presidio_analyzer.RecognizerResult``."""

    entity_type: str
    start: int
    end: int
    score: float


Analyze = Callable[[str], Iterable[Result]]


def installed() -> str | None:
    """The spaCy model to be used; None: Presidio or every model is missing."""
    if find_spec("presidio_analyzer") is None:
        return None
    return next((model for model in MODELS if find_spec(model) is not None), None)


def missing() -> tuple[str, str] | None:
    """Why names inside sentences are not looked for here, and what to type; None: they are."""
    if installed() is not None:
        return None
    if find_spec("presidio_analyzer") is None:
        install = (
            f"pip install 'etude[audit]', then {_DOWNLOAD}, for the extra has no language model"
        )
        return "Presidio is not installed", install
    return "Presidio has no English language model, which is no part of the extra", _DOWNLOAD


def state() -> str:
    """Names what finds names: the versions of Presidio, of spaCy and of its model; "" where they are
    not used."""
    model = installed()
    if model is None:
        return ""
    return " ".join(f"{name} {_version(name)}" for name in (PACKAGE, "spacy", model))


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:  # a model that was put there by hand
        return "unknown"


def load(model: str | None = None) -> tuple[Recogniser, ...]:
    """Presidio's recognisers of what has no form.

    Args:
        model: a spaCy model; None: the best that is installed.

    Raises:
        MissingDependency: Presidio or the model is not installed; the error says what to type.
    """
    chosen = model or installed()
    if find_spec("presidio_analyzer") is None or chosen is None:
        raise MissingDependency(
            "names inside sentences need Presidio and a spaCy model, which are not installed",
            hint=f"pip install 'etude[audit]' && python -m spacy download {model or MODELS[0]}",
        )
    return recognisers_of(_engine(chosen))


def recognisers_of(analyze: Analyze) -> tuple[Recogniser, ...]:
    """A recogniser for each sort, which share one look at a text."""

    @lru_cache(maxsize=64)
    def results(text: str) -> tuple[Result, ...]:
        return tuple(analyze(text))

    return tuple(
        Recogniser(sort, title, (r"[A-Z0-9]",), _finder(results, entity))
        for entity, (sort, title) in _ENTITIES.items()
    )


def _finder(
    results: Callable[[str], tuple[Result, ...]], entity: str
) -> Callable[[str], Iterable[Place]]:
    def find(text: str) -> Iterator[Place]:
        for result in results(text):
            if result.entity_type == entity and result.score >= _LEAST:
                yield Place(result.start, result.end, min(1.0, result.score))

    return find


def _engine(model: str) -> Analyze:
    """Presidio's engine on a spaCy model (``AnalyzerEngine``, ``NlpEngineProvider`` of 2.2)."""
    provider = import_module("presidio_analyzer.nlp_engine").NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": model}],
        }
    )
    engine = import_module("presidio_analyzer").AnalyzerEngine(
        nlp_engine=provider.create_engine(), supported_languages=["en"]
    )

    def analyze(text: str) -> Iterable[Result]:
        entities = list(_ENTITIES)
        return cast("Iterable[Result]", engine.analyze(text=text, language="en", entities=entities))

    return analyze
