"""The keys of contest tags, one for each month: files outside the database and its backups.

While a key is there, whoever has a receipt and the database finds that receipt's response; once it
is destroyed nobody does, not even with everything that is left.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

from bot.keys import read_secret
from handlers.service import VIETNAM
from storage import receipts
from storage.store import Store


class PeriodKeys:
    """Keys by month (since the year 0), in a folder beside the secret key."""

    def __init__(self, secret_key_file: Path) -> None:
        self.folder = secret_key_file.with_name(f"{secret_key_file.stem}-periods")
        self._known: dict[int, bytes] = {}

    def key(self, period: int, now: int) -> bytes | None:
        """The key of *period*, made at its first use; None for one that was before *now*.

        Raises:
            KeyFileError: the file cannot be read or written, or holds no key.
        """
        if period < now:
            self._known.pop(period, None)
            return None
        if period not in self._known:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._known[period] = read_secret(self._file(period))
        return self._known[period]

    def destroy(self, now: int) -> list[str]:
        """Overwrite and remove every key of a month before *now*; return which."""
        ended = [path for path in self._files() if path.stem < _name(now)]
        for path in ended:
            with path.open("r+b") as file:
                file.write(os.urandom(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        return [path.stem for path in ended]

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("????-??.key"))

    def _file(self, period: int) -> Path:
        return self.folder / f"{_name(period)}.key"


async def rotate(store: Store, periods: PeriodKeys, now: datetime) -> list[str]:
    """Destroy the keys of months that have ended, then what they were for; return the months.

    The log of the database is cut, so that the tags are not left in it.
    """
    today = now.astimezone(VIETNAM).date()
    destroyed = periods.destroy(today.year * 12 + today.month - 1)
    await store.write(receipts.purge, today)
    if destroyed:
        await asyncio.to_thread(store.checkpoint)
    return destroyed


def _name(period: int) -> str:
    return f"{period // 12:04}-{period % 12 + 1:02}"
