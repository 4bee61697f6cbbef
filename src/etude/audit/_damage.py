"""Signs of damage to letters, one by one: how each is found, what is said of it and what mends it.

It knows single texts, and no rows.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from etude.audit._letters import GARBLED_SIEVE, LOST_SIEVE, garbled, lost
from etude.audit._textual import Place, around
from etude.records.dataset import Repair, Severity

_RTL = r"[\p{Hebrew}\p{Arabic}\p{Syriac}\p{Thaana}\p{Nko}]"
_BIDI = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HIDDEN = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
_JOINERS = re.compile("(?<=[A-Za-z0-9 ])[\u200c\u200d]|[\u200c\u200d](?=[A-Za-z0-9 ])")
_HIDDEN_MARKS = re.compile(f"[{_HIDDEN}]+")
_BIDI_MARKS = re.compile(f"[{_BIDI}]+")
_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_ENTITY = re.compile(
    r"&(?:amp;)*(?:amp|lt|gt|quot|apos|nbsp|copy|reg|trade|hellip|mdash|ndash|[lr][sd]quo"
    r"|bull|middot|"
    r"euro|pound|deg|times|[aeiouyAEIOUY](?:acute|grave|circ|uml|tilde|ring)|[nN]tilde|[cC]cedil|"
    r"szlig|aelig|oslash|#\d{2,5}|#x[0-9a-fA-F]{2,5});"
)
_MARKUP = re.compile(
    r"</?[A-Za-z][^<>]{0,200}>|\b(?:html|xml|entit(?:y|ies)|escap(?:e|ed|ing))\b|```", re.I
)
_ESCAPE = re.compile(r"\\r\\n|\\[nrt](?![a-z])|(?:\\u[0-9a-fA-F]{4})+|(?:\\x[0-9a-fA-F]{2})+|\\\"")
_UNIT = re.compile(r"\\[ux]([0-9a-fA-F]+)")
_CODE = re.compile(
    r"[A-Za-z]:\\|\\\\\w|\\(?!x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})[A-Za-z][a-z]{2,}|`|\\[dwsDWSbB][+*]|printf|\bregex\b"
    r"|\b(?:newline|escape) (?:character|sequence)",
)
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a\uff10-\uff19]+")
_EAST = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]"


@dataclass(frozen=True)
class Sign:
    """``says``: what texts with it do; ``costs``: what it costs to leave them so."""

    code: str
    severity: Severity
    sieve: str
    """Rust's regex: texts that may have it."""
    finder: Callable[[str], Iterator[Place]]
    says: str
    costs: str
    repair: Repair
    except_in: str | None = None
    """Rust's regex: texts where the sign is rightly there."""
    usual: bool = False
    """Not named in a field where most texts have it."""
    json: bool = True
    """Whether targets that are JSON are looked at."""


_REPLACE = Repair(apply="replace", sentence="take the mended text")
_DROP_THEM = Repair(apply="replace", sentence="take them out")
_LEARNS = "the model learns to write them, and reads the same word in two ways"


def _taken_out(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Place]]:
    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            yield Place(*match.span(), _spelled(text, *match.span()), "", 0.95)

    return finder


def _hidden(text: str) -> Iterator[Place]:
    for pattern in (_HIDDEN_MARKS, _JOINERS):
        yield from _taken_out(pattern)(text)


def _smuggled(text: str) -> Iterator[Place]:
    for match in _TAGS.finditer(text):
        said = "".join(chr(ord(c) - 0xE0000) for c in match.group() if ord(c) > 0xE001F)
        shown = f"hidden characters that spell {said!r}" if said.strip() else "hidden characters"
        yield Place(*match.span(), shown, "", 1.0)


def _spelled(text: str, start: int, end: int) -> str:
    """The place with its unseen characters by their code points: ``Paris[U+200B]is``."""
    before, after = text[max(0, start - 20) : start], text[end : end + 20]
    codes = "".join(f"[U+{ord(c):04X}]" for c in text[start:end][:4])
    return " ".join(f"{before}{codes}{after}".split())


def _entities(text: str) -> Iterator[Place]:
    if _MARKUP.search(text):
        return
    for match in _ENTITY.finditer(text):
        plain = html.unescape(html.unescape(html.unescape(match.group()))).replace("\u00a0", " ")
        # Half of a character's code says � and no letter.
        fit = None if "\ufffd" in plain else plain
        yield Place(*match.span(), around(text, *match.span()), fit, 0.95)


def _escapes(text: str) -> Iterator[Place]:
    if _CODE.search(text):
        return
    for match in _ESCAPE.finditer(text):
        yield Place(*match.span(), around(text, *match.span()), _unescaped(match.group()), 0.9)


