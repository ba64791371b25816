"""Figures that pages show first, made before anybody asks for them."""

from __future__ import annotations

from handlers.scores import By, Scores
from handlers.service import Service
from sipas.periods import quarter_of, trailing_year

FIRST = (None, By.UNIT, By.MONTH, By.CHANNEL, By.STRATUM)


async def prepare(asked: Service) -> int:
    """Make the province's figures of the year and the quarter; return the release they are of.

    A first look at a year reads all its counter-days: seconds, of which no reader should know.
    Whoever asks meanwhile is answered in between.
    """
    state = await asked.state()
    scores = Scores(asked, state)
    for unit in state.directory.units:
        if unit.parent_code is None and unit.published:
            for by in FIRST:
                await scores.asked_for(unit, trailing_year(asked.today()), by)
            await scores.asked_for(unit, quarter_of(asked.today()), By.UNIT)
    return scores.release
