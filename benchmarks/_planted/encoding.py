"""Text read in the wrong encoding, once or twice, and letters lost on the way.

Decoys hold the same letters where they belong: capitals in Portuguese and French, Romanian,
Icelandic, and the sign of a currency.
"""

from __future__ import annotations

from _planted._base import Bed, Clean, Sort
from _planted._carriers import prose_field, put_in

ODD = (
    ("We loved the {}.", "café crème"), ("It cost {}.", "£20"), ("{} is closed.", "Zürich"),
    ("I {} get it.", "don’t"), ("She said {} to us.", "“no way”"), ("It was 20 {} out.", "°C"),
    ("Ask {} about it.", "José"), ("We waited {} hours.", "2–3"), ("It is {} a night.", "€90"),
    ("The {} was late.", "Święta café"), ("I ate {}.", "piña …"), ("He wrote {}.", "naïve — sorry"),
)  # fmt: skip
NAMES = ("latin1", "cp1252", "twice", "replacement", "question_mark", "escapes", "cp437")
DECOYS = (
    ("The sign says {}.", "PROMOÇÃO DE VERÃO"), ("We stayed at {}.", "Âge d'Or"),
    ("It is in {}.", "Bârlad"), ("We flew to {}.", "Kaðlin"), ("I paid {}.", "£5 €6 ¥7"),
    ("It is {}.", "« très bien »"), ("The name is {}.", "Ångström"), ("Is {} right?", "¿qué tal?"),
    ("So good {}!", "😀👍🏽"), ("It was {}.", "料理が美味しい"),
    ("Really {}", "why??? what?"), ("The path is {}.", "C:\\users\\new"),
)  # fmt: skip


def damaged(name: str, text: str) -> str:
    """The text as a wrong turn of an export leaves it; some turns leave some texts as they were."""
    utf8 = text.encode("utf-8")
    if name == "latin1":
        # What a browser does with it: C1 bytes become the letters of Windows.
        return utf8.decode("cp1252", "ignore")
    if name == "cp1252":
        return "".join(_byte(byte) for byte in utf8)
    if name == "twice":
        return damaged("cp1252", damaged("cp1252", text))
    if name == "replacement":
        return "".join(c if c.isascii() else "\ufffd" for c in text)
    if name == "question_mark":
        return "".join(c if c.isascii() else "?" for c in text)
    if name == "escapes":
        return text.encode("ascii", "backslashreplace").decode("ascii")
    return utf8.decode("cp437")


def _byte(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return "\ufffd"


def _plant(bed: Bed, rate: float) -> None:
    count = bed.count(rate)
    for at, row in enumerate(bed.take(count)):
        name = NAMES[at % len(NAMES)]
        carrier, text = bed.random.choice(ODD)
        place = put_in(bed, row, prose_field(bed), carrier, damaged(name, text))
        bed.fault(name, row, was=text, **place)
    for at, row in enumerate(bed.take(count)):
        carrier, text = DECOYS[at % len(DECOYS)]
        bed.decoy("right_letters", row, **put_in(bed, row, prose_field(bed), carrier, text))


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("letters damaged by a wrong encoding", _fits, _plant)
