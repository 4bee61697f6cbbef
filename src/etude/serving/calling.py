"""One POST to somebody's address, guarded: this server must not be made to call its own network.

The name is resolved once, every address that it has must be allowed, and the connection goes to the
one that was checked. No redirect is followed. Other addresses than public ones are called only where
the settings name the host, or where both ends are this machine.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

SECONDS = 10.0
"""To connect, and again until the answer's status is there."""
_READ = 4096
"""Bytes of an answer that are read, where they come at once: nothing is done with them."""

Resolve = Callable[[str, int], Collection[str]]


class Refused(Exception):
    """An address that may not be called; the message says why."""


class Unreached(Exception):
    """Nobody answered; the message says in a word or two how."""


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host's name.

    Raises:
        OSError: it has none.
        UnicodeError: it is no name.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


@dataclass(frozen=True)
class Caller:
    """Calls addresses.

    Args:
        own_hosts: hosts in one's own network that may be called, also by plain HTTP.
        loopback: this server is reached from its own machine alone, and may call that.
        resolve: from a name to addresses.
    """

    own_hosts: tuple[str, ...] = ()
    loopback: bool = False
    resolve: Resolve = resolve

    def check(self, url: str) -> SplitResult:
        """The parts of an address that may be called, as far as can be seen without asking anybody.

        Raises:
            Refused: it may not.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise Refused("it is no URL") from None
        host = parts.hostname
        if parts.scheme not in ("http", "https") or not host or port == 0:
            raise Refused("it is no URL of the form https://host/path")
        if not _is_name(host):
            raise Refused("its host is no name")
        if parts.username is not None or parts.password is not None:
            raise Refused("it holds a user or a password")
        if parts.scheme == "http" and not (host in self.own_hosts or self._is_here(host)):
            raise Refused("it must begin with https://")
        if not self._may_be(host):
            raise Refused("it is inside a network of one's own")
        return parts

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer; takes up to some tens of seconds, so it belongs in a thread.

        Raises:
            Refused: the address may not be called.
            Unreached: nobody answered in time.
        """
        parts = self.check(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            addresses = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            raise Unreached("the name is unknown") from None
        if not addresses or not all(self._may_be(address, host) for address in addresses):
            raise Refused("it is inside a network of one's own")
        target = parts.path or "/"
        target = f"{target}?{parts.query}" if parts.query else target
        try:
            with closing(_connection(parts.scheme, host, port, addresses[0])) as connection:
                with _in_time(connection.sock):
                    connection.request("POST", target, body, dict(headers))
                    answer = connection.getresponse()
                with suppress(OSError, http.client.HTTPException):
                    answer.read1(_READ)
                return answer.status
        except TimeoutError:
            raise Unreached("no answer in time") from None
        except (OSError, ValueError, http.client.HTTPException):
            raise Unreached("no connection") from None

    def _is_here(self, host: str) -> bool:
        return self.loopback and _is_loopback(host)

    def _may_be(self, address: str, host: str | None = None) -> bool:
        """Whether an address, or a name that was not resolved yet, may be called."""
        if (host or address) in self.own_hosts:
            return True
        if _is_loopback(address):
            return self.loopback
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return True  # a name: its addresses will be looked at
        mapped = getattr(found, "ipv4_mapped", None)
        return bool((mapped or found).is_global and not found.is_multicast)


def _is_name(host: str) -> bool:
    """Whether a host can be looked up: no part of it is empty, or longer than names may be."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    return bool((getattr(found, "ipv4_mapped", None) or found).is_loopback)


@contextmanager
def _in_time(connected: socket.socket) -> Iterator[None]:
    """``SECONDS`` for the whole block, also where a byte comes now and then.

    Raises:
        TimeoutError: it took longer.
    """
    late = threading.Event()

    def cut() -> None:
        late.set()
        with suppress(OSError):
            # Past TLS, whose own end would be a talk with the other side.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, ValueError, http.client.HTTPException) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        timer.cancel()
    if late.is_set():  # what was cut in the middle may look whole
        raise TimeoutError


def _connection(scheme: str, host: str, port: int, address: str) -> http.client.HTTPConnection:
    """A connection to an address that was checked, under the name that was asked for."""
    if scheme == "http":
        plain = http.client.HTTPConnection(host, port, timeout=SECONDS)
        plain.sock = socket.create_connection((address, port), SECONDS)
        return plain
    context = ssl.create_default_context()
    secure = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    raw = socket.create_connection((address, port), SECONDS)
    try:
        secure.sock = context.wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise
    return secure
