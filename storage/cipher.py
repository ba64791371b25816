"""What seals texts and makes keyed hashes, without which the database can be read by nobody."""

from __future__ import annotations

from typing import Protocol


class Cipher(Protocol):
    """Seals what may be read only with the key; *context* ties a sealed text to its row."""

    def seal(self, text: str, context: bytes) -> bytes:
        """Encrypt *text* for the row named by *context*."""

    def open(self, sealed: bytes, context: bytes) -> str:
        """Decrypt; raises ValueError when key, context or bytes are not the ones sealed."""

    def mark(self, text: str) -> int:
        """63 bits of a keyed hash, by which *text* is known again and not read."""

    def dossier_hash(self, code: str) -> bytes:
        """16 bytes of a keyed hash, by which a dossier is known again and not read."""

    def salts(self, n: int) -> list[bytes]:
        """*n* times 32 bytes that nobody can guess."""
