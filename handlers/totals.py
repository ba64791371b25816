"""The running totals of a release and of its parts, made once and beside the event loop.

Finding where they are open takes seconds of a big province. In a thread it shares the processor
with the loop, so chats are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handlers.pace import Pace
from handlers.running import Margins, Running
from handlers.service import Service, State
from handlers.splitting import Split
from handlers.tables import Table
from sipas.instrument import Instrument
from sipas.periods import settled_before
from storage import reads
from storage.directory import Unit
from storage.engine import Reader


@dataclass(frozen=True)
class Totals:
    """The running totals of one state of the installation.

    Attributes:
        pace: how long figures are made at a stretch.
    """

    asked: Service
    state: State
    pace: Pace = field(default_factory=Pace, kw_only=True)

    @property
    def release(self) -> int:
        """The release every figure is computed from."""
        return self.state.release.release_id if self.state.release else 0

    async def running(self) -> Running:
        """The running totals of this release; made once, as long as tree and day stay."""
        if (known := self._known()) is None:
            async with self.asked.making:
                known = self._known() or await self._made()
        return known

    def _known(self) -> Running | None:
        known, tree = self.asked.running, self.state.directory
        return known[2] if known and known[0] == self._named() and known[1] is tree else None

    async def _made(self) -> Running:
        """Seconds of computing, so beside the loop: chats are answered meanwhile."""
        found = {number: self._instrument(number) for number in self.state.instruments}
        instruments = {number: each for number, each in found.items() if each is not None}
        tree, named = self.state.directory, self._named()
        margins = await reads.all_margins(self._reader)
        made = await asyncio.to_thread(Running, tree, instruments, margins, self.asked.today())
        await self._find_ends(made.tables.values())
        self.asked.running = (named, tree, made)
        return made

    async def _find_ends(self, tables: Iterable[Table]) -> None:
        """Find all ends, so that whoever asks later waits for none."""
        for table in tables:
            for least, key in table.asked():
                if not self.asked.making.waiting:
                    await self.pace.rest()
                await asyncio.to_thread(table.ends, least, key)

    def _named(self) -> tuple[int, int]:
        return self.release, settled_before(self.asked.today())

    async def _split(self, dimension: str, unit: Unit | None = None) -> Mapping[int, Split]:
        """The tables of a dimension's values, or of a unit's counters; made once a release."""
        running, splits = await self.running(), self.asked.splits
        name = dimension, unit.unit_id if unit else 0
        if (known := splits.of(running, name)) is None:
            async with self.asked.making:
                if (known := splits.of(running, name)) is None:
                    margins = await self._parts(dimension, unit)
                    alone = unit is not None and self._has_one(unit, margins)
                    splits.begin(running)
                    made = await asyncio.to_thread(splits.made, running, name, margins, alone)
                    await self._find_ends(made.values())
                    known = splits.tables[name] = made
        return known

    async def _parts(self, dimension: str, unit: Unit | None) -> Margins:
        if unit is None:
            return await reads.all_margins(self._reader, dimension)
        return await reads.margins_of_counters(self._reader, unit.unit_id)

    def _has_one(self, unit: Unit, margins: Margins) -> bool:
        """Whether a unit has one counter only, at which all it got was given."""
        counters = {each.counter_id for each in self.state.directory.counters_of(unit)}
        return len(counters) == 1 and {key[3] for key in margins} <= counters

    def _instrument(self, version: int) -> Instrument | None:
        return self.asked.survey.instruments.get(self.state.instruments[version])

    @property
    def _reader(self) -> Reader:
        return self.asked.store.reader
