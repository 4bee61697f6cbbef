"""The lines of a batch: read and checked, sent, and written as OpenAI writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import PydanticCustomError

from etude.records.batch import LineError, Tokens
from etude.serving.inside import Reply
from etude.serving.wire._base import whole_characters
from etude.store.ids import made

MOST_LINES = 50_000
MOST_LINE = 1 << 24
"""Bytes of a line: half a gigabyte read as one would hold up every request."""
MOST_ERRORS = 100
"""Faults that are listed; the rest are as many as there are."""


@dataclass(frozen=True)
class Request:
    """One line of an input file, counted from 1."""

    line: int
    custom_id: str
    body: bytes


@dataclass
class Checked:
    """What a look through an input file found."""

    total: int = 0
    models: set[str] = field(default_factory=set)
    errors: list[LineError] = field(default_factory=list)


def requests_of(path: Path) -> Iterator[Request]:
    """The requests of a file that was checked."""
    for number, said in _objects(path):
        body = json.dumps(said["body"]).encode()
        yield Request(number, said["custom_id"], body)


def checked(path: Path, endpoint: str) -> Checked:
    """Look through an input file for whatever would make a request none.

    Args:
        path: where the file lies.
        endpoint: what all lines must call.
    """
    found, seen = Checked(), set[str]()
    for number, said in _objects(path):
        found.total += 1
        wrong = _wrong(said, endpoint, seen)
        if wrong is not None and len(found.errors) < MOST_ERRORS:
            code, message, param = wrong
            found.errors.append(LineError(code=code, message=message, line=number, param=param))
        elif wrong is None:
            found.models.add(said["body"]["model"])
        if found.total > MOST_LINES:
            words = f"The file has more than {MOST_LINES:,} requests."
            found.errors.append(LineError(code="too_many_tasks", message=words))
            return found
    if not found.total:
        found.errors.append(LineError(code="empty_file", message="The file has no requests."))
    return found


def _objects(path: Path) -> Iterator[tuple[int, Any]]:
    """(number, what it says) of each line that is not empty; None where it is no JSON or too long."""
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), 1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line.decode("utf-8-sig"))
            except (ValueError, RecursionError):
                yield number, None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is too long its beginning, with what makes it no JSON."""
    while line := file.readline(MOST_LINE):
        if len(line) == MOST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(MOST_LINE)) and not rest.endswith(b"\n"):
                pass
            line = b"{"
        yield line


def _wrong(said: Any, endpoint: str, seen: set[str]) -> tuple[str, str, str | None] | None:
    """Code, message and field of what is wrong with a line first."""
    if not isinstance(said, dict):
        words = f"This line is not a JSON object of less than {MOST_LINE >> 20} MB."
        return "invalid_json_line", words, None
    name = said.get("custom_id")
    if not isinstance(name, str) or not name:
        return "missing_required_parameter", "'custom_id' must be a text.", "custom_id"
    if name in seen:
        return "duplicate_custom_id", "Another line has the same 'custom_id'.", "custom_id"
    seen.add(name)
    if not _can_be_written(name):
        return "invalid_value", "'custom_id' holds half a character.", "custom_id"
    if said.get("method") != "POST":
        return "invalid_method", "'method' must be POST.", "method"
    if said.get("url") != endpoint:
        return "invalid_url", f"'url' must be {endpoint}, as the batch says.", "url"
    return _wrong_body(said.get("body"))


def _wrong_body(body: Any) -> tuple[str, str, str | None] | None:
    if not isinstance(body, dict):
        return "missing_required_parameter", "'body' must be an object.", "body"
    if not isinstance(body.get("model"), str):
        return "missing_required_parameter", "'body.model' must name a model.", "body.model"
    if not _can_be_written(body["model"]):
        return "invalid_value", "'body.model' holds half a character.", "body.model"
    if body.get("stream"):
        return "invalid_value", "A batch's answers can't be streamed.", "body.stream"
    return None


def _can_be_written(text: str) -> bool:
    """Whether what the batch itself keeps of a line can be kept; the rest is judged with the line."""
    try:
        whole_characters(text)
    except PydanticCustomError:
        return False
    return True


def answered_line(request: Request, reply: Reply) -> str:
    """A line that was answered, well or not."""
    response = {
        "status_code": reply.status,
        "request_id": reply.headers.get("x-request-id", ""),
        "body": reply.json() if reply.content else None,
    }
    return _line(request, response, None)


def unanswered_line(request: Request, code: str, message: str) -> str:
    """A line that was never asked."""
    return _line(request, None, {"code": code, "message": message})


def _line(request: Request, response: Any, error: Any) -> str:
    said = {
        "id": made("batch_req_"),
        "custom_id": request.custom_id,
        "response": response,
        "error": error,
    }
    return json.dumps(said, ensure_ascii=True)


def tokens_of(line: str) -> Tokens:
    """What an answered line took, whichever endpoint answered it."""
    body = (json.loads(line)["response"] or {}).get("body")
    used = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(used, dict):
        return Tokens()
    details = used.get("prompt_tokens_details") or used.get("input_tokens_details") or {}
    return Tokens(
        read=used.get("prompt_tokens") or used.get("input_tokens") or 0,
        written=used.get("completion_tokens") or used.get("output_tokens") or 0,
        cached=details.get("cached_tokens") or 0,
    )
