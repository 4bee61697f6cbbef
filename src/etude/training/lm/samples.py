"""What is trained and what is masked, for people to look at before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etude.errors import TrainingError
from etude.models._base import ChatFormat, TunableCausal
from etude.training.lm.pairs import TokenPair

SHOWN_TOKENS = 120
"""Of a prompt, from its end: where the example's own words are."""
_DIM, _PLAIN = "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True)
class Sample:
    """One example as the model sees it; ``prompt`` is masked, ``target`` is learned."""

    prompt: str
    target: str
    prompt_tokens: int
    target_tokens: int

    def drawn(self, colour: bool) -> str:
        """For a terminal: what is masked is dim, or stands in brackets."""
        masked = f"{_DIM}{self.prompt}{_PLAIN}" if colour else f"[not learned: {self.prompt}]"
        return (
            f"{masked}\n{self.target} (end of turn)\n"
            f"{self.prompt_tokens} tokens are not learned, {self.target_tokens} are"
        )


def samples(form: ChatFormat, pairs: Sequence[TokenPair], count: int) -> tuple[Sample, ...]:
    """The shortest, the longest and others between them, decoded from their ids."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i]))
    picks = np.unique(np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int))
    return tuple(_sample(form, pairs[order[i]]) for i in picks)


def same_template(source: TunableCausal, pairs: Sequence[TokenPair]) -> None:
    """Check that training's ids are those of generation.

    The format checks itself where it can (``verify``); some examples are decoded whole and in
    their parts, which differ where a token would cross from the prompt into the target.

    Raises:
        ModelError: the format's template is another for a whole conversation.
        TrainingError: an example's parts are not its whole.
    """
    verify = getattr(source.format, "verify", None)
    if verify is not None:
        verify()
    decode = source.format.decode
    for row, pair in enumerate(pairs[:20], 1):
        whole = decode(np.concatenate([pair.prompt, pair.target]))
        if decode(pair.prompt) + decode(pair.target) != whole:
            raise TrainingError(
                "prompt and target together are another text than each by itself",
                where=f"train, row {row}",
                expected="prompts and targets made by the model's own format",
                hint="make the pairs again with its prompt_ids and target_ids",
            )


def _sample(form: ChatFormat, pair: TokenPair) -> Sample:
    shown = form.decode(pair.prompt[-SHOWN_TOKENS:])
    cut = "… " if len(pair.prompt) > SHOWN_TOKENS else ""
    return Sample(cut + shown, form.decode(pair.target), len(pair.prompt), len(pair.target))
