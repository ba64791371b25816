"""The ledger of erasures: kept outside the database and its backups, it holds only hashes.

A backup that is older than an erasure still has what was erased. Where such a backup is put back,
the database knows fewer acts than the ledger holds, and the others are done again before anybody is
served. An act is written down before it is committed: a crash between the two does it once more,
and never not at all.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Protocol

from storage.numbering import RANDOM_BITS, half_day_of

ERASE, WITHDRAW = "e", "w"
HASH = 32
_HALVES = 2


class Ledger(Protocol):
    """Acts in the order in which they were done."""

    @property
    def length(self) -> int:
        """How many acts it holds."""

    def add(self, kind: str, code_hash: int) -> int:
        """Write an act down so that it survives a power cut; return how many there are now."""

    def after(self, known: int) -> dict[str, str]:
        """Kinds of the acts after the first *known*, by hash."""


def hash_of(code_hash: int) -> str:
    """What the ledger keeps of a code: a hash of the keyed hash that the database keeps.

    The database keeps it with the first half-day of the code's half-month.
    """
    number = code_hash & (1 << RANDOM_BITS) - 1
    day = half_day_of(code_hash) // _HALVES
    return sha256(f"motcua.erasure.1 {day} {number}".encode()).hexdigest()[:HASH]
