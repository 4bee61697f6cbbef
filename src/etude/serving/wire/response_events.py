"""An answer of ``/v1/responses``, whole and as the events that OpenAI's clients know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from etude.serving.answering._base import Part, closing
from etude.serving.answering._whole import Whole
from etude.serving.engines._base import TokenLog, Usage
from etude.serving.errors import ApiError
from etude.serving.streams import as_api_error, event
from etude.serving.wire._base import token_log
from etude.serving.wire.responses import ResponseWanted
from etude.store.ids import made


class ResponseAnswer:
    """Writes the answer to one request."""

    def __init__(self, name: str, created: int, wanted: ResponseWanted) -> None:
        self._wanted = wanted
        self._message = made("msg_")
        self._count = 0
        self._said: list[str] = []
        self._tokens: list[TokenLog] = []
        self._head = {
            "id": name,
            "object": "response",
            "created_at": created,
            "model": wanted.model,
            "error": None,
            "incomplete_details": None,
            "instructions": wanted.instructions,
            "max_output_tokens": wanted.max_output_tokens,
            "metadata": wanted.metadata or {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": wanted.temperature,
            "text": _text_options(wanted),
            "tool_choice": "none",
            "tools": [],
            "top_p": wanted.top_p,
            "truncation": "disabled",
            "usage": None,
        }

    def whole(self, answer: Whole) -> dict[str, Any]:
        """The answer in one piece."""
        last, cut = answer.last, answer.last.finish == "length"
        item = self._item(answer.text, answer.tokens, "incomplete" if cut else "completed")
        return {
            **self._head,
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "output": [item],
            "usage": _usage(last.usage or Usage(0, 0)),
            "etude": last.about.to_json(),
        }

    async def events(self, parts: AsyncIterator[Part]) -> AsyncIterator[str]:
        """The answer as it comes; what fails in the middle is two events, after which it ends."""
        for one in self._opening():
            yield one
        try:
            async with closing(parts) as stream:
                async for part in stream:
                    if part.text:
                        yield self._delta(part)
                    if part.finish is not None:
                        for one in self._closing(part):
                            yield one
        except Exception as error:  # noqa: BLE001 - the status is sent: what fails now is an event
            for one in self._failed(as_api_error(error)):
                yield one

    def _opening(self) -> list[str]:
        begun = {**self._head, "status": "in_progress", "output": []}
        return [
            self._event("response.created", response=begun),
            self._event("response.in_progress", response=begun),
            self._event(
                "response.output_item.added",
                output_index=0,
                item={**self._item("", (), "in_progress"), "content": []},
            ),
            self._event("response.content_part.added", **self._place, part=self._part("", ())),
        ]

    def _delta(self, part: Part) -> str:
        self._said.append(part.text)
        self._tokens += part.tokens
        return self._event(
            "response.output_text.delta",
            **self._place,
            delta=part.text,
            logprobs=self._logs(part.tokens),
        )

    def _closing(self, last: Part) -> list[str]:
        text, tokens = "".join(self._said), tuple(self._tokens)
        done = self.whole(Whole(text, tokens, last))
        name = f"response.{done['status']}"
        logs = self._logs(tokens)
        return [
            self._event("response.output_text.done", **self._place, text=text, logprobs=logs),
            self._event("response.content_part.done", **self._place, part=self._part(text, tokens)),
            self._event("response.output_item.done", output_index=0, item=done["output"][0]),
            self._event(name, response=done),
        ]

    def _failed(self, error: ApiError) -> list[str]:
        code = error.code or "server_error"
        said = {"code": code, "message": error.message, "param": error.param}
        response = {
            **self._head,
            "status": "failed",
            "error": {"code": "server_error", "message": error.message},
            "output": [self._item("".join(self._said), tuple(self._tokens), "incomplete")],
        }
        return [self._event("error", **said), self._event("response.failed", response=response)]

    def _event(self, name: str, **said: Any) -> str:
        number, self._count = self._count, self._count + 1
        return event({"type": name, "sequence_number": number, **said}, name)

    @property
    def _place(self) -> dict[str, Any]:
        return {"item_id": self._message, "output_index": 0, "content_index": 0}

    def _item(self, text: str, tokens: Sequence[TokenLog], status: str) -> dict[str, Any]:
        return {
            "id": self._message,
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": [self._part(text, tokens)],
        }

    def _part(self, text: str, tokens: Sequence[TokenLog]) -> dict[str, Any]:
        logs = self._logs(tokens)
        return {"type": "output_text", "text": text, "annotations": [], "logprobs": logs}

    def _logs(self, tokens: Sequence[TokenLog]) -> list[dict[str, Any]]:
        return [token_log(one) for one in tokens] if self._wanted.wants_logprobs else []


def _text_options(wanted: ResponseWanted) -> dict[str, Any]:
    form = wanted.text.format if wanted.text is not None else None
    if form is None:
        return {"format": {"type": "text"}}
    return {"format": form.model_dump(by_alias=True, exclude_none=True)}


def _usage(used: Usage) -> dict[str, Any]:
    return {
        "input_tokens": used.tokens_in,
        "input_tokens_details": {"cached_tokens": used.tokens_cached, "cache_write_tokens": 0},
        "output_tokens": used.tokens_out,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": used.tokens_in + used.tokens_out,
    }
