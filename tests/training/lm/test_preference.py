"""DPO and KTO move a tuned model towards what people prefer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from etude.errors import MissingDependency, TrainingError
from etude.training.lm import checkpoints, preference
from etude.training.lm.loop import train
from etude.training.lm.preference import (
    Preference,
    PreferenceResult,
    PreferenceSettings,
    Verdict,
    prefer,
)
from etude.training.lm.preference_checkpoints import PreferenceCheckpoints
from tests.training.lm._tiny import SETTINGS, TinySource, ToyFormat, pairs

HASTY = PreferenceSettings(learning_rate=3e-3, epochs=3, precision="fp32")


class TinyBase(TinySource):
    """Opens adapters too."""

    def tuned(self, folder: Path) -> TinySource:
        if not (folder / "adapter_config.json").is_file():
            return super().tuned(folder)
        made = TinyBase(self.config, self.window)
        import peft

        base = self.load_module()
        merged = peft.PeftModel.from_pretrained(base, folder).merge_and_unload()
        made.load_module = lambda: merged  # type: ignore[method-assign]
        return made


def preferences(count: int) -> list[Preference]:
    """Answers in small letters are better than the capitals that were learned."""
    form, made = ToyFormat(), []
    for pair in pairs(count):
        word = form.decode(pair.target)
        made.append(Preference(pair.prompt, form.target_ids(word.lower()), pair.target))
    return made


def margin(source: TinySource, examples: Sequence[Preference]) -> float:
    """Mean difference of log-probabilities, better minus worse."""
    module = source.load_module().eval()

    def score(prompt: Any, answer: Any) -> float:
        ids = torch.from_numpy(np.concatenate([prompt, answer])[None].astype(np.int64))
        with torch.no_grad():
            logs = module(ids).logits.log_softmax(-1)[0]
        places = range(len(prompt) - 1, ids.shape[1] - 1)
        return sum(float(logs[place, ids[0, place + 1]]) for place in places)

    return float(
        np.mean([score(e.prompt, e.chosen) - score(e.prompt, e.rejected) for e in examples])
    )


@pytest.mark.parametrize("method", ["full", "lora"])
def test_dpo_goes_on_from_a_tuned_folder(tmp_path: Path, method: str) -> None:
    source = TinyBase()
    tuned = train(source, pairs(24), [], replace(SETTINGS, method=method), tmp_path / "a")
    examples = preferences(24)
    result = prefer(source, tuned.folder, examples, HASTY, tmp_path / "b")
    before, after = (margin(source.tuned(f), examples) for f in (tuned.folder, result.folder))
    assert after > before + 1
    assert result.log[0]["loss"] == pytest.approx(np.log(2), rel=1e-3)  # the start is the reference
    assert result.log[-1]["loss"] < result.log[0]["loss"]
    ours, theirs = ({p.name for p in f.iterdir()} for f in (tuned.folder, result.folder))
    assert theirs >= ours - {"training_log.jsonl", "etude_training.json"}
    assert "ref" not in theirs


class Killed(Exception):
    """Stands for a kill: nothing is done after it."""


class Followed:
    """Dies at a step, after it is told and before it could be saved, or asks to stop after one."""

    def __init__(self, dies: int = -1, stops: int = -1, place: Path | None = None) -> None:
        self.steps: list[int] = []
        self.epochs: list[tuple[int, int]] = []
        self.place = place
        self.dies, self.stops = dies, stops

    def step(self, step: int, total: int, figures: Mapping[str, float]) -> None:
        self.steps.append(step)
        if step == self.dies:
            raise Killed

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        self.epochs.append((step, len(self.steps)))
        if self.place is not None:
            save(self.place / f"step-{step}")

    def stop(self) -> bool:
        return len(self.steps) + 1 == self.stops


@pytest.mark.parametrize("method", ["full", pytest.param("lora", marks=pytest.mark.soak)])
def test_what_was_killed_or_stopped_goes_on_to_the_same_weights(
    tmp_path: Path, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, examples = TinyBase(), preferences(12)
    settings = replace(HASTY, epochs=2, batch_size=4)
    short = replace(SETTINGS, method=method, epochs=1)
    start = train(source, pairs(12), [], short, tmp_path / "a").folder
    follow = Followed(place=tmp_path)
    whole = prefer(source, start, examples, settings, tmp_path / "whole", watch=follow)
    assert follow.epochs == [(3, 3), (6, 6)], "an epoch is told of after its last step"
    half, end = (source.tuned(tmp_path / f"step-{step}") for step in (3, 6))
    assert margin(source.tuned(start), examples) < margin(half, examples) < margin(end, examples)
    assert margin(end, examples) == pytest.approx(margin(source.tuned(whole.folder), examples))
    theirs = {path.name for path in whole.folder.iterdir()}
    assert {path.name for path in (tmp_path / "step-3").iterdir()} == theirs
    assert half.load_module().config.eos_token_id == 256
    monkeypatch.setattr(checkpoints, "EVERY_SECONDS", 0.0)

    def go_on(watch: Followed) -> PreferenceResult:
        return prefer(source, start, examples, settings, tmp_path / "b", watch=watch)

    with pytest.raises(Killed):
        go_on(Followed(dies=3))
    torn = tmp_path / "b" / "checkpoints" / "checkpoint-8"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_st')
    stopped = Followed(stops=2)
    with pytest.raises(KeyboardInterrupt):
        go_on(stopped)
    assert stopped.steps == [3, 4], "on from the last that was saved"
    last = Followed()
    result = go_on(last)
    assert last.steps == [5, 6]
    assert [step for step, _ in last.epochs] == [6]
    assert [row["loss"] for row in result.log] == [row["loss"] for row in whole.log]
    for name in ("model.safetensors", "adapter_model.safetensors"):
        if (whole.folder / name).exists():
            ours, theirs = load_file(result.folder / name), load_file(whole.folder / name)
            assert all(torch.equal(ours[key], theirs[key]) for key in theirs)
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["model"]


def test_only_whole_checkpoints_of_the_same_training_are_gone_on_from(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"
    kept = PreferenceCheckpoints(folder, "one")
    assert kept.newest() is None
    for name, state in {
        "checkpoint-9": "{}",
        "checkpoint-10": "{}",
        "checkpoint-11": '{"a',
    }.items():
        (folder / name).mkdir()
        (folder / name / "trainer_state.json").write_text(state)
    (folder / "checkpoint-12").mkdir()
    again = PreferenceCheckpoints(folder, "one").newest()
    assert again is not None
    assert again.name == "checkpoint-10"
    assert not (folder / "checkpoint-12").exists()
    assert PreferenceCheckpoints(folder, "another").newest() is None
    assert not again.exists()


def test_kto_from_verdicts(tmp_path: Path) -> None:
    source = TinyBase()
    examples = preferences(24)
    verdicts = [Verdict(e.prompt, e.chosen, True) for e in examples]
    verdicts += [Verdict(e.prompt, e.rejected, False) for e in examples]
    result = prefer(source, None, verdicts, HASTY, tmp_path)
    assert margin(source.tuned(result.folder), examples) > margin(source, examples) + 1
    assert source.tuned(result.folder).load_module().config.eos_token_id == 256


def test_what_can_not_be_learned_from_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = preferences(1)
    both: Any = [one, Verdict(one.prompt, one.chosen, True)]
    long = replace(one, prompt=np.full(300, 97, np.int32))
    for examples, said in ((both, "both kinds"), ([], "no preferences"), ([one, long], "tokens")):
        with pytest.raises(TrainingError, match=said):
            prefer(TinyBase(), None, examples, HASTY, tmp_path)
    import sys

    monkeypatch.setitem(sys.modules, "trl", None)
    with pytest.raises(MissingDependency) as caught:
        preference._library("trl")
    assert "pip install 'etude[preference]'" in str(caught.value)
