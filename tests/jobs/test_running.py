"""A job from a file to a model: what it leaves, says and counts; how it stops and goes on."""

from __future__ import annotations

import csv
import io
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from etude.jobs import learning, starting, worker
from etude.jobs.following import Following
from etude.jobs.holding import Held
from etude.jobs.starting import opened
from etude.jobs.tidying import tidy
from etude.models.opening import open_model
from etude.records.tuning import Job, Start, TunedModel
from etude.store import Store
from etude.store.leases import holder
from etude.training.lm import settings as lm_settings
from tests.jobs._made import EXAMPLES, PREFERENCES, done, events, queue, run, tiny, upload


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with Store.open(tmp_path / "project") as made:
        yield made
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model"))


def weights(store: Store, found: TunedModel | None) -> dict[str, torch.Tensor]:
    assert found is not None
    (file,) = (store.folder / found.path).glob("*.safetensors")
    return load_file(file)


def same(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_a_job_leaves_a_model_its_checkpoints_and_figures(store: Store, model: Path) -> None:
    job = queue(store, model, validation_file=upload(store, EXAMPLES[:4]))
    over = done(store, job)
    assert (over.status, over.error) == ("succeeded", None)
    assert over.fine_tuned_model == job.name
    assert over.finished is not None
    assert over.estimated_finish is None
    chosen = over.method.hyperparameters
    assert (chosen.n_epochs, chosen.batch_size, chosen.learning_rate_multiplier) == (2, 4, 1.0)
    tuned = store.jobs.tuned_model(job.name)
    assert tuned is not None
    source: Any = open_model(tuned.reference)
    assert source.tuned(store.folder / tuned.path).load_module() is not None
    steps, _ = store.jobs.history.checkpoints(job.id)
    assert [one.step for one in steps] == [6, 3]
    assert steps[0].model == f"{job.name}:ckpt-step-6"
    assert steps[0].metrics.full_valid_loss is not None
    assert same(weights(store, store.jobs.tuned_model(steps[0].model)), weights(store, tuned))
    first = weights(store, store.jobs.tuned_model(steps[1].model))
    assert not same(first, weights(store, tuned))
    (result,) = over.result_files
    rows = list(csv.DictReader(io.StringIO(store.files.path(result).read_text())))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert float(rows[-1]["train_loss"]) > 0
    assert rows[-1]["valid_mean_token_accuracy"]
    said = events(store, job)
    assert said[1] == "Files validated, moving job to queued state"
    assert any(one.startswith("Step 6/6: training loss=") for one in said)
    assert said[-1] == "The job has successfully completed"
    left = {path.name for path in (store.jobs.folder / job.id).iterdir()}
    assert not left & {"training.jsonl", "validation.jsonl", "checkpoints"}


def test_what_a_job_leaves_without_a_worker_is_tidied(store: Store) -> None:
    over, waiting = queue(store, "m"), queue(store, "m")
    for job in (over, waiting):
        folder = store.jobs.folder / job.id
        (folder / "checkpoints").mkdir(parents=True)
        (folder / "training.jsonl").write_text("{}")
    store.jobs.stop(over.id, "cancelled")
    tidy(store)
    assert list((store.jobs.folder / over.id).iterdir()) == []
    assert len(list((store.jobs.folder / waiting.id).iterdir())) == 2


def test_tokens_are_those_of_the_examples_as_often_as_seen(store: Store, model: Path) -> None:
    source: Any = open_model(queue(store, model, hyper={"n_epochs": 1}).reference)
    run(store)
    (job,), _ = store.jobs.page(after=None, limit=1)
    from etude.jobs.examples import read_chats
    from etude.jobs.pairs import token_pairs

    path = store.root / "t.jsonl"
    store.files.copy(job.training_file, path)
    pairs = token_pairs(source, read_chats(path, "training_file").chats, "training_file").rows
    assert job.trained_tokens == sum(len(pair) for pair in pairs)


class StopsAt:
    """Lets a training stop after a row, as someone elsewhere would ask for it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, step: int, act: Any) -> None:
        row = Following.row

        def told(self: Following, what: Any, total: int) -> None:
            row(self, what, total)
            if what.step == step and not self._held.stop():
                act(self._held)

        monkeypatch.setattr(Following, "row", told)


def test_a_paused_job_goes_on_to_the_same_weights(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = done(store, queue(store, model, name="ft:tiny:local:whole:1"))

    def pause(held: Held) -> None:
        store.jobs.stop(held.job.id, "paused")
        held._told = store.jobs.renew(held.job.id, held.owner, 60)

    with monkeypatch.context() as patch:
        StopsAt(patch, 3, pause)
        paused = done(store, queue(store, model, name="ft:tiny:local:paused:2"))
    assert paused.status == "paused"
    assert store.jobs.claim(holder(), 60) is None
    assert (store.jobs.folder / paused.id / "checkpoints").exists()
    store.files.delete(paused.training_file)  # it has its own copy
    store.jobs.resume(paused.id)
    resumed = done(store, paused)
    assert resumed.status == "succeeded"
    a, b = store.jobs.tuned_model(whole.name), store.jobs.tuned_model(resumed.name)
    assert same(weights(store, a), weights(store, b))
    said = events(store, resumed)
    assert len([one for one in said if one.startswith("Step ")]) == 6
    assert len([one for one in said if one.startswith("Checkpoint")]) == 2


def test_a_cancelled_job_stops_and_keeps_its_checkpoints(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(held: Held) -> None:
        store.jobs.stop(held.job.id, "cancelled")
        held._told = store.jobs.renew(held.job.id, held.owner, 60)

    StopsAt(monkeypatch, 4, cancel)
    job = done(store, queue(store, model))
    assert (job.status, job.fine_tuned_model) == ("cancelled", None)
    assert store.jobs.tuned_model(job.name) is None
    (kept,), _ = store.jobs.history.checkpoints(job.id)
    assert store.jobs.tuned_model(kept.model) is not None


def test_a_worker_that_ends_leaves_the_job_to_the_next(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutdown = threading.Event()
    job = queue(store, model)
    with monkeypatch.context() as patch:
        StopsAt(patch, 2, lambda held: shutdown.set())
        worker.work(store, shutdown)
    left = store.jobs.find(job.id)
    assert left is not None
    assert left.status == "queued"
    assert done(store, job).status == "succeeded"


def test_ctrl_c_ends_the_worker_and_keeps_the_job(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = queue(store, model)
    with monkeypatch.context() as patch:
        StopsAt(patch, 2, lambda held: signal.raise_signal(signal.SIGINT))
        before = signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # ignored in the background
        try:
            worker.work(store, threading.Event())  # for ever, but for Ctrl-C
        finally:
            signal.signal(signal.SIGINT, before)
    left = store.jobs.find(job.id)
    assert left is not None
    assert left.status == "queued"
    assert done(store, job).status == "succeeded"


def test_a_job_that_kills_its_workers_fails_in_the_end(store: Store, model: Path) -> None:
    job = queue(store, model)
    for _ in range(5):
        assert store.jobs.claim(holder(), -1) is not None
    failed = done(store, job)
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.code == "worker_failed"


def test_a_job_learns_from_preferences(store: Store, model: Path) -> None:
    job = done(store, queue(store, model, PREFERENCES, kind="dpo", hyper={"n_epochs": 2}))
    assert (job.status, job.error) == ("succeeded", None)
    assert job.method.hyperparameters.beta == 0.1
    assert [one.startswith("Step ") for one in events(store, job)].count(True) == 6
    before = load_file(model / "model.safetensors")
    tuned = weights(store, store.jobs.tuned_model(job.name))
    assert not same(tuned, before)
    (last, first), _ = store.jobs.history.checkpoints(job.id)
    names = [f"{job.name}:ckpt-step-{step}" for step in (3, 6)]
    assert [first.model, last.model] == names
    assert (first.metrics.step, last.metrics.step) == (3, 6)
    assert None not in (first.metrics.train_loss, last.metrics.train_loss)
    half, end = (weights(store, store.jobs.tuned_model(name)) for name in names)
    assert same(end, tuned)
    assert not same(half, tuned)
    assert not same(half, before)
    assert not (store.jobs.folder / job.id / "checkpoints").exists()


def test_a_tuned_model_is_trained_further(store: Store, model: Path) -> None:
    first = done(store, queue(store, model, name="ft:tiny:local::1", hyper={"n_epochs": 1}))
    tuned = store.jobs.tuned_model(first.name)
    assert tuned is not None
    begin = Start(name=tuned.name, path=tuned.path, start=tuned.start)
    more: dict[str, Any] = {"begin": begin, "name": "ft:tiny:local::2", "hyper": {"n_epochs": 1}}
    second = done(store, queue(store, model, **more))
    assert second.status == "succeeded"
    after = weights(store, store.jobs.tuned_model(second.name))
    assert not same(after, weights(store, tuned))


def test_adapters_go_on_by_either_method(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above 30 million parameters adapters are trained; here above none."""
    monkeypatch.setattr(lm_settings, "FULL_BELOW", 0)
    monkeypatch.setattr(starting, "FULL_BELOW", 0)
    first = done(store, queue(store, model, name="ft:tiny:local::1", hyper={"n_epochs": 1}))
    assert (first.status, first.error) == ("succeeded", None)
    adapter = store.jobs.tuned_model(first.name)
    assert adapter is not None
    place = store.folder / adapter.path
    assert (place / "adapter_config.json").is_file()
    base: Any = open_model(adapter.reference)
    begin = Start(name=adapter.name, path=adapter.path, start=adapter.start)
    answers = opened(queue(store, model, begin=begin), store.folder, "tuned/a")
    assert (answers.start, answers.adapter) == ("tuned/a/start", None)
    assert close(answers.source, base.tuned(place))  # merged once, trained over from there
    preferred = opened(queue(store, model, begin=begin, kind="dpo"), store.folder, "tuned/b")
    assert (preferred.start, preferred.adapter) == (None, place)
    fresh = opened(queue(store, model, kind="dpo"), store.folder, "tuned/c")
    assert fresh.adapter == store.folder / "tuned/c/adapter"
    assert close(base.tuned(fresh.adapter), base)  # it changes nothing yet
    assert not close(base.tuned(place), base)


def close(a: Any, b: Any) -> bool:
    """Whether two models have the same weights, up to rounding."""
    one, other = (dict(model.load_module().named_parameters()) for model in (a, b))
    return all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)


