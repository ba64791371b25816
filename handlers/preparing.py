"""Figures that pages show first, made before anybody asks for them."""

from __future__ import annotations

from handlers.dashboard.asking import newest
from handlers.pace import BESIDE, Pace
from handlers.scores import By, Scores
from handlers.service import Service, State
from sipas.periods import quarter_of, trailing_year
from sipas.preceding import preceding
from storage.directory import Unit

FIRST = (None, By.UNIT, By.MONTH, By.CHANNEL, By.STRATUM, By.FIELD, By.KIND, By.STAGE)


async def prepare(asked: Service) -> int:
    """Make the province's figures of the year and of quarters; return the release they are of.

    A first look at a year reads all its counter-days: seconds, of which no reader should know.
    Whoever asks meanwhile is answered in between.
    """
    state = await asked.state()
    anybody = Scores(asked, state, pace=Pace(BESIDE))
    looked_at = newest(asked.today())
    for unit in state.directory.units:
        if unit.parent_code is None and unit.published:
            for by in FIRST:
                await anybody.asked_for(unit, trailing_year(asked.today()), by)
            await anybody.asked_for(unit, quarter_of(asked.today()), By.UNIT)
            inside = _inside(asked, state, unit)
            for quarter in (looked_at, preceding(looked_at)):
                await inside.asked_for(unit, quarter, By.UNIT)
    return anybody.release


def _inside(asked: Service, state: State, root: Unit) -> Scores:
    """What those see whose units are all units: also those that are closed to others."""
    own = frozenset(each.code for each in state.directory.subtree(root))
    return Scores(asked, state, own=own, pace=Pace(BESIDE))
