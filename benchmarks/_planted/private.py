"""Personal data left in: how people write down where they can be reached, who they are, what they pay
with. Decoys have the look and not the meaning: orders, books, parcels, versions, prices, dates,
card-like and IBAN-like numbers whose checksums fail.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

from _planted import _identifiers as ids
from _planted import _people as people
from _planted._base import Bed, Clean, Row, Sort
from _planted._carriers import prose_field, put_in

Made = tuple[str, str, str]
"""Name of the fault, carrier, and what it carries."""
BARE = ("{}", "{}.", "({})", "ref {}")


def _email(draw: random.Random) -> Made:
    carrier = draw.choice(
        ["My email is {}.", "Please write to {} when it is done.", "Contact: {}", "{}",
         "I've already mailed {} twice!", "cc <{}>", "Sent to mailto:{} yesterday."]
    )  # fmt: skip
    return "email", carrier, people.email(draw)


def _hidden_email(draw: random.Random) -> Made:
    plain = people.email(draw).lower()
    text = plain.replace("@", draw.choice([" at ", " (at) ", "[at]"])).replace(".", " dot ")
    return "email_spelt_out", "You can reach me at {}.", text


def _phone(draw: random.Random) -> Made:
    country, text = people.phone(draw)
    carrier = draw.choice(
        ["Call me on {}.", "my number is {}", "Tel. {}", "You can ring {} after six.", "{}",
         "Please text {} when the table is ready.", "Phone: {}", "I was called from {} today."]
    )  # fmt: skip
    return f"phone.{country}", carrier, text


def _iban(draw: random.Random) -> Made:
    text = ids.iban(draw)
    if draw.random() < 0.5:
        text = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    elif draw.random() < 0.2:
        text = text.lower()
    return (
        "iban",
        draw.choice(["IBAN {}", "Please refund it to {}.", "my account is {}", "{}"]),
        text,
    )


def _card(draw: random.Random) -> Made:
    return "card", draw.choice(
        ["My card number is {}.", "I paid with {}", "card {} was declined", "{} exp 09/28", "{}"]
    ), card_text(ids.card(draw), draw)  # fmt: skip


def card_text(number: str, draw: random.Random) -> str:
    """A card's number in fours (Amex 4-6-5), with dashes, or in one."""
    cuts = [4, 8, 12] if len(number) == 16 else [4, 10]
    parts = [number[a:b] for a, b in zip([0, *cuts], [*cuts, len(number)], strict=True)]
    return draw.choice([" ", "-", ""]).join(parts)


def _national(draw: random.Random) -> Made:
    kind = draw.choice(sorted(ids.NATIONAL))
    called, make = ids.NATIONAL[kind]
    carrier = draw.choice([f"My {called} is {{}}.", f"{called}: {{}}", f"({called} {{}})"])
    return f"national.{kind}", carrier, make(draw)


def _address(draw: random.Random) -> Made:
    carrier = draw.choice(
        ["I live at {}.", "Please send it to {}.", "Address: {}", "We moved to {} last month.",
         "Deliver to {}, thanks."]
    )  # fmt: skip
    return "address", carrier, people.address(draw)


def _name(draw: random.Random) -> Made:
    carrier = draw.choice(
        ["My name is {}.", "Regards, {}", "I spoke to {} about this.", "It's {} again.",
         "The booking is under {}.", "This is {} speaking.", "Mr {} told me so.", "Kind regards\n{}"]
    )  # fmt: skip
    return "name", carrier, people.name(draw)


def _born(draw: random.Random) -> Made:
    day = date(draw.randint(1945, 2004), draw.randint(1, 12), draw.randint(1, 28))
    text = day.strftime(draw.choice(["%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%m/%d/%y"]))
    return "birth", draw.choice(["DOB {}", "I was born on {}.", "date of birth: {}"]), text


def _address_of_a_machine(draw: random.Random) -> Made:
    number = f"{draw.choice([81, 92, 145, 203])}." + ".".join(
        str(draw.randint(1, 254)) for _ in range(3)
    )
    return "ip", draw.choice(["My IP is {}.", "Logged in from {}", "login failed ip={}"]), number


