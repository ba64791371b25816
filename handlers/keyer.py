"""Who keys paper: an enrolled device of a unit, never a named person."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import Depends

from handlers.devices import Asked, known_device, no_device
from storage.devices import PAPER, Device


class Keyer(NamedTuple):
    """A device that may key the forms of its units' counters."""

    device_id: int
    name: str
    units: frozenset[int]


async def keyer(device: Annotated[Device, Depends(known_device)], asked: Asked) -> Keyer:
    """The device of purpose paper that sent this request, with its unit and those below."""
    directory = (await asked.state()).directory
    unit = directory.unit(device.unit)
    if device.purpose != PAPER or unit is None:
        raise no_device()
    units = frozenset(each.unit_id for each in directory.subtree(unit))
    return Keyer(device.device_id, device.name, units)
