"""How a copied text comes to differ from the one it was copied from: each edit is a strength.

``same`` edits vanish when case, spaces and punctuation are put aside; ``near`` ones are what people
do who send a question twice, retype it, or fill a quota by changing a word.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Edit = Callable[[str, random.Random], str]

SYNONYMS = {
    "card": "bank card", "money": "cash", "get": "receive", "need": "require", "want": "would like",
    "help": "assist", "how": "in what way", "my": "our", "the": "that", "why": "how come",
    "new": "brand new", "can": "could", "please": "kindly", "did": "could", "is": "appears to be",
    "restaurant": "eatery", "pub": "bar", "cheap": "low-cost", "hotel": "place", "near": "close to",
    "located": "situated", "family": "kid", "have": "possess", "offer": "provide", "are": "were",
    "payment": "transaction", "account": "profile", "transfer": "transferral", "still": "even now",
    "place": "spot", "available": "on offer", "guests": "visitors", "book": "reserve", "i": "we",
    "free": "complimentary", "a": "one", "for": "regarding", "room": "bedroom", "you": "your team",
    "train": "service", "parking": "car park", "there": "around", "to": "in order to",
    "rating": "score", "customer": "guest", "centre": "middle", "area": "district", "in": "within",
    "serves": "offers", "food": "meals", "called": "named", "it": "this", "by": "beside",
    "app": "application", "phone": "mobile", "online": "on the web", "what": "which", "of": "from",
}  # fmt: skip
OPENERS = (
    "Hi, ",
    "Hello there, ",
    "Hey - ",
    "Quick question: ",
    "Good morning! ",
    "So, ",
    "Sorry, ",
)
CLOSERS = (" Thanks!", " Thank you.", " Please help.", " Cheers", " Any idea?", " Thx in advance")
FILLERS = ("really", "just", "actually", "maybe", "currently", "also", "exactly", "perhaps", "now")
NUMBER_WORDS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five", "10": "ten"}


def cased(text: str, draw: random.Random) -> str:
    """Other capitals: all small, all large, or each word's first."""
    ways = [text.lower(), text.upper(), text.title(), text[:1].lower() + text[1:]]
    return draw.choice([way for way in ways if way != text] or [text])


def spaced(text: str, draw: random.Random) -> str:
    """Spaces doubled, a tab or a line feed in place of one, a space before punctuation."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 5)):
        at = draw.randrange(len(words) - 1) if len(words) > 1 else 0
        words[at] += draw.choice([" ", "  ", "\t", "\n"])
    return " ".join(words).strip()


def punctuated(text: str, draw: random.Random) -> str:
    """End marks dropped, doubled or changed; commas and apostrophes gone."""
    bare = text.rstrip(".!?")
    ways = [bare, bare + "??", bare + "...", bare + "!", re.sub("[,']", "", text), bare + " ."]
    return draw.choice([way for way in ways if way not in (text, "")])


def retyped(text: str, draw: random.Random) -> str:
    """The same letters in other code points: curly quotes, hard spaces, full-width, a soft hyphen."""
    ways = [
        text.replace("'", "\u2019").replace('"', "\u201d"),
        text.replace(" ", "\u00a0", 2),
        "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text),
        text[: len(text) // 2] + "\u200b" + text[len(text) // 2 :],
    ]
    return draw.choice([way for way in ways if way != text])


def _swapped(text: str, draw: random.Random, count: int) -> str:
    words = text.split(" ")
    known = [at for at, word in enumerate(words) if _bare(word) in SYNONYMS]
    for at in draw.sample(known, min(count, len(known))):
        words[at] = _in_place(words[at], SYNONYMS[_bare(words[at])])
    for _ in range(count - len(known)):
        words.insert(draw.randrange(1, len(words) + 1), draw.choice(FILLERS))
    return " ".join(words)


def _bare(word: str) -> str:
    return word.strip(".,!?;:'\"").lower()


def _in_place(word: str, other: str) -> str:
    """Another word with the punctuation and the capital of the first."""
    match = re.search(r"[\w'-]+", word)
    if match is None:
        return word
    put = other[0].upper() + other[1:] if match[0][0].isupper() else other
    return word[: match.start()] + put + word[match.end() :]


def one_word(text: str, draw: random.Random) -> str:
    """One word changed."""
    return _swapped(text, draw, 1)


def two_words(text: str, draw: random.Random) -> str:
    """Two words changed."""
    return _swapped(text, draw, 2)


def quarter(text: str, draw: random.Random) -> str:
    """About a quarter of the words changed."""
    return _swapped(text, draw, max(3, len(text.split(" ")) // 4))


def dropped(text: str, draw: random.Random) -> str:
    """One or two words gone, from long texts more."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 12)):
        words.pop(draw.randrange(len(words)))
    return " ".join(words)


