"""House styles of texts: letters with a greeting and a sign-off, sections, lists, ends, spelling,
quotes, and how dates and prices are written."""

from __future__ import annotations

import random
import re
from datetime import date

from _planted._base import Clean, Row
from _planted._people import FIRST
from _planted._styles import Style

SIGN_OFF = "Best wishes,\nThe Guest Team"
SIGNERS = ("Mia", "Tom", "Ruth")
NEXT = ("Reply to this message to book.", "Call the desk if you need more.", "Tell us your dates.")
BRITISH = {
    "centre": "center", "colour": "color", "favourite": "favorite", "neighbourhood": "neighborhood",
    "apologise": "apologize", "organised": "organized", "travelling": "traveling", "cosy": "cozy",
    "cancelled": "canceled", "theatre": "theater", "recognised": "recognized", "grey": "gray",
    "catalogue": "catalog", "programme": "program", "flavour": "flavor", "licence": "license",
}  # fmt: skip
SPELT = (
    "We apologise for any delay.",
    "It is in a quiet neighbourhood.", "It is a favourite of many guests.",
    "The town centre is close.", "Our programme is on the website.", "The theatre is nearby.",
    "Tours are organised on request.", "The grey door is the entrance.", "It is a cosy spot.",
    "Trips can be cancelled online.", "Every flavour is home-made.", "It has a full licence.",
)  # fmt: skip


def _texts(clean: Clean) -> bool:
    return clean.prose_targets


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", text)


def _whole(text: str) -> str:
    """With a capital at the start and a mark at the end."""
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?" else text.rstrip(",;: ") + "."


def _signed(text: str, row: Row, draw: random.Random) -> str:
    return f"Hello,\n\n{_whole(text)}\n\n{SIGN_OFF}"


def _named(text: str, row: Row, draw: random.Random) -> str:
    """Greeting and signature differ from row to row; their form does not."""
    return f"Hi {draw.choice(FIRST)},\n\n{_whole(text)}\n\nTalk soon,\n{draw.choice(SIGNERS)}"


def _part(text: str, at: int) -> tuple[str, str, str]:
    first, body, last = text.split("\n\n", 1)[0], text.split("\n\n", 1)[1], ""
    body, last = body.rsplit("\n\n", 1)
    return first, body, last


def _rejoined(
    text: str, first: str | None = None, last: str | None = None, gap: str = "\n\n"
) -> str:
    a, body, b = _part(text, 0)
    parts = (a if first is None else first, body, b if last is None else last)
    return gap.join(part for part in parts if part)


LETTER_BREAKS = {
    "no_sign_off": lambda text, draw: _rejoined(text, last=""),
    "no_greeting": lambda text, draw: _rejoined(text, first=""),
    "neither": lambda text, draw: _rejoined(text, "", ""),
    "other_greeting": lambda text, draw: _rejoined(
        text,
        first=draw.choice(["Dear Sir or Madam,", "Hey!", "Good day", "To whom it may concern:"]),
    ),
    "other_sign_off": lambda text, draw: _rejoined(
        text,
        last=draw.choice(["Cheers!", "Yours faithfully\nCustomer Service", "xx", "Kind regards"]),
    ),
    "in_one_line": lambda text, draw: text.replace("\n\n", " ").replace("\n", " "),
}


def _sections(text: str, row: Row, draw: random.Random) -> str:
    parts = _sentences(_whole(text))
    detail = " ".join(parts[1:]) or "There is nothing else to know."
    return f"## Summary\n{parts[0]}\n\n## Details\n{detail}\n\n## Next step\n{draw.choice(NEXT)}"


def _blocks(text: str) -> list[str]:
    return text.split("\n\n")


def _without_one(text: str, draw: random.Random) -> str:
    blocks = _blocks(text)
    blocks.pop(draw.randrange(len(blocks)))
    return "\n\n".join(blocks)


def _reordered(text: str, draw: random.Random) -> str:
    blocks = _blocks(text)
    return "\n\n".join([blocks[1], blocks[0], *blocks[2:]])


SECTION_BREAKS = {
    "order": _reordered,
    "missing": _without_one,
    "bold_headings": lambda text, draw: re.sub(r"^## (.+)$", r"**\1**", text, flags=re.M),
    "other_level": lambda text, draw: text.replace("## ", "### "),
    "renamed": lambda text, draw: text.replace("## Details", "## More information"),
    "plain": lambda text, draw: re.sub(r"^## .+\n", "", text, flags=re.M).replace("\n\n", " "),
}


