"""Reciting is greedy from where replies part, and its likelihoods rank as the model's choices do."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models._causal_folders import write_causal

from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models._reciting import Recited, Reply, recite
from etude.progress import Silent

ASKED = (Message("user", "My card is lost."),)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    return CausalModel("tiny", write_causal(tmp_path_factory.mktemp("tiny")))


def recited(model: CausalModel, *replies: Reply) -> list[Recited]:
    with Silent().step("asking", len(replies)) as step:
        return recite(model, replies, step)


def test_likelihoods_are_those_of_whole_replies(model: CausalModel) -> None:
    codes = tuple(f"The code is {number:03d}." for number in range(100, 190))
    (found,) = recited(model, Reply(ASKED, codes[0], codes[1:]))
    (said,) = model.complete([ChatRequest(ASKED, choices=codes)])
    logs = np.array([found.log_likelihood, *found.others_O])
    shares = np.exp(logs - logs.max())
    assert said.choice_probabilities == pytest.approx(shares / shares.sum(), rel=1e-4)


def test_it_goes_on_from_where_the_replies_part(model: CausalModel) -> None:
    (said,) = model.complete([ChatRequest(ASKED, max_tokens=12)])
    assert said.text
    own, other = Reply(ASKED, said.text, ("\x01" + said.text,)), Reply(ASKED, "My a", ("My b",))
    first, second = recited(model, own, other)
    assert first.text[: len(said.text) // 2] == said.text[: len(said.text) // 2]
    assert second.text.startswith("My ")


def test_what_does_not_fit_the_window_is_refused(model: CausalModel) -> None:
    with pytest.raises(ValueError, match="the window has 512"):
        recited(model, Reply(ASKED, "a " * 600 + "1", ("a " * 600 + "2",)))
