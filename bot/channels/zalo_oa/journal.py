"""What became of each line of an operator's file: line numbers, no phone numbers.

A line is written down before its message goes out, so that a second run after a crash does not
invite anybody twice.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.channels.zalo_oa.invitations import Invitee

ASKED, NOT_SENT = "asked", "not sent"


class Journal:
    """The file beside the operator's, open for the length of a block."""

    def __init__(self, path: Path) -> None:
        self._last: dict[int, str] = {}
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            number, _, words = line.partition(",")
            if number.isdecimal():
                self._last[int(number)] = words
        self._path = path

    def __enter__(self) -> Self:
        self._file = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._file.close()

    def left(self, invitees: Iterable[Invitee]) -> list[Invitee]:
        """Those that were never tried, or that certainly did not go out."""
        return [each for each in invitees if self._last.get(each.line, NOT_SENT) == NOT_SENT]

    def write(self, line: int, words: str) -> None:
        """Write down, on disk, what became of a line."""
        self._file.write(f"{line},{words}\n")
        self._file.flush()
        os.fsync(self._file.fileno())
