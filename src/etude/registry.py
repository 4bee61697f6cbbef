"""One lazy registry: extension by a new file whose name is its key.

It lists the modules of a package without importing them, adds entry points of the group with the
package's own name, and imports the one that is asked for. It knows nothing of what it holds.
"""

from __future__ import annotations

import difflib
import pkgutil
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module, metadata, util
from typing import Any

from etude.errors import UnknownName


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name most like ``name``, or None where nothing is close."""
    matches = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


class Registry:
    """The names in a package (``etude.approaches``) and in the entry points of that group.

    Files whose names begin with an underscore are shared helpers, not entries; so are folders.

    Args:
        package: dotted name of the package; also the entry-point group.
        attribute: what each module must define (``APPROACH``).
        noun: what an entry is called in errors ("rung").
    """

    def __init__(self, package: str, attribute: str, noun: str) -> None:
        self.package = package
        self.attribute = attribute
        self.noun = noun

    @cached_property
    def _places(self) -> dict[str, str | metadata.EntryPoint]:
        spec = util.find_spec(self.package)
        folders = list(spec.submodule_search_locations or []) if spec else []
        places: dict[str, str | metadata.EntryPoint] = {
            entry.name: entry for entry in metadata.entry_points(group=self.package)
        }
        for module in pkgutil.iter_modules(folders):
            if not module.name.startswith("_") and not module.ispkg:
                places[module.name] = f"{self.package}.{module.name}"
        return places

    def names(self) -> list[str]:
        """Every key, sorted, without importing any entry."""
        return sorted(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def load(self, name: str) -> Any:
        """The entry called ``name``.

        Raises:
            UnknownName: no such entry; the error names the nearest and all there are.
        """
        place = self._places.get(name)
        if place is None:
            near = nearest(name, self.names())
            raise UnknownName(
                f"there is no {self.noun} called {name!r}",
                expected=f"one of {', '.join(self.names())}",
                hint=f"did you mean {near!r}?" if near else None,
            )
        if isinstance(place, metadata.EntryPoint):
            return place.load()
        return getattr(import_module(place), self.attribute)
