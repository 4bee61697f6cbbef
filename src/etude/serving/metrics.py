"""What Prometheus reads: vLLM's names where they exist, so that its dashboards work, and our own.

Every label takes few values: names of models that are there, paths of the API, statuses. Nothing of
what was asked, and no key, is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etude.records.traffic import Served

CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST_MODELS = 200
"""Names of models that are told apart; any more are counted together as "other"."""
_SECONDS = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640,
)  # fmt: skip
_TOKENS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1)


class Metrics:
    """The numbers of one server since it started; safe from threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._models: set[str] = set()
        self._make_counters()
        self._make_histograms()

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self.registry)

    def _make_counters(self) -> None:
        by_model = ("model_name",)
        self._prompt = self._counter("vllm:prompt_tokens", "Tokens read.", *by_model)
        self._generated = self._counter("vllm:generation_tokens", "Tokens written.", *by_model)
        self._asked = self._counter(
            "vllm:prefix_cache_queries", "Tokens that may have been computed before.", *by_model
        )
        self._found = self._counter(
            "vllm:prefix_cache_hits", "Tokens that were computed before.", *by_model
        )
        self._finished = self._counter(
            "vllm:request_success", "Requests answered.", "model_name", "finished_reason"
        )
        self._requests = self._counter(
            "etude_requests", "Requests to models.", "endpoint", "model_name", "status"
        )
        self._escalated = self._counter(
            "etude_escalated", "Answers that a person should see.", *by_model
        )
        self._responses = self._counter(
            "etude_http_responses", "Responses of every kind, by their status.", "status"
        )

    def _make_histograms(self) -> None:
        def one(name: str, words: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(name, words, ["model_name"], buckets=buckets, registry=self.registry)

        self._first = one("vllm:time_to_first_token_seconds", "Until the first token.", _SECONDS)
        self._between = one(
            "vllm:request_time_per_output_token_seconds", "A token after the first.", _SECONDS
        )
        self._whole = one("vllm:e2e_request_latency_seconds", "Until the last token.", _SECONDS)
        self._read = one("vllm:request_prompt_tokens", "Tokens read, a request.", _TOKENS)
        self._written = one("vllm:request_generation_tokens", "Tokens written, a request.", _TOKENS)
        self._sure = one("etude_confidence", "How sure answers were, 0 to 1.", _SHARES)

    def gauge(self, name: str, words: str, value: Callable[[], float]) -> None:
        """A number that is asked for when the metrics are read."""
        Gauge(name, words, registry=self.registry).set_function(value)

    def served(self, row: Served) -> None:
        """Count a request that was written down."""
        model = self._model(row.model)
        self._requests.labels(row.endpoint, model, str(row.status)).inc()
        self._whole.labels(model).observe(row.seconds)
        if row.first_token is not None:
            self._first.labels(model).observe(row.first_token)
            if row.tokens_out > 1:
                rest = max(0.0, row.seconds - row.first_token)
                self._between.labels(model).observe(rest / (row.tokens_out - 1))
        if row.status < 400:
            self._finished.labels(model, row.finish or "stop").inc()
        self._count_tokens(model, row)
        if row.confidence is not None:
            self._sure.labels(model).observe(row.confidence)
        if row.escalate:
            self._escalated.labels(model).inc()

    def _count_tokens(self, model: str, row: Served) -> None:
        self._prompt.labels(model).inc(row.tokens_in)
        self._generated.labels(model).inc(row.tokens_out)
        self._asked.labels(model).inc(row.tokens_in)
        self._found.labels(model).inc(row.tokens_cached)
        self._read.labels(model).observe(row.tokens_in)
        self._written.labels(model).observe(row.tokens_out)

    def _model(self, name: str) -> str:
        if name not in self._models:
            if len(self._models) >= MOST_MODELS:
                return "other"
            self._models.add(name)
        return name

    def responded(self, status: int) -> None:
        """Count a response of any kind."""
        self._responses.labels(str(status)).inc()

    def text(self, queues: Mapping[str, Mapping[str, int]]) -> bytes:
        """All of it, as Prometheus reads it.

        Args:
            queues: of each queue ("jobs"), how many there are in each status.
        """
        now = CollectorRegistry()
        for queue, counts in queues.items():
            gauge = Gauge(f"etude_{queue}", f"Number of {queue}.", ["status"], registry=now)
            for status, count in counts.items():
                gauge.labels(status).set(count)
        return generate_latest(self.registry) + generate_latest(now)


class Counted:
    """Counts every response."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.responded(message["status"])
            await send(message)

        await self.app(scope, receive, counted)
