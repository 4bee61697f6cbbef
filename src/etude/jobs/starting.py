"""The model that a job trains: a base model, or one that an earlier job tuned.

An adapter is trained over whole weights alone, so a tuned adapter that is trained further is first
merged into its weights, once, in the folder of the job.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from etude.errors import EtudeError
from etude.jobs.failing import MODEL, JobFailed, told
from etude.models._base import TunableCausal
from etude.models._fast import best_device
from etude.models.opening import open_model
from etude.records.tuning import Job
from etude.store import atomic
from etude.training.lm.methods import Prepared, prepare
from etude.training.lm.precision import compute_dtype
from etude.training.lm.saving import write_model
from etude.training.lm.settings import FULL_BELOW, LmSettings

_ADAPTER = "adapter_config.json"


@dataclass(frozen=True)
class Started:
    """What is trained.

    ``source``: the model itself. ``start``: where its whole weights lie, relative to ``.etude``;
    None: they are those of the job's reference. ``adapter``: for preferences, the folder of tuned
    weights that training goes on from.
    """

    source: TunableCausal
    start: str | None = None
    adapter: Path | None = None


def opened(job: Job, folder: Path, work: str) -> Started:
    """The model of a job.

    Args:
        job: says which one.
        folder: the project's ``.etude``.
        work: the job's own folder, relative to it.

    Raises:
        JobFailed: it can't be had, or can't be trained.
    """
    try:
        return _opened(job, folder, work)
    except EtudeError as error:
        raise told(error, MODEL, "model") from error


def _opened(job: Job, folder: Path, work: str) -> Started:
    base = open_model(job.reference)
    if not isinstance(base, TunableCausal):
        raise JobFailed(
            MODEL, f"Model {job.model} is no language model that can be trained here.", "model"
        )
    prefers = job.method.type == "dpo"
    if job.begin is None:
        if prefers and base.parameters >= FULL_BELOW:
            return Started(base, None, _fresh_adapter(base, folder / work / "adapter", job.seed))
        return Started(base)
    if job.begin.start is not None:
        base = base.tuned(folder / job.begin.start)
    tuned = folder / job.begin.path
    if not (tuned / _ADAPTER).is_file():
        return Started(base.tuned(tuned), job.begin.path)
    if prefers:
        return Started(base, job.begin.start, tuned)
    start = f"{work}/start"
    if not (folder / start).exists():
        merged = base.tuned(tuned)
        _write(Prepared(merged.load_module(), None), merged, LmSettings(), folder / start)
    return Started(base.tuned(folder / start), start)


def _fresh_adapter(base: TunableCausal, place: Path, seed: int) -> Path:
    """An adapter that changes nothing yet: all weights of a large model are too many to train."""
    if not place.exists():
        settings, device = LmSettings(method="lora"), best_device()
        with torch.random.fork_rng([]):
            torch.manual_seed(seed)
            dtype = compute_dtype(settings.precision, device)
            _write(prepare(base.load_module(), settings, device, dtype), base, settings, place)
    return place


def _write(prepared: Prepared, source: TunableCausal, settings: LmSettings, place: Path) -> None:
    with atomic.folder(place) as temp:
        write_model(prepared, source, settings, (), temp)
