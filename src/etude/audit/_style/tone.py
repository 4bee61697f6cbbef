"""What the tone of texts shows in: measures of each text, from formal to jokey.

It knows English best: of other languages the marks and lengths tell, and the words say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._style.marks import FACES, PYTHON_EMOJI

_WORD = r"[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*"
_SLANG = (
    r"(?i)\b(?:hey+|yo|yay+|woo+|woohoo|wow|oops|haha+|lol|omg|btw|tbh|gonna|wanna|gotta|kinda|"
    r"sorta|dunno|lemme|yeah|yep|yup|nope|nah|ya|y'all|awesome|cool|super|epic|stoked|dude|buddy|"
    r"folks|guys|gang|pal|mate|mates|bro|vibes?|chill|ace|legend|boom|bingo|heads[- ]up|no worries|"
    r"sweet|neat|fab|cheers|oh|ugh|phew|whoops|bummer|stuff|grab|snag|crazy|insane|pumped|psyched|"
    r"literally|totally|magic|kick back|hang tight|sit tight|ninja|rockstar|unicorns?)\b"
)
_FORMAL = (
    r"(?i)\b(?:please be advised|kindly|regret|regards|sincerely|dear|sir|madam|hereby|herewith|"
    r"pursuant|accordingly|furthermore|moreover|therefore|however|regarding|concerning|hence|"
    r"thus|whilst|shall|ensure|require[sd]?|request(?:ed)?|assist(?:ance)?|provide[sd]?|receive[sd]?|"
    r"inform(?:ed)?|advise[sd]?|apologi[sz]e|inconvenience|appreciate|sufficient|prior|"
    r"subsequent(?:ly)?|obtain(?:ed)?|purchase[sd]?|commence[sd]?|additional|in accordance|"
    r"with respect to|at your earliest|do not hesitate|we would|upon|such as|respective(?:ly)?)\b"
)
_LATINATE = r"(?i)\b\w{3,}(?:tion|sion|ment|ance|ence|ity|ive|ous|ology|ation)s?\b"
_SHORT_FORMS = (
    r"(?i)\b\w+n['’]t\b|\b\w+['’](?:m|re|ve|ll|d)\b|\b(?:it|that|there|here|what|who|let)['’]s\b"
)
_INTENSE = (
    r"(?i)\b(?:so|really|very|totally|absolutely|super|amazing|incredible|love|fantastic|best)\b"
)
_YOU = r"(?i)\b(?:you|your|yours|yourself)\b"
_SENTENCE = r"[.!?…]+(?:\s|$)|\n"


@dataclass(frozen=True)
class Sign:
    """One measure. ``casual``: +1 where more of it is less formal, -1 where it is more formal;
    ``high`` and ``low``: what texts with much, and with little of it, are like."""

    name: str
    casual: int
    high: str
    low: str


SIGNS: tuple[Sign, ...] = (
    Sign("exclamations", 1, "exclamation marks", "no exclamation marks"),
    Sign("emoji", 1, "emoji", "no emoji"),
    Sign("short_forms", 1, "short forms (“don't”)", "words written in full"),
    Sign("slang", 1, "casual words", "no casual words"),
    Sign("intense", 1, "strong words (“really”, “amazing”)", "few strong words"),
    Sign("formal", -1, "formal words", "no formal words"),
    Sign("latinate", -1, "long abstract words", "few abstract words"),
    Sign("word_length", -1, "long words", "short words"),
    Sign("sentence_length", -1, "long sentences", "short sentences"),
    Sign("you", 1, "“you”", "little “you”"),
    Sign("small_start", 1, "sentences in small letters", "sentences that begin with a capital"),
    Sign("shouting", 1, "words in capitals", "no words in capitals"),
    Sign("drawn_out", 1, "drawn-out marks and letters (“soooo”, “!!”)", "plain spelling"),
)


def measure(texts: pl.Series) -> NDArray[np.float64]:
    """(N, S) each text's measures, in the order of ``SIGNS``: most are the root of a rate a word.

    The root keeps one text full of marks from ruling the rest.
    """
    word_N = np.maximum(texts.str.count_matches(_WORD).to_numpy(), 1).astype(np.float64)
    letters_N = texts.str.count_matches(r"[\p{L}\p{N}]").to_numpy().astype(np.float64)
    sentence_N = np.maximum(texts.str.count_matches(_SENTENCE).to_numpy(), 1)

    def rate(pattern: str) -> NDArray[np.float64]:
        count_N = texts.str.count_matches(pattern).to_numpy().astype(np.float64)
        rate_N: NDArray[np.float64] = np.sqrt(count_N / np.maximum(word_N, _FEWEST_WORDS))
        return rate_N

    columns = [
        rate(r"[!！¡]"),
        rate(f"{PYTHON_EMOJI}|{FACES}"),
        rate(_SHORT_FORMS),
        rate(_SLANG),
        rate(_INTENSE),
        rate(_FORMAL),
        rate(_LATINATE),
        letters_N / word_N,
        np.log(word_N / sentence_N),
        rate(_YOU),
        rate(r"(?:^|[.!?]\s+)\p{Ll}"),
        rate(r"\b\p{Lu}{3,}\b"),
        rate(r"[!?]{2,}|\b\p{L}*(?:aaa|eee|ooo|mmm|yyy|sss|hhh|iii|uuu)\p{L}*\b|~"),
    ]
    return np.stack(columns, axis=1)


_FEWEST_WORDS = 8
"""A rate of a shorter text is taken over so many words, so that one mark does not fill it."""
