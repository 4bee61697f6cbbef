"""Check digits of identity, account and card numbers, each with its source.

They know digits, not texts. A check digit is right by chance one time in ten (two of them: one in
a hundred), so a right one alone never makes a run of digits a person's number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_VERHOEFF_TIMES = (
    "0123456789/1234067895/2340178956/3401289567/4012395678/"
    "5987604321/6598710432/7659821043/8765932104/9876543210"
)
_VERHOEFF_TURN = (
    "0123456789/1576283094/5803796142/8916043527/9453126870/4286573901/2793806415/7046913258"
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def luhn(digits: str) -> bool:
    """The last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mod_97(iban: str) -> bool:
    """The check digits of an IBAN (ISO 13616: ISO/IEC 7064 MOD 97-10 with letters as 10 to 35)."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def verhoeff(digits: str) -> bool:
    """Verhoeff, Error Detecting Decimal Codes (Mathematical Centre Tract 29, 1969)."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        turned = _VERHOEFF_TURN[place % 8 * 11 + int(digit)]
        check = int(_VERHOEFF_TIMES[check * 11 + int(turned)])
    return check == 0


def mod_11_10(digits: str) -> bool:
    """ISO/IEC 7064 MOD 11,10 over all digits, the last of which checks."""
    carry = 10
    for digit in digits[:-1]:
        carry = (int(digit) + carry) % 10 or 10
        carry = carry * 2 % 11
    return (11 - carry) % 10 == int(digits[-1])


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of digits times weights, as far as there are weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def ean(digits: str) -> bool:
    """The check digit of GS1 numbers, 13 digits (GS1 General Specifications, 7.9)."""
    return weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def base58check(text: str) -> bool:
    """A bitcoin address of version 0 or 5 (Base58Check, the original client's ``base58.h``)."""
    number = 0
    for letter in text:
        place = _BASE58.find(letter)
        if place < 0:
            return False
        number = number * 58 + place
    try:
        raw = number.to_bytes(25, "big")
    except OverflowError:
        return False
    twice = hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()
    return raw[0] in (0, 5) and twice[:4] == raw[-4:]


def bech32(text: str) -> bool:
    """A bitcoin address of the segregated witness kinds (BIP 173, and bech32m of BIP 350)."""
    prefix, _, data = text.lower().rpartition("1")
    if any(letter not in _BECH32 for letter in data) or len(data) < 8:
        return False
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in values + [_BECH32.index(letter) for letter in data]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, step in enumerate(_BECH32_STEPS):
            check ^= step if top >> bit & 1 else 0
    return check in (1, 0x2BC830A3)
