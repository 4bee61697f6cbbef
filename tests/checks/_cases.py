"""For each type: specs, with answers that pass and answers that fail."""

from __future__ import annotations

from typing import Any

from etude.checks import Subject

FIELDS = {"title": "Bear", "scary": "a storm", "most": "4", "price": "1,000", "empty": ""}
INPUT = "Bear, for 3-5 year-olds, costs 1,000 and 2.50 on 2024-01-05."
TARGET = "A bear goes for a walk in the wood."
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
RUN_ON = "the quick brown fox jumps over the lazy dog and then it goes home again to sleep"

# type, the rest of the spec, answers that pass, answers that fail
CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("equals", {"value": "Yes, {{title}}"}, ["Yes, Bear", " Yes, Bear\n"], ["yes, bear", ""]),
    ("equals", {"value": "yes", "case": "ignore"}, ["YES"], ["no"]),
    ("equals", {"value": {"a": [1, True]}}, ['{"a":[1.0, true]}'], ['{"a":[1, 1]}', "{a", "[]"]),
    ("contains", {"value": "{{title}}"}, ["A Bear!"], ["a bear", ""]),
    ("icontains", {"value": "STRASSE"}, ["die Straße"], ["der Weg"]),
    ("contains-all", {"value": ["a", "{{title}}", "{{empty}}"]}, ["a Bear"], ["a", "Bear"[1:3]]),
    ("contains-any", {"value": ["cat", "{{title}}"]}, ["Bear", "cat"], ["dog"]),
    ("icontains-all", {"value": ["A", "bear"]}, ["a BEAR"], ["cub"]),
    ("icontains-any", {"value": ["cat", "bear"]}, ["BEAR"], ["dog"]),
    (
        "starts-with",
        {"value": "Title: {{title}}"},
        ["Title: Bear", "\nTitle: Bear x"],
        ["Bear", ""],
    ),
    ("ends-with", {"value": "bye.", "case": "ignore"}, ["Good BYE.\n"], ["bye", ""]),
    ("regex", {"value": r"^\d{2}-\w+$"}, ["12-ab"], ["1-ab", "12-ab\n34"]),
    ("regex", {"value": "^{{title}}$", "case": "ignore"}, ["bear"], ["xBear"]),
    ("is-json", {}, ['{"a": 1}', " [1] ", "3"], ["", "{'a': 1}", '{"a":1,"a":2}', "NaN", "{} x"]),
    ("is-json", {"value": SCHEMA}, ['{"n": 3}'], ['{"n": "3"}', "{}", "[]"]),
    ("contains-json", {}, ['See: {"a": 1}.', '{x {"b": []}'], ["none", "[1]", "{a}"]),
    ("contains-json", {"value": SCHEMA}, ['{"m": 1} {"n": 1}'], ['{"m": 1}', "text"]),
    ("levenshtein", {"threshold": 3}, [TARGET, TARGET[:-3]], ["A bear.", ""]),
    ("rouge-n", {"threshold": 0.5, "n": 2}, [TARGET, "A bear goes for a run."], ["bear", ""]),
    ("bleu", {"threshold": 0.5}, [TARGET], ["Nothing of the kind was said.", ""]),
    ("bleu", {"value": ["a b c d e", "f g h i j"]}, ["f g h i j"], ["x"]),
    ("word-count", {"value": {"max": 3}}, ["one two three", ""], ["one two three four"]),
    ("word-count", {"value": 2}, ["one two"], ["one", "one two three"]),
    ("word-count", {"value": {"max": "{{most}}"}}, ["a b c d"], ["a b c d e"]),
    (
        "sentence-count",
        {"value": {"min": 2, "max": 2}},
        ["One. Two!", "A\nB"],
        ["One.", "A. B. C."],
    ),
    ("char-count", {"value": {"max": 3}}, ["abc\n", "a👩‍👩‍👧é"], ["abcd"]),
    ("line-count", {"value": 2}, ["a\n\nb\n"], ["a", "a\nb\nc"]),
    (
        "sections",
        {"value": ["Title:", "Ages:", "Ages and stages:"]},
        ["Title: a\nAges: 3\n  Ages and stages: b"],
        [
            "Title: a\nAges: 3",
            "Ages: 3\nTitle: a\nAges and stages:",
            "Title: a\nTitle: b\nAges: 3\nAges and stages: c",
            "Title: a, Ages: 3, Ages and stages: b",
        ],
    ),
    ("sections", {"value": ["a:", "B:"], "at": "anywhere", "case": "ignore"}, ["A: b:"], ["B: a:"]),
    (
        "required-phrases",
        {"value": ["thank  you", "don't"]},
        ["Don’t worry.\nThank\nyou!"],
        ["Thank you", "I thank youth, don't I"],
    ),
    ("required-phrases", {"value": ["東京"]}, ["私は東京に住む"], ["京都"]),
    ("forbidden-phrases", {"value": ["cheap", "act now"]}, ["cheaper"], ["CHEAP!", "Act  now."]),
    ("reading-level", {"value": {"max": 4.5}}, ["The cat sat. It was big."], [RUN_ON]),
    ("copies", {"value": ["title", "price", "empty"]}, ["Bear 1,000"], ["Bear 1000", "bear"]),
    ("copies", {"value": "title"}, ["A Bear."], ["A bear."]),
    (
        "no-new-numbers",
        {},
        ["No number", "1000 and 1.000", "2,5 on 5 January 2024", "1. Bear\n2. Wood", "3 to 5"],
        ["6 bears", "1001", "It costs 25", "10"],
    ),
    ("no-new-numbers", {"value": ["most"]}, ["4 bears"], ["7 bears"]),
    (
        "is-refusal",
        {},
        [
            "I can’t help with that.",
            "I'm sorry, but I am not able to do this.",
            "Sorry, no.",
            "As an AI language model, I have no opinion.",
            "We regret it. We cannot provide medical advice.",
            "I must decline.",
            "Unfortunately, I won't be able to answer.",
            "",
        ],
        [
            "Here you are.",
            "I can't wait to show you!",
            "I cannot recommend this book enough.",
            "Sorry for the delay: your card is on its way.",
            "You cannot return opened items.",
        ],
    ),
]


def spec(kind: str, rest: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, **rest}


def subject(output: str, **fields: str) -> Subject:
    return Subject(output, INPUT, TARGET, {**FIELDS, **fields})
