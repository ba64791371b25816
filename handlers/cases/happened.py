"""What a weekly pack may tell of cases: how many of the whole province are overdue."""

from __future__ import annotations

from handlers.media.week import Week
from handlers.messages import text
from handlers.sentences import whole
from handlers.service import Service, State
from sipas.cases import Standing, standing
from storage import cases
from storage.release import BATCH_LEAST


async def overdue(asked: Service, state: State, language: str, week: Week) -> list[str]:
    """Cases that nobody has seen to in time, from so many on that none can be told apart."""
    found = await asked.store.look(cases.cases)
    late = [standing(each.state, each.clocks, week.day) for each in found]
    n = late.count(Standing.OVERDUE)
    return [text(language, "cases.overdue", n=whole(n, language))] if n >= BATCH_LEAST else []
