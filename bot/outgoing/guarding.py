"""Where a call may lead: public addresses over https, looked up once and then held on to.

An address is checked after it is looked up, as the numbers that will be connected to, so it does
not matter how they were written (decimal, octal, hexadecimal, by a name) or what the name means a
moment later: nobody asks for it again.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from yarl import URL

ADDRESS_MOST = 500
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|[0-9a-f:.]{2,45}")
# IPv6 addresses that stand for an IPv4 one, which could be anything: none of them is needed.
_STANDING_IN = tuple(
    map(
        IPv6Network,
        (
            *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96"),
            *("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
        ),
    )
)

Found = tuple[str, ...]
Resolve = Callable[[str, int], Awaitable[Found]]


class Refused(Exception):
    """No call may lead there; the message says why and names no more than the host."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked; *numeric* is what is connected to."""

    parts: SplitResult
    host: str
    port: int
    numeric: str

    @property
    def url(self) -> URL:
        """The address with what its name means in place of the name; nothing is read again."""
        host = f"[{self.numeric}]" if ":" in self.numeric else self.numeric
        query = f"?{self.parts.query}" if self.parts.query else ""
        path = self.parts.path or "/"
        return URL(f"{self.parts.scheme}://{host}:{self.port}{path}{query}", encoded=True)

    @property
    def certified(self) -> str | None:
        """Whose the certificate must be."""
        return self.host if self.parts.scheme == "https" else None


async def resolve(host: str, port: int) -> Found:
    """Every address that a name has now."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(each[4][0]) for each in found)


def parsed(address: str, inside: str = "") -> tuple[SplitResult, str, int]:
    """The parts of an address with its host and port.

    Args:
        inside: each "host:port" that may be spoken to in the clear, and inside; apart by commas.

    Raises:
        Refused: it is no plain https address.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as error:
        raise Refused("expected an address like https://host/path") from error
    plain = address.isascii() and address.isprintable() and " " not in address
    if not plain or len(address) > ADDRESS_MOST or not _NAME.fullmatch(host):
        raise Refused("expected an address like https://host/path, in ASCII")
    if parts.username is not None or parts.password is not None or "\\" in address:
        raise Refused("expected an address without a name or password")
    if parts.scheme != "https" and not (parts.scheme == "http" and _named(host, port, inside)):
        raise Refused("expected an address that begins with https://")
    return parts, host, port


async def checked(address: str, inside: str = "", look_up: Resolve = resolve) -> Target:
    """Where to connect for an address.

    Raises:
        Refused: it is no plain https address, or leads inside.
        OSError: the name cannot be looked up.
    """
    parts, host, port = parsed(address, inside)
    found = await look_up(host, port)
    if not found:
        raise Refused(f"{host} has no address")
    if not _named(host, port, inside) and not all(map(is_public, found)):
        raise Refused(f"{host} leads to an address that is not public")
    return Target(parts, host, port, found[0])


def _named(host: str, port: int, inside: str) -> bool:
    return f"{host}:{port}" in [each.strip() for each in inside.split(",")]


def is_public(numeric: str) -> bool:
    """Whether an address is anybody's, and not of this machine, its network, or a group.

    >>> [is_public(each) for each in ("1.1.1.1", "10.0.0.1", "::ffff:8.8.8.8", "fe80::1%eth0")]
    [True, False, False, False]
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(numeric)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and (
        found.scope_id or found.is_site_local or any(found in each for each in _STANDING_IN)
    ):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)
