"""``/v1/fine_tuning``: jobs that train, what happens to them, and the models after their epochs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from etude.records.tuning import OVER, Job
from etude.serving.errors import ApiError, not_found
from etude.serving.keys import require
from etude.serving.services import Services
from etude.serving.tuning import create
from etude.serving.wire.pages import no_such_cursor, page
from etude.serving.wire.tuning import JobWanted, checkpoint_wire, event_wire, wire
from etude.store.jobs import NotNow

PATH = "/v1/fine_tuning/jobs"
Limit = Annotated[int, Query(ge=1, le=100)]
EventLimit = Annotated[int, Query(ge=1, le=1000)]
_METADATA = "metadata["


def router(services: Services) -> APIRouter:
    """The paths."""
    routes = APIRouter(tags=["fine-tuning"], dependencies=[Depends(require(services, "tune"))])
    _add_jobs(routes, services)
    _add_actions(routes, services)
    _add_history(routes, services)
    return routes


def _add_jobs(routes: APIRouter, services: Services) -> None:
    jobs = services.store.jobs

    @routes.post(PATH)
    def make(wanted: JobWanted) -> dict[str, Any]:
        """Put a job into the queue; its files are validated when it starts."""
        return wire(create(services.store, services.config, wanted))

    @routes.get(PATH)
    def every(request: Request, after: str | None = None, limit: Limit = 20) -> dict[str, Any]:
        """Jobs, the newest first; ``metadata[key]=value`` chooses among them, ``metadata=null``
        those without any."""
        metadata = {
            name[len(_METADATA) : -1]: value
            for name, value in request.query_params.items()
            if name.startswith(_METADATA) and name.endswith("]")
        }
        try:
            bare = request.query_params.get("metadata") == "null"
            found, more = jobs.page(after=after, limit=limit, metadata=metadata, bare=bare)
        except KeyError:
            raise no_such_cursor(after or "") from None
        return page([wire(job) for job in found], more)

    @routes.get(PATH + "/{job_id}")
    def one(job_id: str) -> dict[str, Any]:
        """A job and how far it is."""
        return wire(_found(services, job_id))


def _add_actions(routes: APIRouter, services: Services) -> None:
    jobs = services.store.jobs

    @routes.post(PATH + "/{job_id}/cancel")
    def cancel(job_id: str) -> dict[str, Any]:
        """End a job; checkpoints that it has stay."""
        return _stopped(services, job_id, "cancelled", "The job was cancelled")

    @routes.post(PATH + "/{job_id}/pause")
    def pause(job_id: str) -> dict[str, Any]:
        """Let a job rest after its current step, with everything kept."""
        return _stopped(services, job_id, "paused", "The job was paused")

    @routes.post(PATH + "/{job_id}/resume")
    def resume(job_id: str) -> dict[str, Any]:
        """Let a paused job go on from where it was."""
        try:
            job = jobs.resume(job_id)
        except NotNow as error:
            raise _not_now("resumed", error) from None
        if job is None:
            raise _no_job(job_id)
        jobs.history.say(job_id, "The job was resumed")
        return wire(job)


def _add_history(routes: APIRouter, services: Services) -> None:
    history = services.store.jobs.history

    @routes.get(PATH + "/{job_id}/events")
    def events(job_id: str, after: str | None = None, limit: EventLimit = 20) -> dict[str, Any]:
        """What happened to a job, the newest first."""
        _found(services, job_id)
        try:
            found, more = history.events(job_id, after=after, limit=limit)
        except KeyError:
            raise no_such_cursor(after or "") from None
        return page([event_wire(event) for event in found], more)

    @routes.get(PATH + "/{job_id}/checkpoints")
    def checkpoints(job_id: str, after: str | None = None, limit: Limit = 10) -> dict[str, Any]:
        """The models after a job's epochs, the newest first; each can be called by its name."""
        _found(services, job_id)
        try:
            found, more = history.checkpoints(job_id, after=after, limit=limit)
        except KeyError:
            raise no_such_cursor(after or "") from None
        return page([checkpoint_wire(job_id, one) for one in found], more, ends=True)


def _stopped(services: Services, job_id: str, wanted: Any, words: str) -> dict[str, Any]:
    jobs = services.store.jobs
    try:
        job = jobs.stop(job_id, wanted)
    except NotNow as error:
        raise _not_now(wanted, error) from None
    if job is None:
        raise _no_job(job_id)
    if job.status == wanted:  # at once, for nobody was working on it
        jobs.history.say(job_id, words)
    return wire(job)


def _found(services: Services, job_id: str) -> Job:
    job = services.store.jobs.find(job_id)
    if job is None:
        raise _no_job(job_id)
    return job


def _no_job(job_id: str) -> ApiError:
    return not_found("fine-tuning job", job_id, "fine_tuning_job_id")


def _not_now(what: str, error: NotNow) -> ApiError:
    how = f"has already {error.status}" if error.status == "succeeded" else f"is {error.status}"
    if error.status in OVER and error.status != "succeeded":
        how = f"has already {'failed' if error.status == 'failed' else 'been cancelled'}"
    words = f"The job can't be {what}: it {how.replace('_', ' ')}."
    return ApiError(400, words, code="invalid_state", param="fine_tuning_job_id")
