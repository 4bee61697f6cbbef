"""What a training refuses before it loads a model: pairs from which nothing right is learned.

It knows ids, the window and the format's stop ids. Refused are targets of no tokens (a loss of
zero that looks like success), targets that do not end their turn (the model would never stop), and
pairs longer than the window where they are more than a few; a few are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etude.errors import TrainingError
from etude.models._base import TunableCausal
from etude.training.lm.pairs import TokenPair

MOST_TOO_LONG = 0.05
"""Share of pairs that may be left out because they are longer than the window."""
SHOWN = 5


@dataclass(frozen=True)
class Usable:
    """The pairs that are trained and judged on, and what was left out, in words."""

    train: tuple[TokenPair, ...]
    dev: tuple[TokenPair, ...]
    notices: tuple[str, ...]


def usable(source: TunableCausal, train: Sequence[TokenPair], dev: Sequence[TokenPair]) -> Usable:
    """Check the pairs against the model, and leave out the few that its window can't hold.

    Raises:
        TrainingError: see the module; rows are named by their place, counted from 1.
    """
    if not train:
        raise TrainingError(
            "there are no examples to train on",
            where="train",
            expected="at least one pair of prompt and target",
            hint="run etude check: it says what was read, and how it is split",
        )
    fitting: list[tuple[TokenPair, ...]] = []
    notices: list[str] = []
    stops = frozenset(source.format.stop_ids)
    for where, pairs in (("train", train), ("dev", dev)):
        _refuse(where, pairs, lambda pair: len(pair.target) == 0, _EMPTY)
        _refuse(where, pairs, lambda pair: int(pair.target[-1]) not in stops, _ENDLESS)
        _refuse(where, pairs, lambda pair: len(pair.prompt) == 0, _PROMPTLESS)
        kept = tuple(pair for pair in pairs if len(pair) <= source.window)
        _count_long(where, pairs, kept, source.window, notices)
        fitting.append(kept)
    if not sum(pair.weight for pair in fitting[0]) > 0:
        raise TrainingError(
            "the weights of all examples are 0",
            where="train",
            expected="a weight above 0",
            hint="give those to learn from a weight above 0, or leave the weights out",
        )
    return Usable(fitting[0], fitting[1], tuple(notices))


_EMPTY = (
    "have a target of no tokens: their loss would be 0 and nothing would be learned",
    "at least the end of the turn in each target",
    "write the missing ideal answers, or leave these rows out",
)
_ENDLESS = (
    "do not end with the end of the turn: the tuned model would not know when to stop",
    "targets made by the format's target_ids, not cut afterwards",
    "make the pairs again with target_ids, whole",
)
_PROMPTLESS = (
    "have an empty prompt: the first token of a target is predicted from what stands before it",
    "prompts made by the format's prompt_ids",
    "make the pairs again with prompt_ids, or leave these rows out",
)


def _refuse(
    where: str,
    pairs: Sequence[TokenPair],
    wrong: Callable[[TokenPair], bool],
    said: tuple[str, str, str],
) -> None:
    rows = [row for row, pair in enumerate(pairs, 1) if wrong(pair)]
    if rows:
        raise TrainingError(
            f"{len(rows)} of {len(pairs)} examples {said[0]} ({_named(rows)})",
            where=where,
            expected=said[1],
            hint=said[2],
        )


def _count_long(
    where: str,
    pairs: Sequence[TokenPair],
    kept: Sequence[TokenPair],
    window: int,
    notices: list[str],
) -> None:
    count = len(pairs) - len(kept)
    if not count:
        return
    rows = [row for row, pair in enumerate(pairs, 1) if len(pair) > window]
    longest = max(len(pair) for pair in pairs)
    said = f"longer than the model's window of {window} tokens (the longest has {longest})"
    if count > MOST_TOO_LONG * len(pairs):
        raise TrainingError(
            f"{count} of {len(pairs)} examples are {said}: {_named(rows)}",
            where=where,
            expected=f"at most {MOST_TOO_LONG:.0%}: more would leave out a kind of example",
            hint="shorten the instructions or the inputs, or take a model with a longer window",
        )
    notices.append(f"{count} of {len(pairs)} examples of {where} are {said} and were left out.")


def _named(rows: Sequence[int]) -> str:
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return f"row {', '.join(str(row) for row in rows[:SHOWN])}{more}"
