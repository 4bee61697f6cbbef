"""What stands around a candidate: words that make it personal data, and words that make it none.

Underscores part words here, so that ``"order_id"`` of a JSON text counts as the word "order".
"""

from __future__ import annotations

import re

_JOINED = r"[\s:#.,;'\"=()\[\]*_-]"
_LINKS = (
    r"number|numbers|no|nr|num|id|is|was|are|code|nummer|lautet|ist|numéro|numero|número|n°|nº"
    r"|est|es|è|of|the|my|your|me|us|at|on|under|to|with|it|s|it's|meine|mein|eine|unter|au|le|al|el"
)
_NUMBERED_WORDS = (
    "account",
    "order",
    "ordered",
    "orders",
    "ticket",
    "tickets",
    "invoice",
    "invoices",
    "case",
    "ref",
    "reference",
    "tracking",
    "track",
    "parcel",
    "package",
    "shipment",
    "consignment",
    "awb",
    "booking",
    "reservation",
    "confirmation",
    "receipt",
    "article",
    "item",
    "sku",
    "asin",
    "serial",
    "model",
    "part",
    "product",
    "customer",
    "client",
    "contract",
    "policy",
    "claim",
    "member",
    "membership",
    "voucher",
    "coupon",
    "batch",
    "lot",
    "job",
    "quote",
    "transaction",
    "txn",
    "isbn",
    "issn",
    "ean",
    "upc",
    "gtin",
    "imei",
    "version",
    "build",
    "release",
    "rma",
    "po",
    "flight",
    "bestell\\w*",
    "auftrags?\\w*",
    "rechnungs?\\w*",
    "vorgangs?\\w*",
    "kunden\\w*",
    "artikel\\w*",
    "sendungs?\\w*",
    "vertrags?\\w*",
    "buchungs?\\w*",
    "seriennummer",
    "commande",
    "facture",
    "colis",
    "suivi",
    "pedido",
    "factura",
    "ordine",
    "fattura",
    "referencia",
    "référence",
)


def worded(*words: str) -> str:
    """A pattern for any of the words, as whole words."""
    return rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])"


def led_by(*words: str, further: str = "") -> re.Pattern[str]:
    """A pattern for one of the words with nothing but links ("number is: ") up to the end."""
    links = rf"(?:{_JOINED}|(?<![^\W_])(?:{_LINKS}{further})(?![^\W_])){{0,16}}"
    return re.compile(worded(*words) + links + "$", re.IGNORECASE)


def near(*words: str) -> re.Pattern[str]:
    """A pattern for one of the words anywhere near."""
    return re.compile(worded(*words), re.IGNORECASE)


_NUMBERED = led_by(*_NUMBERED_WORDS, further=r"|and|or|und|oder|et|y|e|\d[\w-]*")
_FOLLOWED = re.compile(
    rf"\W{{1,3}}(?:(?:{_LINKS}|an|a|ein|eine)\W{{1,2}}){{0,3}}{worded(*_NUMBERED_WORDS)}",
    re.IGNORECASE,
)
_HASH = re.compile(r"#\s?$")


def leads(pattern: re.Pattern[str], text: str, start: int, reach: int = 48) -> bool:
    """Whether a pattern of ``led_by`` ends where the candidate starts."""
    return pattern.search(text, max(0, start - reach), start) is not None


def stands_near(
    pattern: re.Pattern[str], text: str, start: int, end: int, before: int = 60, after: int = 30
) -> bool:
    """Whether one of the words stands some characters before or after the candidate."""
    return (
        pattern.search(text, max(0, start - before), start) is not None
        or pattern.search(text, end, min(len(text), end + after)) is not None
    )


def numbered(text: str, start: int, end: int) -> bool:
    """Whether the number that stands here is of an order, a ticket, a product …: "order no. 41",
    "orders 40 and 41", "41 is my order"."""
    return (
        leads(_NUMBERED, text, start)
        or leads(_HASH, text, start, 2)
        or _FOLLOWED.match(text, end, min(len(text), end + 40)) is not None
    )
