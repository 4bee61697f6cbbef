"""What a form for other engines is, and what the forms share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

from etude.errors import UsageError
from etude.models._base import ChatModel, TunableCausal
from etude.registry import Registry
from etude.releases.loading import CANDIDATE, Release

WEIGHTS = "model"
"""Where a candidate keeps weights of its own, beside its settings."""
ADAPTER = "adapter_config.json"
PRECISIONS = ("f32", "f16", "bf16", "q8_0")
"""What llama.cpp's converter writes."""


class ExportFormat(Protocol):
    """One form. ``key`` is the file's name."""

    key: str
    plain_name: str
    exact: bool
    """Whether every answer must be the same; else the score must be no worse by the margin."""

    def why_not(self, release: Release) -> str | None:
        """None where this release has such a form, else the reason in plain words."""
        ...

    def write(self, release: Release, folder: Path, precision: str | None) -> None:
        """Fill ``folder`` (there, empty). ``precision``: see ``PRECISIONS``; None: the usual one.

        Raises:
            UsageError: this form knows no precision.
            ModelError: the weights can't be had, or a converter is missing or fails.
        """
        ...

    def answering(self, release: Release, folder: Path) -> AbstractContextManager[ChatModel]:
        """What was written, as a model that answers.

        Raises:
            ModelError: no engine for this form is on this machine.
        """
        ...


registry = Registry("etude.releases.exports", "EXPORT", "form of export")


def export_format(key: str) -> ExportFormat:
    """The form called ``key``.

    Raises:
        UnknownName: there is none.
    """
    found: ExportFormat = registry.load(key)
    return found


def weights_of(release: Release) -> Path | None:
    """The folder of the candidate's own weights or adapter; None where nothing was trained."""
    folder = release.folder / CANDIDATE / WEIGHTS
    return folder if (folder / "config.json").is_file() or is_adapter(folder) else None


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds a PEFT adapter."""
    return (folder / ADAPTER).is_file()


def why_no_language_model(release: Release) -> str | None:
    """None for a candidate with weights of a language model of its own."""
    if "tune_causal" not in release.context.model.abilities:
        return (
            f"{release.manifest.plain_name} with {release.manifest.base.reference.name} has no "
            "language model's weights: it answers through Etude alone"
        )
    if weights_of(release) is None:
        return (
            f"{release.manifest.plain_name} trained no weights: the model is "
            f"{release.manifest.base.reference.name} as it is, with the prompt that the card shows"
        )
    return None


def refuse_precision(key: str, precision: str | None) -> None:
    """For forms that write weights as they answer.

    Raises:
        UsageError: a precision was asked for.
    """
    if precision is not None:
        raise UsageError(
            f"the form {key} writes the weights as they answer",
            where="--precision",
            expected="no --precision, or --format gguf",
        )


def copy_folder(source: Path, folder: Path) -> None:
    """Every file of ``source`` into ``folder``, which is there."""
    shutil.copytree(source, folder, dirs_exist_ok=True)


@contextmanager
def in_place_of(release: Release, folder: Path) -> Iterator[ChatModel]:
    """The base model with the weights or the adapter in ``folder``."""
    base: Any = release.context.model
    yield cast("TunableCausal", base).tuned(folder)


def modelfile_settings(release: Release) -> Mapping[str, Any]:
    """What the candidate keeps to when it answers: most tokens of an answer."""
    settings = getattr(release.candidate, "settings", None)
    most = getattr(settings, "max_tokens", None)
    return {"num_predict": most} if isinstance(most, int) else {}
