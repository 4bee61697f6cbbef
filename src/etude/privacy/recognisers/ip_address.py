"""Internet addresses of version 4 and 6 (RFC 791, RFC 4291) that are reachable from outside.

Versions ("10.2.0.1"), net masks and the addresses that every home or machine has are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

from etude.privacy._base import Place, Recogniser
from etude.privacy.context import leads, led_by, near, numbered, stands_near
from etude.privacy.sorts import IP

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_FOUR = re.compile(rf"(?<![\w.:-])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w-])(?!\.\d)")
_SIX = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}(?![\w:])")
_OURS = [
    ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
]
_RESOLVERS = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9"})
_VERSION = led_by(
    "v",
    "version",
    "versions",
    "ver",
    "build",
    "release",
    "firmware",
    "update",
    "section",
    "chapter",
)
_NEAR = near("ip", "ipv4", "address", "host", "server", "ping", "login", "logged", "from", "client")
_SMALL = 100
"""Four numbers that are all below this look like a version."""


def _find(text: str) -> Iterator[Place]:
    for match in _FOUR.finditer(text):
        found = match.group()
        address = IPv4Address(found)
        if found in _RESOLVERS or any(address in net for net in _OURS):
            continue
        if leads(_VERSION, text, match.start(), 24) or numbered(text, *match.span()):
            continue
        told = stands_near(_NEAR, text, *match.span(), before=40)
        if told or max(address.packed) >= _SMALL:
            yield Place(*match.span(), 0.95 if told else 0.8)
    for match in _SIX.finditer(text):
        if _outside(match.group()):
            yield Place(*match.span(), 0.95)


def _outside(found: str) -> bool:
    try:
        address = IPv6Address(found)
    except ValueError:
        return False
    return address.is_global or found.lower().startswith("2001:db8:")


RECOGNISER = Recogniser(
    IP,
    "internet (IP) address",
    (
        r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
        r"|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:",
    ),
    _find,
)
