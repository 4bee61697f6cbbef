"""What a training tells of itself, as a job's events, checkpoints and expected end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from etude.jobs.holding import Held
from etude.jobs.naming import checkpoint_name
from etude.progress import Pace
from etude.records.tuning import JobCheckpoint, Metrics, TunedModel
from etude.store.ids import made, now
from etude.training.lm.log import LogRow

KEPT = 3
"""Checkpoints that can be called; older ones are removed."""
_ESTIMATE_EVERY = 2.0


class _Further:
    """Writes down, now and then, that a job gets further and when it will be over."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._last = 0.0

    def told(self, left: float) -> None:
        """It got further; ``left``: seconds until its end."""
        if time.monotonic() - self._last < _ESTIMATE_EVERY:
            return
        self._last = time.monotonic()
        self._held.change(estimated_finish=now() + round(left), attempts=0)


class Following:
    """Follows a training for one job (``training.lm.watching.Watch``).

    Args:
        held: the job.
        work: its folder, relative to ``.etude``.
        start: whole weights that an adapter is for, see ``TunedModel``.
    """

    def __init__(self, held: Held, work: str, start: str | None) -> None:
        self._held = held
        self._work = work
        self._start = start
        self._metrics = Metrics(step=0)
        self._further = _Further(held)

    def stop(self) -> bool:
        """Whether someone wants the job to stop."""
        return self._held.stop()

    def row(self, row: LogRow, total: int) -> None:
        """An event of figures, once a row."""
        if self._held.reason == "lost":
            return
        self._metrics = metrics_of(row)
        if row.step and _said(self._held, self._metrics, total):
            self._further.told(row.seconds / row.step * (total - row.step))

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        """A checkpoint after every epoch; after the last one it is the model itself."""
        if step < total:
            _epoch(self._held, step, (self._work, self._start), self._metrics, save)


class FollowingPreferences:
    """Follows a training on preferences for one job (``PreferenceWatch``); see ``Following``."""

    def __init__(self, held: Held, work: str, start: str | None) -> None:
        self._held = held
        self._work = work
        self._start = start
        self._metrics = Metrics(step=0)
        self._further = _Further(held)
        self._pace: Pace | None = None
        self._begun = 0

    def stop(self) -> bool:
        """Whether someone wants the job to stop."""
        return self._held.stop()

    def step(self, step: int, total: int, figures: Mapping[str, float]) -> None:
        """An event of figures, once a step."""
        if self._held.reason == "lost":
            return
        self.tell(step, total, figures)
        if self._pace is None:
            self._pace, self._begun = Pace(total - step), step
        self._pace.advance(step - self._begun - self._pace.done)
        left = self._pace.left()
        if left is not None:
            self._further.told(left)

    def tell(self, step: int, total: int, figures: Mapping[str, float]) -> Metrics:
        """Say a step's figures, unless that was done, and give them."""
        self._metrics = Metrics(step=step, train_loss=figures["loss"])
        _said(self._held, self._metrics, total, figures)
        return self._metrics

    def epoch(self, step: int, total: int, save: Callable[[Path], None]) -> None:
        """As ``Following.epoch``."""
        if step < total:
            _epoch(self._held, step, (self._work, self._start), self._metrics, save)


def _epoch(
    held: Held,
    step: int,
    place: tuple[str, str | None],
    metrics: Metrics,
    save: Callable[[Path], None],
) -> None:
    """Save the weights after a step, unless that was done, and name them. ``place``: the job's folder
    and the weights that an adapter is for."""
    if held.reason == "lost":
        return
    work, start = place
    path = f"{work}/step-{step}"
    folder = held.store.folder / path
    if not folder.exists():
        save(folder)
    checkpointed(held, step, path, start, metrics)


def _said(
    held: Held, metrics: Metrics, total: int, figures: Mapping[str, float] | None = None
) -> bool:
    """Say what is known of a step; False where that was done before."""
    data = {**metrics.model_dump(exclude_none=True), "total_steps": total, **(figures or {})}
    key = f"step:{metrics.step}"
    return held.say(words(metrics, total), key=key, kind="metrics", data=data)


def checkpointed(held: Held, step: int, path: str, start: str | None, metrics: Metrics) -> None:
    """Name the weights in ``path`` as those after ``step`` steps, which had these figures."""
    model = named(held, checkpoint_name(held.job.name, step), path, start, step)
    listed = JobCheckpoint(
        id=made("ftckpt_"), created=now(), model=model.name, step=step, metrics=metrics
    )
    held.store.jobs.history.add_checkpoint(held.job.id, listed, model, KEPT)
    held.say(f"Checkpoint created at step {step}: {model.name}", f"checkpoint:{step}")


def named(
    held: Held, name: str, path: str, start: str | None, step: int | None = None
) -> TunedModel:
    """The weights in ``path`` by a name; whole weights need nothing to start from."""
    adapter = (held.store.folder / path / "adapter_config.json").is_file()
    return TunedModel(
        name=name,
        job=held.job.id,
        created=now(),
        path=path,
        reference=held.job.reference,
        start=start if adapter else None,
        step=step,
    )


def metrics_of(row: LogRow) -> Metrics:
    """A row under the names that people know. Every look is at the whole validation file."""
    return Metrics(
        step=row.step,
        train_loss=row.loss,
        train_mean_token_accuracy=row.accuracy,
        valid_loss=row.dev_loss,
        valid_mean_token_accuracy=row.dev_accuracy,
        full_valid_loss=row.dev_loss,
        full_valid_mean_token_accuracy=row.dev_accuracy,
    )


def words(metrics: Metrics, total: int) -> str:
    """A row as an event says it."""
    said = [f"Step {metrics.step}/{total}"]
    if metrics.train_loss is not None:
        said.append(f"training loss={metrics.train_loss:.2f}")
    if metrics.valid_loss is not None:
        said.append(f"validation loss={metrics.valid_loss:.2f}")
    return ": ".join([said[0], ", ".join(said[1:])])
