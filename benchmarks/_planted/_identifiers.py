"""Numbers with checksums, made right or wrong, and the checks that say which.

Every number is invented by a draw; none was taken from anywhere. Each ``*_ok`` follows the body
that issues the number: ISO/IEC 7812 (Luhn), ISO 13616 (IBAN), and the national rules.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable

IBAN_LENGTHS = {"DE": 22, "GB": 22, "FR": 27, "ES": 24, "NL": 18, "PL": 28, "CH": 21, "IE": 22}
_VERHOEFF_D = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_VERHOEFF_P = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def digits(count: int, draw: random.Random, first: str = string.digits) -> str:
    """A number of ``count`` digits; ``first``: what may stand first."""
    return draw.choice(first) + "".join(draw.choice(string.digits) for _ in range(count - 1))


def luhn_ok(number: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_ok(text: str) -> bool:
    """ISO 13616: mod 97 of the rotated number is 1."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def iban(draw: random.Random) -> str:
    """An IBAN without spaces, of a country whose length is known, with the right check digits."""
    country = draw.choice(sorted(IBAN_LENGTHS))
    size = IBAN_LENGTHS[country] - 4
    bank = "".join(draw.choice(string.ascii_uppercase) for _ in range(4))
    lettered = country in ("GB", "NL", "IE")
    body = bank + digits(size - 4, draw) if lettered else digits(size, draw)
    return _with_check(country, body)


def _with_check(country: str, body: str) -> str:
    rest = int("".join(str(int(c, 36)) for c in body + country + "00")) % 97
    return f"{country}{98 - rest:02d}{body}"


def card(draw: random.Random) -> str:
    """A payment card's number of one of four schemes."""
    start, size = draw.choice([("4", 16), (f"5{draw.randint(1, 5)}", 16), ("37", 15), ("6011", 16)])
    return completed(start + digits(size - len(start) - 1, draw), luhn_ok)


def completed(start: str, check: Callable[[str], bool]) -> str:
    """``start`` with the last digit that makes the check right."""
    return next(start + digit for digit in string.digits if check(start + digit))


def spoilt(number: str, check: Callable[[str], bool], draw: random.Random) -> str:
    """The number with another last digit or letter, so that its check fails."""
    same = string.digits if number[-1].isdigit() else string.ascii_uppercase
    return draw.choice([n for c in same if not check(n := number[:-1] + c)])


def bsn_ok(number: str) -> bool:
    """Dutch citizen service number: the eleven test with -1 for the last digit."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11 == 0


def nhs_ok(number: str) -> bool:
    """NHS number: mod 11, NHS Data Dictionary."""
    total = sum(w * int(d) for w, d in zip(range(10, 1, -1), number[:9], strict=True))
    return (11 - total % 11) % 11 == int(number[9])


def pesel_ok(number: str) -> bool:
    """Polish PESEL."""
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 10 == 0


def dni_ok(text: str) -> bool:
    """Spanish DNI: the letter by mod 23."""
    return text[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(text[:8]) % 23]


def nir_ok(text: str) -> bool:
    """French NIR: 97 minus the number mod 97."""
    return 97 - int(text[:13]) % 97 == int(text[13:])


def aadhaar_ok(number: str) -> bool:
    """Indian Aadhaar: Verhoeff (1969)."""
    check = 0
    for at, digit in enumerate(reversed(number)):
        check = int(_VERHOEFF_D[check][int(_VERHOEFF_P[at % 8][int(digit)])])
    return check == 0


def steuer_ok(number: str) -> bool:
    """German tax id: ISO 7064 mod 11, 10."""
    product = 10
    for digit in number[:10]:
        rest = (int(digit) + product) % 10 or 10
        product = rest * 2 % 11
    return (11 - product) % 10 == int(number[10])


def cpf_ok(number: str) -> bool:
    """Brazilian CPF: two digits by mod 11."""
    for size in (9, 10):
        total = sum((size + 1 - at) * int(number[at]) for at in range(size))
        if total * 10 % 11 % 10 != int(number[size]):
            return False
    return True


def bsn(draw: random.Random) -> str:
    """Dutch."""
    return _drawn(lambda: digits(9, draw, "12346789"), bsn_ok)


def nhs(draw: random.Random) -> str:
    """British health number."""
    return _drawn(lambda: digits(10, draw, "4679"), nhs_ok)


def pesel(draw: random.Random) -> str:
    """Polish: begins with the day of birth."""
    born = f"{draw.randint(50, 99)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}"
    return completed(born + digits(4, draw), pesel_ok)


def dni(draw: random.Random) -> str:
    """Spanish."""
    start = digits(8, draw, "123457")
    return next(start + c for c in string.ascii_uppercase if dni_ok(start + c))


def nir(draw: random.Random) -> str:
    """French: sex, year, month, place."""
    born = f"{draw.randint(1, 2)}{draw.randint(50, 99)}{draw.randint(1, 12):02d}"
    start = born + f"{draw.randint(1, 95):02d}" + digits(6, draw)
    return f"{start}{97 - int(start) % 97:02d}"


def aadhaar(draw: random.Random) -> str:
    """Indian, in fours."""
    number = completed(digits(11, draw, "23456789"), aadhaar_ok)
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def steuer(draw: random.Random) -> str:
    """German: ten digits of which one stands twice, and a check digit."""
    pool = draw.sample(string.digits, 9)
    start = [*pool, draw.choice(pool)]
    draw.shuffle(start)
    if start[0] == "0":
        start[0], start[-1] = start[-1], start[0]
    if start[0] == "0":
        return steuer(draw)
    return completed("".join(start), steuer_ok)


def cpf(draw: random.Random) -> str:
    """Brazilian, with its dots."""
    start = digits(9, draw)
    number = next(
        start + a + b for a in string.digits for b in string.digits if cpf_ok(start + a + b)
    )
    return f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"


def sin(draw: random.Random) -> str:
    """Canadian social insurance number."""
    number = completed(digits(8, draw, "1234567"), luhn_ok)
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def ssn(draw: random.Random) -> str:
    """United States: no checksum, but ranges that were never given out (000, 666, 9xx)."""
    area = draw.choice([n for n in range(1, 773) if n != 666])
    return f"{area:03d}-{draw.randint(1, 99):02d}-{draw.randint(1, 9999):04d}"


def nino(draw: random.Random) -> str:
    """British national insurance number."""
    letters = "".join(draw.choice("ABCEGHJKLMPRSTWXYZ") for _ in range(2))
    while letters in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
        letters = draw.choice("ABCEGHJKLMPRSTWXYZ") + draw.choice("ABCEHJLMPRSWXYZ")
    number = digits(6, draw)
    return f"{letters} {number[:2]} {number[2:4]} {number[4:]} {draw.choice('ABCD')}"


def _drawn(draw: Callable[[], str], check: Callable[[str], bool]) -> str:
    while not check(number := draw()):
        pass
    return number


NATIONAL: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "nhs": ("NHS number", nhs),
    "ssn": ("social security number", ssn),
    "nino": ("National Insurance number", nino),
    "bsn": ("BSN", bsn),
    "pesel": ("PESEL", pesel),
    "dni": ("DNI", dni),
    "nir": ("numéro de sécurité sociale", nir),
    "aadhaar": ("Aadhaar", aadhaar),
    "steuer": ("Steuer-ID", steuer),
    "cpf": ("CPF", cpf),
    "sin": ("SIN", sin),
}
"""Name to what people call it and how one is made."""
