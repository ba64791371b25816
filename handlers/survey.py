"""What receiving needs from outside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.receipts.using import NO_RECEIPTS, Receipts
from handlers.verdicts import Count, tick_of, uncounted
from sipas.codes import CHANCE_BITS, response_code
from sipas.events import Moment
from sipas.instrument import Instrument
from sipas.packing import half_day

TAG_BITS = 32
DRAW_BITS = 128  # so many that no set of items is likelier than another


@dataclass(frozen=True)
class Survey:
    """What receiving needs from outside the transaction.

    Attributes:
        instruments: by reference.
        notice: version of the short notice that a first level consents to.
        chance: as `secrets.randbits`.
        code_hash: keyed hash of a response code, 64 bits.
        receipts: by what receipts are checked.
        count: told every verdict, for the metrics; a write done again is told again.
        inspection: code of the unit that inspects; empty for the highest.
    """

    instruments: Mapping[str, Instrument]
    notice: int
    chance: Callable[[int], int]
    code_hash: Callable[[str], int]
    count: Count = uncounted
    receipts: Receipts = NO_RECEIPTS
    inspection: str = ""

    def moment(self, now: datetime) -> Moment:
        """The facts of *now*, with chance for what this update may begin or close."""
        half = half_day(now)
        drawn = self.chance(TAG_BITS + CHANCE_BITS)
        tag = f"{drawn >> CHANCE_BITS:0{TAG_BITS // 4}X}"
        code = response_code(half >> 1, drawn % (1 << CHANCE_BITS))
        return Moment(half, tag, str(self.notice), code, tick_of(now), self.chance(DRAW_BITS))
