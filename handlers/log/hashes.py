"""Hashes for people."""

from __future__ import annotations


def grouped(hashed: bytes) -> str:
    """A hash as it can be read aloud and compared on paper.

    >>> grouped(bytes(4))
    '0000 0000'
    """
    return hashed.hex(" ", 2)
