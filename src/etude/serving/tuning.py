"""From a request for a tuning job to a job in the queue: which model, which files, which name.

A model's name comes from outside: it is one that the settings know, a builtin one, one that was tuned
here, or, where the settings allow it, a Hub id; it is never a path.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from etude.errors import StoreError
from etude.jobs.naming import base_of, model_name
from etude.models.builtin import BUILTINS
from etude.records.task import ModelRef
from etude.records.tuning import Job, Start
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.names import BUILTIN, TUNED
from etude.serving.wire.tuning import MOST_SEED, JobWanted, method_of
from etude.store import Store
from etude.store.ids import made, now

PURPOSE = "fine-tune"
_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(@[\w.-]+)?")


@dataclass(frozen=True)
class Base:
    """What a job trains; ``told``: what its sender should know of it."""

    reference: ModelRef
    begin: Start | None = None
    told: str | None = None


def create(store: Store, config: ServingConfig, wanted: JobWanted) -> Job:
    """Put a job into the queue.

    Raises:
        ApiError: 400, something that is named is not there or can't be had.
    """
    method = method_of(wanted)
    base = base_model(store, config, wanted.model)
    for param in ("training_file", "validation_file"):
        _check_file(store, getattr(wanted, param), param)
    named = base_of(base.reference, base.begin.name if base.begin else None)
    job = Job(
        id=made("ftjob-"),
        created=now(),
        model=wanted.model,
        reference=base.reference,
        begin=base.begin,
        name=model_name(named, config.tuning.organization, wanted.suffix),
        method=method,
        seed=secrets.randbelow(MOST_SEED) if wanted.seed is None else wanted.seed,
        training_file=wanted.training_file,
        validation_file=wanted.validation_file,
        suffix=wanted.suffix,
        metadata=wanted.metadata,
        organization=config.tuning.organization,
        results_file=store.files.new(),
    )
    store.jobs.create(job)
    say = store.jobs.history.say
    say(job.id, f"Created fine-tuning job: {job.id}", key="created")
    if base.told is not None:
        say(job.id, base.told, key="mapped", level="warn")
    return job


def base_model(store: Store, config: ServingConfig, name: str) -> Base:
    """What ``name`` means for a job.

    Raises:
        ApiError: 400, nothing that can be trained here.
    """
    if name in config.tuning.models:
        meant = config.tuning.models[name]
        told = f"{name} is not on this server: its settings say to train {meant} in its place."
        stands_for = config.models.get(meant, ModelRef(name=meant))
        if stands_for.openai is None:
            return Base(ModelRef(name=_place(store, stands_for.name)), told=told)
    if name.startswith(TUNED):
        found = store.jobs.tuned_model(name)
        if found is not None:
            begin = Start(name=found.name, path=found.path, start=found.start)
            return Base(found.reference, begin)
    reference = config.models.get(name)
    if reference is not None and reference.openai is None:
        return Base(ModelRef(name=_place(store, reference.name)))
    is_hub = reference is None and _HUB.fullmatch(name) is not None
    if _is_builtin(name) or (is_hub and config.tuning.hub):
        return Base(ModelRef(name=name))
    raise _not_available(name, is_hub)


def _not_available(name: str, is_hub: bool) -> ApiError:
    known = "builtin:starter, or a model that was tuned here"
    words = (
        f"Model {_short(name)} is not available for fine-tuning or does not exist. Say in serve.yaml "
        f"what it stands for (tuning: models:), or name {known}."
    )
    if is_hub:
        words = (
            f"Model {_short(name)} has the form of a Hub id, and this server fetches none because a "
            f"caller names it. Let a name stand for it in serve.yaml (tuning: models: {{my-model: "
            f"{_short(name)}}}) and ask for that name, allow it there (tuning: hub: true), or name "
            f"{known}."
        )
    return ApiError(400, words, code="model_not_available", param="model")


def _is_builtin(name: str) -> bool:
    known = BUILTINS.get(name.removeprefix(BUILTIN))
    return name.startswith(BUILTIN) and known is not None and known.causal


def _place(store: Store, said: str) -> str:
    """A name of the settings; a folder that it means is found from everywhere."""
    folder: Path = store.root / Path(said).expanduser()
    return str(folder.resolve()) if folder.is_dir() else said


def _check_file(store: Store, file: str | None, param: str) -> None:
    if file is None:
        return
    found = store.files.find(file)
    if found is None:
        raise ApiError(400, f"invalid {param}: {_short(file)}", code="file_not_found", param=param)
    if found.purpose != PURPOSE:
        words = f"{param} has the purpose '{found.purpose}'; upload it with purpose '{PURPOSE}'."
        raise ApiError(400, words, code="invalid_value", param=param)
    try:
        store.files.path(file)
    except StoreError as error:
        raise ApiError(
            400, f"invalid {param}: {file}", code="file_not_found", param=param
        ) from error


def _short(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:80])
