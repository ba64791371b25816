"""A new pair of tokens, on disk from the moment it arrives until the database has it.

The database may be locked or full just then, and its process may die: whoever looks next, in any
process beside this database, finds the pair here, sealed.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.own_files import own_file
from storage.grants import Pair
from storage.store import Store


@dataclass(frozen=True)
class Keeping:
    """Where the successors of one account's pairs wait, one file for each generation."""

    store: Store
    account_id: int

    def keep(self, generation: int, pair: Pair) -> None:
        """Write down, on disk, what came in the place of *generation*.

        Raises:
            OSError: there is no room for it.
        """
        told = json.dumps((pair.access, pair.refresh, pair.access_until))
        sealed = self.store.cipher.seal(told, self._context(generation))
        part = self._path(generation).with_suffix(".part")
        with own_file(part) as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path(generation))

    def kept(self, generation: int) -> Pair | None:
        """What came in the place of *generation* and may not be in the database yet."""
        try:
            sealed = self._path(generation).read_bytes()
        except FileNotFoundError:
            return None
        access, refresh, until = json.loads(
            self.store.cipher.open(sealed, self._context(generation))
        )
        return Pair(access, refresh, until)

    def forget(self, before: int) -> None:
        """The database has the successors of all generations before this one."""
        for path in self.store.path.parent.glob(f"{self._stem()}-*.pair"):
            number = path.stem.rpartition("-")[2]
            if number.isdecimal() and int(number) < before:
                with suppress(FileNotFoundError):  # another process was quicker
                    path.unlink()

    def _path(self, generation: int) -> Path:
        return self.store.path.with_name(f"{self._stem()}-{generation}.pair")

    def _stem(self) -> str:
        return f"{self.store.path.name}-oa-{self.account_id}"

    def _context(self, generation: int) -> bytes:
        return b"kept:%d:%d" % (self.account_id, generation)
