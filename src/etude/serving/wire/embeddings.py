"""``/v1/embeddings`` as it goes over the wire."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from etude.serving.wire._base import Wire

MOST_TEXTS = 2048


def _listed(given: Any) -> Any:
    texts = [given] if isinstance(given, str) else given
    if isinstance(texts, list) and texts and isinstance(texts[0], int | list):
        raise PydanticCustomError("input", "Token ids can't be sent here, only texts")
    return texts


_INPUT = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "maxItems": MOST_TEXTS,
        },
    ]
}
Texts = Annotated[
    list[Annotated[str, Field(min_length=1)]],
    Field(min_length=1, max_length=MOST_TEXTS),
    BeforeValidator(_listed),
    WithJsonSchema(_INPUT),
]


class EmbeddingOptions(Wire):
    """What only this server knows. ``truncate``: of a text that is too long the beginning is read."""

    truncate: bool = False


class EmbeddingsWanted(Wire):
    """A request; see ``docs/reference/server.md`` for what is done with each field."""

    model: str = Field(min_length=1, max_length=300)
    input: Texts
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: int | None = Field(default=None, ge=1)
    etude: EmbeddingOptions | None = None

    user: Any = None


def embeddings(
    wanted: EmbeddingsWanted, vectors: Sequence[NDArray[np.float32]], tokens: int
) -> Iterator[str]:
    """The answer in writing, a vector a text in their order, piece by piece: a thousand vectors at once
    would hold everybody else up."""
    coded = wanted.encoding_format == "base64"
    yield '{"object":"list","data":['
    for place, one in enumerate(vectors):
        vector = _coded(one) if coded else one.tolist()
        said = {"object": "embedding", "index": place, "embedding": vector}
        yield ("," if place else "") + json.dumps(said, separators=(",", ":"))
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    yield f'],"model":{json.dumps(wanted.model)},"usage":{json.dumps(usage)}}}'


def _coded(vector: NDArray[np.float32]) -> str:
    """Little-endian float32, as OpenAI's clients read them."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()
