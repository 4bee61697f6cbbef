"""The loop on the model that people use: a folder of transformers, tuned, opened, and asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.training.lm.loop import train
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preflight import preflight
from etude.training.lm.settings import LmSettings
from tests.models._causal_folders import write_causal

SETTINGS = LmSettings(learning_rate=1e-2, epochs=40, batch_size=4, precision="fp32", patience=9)
SAID = {"red": "one", "blue": "two", "green": "three", "white": "four"}


def asked(word: str) -> tuple[Message, ...]:
    return (Message("system", "Say the number."), Message("user", word))


@pytest.mark.parametrize("method", ["full", "lora"])
def test_a_tuned_model_answers_as_it_was_taught_and_stops(tmp_path: Path, method: str) -> None:
    source = CausalModel("tiny", write_causal(tmp_path / "base"))
    form = source.format
    pairs = [TokenPair(form.prompt_ids(asked(w)), form.target_ids(r)) for w, r in SAID.items()]
    settings = replace(SETTINGS, method=method)
    found = preflight(source, pairs, [], settings, timed=True)
    assert found.fits
    assert found.samples[0].target in SAID.values()
    result = train(source, pairs, pairs, settings, tmp_path / "work")
    tuned = source.tuned(result.folder)
    answers = tuned.complete([ChatRequest(asked(word), max_tokens=20) for word in SAID])
    assert [(answer.text, answer.finish_reason) for answer in answers] == [
        (reply, "stop") for reply in SAID.values()
    ]
