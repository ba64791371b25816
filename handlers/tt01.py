"""The scores of Thông tư 01/2018 of a unit and period, as far as they may be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from handlers.scores import Scores
from sipas.periods import Period
from sipas.tt01_units import Sheet, Stored, Told, unit_sheet
from storage.directory import Unit
from storage.tt01 import days_of, told_of


async def sheet(
    scores: Scores, unit: Unit, period: Period, stated: Mapping[int, Decimal] | None = None
) -> Sheet:
    """The nine indicators of *unit* with all published below it, and their total.

    Answers are of the same days as the unit's figures, so that no two periods tell a hidden cell.

    Args:
        stated: scores that the unit gives itself; they stand where nothing stored decides.

    Raises:
        ValueError: a stated score is not 0 to 2 with at most one decimal.
    """
    units = {each.unit_id for each in scores.published(unit)}
    reader, told = scores.asked.store.reader, Counter[Told]()
    for version, days in (await scores.shown_days(unit, period)).items():
        instrument = scores.asked.survey.instruments[scores.state.instruments[version]]
        told += await told_of(reader, units, version, instrument, days)
    return unit_sheet(Stored(await days_of(reader, units, period), told), stated)
