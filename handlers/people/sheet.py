"""What stands on the paper that somebody with a new account is handed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """A login sheet; its password works once."""

    name: str
    full_name: str
    password: str
    address: str
