"""The queue of tuning jobs: leases, wishes, events said once, models by name."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest

from etude.records.task import ModelRef
from etude.records.tuning import Endpoint, Job, JobCheckpoint, Method, Metrics, TunedModel
from etude.store import Store, leases
from etude.store.jobs import NotNow
from etude.store.leases import LeaseLost, holder, is_gone


def job(name: str = "ftjob-1", **more: object) -> Job:
    said = {
        "id": name,
        "created": 1,
        "model": "builtin:starter",
        "reference": ModelRef(name="builtin:starter"),
        "name": f"ft:starter:local::{name}",
        "method": Method(),
        "seed": 1,
        "training_file": "file-1",
        "results_file": "file-2",
    }
    return Job.model_validate({**said, **more})


def tuned(name: str, path: str = "tuned/a/model", step: int | None = None) -> TunedModel:
    reference = ModelRef(name="builtin:starter")
    return TunedModel(
        name=name, job="ftjob-1", created=1, path=path, reference=reference, step=step
    )


def test_jobs_are_taken_in_order_and_by_one(store: Store) -> None:
    for name in ("ftjob-1", "ftjob-2"):
        store.jobs.create(job(name))
    me, you = holder(), holder()
    first, second = store.jobs.claim(me, 60), store.jobs.claim(you, 60)
    assert first is not None
    assert second is not None
    assert (first.id, first.attempts, second.id) == ("ftjob-1", 1, "ftjob-2")
    assert store.jobs.claim(holder(), 60) is None
    assert store.jobs.renew("ftjob-1", me, 60) is None
    with pytest.raises(LeaseLost):
        store.jobs.change("ftjob-1", you, trained_tokens=3)
    store.jobs.release("ftjob-1", me, "queued")
    again = store.jobs.claim(you, 60)
    assert again is not None
    assert (again.id, again.status) == ("ftjob-1", "queued")


def test_a_lease_that_ran_out_is_free(store: Store) -> None:
    store.jobs.create(job())
    me, you = holder(), holder()
    assert store.jobs.claim(me, -1) is not None
    assert store.jobs.claim(you, 60) is not None
    with pytest.raises(LeaseLost):
        store.jobs.renew("ftjob-1", me, 60)
    with pytest.raises(LeaseLost):
        store.jobs.finish("ftjob-1", me, "succeeded")


CLAIM = """
import sys
from etude.store import Store
from etude.store.leases import holder
print(Store.open(sys.argv[1]).jobs.claim(holder(), 3600).id)
"""


def test_nobody_waits_for_a_process_that_is_gone(plain: Store) -> None:
    plain.jobs.create(job())
    done = subprocess.run(
        [sys.executable, "-c", CLAIM, str(plain.root)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "ftjob-1"
    found = plain.jobs.claim(holder(), 60)
    assert found is not None
    assert found.attempts == 2


def test_a_holder_of_another_machine_is_believed() -> None:
    assert not is_gone(holder())
    assert not is_gone("0" * 8 + "-999999999-1-abcd")
    assert not is_gone("a name")
    host, _, started, token = holder().split("-")
    assert is_gone(f"{host}-999999999-{started}-{token}")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which processes are seen")
def test_a_host_name_alone_makes_no_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may have the host's name and processes of its own."""
    host, _, started, token = holder().split("-")
    dead = f"{host}-999999999-{started}-{token}"
    assert is_gone(dead)
    leases._host.cache_clear()
    monkeypatch.setattr("os.readlink", lambda path: "pid:[1]")
    assert not is_gone(dead)
    leases._host.cache_clear()


def test_threads_never_take_the_same_job(store: Store) -> None:
    for number in range(12):
        store.jobs.create(job(f"ftjob-{number}"))
    taken: list[str] = []

    def work() -> None:
        with Store.open(store.root, url=store.url) as mine:
            while (found := mine.jobs.claim(holder(), 60)) is not None:
                taken.append(found.id)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    while (found := store.jobs.claim(holder(), 60)) is not None:  # a lost race ends a round early
        taken.append(found.id)
    assert sorted(taken) == sorted(f"ftjob-{number}" for number in range(12))


