"""What language a text is in: by its script, by small words that it alone uses, or, where it is too
short for that, by not being in the language of the others.

It knows one text at a time; which words the others use, it is told. Names decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import polars as pl

from etude.audit._words import table

LOOKED_AT = 400
"""Characters of a text."""
_LEAST = 3
"""Different small words of a language that a text must have."""
_TIMES = 2
"""How many times as many as of the language of most texts."""
_SCRIPTED = 0.6
"""Share of letters of a script."""
_SHORTEST = 4
"""Words of a text whose language can be told at all."""
_KNOWN = 0.25
"""Share of a short text's words, at most, that the others use as well."""
_SIGNS = 8
"""Letters of a run in a script without spaces, from which it is a sentence and no name."""
_SPELT_WORDS = 3
"""Words of a run in another alphabet, likewise."""
WORD = re.compile(r"[^\W\d_][\w'-]*")
SCRIPTS = {
    "Russian or another language in Cyrillic letters": r"\p{Cyrillic}",
    "Chinese or Japanese": r"[\p{Han}\p{Hiragana}\p{Katakana}]",
    "Korean": r"\p{Hangul}",
    "Arabic, Persian or Urdu": r"\p{Arabic}",
    "Hebrew": r"\p{Hebrew}",
    "Greek": r"\p{Greek}",
    "Hindi or another language in Devanagari": r"\p{Devanagari}",
    "Bengali": r"\p{Bengali}",
    "Tamil": r"\p{Tamil}",
    "Thai": r"\p{Thai}",
}
_RANGES = {
    "Russian or another language in Cyrillic letters": "\u0400-\u052f",
    "Chinese or Japanese": "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff",
    "Korean": "\uac00-\ud7a3",
    "Arabic, Persian or Urdu": "\u0600-\u06ff",
    "Hebrew": "\u05d0-\u05ea",
    "Greek": "\u0370-\u03ff",
    "Hindi or another language in Devanagari": "\u0900-\u097f",
    "Bengali": "\u0980-\u09ff",
    "Tamil": "\u0b80-\u0bff",
    "Thai": "\u0e00-\u0e7f",
}
"""The same for Python's regular expressions, as far as whole sentences need it."""
_TITLED = re.compile(r"(?<=[\w,;)] )[^\W\d_a-zß-ÿ][\w'-]*")
"""A word with a capital that does not begin a sentence."""
_WITHOUT_SPACES = ("Chinese or Japanese", "Thai")
_MARKS = r"\s.,!?;:。，、！？；：؟،।「」()\d'’\"“”«»-"
_RUNS = {
    name: re.compile(rf"[{letters}](?:[{letters}{_MARKS}]*[{letters}。！？؟।.!?])?")
    for name, letters in _RANGES.items()
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_CAPITAL = re.compile(r"\s+(?=[¿¡]?[A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽ])")
_OPENING = ('"', "“", "„", "«", "‘", "'", "(")
Piece = tuple[int, int, str]
"""Start, end and language of a part of a text."""


_LISTED = """
a age am an ante as at av be bit by care come con dan de del den des die do du el en er es ha has
hat hep her here hoe i in is it kan la las le les los ma mag main mal man me men met mi mina mit
mu na ne ni no nor not o of om on op or os ou over par per plus pot sa sale se si sin so sole son
sur ta te tego ten ti till to un una van var vi war was wat we zo
"""
_HOMOGRAPHS = frozenset(_LISTED.split())
"""Small words elsewhere that are English words too, or stand in names (Los Angeles, De Niro)."""


def foreign_sieve() -> str:
    """Rust's regex: texts that may have a small word of another language than English."""
    names, index = _index()
    english = names.index("English")
    kept = {w for w, at in index.items() if english not in at} - _HOMOGRAPHS
    some = "|".join(sorted(word for word in kept if len(word) > 1))
    return rf"(?i)(?:^|[^\p{{L}}'])(?:{some})(?:[^\p{{L}}]|$)"


def scripted(texts: pl.Series) -> pl.Series:
    """The script of most letters of each text, null for Latin."""
    head = texts.str.slice(0, LOOKED_AT)
    # Few texts have such a letter at all, and counting takes long.
    odd = head.str.contains(r"[^\x00-\x{24f}]").fill_null(value=False).arg_true()
    letters = pl.col("text").str.count_matches(r"\p{L}")
    found = pl.lit(None, pl.String)
    for name, script in SCRIPTS.items():
        count = pl.col("text").str.count_matches(script)
        enough = (count >= 4) & (count > _SCRIPTED * letters)
        found = pl.when(enough).then(pl.lit(name)).otherwise(found)
    told = pl.DataFrame({"text": head.gather(odd)}).select(found.alias("script"))["script"]
    none = pl.repeat(None, len(texts), dtype=pl.String, eager=True)
    return none.scatter(odd, told).alias("script")


@cache
def _index() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Names of languages, and each word's languages."""
    rows = table("function_words")
    names = tuple(rows["language"].to_list())
    index: dict[str, tuple[int, ...]] = {}
    for at, words in enumerate(rows["words"].to_list()):
        for word in set(words.split()):
            index[word] = (*index.get(word, ()), at)
    return names, index


def _words(text: str) -> list[str]:
    return WORD.findall(text[:LOOKED_AT].replace("’", "'"))


def counts_of(text: str) -> tuple[dict[str, int], int]:
    """Different small words of each language, and different words in all. With a capital inside a
    sentence a small word is a part of a title."""
    names, index = _index()
    counts = dict.fromkeys(names, 0)
    words, titled = _parts(text)
    for word in (words & index.keys()) - titled:
        for at in index[word]:
            counts[names[at]] += 1
    return counts, len(words)


def _parts(text: str) -> tuple[set[str], set[str]]:
    """A text's words in small letters, and those of them that only stand in titles."""
    words = _words(text)
    plain = {word for word in words if word.islower()}
    titled = {word.lower() for word in _TITLED.findall(text[:LOOKED_AT])}
    return {word.lower() for word in words}, set() if text.isupper() else titled - plain


def language_of(text: str) -> str | None:
    """The language of a text in Latin letters; None: undecided."""
    by_name, words = counts_of(text)
    counts = list(by_name.values())
    best = max(counts)
    if best < _LEAST or best < 0.12 * words:
        return None
    names, _ = _index()
    first, second = counts.index(best), sorted(counts)[-2]
    if best < second + 2 and names[first] != "English":
        return None
    if first != 0 and best < _TIMES * counts[0] + 1:
        return "English" if counts[0] > second else None
    return names[first] if best > second or first == 0 else None


def foreign(text: str, main: str, known: Callable[[], frozenset[str]]) -> str | None:
    """The language of a short text that is not in ``main``: none of its small words is there, the
    others use hardly one of its words, and some other language has its small words.

    Args:
        main: the language of most texts.
        known: words that the other texts use; asked for only where the rest speaks for it.
    """
    low, titled = _parts(text)
    own, other = _told(low - titled, main)
    if len(low) < _SHORTEST or own or not other:
        return None
    rest = low - _of(other)
    said = {word for word in _words(text) if word.islower() and word in rest}
    used = known()
    theirs = (low & _of(other)) - _of(main) - used - titled
    strange = any(not word.isascii() and word not in used for word in said)
    if not any(map(_telling, theirs)):
        return None
    if len(theirs) + strange < 2 and len(said) < _SHORTEST:
        return None
    return other if said and len(rest & used) <= _KNOWN * len(low) else None


def _telling(word: str) -> bool:
    """Whether a small word is no other language's, and no abbreviation ("al", "ma")."""
    return word not in _HOMOGRAPHS and (len(word) > 2 or not word.isascii())


def _told(low: set[str], main: str) -> tuple[set[str], str | None]:
    """The main language's small words that the likeliest other one does not have, and that one."""
    names, _ = _index()
    ours = _of(main)
    best, count = None, 0
    for name in names:
        its = len((low & _of(name)) - ours)
        if name != main and its > count:
            best, count = name, its
    return (low & ours) - (_of(best) if best else set()), best


@cache
def _of(name: str) -> frozenset[str]:
    """The small words of a language."""
    names, index = _index()
    if name not in names:
        return frozenset()
    at = names.index(name)
    return frozenset(word for word, languages in index.items() if at in languages)


def foreign_pieces(text: str, known: Callable[[], frozenset[str]]) -> Iterator[Piece]:
    """Whole sentences of another language in an English text."""
    taken = 0
    for name, run in _RUNS.items():
        for match in run.finditer(text):
            if _is_sentence(match.group(), name) and not _quoted(text, match.start()):
                yield *match.span(), name
    for start, end in _sentences(text):
        if start < taken or _quoted(text, start):
            continue
        if language := _other(text[start:end], known):
            taken = end
            yield start, end, language


def _quoted(text: str, start: int) -> bool:
    """Whether what begins here is quoted, or a title or name in brackets."""
    return text[:start].rstrip().endswith(_OPENING)


def _is_sentence(run: str, script: str) -> bool:
    letters = sum(map(str.isalpha, run))
    if script in _WITHOUT_SPACES:
        return letters >= _SIGNS or (letters >= _SIGNS - 2 and run[-1] in "。！？")
    return len(run.split()) >= _SPELT_WORDS


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Sentences, and the parts of them that begin with a capital, since full stops get lost."""
    for start, end in _parted(text, 0, len(text), _SENTENCE):
        yield start, end
        for first, last in _parted(text, start, end, _CAPITAL):
            if first > start:
                yield first, end
            if last < end:
                yield first, last


def _parted(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _other(sentence: str, known: Callable[[], frozenset[str]]) -> str | None:
    counts, words = counts_of(sentence)
    told = language_of(sentence)
    if told not in (None, "English"):
        return told if counts["English"] <= 1 and words > _SHORTEST else None
    return foreign(sentence, "English", known)
