"""Logs of real traffic with topics that the examples lack: whole topics of the public data, left out.

Nothing is invented: texts of the topics that are left out come as often as a log has them beside texts
of topics that have examples, a third of these as people type in a hurry.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from _data import data_folder, rows
from _planted._base import Row
from etude.data.text import normal_form, normalise

EXAMPLES, KNOWN, EACH = 2000, 800, 40
"""Examples, texts of the log whose topic has examples, and texts of each topic that has none."""
HURRIED = 1 / 3
FEWEST_WORDS = 4
"""Of texts of conversations: "yes" and "thanks" are of no topic."""


@dataclass(frozen=True)
class Traffic:
    """``examples``: rows with a label each. ``log``: texts in mixed order. ``lacking``: those of them
    whose topic has no example, with the topic; the others' topics have."""

    name: str
    examples: tuple[Row, ...]
    log: tuple[str, ...]
    lacking: Mapping[str, str]


Texts = Mapping[str, list[str]]
"""Topic to its texts, no text twice."""


def other_intents(seed: int) -> Traffic:
    """Eight of 77 intents of one bank are left out: topics that stand beside others much like them."""
    return _left_out("other_intents", _banking("train"), _banking("test"), 8, seed)


def other_tasks(seed: int) -> Traffic:
    """Two of the seven things that a voice assistant does are left out."""
    return _left_out("other_tasks", _snips("train"), _snips("test"), 2, seed)


def other_domains(seed: int) -> Traffic:
    """Two of six trades whose customers write are left out."""
    return _left_out("other_domains", _trades("train"), _trades("test"), 2, seed)


def strangers(seed: int) -> Traffic:
    """People ask a bank for music, weather, tables."""
    draw = random.Random(seed)
    lacking = _snips("test")
    chosen = draw.sample(sorted(lacking), 2)
    return made("strangers", _banking("train"), _banking("test"), lacking, chosen, draw)


def nothing(seed: int) -> Traffic:
    """Every topic has examples."""
    return _left_out("nothing", _banking("train"), _banking("test"), 0, seed)


LOGS: dict[str, Callable[[int], Traffic]] = {
    "strangers": strangers,
    "other_tasks": other_tasks,
    "other_domains": other_domains,
    "other_intents": other_intents,
    "nothing": nothing,
}


def _left_out(name: str, learned: Texts, asked: Texts, count: int, seed: int) -> Traffic:
    draw = random.Random(seed)
    chosen = draw.sample(sorted(set(learned) & set(asked)), count)
    known = {topic: texts for topic, texts in learned.items() if topic not in chosen}
    return made(name, known, asked, asked, chosen, draw)


def made(
    name: str, learned: Texts, asked: Texts, lacking: Texts, chosen: list[str], draw: random.Random
) -> Traffic:
    """Examples of the topics ``learned``; a log of what is ``asked`` about them, and of ``chosen``
    topics of ``lacking``."""
    pairs = [(text, topic) for topic in sorted(learned) for text in learned[topic]]
    examples = tuple(
        {"id": f"t{at:05d}", "input": text, "target": topic}
        for at, (text, topic) in enumerate(draw.sample(pairs, min(EXAMPLES, len(pairs))))
    )
    seen = {normal_form(text) for text, _ in pairs}
    usual = [text for topic in sorted(set(asked) & set(learned)) for text in asked[topic]]
    usual = [text for text in usual if normal_form(text) not in seen]
    log = [_hurried(text, draw) for text in draw.sample(usual, min(KNOWN, len(usual)))]
    topics: dict[str, str] = {}
    for topic in chosen:
        fresh = [text for text in lacking[topic] if text not in topics and text not in set(log)]
        topics |= dict.fromkeys(draw.sample(fresh, min(EACH, len(fresh))), topic)
    log += topics
    draw.shuffle(log)
    return Traffic(name, examples, tuple(log), topics)


def _hurried(text: str, draw: random.Random) -> str:
    """A third in small letters, without marks, with a greeting or with a letter missing."""
    if draw.random() >= HURRIED:
        return text
    way = draw.randrange(4)
    if way == 0:
        return text.lower()
    if way == 1:
        return text.rstrip(".?!")
    if way == 2:
        return draw.choice(["Hi, ", "hello ", "Hey there! "]) + text
    at = draw.randrange(len(text))
    return normalise(text[:at] + text[at + 1 :]) or text


def _banking(side: str) -> Texts:
    return _by_topic(
        (row["text"], row["label"]) for row in rows(data_folder("banking77") / f"{side}.jsonl")
    )


def _snips(side: str) -> Texts:
    return _by_topic(
        (row["text"], row["label"]) for row in rows(data_folder("snips") / f"{side}.jsonl")
    )


def _trades(side: str) -> Texts:
    found = rows(data_folder("multidogo") / f"{side}.jsonl")
    return _by_topic(
        (row["text"], row["domain"]) for row in found if len(row["text"].split()) >= FEWEST_WORDS
    )


def _by_topic(pairs: Iterable[tuple[str, str]]) -> Texts:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for text, topic in pairs:
        found[topic][normalise(text)] = None
    return {topic: [text for text in texts if text] for topic, texts in found.items()}
