"""A process of its own for work that would keep from answering; it is asked one thing at a time.

Both talk in bytes with their number before them, over the standard input and output of the one that
works. It ends with the process that has started it, however that ends.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from typing import BinaryIO

_DONE = b"done"


class Refused(Exception):
    """The process beside says why it cannot do what it was asked."""


class Beside:
    """Who works beside: started when there is work, and again when it has ended."""

    def __init__(self, module: str, *words: str) -> None:
        self._command = (sys.executable, "-P", "-m", module, *words)  # of no folder it is in
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def ask(self, told: bytes) -> bytes:
        """What it answers.

        Raises:
            Refused: it cannot.
            OSError, EOFError: it could not be started, or has ended meanwhile, twice.
        """
        async with self._turn:
            try:
                return await self._asked(told)
            except (OSError, EOFError):  # it had just ended for want of work, or was killed at it
                return await self._asked(told)

    async def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def _asked(self, told: bytes) -> bytes:
        process = await self._running()
        try:
            return await _answer(process, told)
        except BaseException:  # whatever it says later must not be taken for another answer
            await self.close()
            raise

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # A session of its own: it ends with its input, not by a key pressed at the server's.
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, start_new_session=True
            )
        return self._process


async def _answer(process: Process, told: bytes) -> bytes:
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - see PIPE
    process.stdin.write(b"%d\n" % len(told) + told)
    await process.stdin.drain()
    outcome, length = (await process.stdout.readline()).split() or (b"", b"0")
    if not outcome:
        raise EOFError("the process beside has ended")
    made = await process.stdout.readexactly(int(length))
    if outcome != _DONE:
        raise Refused(made.decode())
    return made


def work(done: Callable[[bytes], bytes], idle_s: float | None = None) -> None:
    """In the process that works: do what is asked until the input ends, or nobody asks for long.

    A ValueError of *done* is told to who asked; whatever else goes wrong ends the process.
    """
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    while select.select([sys.stdin], [], [], idle_s)[0] and (length := sys.stdin.buffer.readline()):
        try:
            made, outcome = done(_read(sys.stdin.buffer, int(length))), _DONE
        except ValueError as wrong:
            made, outcome = str(wrong).encode(), b"refused"
        answers.write(b"%b %d\n" % (outcome, len(made)) + made)
        answers.flush()


def _read(given: BinaryIO, length: int) -> bytes:
    told = given.read(length)
    if len(told) < length:  # who asked has ended: nobody waits for an answer
        raise SystemExit
    return told
