"""Which facts a text about an eating place says: slot errors in E2E, without a model.

The rule is that of Dušek, Howcroft and Rieser (2019, "Semantic Noise Matters", section 3): each
value has wordings by which it may be said; a slot of the input none of whose wordings stands in
the text is missing (or wrong, where another value of it is said), and a value that is said and not
asked for is added. Slot error rate = (missing + wrong + added) / slots of the inputs. The wordings
here are our own, words instead of patterns: ``_`` stands for up to three words within a clause,
case and accents do not count, and the longest wording takes its words for itself.

Limits: a wording that is not listed counts as missing and a denial ("the rating isn't high") may
be misread, so people's own texts have errors by this rule too; the benchmark prints how many.
Invented facts that are no slot ("live music") and names that occur nowhere in the data are not
seen.

The file imports nothing of Etude: a project has it as ``slots.py`` for its ``python`` checks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

NAMES = (
    "Alimentum", "Aromi", "Bibimbap House", "Blue Spice", "Browns Cambridge", "Clowns", "Cocum",
    "Cotto", "Fitzbillies", "Giraffe", "Green Man", "Loch Fyne", "Midsummer House", "Strada",
    "Taste of Cambridge", "The Cambridge Blue", "The Cricketers", "The Eagle", "The Golden Palace",
    "The Mill", "The Phoenix", "The Plough", "The Punter", "The Vaults", "The Waterman",
    "The Wrestlers", "Travellers Rest Beefeater", "Wildwood", "Zizzi",
)  # fmt: skip
"""Every ``name`` in the data."""
PLACES = (
    "All Bar One", "Avalon", "Burger King", "Café Adriatic", "Café Brazil", "Café Rouge",
    "Café Sicilia", "Clare Hall", "Crowne Plaza Hotel", "Express by Holiday Inn",
    "Rainbow Vegetarian Café", "Raja Indian Cuisine", "Ranch", "The Bakers", "The Portland Arms",
    "The Rice Boat", "The Sorrento",
)  # fmt: skip
"""Every ``near`` in the data."""
SLOTS = (
    "name", "eatType", "food", "priceRange", "customer rating", "area", "familyFriendly", "near",
)  # fmt: skip
GAP = "_"
_MOST_BETWEEN = 3
_STOP = "."
"""Stands for punctuation: no gap goes over it."""

_YOUNG = ("kid", "kids", "child", "children", "childrens", "family", "families")
_RATED = (
    "rating", "ratings", "rated", "rates", "rate", "review", "reviews", "reviewed", "quality",
)  # fmt: skip


def _both_ways(qualities: Iterable[str], things: Iterable[str]) -> list[str]:
    """ "low rating", "low customer rating", "rating is quite low"."""
    pairs = [(quality, thing) for quality in qualities for thing in things]
    return [f"{q} {GAP} {t}" for q, t in pairs] + [f"{t} {GAP} {q}" for q, t in pairs]


def _rated(stars: str, number: str, qualities: Iterable[str]) -> list[str]:
    counts, units = (stars, number), ("star", "stars")
    said = [f"{one} {unit}" for one, unit in product(counts, units)]
    for one, of, five in product(counts, ("out of", "of", "over"), ("5", "five")):
        said += [f"{one} {of} {five}", *(f"{one} {of} {five} {unit}" for unit in units)]
    return [*said, *_both_ways(qualities, _RATED)]


_PRICED = ("price", "prices", "priced", "pricing", "price range", "cost", "costs")
_NOT_BETWEEN = {
    _STOP, "and", "but", "with", "while", "food", "coffee", "price", "prices", "priced", *_RATED,
}  # fmt: skip
"""No gap goes over these: what follows is of something else."""
_CHEAP = [
    "cheap", "cheaply", "cheaper", "inexpensive", "low cost", "affordable", "affordably",
    *_both_ways(("low", "lower"), _PRICED),
]  # fmt: skip
_MODERATE = [
    "affordable", "affordably", "not cheap", "mid range", "moderate range", "average range",
    *_both_ways(
        ("moderate", "moderately", "reasonable", "reasonably", "average", "averagely", "mid", "ok",
         "fair", "fairly", "medium"),
        _PRICED,
    ),
]  # fmt: skip
_DEAR = [
    "expensive", "pricey", "not cheap", "higher end", "high end",
    *_both_ways(("high", "highly", "higher"), _PRICED),
]  # fmt: skip
_KINDS = ("friendly", "oriented", "orientated", "place", "welcome", "allowed")
_FRIENDLY = [
    *(f"{young} {kind}" for young, kind in product(_YOUNG, _KINDS)),
    *(f"{kind} {GAP} {young}" for kind, young in product(
        ("for", "friendly to", "friendly for", "friendly towards", "suitable for", "good for",
         "welcomes", "welcome", "allows", "caters to", "bring", "bring your", "with"), _YOUNG
    )),
    *(f"{young} {verb} {kind}" for young, verb, kind in product(
        _YOUNG, ("are", "is"), ("welcome", "welcomed", "allowed", "accepted")
    )),
    "all ages",
]  # fmt: skip
_UNFRIENDLY = [
    # With what follows too, so that it takes the words of "family friendly".
    *(f"{no} {GAP} {young}{more}" for no, young, more in product(
        ("not", "non", "no", "isn t", "doesn t", "does not", "don t", "aren t"), _YOUNG,
        ("", *(f" {kind}" for kind in _KINDS)),
    )),
    *(f"{young} {no}" for young, no in product(
        _YOUNG, ("unfriendly", "are not", "is not", "aren t", "isn t")
    )),
    "adult only", "adults only", "only for adults", "adult", "adults",
]  # fmt: skip

WORDINGS: dict[str, dict[str, list[str]]] = {
    "eatType": {
        "coffee shop": ["coffee shop", "coffee shops", "coffee", "coffeeshop", "cafe"],
        "pub": ["pub", "pubs"],
        "restaurant": ["restaurant", "restaurants"],
    },
    "food": {
        "Chinese": ["chinese", "chines"],
        "English": ["english", "british"],
        "Fast food": ["fast food", "fastfood"],
        "French": ["french"],
        "Indian": ["indian"],
        "Italian": ["italian"],
        "Japanese": ["japanese"],
    },
    "priceRange": {
        "cheap": _CHEAP,
        "less than £20": [
            "less than 20", "under 20", "below 20", "up to 20", "lower than 20", "20 or less",
            "20 and under", "moderately priced", *_CHEAP,
        ],
        "moderate": _MODERATE,
        "£20-25": [
            "20 25", "20 to 25", "20 and 25", "20 through 25", "20 £25", *_MODERATE,
        ],
        "high": _DEAR,
        "more than £30": [
            "more than 30", "over 30", "above 30", "30 and up", "30 or more", "excess of 30",
            "higher than 30", "upwards of 30", *_DEAR,
        ],
    },
    "customer rating": {
        "low": _rated("one", "1", ("low", "lowly", "poor", "poorly", "bad", "badly", "not well",
                                   "not good", "isn t good", "isn t well")),
        "1 out of 5": _rated("one", "1", ("low", "lowly", "poor", "poorly", "bad", "badly")),
        "average": _rated("three", "3", ("average", "averagely", "good", "well", "decent",
                                         "mediocre", "moderate", "moderately")),
        "3 out of 5": _rated("three", "3", ("average", "averagely", "mediocre")),
        "high": _rated("five", "5", ("high", "highly", "excellent", "great", "very good", "well",
                                     "very well", "top", "best")),
        "5 out of 5": _rated("five", "5", ("high", "highly", "excellent", "great", "very good",
                                           "top", "best", "perfect")),
    },
    "area": {
        "riverside": ["riverside", *(f"{near} the river" for near in (
            "near", "by", "at", "close to", "along", "on", "off", "beside", "next to", "alongside",
            "on the banks of", "on the bank of", "overlooking", "nearby", "around", "side of",
            "edge of", "area of",
        )), "river side", "river area"],
        "city centre": [
            *(f"{place} {mid}" for place in ("city", "town") for mid in ("centre", "center")),
            *(f"{mid} of {the}{place}" for mid in ("centre", "center", "middle", "heart")
              for the in ("", "the ") for place in ("city", "town", "cambridge")),
            "in the centre", "in the center", "central cambridge", "centrally", "in the city",
            "downtown", "middle of the city", "heart of the city",
        ],
    },
    "familyFriendly": {"yes": _FRIENDLY, "no": _UNFRIENDLY},
}  # fmt: skip
"""Slot to value to the wordings that say it, ``name`` and ``near`` aside."""


def words(text: str) -> list[str]:
    """Words in small letters without accents, and a stop where a clause ends."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = [c for c in plain if not unicodedata.combining(c)]
    ends = ["".join(kept[i : i + 2]).strip() in set(".,;:!?") for i in range(len(kept))]
    parts = [
        f" {_STOP} " if end and not c.isspace() else c if c.isalnum() else " "
        for c, end in zip(kept, ends, strict=True)
    ]
    return "".join(parts).split()


