"""A span of OpenTelemetry for each answered request, with the attributes agreed on for such models.

Spans go to one address, over OTLP, and nowhere where none is named; then no library of it is needed
either. Text is in them only where that is switched on, personal data taken out first.
"""

from __future__ import annotations

import asyncio
import json
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from etude import __version__
from etude.errors import MissingDependency
from etude.records.traffic import Served

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

PARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The ``traceparent`` that the request under way came with."""
OPERATIONS = {
    "/v1/chat/completions": "chat",
    "/v1/responses": "chat",
    "/v1/completions": "text_completion",
    "/v1/embeddings": "embeddings",
}


class Tracer:
    """Makes and sends spans; one thread of its own sends them, many at a time.

    Args:
        endpoint: of a collector that speaks OTLP over HTTP, with ``/v1/traces`` or without a path.
        with_text: say what was asked and answered.

    Raises:
        MissingDependency: the libraries are not installed.
    """

    def __init__(self, endpoint: str, *, with_text: bool) -> None:
        self._with_text = with_text
        self._provider = _provider(endpoint)
        self._tracer = self._provider.get_tracer("etude", __version__)

    async def start(self) -> None:
        """Nothing: sending starts with the first span."""

    async def stop(self) -> None:
        """Send what is left."""
        await asyncio.to_thread(self._provider.shutdown)

    def served(self, row: Served) -> None:
        """The span of a request that was written down; called in the request's own context."""
        from opentelemetry.trace import SpanKind, Status, StatusCode
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        parent = PARENT.get()
        carrier = {"traceparent": parent} if parent else {}
        operation = OPERATIONS.get(row.endpoint, row.endpoint)
        span = self._tracer.start_span(
            f"{operation} {row.model}",
            TraceContextTextMapPropagator().extract(carrier),
            SpanKind.SERVER,
            self._attributes(operation, row),
            start_time=_nanoseconds(row.time),
        )
        if row.status >= 400:
            span.set_status(Status(StatusCode.ERROR))
        span.end(_nanoseconds(row.time + row.seconds))

    def _attributes(self, operation: str, row: Served) -> dict[str, Any]:
        known: dict[str, Any] = {
            "gen_ai.operation.name": operation,
            "gen_ai.provider.name": "etude",
            "gen_ai.request.model": row.model,
            "gen_ai.response.model": row.release,
            "gen_ai.response.id": row.id,
            "gen_ai.response.finish_reasons": (row.finish,) if row.finish else None,
            "gen_ai.usage.input_tokens": row.tokens_in,
            "gen_ai.usage.output_tokens": row.tokens_out,
            "gen_ai.usage.cache_read.input_tokens": row.tokens_cached,
            "http.response.status_code": row.status,
            "error.type": str(row.status) if row.status >= 400 else None,
            "etude.time_to_first_token": row.first_token,
            "etude.confidence": row.confidence,
            "etude.escalate": row.escalate,
            "etude.key": row.key,
        }
        if self._with_text:
            known["gen_ai.input.messages"] = _message("user", row.input)
            known["gen_ai.output.messages"] = _message("assistant", row.output)
        return {name: value for name, value in known.items() if value is not None}


def _provider(endpoint: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise MissingDependency(
            "the library for OpenTelemetry is not installed",
            where="otlp_endpoint",
            hint='pip install "etude[otel]"',
        ) from error
    whole = endpoint if urlsplit(endpoint).path.strip("/") else endpoint.rstrip("/") + "/v1/traces"
    provider = TracerProvider(
        resource=Resource.create({"service.name": "etude", "service.version": __version__}),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=whole)))
    return provider


def _message(role: str, text: str | None) -> str | None:
    if text is None:
        return None
    parts = [{"type": "text", "content": text}]
    return json.dumps([{"role": role, "parts": parts}], ensure_ascii=False)


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