_PLAIN = {r"\r\n": "\n", r"\n": "\n", r"\r": "\n", r"\t": "\t", r"\"": '"'}


def _unescaped(written: str) -> str | None:
    """What is meant; several codes in a row are read together, because one letter may take two of
    them. None where they make no text."""
    if written in _PLAIN:
        return _PLAIN[written]
    wide = written[1] == "u"
    codes = [int(code, 16) for code in _UNIT.findall(written)]
    data = b"".join(code.to_bytes(2 if wide else 1, "big") for code in codes)
    try:
        meant = data.decode("utf-16-be" if wide else "utf-8")
    except UnicodeDecodeError:
        if wide:
            return None
        meant = data.decode("latin-1")
    return None if _CONTROLS.search(meant) else meant


def _compatible(pattern: re.Pattern[str]) -> Callable[[str], Iterator[Place]]:
    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            plain = unicodedata.normalize("NFKC", match.group())
            yield Place(*match.span(), around(text, *match.span()), plain, 0.9)

    return finder


def _decomposed(text: str) -> Iterator[Place]:
    whole = unicodedata.normalize("NFC", text)
    at = next((i for i, (a, b) in enumerate(zip(text, whole, strict=False)) if a != b), 0)
    yield Place(None, None, around(text, at, at + 2), whole, 0.9)


SIGNS = (
    Sign(
        "garbled",
        "warning",
        GARBLED_SIEVE,
        garbled,
        "have garbled letters, such as Ã© for é: they were read in the wrong encoding",
        "the model learns to write garbled letters, and does not know the words that have them",
        Repair(apply="replace", sentence="take the text with its letters put right"),
    ),
    Sign(
        "lost_letters",
        "warning",
        LOST_SIEVE,
        lost(frozenset),
        "have letters that were lost: � or ? stands in their place",
        "the model learns to write the sign in place of a letter",
        Repair(apply="decide", sentence="read these rows from the source again, as UTF-8"),
    ),
    Sign(
        "control_characters",
        "warning",
        r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}]",
        _taken_out(_CONTROLS),
        "have control characters, which belong to machines",
        _LEARNS,
        _DROP_THEM,
    ),
    Sign(
        "invisible_characters",
        "note",
        f"[{_HIDDEN}\u200c\u200d]",
        _hidden,
        "have characters that cannot be seen, inside or between words",
        _LEARNS,
        _DROP_THEM,
    ),
    Sign(
        "turned_direction",
        "warning",
        f"[{_BIDI}]",
        _taken_out(_BIDI_MARKS),
        "have marks that turn the direction of writing, in a text that is written left to right",
        _LEARNS,
        _DROP_THEM,
        except_in=_RTL,
    ),
    Sign(
        "hidden_text",
        "warning",
        "[\U000e0000-\U000e007f]",
        _smuggled,
        "have text in characters that nobody can see",
        "words that no person has read are trained on: such characters carry smuggled instructions",
        _DROP_THEM,
    ),
    Sign(
        "entities",
        "warning",
        r"&(?:[a-zA-Z]{2,6}|#x?[0-9a-fA-F]{2,5});",
        _entities,
        "have characters written as HTML codes, such as &amp; for &",
        "the model learns to write the codes",
        _REPLACE,
    ),
    Sign(
        "escapes",
        "warning",
        r'\\(?:[nrt"]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})',
        _escapes,
        r"have line breaks and the like written out, such as \n for a new line",
        r"the model learns to write \n where a line should end",
        _REPLACE,
        json=False,
    ),
    Sign(
        "ligatures",
        "note",
        "[\ufb00-\ufb06]",
        _compatible(_LIGATURE),
        "have letters that are drawn as one, such as ﬁ for fi, as texts copied out of a PDF do",
        "to a model ﬁnd and find are two words",
        _REPLACE,
        usual=True,
    ),
    Sign(
        "wide_letters",
        "note",
        "[\uff21-\uff3a\uff41-\uff5a]",
        _compatible(_WIDE),
        "have Latin letters in the wide form of East Asian typesetting",
        "to a model they are other words",
        _REPLACE,
        except_in=_EAST,
        usual=True,
    ),
)
MIXED_FORMS = Sign(
    "mixed_forms",
    "note",
    "",
    _decomposed,
    "write accented letters as two characters where the others write one (Unicode NFD and NFC)",
    "what looks the same is two words to a model, and to whoever looks for copies",
    _REPLACE,
)
"""The same letter as one character in some texts, as a letter and an accent in others."""