_Span = tuple[int, int]
_Said = tuple[str, str]
_Wording = tuple[tuple[str, ...], frozenset[_Said]]


def _table() -> dict[str, list[_Wording]]:
    """Wordings by their first word, the longest first, each with the slots and values it says."""
    says: dict[tuple[str, ...], set[_Said]] = {}
    for slot, values in WORDINGS.items():
        for value, wordings in values.items():
            for wording in wordings:
                # Not words(): the gap is no word.
                says.setdefault(tuple(wording.replace("£", "").split()), set()).add((slot, value))
    for slot, values_known in (("name", NAMES), ("near", PLACES)):
        for name in values_known:
            says.setdefault(tuple(words(name)), set()).add((slot, name))
    found: dict[str, list[_Wording]] = {}
    for wording, said in says.items():
        found.setdefault(wording[0], []).append((wording, frozenset(said)))
    return found


_TABLE = _table()


def _end(text: list[str], start: int, wording: tuple[str, ...]) -> int | None:
    """Where ``wording`` ends if it begins at ``start``; a gap takes as few words as it can."""
    if GAP not in wording:
        end = start + len(wording)
        return end if tuple(text[start:end]) == wording else None
    at = wording.index(GAP)
    before, after = wording[:at], wording[at + 1 :]
    if tuple(text[start : start + at]) != before:
        return None
    for place in range(start + at, start + at + _MOST_BETWEEN + 1):
        if tuple(text[place : place + len(after)]) == after:
            return place + len(after)
        if place < len(text) and text[place] in _NOT_BETWEEN:
            return None
    return None


