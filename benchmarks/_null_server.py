"""The server as it is, over an engine that computes nothing: ``_null_server.py FOLDER PORT``.

Everything else is there: keys, limits, the catalogue, the traffic table, OpenAI's shape.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

from etude.models._base import Model
from etude.progress import Silent
from etude.serving.app import make_app
from etude.serving.catalogue import Catalogue
from etude.serving.config import ServingConfig
from etude.serving.engines._base import Engine, Piece, Usage, Wanted
from etude.serving.names import Names
from etude.serving.opening import Opener
from etude.serving.running import Server
from etude.serving.services import make_services
from etude.workflow.loading import surroundings_in


class Nothing:
    name = "nothing"

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        yield Piece("yes", finish="stop", usage=Usage(10, 1))

    async def close(self) -> None:
        pass


async def engine_of(model: Model) -> Engine:
    return Nothing()


def main() -> None:
    root, port = Path(sys.argv[1]), int(sys.argv[2])
    said = {"port": port, "models": {"null": "builtin:starter"}, "tuning": {"workers": 0}}
    config = ServingConfig.model_validate(said)
    services = make_services(root, config)
    around = surroundings_in(root, services.store, Silent())
    opener = Opener(services.store, around, config, engine_of)
    services.backgrounds.remove(services.catalogue)
    services.catalogue = Catalogue(Names(services.store, config), opener, config, services.say)
    services.backgrounds.append(services.catalogue)
    Server(services, make_app(services), config).run()


if __name__ == "__main__":
    main()
