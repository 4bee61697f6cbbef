"""Requests to a loaded language model: prompts become ids, ids become completions.

Each kind of request takes its way: free text and JSON are written (``generation.writing``),
choices are scored (``generation.choices``). It knows what is too long, what is unfinished and
whose seconds are whose.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.models._auto import library
from etude.models._base import ChatRequest, Completion
from etude.models._chat_format import TemplateFormat
from etude.models.generation.choices import Tree, batches, make_tree, score_answers
from etude.models.generation.choosing import Draw
from etude.models.generation.constrained import Grammars, JsonGuide
from etude.models.generation.engine import make_engine
from etude.models.generation.jobs import Job, Written
from etude.models.generation.passes import EMPTY, Prefix
from etude.models.generation.plain import score_plainly, write_plainly
from etude.models.generation.prefixes import Prefixes, shared_length
from etude.models.generation.writing import write_all
from etude.progress import Progress, Step


@dataclass(frozen=True)
class _Asked:
    """A request with its prompt's ids; ``seed`` is for what is drawn."""

    request: ChatRequest
    ids: NDArray[np.int32]
    seed: int


class Answering:
    """A module on its device with its format; not for several threads at once.

    ``notices``: what people should know of how it runs.
    """

    def __init__(self, name: str, module: Any, chat_format: TemplateFormat, window: int) -> None:
        self.name = name
        self.format = chat_format
        self.window = window
        self.engine, reason = make_engine(module, library())
        self.module = module
        self.notices: tuple[str, ...] = ()
        if reason is not None:
            self.notices = (f"{name}: answers are computed the slow way, for {reason}",)
        self._known: dict[tuple[str, ...], list[NDArray[np.int32]]] = {}
        self.prefixes = None if self.engine is None else Prefixes(self.engine)

    def complete(self, requests: Sequence[ChatRequest], progress: Progress) -> list[Completion]:
        """Answers in the order of the requests; see ``CausalModel.complete``."""
        guides = {i: self._guide(request) for i, request in enumerate(requests)}
        asked = _with_seeds([(one, self.format.prompt_ids(one.messages)) for one in requests])
        done = {
            i: Completion(None, "too_long", None, len(one.ids), 0, 0.0)
            for i, one in enumerate(asked)
            if len(one.ids) + self._least(one.request) > self.window
        }
        rest = {i: one for i, one in enumerate(asked) if i not in done}
        with progress.step("answering", total=len(requests), unit="requests") as step:
            step.advance(len(done))
            if rest:
                prefix, share = self._prefix([one.ids for one in rest.values()])
                scored = {i: one for i, one in rest.items() if one.request.choices}
                written = {i: one for i, one in rest.items() if i not in scored}
                done |= self._written(written, guides, prefix, share, step)
                done |= self._scored(scored, prefix, share, step)
        return [done[index] for index in range(len(requests))]

    def _least(self, request: ChatRequest) -> int:
        """The tokens of an answer that there must be room for."""
        if not request.choices:
            return 1
        return max(len(ids) for ids in self._targets(request.choices))

    def _targets(self, choices: tuple[str, ...]) -> list[NDArray[np.int32]]:
        """The ids of each choice with the end of the turn."""
        if choices not in self._known:
            self._known[choices] = [self.format.target_ids(choice) for choice in choices]
        return self._known[choices]

    def _guide(self, request: ChatRequest) -> JsonGuide | None:
        if request.json_schema is None:
            return None
        if request.choices:
            raise ModelError("a request asks for choices and for JSON at once", expected="one")
        return self._grammars.guide(request.json_schema)

    @cached_property
    def _grammars(self) -> Grammars:
        vocabulary = int(self.module.get_output_embeddings().weight.shape[0])
        return Grammars(self.format.tokenizer, vocabulary, self.format.stop_ids)

    def _prefix(self, prompts: Sequence[NDArray[np.int32]]) -> tuple[Prefix, float]:
        """What these prompts share, and each one's seconds of computing it."""
        if self.prefixes is None:
            return EMPTY, 0.0
        started = time.perf_counter()
        prefix = self.prefixes.get(prompts[0][: shared_length(prompts)])
        return prefix, (time.perf_counter() - started) / len(prompts)

    def _written(
        self,
        asked: dict[int, _Asked],
        guides: dict[int, JsonGuide | None],
        prefix: Prefix,
        share: float,
        step: Step,
    ) -> dict[int, Completion]:
        jobs = [
            Job(
                ids=one.ids[len(prefix) :],
                most=min(one.request.max_tokens, self.window - len(one.ids)),
                stops=frozenset(self.format.stop_ids),
                temperature=one.request.temperature,
                seed=one.seed,
                guide=guides[i],
            )
            for i, one in asked.items()
        ]
        if self.engine is None:
            answers = write_plainly(self.module, self.format.pad_id, jobs, step)
        else:
            answers = write_all(self.engine, prefix, jobs, step)
        return {
            i: self._completion(one, answer, guides[i], share)
            for (i, one), answer in zip(asked.items(), answers, strict=True)
        }

    def _completion(
        self, one: _Asked, answer: Written, guide: JsonGuide | None, share: float
    ) -> Completion:
        cut = guide is not None and not guide.whole
        return Completion(
            text=self.format.reply(answer.ids),
            failure="unfinished_json" if cut else None,
            finish_reason="length" if cut else answer.finish,
            tokens_in=len(one.ids),
            tokens_out=answer.tokens,
            seconds=answer.seconds + share,
            likelihood=answer.likelihood,
        )

    def _scored(
        self, asked: dict[int, _Asked], prefix: Prefix, share: float, step: Step
    ) -> dict[int, Completion]:
        """Requests with choices, those with the same ones together."""
        done: dict[int, Completion] = {}
        for choices in dict.fromkeys(one.request.choices or () for one in asked.values()):
            answers = self._targets(choices)
            tree = make_tree(answers)
            group = [i for i, one in asked.items() if one.request.choices == choices]
            sizes = [len(asked[i].ids) - len(prefix) for i in group]
            for batch in batches(sizes, tree, self.format.vocab_size):
                places = [group[b] for b in batch]
                started = time.perf_counter()
                scores = self._scores([asked[i].ids for i in places], prefix, tree, answers)
                each = (time.perf_counter() - started) / len(places) + share
                for i, row in zip(places, scores, strict=True):
                    done[i] = _choice(asked[i], choices, row, answers, each)
                step.advance(len(places))
        return done

    def _scores(
        self,
        prompts: Sequence[NDArray[np.int32]],
        prefix: Prefix,
        tree: Tree,
        answers: Sequence[NDArray[np.int32]],
    ) -> NDArray[np.float64]:
        if self.engine is None:
            pad = self.format.pad_id
            return np.stack([score_plainly(self.module, pad, ids, answers) for ids in prompts])
        return score_answers(self.engine, prefix, [ids[len(prefix) :] for ids in prompts], tree)


def _choice(
    one: _Asked,
    choices: Sequence[str],
    scores: NDArray[np.float64],
    answers: Sequence[NDArray[np.int32]],
    seconds: float,
) -> Completion:
    """The likeliest choice, or one drawn at a temperature, with the softmax over all of them."""
    best = int(scores.argmax())
    if one.request.temperature > 0:
        best = Draw(one.seed, one.request.temperature)(torch.from_numpy(scores))
    shares = np.exp(scores - scores.max())
    return Completion(
        text=choices[best],
        failure=None,
        finish_reason="stop",
        tokens_in=len(one.ids),
        tokens_out=len(answers[best]),
        seconds=seconds,
        choice_probabilities=tuple(float(p) for p in shares / shares.sum()),
    )


def _with_seeds(asked: Sequence[tuple[ChatRequest, NDArray[np.int32]]]) -> list[_Asked]:
    """A seed for each request from what it asks; the same request again gets another."""
    times: Counter[bytes] = Counter()
    found = []
    for request, ids in asked:
        digest = hashlib.sha256(ids.tobytes() + repr(request.temperature).encode()).digest()
        found.append(_Asked(request, ids, int.from_bytes(digest[:6], "big") + times[digest]))
        times[digest] += 1
    return found
