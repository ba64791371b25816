"""What happened to questions in a week, as sentences of the weekly pack.

A pack is kept as it was made, so no citizen's or unit's words are in it: they could not be taken
back. Nor could a sentence of ours vouch for a change that an answer claims.
"""

from __future__ import annotations

from datetime import date, timedelta

from handlers.media.week import Week
from handlers.messages import text
from handlers.relays.told import local_day, public, told
from handlers.service import Service, State
from sipas.relays import overdue
from storage.relays import Relay


async def answered(asked: Service, state: State, language: str, week: Week) -> list[str]:
    """The answers published in the week, what was fixed first."""
    days = ((week.day - timedelta(7)).isoformat(), week.day.isoformat())
    found = [
        each
        for each in await public(asked, state)
        if each.editions and days[0] <= local_day(each.editions[0].published_at) < days[1]
    ]
    found.sort(key=lambda each: each.outcome != "fixed")
    return [_answered(asked, state, language, each) for each in found]


def _answered(asked: Service, state: State, language: str, each: Relay) -> str:
    return text(
        language,
        "relays.week.answered",
        unit=told(asked, state, each, language).unit,
        asker=each.outlet or text(language, "relays.editors"),
        outcome=text(language, f"relays.outcome.{each.outcome}").lower(),
        address=f"{asked.public_url}/answers/{each.relay_id}",
    )


async def unanswered(asked: Service, state: State, language: str, week: Week) -> list[str]:
    """How many questions are overdue when the week ends, and for how long the oldest."""
    late = [
        (days, each)
        for each in await public(asked, state)
        if (days := overdue(each.state, date.fromisoformat(each.due), week.day))
    ]
    if not late:
        return []
    days, longest = max(late, key=lambda pair: pair[0])
    unit = told(asked, state, longest, language).unit
    address = f"{asked.public_url}/answers"
    params = {"n": len(late), "unit": unit, "days": days, "address": address}
    return [text(language, "relays.week.overdue", **params)]
