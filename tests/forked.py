"""`motcua` as a process of its own, without the second or two in which Python reads the code.

It is forked from a process that has read it and done nothing else: with an environment, a folder
and an output of its own, and what is done to it is done by signals, as to any server.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from coverage import Coverage

from bot.cli import main

gc.freeze()  # what has been read stays, in every process that is forked from this one
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["bot.app", "tests.read_ahead", "tests.forked"])


def forked(work: Callable[..., None], *told: object) -> ForkServerProcess:
    """A process of its own that does *work*, a function of a module, with what can be pickled."""
    process = _CONTEXT.Process(target=work, args=told)
    process.start()
    return process


class Forked:
    """One such process, with what `subprocess.Popen` calls its methods."""

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        out: Path,
        err: Path | None = None,
    ) -> None:
        told = list(words), dict(environment), str(folder), str(out), str(err or out)
        self._process = forked(_run, *told)
        atexit.register(self.send_signal, signal.SIGKILL)

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """How it ended, if it has."""
        return self._process.exitcode

    def send_signal(self, sign: signal.Signals) -> None:
        """Do this to it."""
        if self.poll() is None:
            os.kill(self.pid, sign)

    def wait(self, timeout_s: float) -> None:
        """Wait until it has ended.

        Raises:
            TimeoutError: it has not.
        """
        self._process.join(timeout_s)
        if self.poll() is None:
            raise TimeoutError(f"{self._process} goes on after {timeout_s} s")


def _run(words: list[str], environment: dict[str, str], folder: str, out: str, err: str) -> None:
    for stream, path in ((sys.stdout, out), (sys.stderr, err)):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(file, stream.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        main(words, prog_name="motcua")
    finally:
        if measuring := Coverage.current():  # who is forked ends without the end of a program
            measuring.save()
