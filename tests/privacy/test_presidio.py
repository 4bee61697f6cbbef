"""The loader of Presidio, with objects of its shape: its language models could not be had here."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

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


@pytest.mark.usefixtures("_installed")
def test_names_inside_sentences_come_from_presidio() -> None:
    assert presidio.installed() == "en_core_web_sm"
    text = "I think Anna Schmidt knows."
    assert matches(text) == ()
    found = matches(text, presidio.load())
    assert [(m.sort.tag, text[m.start : m.end], m.title) for m in found] == [
        ("NAME", "Anna Schmidt", "person's name (by Presidio)")
    ]