MAKERS: tuple[Callable[[random.Random], Made], ...] = (
    _email, _phone, _iban, _card, _national, _address, _name,
    _email, _phone, _phone, _hidden_email, _born, _address_of_a_machine,
)  # fmt: skip
"""Drawn in turn: the common ones more often."""


def _decoys(draw: random.Random) -> list[Made]:
    """One of each."""
    wrong_card = ids.spoilt(ids.card(draw), ids.luhn_ok, draw)
    wrong_iban = ids.iban(draw)
    wrong_iban = ids.spoilt(wrong_iban, lambda text: text[-1].isdigit() and ids.iban_ok(text), draw)
    isbn = (
        f"978-{draw.randint(0, 9)}-{ids.digits(3, draw)}-{ids.digits(5, draw)}-{draw.randint(0, 9)}"
    )
    price = f"£{draw.randint(1, 9)},{ids.digits(3, draw)}.{ids.digits(2, draw)}"
    when = f"{draw.randint(1, 12):02d}/{draw.randint(10, 28)}/2024 {draw.randint(10, 23)}:{draw.randint(10, 59)}"
    return [
        ("card_fails_luhn", "The order number is {}.", card_text(wrong_card, draw)),
        ("card_fails_luhn", "Batch {} was faulty.", wrong_card),
        ("iban_like", "The product code is {}.", wrong_iban),
        ("order", "Order #{} has not come.", ids.digits(draw.choice([7, 8, 10, 12]), draw, "123")),
        ("isbn", "It is ISBN {}.", isbn),
        ("parcel", "Tracking number {} says delivered.", f"1Z{ids.digits(3, draw)}AA{ids.digits(10, draw)}"),
        ("parcel", "The parcel is {}", f"JD{ids.digits(16, draw)}"),
        ("version", "I use version {}.", ".".join(str(draw.randint(0, 20)) for _ in range(4))),
        ("price", "The total was {}.", price),
        ("date", "It happened on {}.", when),
        ("masked_card", "The card ends in {}.", f"**** **** **** {ids.digits(4, draw)}"),
        ("handle", "Follow us {} for news.", draw.choice(["@millroadcafe", "@thebluespice"])),
        ("at_sign", "We bought {} each.", f"{draw.randint(2, 9)} @ £{draw.randint(2, 9)}.50"),
        ("measures", "It is {} in all.", f"{draw.randint(100, 999)} x {draw.randint(100, 999)} x 200 mm"),
        ("place", "We ate at {}.", draw.choice(["the Queen Victoria", "Jamie's Kitchen", "St. John's"])),
        ("firm", "I read it in {}.", draw.choice(["Morgan Stanley's report", "the Harper Collins book"])),
        ("street_words", "It is {} here.", draw.choice(["street food 24 hours", "5 minutes down the road"])),
        ("hours", "Open {} daily.", draw.choice(["09:00-17:30", "0900-1730", "11.30-14.30 18.00-22.00"])),
        ("years", "We stayed there {}.", f"{draw.randint(1990, 2010)}-{draw.randint(2011, 2024)}"),
        ("numbers", "Ask for {}.", draw.choice(["room 1204, floor 12", "table 14-16"])),
    ]  # fmt: skip


def _plant(bed: Bed, rate: float) -> None:
    count = bed.count(rate)
    for at, row in enumerate(bed.take(count)):
        name, carrier, text = MAKERS[at % len(MAKERS)](bed.random)
        bed.fault(name, row, **_put(bed, row, carrier, text))
    for at, row in enumerate(bed.take(count)):
        choices = _decoys(bed.random)
        name, carrier, text = choices[at % len(choices)]
        bed.decoy(name, row, **_put(bed, row, carrier, text))


def _put(bed: Bed, row: Row, carrier: str, text: str) -> dict[str, object]:
    return put_in(bed, row, prose_field(bed), carrier, text)


def _fits(clean: Clean) -> bool:
    return not clean.record or clean.prose_targets


SORT = Sort("personal data", _fits, _plant)
