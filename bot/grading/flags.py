"""How often planted false answers are flagged, and how often honest counters are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from bot.simulation.world import EPOCH, World
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
    """By kind and size of what was planted; then every other counter of the year."""
    start = (world.first - EPOCH).days
    flagged = flagged_days(connection, CHECKS.index(CHECK))
    planted: dict[str, list[bool]] = defaultdict(list)
    marked = set()
    for each in world.sown.told:
        if each.what in ("stuffing", "smear", HONEST):
            at = (each.counter, start + each.first)
            marked.add(at)
            planted[f"{each.what} of {each.size:.0f}"].append(at in flagged)
    for what, hits in planted.items():
        yield Found(what, sum(hits), len(hits))
    honest = {counter for counter, day in flagged if (counter, day) not in marked}
    yield Found("other counters, in a year", len(honest), len(world.desks))
