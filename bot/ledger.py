"""The ledger of erasures as a file beside the database, in no backup: one line an act."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

from bot.settings import Settings
from storage.ledger import ERASE, HASH, WITHDRAW, hash_of
from storage.writer import StorageUnavailable

_LINE = 1 + 1 + HASH + 1  # kind, space, hash, line end
_ACT = re.compile(f"([{ERASE}{WITHDRAW}]) ([0-9a-f]{{{HASH}}})")


class LedgerFile:
    """Oldest first; only the writers add to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def length(self) -> int:
        """How many acts it holds; a line that a crash has cut is none."""
        return self.path.stat().st_size // _LINE if self.path.exists() else 0

    def add(self, kind: str, code_hash: int) -> int:
        """Write an act down so that it survives a power cut; return how many there are now."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # other processes add to it too; closing gives it back
            length = self.length
            file.truncate(length * _LINE)
            file.seek(0, os.SEEK_END)
            file.write(f"{kind} {hash_of(code_hash)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        return length + 1

    def after(self, known: int) -> dict[str, str]:
        """Kinds of the acts after the first *known*, by hash.

        Raises:
            StorageUnavailable: a line is no act, so that what was erased could come back.
        """
        if known >= self.length:
            return {}
        lines = self.path.read_text("ascii", "replace").splitlines()[known : self.length]
        acts = [_ACT.fullmatch(line) for line in lines]
        if None in acts:
            damaged = known + acts.index(None) + 1
            raise StorageUnavailable(f"{self.path}: line {damaged} is damaged; put its copy back")
        return {act[2]: act[1] for act in acts if act}


def ledger(settings: Settings) -> LedgerFile:
    """The ledger of this installation."""
    return LedgerFile(settings.erasures or settings.database_path.with_suffix(".erased"))
