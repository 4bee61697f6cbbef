"""What the routes share: the store, the settings, and whatever runs as long as the server does.

It is made once, by ``etude serve`` or a test, and handed to every router.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from etude.serving.batches import BatchRunner
from etude.serving.calling import Caller
from etude.serving.catalogue import Catalogue, make_catalogue
from etude.serving.config import ServingConfig
from etude.serving.gate import Places
from etude.serving.keys import Keyring
from etude.serving.metrics import Metrics
from etude.serving.recording import Recorder, Sweeper
from etude.serving.supervising import Supervisor
from etude.serving.tracing import Tracer
from etude.serving.webhooks import Sender
from etude.store import Store
from etude.store.api_keys import ApiKeys


class Background(Protocol):
    """Something that runs beside the requests: a worker's supervisor, a sender, a sweeper."""

    async def start(self) -> None:
        """Begin; the server is not answering yet."""
        ...

    async def stop(self) -> None:
        """End in good order; no request is running any more."""
        ...


@dataclass
class Services:
    """Everything that is shared. ``say`` shows a line to whoever started the server."""

    root: Path
    store: Store
    config: ServingConfig
    say: Callable[[str], None] = lambda text: None
    backgrounds: list[Background] = field(default_factory=list)
    checks: dict[str, Callable[[], bool]] = field(default_factory=dict)
    """What /health asks: is this part well?"""
    keyring: Keyring = field(init=False)
    places: Places = field(init=False)
    metrics: Metrics = field(init=False)
    recorder: Recorder = field(init=False)
    batches: BatchRunner = field(init=False)
    catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        config, database = self.config, self.store.database
        self.keyring = Keyring(ApiKeys(database), loopback=config.is_loopback)
        self.places = Places(config.limits)
        self.metrics = metrics_of(self.places)
        self.recorder = Recorder(self.store, config.recording, keep_text=config.trace_text)
        self.recorder.tell(self.keyring.served)
        self.recorder.tell(self.metrics.served)
        self.catalogue = make_catalogue(self.root, self.store, config, self.say)
        # First to start, so last to stop: whatever else runs may still have something to write.
        self.backgrounds[:0] = [self.recorder, Sweeper(self.store), self.catalogue]
        self.batches = BatchRunner(self.store, self.keyring, config.limits)
        self.backgrounds.append(self.batches)
        self.checks["batches"] = self.batches.is_well
        tuning, grace = config.tuning, config.limits.grace_seconds
        supervisor = Supervisor(self.store, tuning.workers, grace, self.say)
        self.backgrounds.append(supervisor)
        self.checks["tuning"] = supervisor.is_well
        sender = Sender(self.store, Caller(tuning.own_hosts, config.is_loopback))
        self.backgrounds.append(sender)
        self.checks["webhooks"] = sender.is_well
        if config.otlp_endpoint is not None:
            tracer = Tracer(config.otlp_endpoint, with_text=config.trace_text)
            self.recorder.tell(tracer.served)
            self.backgrounds.insert(0, tracer)


def metrics_of(places: Places) -> Metrics:
    """The server's numbers, with how many requests are at work."""
    made = Metrics()
    made.gauge("vllm:num_requests_running", "Being computed.", lambda: places.running)
    made.gauge("vllm:num_requests_waiting", "Waiting for a place.", lambda: places.waiting)
    return made


def make_services(
    root: Path, config: ServingConfig, say: Callable[[str], None] = lambda text: None
) -> Services:
    """The services of the folder ``root``, which may be empty.

    Raises:
        StoreError: the folder can't be read or written.
        MissingDependency: spans are wanted, and the library for them is not installed.
    """
    return Services(root, Store.open(root, notice=say), config, say)
