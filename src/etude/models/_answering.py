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
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.models._auto import library
from etude.models._base import ChatRequest, Completion, Message
from etude.models._chat_format import TemplateFormat
from etude.models._field_logs import written as written_fields
from etude.models.generation.choices import Tree, batches, make_tree, score_answers
from etude.models.generation.choosing import Draw
from etude.models.generation.constrained import Grammars, JsonGuide
from etude.models.generation.engine import Engine, make_engine
from etude.models.generation.jobs import Job, Written
from etude.models.generation.passes import EMPTY, Prefix
from etude.models.generation.plain import score_plainly, write_plainly
from etude.models.generation.prefixes import Prefixes, common_length, shared_length
from etude.models.generation.writing import write_all
from etude.progress import Progress, Step

KEPT = 64
"""Sets of choices, and beginnings of prompts, whose ids are remembered."""


@dataclass(frozen=True)
class _Asked:
    """A request with its prompt's ids; ``seed`` is for what is drawn."""

    request: ChatRequest
    ids: NDArray[np.int32]
    seed: int


class Answering:
    """A module on its device with its format; not for several threads at once.

    ``notices``: what people should know of how it runs. ``engine``: of the module, where there is
    one already.
    """

    def __init__(
        self,
        name: str,
        module: Any,
        chat_format: TemplateFormat,
        window: int,
        engine: Engine | None = None,
    ) -> None:
        self.name = name
        self.format = chat_format
        self.window = window
        self.engine, reason = (engine, None) if engine else make_engine(module, library())
        self.module = module
        self.notices: tuple[str, ...] = ()
        if reason is not None:
            self.notices = (f"{name}: answers are computed the slow way, for {reason}",)
        self._known = lru_cache(KEPT)(self._choices)
        self._beginning = lru_cache(KEPT)(self._common)
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
        return max(len(ids) for ids in self.targets(request.choices))

    def targets(self, choices: tuple[str, ...]) -> list[NDArray[np.int32]]:
        """The ids of each choice with the end of the turn."""
        return self._known(choices)[0]

    def tree(self, choices: tuple[str, ...]) -> Tree:
        """The tree of these choices' ids."""
        return self._known(choices)[1]

    def _choices(self, choices: tuple[str, ...]) -> tuple[list[NDArray[np.int32]], Tree]:
        answers = [self.format.target_ids(choice) for choice in choices]
        return answers, make_tree(answers)

    def shared(self, messages: tuple[Message, ...], ids: NDArray[np.int32]) -> int:
        """How many of a prompt's ids every prompt that begins with these messages has too; one is
        always left over, for what follows is read off the last id of a prompt.

        Args:
            messages: the first messages of the prompt.
            ids: of the whole prompt.
        """
        if not messages:
            return 0
        return min(common_length(self._beginning(messages), ids), len(ids) - 1)

    def _common(self, messages: tuple[Message, ...]) -> NDArray[np.int32]:
        """Read off two prompts that go on in different ways, at the next message's first letter."""
        try:
            if messages[-1].role == "user":
                return self.format.prompt_ids(messages)
            one, other = (
                self.format.prompt_ids([*messages, Message("user", letter)]) for letter in "0x"
            )
        except ModelError:  # the template asks for another order: then nothing is shared
            return EMPTY.ids
        return one[: common_length(one, other)]

    def _guide(self, request: ChatRequest) -> JsonGuide | None:
        if request.json_schema is None:
            return None
        if request.choices:
            raise ModelError("a request asks for choices and for JSON at once", expected="one")
        return self.grammars.guide(request.json_schema)

    @cached_property
    def grammars(self) -> Grammars:
        """The forms that answers can be held to."""
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
        text, likelihood = self.format.reply(answer.ids), answer.likelihood
        if guide is not None and not cut:
            fields = written_fields(text, answer.ids, answer.chosen, self.format.live())
            likelihood = replace(likelihood, fields=fields)
        return Completion(
            text=text,
            failure="unfinished_json" if cut else None,
            finish_reason="length" if cut else answer.finish,
            tokens_in=len(one.ids),
            tokens_out=answer.tokens,
            seconds=answer.seconds + share,
            likelihood=likelihood,
        )

    def _scored(
        self, asked: dict[int, _Asked], prefix: Prefix, share: float, step: Step
    ) -> dict[int, Completion]:
        """Requests with choices, those with the same ones together."""
        done: dict[int, Completion] = {}
        for choices in dict.fromkeys(one.request.choices or () for one in asked.values()):
            answers = self.targets(choices)
            tree = self.tree(choices)
            group = [i for i, one in asked.items() if one.request.choices == choices]
            sizes = [len(asked[i].ids) - len(prefix) for i in group]
            for batch in batches(sizes, tree, self.format.vocab_size):
                places = [group[b] for b in batch]
                started = time.perf_counter()
                scores = self.scores([asked[i].ids for i in places], prefix, tree, answers)
                each = (time.perf_counter() - started) / len(places) + share
                for i, row in zip(places, scores, strict=True):
                    done[i] = _choice(asked[i], choices, row, answers, each)
                step.advance(len(places))
        return done

    def scores(
        self,
        prompts: Sequence[NDArray[np.int32]],
        prefix: Prefix,
        tree: Tree,
        answers: Sequence[NDArray[np.int32]],
    ) -> NDArray[np.float64]:
        """Log-probabilities (R, L) of each answer after each whole prompt, which ``prefix`` begins."""
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
    best, shares = pick(scores, one.request.temperature, one.seed)
    return Completion(
        text=choices[best],
        failure=None,
        finish_reason="stop",
        tokens_in=len(one.ids),
        tokens_out=len(answers[best]),
        seconds=seconds,
        choice_probabilities=shares,
    )


def pick(
    scores: NDArray[np.float64], temperature: float, seed: int, top_p: float = 1.0
) -> tuple[int, tuple[float, ...]]:
    """The likeliest of some choices, or one drawn at a temperature; the softmax over all of them.

    Args:
        scores: their log-probabilities (L,).
        temperature: 0 takes the likeliest.
        seed: for what is drawn.
        top_p: only the likeliest that together have this share are drawn from.
    """
    best = int(scores.argmax())
    if temperature > 0:
        best = Draw(seed, temperature, top_p)(torch.from_numpy(scores))
    shares = np.exp(scores - scores.max())
    return best, tuple(float(p) for p in shares / shares.sum())


def _with_seeds(asked: Sequence[tuple[ChatRequest, NDArray[np.int32]]]) -> list[_Asked]:
    """A seed for each request from what it asks; the same request again gets another."""
    times: Counter[bytes] = Counter()
    found = []
    for request, ids in asked:
        digest = hashlib.sha256(ids.tobytes() + repr(request.temperature).encode()).digest()
        found.append(_Asked(request, ids, int.from_bytes(digest[:6], "big") + times[digest]))
        times[digest] += 1
    return found
