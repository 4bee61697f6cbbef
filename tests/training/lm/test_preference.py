"""DPO and KTO move a tuned model towards what people prefer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from etude.errors import MissingDependency, TrainingError
from etude.training.lm import preference
from etude.training.lm.loop import train
from etude.training.lm.preference import Preference, PreferenceSettings, Verdict, prefer
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
