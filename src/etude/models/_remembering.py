"""A language model on this machine whose answers are kept: the same request is answered once.

What a model says depends on its weights and on the request alone, so an answer outlives whatever it
was asked for: another check, another metric, another search over prompts. Only what leaves nothing to
chance is kept (temperature 0). It knows requests and answers, not who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from etude.models._base import Ability, ChatModel, ChatRequest, Completion, Memory
from etude.models._likelihood import Likelihood, read_fields
from etude.progress import Progress
from etude.store.keys import digest


@dataclass
class Tally:
    """Answers that were kept from before, and those that were really asked for.

    ``now``: keys of what was asked for since the counting began, by whomever: such an answer that is
    used again is neither.
    """

    kept: int = 0
    asked: int = 0
    now: set[str] = field(default_factory=set)

    def count(self, answers: Mapping[str, Completion]) -> None:
        """Count these, by their keys."""
        new = {key for key, answer in answers.items() if not answer.cached}
        self.asked += len(new)
        self.kept += len(answers.keys() - new - self.now)
        self.now |= new


class Remembering:
    """A chat model that asks ``model`` only what ``memory`` does not hold.

    Everything else of the model (its format, its weights) is the model's own.

    Args:
        model: the one that answers.
        memory: its answers; None where it keeps them itself, and then they are only counted.
        tally: counts what was asked and what was not.
    """

    def __init__(self, model: ChatModel, memory: Memory | None, tally: Tally) -> None:
        self.name = model.name
        self.fingerprint = model.fingerprint
        self.abilities: frozenset[Ability] = model.abilities
        self._model = model
        self._memory = memory
        self._tally = tally

    def __getattr__(self, name: str) -> Any:
        """What only some models have: a format, a window, weights to train."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._model, name)

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """See ``ChatModel``; ``cached`` says which answers were kept from before."""
        keys = {one: request_key(one) for one in requests}
        if self._memory is None or any(one.temperature for one in requests):
            answers = self._model.complete(requests, progress)
            self._tally.count(dict(zip((keys[one] for one in requests), answers, strict=True)))
            return answers
        known = self._memory.recall(list(keys.values()))
        new = [one for one, key in keys.items() if key not in known]
        fresh = self._model.complete(new, progress) if new else []
        said = dict(zip(new, fresh, strict=True))
        self._memory.keep({keys[one]: to_json(answer) for one, answer in said.items()})
        said |= {
            one: replace(from_json(known[key]), cached=True)
            for one, key in keys.items()
            if key in known
        }
        self._tally.count({keys[one]: answer for one, answer in said.items()})
        return [said[one] for one in requests]


def request_key(request: ChatRequest) -> str:
    """What an answer to it is kept under: all that is asked, 64 hexadecimal digits."""
    return digest(asdict(request))


def to_json(answer: Completion) -> dict[str, Any]:
    """An answer as it is kept; fields are named where it has any."""
    kept = asdict(answer)
    if answer.likelihood is not None and answer.likelihood.fields is None:
        del kept["likelihood"]["fields"]
    return kept


def from_json(stored: dict[str, Any]) -> Completion:
    """What ``to_json`` wrote, through JSON."""
    shares, likelihood = stored["choice_probabilities"], stored["likelihood"]
    return Completion(
        **stored
        | {
            "choice_probabilities": None if shares is None else tuple(shares),
            "likelihood": None if likelihood is None else _likelihood(likelihood),
        }
    )


def _likelihood(stored: dict[str, Any]) -> Likelihood:
    return Likelihood(stored["mean"], stored["least"], read_fields(stored.get("fields")))
