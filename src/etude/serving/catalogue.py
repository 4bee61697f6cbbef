"""Everything that can be called by a name: found, opened once, lent to requests.

An alias is read at each request, so that a move takes effect with the next one. Requests under way
hold what they began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from etude.errors import EtudeError
from etude.progress import Silent
from etude.serving.answering._base import Answerer
from etude.serving.answering._batching import Batcher
from etude.serving.answering.embedding import Embedding
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.names import Named, Names, Target
from etude.serving.opening import Opened, Opener, engines_of
from etude.serving.pool import Pool
from etude.store import Store
from etude.store.releases import PRODUCTION
from etude.workflow.loading import surroundings_in


@dataclass(frozen=True)
class Lent:
    """What a name stands for, for the time of a request."""

    target: Target
    opened: Opened

    @property
    def answerer(self) -> Answerer:
        """What answers.

        Raises:
            ApiError: the model only embeds.
        """
        if self.opened.answerer is None:
            raise _cannot("This model embeds texts and writes none: POST /v1/embeddings.")
        return self.opened.answerer

    @property
    def embedding(self) -> Embedding:
        """What embeds.

        Raises:
            ApiError: the model writes.
        """
        if self.opened.embedding is None:
            raise _cannot("This model does not embed texts. builtin:minilm does.")
        return self.opened.embedding


class Catalogue:
    """Names and what they stand for.

    Args:
        names: of the served folder.
        opener: opens what they stand for.
        config: how much is kept open, and whether what is in production is opened at the start.
        say: shows a line to whoever started the server.
    """

    def __init__(
        self, names: Names, opener: Opener, config: ServingConfig, say: Callable[[str], None]
    ) -> None:
        self.names = names
        self._opener = opener
        self._preloads = config.preload
        self._say = say
        self._pool: Pool[Opened] = Pool(config.limits.models)
        # Who asks at the same time shares one look into the database, begun after they asked.
        self._look: Batcher[str, Target | Exception] = Batcher("names", self._looked_up)

    @asynccontextmanager
    async def lent(self, name: str) -> AsyncIterator[Lent]:
        """What ``name`` stands for now, opened; it stays open for the block.

        Raises:
            ApiError: 404, nothing here is called so.
            EtudeError: it is damaged, or a model that it stands on can't be had.
        """
        target = await self._target(name)

        async def opened() -> Opened:
            return await self._opener.open(target)

        async with self._pool.lent((target.kind, target.key), opened) as thing:
            yield Lent(target, thing)

    async def _target(self, name: str) -> Target:
        found: Target | Exception | None = self.names.fixed(name)
        if found is None:
            found = await self._look(name)
        if isinstance(found, Exception):
            raise found
        return found

    def _looked_up(self, names: Sequence[str]) -> list[Target | Exception]:
        """What each name stands for, or why it stands for nothing."""
        found: dict[str, Target | Exception] = {}
        for name in names:
            if name not in found:
                try:
                    found[name] = self.names.target(name)
                except (ApiError, EtudeError) as error:
                    found[name] = error
        return [found[name] for name in names]

    async def all(self) -> list[Named]:
        """Every name that can be called."""
        return await asyncio.to_thread(lambda: list(self.names.all()))

    async def start(self) -> None:
        """Say what leaves this machine; open what is in production, so that the first caller does not
        wait for it."""
        for name, host in self.names.elsewhere():
            self._say(f"{name}: what it is asked is sent to {host}.")
        if not self._preloads:
            return
        try:
            async with self.lent(PRODUCTION):
                pass
        except ApiError:
            return  # nothing is in production
        except EtudeError as error:
            self._say(f"What is in production can't be opened: {error}")

    async def stop(self) -> None:
        """Close everything."""
        await self._look.close()
        await self._pool.close()
        await self._opener.close()


def _cannot(message: str) -> ApiError:
    return ApiError(400, message, code="unsupported_value", param="model")


def make_catalogue(
    root: Path, store: Store, config: ServingConfig, say: Callable[[str], None]
) -> Catalogue:
    """The catalogue of the folder ``root``."""
    around = surroundings_in(root, store, Silent())
    opener = Opener(store, around, config, engines_of(config), say)
    return Catalogue(Names(store, config), opener, config, say)
