"""A simulated province in a database: its units and counters, and its responses as released.

Months are loaded in one transaction each, through the lines that every release goes through, so
that a recount has the same to say about them. A response here never was open or closed; the way
from a tap to a closed response is `bot.receiving`'s.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

from bot import seeds
from bot.instruments import shipped
from bot.simulation.moods import Answers
from bot.simulation.province import SimulatedCounter
from bot.simulation.world import EPOCH, CounterDay, World
from sipas.codes import check_digit
from sipas.instrument import Instrument
from sipas.packing import pack_tags
from sipas.units import CounterRow, LineageRow, UnitRow
from storage import numbering, registry
from storage.numbering import RANDOM_BITS, row_id
from storage.release import add, last_release
from storage.released import Released
from storage.store import Store
from storage.transaction import Transaction

ACTOR = "simulate"
MERGED = 3
_OLD = date(2004, 1, 1)
_DESKS = (1, 1, 2, 3)  # counters of a unit
_FIRST_CODE = 70_000


@dataclass(frozen=True, slots=True)
class Places:
    """Units, what became of some of them, and their counters."""

    units: tuple[UnitRow, ...]
    lineage: tuple[LineageRow, ...]
    counters: tuple[CounterRow, ...]


def places(units: int, seed: int, merger: date) -> Places:
    """The province and *units* of its communes; the last three of them are born by a merger."""
    chance = random.Random(f"{seed} places")  # noqa: S311 - reproducible
    rows = [row for row in seeds.seed_units() if row.valid_to is None]
    root = next(row for row in rows if row.parent is None)
    communes = [row for row in rows if row.kind in ("xa", "phuong")][:units]
    kept = communes[: len(communes) - MERGED] if len(communes) > MERGED else communes
    born = [replace(row, valid_from=merger) for row in communes[len(kept) :]]
    former = [_former(row, number, merger) for row in born for number in (1, 2)]
    standing = [replace(row, valid_from=_OLD) for row in (root, *kept)]
    tree = (*standing, *born, *former)
    return Places(
        units=tree,
        lineage=tuple(LineageRow(old.code, old.code[3:-2], merger) for old in former),
        counters=tuple(_counters(tree[1:], chance)),
    )


def _former(row: UnitRow, number: int, merger: date) -> UnitRow:
    return replace(
        row,
        code=f"cu-{row.code}-{number}",
        name=f"{row.name} ({number})",
        name_en="",
        valid_from=_OLD,
        valid_to=merger - timedelta(days=1),
    )


def _counters(units: Sequence[UnitRow], chance: random.Random) -> Iterator[CounterRow]:
    models = {row.unit: row for row in seeds.seed_counters()}
    five = _FIRST_CODE
    for unit in units:
        model = models[unit.code.removeprefix("cu-").split("-")[0]]
        for _ in range(chance.choice(_DESKS)):
            five += 1
            yield replace(
                model,
                code=f"{five}{check_digit(str(five))}",
                unit=unit.code,
                valid_from=unit.valid_from,
                valid_to=unit.valid_to,
            )


def simulated_counters(
    rows: Iterable[CounterRow], instruments: Mapping[str, Instrument]
) -> list[SimulatedCounter]:
    """The counters as plain data, which is all the simulation may know."""
    return [
        SimulatedCounter(
            code=row.code,
            unit=row.unit,
            instrument=row.instrument,
            fields=row.fields,
            items=tuple((item.key, str(item.kind)) for item in instruments[row.instrument].items),
            first=row.valid_from if row.valid_from > _OLD else date.min,
            last=row.valid_to or date.max,
        )
        for row in rows
    ]


async def load(
    store: Store, where: Places, world: World, tell: Callable[[date, int], object]
) -> int:
    """Load a province into an empty database, marked as simulated; return how many responses.

    Args:
        tell: told every month's first day and how many responses are loaded.

    Raises:
        ValueError: the database has units already.
    """
    await store.write(load_places, where, world.last)
    loaded = 0
    for month, days in groupby(world.draw(), lambda each: _month(each.day)):
        loaded += await store.write(load_days, world, days)
        tell(month, loaded)
    return loaded


def _month(day: int) -> date:
    return (EPOCH + timedelta(days=day)).replace(day=1)


def load_places(tx: Transaction, where: Places, last: date) -> None:
    """Units, counters and the mark that everything here is simulated."""
    if registry.fact(tx, "directory") is not None:
        raise ValueError("the database has units already; a simulation needs one of its own")
    registry.add_fields(tx, seeds.seed_fields())
    registry.add_units(tx, where.units)
    registry.add_lineage(tx, where.lineage)
    registry.add_counters(tx, where.counters)
    current = [unit.code for unit in where.units if unit.valid_to is None]
    registry.publish(tx, current, last.isoformat(), ACTOR, f"{last.isoformat()}T00:00:00")
    registry.mark(tx, "demo", last.isoformat())


def load_days(tx: Transaction, world: World, days: Iterable[CounterDay]) -> int:
    """Some days as one release; return how many responses they have."""
    numbers = [_numbers(tx, desk.counter) for desk in world.desks]
    arrived: Counter[tuple[int, int]] = Counter()
    chance = random.Random(f"{world.seed} {last_release(tx)}")  # noqa: S311 - reproducible
    last = (world.first - EPOCH).days + world.days
    add(tx, shipped(), 2 * last, _released(days, numbers, arrived, chance))
    for (counter_id, hour), n in arrived.items():
        tx.arrive(counter_id, hour, n)
    return arrived.total()


Numbers = tuple[int, int, int, tuple[int, ...]]


def _numbers(tx: Transaction, counter: SimulatedCounter) -> Numbers:
    """The small numbers of a counter, its unit, its questionnaire and its fields."""
    fields = tuple(tx.field_id(code) for code in counter.fields)
    return (*tx.counter_ids(counter.code), tx.instrument_id(counter.instrument), fields)


def _released(
    days: Iterable[CounterDay],
    numbers: Sequence[Numbers],
    arrived: Counter[tuple[int, int]],
    chance: random.Random,
) -> Iterator[Released]:
    """Rows with ids in the order of half-days, as releases come in the course of time."""
    draw = chance.getrandbits
    for each in days:
        counter_id, unit_id, instrument_id, fields = numbers[each.desk]
        for said in each.answers:
            levels, tags, stage, stratum, channel, kind = _coded(said)
            half = 2 * each.day + (said.hour >= 12)
            arrived[counter_id, 24 * each.day + said.hour] += 1
            yield Released(
                row_id(half, draw(RANDOM_BITS)),
                counter_id,
                unit_id,
                instrument_id,
                levels,
                tags,
                stage,
                stratum,
                channel,
                kind,
                fields[said.pick % len(fields)] if fields and said.pick >= 0 else 0,
                1,
                row_id(half, draw(RANDOM_BITS)),
            )


@lru_cache(maxsize=1 << 16)
def _coded(said: Answers) -> tuple[str, str, int, int, int, int]:
    return (
        said.levels,
        pack_tags({"reasons": said.reasons}),
        numbering.STAGES.index(said.stage),
        numbering.STRATA.index(said.stratum),
        numbering.CHANNELS.index(said.channel),
        numbering.KINDS.index(said.kind),
    )
