"""Facts that will go out of date and that the input does not give: prices, versions, dates of what is
to come, "currently". They are the sign that looking things up is the right tool.

What most targets say one way and a few another (``_overtaken``) is told apart: it has gone out of date.
A price copied out of the input is given, and stays right. What only ``data.knowledge`` says counts:
unless it is looked up for each answer, training bakes it in. It judges the form of a statement, and
knows nothing of whether it is still true.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import polars as pl

from etude.audit._base import WRITTEN, Audit, Found, Material, found
from etude.audit._facts import MONTHS, number_facts
from etude.audit._given import Source
from etude.audit._overtaken import overtaken
from etude.audit._textual import Place, around, places, read, share
from etude.records.dataset import Repair

_AMOUNT = r"\d[\d.,  ]*(?<=\d)(?:\s?(?:k|m|bn|million|billion))?"
_MONEY = (
    rf"(?:[£$€¥₹]\s?{_AMOUNT}|\b(?:EUR|USD|GBP|CHF)\s?{_AMOUNT}|{_AMOUNT}\s?(?:€|£|\b(?:EUR"
    rf"|USD|GBP|CHF|euros?|"
    r"dollars?|pounds? sterling|pence|cents)\b))"
)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = (
    rf"(?:(?:spring|summer|autumn|fall|winter)(?: of)? 20\d\d\b|\d{{1,2}}[./]\d{{1,2}}[./](?:20)?\d\d\b"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\b(?:\s+20\d\d)?|(?:{_MONTH})\s+\d{{1,2}}(?:st"
    rf"|nd|rd|th)?\b(?:,?\s+20\d\d)?|20\d\d-\d\d-\d\d|(?:(?:{_MONTH})\s+)?20\d\d\b)"
)
_CURRENTLY = "words such as \u201ccurrently\u201d"
_SIGNS: dict[str, re.Pattern[str]] = {
    "prices": re.compile(_MONEY, re.IGNORECASE),
    "rates": re.compile(
        r"\b\d+(?:[.,]\d+)?\s?(?:%|percent|per cent)\s+(?:apr|apy|aer|interest|vat|discount"
        r"|off|commission|"
        r"cashback)\b|\binterest rate (?:of|is) \d+(?:[.,]\d+)?\s?%",
        re.IGNORECASE,
    ),
    "versions": re.compile(
        r"\b(?:version|release|build)\s+v?\d+(?:\.\d+){0,3}\b|\bv\d+\.\d+(?:\.\d+)*\b"
        r"|\b(?:iOS|Android|Windows|macOS|Python|Java|Node(?:\.js)?|PHP|Ubuntu|Chrome"
        r"|Firefox|Safari|Office)\s+"
        r"\d+(?:\.\d+)*\b"
    ),
    "dates": re.compile(
        r"\b(?:as of|valid (?:until|till|to|from|through)|re-?opens?(?: on| in)?"
        r"|new (?:from|since)|until|till|effective(?: from)?"
        r"|starting(?: on| from)?|"
        r"expires?(?: on| in)?|deadline(?: is| of)?|(?:last )?updated(?: on| in)?|available "
        r"from|opens? on|"
        rf"closes? on|ends? on|due (?:on|by))\s+{_DATE}",
        re.IGNORECASE,
    ),
    _CURRENTLY: re.compile(
        r"\bas of (?:today|now|this writing|the time of writing)\b|\bat the time of writing\b"
        r"|\b(?:is|are|costs?|offers?) currently (?!being|looking|checking|reading|working"
        r"|experiencing)\w+"
        r"|\bcurrently (?:costs?|priced|available|unavailable|offers?|offering|supports?"
        r"|sold out|out of "
        r"stock|in stock|led by|headed by|the (?:largest|best|only|most))\b"
        r"|\b(?:the|our|its) (?:current|present) (?:prices?|version|rates?|ceo|chief "
        r"executive|president|"
        r"prime minister|director|manager|champions?|season|model|edition|fees?|opening hours)\b"
        r"|\b(?:the|our) (?:latest|newest|most recent) (?:version|release|model|update"
        r"|edition|figures|prices?)\b"
        r"|\bthis (?:year|month|season)[’']s\b",
        re.IGNORECASE,
    ),
}
_SIEVES = {
    "prices": r"(?i)[£$€¥₹]|eur|usd|gbp|chf|dollar|pound|pence|cents",
    "rates": r"(?i)%|percent|per cent|interest rate",
    "versions": r"(?i)version|release|build|\bv\d"
    r"|ios|android|windows|macos|python|java|node|php|ubuntu|chrome|firefox|safari|office",
    "dates": r"(?i)as of|valid |re-?open|new (?:from|since)|until|till|effective|starting|expire"
    r"|deadline|updated|available from|opens? on|closes? on|ends? on|due (?:on|by)",
    _CURRENTLY: r"(?i)as of|at the time of writing|current|present|latest|newest|most recent"
    r"|this (?:year|month|season)",
}
"""What every match of a sign has, to pass quickly over the texts that have none."""
_WORD = re.compile(r"[^\W\d_]{4,}")
_TOLD = 0.4
_MUCH = 0.05
"""Share of targets from which it is more than a note."""


def _run(material: Material) -> Iterator[Found]:
    sources = read(material, "input").rename({"text": "source"})
    targets = read(material, "target")
    rows = targets.join(sources, on="id", how="left")
    yield from _overtaken(material, rows)
    instructions = material.task.instructions
    sorts: Counter[str] = Counter()
    parts = []
    may_have = [pl.col("text").str.contains(sieve).alias(sort) for sort, sieve in _SIEVES.items()]
    sieved = rows.with_columns(may_have).filter(pl.any_horizontal(*_SIEVES))
    for name, text, source, *may in sieved.select("id", "text", "source", *_SIEVES).iter_rows():
        signs = [sort for sort, whether in zip(_SIEVES, may, strict=True) if whether]
        seen = list(_stale(text, f"{source}\n{instructions}", signs))
        sorts.update({place.other or "" for place in seen})
        if seen:
            parts += [(name, place) for place in seen]
    if not parts:
        return
    by_id: dict[str, list[Place]] = {}
    for name, place in parts:
        by_id.setdefault(name, []).append(place._replace(other=None))
    marked = pl.DataFrame({"id": list(by_id), "text": list(by_id)})
    hits = places(marked, "target", lambda name: by_id[name])
    count, total = len(by_id), len(targets)
    listed = ", ".join(f"{sort} ({number:,})" for sort, number in sorts.most_common())
    yield found(
        "stale_facts",
        "stale_facts",
        "warning" if count >= _MUCH * total else "note",
        f"{count:,} of {total:,} targets ({share(count, total)}) "
        f"{'states' if count == 1 else 'state'} what goes out of date and what the input does not "
        f"give: {listed}",
        hits,
        costs="a trained model goes on saying them after they have changed; looked up for each "
        "answer they stay right",
        repair=Repair(
            apply="decide",
            sentence="give each example the facts it draws on (`context`, or `data.knowledge` with "
            "look-up), and keep them out of what is trained",
        ),
        seconds_each=10,
    )


def _overtaken(material: Material, rows: pl.DataFrame) -> Iterator[Found]:
    """What a few targets say otherwise than all others."""
    facts = list(overtaken(rows))
    if not facts:
        return
    count = len({one.id for one in facts})
    first = facts[0]
    yield found(
        "stale_facts",
        "overtaken_facts",
        "warning",
        f"{count:,} of {len(material.frame):,} targets ({share(count, len(material.frame))}) "
        f"{'says' if count == 1 else 'say'} another number, time or link than all others do in the "
        f"same sentence, such as \u201c{first.text}\u201d where the others say "
        f"\u201c{first.usual}\u201d",
        pl.DataFrame(
            {
                "id": [one.id for one in facts],
                "field": ["target"] * len(facts),
                "start": [one.start for one in facts],
                "end": [one.end for one in facts],
                "evidence": [f"{one.text}; the others say {one.usual}" for one in facts],
                "score": [0.9] * len(facts),
            }
        ),
        costs="the model learns to say what was true once, now and then",
        repair=Repair(apply="decide", sentence="write what holds today, or leave them out"),
        seconds_each=10,
    )


def _stale(text: str, source: str, signs: Iterable[str]) -> Iterator[Place]:
    """Places of what goes out of date and is not in the source, with their sort as ``other``.

    Args:
        text: a target.
        source: what is given.
        signs: the sorts that it may have.
    """
    low = source.casefold()
    given: Source | None = None
    taken: list[tuple[int, int]] = []
    for sort in signs:
        for match in _SIGNS[sort].finditer(text):
            start, end = match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            said = match.group()
            if said.casefold() in low:
                continue
            given = given or Source(source)
            own = [number.strip() for number in number_facts(said)]
            if own and all(given.number(number) for number in own):
                continue
            if not own and _told(text, start, low):
                continue
            taken.append((start, end))
            yield Place(start, end, around(text, start, end), None, 0.85 if own else 0.6, sort)


def _told(text: str, at: int, low: str) -> bool:
    """Whether a source (in small letters) has most of what the sentence at this place says."""
    if "current" in low or "latest" in low:
        return True
    first = max(text.rfind(mark, 0, at) for mark in ".!?\n") + 1
    last = min((end for mark in ".!?\n" if (end := text.find(mark, at)) >= 0), default=len(text))
    words = [word for word in _WORD.findall(text[first:last].lower()) if word != "currently"]
    told = sum(word[:5] in low for word in words)
    return bool(words) and told >= _TOLD * len(words)


AUDIT = Audit("facts that will go out of date", WRITTEN, "rows", _run)
