"""Choices are scored exactly: every label's whole probability."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from _causal_folders import KINDS, write_causal
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models.generation.choices import make_tree

LABELS = ("card_arrival", "card_lost", "card", "lost_card", "other", "lost card arrival")


def requests(count: int, choices=LABELS) -> list[ChatRequest]:
    rules = Message("system", "Choose the one label that fits it best: " + ", ".join(LABELS))
    words = ["card", "lost", "where", "money", "account"]
    return [
        ChatRequest((rules, Message("user", " ".join(words[: 1 + i % 5]) + f" {i}")), choices)
        for i in range(count)
    ]


def one_by_one(model: CausalModel, request: ChatRequest) -> np.ndarray:
    module = model.load_module().eval()
    prompt = model.format.prompt_ids(request.messages)
    scores = []
    for choice in request.choices or ():
        target = model.format.target_ids(choice)
        ids = torch.from_numpy(np.concatenate([prompt, target]).astype(np.int64))
        with torch.inference_mode():
            logs = module(input_ids=ids[None]).logits[0].double().log_softmax(-1)
        places = torch.arange(len(prompt) - 1, len(ids) - 1)
        scores.append(float(logs[places, ids[len(prompt) :]].sum()))
    shares = np.exp(np.array(scores) - max(scores))
    return shares / shares.sum()


@pytest.mark.parametrize("kind", KINDS)
def test_probabilities_are_those_of_whole_labels(tmp_path, kind):
    model = CausalModel("m", write_causal(tmp_path, kind))
    asked = requests(6)
    for request, one in zip(asked, model.complete(asked), strict=True):
        expected = one_by_one(model, request)
        assert np.allclose(one.choice_probabilities, expected, atol=2e-5)
        assert one.text == LABELS[int(expected.argmax())]
        assert one.tokens_out == len(model.format.target_ids(one.text))
        assert (one.failure, one.finish_reason) == (None, "stop")
        assert one.seconds > 0


def test_one_request_alone_and_one_choice(tmp_path):
    model = CausalModel("m", write_causal(tmp_path))
    together = model.complete(requests(5))
    alone = model.complete(requests(5)[2:3])[0]
    assert np.allclose(alone.choice_probabilities, together[2].choice_probabilities, atol=1e-5)
    only = model.complete(requests(1, ("other",)))[0]
    assert only.choice_probabilities == (1.0,)


answers = st.lists(
    st.lists(st.integers(0, 3), max_size=4).map(lambda ids: np.array([*ids, 9], dtype=np.int32)),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, derandomize=True)
@given(answers)
def test_a_path_of_the_tree_spells_its_answer(given_answers):
    tree = make_tree(given_answers)
    for answer, path in zip(given_answers, tree.path_LE, strict=True):
        edges = np.flatnonzero(path)
        order = sorted(
            edges, key=lambda e: -1 if tree.from_E[e] < 0 else tree.depth_M[tree.from_E[e]]
        )
        assert [tree.token_E[e] for e in order] == answer.tolist()
        for edge in order[1:]:
            node = tree.from_E[edge]
            spelt = tree.ids_M[np.flatnonzero(tree.above_MM[node])].tolist()
            assert spelt == answer.tolist()[: tree.depth_M[node] + 1]
    assert tree.nodes == len({tuple(a[:n]) for a in given_answers for n in range(1, len(a))})
