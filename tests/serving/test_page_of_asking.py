"""Every field of OpenAI's API is known here, and its fate told on the server's page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from openai.types import completion_create_params, embedding_create_params
from openai.types.chat import completion_create_params as chat_params
from openai.types.responses import response_create_params
from pydantic import BaseModel

from etude.serving.answering._base import About
from etude.serving.wire.chat import CANT as CHAT_CANT
from etude.serving.wire.chat import ChatWanted
from etude.serving.wire.completions import CANT as COMPLETION_CANT
from etude.serving.wire.completions import CompletionWanted
from etude.serving.wire.embeddings import EmbeddingsWanted
from etude.serving.wire.responses import CANT as RESPONSE_CANT
from etude.serving.wire.responses import ResponseWanted

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "server.md"
WANTED: dict[type[BaseModel], tuple[Any, ...]] = {
    ChatWanted: (
        chat_params.CompletionCreateParamsBase,
        chat_params.CompletionCreateParamsStreaming,
    ),
    ResponseWanted: (
        response_create_params.ResponseCreateParamsBase,
        response_create_params.ResponseCreateParamsStreaming,
    ),
    CompletionWanted: (
        completion_create_params.CompletionCreateParamsBase,
        completion_create_params.CompletionCreateParamsStreaming,
    ),
    EmbeddingsWanted: (embedding_create_params.EmbeddingCreateParams,),
}


@pytest.mark.parametrize("wanted", WANTED, ids=lambda one: one.__name__)
def test_what_the_client_can_send_is_known_and_told(wanted: type[BaseModel]) -> None:
    sent = {name for one in WANTED[wanted] for name in get_type_hints(one)}
    assert sent == set(wanted.model_fields) - {"etude"}
    assert set(wanted.model_fields) <= told("### Every field")


@pytest.mark.parametrize(
    ("wanted", "cant"),
    [
        (ChatWanted, CHAT_CANT),
        (ResponseWanted, RESPONSE_CANT),
        (CompletionWanted, COMPLETION_CANT),
    ],
)
def test_what_is_not_acted_on_is_refused_or_changes_nothing(
    wanted: type[BaseModel], cant: dict[str, Any]
) -> None:
    """A field without a shape of its own is one or the other, and the page says which."""
    loose = {name for name, field in wanted.model_fields.items() if field.annotation is Any}
    rows = rows_of("### Every field")
    for name in loose:
        (fate,) = {row for row in rows if f"`{name}`" in row.split("|")[1] and applies(row, wanted)}
        assert ("refused" in fate.lower()) == (name in cant or name == "store")


def applies(row: str, wanted: type[BaseModel]) -> bool:
    where = row.split("|")[2]
    word = {ChatWanted: "chat", ResponseWanted: "responses", CompletionWanted: "completions"}[
        wanted
    ]
    return word in where or "where OpenAI" in where


def test_what_comes_back_is_told() -> None:
    assert set(About.__dataclass_fields__) == told("### What comes back besides")


def rows_of(heading: str) -> list[str]:
    text = PAGE.read_text("utf-8")
    part = text[text.index(heading) + len(heading) :]
    rows = re.split(r"\n#+ ", part)[0].splitlines()
    return [row for row in rows if row.startswith("| `")]


def told(heading: str) -> set[str]:
    return {name for row in rows_of(heading) for name in re.findall(r"`(\w+)`", row.split("|")[1])}
