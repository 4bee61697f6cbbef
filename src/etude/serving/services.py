"""What the routes share: the store, the settings, and whatever runs as long as the server does.

It is made once, by ``etude serve`` or a test, and handed to every router.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from etude.serving.config import ServingConfig
from etude.serving.keys import Keyring
from etude.serving.recording import Recorder, Sweeper
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
    keyring: Keyring = field(init=False)
    recorder: Recorder = field(init=False)

    def __post_init__(self) -> None:
        config, database = self.config, self.store.database
        self.keyring = Keyring(ApiKeys(database), loopback=config.is_loopback)
        self.recorder = Recorder(self.store, config.recording)
        self.recorder.tell(self.keyring.served)
        # First to start, so last to stop: whatever else runs may still have something to write.
        self.backgrounds[:0] = [self.recorder, Sweeper(self.store)]


def make_services(
    root: Path, config: ServingConfig, say: Callable[[str], None] = lambda text: None
) -> Services:
    """The services of the folder ``root``, which may be empty.

    Raises:
        StoreError: the folder can't be read or written.
    """
    return Services(root, Store.open(root, notice=say), config, say)
