"""Which items are about the unit that received a dossier, and which about the one that resolved it.

Access (A) and officials (C) are about the receiving unit; the result (D) and the length of the time
limit about the resolving one; the other items about both.
"""

from __future__ import annotations

from enum import StrEnum

from sipas.items import Instrument, Kind


class Role(StrEnum):
    """What a unit did for a dossier."""

    RECEIVING = "receiving"
    RESOLVING = "resolving"


_OTHERS = {
    Role.RECEIVING: ("result_", "f_result", "proc_deadline"),
    Role.RESOLVING: ("access_", "f_access", "staff_", "f_staff"),
}
"""How the keys begin of items that say nothing of a role."""


def items_of(instrument: Instrument, role: Role) -> frozenset[str]:
    """The scale items that say something of a unit in *role*."""
    scales = (item.key for item in instrument.items if item.kind is Kind.SCALE)
    return frozenset(key for key in scales if not key.startswith(_OTHERS[role]))
