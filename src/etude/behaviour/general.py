"""General requests that no task is about: does a model still do them after it was tuned?

They are asked as they are, without any prompt of the task, of the model as it was and of the tuned
one. Each has exact answers, so that no other model judges them. English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etude.records.behaviour import General
from etude.records.estimate import Estimate
from etude.records.verdict import Call
from etude.statistics.paired import bonett_price, count_pairs

VERSION = 1
"""Raised where other things are asked, or are right."""
LONGEST = 48
"""Tokens of an answer."""


@dataclass(frozen=True)
class Request:
    """What is asked, and the answers that are right: as they are, or in any letter case."""

    text: str
    right: tuple[str, ...]
    any_case: bool = False


_QUOTES = " \"'“”‘’`*"
_COPIED = (
    "The lamp stands by the window.",
    "Nine boats left the harbour.",
    "Her brother plays the violin.",
    "It rained all afternoon.",
    "The bakery opens at seven.",
    "A grey cat crossed the road.",
    "We planted beans and peas.",
    "The train was full of pupils.",
    "His coat has two pockets.",
    "Snow lay on the mountain.",
)
_COUNTED = (
    ("the river is cold", "four"),
    ("bring bread and salt", "four"),
    ("birds sing", "two"),
    ("my uncle drives a red bus", "six"),
    ("she reads", "two"),
    ("old maps hang there", "four"),
    ("look at the moon", "four"),
    ("the door is open today", "five"),
    ("three small stones", "three"),
    ("wind moves tall dry grass", "five"),
)
_NUMBERS = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_REWRITTEN = (
    ("Write this in capital letters: green apples", ("GREEN APPLES",)),
    ("Write this in capital letters: open door", ("OPEN DOOR",)),
    ("Write this in small letters: BLUE SKY", ("blue sky",)),
    ("Write these words with commas between them: red blue green", ("red, blue, green",)),
    ("Write these words with commas between them: one two three", ("one, two, three",)),
    ("Write these words in alphabetical order: pear apple", ("apple pear", "apple, pear")),
    ("Write these words in alphabetical order: dog cat", ("cat dog", "cat, dog")),
    ("Write the number twelve in digits.", ("12",)),
    ("Write the number forty in digits.", ("40",)),
    ("Write only the last word of this: the cold river", ("river",)),
)
_ASKED = (
    ("The cat sleeps on the red chair.", "Is the chair red?", "yes"),
    ("The cat sleeps on the red chair.", "Is the cat awake?", "no"),
    ("Tom gave the book to Anna.", "Did Tom get the book from Anna?", "no"),
    ("Tom gave the book to Anna.", "Did Anna get the book?", "yes"),
    ("The shop is closed on Sundays.", "Can you shop there on a Sunday?", "no"),
    ("The shop is closed on Sundays.", "Is it closed on Sundays?", "yes"),
    ("All the windows were shut.", "Was a window open?", "no"),
    ("All the windows were shut.", "Were the windows shut?", "yes"),
    ("It is warmer today than yesterday.", "Was yesterday warmer?", "no"),
    ("It is warmer today than yesterday.", "Is today warmer?", "yes"),
)


def requests() -> tuple[Request, ...]:
    """All of them, in order: copying, counting, another form, yes or no."""
    return (
        *(
            Request(f"Repeat this sentence, and write nothing else: {text}", (text,))
            for text in _COPIED
        ),
        *(
            Request(
                f"How many words are in “{text}”? Answer with the number alone.",
                (_NUMBERS[number], number),
                any_case=True,
            )
            for text, number in _COUNTED
        ),
        *(Request(f"{text}\nWrite nothing else.", right) for text, right in _REWRITTEN),
        *(
            Request(f"{text} {question} Answer yes or no.", (answer,), any_case=True)
            for text, question, answer in _ASKED
        ),
    )


def is_right(request: Request, answer: str | None) -> bool:
    """Whether an answer is one of the right ones; spaces, quotes and a last full stop aside."""
    if answer is None:
        return False
    given, right = _bare(answer), [_bare(one) for one in request.right]
    if request.any_case:
        return given.casefold() in [one.casefold() for one in right]
    return given in right


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(_QUOTES).rstrip(_QUOTES + ".")


def general(
    base: str,
    tuned: str,
    of_base: Sequence[str | None],
    of_tuned: Sequence[str | None],
    comparisons: int,
) -> General:
    """What was lost, of the requests in their order; ``comparisons`` tuned ways hold together."""
    asked = requests()
    before, after = (
        np.array([is_right(*pair) for pair in zip(asked, answers, strict=True)], dtype=float)
        for answers in (of_base, of_tuned)
    )
    limits = bonett_price(count_pairs(before, after), comparisons=comparisons)
    call: Call = "cant_tell"
    if limits.low > 0:
        call = "worse"
    elif limits.high < 0:
        call = "better"
    return General(
        base=base,
        tuned=tuned,
        version=VERSION,
        n=len(asked),
        base_right=int(before.sum()),
        tuned_right=int(after.sum()),
        loss=Estimate(
            value=limits.point,
            low=limits.low,
            high=limits.high,
            level=limits.level,
            method=f"Bonett-Price, one of {comparisons}",
        ),
        call=call,
    )
