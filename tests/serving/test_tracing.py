"""Spans as a collector receives them: a small server on this machine that speaks OTLP."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.store.test_traffic import served

from etude.serving.config import ServingConfig
from etude.serving.services import Services, make_services
from etude.serving.tracing import PARENT

pytest.importorskip("opentelemetry.sdk")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector(HTTPServer):
    """Keeps the spans that it is sent, and at which path."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.paths: list[str] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                told = ExportTraceServiceRequest.FromString(body)
                for resource in told.resource_spans:
                    for scope in resource.scope_spans:
                        collector.spans += scope.spans
                collector.paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *said: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def record(services: Services, **said: Any) -> None:
    async def one() -> None:
        await services.recorder.add(served("chatcmpl-1", **said))
        for background in reversed(services.backgrounds):
            await background.stop()

    asyncio.run(one())


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


def test_a_request_is_a_span(tmp_path: Path, collector: Collector) -> None:
    services = make_services(tmp_path, ServingConfig(otlp_endpoint=collector.address))
    PARENT.set(f"00-{TRACE}-00f067aa0ba902b7-01")
    record(
        services,
        tokens_in=3,
        tokens_out=2,
        finish="stop",
        confidence=0.5,
        release="abc",
        input="secret words",
    )
    PARENT.set(None)
    (span,) = collector.spans
    assert collector.paths == ["/v1/traces"]
    assert span.name == "chat m"
    assert span.trace_id.hex() == TRACE
    assert span.end_time_unix_nano - span.start_time_unix_nano == 500_000_000
    said = attributes(span)
    assert said["gen_ai.operation.name"] == "chat"
    assert said["gen_ai.request.model"] == "m"
    assert said["gen_ai.response.model"] == "abc"
    assert said["gen_ai.response.id"] == "chatcmpl-1"
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (3, 2)
    assert said["gen_ai.response.finish_reasons"].values[0].string_value == "stop"
    assert said["etude.confidence"] == 0.5
    assert b"secret" not in span.SerializeToString()


def test_text_goes_along_only_where_asked_for_and_redacted(
    tmp_path: Path, collector: Collector
) -> None:
    config = ServingConfig(otlp_endpoint=f"{collector.address}/mine", trace_text=True)
    services = make_services(tmp_path, config)
    record(services, input="Write to ann@example.com", output="Done.", status=500)
    (span,) = collector.spans
    assert collector.paths == ["/mine"]
    said = attributes(span)
    assert said["gen_ai.input.messages"] == (
        '[{"role": "user", "parts": [{"type": "text", "content": "Write to [EMAIL_1]"}]}]'
    )
    assert "Done." in said["gen_ai.output.messages"]
    assert said["error.type"] == "500"
    assert span.status.code == 2


def test_a_collector_that_is_away_harms_nobody(tmp_path: Path) -> None:
    services = make_services(tmp_path, ServingConfig(otlp_endpoint="http://127.0.0.1:9"))

    async def one() -> None:
        await services.recorder.add(served("a"))
        await services.recorder.stop()

    asyncio.run(one())