def test_settings_that_were_made_to_fit_stay_for_the_whole_job(
    store: Store, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With less memory when it goes on, it must still be the same training."""

    def pause(held: Held) -> None:
        store.jobs.stop(held.job.id, "paused")
        held._told = store.jobs.renew(held.job.id, held.owner, 60)

    with monkeypatch.context() as patch:
        StopsAt(patch, 3, pause)
        job = done(store, queue(store, model))
    monkeypatch.setattr(learning, "fitting", lambda *given: pytest.fail("asked again"))
    store.jobs.resume(job.id)
    assert done(store, job).status == "succeeded"


@pytest.mark.parametrize("change", [{"n_epochs": 2000}, {"learning_rate_multiplier": 1e9}])
def test_what_no_training_can_have_fails_by_name(
    store: Store, model: Path, change: dict[str, Any]
) -> None:
    job: Job = done(store, queue(store, model, hyper=change))
    assert job.error is not None
    assert (job.status, job.error.code, job.error.param) == (
        "failed",
        "invalid_hyperparameter",
        "method",
    )


def test_a_model_that_is_not_there_fails_without_a_path(store: Store, tmp_path: Path) -> None:
    job = done(store, queue(store, tmp_path / "secret" / "nothing"))
    assert job.error is not None
    assert job.error.code == "model_not_available"
    assert "secret" not in job.error.message
