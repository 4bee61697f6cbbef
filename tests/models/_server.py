"""A scripted OpenAI-compatible server on loopback: each request is answered by the script."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]
Script = Callable[["Call"], None]


class Call:
    """One request: ``number`` counts from 0; the script answers it through these methods."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: Body, number: int) -> None:
        self.handler = handler
        self.body = body
        self.number = number

    def send(
        self,
        status: int,
        content: bytes,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(content)

    def error(
        self,
        status: int,
        message: str,
        code: str | None = None,
        param: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        error = {"message": message, "type": "error", "param": param, "code": code}
        self.send(status, json.dumps({"error": error}).encode(), headers=headers)

    def answer(
        self,
        text: str | None,
        *,
        finish: str = "stop",
        usage: bool = True,
        refusal: str | None = None,
        tokens: tuple[int, int] = (20, 3),
        logs: tuple[float, ...] = (),
        written: tuple[tuple[str, float], ...] = (),
    ) -> None:
        """``logs``: of tokens that are not the text's; ``written``: of its own tokens."""
        message = {"role": "assistant", "content": text, "refusal": refusal}
        body: Body = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": self.body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        if logs or written:
            said = [*(("x", log) for log in logs), *written]
            told = [{"token": token, "logprob": log, "top_logprobs": []} for token, log in said]
            body["choices"][0]["logprobs"] = {"content": told, "refusal": None}
        if usage:
            body["usage"] = {
                "prompt_tokens": tokens[0],
                "completion_tokens": tokens[1],
                "total_tokens": sum(tokens),
            }
        self.send(200, json.dumps(body).encode())

    @property
    def said(self) -> str:
        return str(self.body["messages"][-1]["content"])

    def drop(self) -> None:
        self.handler.close_connection = True
        self.handler.connection.shutdown(socket.SHUT_RDWR)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Server:
    """Use as a context manager; ``calls`` holds the bodies and ``most`` the highest concurrency."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.calls: list[Body] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.now = self.most = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body leave together: apart, the second waits 40 ms for the first's receipt.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    number = len(outer.calls)
                    outer.calls.append(body)
                    outer.keys.append(self.headers["Authorization"])
                    outer.paths.append(self.path)
                    outer.now += 1
                    outer.most = max(outer.most, outer.now)
                try:
                    outer.script(Call(self, body, number))
                except (BrokenPipeError, ConnectionResetError):
                    pass
                finally:
                    with outer._lock:
                        outer.now -= 1

            def log_message(self, *args: object) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                pass

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def __enter__(self) -> Server:
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.http.shutdown()
        self.http.server_close()
