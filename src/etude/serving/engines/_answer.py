"""An answer while it is written: from the tokens of a row to pieces of text with their logs."""

from __future__ import annotations

from collections import deque

from etude.models._chat_format import TemplateFormat
from etude.models._field_logs import written
from etude.models._likelihood import FieldLogs, Likelihood
from etude.models.generation.constrained import JsonGuide
from etude.models.generation.desk import Taken
from etude.models.generation.jobs import Finish
from etude.models.generation.rows import Row
from etude.serving.engines._base import Piece, TokenLog, Usage, Wanted


class Answer:
    """One row's answer. ``over``: its last piece was given.

    Args:
        wanted: what was asked for.
        row: that writes it.
        chat_format: of the model.
        tokens_in: ids of the whole prompt.
    """

    def __init__(
        self, wanted: Wanted, row: Row, chat_format: TemplateFormat, tokens_in: int
    ) -> None:
        self.wanted = wanted
        self.row = row
        self.over = False
        self._format = chat_format
        self._text = chat_format.live(wanted.stop, reply=wanted.prompt is None)
        self._tokens_in = tokens_in
        self._told = 0
        self._begun = False
        self._held = ""
        self._unread: list[int] = []
        # Nothing in the text can end it, so it is enough to read it at the end.
        self._blind = not wanted.live and not wanted.stop and wanted.logprobs is None
        self._logs: deque[tuple[TokenLog, int]] = deque()

    def take(self, taken: Taken) -> Piece | None:
        """What may be shown after this pass; None where it must wait."""
        fresh = self.row.out[self._told : self.row.job.most]
        if self.wanted.logprobs is not None:
            self._note(fresh, taken)
        self._told += len(fresh)
        self._unread += fresh
        if self._blind and self._begun and taken.end is None:
            return None
        text = self._held + self._text.add(self._unread)
        self._unread = []
        end: Finish | None = "stop" if self._text.stopped else taken.end
        if end is None and (self.wanted.live or not self._begun):
            self._begun = self._begun or bool(text)
            return Piece(text, self._shown_logs(), usage=self._usage) if text else None
        if end is None:
            # To wake the event loop for what nobody reads along costs every row of the pass.
            self._held = text
            return None
        text += self._text.end()
        return self._last(text, "stop" if self._text.stopped else end)

    @property
    def _usage(self) -> Usage:
        return Usage(self._tokens_in, self.row.tokens, self.row.cached)

    def _last(self, text: str, end: Finish) -> Piece:
        self.over = True
        guide = self.row.job.guide
        cut = isinstance(guide, JsonGuide) and not guide.whole
        logs = self._shown_logs()
        if not self._text.stopped:
            logs += tuple(log for log, _ in self._logs)
        return Piece(
            text,
            logs,
            finish="length" if cut and not self._text.stopped else end,
            usage=self._usage,
            likelihood=Likelihood.of(self.row.logs, self._fields()),
        )

    def _fields(self) -> FieldLogs | None:
        """Of a JSON answer that is whole, as where candidates are compared."""
        guide, ids = self.row.job.guide, self.row.out[: self.row.job.most]
        if not isinstance(guide, JsonGuide) or not guide.whole:
            return None
        return written(self._format.reply(ids), ids, self.row.chosen, self._format.live())

    def _note(self, fresh: list[int], taken: Taken) -> None:
        """Remember the tokens' logs, with where each begins; what a form dictates is certain."""
        guide = self.row.job.guide
        chosen = len(guide.opening) if guide is not None and not self._told else 0
        for place, token in enumerate(fresh):
            text = self._format.token_text(token)
            log, top = taken.chosen.log, taken.chosen.top
            if place != chosen:
                log, top = 0.0, ((token, 0.0),)[: self.wanted.logprobs]
            alternatives = tuple((self._format.token_text(i), value) for i, value in top)
            self._logs.append((TokenLog(text, log, alternatives), self._text.read))

    def _shown_logs(self) -> tuple[TokenLog, ...]:
        """The logs of the tokens whose text was shown, or has begun to be."""
        shown = []
        while self._logs and self._logs[0][1] < self._text.shown:
            shown.append(self._logs.popleft()[0])
        return tuple(shown)
