"""Speaks as much of vLLM's protocol as the engine uses, in a process of its own; writes no text of
a model but what it was asked.

``facts`` are for the tests: how it was called, and what it holds. ``/die`` ends it at once. With
``--broken`` it says something and ends; with ``--mute`` it never says that it is well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

BORN = time.monotonic()
ADAPTERS: dict[str, str] = {}
LOADED: list[str] = []


def option(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            ready = time.monotonic() - BORN > 0.1 and "--mute" not in sys.argv
            self.answer(200 if ready else 503, "")
        elif self.path == "/facts":
            names = ("VLLM_NO_USAGE_STATS", "DO_NOT_TRACK", "VLLM_ALLOW_RUNTIME_LORA_UPDATING")
            told = {name: os.environ.get(name) for name in names}
            self.answer(200, {"argv": sys.argv, "pid": os.getpid(), "loaded": LOADED} | told)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        if self.path == "/die":
            os._exit(3)
        if self.headers["Authorization"] != f"Bearer {os.environ['VLLM_API_KEY']}":
            self.answer(401, {"error": "Unauthorized"})
        elif self.path == "/v1/load_lora_adapter":
            self.load(body["lora_name"], body["lora_path"])
        elif self.path == "/v1/unload_lora_adapter":
            self.answer(200 if ADAPTERS.pop(body["lora_name"], None) else 404, "")
        elif body["model"] not in {option("--served-model-name"), *ADAPTERS}:
            self.answer(404, {"error": {"message": "no such model"}})
        elif body.get("stream"):
            self.write(body)
        else:
            self.score(body)

    def load(self, name: str, path: str) -> None:
        if not (Path(path) / "adapter_config.json").is_file():
            self.answer(400, {"error": {"message": f"no adapter in {path}"}})
            return
        ADAPTERS[name] = path
        LOADED.append(name)
        self.answer(200, f"Success: LoRA adapter '{name}' added successfully.")

    def write(self, body: dict[str, Any]) -> None:
        """Says what it was asked, in two chunks."""
        keys = ("model", "prompt", "max_tokens", "stop_token_ids", "seed", "stop", "temperature")
        said = json.dumps({key: body.get(key) for key in keys})
        if "structured_outputs" in body:
            said = json.dumps(body["structured_outputs"]["json"])
        lines = []
        for text, finish in ((said[:5], None), (said[5:], "stop")):
            logs = {"tokens": [text], "token_logprobs": [-0.5], "top_logprobs": [{text: -0.5}]}
            choice = {"index": 0, "text": text, "finish_reason": finish, "logprobs": logs}
            lines.append({"choices": [choice]})
        usage = {"prompt_tokens": len(body["prompt"]), "completion_tokens": 2, "total_tokens": 0}
        lines.append({"choices": [], "usage": usage})
        rest = {"id": "x", "object": "text_completion", "created": 1, "model": body["model"]}
        events = [f"data: {json.dumps(line | rest)}\n\n" for line in lines]
        self.answer(200, "".join([*events, "data: [DONE]\n\n"]), "text/event-stream")

    def score(self, body: dict[str, Any]) -> None:
        """A token's log-probability is minus a thousandth of its id."""
        choices = []
        for index, ids in enumerate(body["prompt"]):
            logs = [None, *({str(i): {"logprob": -i / 1000, "rank": 1}} for i in ids[1:])]
            told = {"index": index, "text": "", "finish_reason": "length", "logprobs": None}
            choices.append(told | {"prompt_logprobs": logs})
        rest = {"id": "x", "object": "text_completion", "created": 1, "model": body["model"]}
        self.answer(200, rest | {"choices": choices[::-1]})

    def answer(self, status: int, said: Any, kind: str = "application/json") -> None:
        content = (said if isinstance(said, str) else json.dumps(said)).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    if "--broken" in sys.argv:
        print("not enough memory for this model", flush=True)
        sys.exit(7)
    ThreadingHTTPServer((option("--host"), int(option("--port"))), Handler).serve_forever()
