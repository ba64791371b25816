"""What a page of the dashboard is asked for: whose units, which unit, which period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Query

from handlers.problems import refuse
from handlers.rights import Needs, Right, Signed
from handlers.scores import Scores
from handlers.service import Service, State, service
from sipas.periods import (
    Period,
    PeriodError,
    half_month,
    month_of,
    parse_period,
    quarter_of,
    reports_of,
    settled_before,
    trailing_year,
)
from sipas.preceding import preceding
from storage.directory import Unit

OFFERED = 5
"""Periods of each kind that are offered."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One person's look at one state of the installation, over one period."""

    asked: Service
    state: State
    signed: Signed
    period: Period

    @property
    def own(self) -> frozenset[str]:
        """Codes of the units that the person sees before they are published."""
        return self.signed.units(self.state.directory)

    @property
    def scores(self) -> Scores:
        """The figures as this person may see them."""
        return Scores(self.asked, self.state, own=self.own)

    def unit(self, code: str) -> Unit:
        """One of the person's own units, by default the highest.

        Raises:
            HTTPException: 404 for any other, as if it were not there.
        """
        if code:
            self.signed.require(self.state.directory, code)
        mine = [code] if code else [grant.unit for grant in self.signed.staff.grants]
        known = (self.state.directory.unit(each) for each in mine)
        found = next((unit for unit in known if unit is not None), None)
        if found is None:
            raise refuse(HTTPStatus.NOT_FOUND, "none of your units exists")
        return found

    @property
    def root(self) -> Unit:
        """The province."""
        units = self.state.directory.units
        found = next((u for u in units if u.parent_code is None and not u.valid_to), None)
        if found is None:
            raise refuse(HTTPStatus.NOT_FOUND, "no unit has been added yet")
        return found


Asked = Annotated[Service, Depends(service)]
Seeing = Annotated[Signed, Depends(Needs(Right.SEE))]


async def seen(
    asked: Asked,
    signed: Seeing,
    period: Annotated[str, Query(max_length=24)] = "",
) -> Seen:
    """Whoever may see units, and the period asked for (by default the newest quarter)."""
    days = period_of(period) if period else newest(asked.today())
    return Seen(asked, await asked.state(), signed, days)


def period_of(code: str) -> Period:
    """The period with this code, weeks and day ranges too.

    Raises:
        HTTPException: 422 for none.
    """
    try:
        return parse_period(code)
    except PeriodError as wrong:
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"period: {wrong}") from None


def newest(today: date) -> Period:
    """The quarter of the last half-month that is settled: of a later one little is known yet.

    >>> newest(date(2026, 10, 18)).code, newest(date(2026, 10, 19)).code
    ('2026-Q3', '2026-Q4')
    """
    return quarter_of(half_month(settled_before(today) - 1).last)


def offered(today: date) -> Mapping[str, list[Period]]:
    """Periods to choose from, by kind, the newest first."""
    quarters, months = [quarter_of(today)], [month_of(today)]
    for each in (quarters, months):
        while len(each) < OFFERED:
            each.append(preceding(each[-1]))
    ended = today - timedelta(days=90)
    windows = {each.code: each for day in (today, ended) for each in reports_of(day)}
    return {
        "quarter": quarters,
        "month": months,
        "window": list(windows.values()),
        "year": [trailing_year(today), parse_period(f"{today.year}")],
    }
