"""Things that recur in targets: a price, a link, an order number, a question. Some may lack one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import HAS, Trait, opening, presence

_MONEY = r"[$£€¥₹] ?\d|\d ?[$£€¥₹]|\d ?(?:EUR|USD|GBP|euros?|dollars?|pounds?)\b"
_DATE = (
    r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:Jan|Feb|Mar|Apr|May|"
    r"Jun|Jul|Aug|Sep|Oct|Nov|Dec)|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? "
    r"\d{1,2}\b"
)
_HALF = {
    "price": (_MONEY, "a price"),
    "link": (r"https?://\S|\bwww\.\S", "a web address"),
    "email": (r"\b[\w.+-]+@[\w-]+\.\w{2,}", "an e-mail address"),
    "code": (r"\b[A-Z]{1,5}-?\d{3,}\b|#\d{3,}\b", "an order number or product code"),
    "phone": (r"(?:\+|\b0)\d[\d ()-]{7,}\d", "a telephone number"),
    "hashtag": (r"(?:^|\s)#\p{L}\w+", "a hashtag"),
}
"""Fields that are told of where only half of the targets have one."""
_MOST = {
    "date": (_DATE, "a date"),
    "time": (r"(?i)\b\d{1,2}:\d\d\b|\b\d{1,2} ?[ap]\.?m\b", "a time"),
    "percent": (r"\d ?%", "a percentage"),
    "number": (r"\d", "a number"),
    "quote": (r"[\"“„«]", "words in quotation marks"),
    "bracketed": (r"\[[^\]\n]+\]", "something in square brackets"),
}


def traits(texts: pl.Series) -> Iterator[Trait]:
    """A field that nearly all have; or, of those that carry facts, half."""
    for group, noted in ((_HALF, 0.5), (_MOST, None)):
        for name, (pattern, noun) in group.items():
            yield presence(
                f"field_{name}",
                pattern,
                f"have {noun}",
                f"have no {noun.split(' ', 1)[1]}",
                "the model learns to leave it out, or to invent it where it is not given",
                mark=opening,
                least=0.88,
                severity="warning" if noted else "note",
                noted=noted,
                rules=frozenset({HAS}),
            )


PROPERTY = traits
