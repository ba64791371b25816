"""Whether an event is Zalo's: plain SHA-256 over the raw bytes, and not older than a repeat may be.

Two things are disputed about the formula: which secret signs, and whether some events begin with
the OA's id. Only the published formula is accepted; the others are named when they would have
matched, so that an operator sees at once which setting is wrong.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

HEADER = "X-ZEvent-Signature"
PREFIX = "mac="

# Zalo repeats after 30 s, 5, 15, 30 and 60 minutes, which is 111 minutes if each waits for the one
# before. Inside this age a copy is told from the first delivery by its key, which lives 48 hours.
OLDEST = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Signing:
    """What one OA's events are signed with.

    Attributes:
        app_id: the app that the OA permits to act for it.
        secret: the OA's secret key, from the webhook page of the console.
        app_secret: the app's secret, only to tell a mixed-up setting.
    """

    app_id: str
    secret: str = field(repr=False)
    app_secret: str = field(default="", repr=False)


def mac(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """The signature of *body*: SHA-256 of the four joined, in hex.

    >>> mac("1", b"{}", "2", "3") == hashlib.sha256(b"1{}23").hexdigest()
    True
    """
    return hashlib.sha256(first.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def genuine(signing: Signing, given: str, body: bytes, timestamp: str) -> bool:
    """Whether *given* (with or without ``mac=``) signs exactly these bytes."""
    return _same(given, mac(signing.app_id, body, timestamp, signing.secret))


def would_match(
    signing: Signing, oa_id: str, given: str, body: bytes, timestamp: str
) -> str | None:
    """Which other combination *given* is made of; None when it is none of them."""
    for words, first, secret in _others(signing, oa_id):
        if secret and _same(given, mac(first, body, timestamp, secret)):
            return words
    return None


def _others(signing: Signing, oa_id: str) -> Iterator[tuple[str, str, str]]:
    yield "the app secret in place of the OA secret", signing.app_id, signing.app_secret
    yield "the OA id in place of the app id", oa_id, signing.secret
    yield "the OA id and the app secret", oa_id, signing.app_secret


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.removeprefix(PREFIX).encode(), expected.encode())


def fresh(timestamp: str, now: datetime) -> bool:
    """Whether an event of this moment (milliseconds, as text) may still come.

    A moment in the future is our clock's fault or Zalo's, and no replay.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    >>> young, old = now - timedelta(minutes=111), now - timedelta(minutes=121)
    >>> [fresh(str(int(at.timestamp() * 1000)), now) for at in (young, old)]
    [True, False]
    """
    if not (timestamp.isascii() and timestamp.isdecimal()):
        return False
    return int(timestamp) >= (now - OLDEST).timestamp() * 1000
