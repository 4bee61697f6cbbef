"""Servers to be held against: what people write who need no more than an answer.

    python benchmarks/_plain_servers.py labels ENCODER_FOLDER LABELS PORT
    python benchmarks/_plain_servers.py nothing PORT

``labels``: FastAPI around transformers' text-classification pipeline, as its documentation shows
it: the pipeline is called in FastAPI's pool of threads, a request at a time. ``nothing``: FastAPI
that answers a chat completion without computing any, the least that HTTP and JSON cost here.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
import transformers
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel


class Said(BaseModel):
    text: str


class Chat(BaseModel):
    model: str
    messages: list[dict[str, Any]]


def labels(folder: str, count: int) -> FastAPI:
    """The encoder with a head of so many labels; its weights are random, its work is the same."""
    torch.manual_seed(0)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, num_labels=count
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    pipe = transformers.pipeline("text-classification", model=model.eval(), tokenizer=tokenizer)
    app = FastAPI()

    @app.post("/classify")
    def classify(said: Said) -> dict[str, Any]:
        with torch.inference_mode():
            found: dict[str, Any] = pipe(said.text, truncation=True)[0]
        return found

    return app


def nothing() -> FastAPI:
    app = FastAPI()

    @app.post("/v1/chat/completions")
    async def chat(said: Chat) -> dict[str, Any]:
        message = {"role": "assistant", "content": "yes"}
        return {
            "object": "chat.completion",
            "model": said.model,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        }

    return app


def main() -> None:
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    kind, *rest, port = sys.argv[1:]
    app = labels(rest[0], int(rest[1])) if kind == "labels" else nothing()
    uvicorn.run(app, port=int(port), log_level="error", access_log=False)


if __name__ == "__main__":
    main()
