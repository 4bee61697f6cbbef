"""Invented people and the ways in which they can be reached."""

from __future__ import annotations

import random
import string

from _planted._identifiers import digits

FIRST = (
    "Priya", "Daniel", "Mei", "Kwame", "Sofia", "Liam", "Aisha", "Tomás", "Hannah", "Yusuf",
    "Olga", "Jack", "Chiara", "Ahmed", "Grace", "Jürgen", "Fatima", "Owen", "Ingrid", "Rahul",
    "Zoë", "Mateusz", "Claire", "Hiroshi", "Nkechi", "Robert", "Elif", "Sean", "Camille", "Wei",
)  # fmt: skip
LAST = (
    "Raman", "Osei", "Lindqvist", "O'Brien", "García", "Novak", "Tanaka", "Smith-Jones",
    "Müller", "Haddad", "Okafor", "Whitfield", "Rossi", "Kowalska", "Nguyen", "Dubois", "Patel",
    "MacLeod", "van der Berg", "Jensen", "Ferreira", "Yilmaz", "Castellano", "Abernathy", "Chowdhury",
)  # fmt: skip
HOSTS = (
    "gmail.com", "outlook.com", "yahoo.co.uk", "gmx.de", "hotmail.fr", "proton.me", "icloud.com",
    "northgate-plumbing.co.uk", "mail.uni-hall.de", "qq.com", "kestrel.legal", "acme-logistics.io",
)  # fmt: skip
STREETS = (
    "Station Road",
    "Mill Lane",
    "Victoria Avenue",
    "Church Street",
    "Elm Close",
    "High Street",
)
TOWNS = (("Cambridge", "CB"), ("Leeds", "LS"), ("Bristol", "BS"), ("York", "YO"), ("Exeter", "EX"))
US_STREETS = ("Maple Street", "Oakwood Drive", "W 42nd St", "Sunset Blvd", "County Road 12")
US_TOWNS = ("Austin, TX", "Portland, OR", "Brooklyn, NY", "Tampa, FL", "Boise, ID")
DE_STREETS = ("Hauptstraße", "Lindenweg", "Am Markt", "Goethestr.", "Bahnhofstraße")
DE_TOWNS = ("Berlin", "München", "Hamburg", "Leipzig", "Köln")
FR_STREETS = (
    "rue de la République",
    "avenue Victor-Hugo",
    "boulevard Voltaire",
    "rue des Lilas",
)
FR_TOWNS = ("Lyon", "Paris", "Nantes", "Lille")


def name(draw: random.Random) -> str:
    """A first and a last name."""
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


def email(draw: random.Random) -> str:
    """In one of the forms that addresses have."""
    first, last = plain(draw.choice(FIRST)), plain(draw.choice(LAST))
    local = draw.choice(
        [f"{first}.{last}", f"{first[0]}{last}", f"{first}_{last}{draw.randint(1, 99)}",
         f"{first}{draw.randint(1950, 2005)}", f"{first}.{last}+shop", f"{last}-{first[0]}"]
    )  # fmt: skip
    made = f"{local}@{draw.choice(HOSTS)}"
    return made.title() if draw.random() < 0.08 else made


def plain(text: str) -> str:
    """Small ASCII letters alone."""
    table = str.maketrans("éëüíá", "eeuia")
    return "".join(c for c in text.lower().translate(table) if c in string.ascii_lowercase)


def phone(draw: random.Random) -> tuple[str, str]:
    """A country and a number written as people there write it."""
    country = draw.choice(sorted(PHONES))
    shape = draw.choice(PHONES[country])
    made = "".join(
        draw.choice("23456789") if c == "N" else draw.choice(string.digits) if c == "#" else c
        for c in shape
    )
    return country, made


PHONES: dict[str, tuple[str, ...]] = {
    "us": ("(N##) N##-####", "N##-N##-####", "+1 N## N## ####", "N##.N##.####", "+1N##N######"),
    "uk": ("+44 20 7### ####", "07### ######", "020 7### ####", "01223 NNN###", "+447#########"),
    "de": (
        "+49 30 N#######",
        "0171 N######",
        "030/N#######",
        "+49 (0)89 N######",
        "0049 40 N######",
    ),
    "fr": ("06 ## ## ## ##", "+33 6 ## ## ## ##", "01.4#.##.##.##", "06########"),
    "es": ("+34 6## ## ## ##", "6## ### ###"),
    "in": ("+91 9#### #####", "9#### #####", "+91-98########"),
    "au": ("04## ### ###", "+61 4## ### ###", "(02) 9### ####"),
    "br": ("+55 11 9####-####", "(11) 9####-####"),
    "jp": ("03-3###-####", "090-####-####", "+81 90 #### ####"),
}
"""N: 2 to 9; #: any digit."""


def address(draw: random.Random) -> str:
    """A street, a number and a town, as four countries write them."""
    way, number = draw.randrange(4), draw.randint(1, 240)
    if way == 0:
        town, area = draw.choice(TOWNS)
        end = f"{draw.randint(1, 9)}{draw.choice('ABDEFGH')}{draw.choice('JLNPQ')}"
        code = f"{area}{draw.randint(1, 24)} {end}"
        flat = f"Flat {draw.randint(1, 12)}, " if draw.random() < 0.3 else ""
        return f"{flat}{number} {draw.choice(STREETS)}, {town} {code}"
    if way == 1:
        unit = f", Apt {draw.randint(1, 30)}{draw.choice('ABC')}" if draw.random() < 0.3 else ""
        street = f"{number * 7} {draw.choice(US_STREETS)}{unit}"
        return f"{street}, {draw.choice(US_TOWNS)} {digits(5, draw, '1379')}"
    if way == 2:
        return f"{draw.choice(DE_STREETS)} {number}, {digits(5, draw, '12568')} {draw.choice(DE_TOWNS)}"
    return f"{number} {draw.choice(FR_STREETS)}, {digits(5, draw, '4567')} {draw.choice(FR_TOWNS)}"
