"""Embeddings of the builtin encoder, and any held in memory for what asks for the same texts again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Embeddings
from etude.errors import ModelError
from etude.models._base import Embedder
from etude.models.builtin import MINILM, find_folder
from etude.models.embeddings import CachedEmbeddings
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.workflow.entrants import EMBEDDINGS
from etude.workflow.session import Session

BUILTIN = ModelRef(name=f"builtin:{MINILM.name}")


class Remembered:
    """``Embeddings`` in memory: asked of ``source`` once, however often a text is fitted on."""

    def __init__(self, source: Embeddings, texts: Sequence[str]) -> None:
        self._source = source
        self._rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        self._vectors = source.of(list(self._rows))

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (N, dim)."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._vectors = np.concatenate([self._vectors, self._source.of(new)])
            self._rows |= {text: len(self._rows) + at for at, text in enumerate(new)}
        return self._vectors[[self._rows[text] for text in texts]]


def builtin_embeddings(session: Session) -> CachedEmbeddings | None:
    """Of the builtin encoder where it is on this machine; nothing is downloaded for it."""
    try:
        find_folder(MINILM, download=False)
        model = open_model(BUILTIN)
    except ModelError:
        return None
    assert isinstance(model, Embedder)
    folder = session.store.cache_folder(EMBEDDINGS) / model.fingerprint
    return CachedEmbeddings(model, folder, session.progress)
