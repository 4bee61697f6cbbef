"""What comes back from an OpenAI-compatible server, chunk by chunk, as pieces.

An answer that must have a form (a choice, JSON) is read as a whole, as when candidates are compared,
and given as one piece; any other is handed on as it comes.
"""

from __future__ import annotations

from typing import Any

from etude.models._choices import read_choice
from etude.models._field_logs import token_bytes, told
from etude.models._json_answers import compact_json
from etude.models._likelihood import Likelihood
from etude.serving.engines._asked import most_tokens_in
from etude.serving.engines._base import (
    CannotDo,
    EngineDown,
    Finish,
    Piece,
    TokenLog,
    Usage,
    Wanted,
)


class Stream:
    """One answer under way.

    Args:
        wanted: what was asked for.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.finish: str | None = None
        self._formed = bool(wanted.choices) or wanted.json_schema is not None
        self._text = ""
        self._held: tuple[TokenLog, ...] = ()
        self._logs: list[tuple[bytes, float]] = []
        self._usage: Any = None
        self._refused = False

    def add(self, chunk: Any) -> Piece | None:
        """What a chunk brings; None where it brings nothing to show."""
        self._usage = getattr(chunk, "usage", None) or self._usage
        choices = getattr(chunk, "choices", None)
        if not choices:
            return None
        choice = choices[0]
        self.finish = getattr(choice, "finish_reason", None) or self.finish
        text = _text(choice)
        self._text += text
        self._refused |= bool(getattr(getattr(choice, "delta", None), "refusal", None))
        logs = _logs(getattr(choice, "logprobs", None))
        self._logs += [(log.raw, log.log) for log in logs]
        if self.wanted.logprobs is not None:
            self._held += logs
        if self._formed or not text:
            return None
        return Piece(text, self._release())

    def end(self) -> Piece:
        """The last piece.

        Raises:
            CannotDo: the server's filter refused, or its answer has not the form.
            EngineDown: the answer broke off.
        """
        if self.finish is None:
            raise EngineDown("The server behind this model broke off its answer.")
        if self.finish == "content_filter":
            raise CannotDo("The filter of the server behind this model refused the request.")
        finish: Finish = "length" if self.finish == "length" else "stop"
        return Piece(
            self._read(finish) if self._formed else "",
            self._release(),
            finish=finish,
            usage=self._counted(),
            likelihood=self._likelihood(),
            refused=self._refused,
        )

    def _likelihood(self) -> Likelihood | None:
        """As where candidates are compared."""
        if not self._logs:
            return None
        record = None if self.wanted.json_schema is None else self._text
        return Likelihood.of([log for _, log in self._logs], told(record, self._logs))

    def _release(self) -> tuple[TokenLog, ...]:
        held, self._held = self._held, ()
        return held

    def _read(self, finish: Finish) -> str:
        if self._refused:
            return self._text
        if self.wanted.choices:
            read = read_choice(self._text, self.wanted.choices)
        else:
            read = compact_json(self._text)
        if read is None and finish == "length":
            return self._text
        if read is None:
            raise CannotDo("The server behind this model did not keep to the form of the answer.")
        return read

    def _counted(self) -> Usage:
        """As the server says, else what it can be at most."""
        counted = self._usage
        found = [getattr(counted, name, None) for name in ("prompt_tokens", "completion_tokens")]
        details = getattr(counted, "prompt_tokens_details", None)
        return Usage(
            most_tokens_in(self.wanted) if found[0] is None else int(found[0]),
            len(self._text.encode()) if found[1] is None else int(found[1]),
            int(getattr(details, "cached_tokens", None) or 0),
        )


def _text(choice: Any) -> str:
    delta = getattr(choice, "delta", None)
    if delta is None:
        return str(getattr(choice, "text", None) or "")
    return str(getattr(delta, "content", None) or getattr(delta, "refusal", None) or "")


def _logs(said: Any) -> tuple[TokenLog, ...]:
    """Of chat completions (``content``) or of completions (lists side by side)."""
    content = getattr(said, "content", None)
    if content:
        return tuple(
            TokenLog(
                str(one.token),
                float(one.logprob),
                tuple((str(top.token), float(top.logprob)) for top in one.top_logprobs or ()),
                token_bytes(one),
            )
            for one in content
        )
    tokens, logs = getattr(said, "tokens", None) or (), getattr(said, "token_logprobs", None) or ()
    tops = getattr(said, "top_logprobs", None) or [None] * len(tokens)
    return tuple(
        TokenLog(
            str(token),
            float(log),
            tuple((top or {}).items()),
            str(token).encode("utf-8", "replace"),
        )
        for token, log, top in zip(tokens, logs, tops, strict=False)
        if log is not None
    )
