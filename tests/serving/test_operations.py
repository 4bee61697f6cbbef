"""/health and /metrics, as a watcher and Prometheus read them."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.store.test_traffic import served

from etude.errors import StoreError
from etude.serving import metrics as module
from etude.serving.metrics import Metrics
from etude.serving.routes import operations

from ._inside import app_of, bearer, call, keys_of, serving


def read(text: str) -> dict[tuple[str, ...], float]:
    """(name, values of labels by the labels' names) to the value; no series may stand twice."""
    found: dict[tuple[str, ...], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, *sample.labels.values())
            assert key not in found
            found[key] = sample.value
    return found


def test_health_needs_no_key_and_says_what_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys_of(tmp_path).create("k", ["infer"])
    services = serving(tmp_path)
    well = [True]
    services.checks["worker"] = lambda: well[0]
    app = app_of(services)
    (answer,) = call(app, {"url": "/health", "headers": {"Host": "balancer.example"}})
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["parts"]["store"] == answer.json()["parts"]["worker"] == "ok"
    well[0] = False
    (answer,) = call(app, {"url": "/health"})
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"] == "failing"
    well[0] = True

    def gone(database: object) -> None:
        raise StoreError("the database refused", where="/secret/etude.db")

    monkeypatch.setattr(operations, "lengths", gone)
    (answer,) = call(app, {"url": "/health"})
    assert answer.status_code == 503
    assert answer.json()["parts"]["store"] == "failing"
    assert "secret" not in answer.text


def test_what_does_not_end_well_keeps_nothing_else_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = serving(tmp_path)
    ended: list[str] = []

    class Fails:
        async def start(self) -> None:
            pass

        async def stop(self) -> None:
            ended.append("failing")
            raise RuntimeError("not well")

    class Ends(Fails):
        async def stop(self) -> None:
            ended.append("well")

    services.backgrounds[:] = [Ends(), Fails(), Ends()]
    monkeypatch.setattr(services.store, "close", lambda: ended.append("closed"))
    app = app_of(services)

    async def run() -> None:
        async with app.router.lifespan_context(app):
            pass

    asyncio.run(run())
    assert ended == ["well", "failing", "well", "closed"]


def test_metrics_are_for_admins_and_count_what_was_recorded(tmp_path: Path) -> None:
    _, infer = keys_of(tmp_path).create("i", ["infer"])
    _, admin = keys_of(tmp_path).create("a", ["admin"])
    services = serving(tmp_path)

    async def record() -> None:
        usual = {"tokens_in": 10, "tokens_out": 5, "tokens_cached": 4, "finish": "stop"}
        await services.recorder.add(served("a", first_token=0.1, **usual))
        await services.recorder.add(served("b", confidence=0.4, escalate=True, **usual))
        await services.recorder.add(served("c", status=503, finish="error"))
        await services.recorder.stop()

    asyncio.run(record())
    denied, answer = call(
        app_of(services),
        {"url": "/metrics", "headers": bearer(infer)},
        {"url": "/metrics", "headers": bearer(admin)},
    )
    assert denied.status_code == 403
    assert answer.headers["content-type"].startswith("text/plain")
    found = read(answer.text)
    path = "/v1/chat/completions"
    assert found["vllm:prompt_tokens_total", "m"] == 20
    assert found["vllm:generation_tokens_total", "m"] == 10
    assert found["vllm:prefix_cache_hits_total", "m"] == 8
    assert found["vllm:request_success_total", "stop", "m"] == 2
    assert found["vllm:e2e_request_latency_seconds_count", "m"] == 3
    assert found["vllm:e2e_request_latency_seconds_sum", "m"] == 1.5
    assert found["vllm:time_to_first_token_seconds_sum", "m"] == 0.1
    assert found["vllm:request_time_per_output_token_seconds_sum", "m"] == pytest.approx(0.1)
    assert found["etude_requests_total", path, "m", "200"] == 2
    assert found["etude_requests_total", path, "m", "503"] == 1
    assert found["etude_escalated_total", "m"] == 1
    assert found["etude_confidence_sum", "m"] == 0.4
    assert found["etude_http_responses_total", "403"] == 1
    assert found[("vllm:num_requests_running",)] == 0
    assert not re.search(f"{infer}|{admin}", answer.text)


def test_queues_are_shown_by_status() -> None:
    text = Metrics().text({"jobs": {"queued": 2, "running": 1}, "batches": {}}).decode()
    found = read(text)
    assert found["etude_jobs", "queued"] == 2
    assert found["etude_jobs", "running"] == 1


def test_labels_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MODELS", 3)
    metrics = Metrics()
    for number in range(10):
        metrics.served(served(f"r{number}", model=f"m{number}"))
    found = read(metrics.text({}).decode())
    counted = {
        key[1]: value for key, value in found.items() if key[0] == "vllm:prompt_tokens_total"
    }
    assert set(counted) == {"m0", "m1", "m2", "other"}
    assert found["vllm:e2e_request_latency_seconds_count", "other"] == 7
