"""What a public page says of findings: only those that were upheld, of public counters."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.sentences import period_text
from handlers.service import Service
from sipas.periods import Period, atom, half_month
from storage import integrity
from storage.directory import Counter


async def marks(
    asked: Service, counters: Sequence[Counter], period: Period
) -> list[tuple[str, str]]:
    """Days since *period* began, with the counter's name; *counters* are of one unit."""
    public = {each.code: each.name for each in counters if each.public}
    if not public:
        return []
    first = atom(period.first)
    found = await integrity.upheld(asked.store.reader, counters[0].unit_id, first)
    return [
        (period_text(half_month(number)), public[code]) for code, number in found if code in public
    ]
