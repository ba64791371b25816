"""The day's seal, and the key that signs it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.keys import beside, read_secret
from handlers.pace import BESIDE, Pace
from storage import leaves, sealing
from storage.sealing import Root, Statement
from storage.store import Store
from storage.transaction import Transaction

Stated = Callable[[], Awaitable[Statement]]
Drawn = Callable[[], int]
BLANKS = 20
"""How many leaves of nothing a day's seal has on average."""


def draw_blanks() -> int:
    """A number by chance without an upper bound, so that no size of the log says it was so much."""
    share = (secrets.randbits(53) + 1) / 2**53
    return int(math.log(share) / math.log(BLANKS / (BLANKS + 1)))


class Signer:
    """Signs roots (Ed25519, RFC 8032); *public* is what everybody checks them with."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, form: bytes) -> bytes:
        """The signature of *form*, 64 bytes."""
        return self._key.sign(form)


def load_signer(secret_key_file: Path) -> Signer:
    """The key that stands beside the secret one, made on first start.

    It has a file of its own: whoever changes the secret must not change who signs.

    Raises:
        KeyFileError: the file cannot be read or written, or holds no key.
    """
    return Signer(read_secret(beside(secret_key_file, "log")))


async def seal(
    store: Store,
    day: str,
    signer: Signer,
    stated: Stated,
    drawn: Drawn = draw_blanks,
    alone: asyncio.Lock | None = None,
) -> Root | None:
    """Seal what waits, once a *day*; None where nothing waits or the day has its root.

    Args:
        stated: what is published now; asked again if more is released meanwhile.
        drawn: how many leaves of nothing to put among those of responses.
        alone: who holds it lets nothing be released.
    """
    await _by_portions(store, sealing.commit_old)
    if not await store.look(sealing.is_due, day):
        return None
    await store.write(leaves.add_blanks, drawn())
    await _by_portions(store, sealing.place)
    async with alone or contextlib.nullcontext():
        await _by_portions(store, sealing.place)  # what was released meanwhile
        while (root := await store.write(sealing.close, await stated(), day, signer.sign)) is None:
            pass
    return root


async def _by_portions(store: Store, work: Callable[[Transaction], int]) -> None:
    """Until nothing is left; nobody who writes has to wait for all."""
    pace = Pace(BESIDE)
    while await store.write(work):
        await pace.rest()
