"""Devices that an operator enrolled: a code, used once, becomes a token that the device keeps."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from storage.queries import write as sql
from storage.transaction import Transaction

KIOSK, PAPER = PURPOSES = ("kiosk", "paper")
CODE_SECONDS = 3600


class Device(NamedTuple):
    """An enrolled device; *opened* once its code was used."""

    device_id: int
    purpose: str
    unit: str
    counter: str
    name: str
    enrolled_on: str
    ended_on: str | None
    opened: int


class Enrolment(NamedTuple):
    """A device to be enrolled; a kiosk names the counter at which it stands."""

    purpose: str
    unit: str
    name: str
    day: str
    counter: str = ""


def enrol(tx: Transaction, new: Enrolment, code: str, now: int) -> None:
    """Add a device that may be opened with *code* for an hour from *now* (Unix seconds)."""
    sql.add_device(
        tx.connection,
        purpose=new.purpose,
        unit_code=new.unit,
        counter_code=new.counter,
        name=new.name,
        enrolled_on=new.day,
        code_hash=hashed(code),
        code_until=now + CODE_SECONDS,
    )


def open_with(tx: Transaction, code: str, token: str, now: int) -> bool:
    """Know the device that shows *code* by *token* from now on; False when the code is not good."""
    opened: int = sql.open_device(
        tx.connection, code_hash=hashed(code), token_hash=hashed(token), now=now
    )
    return opened == 1


def device_of(tx: Transaction, token: str) -> Device | None:
    """The device that keeps this token, as long as it is enrolled."""
    found = [Device(*row) for row in sql.device_of(tx.connection, token_hash=hashed(token))]
    return found[0] if found else None


def devices(tx: Transaction) -> list[Device]:
    """Every device, those that were ended included."""
    return [Device(*row) for row in sql.all_devices(tx.connection)]


def end(tx: Transaction, device_id: int, day: str) -> bool:
    """Let a device be known no longer; False when there is none to end."""
    ended: int = sql.end_device(tx.connection, device_id=device_id, day=day)
    return ended == 1


def hashed(secret: str) -> bytes:
    """What is kept of a random secret."""
    return hashlib.sha256(secret.encode()).digest()
