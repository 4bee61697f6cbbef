"""The models that a release stands on: which files they are, and that they still are.

A model on this machine is held to by the hashes of its files, an endpoint by what was written of
it. It knows models' folders, nothing of candidates.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from etude.errors import ModelError
from etude.models._base import Model
from etude.models._hashes import file_hash
from etude.models._hub import PATTERNS
from etude.records.release import Base, FileEntry
from etude.records.task import ModelRef
from etude.store.disk import storing

Opening = Callable[[ModelRef], Model]
"""How a reference becomes a model: the project knows where its folders and kept answers are."""
_LICENCE = re.compile(r"^license:\s*[\"']?([\w .+-]{1,60}?)[\"']?\s*$", re.MULTILINE)
_WORDS_READ = 20_000


def describe(reference: ModelRef, model: Model) -> Base:
    """What a release says of a model that it stands on.

    Raises:
        ModelError: the model's files can't be found, so that nothing could hold to them.
    """
    if reference.openai is not None:
        return Base(reference=reference)
    folder = _folder(reference, model)
    files = {
        name: FileEntry(sha256=file_hash(folder / name), size=(folder / name).stat().st_size)
        for name in file_names(folder)
    }
    return Base(reference=reference, files=files, licence=stated_licence(folder))


def file_names(folder: Path) -> list[str]:
    """The files that make a model, by their paths in its folder."""
    found = {path for pattern in PATTERNS for path in folder.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(folder).as_posix() for path in found)


def stated_licence(folder: Path) -> str | None:
    """The licence that a model's own card names in its head; None where it names none."""
    card = folder / "README.md"
    if not card.is_file():
        return None
    text = card.read_text(encoding="utf-8", errors="replace")[:_WORDS_READ]
    head = text.split("\n---", 1)[0] if text.startswith("---") else ""
    found = _LICENCE.search(head)
    return found[1] if found else None


def copy(base: Base, model: Model, folder: Path) -> None:
    """Copy the model's files into ``folder``, made here.

    Raises:
        ModelError: an endpoint's weights are not here to be copied.
    """
    if base.reference.openai is not None:
        raise ModelError(
            f"{base.reference.name} is an endpoint: its weights are not on this machine",
            where="--whole",
            hint="leave --whole out: the release then names the endpoint",
        )
    source = _folder(base.reference, model)
    with storing(folder):
        for name in base.files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, folder / name)


def open_base(base: Base, release: Path, opening: Opening) -> Model:
    """The model, from the release's copy or by its name, and with the very same files.

    Raises:
        ModelError: it can't be had, or its files are others.
    """
    if base.place is not None:
        model = opening(ModelRef(name=str((release / base.place).absolute())))
        model.name = base.reference.name
        return model  # its files are among the release's own, which were verified
    model = opening(base.reference)
    if base.files:
        _hold(base, model)
    return model


def _hold(base: Base, model: Model) -> None:
    folder = _folder(base.reference, model)
    there = set(file_names(folder))
    for name, entry in base.files.items():
        if name not in there or file_hash(folder / name) != entry.sha256:
            raise ModelError(
                f"{base.reference.name} is not the model that this release was made with: {name} "
                f"{'is another file' if name in there else 'is missing'}",
                where=str(folder),
                expected=f"the files with the hash {base.hash}",
                hint="put that version of the model there, or have the release made with --whole",
            )


def _folder(reference: ModelRef, model: Model) -> Path:
    folder = getattr(model, "folder", None)
    if not isinstance(folder, Path) or not folder.is_dir():
        raise ModelError(
            f"{reference.name} does not say where its files are, so no release can hold to them",
            expected="a model with a folder of its own, or an endpoint",
        )
    return folder
