"""Tuning jobs as OpenAI's client asks for them, follows them, stops them and calls what they made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
import torch
from tests.jobs._made import EXAMPLES, PREFERENCES, lines, tiny
from tests.serving._inside import serving
from tests.serving._live import client, live, working

from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.services import Services
from etude.serving.tuning import base_model
from etude.store import Store
from etude.store.leases import holder

Running = tuple[Services, openai.OpenAI, str]
OVER = ("succeeded", "failed", "cancelled", "paused")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("served")
    tiny(root)
    models = {"gpt-4.1-mini": "tiny"}
    services = serving(root, tuning={"workers": 0, "models": models, "organization": "acme"})
    with live(services) as address, client(address) as official:
        yield services, official, address
    torch.set_num_threads(threads)


def put(official: openai.OpenAI, rows: Any = EXAMPLES, purpose: Any = "fine-tune") -> str:
    return official.files.create(file=("chats.jsonl", lines(rows)), purpose=purpose).id


def wait(official: openai.OpenAI, job: str) -> Any:
    """Poll, as scripts do."""
    until = time.monotonic() + 60
    while (found := official.fine_tuning.jobs.retrieve(job)).status not in OVER:
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def asked(official: openai.OpenAI, **more: Any) -> Any:
    said = {"model": "gpt-4.1-mini", "training_file": put(official)} | more
    return official.fine_tuning.jobs.create(**said)


HYPER = "method.supervised.hyperparameters."
RATE = HYPER + "learning_rate_multiplier"


def method(kind: str = "supervised", **hyper: Any) -> dict[str, Any]:
    return {"type": kind, kind: {"hyperparameters": hyper}}


def test_a_script_of_openais_runs_from_file_to_answer(running: Running) -> None:
    _, official, _ = running
    job = asked(
        official,
        validation_file=put(official, EXAMPLES[:3]),
        suffix="My Words",
        seed=7,
        method=method(n_epochs=2, batch_size=4, learning_rate_multiplier=0.5),
        metadata={"team": "a"},
    )
    assert (job.object, job.status, job.model) == (
        "fine_tuning.job",
        "validating_files",
        "gpt-4.1-mini",
    )
    assert (job.organization_id, job.seed, job.metadata) == ("acme", 7, {"team": "a"})
    assert (job.fine_tuned_model, job.finished_at, job.error) == (None, None, None)
    with working(running[0].store):
        done = wait(official, job.id)
    assert done.status == "succeeded"
    assert done.fine_tuned_model.startswith("ft:tiny:acme:my-words:")
    assert (done.trained_tokens > 0, done.finished_at >= done.created_at) == (True, True)
    assert done.hyperparameters.model_dump() == {
        "n_epochs": 2,
        "batch_size": 4,
        "learning_rate_multiplier": 0.5,
    }
    assert done.method.supervised.hyperparameters.n_epochs == 2
    said = list(official.fine_tuning.jobs.list_events(job.id, limit=4))  # all pages
    messages = [event.message for event in said][::-1]
    assert messages[0] == f"Created fine-tuning job: {job.id}"
    assert said[-2].level == "warn"
    assert "gpt-4.1-mini is not on this server" in messages[1]
    assert "candidate" in messages[-2]
    metrics = next(event for event in said if event.type == "metrics")
    assert metrics.data["train_mean_token_accuracy"] >= 0
    steps = official.fine_tuning.jobs.checkpoints.list(job.id).data
    assert [one.step_number for one in steps] == [6, 3]
    assert steps[0].metrics.full_valid_loss is not None
    (result,) = done.result_files
    figures = official.files.content(result).text.splitlines()
    assert figures[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert len(figures) == 7
    for name in (done.fine_tuned_model, steps[1].fine_tuned_model_checkpoint):
        answer = official.chat.completions.create(
            model=name, messages=[{"role": "user", "content": "a red"}], max_tokens=3
        )
        assert answer.model == name
        streamed = official.chat.completions.create(
            model=name,
            messages=[{"role": "user", "content": "a red"}],
            max_tokens=3,
            stream=True,
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices]
        assert "".join(pieces) == answer.choices[0].message.content
    assert done.fine_tuned_model in [model.id for model in official.models.list()]


def test_a_tuned_model_is_trained_further_under_its_base(running: Running) -> None:
    services, official, _ = running
    job = asked(official, method=method(n_epochs=1))
    with working(services.store):
        done = wait(official, job.id)
        further = asked(official, model=done.fine_tuned_model, method=method(n_epochs=1))
        again = wait(official, further.id)
    assert (again.status, again.model) == ("succeeded", done.fine_tuned_model)
    assert again.fine_tuned_model.startswith("ft:tiny:acme::")
    assert again.fine_tuned_model != done.fine_tuned_model


def test_preferences_are_asked_for_as_openai_writes_it(running: Running) -> None:
    services, official, _ = running
    file = put(official, PREFERENCES)
    job = asked(official, training_file=file, method=method("dpo", n_epochs=1, beta=0.3))
    assert job.method.dpo.hyperparameters.beta == 0.3
    kept = services.store.jobs.find(job.id)
    assert kept is not None
    assert (kept.method.type, kept.method.hyperparameters.beta) == ("dpo", 0.3)
    official.fine_tuning.jobs.cancel(job.id)


def test_a_bad_file_fails_the_job_and_not_the_upload(running: Running) -> None:
    services, official, _ = running
    few = asked(official, training_file=put(official, EXAMPLES[:3]))
    bad = asked(official, training_file=put(official, [{"messages": []}] * 12))
    with working(services.store):
        few, bad = wait(official, few.id), wait(official, bad.id)
    assert (few.status, few.error.code, few.error.param) == (
        "failed",
        "invalid_n_examples",
        "training_file",
    )
    assert few.error.message == (
        "Training file has 3 example(s), but must have at least 10 examples"
    )
    assert bad.error.code == "invalid_file_format"
    assert "line 1: the list in `messages` is empty (missing_messages_list)" in bad.error.message
    event = official.fine_tuning.jobs.list_events(bad.id).data[0]
    assert event.level == "error"
    assert event.data["faults"][0] == {  # type: ignore[index]
        "line": 1,
        "code": "missing_messages_list",
        "message": "the list in `messages` is empty",
    }


def test_a_job_is_paused_resumed_and_cancelled(running: Running) -> None:
    services, official, _ = running
    job = asked(official)
    paused = official.fine_tuning.jobs.pause(job.id)
    assert paused.status == "paused"  # no status that the client knows; it passes it on
    assert official.fine_tuning.jobs.retrieve(job.id).status == "paused"
    assert official.fine_tuning.jobs.resume(job.id).status == "queued"
    with pytest.raises(openai.BadRequestError, match="can't be resumed: it is queued"):
        official.fine_tuning.jobs.resume(job.id)
    cancelled = official.fine_tuning.jobs.cancel(job.id)
    assert cancelled.status == "cancelled"
    assert cancelled.finished_at is not None
    with pytest.raises(openai.BadRequestError, match="has already been cancelled"):
        official.fine_tuning.jobs.cancel(job.id)
    said = [event.message for event in official.fine_tuning.jobs.list_events(job.id)]
    assert said[:3] == ["The job was cancelled", "The job was resumed", "The job was paused"]
    assert services.store.jobs.claim(holder(), 1) is None


def test_jobs_are_listed_by_pages_and_metadata(running: Running) -> None:
    _, official, _ = running
    made = [asked(official, metadata={"n": str(n % 2)}).id for n in range(4)]
    for job in made:
        official.fine_tuning.jobs.cancel(job)
    page = official.fine_tuning.jobs.list(limit=2)
    assert ([job.id for job in page.data], page.has_more) == (made[:1:-1], True)
    second = official.fine_tuning.jobs.list(limit=2, after=page.data[-1].id)
    assert [job.id for job in second.data] == made[1::-1]
    odd = official.fine_tuning.jobs.list(metadata={"n": "1"})
    assert [job.id for job in odd] == [made[3], made[1]]
    bare = official.fine_tuning.jobs.list(extra_query={"metadata": "null"})
    assert not {job.id for job in bare} & set(made)


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"model": "gpt-4o-mini"}, "model"),
        ({"model": "../tiny"}, "model"),
        ({"model": "/etc/passwd"}, "model"),
        ({"model": "builtin:minilm"}, "model"),
        ({"model": "ft:tiny:acme::nothing1"}, "model"),
        ({"training_file": "file-nothing"}, "training_file"),
        ({"training_file": "../../etude.db"}, "training_file"),
        ({"validation_file": "file-nothing"}, "validation_file"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**31}, "seed"),
        ({"seed": "7"}, "seed"),
        ({"method": method(n_epochs=0)}, HYPER + "n_epochs"),
        ({"method": method(n_epochs=51)}, HYPER + "n_epochs"),
        ({"method": method(batch_size=257)}, HYPER + "batch_size"),
        ({"method": method(learning_rate_multiplier=0)}, RATE),
        ({"method": method("dpo", beta=2.1)}, "method.dpo.hyperparameters.beta"),
        ({"method": {"type": "reinforcement", "reinforcement": {"grader": {}}}}, "method.type"),
        ({"method": {"type": "supervised", "dpo": {}}}, "method.dpo"),
        ({"hyperparameters": {"n_epochs": 1.5}}, "hyperparameters.n_epochs"),
        ({"metadata": {"k" * 65: "v"}}, "metadata"),
        ({"metadata": {"k": "v" * 513}}, "metadata.k"),
        ({"method": method(learning_rate_multiplier="0.5")}, RATE),
        ({"method": method(learning_rate_multiplier=True)}, RATE),
        ({"model": "ft:a\0b"}, "model"),
        ({"training_file": "file-\0"}, "training_file"),
        ({"metadata": {str(n): "v" for n in range(17)}}, "metadata"),
        ({"integrations": [{"type": "wandb", "wandb": {"project": "p"}}]}, "integrations"),
        ({"method": method(), "hyperparameters": {"n_epochs": 1}}, "hyperparameters"),
        ({"extra_body": {"colour": "red"}}, "colour"),
    ],
)
def test_what_can_not_be_is_refused_by_name(running: Running, more: Any, param: str) -> None:
    services, official, _ = running
    before = services.store.jobs.waiting()
    with pytest.raises(openai.BadRequestError) as caught:
        asked(official, **more)
    assert (caught.value.param, caught.value.type) == (param, "invalid_request_error")
    assert "literal" not in caught.value.message
    assert set(caught.value.body) == {"message", "type", "param", "code"}  # type: ignore[arg-type]
    assert services.store.jobs.waiting() == before


def test_a_file_for_something_else_is_refused(running: Running) -> None:
    _, official, _ = running
    with pytest.raises(openai.BadRequestError, match="purpose 'batch'"):
        asked(official, training_file=put(official, purpose="batch"))


def test_the_older_form_of_hyperparameters_is_taken(running: Running) -> None:
    _, official, _ = running
    job = asked(official, hyperparameters={"n_epochs": 3, "batch_size": "auto"})
    assert job.hyperparameters.n_epochs == 3
    assert job.method.supervised.hyperparameters.batch_size == "auto"
    official.fine_tuning.jobs.cancel(job.id)


def test_what_is_not_there_answers_404_in_the_shape(running: Running) -> None:
    _, official, address = running
    jobs = official.fine_tuning.jobs
    for call in (jobs.retrieve, jobs.cancel, jobs.pause, jobs.resume, jobs.list_events):
        with pytest.raises(openai.NotFoundError):
            call("ftjob-nothing")
    with pytest.raises(openai.NotFoundError):
        jobs.checkpoints.list("ftjob-nothing")
    with pytest.raises(openai.NotFoundError):
        official.fine_tuning.checkpoints.permissions.create("ft:x", project_ids=["p"])
    with pytest.raises(openai.NotFoundError):
        official.fine_tuning.alpha.graders.validate(
            grader={
                "type": "string_check",
                "name": "n",
                "input": "a",
                "reference": "a",
                "operation": "eq",
            }
        )
    answer = httpx2.post(f"{address}/uploads", json={})
    assert (answer.status_code, set(answer.json()["error"])) == (
        404,
        {"message", "type", "param", "code"},
    )


def test_a_name_for_jobs_may_stand_for_another_name_of_the_settings(tmp_path: Path) -> None:
    far = {"openai": {"base_url": "https://a.example/v1", "model": "m"}}
    said = {
        "models": {"fast": "builtin:starter", "far": far},
        "tuning": {"models": {"gpt-4.1-mini": "fast", "gpt-4.1": "far"}},
    }
    config = ServingConfig.model_validate(said)
    with Store.open(tmp_path) as store:
        assert base_model(store, config, "gpt-4.1-mini").reference.name == "builtin:starter"
        with pytest.raises(ApiError, match="not available"):
            base_model(store, config, "gpt-4.1")


def test_a_hub_id_is_fetched_for_a_caller_only_where_that_is_allowed(tmp_path: Path) -> None:
    name = "acme/small"
    with Store.open(tmp_path) as store:
        with pytest.raises(ApiError, match="tuning: hub: true") as caught:
            base_model(store, ServingConfig(), name)
        assert (caught.value.code, caught.value.param) == ("model_not_available", "model")
        for tuning in ({"hub": True}, {"models": {"mine": name}}):
            config = ServingConfig.model_validate({"tuning": tuning})
            asked = "mine" if "models" in tuning else name
            assert base_model(store, config, asked).reference.name == name


def test_a_folder_of_the_settings_is_found_from_everywhere(running: Running) -> None:
    services, official, _ = running
    job = asked(official)
    found = services.store.jobs.find(job.id)
    assert found is not None
    assert Path(found.reference.name) == services.root.resolve() / "tiny"
    official.fine_tuning.jobs.cancel(job.id)
