"""Conversations and preferences as token ids, by the model's own chat format.

Every message of the assistant's whose weight is not 0 is a target, with all that stands before it
as its prompt: exactly what the model will be asked, and what it should say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from etude.data.neutral import Message as Said
from etude.errors import ModelError
from etude.jobs.examples import Chat, Preferred
from etude.jobs.failing import FILE_FORMAT, Fault, bad_lines, without_paths
from etude.models._base import Message, TunableCausal
from etude.training.lm.pairs import TokenPair
from etude.training.lm.preference import Preference

MOST_TOO_LONG = 0.05
"""Share of the examples that may be left out because they are longer than the window."""
TOO_LONG = "too_long"
_SHOWN = 5

Made = TypeVar("Made")
Row = TypeVar("Row", Chat, Preferred)


@dataclass(frozen=True)
class Tokens(Generic[Made]):
    """Token ids of examples, and which ones were left out, in words."""

    rows: tuple[Made, ...]
    notices: tuple[str, ...]


def token_pairs(source: TunableCausal, chats: Sequence[Chat], param: str) -> Tokens[TokenPair]:
    """A pair for each message that is learned, in the order of the file.

    Raises:
        JobFailed: the model's template refuses a line, or too many are longer than its window.
    """

    def pairs(chat: Chat) -> list[TokenPair]:
        return [
            TokenPair(
                source.format.prompt_ids(plain(chat.messages[:at])),
                source.format.target_ids(message.text),
            )
            for at, message in enumerate(chat.messages)
            if message.role == "assistant" and message.weight != 0
        ]

    return _made(source, chats, param, pairs, lambda pair: len(pair))


def preferences(source: TunableCausal, rows: Sequence[Preferred], param: str) -> Tokens[Preference]:
    """One an example; see ``token_pairs``."""

    def made(row: Preferred) -> list[Preference]:
        prompt = source.format.prompt_ids(plain(row.asked))
        ids = source.format.target_ids
        return [Preference(prompt, ids(row.chosen), ids(row.rejected))]

    return _made(source, rows, param, made, _longest)


def plain(said: Sequence[Said]) -> list[Message]:
    """Messages as models take them: what a developer says counts as the system's."""
    return [
        Message("system" if one.role == "developer" else one.role, one.text)  # type: ignore[arg-type]
        for one in said
    ]


def _longest(row: Preference) -> int:
    answers: tuple[NDArray[np.int32], ...] = (row.chosen, row.rejected)
    return len(row.prompt) + max(len(answer) for answer in answers)


def _made(
    source: TunableCausal,
    rows: Sequence[Row],
    param: str,
    make: Callable[[Row], list[Made]],
    length: Callable[[Made], int],
) -> Tokens[Made]:
    kept: list[Made] = []
    faults: list[Fault] = []
    long: list[Fault] = []
    for row in rows:
        try:
            made = make(row)
        except ModelError as error:
            faults.append(Fault(row.line, FILE_FORMAT, without_paths(error.found)))
            continue
        most = max(length(one) for one in made)
        if most > source.window:
            reason = f"it has {most} tokens; the model reads at most {source.window}"
            long.append(Fault(row.line, TOO_LONG, reason))
        else:
            kept += made
    if len(long) > MOST_TOO_LONG * len(rows):
        faults += long
    if faults:
        raise bad_lines(param, sorted(faults, key=lambda fault: fault.line))
    return Tokens(tuple(kept), _left_out(long, source.window))


def _left_out(long: Sequence[Fault], window: int) -> tuple[str, ...]:
    if not long:
        return ()
    named = ", ".join(str(fault.line) for fault in long[:_SHOWN])
    more = f" and {len(long) - _SHOWN} more" if len(long) > _SHOWN else ""
    return (
        f"{len(long)} example(s) longer than the model's window of {window} tokens are left out: "
        f"line {named}{more}.",
    )
