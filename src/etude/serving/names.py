"""What a model's name means: a release, a tuned model, or a model as it is.

Names come from callers, so none of them is ever taken for a path or fetched from anywhere: what is
not known here by its name does not exist.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from etude.errors import ModelError, StoreError, UnknownName
from etude.models.builtin import BUILTINS, find_folder
from etude.records.release import ReleaseManifest
from etude.records.task import ModelRef
from etude.records.tuning import TunedModel
from etude.releases import shelf
from etude.releases.contents import read_manifest
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.store import Store
from etude.store.releases import ALIASES, CANARY, PRODUCTION
from etude.store.tuned import Tuned

BUILTIN = "builtin:"
TUNED = "ft:"


@dataclass(frozen=True)
class Target:
    """What a name stands for now. ``key`` is a release's hash, a tuned model's full name or all
    that is said of a model; the same key always stands for the same weights.

    ``tuned``: what a job made. ``reference``: the model, where it is one as it is. ``created``:
    seconds since 1970.
    """

    kind: Literal["release", "tuned", "model"]
    key: str
    created: int
    owner: str
    tuned: TunedModel | None = None
    reference: ModelRef | None = None


@dataclass(frozen=True)
class Named:
    """A name that can be called, and what it stands for now."""

    name: str
    target: Target


class Names:
    """The names of one served folder. Reads the database at each call: aliases move."""

    def __init__(self, store: Store, config: ServingConfig) -> None:
        self._releases = store.releases
        self.tuned = Tuned(store.folder, store.database)
        self._config = config
        self._began = int(time.time())

    def target(self, name: str) -> Target:
        """What ``name`` stands for.

        Raises:
            ApiError: 404, nothing here is called so.
            StoreError: an alias stands for a release that is gone.
        """
        found = self._tuned(name) if name.startswith(TUNED) else None
        found = found or self.fixed(name) or self._release(name)
        if found is None:
            what = (
                f"No release is `{name}` here yet (etude release --as {name})."
                if name in (PRODUCTION, CANARY)
                else f"The model `{_short(name)}` does not exist or you do not have access to it."
            )
            words = f"{what} GET /v1/models lists what can be called."
            raise ApiError(404, words, code="model_not_found", param="model")
        return found

    def all(self) -> Iterator[Named]:
        """Every name that can be called, releases by alias and task first."""
        releases = self._releases
        aliases = releases.aliases()
        for alias in ALIASES:
            if alias in aliases and (releases.folder / aliases[alias]).is_dir():
                yield Named(alias, self._of_release(aliases[alias]))
        task = self._task(aliases)
        if task is not None and task not in aliases:
            yield Named(task, self._of_release(aliases[PRODUCTION]))
        for name in shelf.names(releases.folder):
            yield Named(name, self._of_release(name))
        for model in self.tuned.all():
            yield Named(model.name, self._of_tuned(model))
        for name in self._models():
            found = self.fixed(name)
            if found is not None:
                yield Named(name, found)

    def elsewhere(self) -> list[tuple[str, str]]:
        """Names that stand for other servers, and the host of each."""
        return [
            (name, urlsplit(one.openai.base_url).netloc.rpartition("@")[2])
            for name, one in self._config.models.items()
            if one.openai is not None
        ]

    def _release(self, name: str) -> Target | None:
        home, aliases = self._releases.folder, self._releases.aliases()
        if name == self._task(aliases):
            name = PRODUCTION
        known = aliases.get(name, name)
        if shelf.is_there(home, known):  # the usual case, without a look at all the others
            return self._of_release(known)
        try:
            return self._of_release(shelf.find(home, aliases, name))
        except UnknownName:
            return None

    def _task(self, aliases: dict[str, str]) -> str | None:
        """The name of the task whose release is in production; None where none is."""
        name = aliases.get(PRODUCTION)
        manifest = None if name is None else _manifest(self._releases.folder, name)
        return None if manifest is None else manifest.task

    def _of_release(self, name: str) -> Target:
        folder = self._releases.folder / name
        created = int(folder.stat().st_mtime) if folder.is_dir() else self._began
        manifest = _manifest(self._releases.folder, name)
        return Target("release", name, created, manifest.task if manifest else "etude")

    def _tuned(self, name: str) -> Target | None:
        found = self.tuned.find(name)
        return None if found is None else self._of_tuned(found)

    def _of_tuned(self, model: TunedModel) -> Target:
        owner = self._config.tuning.organization
        return Target("tuned", model.name, model.created, owner, tuned=model)

    def _models(self) -> list[str]:
        """Names of models as they are: builtin ones, those of the settings, those for tuning."""
        builtin = [f"{BUILTIN}{name}" for name in BUILTINS]
        return list(dict.fromkeys([*builtin, *self._config.models, *self._config.tuning.models]))

    def fixed(self, name: str) -> Target | None:
        """What ``name`` stands for as long as the server runs: a builtin model or one of the settings;
        None for all other names. No database is read."""
        reference = self._reference(name)
        if reference is None:
            return None
        owner = "etude" if reference.name.startswith(BUILTIN) else self._config.tuning.organization
        key = reference.model_dump_json()
        return Target("model", key, self._began, owner, reference=reference)

    def _reference(self, name: str) -> ModelRef | None:
        if name in self._config.models:
            return self._config.models[name]
        if name.startswith(BUILTIN):
            return ModelRef(name=name) if _is_here(name.removeprefix(BUILTIN)) else None
        base = self._config.tuning.models.get(name)
        if base is None:
            return None
        return self._config.models.get(base, ModelRef(name=base))


def _manifest(home: Path, name: str) -> ReleaseManifest | None:
    """What a release says of itself; None where it can't be read, which may be mended."""
    try:
        return _read(home, name)
    except StoreError:
        return None


@lru_cache(maxsize=256)
def _read(home: Path, name: str) -> ReleaseManifest:
    """A release never changes, so its manifest is read once."""
    return read_manifest(home / name)[0]


def _is_here(builtin: str) -> bool:
    try:
        return builtin in BUILTINS and _found(builtin).is_dir()
    except ModelError:
        return False


@lru_cache(maxsize=16)
def _found(builtin: str) -> Path:
    return find_folder(BUILTINS[builtin], download=False)


def _short(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:100])
