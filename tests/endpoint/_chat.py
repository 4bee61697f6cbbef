"""A chat endpoint on loopback that really answers: by the words a text shares with the prompt."""

from __future__ import annotations

import json
import math
import re
import threading
from collections import Counter
from functools import lru_cache
from typing import Any

from tests.models._server import Call, Server

WORDS = re.compile(r"[a-z]{3,}")
PAGE = b"<html><body>502 Bad Gateway</body></html>"


class ChatServer(Server):
    """Set ``mode`` to change how it answers; ``answered`` holds the requests that it answered."""

    def __init__(self, mode: str = "ok", after: int = 0, delay: float = 0.0) -> None:
        super().__init__(self._reply)
        self.mode, self.after, self.delay = mode, after, delay
        self.answered: list[str] = []
        self.tokens = [0, 0]
        self.other = 0
        self._asked: Counter[str] = Counter()
        self._count = threading.Lock()
        handler: Any = self.http.RequestHandlerClass
        handler.do_GET = handler.do_HEAD = self._other

    def _other(self) -> None:
        self.other += 1

    def _reply(self, call: Call) -> None:
        if self.delay:
            call.sleep(self.delay)
        mode = self.mode if call.number >= self.after else "ok"
        asked = json.dumps(call.body, sort_keys=True)
        with self._count:
            self._asked[asked] += 1
            again = self._asked[asked] > 1
        if mode == "dead":
            call.drop()
        elif mode == "html":
            call.send(200, PAGE, "text/html")
        elif mode == "slow":
            call.sleep(2.5)
        elif mode == "limited" or (mode == "limited_once" and not again):
            wait = {"Retry-After": "0.01"} if mode == "limited_once" else {}
            call.error(429, "slow down", headers=wait)
        elif mode == "failing_once" and not again:
            call.error(500, "oops")
        elif mode == "no_key":
            call.error(401, "wrong key")
        elif mode == "no_schema" and "response_format" in call.body:
            call.error(400, "response_format is not supported", param="response_format")
        else:
            self._classify(call, mode, again)

    def _classify(self, call: Call, mode: str, again: bool) -> None:
        system, said = call.body["messages"][0]["content"], call.said
        text = said.partition("\n\nAnswer with exactly one of these")[0]
        labels = labels_of(call.body, said)
        label = best_label(system, text, labels)
        if mode == "moody" and again and len(text) % 3 == 0:
            label = labels[labels.index(label) - 1]
        forced = "response_format" in call.body
        out = json.dumps({"answer": label}) if forced else label
        refusal = None
        if mode == "refusing" and len(text) % 7 == 0:
            out, refusal = "", "I can't help with that."
        if mode == "outside" and len(text) % 7 == 0:
            out = "something else"
        tokens = math.ceil(len(json.dumps(call.body["messages"])) / 4), math.ceil(len(out) / 4)
        with self._count:
            self.answered.append(json.dumps(call.body, sort_keys=True))
            self.tokens[0] += tokens[0]
            self.tokens[1] += tokens[1]
        call.answer(out or None, refusal=refusal, tokens=tokens)

    def spent(self, price_in: float, price_out: float) -> float:
        return (self.tokens[0] * price_in + self.tokens[1] * price_out) / 1e6


def labels_of(body: dict[str, Any], said: str) -> list[str]:
    if "response_format" in body:
        schema = body["response_format"]["json_schema"]["schema"]
        return list(schema["properties"]["answer"]["enum"])
    return said.rpartition("nothing else:\n")[2].splitlines()


def best_label(system: str, text: str, labels: list[str]) -> str:
    """The label whose lines, and whose examples, share most words with the text."""
    words = set(WORDS.findall(text.lower()))
    scores = {}
    for label in labels:
        shared = [len(words & one) for one in words_about(system, label)]
        scores[label] = sum(shared) / math.sqrt(len(shared) or 1)
    return max(labels, key=lambda label: scores[label])


@lru_cache
def words_about(system: str, label: str) -> list[set[str]]:
    """The words of each line, or example, of a prompt that names the label."""
    lines = system.splitlines()
    about = [
        before + " " + line if line.startswith("Label:") else line
        for before, line in zip(["", *lines], lines, strict=False)
        if label in line
    ]
    return [set(WORDS.findall(one.lower())) for one in about]
