"""What is known of one request that the server answered."""

from __future__ import annotations

from pydantic import Field

from etude.records._base import Record


class Served(Record):
    """One answered request; a row of the traffic.

    ``id`` is the response's own id, by which feedback names it. ``seconds`` and ``first_token`` are
    seconds from the request's arrival. ``input`` and ``output`` are None unless text is recorded.
    """

    id: str
    request_id: str | None = None
    """What the request was called: by its caller, else by the server; in its ``x-request-id``. Several
    answers to one request have the same, and so have requests that a caller calls alike."""
    time: float
    """Seconds since 1970."""
    endpoint: str
    """``/v1/chat/completions`` and the like."""
    model: str
    """As the caller named it."""
    release: str | None = None
    """The release's hash, or the tuned model's full name: what really answered."""
    status: int = 200
    prompt_hash: str
    """sha256 of what the caller sent as messages or input: equal prompts are seen as equal."""
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    tokens_cached: int = Field(default=0, ge=0)
    seconds: float = Field(ge=0)
    first_token: float | None = None
    finish: str | None = None
    """stop, length, or a word for a failure; "closed" where the caller went away."""
    confidence: float | None = None
    escalate: bool | None = None
    key: str | None = None
    """Id of the caller's key."""
    input: str | None = None
    output: str | None = None
