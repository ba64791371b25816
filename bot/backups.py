"""Backups: a copy of the database sealed with a key of its own, and how one is opened again.

A file is a line that names the form, a line of JSON (`Head`), then AES-256-GCM of the database and
its tag. A key is used for one file, derived (HKDF) from the key of backups and the head's salt.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.keys import derived
from bot.own_files import new_file, own_file

FORM = b"motcua backup 1\n"
HEAD_MOST = 1000
PIECE = 1 << 20
_TAG, _SALT = 16, 32
_NONCE = bytes(12)  # a key seals one file only


ONLY_FILES = """a backup is put back as an SQLite file, and MOTCUA_DATABASE names PostgreSQL.
See docs/operations.md#postgresql for the two commands."""


class BackupError(Exception):
    """A file is no backup of ours, is damaged, or was sealed with another key."""


@dataclass(frozen=True)
class Head:
    """What a backup tells before it is opened; a change to it is found like any other.

    Attributes:
        made: when, UTC.
        secret: by which the secret key is known that belongs to it.
        salt: from which the file's key comes, hexadecimal.
    """

    made: str
    secret: str
    salt: str


def fresh_head(made: str, secret: str) -> Head:
    """The head of a backup that is being made."""
    return Head(made, secret, os.urandom(_SALT).hex())


def seal(source: Path, target: Path, backup_key: bytes, head: Head) -> None:
    """Write the sealed form of *source*, which survives a power cut once this returns."""
    first = FORM + json.dumps(asdict(head)).encode() + b"\n"
    encryptor = Cipher(_key(backup_key, head), modes.GCM(_NONCE)).encryptor()
    encryptor.authenticate_additional_data(first)
    with source.open("rb") as plain, new_file(target) as file:
        file.write(first)
        while piece := plain.read(PIECE):
            file.write(encryptor.update(piece))
        file.write(encryptor.finalize() + encryptor.tag)
        file.flush()
        os.fsync(file.fileno())


def unseal(source: Path, target: Path, backup_key: bytes) -> Head:
    """Undo `seal`; *target* may only be used once this has returned.

    Raises:
        BackupError: it is no backup, is damaged, or was sealed with another key.
    """
    size = source.stat().st_size
    with source.open("rb") as file, own_file(target) as plain:
        head, first = _head(file)
        decryptor = Cipher(_key(backup_key, head), modes.GCM(_NONCE)).decryptor()
        decryptor.authenticate_additional_data(first)
        for piece in _pieces(file, size - len(first) - _TAG):
            plain.write(decryptor.update(piece))
        try:
            plain.write(decryptor.finalize_with_tag(file.read(_TAG)))
        except (InvalidTag, ValueError) as error:
            raise BackupError(f"{source} is damaged, or sealed with another backup key") from error
    return head


def _pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0 and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece


def _head(file: BinaryIO) -> tuple[Head, bytes]:
    form, line = file.readline(len(FORM)), file.readline(HEAD_MOST)
    try:
        head = Head(**json.loads(line)) if form == FORM else None
        if head is not None:
            bytes.fromhex(head.salt)
    except (TypeError, ValueError):
        head = None
    if head is None:
        raise BackupError(f"{file.name} is no backup made by motcua backup")
    return head, form + line


def _key(backup_key: bytes, head: Head) -> algorithms.AES256:
    return algorithms.AES256(derived(backup_key, "backup", bytes.fromhex(head.salt)))
