"""Tuning jobs over the wire: what a job may be asked for, and the objects that tell of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from etude.records.tuning import (
    Hyperparameters,
    Job,
    JobCheckpoint,
    JobEvent,
    Method,
)
from etude.serving.errors import ApiError
from etude.serving.wire._base import Wire

MOST_SEED = 2**31 - 1

AUTO = "auto"


def _or_auto(words: str, fits: Callable[[float], bool], *, whole: bool = False) -> BeforeValidator:
    """Refuses in one sentence what is neither "auto" nor such a number."""

    def check(value: object) -> object:
        number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if value != AUTO and not (number and fits(value)):  # type: ignore[arg-type]
            raise ValueError(f"expected 'auto' or {words}")
        return value

    return BeforeValidator(check)


Epochs = Annotated[
    Literal["auto"] | Annotated[int, Field(ge=1, le=50)],
    _or_auto("a whole number from 1 to 50", lambda n: 1 <= n <= 50, whole=True),
]
Batch = Annotated[
    Literal["auto"] | Annotated[int, Field(ge=1, le=256)],
    _or_auto("a whole number from 1 to 256", lambda n: 1 <= n <= 256, whole=True),
]
Multiplier = Annotated[
    Literal["auto"] | Annotated[float, Field(gt=0)],
    _or_auto("a number above 0", lambda n: 0 < n < math.inf),
]
Beta = Annotated[
    Literal["auto"] | Annotated[float, Field(gt=0, le=2)],
    _or_auto("a number above 0, at most 2", lambda n: 0 < n <= 2),
]


class SupervisedHyper(Wire):
    """Of learning from ideal answers."""

    n_epochs: Epochs = "auto"
    batch_size: Batch = "auto"
    learning_rate_multiplier: Multiplier = "auto"


class DpoHyper(SupervisedHyper):
    """Of learning from preferences."""

    beta: Beta = "auto"


class SupervisedMethod(Wire):
    """Its settings."""

    hyperparameters: SupervisedHyper = SupervisedHyper()


class DpoMethod(Wire):
    """Its settings."""

    hyperparameters: DpoHyper = DpoHyper()


class MethodWanted(Wire):
    """How is to be learned."""

    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: SupervisedMethod | None = None
    dpo: DpoMethod | None = None
    reinforcement: dict[str, Any] | None = None


class JobWanted(Wire):
    """A request for a job."""

    model: str = Field(min_length=1, max_length=300)
    training_file: str = Field(min_length=1, max_length=100)
    validation_file: str | None = Field(default=None, min_length=1, max_length=100)
    suffix: str | None = Field(default=None, min_length=1, max_length=64)
    seed: int | None = Field(default=None, ge=0, le=MOST_SEED)
    method: MethodWanted | None = None
    hyperparameters: SupervisedHyper | None = None
    metadata: (
        dict[
            Annotated[str, Field(min_length=1, max_length=64)],
            Annotated[str, Field(max_length=512)],
        ]
        | None
    ) = Field(default=None, max_length=16)
    integrations: list[dict[str, Any]] | None = None


def method_of(wanted: JobWanted) -> Method:
    """How the job is to learn.

    Raises:
        ApiError: 400, what can't be done here, or contradicts itself.
    """
    if wanted.integrations:
        words = (
            "Integrations are not offered: figures go to the events and the result file, and "
            "nothing leaves this machine."
        )
        raise ApiError(400, words, code="unsupported_parameter", param="integrations")
    said = wanted.method
    if said is None:
        hyper = wanted.hyperparameters or SupervisedHyper()
        return Method(hyperparameters=Hyperparameters(**hyper.model_dump()))
    if wanted.hyperparameters is not None:
        words = "Give the hyperparameters in 'method'; 'hyperparameters' is the older form of it."
        raise ApiError(400, words, code="invalid_value", param="hyperparameters")
    for name in ("supervised", "dpo", "reinforcement"):
        if name != said.type and getattr(said, name) is not None:
            words = f"The method's type is '{said.type}', and '{name}' is set."
            raise ApiError(400, words, code="invalid_value", param=f"method.{name}")
    if said.type == "reinforcement":
        words = "Reinforcement fine-tuning is not offered; supervised and dpo are."
        raise ApiError(400, words, code="unsupported_value", param="method.type")
    settings = said.dpo or DpoMethod() if said.type == "dpo" else said.supervised
    settings = settings or SupervisedMethod()
    return Method(
        type=said.type, hyperparameters=Hyperparameters(**settings.hyperparameters.model_dump())
    )


def wire(job: Job) -> dict[str, Any]:
    """The object of a job. What someone wants of it shows when the worker has done so."""
    hyper = job.method.hyperparameters.model_dump(exclude_none=True)
    return {
        "id": job.id,
        "object": "fine_tuning.job",
        "created_at": job.created,
        "finished_at": job.finished,
        "estimated_finish": job.estimated_finish,
        "model": job.model,
        "fine_tuned_model": job.fine_tuned_model,
        "organization_id": job.organization,
        "status": job.status,
        "training_file": job.training_file,
        "validation_file": job.validation_file,
        "result_files": list(job.result_files),
        "trained_tokens": job.trained_tokens,
        "hyperparameters": {name: value for name, value in hyper.items() if name != "beta"},
        "method": {"type": job.method.type, job.method.type: {"hyperparameters": hyper}},
        "seed": job.seed,
        "integrations": [],
        "metadata": job.metadata,
        "user_provided_suffix": job.suffix,
        "error": None if job.error is None else job.error.model_dump(),
    }


def event_wire(event: JobEvent) -> dict[str, Any]:
    """The object of an event."""
    return {
        "id": event.id,
        "object": "fine_tuning.job.event",
        "created_at": event.created,
        "level": event.level,
        "message": event.message,
        "type": event.type,
        "data": event.data,
    }


def checkpoint_wire(job: str, checkpoint: JobCheckpoint) -> dict[str, Any]:
    """The object of a checkpoint."""
    return {
        "id": checkpoint.id,
        "object": "fine_tuning.job.checkpoint",
        "created_at": checkpoint.created,
        "fine_tuning_job_id": job,
        "fine_tuned_model_checkpoint": checkpoint.model,
        "step_number": checkpoint.step,
        "metrics": checkpoint.metrics.model_dump(exclude_none=True),
    }