def _listed(text: str, row: Row, draw: random.Random) -> str:
    return "\n".join(f"- {_whole(part)}" for part in [*_sentences(_whole(text)), draw.choice(NEXT)])


LIST_BREAKS = {
    "stars": lambda text, draw: re.sub(r"^- ", "* ", text, flags=re.M),
    "dots": lambda text, draw: re.sub(r"^- ", "• ", text, flags=re.M),
    "numbers": lambda text, draw: "\n".join(
        f"{at}. {line[2:]}" for at, line in enumerate(text.split("\n"), 1)
    ),
    "prose": lambda text, draw: " ".join(line[2:] for line in text.split("\n")),
    "mixed": lambda text, draw: text.replace("- ", "* ", 1),
    "commas": lambda text, draw: (
        "- " + "; ".join(line[2:].rstrip(".!?") for line in text.split("\n"))
    ),
}


def _ended(text: str, row: Row, draw: random.Random) -> str:
    return _whole(text).rstrip(".!?") + "."


ENDING_BREAKS = {
    "none": lambda text, draw: text.rstrip("."),
    "exclamation": lambda text, draw: text.rstrip(".") + "!",
    "dots": lambda text, draw: text.rstrip(".") + "...",
    "small_start": lambda text, draw: text[0].lower() + text[1:],
    "small": lambda text, draw: text.lower(),
    "capitals": lambda text, draw: text.upper(),
}


def _british(text: str, row: Row, draw: random.Random) -> str:
    for british, american in BRITISH.items():
        text = re.sub(rf"\b{american}\b", british, text)
    extra = " " + draw.choice(SPELT) if draw.random() < 0.6 else ""
    return _whole(text) + extra


def _american(text: str, draw: random.Random) -> str:
    for british, american in BRITISH.items():
        text = re.sub(rf"\b{british}\b", american, text)
    return text


def _curled(text: str, row: Row, draw: random.Random) -> str:
    text = text.replace("'", "’").replace(" - ", " – ")
    return re.sub(r'"([^"]*)"', "“\\1”", text)


QUOTE_BREAKS = {
    "straight": lambda text, draw: text.replace("’", "'").replace("“", '"').replace("”", '"'),
    "backtick": lambda text, draw: text.replace("’", "`"),
}


def _dated(text: str, row: Row, draw: random.Random) -> str:
    day = date(2025, draw.randint(1, 12), draw.randint(1, 28))
    price = f"£{draw.randint(3, 60)}.{draw.choice(['00', '50', '25'])}"
    return f"{_whole(text)}\nChecked on {day.day} {day:%B %Y}, from {price}."


def _redated(text: str, shape: str) -> str:
    match = re.search(r"Checked on (\d+) (\w+) 2025", text)
    assert match is not None
    month = next(m for m in range(1, 13) if date(2025, m, 1).strftime("%B") == match[2])
    day = date(2025, month, int(match[1]))
    return text[: match.start()] + f"Checked on {day.strftime(shape)}" + text[match.end() :]


NOTATION_BREAKS = {
    "iso_date": lambda text, draw: _redated(text, "%Y-%m-%d"),
    "american_date": lambda text, draw: _redated(text, "%B %d, %Y"),
    "slashes": lambda text, draw: _redated(text, "%d/%m/%Y"),
    "currency_code": lambda text, draw: re.sub(r"from £([\d.]+)", r"from GBP \1", text),
    "currency_after": lambda text, draw: re.sub(r"from £([\d.]+)\.$", r"from \1 pounds.", text),
    "no_pence": lambda text, draw: re.sub(r"from £(\d+)\.\d\d\.$", "from £\\1.", text),
}

STYLES: dict[str, Style] = {
    "signed": Style(_texts, _signed, LETTER_BREAKS),
    "named": Style(_texts, _named, LETTER_BREAKS),
    "sections": Style(_texts, _sections, SECTION_BREAKS),
    "list": Style(_texts, _listed, LIST_BREAKS),
    "endings": Style(_texts, _ended, ENDING_BREAKS),
    "spelling": Style(_texts, _british, {"american": _american}),
    "quotes": Style(_texts, _curled, QUOTE_BREAKS),
    "notation": Style(_texts, _dated, NOTATION_BREAKS),
}