def test_a_job_that_waits_is_stopped_at_once(store: Store) -> None:
    store.jobs.create(job())
    paused = store.jobs.stop("ftjob-1", "paused")
    assert paused is not None
    assert paused.status == "paused"
    assert store.jobs.claim(holder(), 60) is None
    with pytest.raises(NotNow):
        store.jobs.stop("ftjob-1", "paused")
    resumed = store.jobs.resume("ftjob-1")
    assert resumed is not None
    assert resumed.status == "queued"
    with pytest.raises(NotNow):
        store.jobs.resume("ftjob-1")
    cancelled = store.jobs.stop("ftjob-1", "cancelled")
    assert cancelled is not None
    assert (cancelled.status, cancelled.finished is None) == ("cancelled", False)
    with pytest.raises(NotNow):
        store.jobs.stop("ftjob-1", "cancelled")
    assert store.jobs.stop("ftjob-9", "cancelled") is None
    assert store.jobs.resume("ftjob-9") is None


def test_a_job_under_way_learns_what_is_wanted(store: Store) -> None:
    store.jobs.create(job())
    me = holder()
    store.jobs.claim(me, 60)
    stopped = store.jobs.stop("ftjob-1", "paused")
    assert stopped is not None
    assert (stopped.status, stopped.wanted) == ("validating_files", "paused")
    assert store.jobs.renew("ftjob-1", me, 60) == "paused"
    store.jobs.resume("ftjob-1")
    assert store.jobs.renew("ftjob-1", me, 60) is None
    store.jobs.stop("ftjob-1", "cancelled")
    with pytest.raises(NotNow, match="cancelled"):
        store.jobs.stop("ftjob-1", "paused")
    assert store.jobs.renew("ftjob-1", me, 60) == "cancelled"
    done = store.jobs.finish("ftjob-1", me, "cancelled")
    assert (done.status, done.wanted) == ("cancelled", None)


def test_what_is_asked_while_a_worker_lets_go_is_not_lost(store: Store) -> None:
    """It has seen the wish to pause; then someone cancels, resumes, or asks a server that stops."""
    for name in ("ftjob-1", "ftjob-2", "ftjob-3", "ftjob-4"):
        store.jobs.create(job(name))
    me, you = holder(), holder()
    for name in ("ftjob-1", "ftjob-2", "ftjob-3", "ftjob-4"):
        store.jobs.claim(me, 60)
        store.jobs.stop(name, "paused")
    store.jobs.stop("ftjob-1", "cancelled")
    store.jobs.release("ftjob-1", me, "paused")
    cancelled = store.jobs.claim(you, 60)
    assert cancelled is not None
    assert (cancelled.id, cancelled.status, cancelled.wanted) == ("ftjob-1", "queued", "cancelled")

    store.jobs.resume("ftjob-2")
    store.jobs.release("ftjob-2", me, "paused")
    resumed = store.jobs.claim(you, 60)
    assert resumed is not None
    assert (resumed.id, resumed.status, resumed.wanted) == ("ftjob-2", "queued", None)

    store.jobs.release("ftjob-3", me, "queued")
    stopped = store.jobs.claim(you, 60)
    assert stopped is not None
    assert (stopped.id, stopped.wanted) == ("ftjob-3", "paused")

    store.jobs.release("ftjob-4", me, "paused")
    paused = store.jobs.find("ftjob-4")
    assert paused is not None
    assert (paused.status, paused.wanted) == ("paused", None)
    assert store.jobs.claim(you, 60) is None


def test_an_event_is_said_once(store: Store) -> None:
    store.jobs.create(job())
    history = store.jobs.history
    assert history.say("ftjob-1", "Step 1", key="step:1", kind="metrics", data={"step": 1})
    assert not history.say("ftjob-1", "Step 1", key="step:1", kind="metrics", data={"step": 1})
    assert history.say("ftjob-1", "Paused")
    assert history.say("ftjob-1", "Paused")
    events, more = history.events("ftjob-1", limit=2)
    assert ([event.message for event in events], more) == (["Paused", "Paused"], True)
    rest, more = history.events("ftjob-1", after=events[-1].id)
    assert ([event.data for event in rest], more) == ([{"step": 1}], False)
    with pytest.raises(KeyError):
        history.events("ftjob-1", after="ftevent-9")


