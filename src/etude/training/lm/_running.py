"""The loop: steps, looks at the examples kept aside, checkpoints; and the state they need.

It knows a module with what is trained of it, a plan and a way to compute losses. Where it is in
the training is the number of steps done: batches, learning rates and random numbers follow from
that and the seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from etude.errors import TrainingError
from etude.progress import Step as Shown
from etude.training.lm._parts import Parts
from etude.training.lm.checkpoints import in_order
from etude.training.lm.distributed import share
from etude.training.lm.interrupts import Asked
from etude.training.lm.log import LogFile, LogRow
from etude.training.lm.precision import autocast
from etude.training.lm.schedule import rate_share
from etude.training.lm.steps import StepLoss, losses
from etude.training.lm.trackers import Trackers
from etude.training.lm.watching import Unwatched, Watch

LOG_ROWS = 300
"""Rows of the log, about: a longer training writes one for several steps."""


@dataclass
class State:
    """Where a training is: JSON beside the weights in each checkpoint."""

    step: int = 0
    rows: list[LogRow] = field(default_factory=list)
    since: list[float] = field(default_factory=lambda: [0.0] * 5)
    """Since the last row: losses, weights, tokens, seconds, hits."""
    tokens: float = 0.0
    seconds: float = 0.0
    best: str | None = None
    """The file of the best weights."""
    best_loss: float | None = None
    worse: int = 0
    """Looks since the best one."""
    stopped_early: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> State:
        """From ``as_dict``; a checkpoint of before hits were counted has none yet."""
        since = [*said["since"], 0.0][:5]
        return cls(**{**said, "since": since, "rows": [LogRow(**row) for row in said["rows"]]})


class Running:
    """One training under way."""

    def __init__(
        self,
        parts: Parts,
        watch: Watch | None = None,
        save: Callable[[Path], None] | None = None,
    ) -> None:
        self.parts = parts
        self._watch = watch or Unwatched()
        self._write_model = save
        self.state = self._restored()
        self._row_every = max(1, parts.plan.total // LOG_ROWS)

    @property
    def done(self) -> bool:
        """True after the last step."""
        return self.state.stopped_early or self.state.step >= self.parts.plan.total

    def run(self, shown: Shown, asked: Asked, log: LogFile | None, trackers: Trackers) -> None:
        """From where it is to the end.

        Raises:
            KeyboardInterrupt: a person asked to stop; a checkpoint was written.
            TrainingError: the loss is not a number any more.
        """
        shown.advance(self.state.step)
        if self.state.step == 0 and not self.state.rows:
            self._note(log, trackers)
        while not self.done:
            asked.stop = asked.stop or self._watch.stop()
            stop, due = self.learn(asked)
            plan, step = self.parts.plan, self.state.step
            if plan.looks_after(step) or step % self._row_every == 0 or step == plan.total:
                self._note(log, trackers)
            if self._write_model is not None and plan.ends_epoch(step):
                self._watch.epoch(step, plan.total, self._write_model)
            shown.advance(1, self._words())
            if stop or due:
                self._save()
            if stop and not self.done:
                raise KeyboardInterrupt

    def learn(self, asked: Asked) -> tuple[bool, bool]:
        """One optimizer step; whether any process was asked to stop, and a checkpoint is due."""
        parts, started = self.parts, perf_counter()
        self._seed()
        total = torch.zeros((), device=parts.world.device)
        hits = torch.zeros((), device=parts.world.device)
        weight = tokens = 0.0
        for batch in parts.plan.batches(self.state.step):
            rows, counted = share(batch, parts.world, parts.sharded)
            if not len(rows):
                continue
            found = self._losses(rows)
            torch.autograd.backward(found.total if counted else found.total * 0.0)
            if not counted:
                continue
            total += found.total.detach()
            hits += found.hits
            weight, tokens = weight + found.weight, tokens + found.tokens
        due = parts.checkpoints.due and parts.world.rank == 0
        mine = [float(total), weight, tokens, float(hits), float(asked.stop), float(due)]
        sums = parts.world.sum(mine)
        self._move(sums[0], sums[1])
        self._count(sums, perf_counter() - started)
        return sums[4] > 0, sums[5] > 0

    def _losses(self, rows: NDArray[np.int64]) -> StepLoss:
        parts = self.parts
        with autocast(parts.world.device, parts.dtype):
            return losses(parts.step, parts.module, [parts.pairs[i] for i in rows])

    def _seed(self) -> None:
        """Dropout's numbers come from the step, so they need no place in a checkpoint."""
        parts = self.parts
        random = np.random.default_rng([parts.settings.seed, self.state.step, parts.world.rank])
        torch.manual_seed(int(random.integers(2**31)))

    def _move(self, total: float, weight: float) -> None:
        """Divide the summed gradients once, by the weight of the whole step, and step."""
        parts, step = self.parts, self.state.step
        if not math.isfinite(total):
            raise TrainingError(
                f"the training loss became {total} at step {step + 1}",
                hint="lower learning_rate, or set precision: fp32",
            )
        if not weight:
            return  # every example of this step has the weight 0
        if not parts.sharded:  # else they were summed as they were scattered
            parts.world.sum_gradients(parts.trained.weights)
        for trained in parts.trained.weights:
            if trained.grad is not None:
                trained.grad.div_(weight)
        parts.trained.step(rate_share(step, parts.plan.total, parts.settings))

    def _count(self, sums: list[float], seconds: float) -> None:
        state = self.state
        total, weight, tokens, hits = sums[:4]
        state.step += 1
        state.tokens += tokens
        state.seconds += seconds
        added = (total, weight, tokens, seconds, hits)
        state.since = [old + new for old, new in zip(state.since, added, strict=True)]

    def _note(self, log: LogFile | None, trackers: Trackers) -> None:
        """A row of the log; with a look at the examples kept aside where one is due."""
        looked = self._look() if self.parts.plan.looks_after(self.state.step) else None
        total, weight, tokens, seconds, hits = self.state.since
        plan, step = self.parts.plan, self.state.step
        rate = rate_share(max(step - 1, 0), plan.total, self.parts.settings)
        row = LogRow(
            step=step,
            epoch=round(plan.epochs_done(step), 4),
            loss=total / weight if weight else None,
            dev_loss=looked and looked[0],
            learning_rate=rate * self.parts.settings.learning_rate,
            tokens_per_second=tokens / seconds if seconds else 0.0,
            seconds=round(self.state.seconds, 3),
            accuracy=hits / weight if weight else None,
            dev_accuracy=looked and looked[1],
        )
        self.state.rows.append(row)
        self.state.since = [0.0] * 5
        if log is not None:
            log.add(row)
        trackers.log(row)
        self._watch.row(row, plan.total)

    def _look(self) -> tuple[float, float] | None:
        """The loss on the examples kept aside, and the share of their target tokens that are the
        likeliest; the best weights are kept, patience is counted."""
        parts, state = self.parts, self.state
        if parts.kept is None:
            return None
        started = perf_counter()
        loss, accuracy = parts.kept.look(parts.module, parts.dtype)
        better = state.best_loss is None or loss < state.best_loss
        if better:
            state.best_loss, state.worse = loss, 0
        if parts.settings.keep == "last":
            pass  # the curve is for people; nothing hangs on it
        elif better:
            state.best = parts.checkpoints.best_name(state.step)
            self._write(lambda: parts.checkpoints.save_best(state.step, parts.trained.values()))
        else:
            state.worse += 1
            state.stopped_early = (
                state.worse >= parts.settings.patience and state.step < parts.plan.total
            )
        state.seconds += perf_counter() - started
        return loss, accuracy

    def _save(self) -> None:
        parts, state = self.parts, self.state
        self._write(
            lambda: parts.checkpoints.save(state.step, parts.trained.tensors(), state.as_dict())
        )

    def _write(self, write: Callable[[], None]) -> None:
        in_order(self.parts.world, self.parts.sharded, write)

    def _restored(self) -> State:
        """What a checkpoint holds, or the start; the same in every process."""
        world = self.parts.world
        found = self.parts.checkpoints.load(tidy=world.rank == 0)
        step = found[1]["step"] if found else 0
        steps = world.sum([float(step)])
        if steps[0] != step * world.size:
            raise TrainingError(
                "the processes of this training see different checkpoints",
                where=str(self.parts.checkpoints.folder),
                hint="use a folder that all machines share",
            )
        if found is None:
            return State()
        self.parts.trained.restore(found[0])
        return State.from_dict(found[1])

    def _words(self) -> str:
        state, plan = self.state, self.parts.plan
        seen = next((row for row in reversed(state.rows) if row.loss is not None), None)
        kept = next((row for row in reversed(state.rows) if row.dev_loss is not None), None)
        said = [f"epoch {min(int(plan.epochs_done(state.step)) + 1, self.parts.settings.epochs)}"]
        if seen is not None:
            said.append(f"loss {seen.loss:.3f}")
        if kept is not None:
            said.append(f"kept aside {kept.dev_loss:.3f}")
        said.append(f"{state.tokens / max(state.seconds, 1e-9):,.0f} tokens/s")
        return ", ".join(said)
