"""What is sent to vLLM: token ids, never messages, so that prompts are those of training.

A choice is scored as in this process: each choice is sent as part of a prompt, and the
log-probabilities of its tokens, the end of the turn included, are added up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.errors import ModelError
from etude.models._base import ChatFormat
from etude.serving.engines._asked import Refused
from etude.serving.engines._base import CannotDo, EngineDown, Wanted, known_ids, too_long


class Prompts:
    """Prompts of one model, by its own template.

    Args:
        chat_format: of the model.
        window: most tokens of prompt and answer together.
    """

    def __init__(self, chat_format: Any, window: int) -> None:
        self.format: ChatFormat = chat_format
        self.window = window
        self._raw = chat_format.raw_ids

    def ids(self, wanted: Wanted, least: int = 1) -> list[int]:
        """Ids of a prompt that leaves room for ``least`` tokens.

        Raises:
            TooLong: it does not.
            CannotDo: it is empty, or the template refuses it.
        """
        if wanted.messages is not None:
            try:
                ids = self.format.prompt_ids(wanted.messages)
            except ModelError as error:
                raise CannotDo(error.found) from error
        elif isinstance(wanted.prompt, tuple):
            ids = known_ids(wanted.prompt, self.format.vocab_size)
        else:
            ids = self._raw(wanted.prompt or "")
        if not len(ids):
            raise CannotDo("The prompt is empty, and this model has no token that begins a text.")
        if len(ids) + least > self.window:
            raise too_long(self.window, len(ids))
        return [int(i) for i in ids]

    def arguments(self, model: str, wanted: Wanted, refused: Refused) -> dict[str, Any]:
        """The fields of one streamed request; vLLM's own ones in ``extra_body``."""
        ids = self.ids(wanted)
        room = self.window - len(ids)
        extra: dict[str, Any] = {
            "stop_token_ids": list(self.format.stop_ids),
            "add_special_tokens": False,
        }
        if wanted.json_schema is not None:
            extra["structured_outputs"] = {"json": _schema(wanted.json_schema)}
        said: dict[str, Any] = {
            "model": model,
            "stream": True,
            "stream_options": {"include_usage": True},
            "prompt": ids,
            "max_tokens": min(wanted.max_tokens or room, room),
            "temperature": wanted.temperature,
            "top_p": wanted.top_p,
            "logprobs": wanted.logprobs or 0,
            "extra_body": extra,
        }
        if wanted.seed is not None:
            said["seed"] = wanted.seed
        if wanted.stop:
            said["stop"] = list(wanted.stop)
        return said


def scoring(model: str, ids: Sequence[int], answers: Sequence[NDArray[np.int32]]) -> dict[str, Any]:
    """The fields of a request that has each answer's tokens scored behind a prompt."""
    return {
        "model": model,
        "prompt": [[*ids, *map(int, answer)] for answer in answers],
        "max_tokens": 1,
        "temperature": 0.0,
        "extra_body": {"prompt_logprobs": 1, "add_special_tokens": False},
    }


def read_scores(answer: Any, answers: Sequence[NDArray[np.int32]]) -> NDArray[np.float64]:
    """The log-probability of each answer (L,), from what came back.

    Raises:
        EngineDown: it is not what was asked for.
    """
    scores = np.zeros(len(answers))
    found = sorted(answer.choices, key=lambda choice: choice.index)
    if len(found) != len(answers):
        raise EngineDown("The model's process scored another number of choices than asked.")
    for place, (choice, ids) in enumerate(zip(found, answers, strict=True)):
        told = getattr(choice, "prompt_logprobs", None) or []
        try:
            for token, here in zip(ids, told[-len(ids) :], strict=True):
                scores[place] += _log_of(here, int(token))
        except (KeyError, TypeError, ValueError) as error:
            raise EngineDown("The model's process gives no log-probabilities.") from error
    return scores


def _log_of(here: Mapping[str, Mapping[str, float]], token: int) -> float:
    return float(here[str(token)]["logprob"])


def _schema(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CannotDo(f"The JSON schema can't be read: {error}") from error