def test_old_checkpoints_lose_their_names_and_folders(store: Store) -> None:
    store.jobs.create(job())
    for step in (10, 20, 30, 20):
        path = f"tuned/ftjob-1/step-{step}"
        (store.folder / path).mkdir(parents=True, exist_ok=True)
        name = f"ft:m:ckpt-step-{step}"
        checkpoint = JobCheckpoint(
            id=f"ftckpt_{step}", created=1, model=name, step=step, metrics=Metrics(step=step)
        )
        store.jobs.history.add_checkpoint("ftjob-1", checkpoint, tuned(name, path, step), keep=2)
    found, more = store.jobs.history.checkpoints("ftjob-1")
    assert ([one.step for one in found], more) == ([30, 20], False)
    assert store.jobs.tuned_model("ft:m:ckpt-step-10") is None
    assert not (store.folder / "tuned/ftjob-1/step-10").exists()
    assert (store.folder / "tuned/ftjob-1/step-20").exists()


def test_a_model_has_its_name_when_its_job_has_succeeded(store: Store) -> None:
    store.jobs.create(job())
    me = holder()
    store.jobs.claim(me, 60)
    name = "ft:starter:local::ftjob-1"
    store.jobs.finish("ftjob-1", me, "succeeded", [tuned(name)], fine_tuned_model=name)
    assert store.jobs.tuned_model(name) == tuned(name)
    assert [model.name for model in store.jobs.tuned_models()] == [name]
    found = store.jobs.find("ftjob-1")
    assert found is not None
    assert (found.status, found.fine_tuned_model) == ("succeeded", name)
    assert store.jobs.tuned.remove(name)
    assert not store.jobs.tuned.remove(name)


def test_a_folder_stays_while_another_name_needs_it(store: Store) -> None:
    (store.folder / "tuned/a/model").mkdir(parents=True)
    with store.database.write() as connection:
        store.jobs.tuned.add(connection, tuned("ft:one"))
        further = tuned("ft:two", "tuned/b/model").model_copy(update={"start": "tuned/a/model"})
        store.jobs.tuned.add(connection, further)
    store.jobs.tuned.remove("ft:one")
    assert (store.folder / "tuned/a/model").exists()


def test_jobs_are_listed_by_what_was_attached(store: Store) -> None:
    for number in range(5):
        store.jobs.create(job(f"ftjob-{number}", metadata={"even": str(number % 2 == 0)}))
    page, more = store.jobs.page(after=None, limit=2, metadata={"even": "True"})
    assert ([one.id for one in page], more) == (["ftjob-4", "ftjob-2"], True)
    page, more = store.jobs.page(after="ftjob-2", limit=2, metadata={"even": "True"})
    assert ([one.id for one in page], more) == (["ftjob-0"], False)
    with pytest.raises(KeyError):
        store.jobs.page(after="ftjob-9", limit=2)


def test_an_event_is_put_down_for_who_wants_it(store: Store) -> None:
    for name, types in (("a", ("fine_tuning.job.cancelled",)), ("b", ("fine_tuning.job.failed",))):
        store.webhooks.put(
            Endpoint(
                id=name,
                created=1,
                updated=1,
                name=name,
                url="https://example.com",
                event_types=types,
                secret="whsec_YQ==",
            )
        )
    store.jobs.create(job())
    store.jobs.stop("ftjob-1", "cancelled")
    (pending,) = store.webhooks.pending("a")
    assert '"fine_tuning.job.cancelled"' in pending.body
    assert store.webhooks.pending("b") == []
    taken = store.webhooks.take(60)
    assert taken == pending
    assert store.webhooks.take(60) is None  # it is held
    later = taken.model_copy(update={"attempts": 1, "answer": "503"})
    store.webhooks.told(later, delivered=False, again=0.0)
    assert store.webhooks.take(-1) == later
    store.webhooks.told(later, delivered=False, again=60)
    assert store.webhooks.take(60) is None  # it is not due yet
    store.webhooks.told(later, delivered=True)
    assert store.webhooks.pending("a") == []
    assert store.webhooks.delete("a")
    assert not store.webhooks.delete("a")
    assert [one.id for one in store.webhooks.page()[0]] == ["b"]


def test_leases_end_by_the_clock(store: Store) -> None:
    store.jobs.create(job())
    assert store.jobs.claim(holder(), 0.05) is not None
    time.sleep(0.06)
    assert store.jobs.claim(holder(), 60) is not None
