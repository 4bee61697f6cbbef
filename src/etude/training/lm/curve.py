"""What a training's curve says, in words: pure functions of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.training.lm.log import LogRow

TINY = 0.002
"""Relative differences of loss below this are called none."""


@dataclass(frozen=True)
class Look:
    """One look at the examples kept aside, and the training loss that leads up to it."""

    step: int
    epoch: float
    dev_loss: float
    loss: float | None


def looks(rows: Sequence[LogRow]) -> list[Look]:
    """Every row with a dev loss, with the mean training loss since the one before."""
    found, since = [], []
    for row in rows:
        if row.loss is not None:
            since.append(row.loss)
        if row.dev_loss is not None:
            mean = sum(since) / len(since) if since else None
            found.append(Look(row.step, row.epoch, row.dev_loss, mean))
            since = []
    return found


def best_look(rows: Sequence[LogRow]) -> Look | None:
    """The look with the lowest dev loss, the first of equals; None where there was none."""
    return min(looks(rows), key=lambda look: look.dev_loss, default=None)


def overfits(rows: Sequence[LogRow]) -> bool:
    """True where after the best look dev's loss rose while the training loss fell."""
    seen, best = looks(rows), best_look(rows)
    if best is None or best.step == seen[-1].step or best.loss is None:
        return False
    last = seen[-1]
    rose = last.dev_loss > best.dev_loss * (1 + TINY)
    return rose and last.loss is not None and last.loss < best.loss * (1 - TINY)


def describe(
    rows: Sequence[LogRow], stopped_early: bool = False, keep: str = "best"
) -> tuple[str, ...]:
    """Sentences for people; none where nothing was kept aside.

    ``keep``: which weights stay, "best" or "last".
    """
    seen, best = looks(rows), best_look(rows)
    if best is None:
        return ()
    last = seen[-1]
    said = []
    if keep == "last":
        return _of_the_last(rows, best, last)
    if best.step == 0:
        said.append(
            "Training made the loss on the examples kept aside no better than it was before: "
            "the weights are kept as they were."
        )
    elif overfits(rows):
        after = next(look for look in seen if look.step > best.step)
        said.append(
            f"From epoch {_epoch(after.epoch)} the loss on the examples kept aside rises "
            f"({best.dev_loss:.3f} to {last.dev_loss:.3f}) while the training loss falls: "
            f"the best weights, of epoch {_epoch(best.epoch)}, are kept."
        )
    elif best.step < last.step:
        said.append(
            f"The loss on the examples kept aside was lowest after epoch {_epoch(best.epoch)} "
            f"({best.dev_loss:.3f}): those weights are kept."
        )
    elif _still_falling(seen):
        said.append(
            f"The loss on the examples kept aside was still falling at the end "
            f"({last.dev_loss:.3f}): more epochs may help."
        )
    if stopped_early:
        said.append(f"Training stopped early, after epoch {_epoch(last.epoch)}.")
    return tuple(said)


def _of_the_last(rows: Sequence[LogRow], best: Look, last: Look) -> tuple[str, ...]:
    if not overfits(rows):
        return ()
    return (
        f"From epoch {_epoch(best.epoch)} on the loss on the examples kept aside rises "
        f"({best.dev_loss:.3f} to {last.dev_loss:.3f}) while the training loss falls; the last "
        "weights are kept, as usual for a small model. keep: best keeps those of the lowest loss.",
    )


def _still_falling(seen: Sequence[Look]) -> bool:
    """True where the last tenth of the fall is not behind it: the last look gained over 2 %."""
    return len(seen) > 2 and seen[-1].dev_loss < seen[-2].dev_loss * 0.98


def _epoch(epoch: float) -> str:
    return f"{epoch:.1f}".removesuffix(".0")
