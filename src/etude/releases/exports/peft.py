"""The adapter as PEFT lays it out: what ``AutoPeftModel``, vLLM and others open beside the base."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from etude.models._base import ChatModel
from etude.releases.exports._base import (
    copy_folder,
    in_place_of,
    is_adapter,
    refuse_precision,
    weights_of,
    why_no_language_model,
)
from etude.releases.loading import Release


class Peft:
    """The folder that training left, as it is."""

    key = "peft"
    plain_name = "adapter"
    exact = True

    def why_not(self, release: Release) -> str | None:
        """It needs an adapter."""
        weights = weights_of(release)
        if weights is not None and not is_adapter(weights):
            return "all weights were trained, so there is no adapter: use --format merged"
        return why_no_language_model(release)

    def write(self, release: Release, folder: Path, precision: str | None) -> None:
        """Copy the adapter with its tokenizer and template."""
        refuse_precision(self.key, precision)
        weights = weights_of(release)
        assert weights is not None
        copy_folder(weights, folder)

    def answering(self, release: Release, folder: Path) -> AbstractContextManager[ChatModel]:
        """The base model with the adapter."""
        return in_place_of(release, folder)


EXPORT = Peft()