def spoken(text: str) -> list[frozenset[_Said]]:
    """What each wording in ``text`` says; one inside another does not count."""
    tokens = words(text)
    at: dict[_Span, frozenset[_Said]] = {}
    for start, word in enumerate(tokens):
        for wording, said in _TABLE.get(word, ()):
            end = _end(tokens, start, wording)
            if end is not None:
                at[start, end] = at.get((start, end), frozenset()) | said
    return [at[span] for span in at if not any(_inside(span, other, at) for other in at)]


def _inside(one: _Span, other: _Span, at: Mapping[_Span, frozenset[_Said]]) -> bool:
    """Whether ``other`` takes the words of ``one``: a name those of all, else of its own slot."""
    if one == other or not (other[0] <= one[0] and one[1] <= other[1]):
        return False
    return bool(_slots_of(at[other]) & (_slots_of(at[one]) | {"name", "near"}))


def faults(asked: Mapping[str, str], text: str) -> dict[str, str]:
    """Slot to ``missing``, ``wrong`` or ``added``: what ``text`` says otherwise than ``asked``.

    ``asked``: slot to value, with nothing or "" where a slot was not given. At most one fault a
    slot.
    """
    wanted = {(slot, asked[slot]) for slot in SLOTS if asked.get(slot)}
    said = spoken(text)
    right = set().union(*(one & wanted for one in said)) if said else set()
    # A wording of several values is read as the one that was asked for, where it can be.
    others = [one for one in said if not one & wanted]
    more = {slot for one in others for slot in _slots_of(one)}
    found = {}
    for slot in SLOTS:
        if not asked.get(slot):
            if slot in more:
                found[slot] = "added"
        elif (slot, asked[slot]) not in right:
            found[slot] = "wrong" if slot in more else "missing"
        elif slot in more and slot not in ("eatType", "familyFriendly"):
            # "A pub and restaurant" or "children … adults" is how people write of one thing.
            found[slot] = "added"
    return found


def _slots_of(said: frozenset[_Said]) -> set[str]:
    return {slot for slot, _ in said}


def columns(row: Mapping[str, str]) -> dict[str, str]:
    """The slots among a row's columns; a column has no spaces in its name."""
    return {slot: row.get(slot.replace(" ", "_"), "") for slot in SLOTS}


def says_every_value(output: str, context: dict[str, Any]) -> tuple[bool, str]:
    """A check: no slot is missing or wrong."""
    found = faults(columns(context["vars"]), output)
    lost = [slot for slot, fault in found.items() if fault != "added"]
    return not lost, f"does not say: {', '.join(lost)}" if lost else "says every value"


def adds_no_value(output: str, context: dict[str, Any]) -> tuple[bool, str]:
    """A check: no value is said that was not asked for."""
    found = faults(columns(context["vars"]), output)
    added = [slot for slot, fault in found.items() if fault == "added"]
    return not added, f"adds: {', '.join(added)}" if added else "adds no value"
