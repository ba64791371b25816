"""What changed between two snapshots of figures: each entry has the old and the new figure.

A snapshot is a list of figure records (`sipas.figures.record`), each with the breakdown it stands
in. A record whose content is the same at a later release keeps the id it was first stated with, so
two versions of a filing differ exactly in the entries of the ledger between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Record = Mapping[str, Any]
# What names a record; its id and release only say of which state it is.
_PLACE = ("by", "of", "unit", "counter", "instrument", "part", "key")
_STATE = frozenset({"id", "release"})


class Change(NamedTuple):
    """One figure that is no longer what it was; None where there is none before, or after."""

    place: str
    before: Record | None
    after: Record | None


def place(record: Record) -> str:
    """The name of the record's place in a snapshot.

    >>> place({"by": "total", "unit": "38", "instrument": "short.1", "part": "index", "key": "i"})
    'total||38||short.1|index|i'
    """
    return "|".join(str(record.get(name, "")) for name in _PLACE)


def changes(before: Iterable[Record], after: Iterable[Record]) -> tuple[Change, ...]:
    """What is different in *after*, by place; nothing when only ids and releases are."""
    old, new = _placed(before), _placed(after)
    found = (Change(where, old.get(where), new.get(where)) for where in sorted({*old, *new}))
    return tuple(each for each in found if _told(each.before) != _told(each.after))


def carried(before: Iterable[Record], after: Iterable[Record]) -> tuple[Record, ...]:
    """*after*, where each record with unchanged content is the one of *before*."""
    old = _placed(before)
    same = ((record, old.get(place(record))) for record in after)
    return tuple(known if known and _told(known) == _told(new) else new for new, known in same)


def applied(before: Iterable[Record], found: Iterable[Change]) -> dict[str, Record]:
    """*before* with the ledger's entries made true, by place: what the later version says."""
    told = _placed(before)
    for change in found:
        told.pop(change.place, None)
        if change.after is not None:
            told[change.place] = change.after
    return told


def _placed(records: Iterable[Record]) -> dict[str, Record]:
    return {place(record): record for record in records}


def _told(record: Record | None) -> Record | None:
    return record and {name: each for name, each in record.items() if name not in _STATE}
