"""How often planted false answers are flagged, and how often honest counters are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from bot.simulation.world import EPOCH, World
from sipas.periods import atom
from storage.engine import Connection
from storage.numbering import CHECKS
from storage.verdicts import flagged_days

CHECK = "burst"
HONEST = "campaign"


class Found(NamedTuple):
    """Of *n* counter-days or counters of a kind, *flagged* carry a flag."""

    what: str
    flagged: int
    n: int


def found(connection: Connection, world: World) -> Iterator[Found]:
    """By kind and size of what was planted; then every other counter of the year.

    Looked for by half-month: a quiet counter's days are told together, as a later one of them
    (docs/decisions/0043).
    """
    start = (world.first - EPOCH).days
    days = flagged_days(connection, CHECKS.index(CHECK))
    flagged = {(counter, _half(day)) for counter, day in days}
    planted: dict[str, list[bool]] = defaultdict(list)
    marked = set()
    for each in world.sown.told:
        if each.what in ("stuffing", "smear", HONEST):
            at = (each.counter, _half(start + each.first))
            marked.add(at)
            planted[f"{each.what} of {each.size:.0f}"].append(at in flagged)
    for what, hits in planted.items():
        yield Found(what, sum(hits), len(hits))
    honest = {counter for counter, _ in flagged - marked}
    yield Found("other counters, in a year", len(honest), len(world.desks))


def _half(day: int) -> int:
    return atom(EPOCH + timedelta(days=day))
