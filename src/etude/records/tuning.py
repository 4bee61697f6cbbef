"""A tuning job, as a server is asked for it: what is wanted, how far it is, what came of it.

Times are whole seconds since 1970. It knows neither HTTP nor how a model is trained.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from etude.records._base import Manifest, Record
from etude.records.task import ModelRef

Status = Literal[
    "validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled"
]
WAITING: tuple[Status, ...] = ("validating_files", "queued", "running")
"""A worker takes a job of these; "running" too, where nobody holds it any more."""
OVER: tuple[Status, ...] = ("succeeded", "failed", "cancelled")
Wanted = Literal["cancelled", "paused"]
"""What someone asked of a job that a worker holds."""
Auto = Literal["auto"]


class Hyperparameters(Record):
    """``auto``: chosen by this project's own rules when the job starts, and written here then.

    ``learning_rate_multiplier`` is relative to the rate that those rules choose; ``beta`` is DPO's.
    """

    n_epochs: Auto | int = "auto"
    batch_size: Auto | int = "auto"
    learning_rate_multiplier: Auto | float = "auto"
    beta: Auto | float | None = None


class Method(Record):
    """How is learned: from ideal answers, or from preferences."""

    type: Literal["supervised", "dpo"] = "supervised"
    hyperparameters: Hyperparameters = Hyperparameters()


class JobError(Record):
    """Why a job failed; ``param`` is the field of the request that is to blame."""

    code: str
    message: str
    param: str | None = None


class Start(Record):
    """A tuned model that a job goes on from; paths are relative to ``.etude``, see ``TunedModel``."""

    name: str
    path: str
    start: str | None = None


class Job(Manifest):
    """One tuning job, whole."""

    id: str
    created: int
    model: str
    """As it was asked for."""
    reference: ModelRef
    """The model that is trained: never an endpoint."""
    begin: Start | None = None
    """The tuned model that is trained further; None: ``reference`` as it is."""
    name: str
    """What the tuned model will be called."""
    method: Method
    seed: int
    training_file: str
    validation_file: str | None = None
    suffix: str | None = None
    metadata: dict[str, str] | None = None
    organization: str = "local"
    results_file: str
    """Id that the file of figures will have."""

    status: Status = "validating_files"
    wanted: Wanted | None = None
    attempts: int = 0
    """How often a worker has taken it since it last got further."""
    finished: int | None = None
    estimated_finish: int | None = None
    fine_tuned_model: str | None = None
    result_files: tuple[str, ...] = ()
    trained_tokens: int | None = None
    error: JobError | None = None


class JobEvent(Record):
    """Something that happened to a job."""

    id: str
    created: int
    level: Literal["info", "warn", "error"]
    message: str
    type: Literal["message", "metrics"] = "message"
    data: dict[str, Any] = {}


class Metrics(Record):
    """Figures of one step. Losses are means per target token (nats); an accuracy is the share of
    target tokens that were the likeliest ones. ``full_`` ones are over the whole validation file."""

    step: int
    train_loss: float | None = None
    train_mean_token_accuracy: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None
    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None


class JobCheckpoint(Record):
    """A model after some of a job's steps; ``model`` is its name."""

    id: str
    created: int
    model: str
    step: int
    metrics: Metrics


class TunedModel(Record):
    """A model that can be called by its name.

    ``path``: the folder that training left, relative to ``.etude``: whole weights or an adapter.
    ``start``: whole weights that the adapter is for, relative too; None: those of ``reference``.
    ``step``: of the checkpoint; None for what a job ended with.
    """

    name: str
    job: str
    created: int
    path: str
    reference: ModelRef
    start: str | None = None
    step: int | None = None


class StoredFile(Record):
    """What was uploaded, or written to be fetched. ``expires``: when it is gone, None: never."""

    id: str
    purpose: str
    filename: str
    bytes: int = Field(ge=0)
    sha256: str
    status: Literal["uploaded", "processed", "error"] = "processed"
    created: int
    expires: int | None = None


class Endpoint(Manifest):
    """An address that wants to be told of events.

    ``old_secret`` signs beside ``secret`` until ``old_until``.
    """

    id: str
    created: int
    updated: int
    name: str
    url: str
    event_types: tuple[str, ...]
    secret: str
    old_secret: str | None = None
    old_until: int | None = None


class Delivery(Record):
    """One event on its way to one endpoint; ``body`` is the JSON that is signed and sent.

    ``id`` stays the same over all attempts, so that a receiver knows a repeated one.
    """

    id: str
    endpoint: str
    created: int
    type: str
    body: str
    attempts: int = 0
    answer: str | None = None
    """What came of the last attempt, in a word or a status."""
