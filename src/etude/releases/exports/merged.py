"""Whole weights, an adapter merged into them: what every engine for transformers' models opens.

They are written in the precision in which the release answers, so that merging rounds nothing that
the release does not round itself.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from etude.models._base import ChatModel
from etude.models._causal_files import load_module
from etude.releases.exports._base import (
    copy_folder,
    in_place_of,
    is_adapter,
    refuse_precision,
    weights_of,
    why_no_language_model,
)
from etude.releases.loading import Release


class Merged:
    """A folder as ``save_pretrained`` writes it."""

    key = "merged"
    plain_name = "merged weights"
    exact = True

    def why_not(self, release: Release) -> str | None:
        """It needs trained weights of a language model."""
        return why_no_language_model(release)

    def write(self, release: Release, folder: Path, precision: str | None) -> None:
        """Merge an adapter, or copy what was trained whole; with tokenizer, template and card."""
        refuse_precision(self.key, precision)
        write_merged(release, folder)

    def answering(self, release: Release, folder: Path) -> AbstractContextManager[ChatModel]:
        """These weights in place of the base model's."""
        return in_place_of(release, folder)


def write_merged(release: Release, folder: Path) -> None:
    """Whole weights into ``folder``, which is there.

    Raises:
        ModelError: the base model's weights can't be loaded.
    """
    weights = weights_of(release)
    assert weights is not None
    if not is_adapter(weights):
        copy_folder(weights, folder)
        return
    base: Any = release.context.model
    tuned: Any = base.tuned(weights)
    module = load_module(base.folder, weights, base.dtype)
    # Whoever generates with these weights must stop where the release does.
    said = module.generation_config
    said.eos_token_id, said.pad_token_id = list(tuned.format.stop_ids), tuned.format.pad_id
    module.save_pretrained(folder)
    tuned.format.save(folder)


EXPORT = Merged()
