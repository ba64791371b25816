"""Roots as they are told, by the interface and in packages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field

from storage.sealing import Root

Hex = Annotated[str, Field(examples=["6e340b9c"])]


class RootOut(BaseModel):
    """A day's root; what is signed is described in docs/log.md."""

    number: int
    day: str
    size: int = Field(description="leaves below the root")
    root: Hex
    previous: Hex = Field(description="SHA-256 of what was signed before; noughts in the first")
    signature: Hex = Field(description="Ed25519, by the log's key")


class LogOut(BaseModel):
    """All roots, oldest first."""

    public_key: Hex
    roots: list[RootOut]


def log_out(key: bytes, roots: Iterable[Root]) -> LogOut:
    """The log's key and its roots."""
    return LogOut(public_key=key.hex(), roots=[root_out(each) for each in roots])


def root_out(root: Root) -> RootOut:
    """A root as it is told."""
    return RootOut(
        number=root.number,
        day=root.day,
        size=root.size,
        root=root.root.hex(),
        previous=root.previous.hex(),
        signature=root.signature.hex(),
    )
