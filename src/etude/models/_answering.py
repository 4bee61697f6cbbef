"""Requests to a loaded language model: prompts become ids, ids become completions.

Each kind of request takes its way: free text and JSON are written (``generation.writing``),
choices are scored (``generation.choices``). It knows what is too long and whose seconds are whose.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.models._auto import library
from etude.models._base import ChatRequest, Completion
from etude.models._chat_format import TemplateFormat
from etude.models.generation.engine import make_engine
from etude.models.generation.jobs import Job, Written
from etude.models.generation.passes import EMPTY, Prefix
from etude.models.generation.plain import write_plainly
from etude.models.generation.prefixes import Prefixes, shared_length
from etude.models.generation.writing import write_all
from etude.progress import Progress, Step


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
        self.prefixes = None if self.engine is None else Prefixes(self.engine)

    def complete(self, requests: Sequence[ChatRequest], progress: Progress) -> list[Completion]:
        """Answers in the order of the requests."""
        prompts = [self.format.prompt_ids(request.messages) for request in requests]
        done: dict[int, Completion] = {}
        for index, ids in enumerate(prompts):
            if len(ids) >= self.window:
                done[index] = Completion(None, "too_long", None, len(ids), 0, 0.0)
        rest = [index for index in range(len(requests)) if index not in done]
        with progress.step("answering", total=len(requests), unit="requests") as step:
            step.advance(len(done))
            if rest:
                done |= self._written(requests, prompts, rest, step)
        return [done[index] for index in range(len(requests))]

    def _written(
        self,
        requests: Sequence[ChatRequest],
        prompts: Sequence[NDArray[np.int32]],
        chosen: Sequence[int],
        step: Step,
    ) -> dict[int, Completion]:
        prefix, share = self._prefix([prompts[i] for i in chosen])
        seeds = _seeds([(requests[i], prompts[i]) for i in chosen])
        jobs = [
            Job(
                ids=prompts[i][len(prefix) :],
                most=min(requests[i].max_tokens, self.window - len(prompts[i])),
                stops=frozenset(self.format.stop_ids),
                temperature=requests[i].temperature,
                seed=seed,
            )
            for i, seed in zip(chosen, seeds, strict=True)
        ]
        if self.engine is None:
            answers = write_plainly(self.module, self.format.pad_id, jobs, step)
        else:
            answers = write_all(self.engine, prefix, jobs, step)
        return {
            i: self._completion(len(prompts[i]), answer, share)
            for i, answer in zip(chosen, answers, strict=True)
        }

    def _prefix(self, prompts: Sequence[NDArray[np.int32]]) -> tuple[Prefix, float]:
        """What these prompts share, and each one's seconds of computing it."""
        if self.prefixes is None:
            return EMPTY, 0.0
        started = time.perf_counter()
        prefix = self.prefixes.get(prompts[0][: shared_length(prompts)])
        return prefix, (time.perf_counter() - started) / len(prompts)

    def _completion(self, tokens_in: int, answer: Written, share: float) -> Completion:
        return Completion(
            text=self.format.reply(answer.ids),
            failure=None,
            finish_reason=answer.finish,
            tokens_in=tokens_in,
            tokens_out=answer.tokens,
            seconds=answer.seconds + share,
        )


def _seeds(asked: Sequence[tuple[ChatRequest, NDArray[np.int32]]]) -> list[int]:
    """A seed for each request from what it asks; the same request again gets another."""
    times: Counter[bytes] = Counter()
    seeds = []
    for request, ids in asked:
        digest = hashlib.sha256(ids.tobytes() + repr(request.temperature).encode()).digest()
        seeds.append(int.from_bytes(digest[:6], "big") + times[digest])
        times[digest] += 1
    return seeds
