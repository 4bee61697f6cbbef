"""One job from being taken to its end: files checked, a model trained, named and told of.

Every stage can be entered again: what was said is not said twice, what was written is found. The last
word is said before the end is written down, so that a kill between the two leaves nothing unsaid.
"""

from __future__ import annotations

from etude.errors import EtudeError, StoreError
from etude.jobs.examples import Lines, read_chats, read_preferred
from etude.jobs.failing import TRAINING, WORKER, JobFailed, told
from etude.jobs.following import checkpointed, named
from etude.jobs.holding import Held
from etude.jobs.learning import Learned, Preferring, Supervised
from etude.jobs.results import FILENAME, PURPOSE, as_csv
from etude.jobs.starting import opened
from etude.jobs.tidying import COPIES, tidied
from etude.records.tuning import Method
from etude.store.leases import LeaseLost
from etude.store.locks import Lock

MOST_ATTEMPTS = 5
"""Workers that may die over a job, one after another, before it gets any further."""


def run_job(held: Held) -> None:
    """Lead the job as far as it goes: to its end, or to where it is to stop.

    Raises:
        StoreError: the project's folder or database can't be used.
    """
    lock = Lock(held.store.folder / "work" / f"job-{held.job.id}.lock")
    if not lock.try_acquire():
        # A worker that was thought dead works on it still and will find that it lost the job; this
        # one's lease runs out, and then the next one tries.
        return
    try:
        with held.kept():
            _led(held)
    except LeaseLost:
        pass
    finally:
        lock.release()


def _led(held: Held) -> None:
    try:
        if held.stop():
            raise KeyboardInterrupt
        if held.job.attempts > MOST_ATTEMPTS:
            raise JobFailed(
                WORKER,
                f"The worker ended {MOST_ATTEMPTS} times over this job without getting further; "
                "the machine may have too little memory or disk for it.",
            )
        _done(held, _learned(held))
    except KeyboardInterrupt:
        held.interrupted()
        _stopped(held)
    except JobFailed as failed:
        _failed(held, failed)
    except LeaseLost:
        raise
    except StoreError:
        raise
    except EtudeError as error:
        _failed(held, told(error, TRAINING))


def _learned(held: Held) -> Learned:
    job, work = held.job, _work(held)
    method = Preferring if job.method.type == "dpo" else Supervised
    if job.status == "validating_files":
        files = " and validation file ".join(
            f for f in (job.training_file, job.validation_file) if f
        )
        held.say(f"Validating training file: {files}", "validating")
    read = _read(held, work)
    learner = method(held, opened(job, held.store.folder, work), work, read)
    if held.stop():
        raise KeyboardInterrupt
    held.say("Files validated, moving job to queued state", "validated")
    for number, notice in enumerate(_notices(read) + learner.notices):
        held.say(notice, f"notice:{number}", "warn")
    if job.status == "validating_files":
        held.change(status="queued")
    chosen = Method(type=job.method.type, hyperparameters=learner.chosen)
    held.change(status="running", method=chosen)
    held.say("Fine-tuning job started", "started")
    return learner.learn()


def _read(held: Held, work: str) -> dict[str, Lines]:
    """The job's files, from copies of its own: whoever deletes them can't stop it half-way."""
    folder = held.store.folder / work
    reader = read_preferred if held.job.method.type == "dpo" else read_chats
    read = {}
    for param, name in COPIES.items():
        file = getattr(held.job, param)
        if file is None:
            continue
        if not (folder / name).is_file():
            if held.store.files.find(file) is None:
                raise JobFailed("file_not_found", f"The file {file} was deleted.", param)
            held.store.files.copy(file, folder / name)
        read[param] = reader(folder / name, param)
    return read


def _notices(read: dict[str, Lines]) -> tuple[str, ...]:
    return tuple(
        f"{'Training' if param == 'training_file' else 'Validation'} file: {notice}"
        for param, lines in read.items()
        for notice in lines.notices
    )


def _done(held: Held, learned: Learned) -> None:
    job, last = held.job, learned.rows[-1]
    checkpointed(held, last.step, learned.path, learned.start, last)
    held.store.files.write(
        as_csv(learned.rows), purpose=PURPOSE, filename=FILENAME, file=job.results_file
    )
    held.say(f"New fine-tuned model created: {job.name}", "model")
    held.say(
        "This model is a candidate: it was trained, and nothing says yet that it is better than "
        "instructions alone. Compare it before it is put to work (etude compare).",
        "candidate",
    )
    held.say("The job has successfully completed", "succeeded")
    held.finish(
        "succeeded",
        (named(held, job.name, learned.path, learned.start),),
        fine_tuned_model=job.name,
        result_files=(job.results_file,),
        trained_tokens=learned.tokens,
    )
    tidied(held.store, held.job.id)


def _stopped(held: Held) -> None:
    """The job is left as someone wants it."""
    if held.reason == "cancelled":
        held.say("The job was cancelled", "cancelled")
        held.finish("cancelled")
        tidied(held.store, held.job.id)
    elif held.reason == "paused":
        held.say("The job was paused; resuming it goes on from its last step")
        held.change(estimated_finish=None)
        held.release("paused")
    elif held.reason != "lost":
        held.change(estimated_finish=None)
        held.release("queued" if held.job.status == "running" else held.job.status)


def _failed(held: Held, failed: JobFailed) -> None:
    faults = [{"line": f.line, "code": f.name, "message": f.reason} for f in failed.faults[:100]]
    data = {"code": failed.error.code, **({"faults": faults} if faults else {})}
    held.say(f"The job failed: {failed.error.message}", "failed", "error", data=data)
    held.finish("failed", error=failed.error)
    tidied(held.store, held.job.id)


def _work(held: Held) -> str:
    return f"tuned/{held.job.id}"
