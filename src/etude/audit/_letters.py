"""Letters that a wrong turn of an export spoilt: garbled ones, and those for which ? or � stands.

Garbled text is judged and mended by ftfy; letters read by the code pages of DOS, which ftfy lets
stand where only a few are garbled, are read back here run by run. A ``?`` inside a word is told from a
question by the words that the other texts know. It knows single texts, and no rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import ftfy
import ftfy.badness

from etude.audit._textual import Place, around

_CONTINUED = "\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
GARBLED_SIEVE = (
    f"[\u00c2-\u00f4ĂăÅåĐÐŃÑ][{_CONTINUED}\u0141\u0142\u00ad]"
    "|(?:[РС][\u00a0-\u00bfЀ-џҐґ‚-™]){3,}"
    "|[├┬ΓÔ][\u0080-\uffff]|‚Ä|√[©†®±∂]|¬[†∞£]"
)
_DOS = re.compile("[├┬ΓÔ][\u0080-\uffff]+")
_DOS_PAGES = ("cp437", "cp850")
_LOST = re.compile("\ufffd+")
_LOST_APOSTROPHE = re.compile(
    r"(?<![/?&=\w])(?:[A-Za-z]{2,}n\?t|(?:I|[Yy]ou|[Ww]e|[Tt]hey)\?(?:ll|ve|re)|I\?[md])\b(?![=&])"
)
_LOST_SIGN = re.compile(
    r"(?:^|(?<=\s))\?\d[\d.,]*(?![\w=&])|(?<![\w/?&=.])\d{1,4}\?\d{1,4}(?![\w/?&=])"
    r"|(?<![\w/])\d{1,3} ?\?[CF]\b"
)
"""A sign of money, a dash, a degree: no question begins or ends between digits."""
LOST_SIEVE = (
    r"\x{fffd}|[A-Za-z]\?(?:t|ll|ve|re|m|d)\b|(?:^|\s)\?\d|\d\?\d|\d ?\?[CF]\b|\p{L}\?\p{Ll}"
)
_INSIDE = re.compile(r"(?<![\w/?&=.@])([^\W\d_]{1,12})\?([a-zß-ÿ][^\W\d_]{0,12})(?![\w/?&=@])")
_SHORT = 3
"""Letters of a word's beginning or end that may be a word by chance, as "me" in "cr?me"."""


def garbled(text: str) -> Iterator[Place]:
    """Letters that were read in the wrong encoding, with the whole text mended."""
    mended = ftfy.fix_encoding(text) if ftfy.badness.is_bad(text) else text
    match = ftfy.badness.BADNESS_RE.search(text)
    if mended != text and match is not None:
        yield Place(None, None, around(text, match.start(), match.end()), mended, 0.98)
        return
    mended = _DOS.sub(_read_back, text)
    match = _DOS.search(text)
    if mended != text and match is not None:
        yield Place(None, None, around(text, match.start(), match.end()), mended, 0.95)


def _read_back(match: re.Match[str]) -> str:
    """The run as UTF-8 says it, where its letters are bytes of a DOS code page that are UTF-8."""
    for page in _DOS_PAGES:
        try:
            return match.group().encode(page).decode("utf-8")
        except UnicodeError:
            continue
    return match.group()


def lost(words: Callable[[], frozenset[str]]) -> Callable[[str], Iterator[Place]]:
    """A finder of letters that were lost.

    Args:
        words: the small words that the set knows; asked for only where a ``?`` stands in a word.
    """

    def finder(text: str) -> Iterator[Place]:
        for match in _LOST.finditer(text):
            yield Place(*match.span(), around(text, *match.span()), None, 1.0)
        for match in _LOST_APOSTROPHE.finditer(text):
            yield Place(*match.span(), match.group(), match.group().replace("?", "'"), 0.9)
        for match in _LOST_SIGN.finditer(text):
            yield Place(*match.span(), around(text, *match.span()), None, 0.8)
        for match in _INSIDE.finditer(text):
            if not _LOST_APOSTROPHE.match(text, match.start()) and _one_word(match, words()):
                yield Place(*match.span(), around(text, *match.span()), None, 0.6)

    return finder


def _one_word(match: re.Match[str], words: frozenset[str]) -> bool:
    """Whether both sides of the ``?`` are pieces of one word: neither is a word of its own."""
    before, after = match.group(1), match.group(2).lower()
    if not words or before.lower() in words or (len(before) == 1 and before.islower()):
        return False
    return after not in words or (len(before) <= _SHORT and len(after) <= _SHORT + before.istitle())
