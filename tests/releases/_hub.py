"""A small stand-in for a model hub on loopback: it speaks what huggingface_hub's client asks of it.

A card is refused as the real hub refuses one: where its base model is no repository's name.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SHA = "a" * 40


@dataclass
class Hub:
    """What arrived. ``refuses``: a status that every request is answered with."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    tokens: set[str | None] = field(default_factory=set)
    refuses: int | None = None
    private: bool = True
    """Whether the repository is; one that was there keeps what it was."""

    def reply(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the document."""
        self.asked.append(f"{method} {path}")
        if self.refuses is not None:
            return self.refuses, {"error": "you may not write here"}
        if path == "/api/repos/create":
            self.made.append(json.loads(body))
            return 200, {"url": f"{self.address}/me/support", "id": "me/support"}
        if path == "/api/validate-yaml":
            return 200, {"errors": self._faults(json.loads(body)["content"]), "warnings": []}
        if "/preupload/" in path:
            files = [{**one, "uploadMode": "regular"} for one in json.loads(body)["files"]]
            kept = [
                {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in files
            ]
            return 200, {"files": kept}
        if "/commit/" in path:
            self._take(body)
            return 200, {
                "success": True,
                "commitOid": SHA,
                "commitUrl": f"{self.address}/me/support/commit/{SHA}",
            }
        if path.startswith("/api/models/me/support"):
            return 200, {"id": "me/support", "sha": SHA, "private": self.private}
        return 404, {"error": "there is no such page"}

    def _take(self, body: bytes) -> None:
        for line in body.splitlines():
            one = json.loads(line)
            if one["key"] == "file":
                self.files[one["value"]["path"]] = base64.b64decode(one["value"]["content"])

    @staticmethod
    def _faults(card: str) -> list[dict[str, str]]:
        head = card.split("\n---", 1)[0]
        named = re.search(r'^base_model: "?([^"\n]*)"?$', head, re.MULTILINE)
        if named and not re.fullmatch(r"[A-Za-z0-9][\w.-]*/[\w.-]+", named[1]):
            return [{"message": f'"base_model" with value "{named[1]}" is not valid.'}]
        return []


@contextmanager
def running() -> Iterator[Hub]:
    """The stand-in, for as long as it is needed."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            hub.tokens.add(self.headers.get("Authorization"))
            status, document = hub.reply(self.command, self.path.partition("?")[0], body)
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_HEAD = _answer

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
