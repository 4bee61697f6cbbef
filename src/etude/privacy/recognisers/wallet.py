"""Wallets of bitcoin (their checks) and ethereum (forty hexadecimal digits, without EIP-55)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.checksums import base58check, bech32
from etude.privacy.sorts import WALLET

_BITCOIN = re.compile(r"(?<!\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)")
_WITNESS = re.compile(r"(?<!\w)(?:bc1[a-z0-9]{11,71}|BC1[A-Z0-9]{11,71})(?!\w)")
_ETHEREUM = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")


def _find(text: str) -> Iterator[Place]:
    for match in _BITCOIN.finditer(text):
        if base58check(match.group()):
            yield Place(*match.span(), 1.0, "bitcoin wallet")
    for match in _WITNESS.finditer(text):
        if bech32(match.group()):
            yield Place(*match.span(), 1.0, "bitcoin wallet")
    for match in _ETHEREUM.finditer(text):
        if len(set(match.group())) > 4:
            yield Place(*match.span(), 0.7, "ethereum wallet")


RECOGNISER = Recogniser(WALLET, "crypto wallet", (r"(?:[13]|[bB][cC]1|0x)[0-9A-Za-z]{13}",), _find)
