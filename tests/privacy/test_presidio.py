"""The loader of Presidio, with objects of its shape: its language models could not be had here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest

from etude.audit.private import AUDIT
from etude.errors import MissingDependency
from etude.privacy import matches, presidio


@dataclass
class RecognizerResult:
    entity_type: str
    start: int
    end: int
    score: float


class AnalyzerEngine:
    def __init__(self, nlp_engine: Any, supported_languages: list[str]) -> None:
        assert nlp_engine == "engine of en_core_web_sm"
        assert supported_languages == ["en"]

    def analyze(self, text: str, language: str, entities: list[str]) -> list[RecognizerResult]:
        assert language == "en"
        assert "PERSON" in entities
        at = text.find("Anna Schmidt")
        weak = RecognizerResult("PERSON", 0, 2, 0.3)
        return [weak] + ([RecognizerResult("PERSON", at, at + 12, 0.85)] if at >= 0 else [])


class NlpEngineProvider:
    def __init__(self, nlp_configuration: dict[str, Any]) -> None:
        self.model = nlp_configuration["models"][0]["model_name"]

    def create_engine(self) -> str:
        return f"engine of {self.model}"


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    package, inner = ModuleType("presidio_analyzer"), ModuleType("presidio_analyzer.nlp_engine")
    package.AnalyzerEngine = AnalyzerEngine  # type: ignore[attr-defined]
    inner.NlpEngineProvider = NlpEngineProvider  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "presidio_analyzer", package)
    monkeypatch.setitem(sys.modules, "presidio_analyzer.nlp_engine", inner)
    monkeypatch.setattr(
        presidio, "find_spec", lambda name: name in ("presidio_analyzer", "en_core_web_sm") or None
    )


def test_without_presidio_the_error_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio, "find_spec", lambda name: None)
    assert presidio.installed() is None
    with pytest.raises(MissingDependency, match="python -m spacy download en_core_web_lg"):
        presidio.load()


def test_what_is_missing_and_what_to_type_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio, "find_spec", lambda name: None)
    assert presidio.state() == ""
    [(what, why)] = AUDIT.unlooked()
    assert "names" in what
    assert why.startswith(
        "Presidio is not installed: pip install 'etude[audit]', then python -m spacy"
    )
    monkeypatch.setattr(presidio, "find_spec", lambda name: name == "presidio_analyzer" or None)
    [(_, why)] = AUDIT.unlooked()
    assert why.endswith("no part of the extra: python -m spacy download en_core_web_lg")


@pytest.mark.usefixtures("_installed")
def test_with_presidio_what_was_found_without_it_counts_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert list(AUDIT.unlooked()) == []
    versions = {"presidio-analyzer": "2.2.1", "spacy": "3.7.0"}

    def version(name: str) -> str:
        if name not in versions:
            raise metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(metadata, "version", version)
    before = AUDIT.state()
    assert presidio.state() == "presidio-analyzer 2.2.1 spacy 3.7.0 en_core_web_sm unknown"
    versions["en_core_web_sm"] = "3.7.1"
    assert AUDIT.state() != before


@pytest.mark.usefixtures("_installed")
def test_names_inside_sentences_come_from_presidio() -> None:
    assert presidio.installed() == "en_core_web_sm"
    text = "I think Anna Schmidt knows."
    assert matches(text) == ()
    found = matches(text, presidio.load())
    assert [(m.sort.tag, text[m.start : m.end], m.title) for m in found] == [
        ("NAME", "Anna Schmidt", "person's name (by Presidio)")
    ]