def added(text: str, draw: random.Random) -> str:
    """A greeting before it, thanks after it, or both: the same message sent again."""
    way = draw.randrange(3)
    opener = draw.choice(OPENERS) if way != 1 else ""
    closer = draw.choice(CLOSERS) if way != 0 else ""
    return opener + text + closer


def typos(text: str, draw: random.Random) -> str:
    """One to three slips of the keyboard: letters swapped, lost or doubled."""
    letters = list(text)
    spots = [at for at in range(1, len(letters) - 1) if letters[at].isalpha()]
    for at in sorted(draw.sample(spots, min(len(spots), 1 + len(text) // 60)), reverse=True):
        way = draw.randrange(3)
        if way == 0 and letters[at] != letters[at + 1]:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif way == 1:
            letters.pop(at)
        else:
            letters.insert(at, letters[at])
    return "".join(letters)


def moved(text: str, draw: random.Random) -> str:
    """The parts of a sentence, or its sentences, in another order."""
    parts = re.split(r"(?<=[.!?]) +", text)
    if len(parts) > 1:
        return " ".join([*parts[1:], parts[0]])
    words = text.split(" ")
    cut = draw.randrange(len(words) // 3, 2 * len(words) // 3 + 1)
    end = words[-1][len(words[-1].rstrip(".!?")) :]
    tail = [*words[cut:-1], words[-1].rstrip(".!?") + ","] if cut < len(words) else []
    return " ".join([*tail, *words[:cut]]).rstrip(",") + end


def numbered(text: str, draw: random.Random) -> str:
    """A number in words or the other way round; where there is none, one word changed."""
    for digits, word in NUMBER_WORDS.items():
        if re.search(rf"\b{digits}\b", text):
            return re.sub(rf"\b{digits}\b", word, text, count=1)
        if re.search(rf"\b{word}\b", text):
            return re.sub(rf"\b{word}\b", digits, text, count=1)
    return one_word(text, draw)


def slots_moved(text: str, draw: random.Random) -> str:
    """A record with its slots in another order."""
    slots = text.split(", ")
    at = draw.randrange(1, len(slots))
    return ", ".join([*slots[at:], *slots[:at]])


SAME: dict[str, Edit] = {
    "same": lambda text, draw: text,
    "case": cased,
    "spaces": spaced,
    "punctuation": punctuated,
    "code_points": retyped,
}
NEAR: dict[str, Edit] = {
    "typos": typos,
    "one_word": one_word,
    "two_words": two_words,
    "quarter": quarter,
    "dropped": dropped,
    "added": added,
    "moved": moved,
    "number_words": numbered,
}
RECORD_SAME: dict[str, Edit] = {"same": SAME["same"], "case": cased, "spaces": spaced}
RECORD_NEAR: dict[str, Edit] = {"slots_moved": slots_moved}
FEWEST_WORDS = 6
"""Shorter texts are not copied nearly: with a word changed "cancel my card" is another question."""


def near_copy(edit: Edit, text: str, draw: random.Random) -> str:
    """The edited text, which differs from the first by more than case, spaces and punctuation."""
    for _ in range(20):
        made = " ".join(edit(text, draw).split())
        if _letters(made) != _letters(text):
            return made
    return " ".join(one_word(text, draw).split())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
