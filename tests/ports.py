"""Ports for the servers of tests, each given to one process of this machine alone."""

from __future__ import annotations

import random
import socket

GIVEN = range(20_000, 32_000)  # Linux gives a client any from 32,768 on
_CHANCE = random.SystemRandom()


def free_port() -> int:
    """A port that nobody listens on; no other process is given it before this one has ended."""
    while True:
        port = _CHANCE.choice(GIVEN)
        ours = socket.socket(socket.AF_UNIX)
        try:
            ours.bind(f"\0a test of motcua has port {port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            ours.close()
        else:
            ours.detach()  # stays open as long as the process
            return port
