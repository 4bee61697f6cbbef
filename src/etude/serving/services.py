"""What the routes share: the store, the settings, and whatever runs as long as the server does.

It is made once, by ``etude serve`` or a test, and handed to every router.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from etude.serving.config import ServingConfig
from etude.store import Store


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


def make_services(
    root: Path, config: ServingConfig, say: Callable[[str], None] = lambda text: None
) -> Services:
    """The services of the folder ``root``, which may be empty.

    Raises:
        StoreError: the folder can't be read or written.
    """
    return Services(root, Store.open(root, notice=say), config, say)
