"""The installation's one secret and everything derived from it: seals, pseudonyms, code hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.own_files import new_file

_NONCE = 12
_SALT = 32
BACKUP = "backup"


class KeyFileError(Exception):
    """The secret key file cannot be read or does not hold a key."""


class Keys:
    """Keys for separate purposes, derived from one secret (HKDF-SHA256, RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._seal = AESGCM(self._derive("seal"))
        self._pseudonym = self._derive("pseudonym")
        self._code = self._derive("response code")
        self._mark = self._derive("mark")
        self._dossier = self._derive("dossier code")
        self._receipt = self._derive("receipt")

    def seal(self, text: str, context: bytes) -> bytes:
        """AES-256-GCM of *text*, tied to *context*; the nonce comes first."""
        nonce = os.urandom(_NONCE)
        return nonce + self._seal.encrypt(nonce, text.encode(), context)

    def open(self, sealed: bytes, context: bytes) -> str:
        """Undo `seal`; ValueError when key, context or bytes are not the ones sealed."""
        try:
            return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], context).decode()
        except InvalidTag as error:
            raise ValueError("sealed with another key, for another row, or damaged") from error

    def pseudonym(self, account_id: int, address: str) -> bytes:
        """The conversation's key: 16 bytes that name an address only to who holds the secret."""
        name = f"{account_id}:{address}".encode()
        return hashlib.blake2s(name, key=self._pseudonym, digest_size=16).digest()  # RFC 7693

    def code_hash(self, code: str) -> int:
        """64 bits of the keyed hash of a response code."""
        digest = hmac.digest(self._code, code.encode(), hashlib.sha256)
        return int.from_bytes(digest[:8], "big")

    def mark(self, text: str) -> int:
        """63 bits of the keyed hash of what must only be known again, never read."""
        digest = hashlib.blake2s(text.encode(), key=self._mark, digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1  # SQLite's integers have a sign

    def dossier_hash(self, code: str) -> bytes:
        """16 bytes of the keyed hash of a dossier code, by which it is known again."""
        return hmac.digest(self._dossier, code.encode(), hashlib.sha256)[:16]

    def receipt_mac(self, told: bytes) -> bytes:
        """The authentication code of what a receipt's token tells."""
        return hmac.digest(self._receipt, told, hashlib.sha256)

    def salts(self, n: int) -> list[bytes]:
        """*n* times 32 bytes from the system's chance."""
        drawn = os.urandom(_SALT * n)
        return [drawn[at : at + _SALT] for at in range(0, len(drawn), _SALT)]

    def webhook_secret(self, channel: str) -> str:
        """What a platform must send back with each webhook call (characters A-Za-z0-9_-)."""
        return base64.urlsafe_b64encode(self._derive(f"webhook {channel}")).decode().rstrip("=")

    @property
    def name(self) -> str:
        """By which the secret is known again, in backups that belong to it."""
        return self._derive("name")[:8].hex()

    def _derive(self, purpose: str) -> bytes:
        return derived(self._secret, purpose)


def derived(secret: bytes, purpose: str, salt: bytes | None = None) -> bytes:
    """A key of 32 bytes for one purpose."""
    return HKDF(hashes.SHA256(), length=32, salt=salt, info=purpose.encode()).derive(secret)


def beside(secret_key_file: Path, name: str) -> Path:
    """The file of a further key, which stands beside the secret one."""
    return secret_key_file.with_name(f"{secret_key_file.stem}-{name}{secret_key_file.suffix}")


def load_keys(path: Path) -> Keys:
    """The keys of the installation's secret, which is made on first start.

    Raises:
        KeyFileError: the file cannot be read or written, or holds no 32-byte key.
    """
    return Keys(read_secret(path))


def read_secret(path: Path) -> bytes:
    """Read a key file, creating it (mode 0600) on first start.

    Raises:
        KeyFileError: the file cannot be read or written, or holds no 32-byte key.
    """
    try:
        text = path.read_text(encoding="ascii") if path.exists() else _create(path)
        secret = base64.b64decode(text, validate=False)
    except (OSError, ValueError) as error:
        raise KeyFileError(f"MOTCUA_SECRET_KEY_FILE: cannot use {path}: {error}") from error
    if len(secret) != 32:
        raise KeyFileError(
            f"MOTCUA_SECRET_KEY_FILE: {path} holds {len(secret)} bytes, expected 32 in base64"
        )
    return secret


def _create(path: Path) -> str:
    text = base64.b64encode(secrets.token_bytes(32)).decode() + "\n"
    with new_file(path) as file:
        file.write(text.encode())
    return text
