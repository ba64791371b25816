"""A simulated year through the way every answer takes: receive, close, judge, release.

Every visitor has a conversation of its own and taps what the simulation drew; the clock is the
simulated one. Only the channel's outer skin is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.instruments import shipped
from bot.keys import Keys
from bot.loading import Places, load_places
from bot.simulation.moods import Answers
from bot.simulation.world import EPOCH, CounterDay, World
from handlers.inbound import Inbound, Start, Tap
from handlers.receive import Survey, receive
from sipas.events import Ask, payload
from sipas.instrument import Instrument, Kind
from sipas.packing import HANOI, half_day
from sipas.session import Stratum
from storage.release import release
from storage.store import Store
from storage.transaction import Transaction

_PASSES = {"n": ".na", "s": ".skip", "r": ".refuse", "-": ".skip"}
_TURNS = 60
_EACH = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor at one counter."""

    at: datetime
    counter: str
    instrument: Instrument
    fields: tuple[str, ...]
    said: Answers


async def receive_year(store: Store, keys: Keys, where: Places, world: World) -> int:
    """Play the whole world into an empty database and release it; return how many visits."""
    chance = random.Random(f"{world.seed} visits")  # noqa: S311 - reproducible
    survey = Survey(shipped(), 1, chance.getrandbits, keys.code_hash)
    await store.write(load_places, where, world.last)
    account = await store.write(Transaction.account_id, "web", "web")
    played = 0
    for _, day in groupby(world.draw(), lambda each: each.day):
        visits = sorted(_visits(day, world, chance), key=lambda visit: visit.at)
        await store.write(_play, survey, account, visits, played)
        played += len(visits)
        if visits:
            await store.write(release, survey.instruments, half_day(visits[-1].at), chance)
    later = datetime(world.last.year + 1, world.last.month, 28, tzinfo=HANOI)
    await store.write(release, survey.instruments, half_day(later), chance)
    return played


def _visits(days: Iterator[CounterDay], world: World, chance: random.Random) -> Iterator[Visit]:
    for each in days:
        counter = world.desks[each.desk].counter
        instrument = shipped()[counter.instrument]
        day = EPOCH + timedelta(days=each.day)
        for said in each.answers:
            minute, second = chance.randrange(60), chance.randrange(60)
            at = datetime(day.year, day.month, day.day, said.hour, minute, second, tzinfo=HANOI)
            yield Visit(at, counter.code, instrument, counter.fields, said)


def _play(
    tx: Transaction, survey: Survey, account: int, visits: Sequence[Visit], first: int
) -> None:
    for number, visit in enumerate(visits, first):
        _converse(tx, survey, account, visit, number)


def _converse(tx: Transaction, survey: Survey, account: int, visit: Visit, number: int) -> None:
    """Scan, then answer what is asked until nothing is."""
    conversation, at = b"visitor:" + number.to_bytes(8, "big"), visit.at
    happening: Start | Tap = Start(visit.counter, Stratum(visit.said.stratum))
    for turn in range(_TURNS):
        inbound = Inbound(account, "web", f"{number}.{turn}", conversation, (happening,))
        shown = receive(tx, survey, inbound, at)
        asks = [part for part in shown.screen if isinstance(part, Ask)] if shown else []
        if not asks:
            return
        at += _EACH
        happening = Tap(payload(asks[0].tag, asks[0].question, _tapped(asks[0], visit)))
    raise RuntimeError(f"the conversation at {visit.counter} does not end")


def _tapped(ask: Ask, visit: Visit) -> str:
    """What this visitor taps when asked."""
    said, places = visit.said, {item.key: at for at, item in enumerate(visit.instrument.items)}
    if ask.question in _ASIDE:
        return _ASIDE[ask.question](visit) or ".skip"
    item = visit.instrument.item(ask.question)
    if item.kind is Kind.REASONS:
        left = [each for each in said.reasons if each not in ask.chosen]
        return left[0] if left and ask.question == "reasons" else ".done"
    mark = said.levels[places[item.key]] if item.key in places else "s"
    if item.kind is Kind.EVENT and mark not in _PASSES:
        return next(option.code for option in item.options if option.letter == mark)
    return ".skip" if item.kind is Kind.TEXT else _PASSES.get(mark, mark)


def _more(visit: Visit) -> str:
    return "yes" if set(visit.said.levels[1:]) & set("12345") else "no"


def _field(visit: Visit) -> str:
    pick = visit.said.pick
    return visit.fields[pick % len(visit.fields)] if visit.fields and pick >= 0 else ""


_ASIDE: dict[str, Callable[[Visit], str]] = {
    "more": _more,
    "stage": lambda visit: visit.said.stage,
    "kind": lambda visit: visit.said.kind,
    "field": _field,
}
