"""Questions, answers and overdue ones as entries of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from handlers.media.entries import Entry, Reader, as_html, as_plain
from handlers.media.licence import LICENCE
from handlers.relays.told import Told, is_public, told
from handlers.service import VIETNAM
from sipas.relays import State as Standing
from storage import relays
from storage.relays import Relay

TOLD_MOST = 40


async def relayed(reader: Reader) -> list[Entry]:
    """What was asked, is overdue, was answered, put right or withdrawn; its words went then."""
    every = await reader.asked.store.look(relays.relays)
    known = [each for each in every if is_public(reader.state, each) or _is_told(reader, each)]
    those = (told(reader.asked, reader.state, each, reader.language) for each in known[:TOLD_MOST])
    return [entry for each in those for entry in _entries(reader, each)]


def _is_told(reader: Reader, of: Relay) -> bool:
    """Whether everybody knew of a question that is withdrawn."""
    unit = reader.state.directory.unit(of.unit)
    return of.state is Standing.WITHDRAWN and unit is not None and unit.published


def _entries(reader: Reader, of: Told) -> Iterator[Entry]:
    if of.relay.state is Standing.WITHDRAWN:
        yield _withdrawn(reader, of)
        return
    yield _entry(reader, of, "asked", of.relay.asked_at)
    if of.late:
        yield _entry(reader, of, "overdue", _morning_after(of.relay.due))
    first, *later = of.relay.editions or (None,)
    if first:
        yield _entry(reader, of, first.outcome, first.published_at, first.words)
    for n, each in enumerate(later, 2):
        made = _entry(reader, of, "corrected", each.published_at, each.words)
        yield made._replace(id=f"{made.id}-{n}")


def _withdrawn(reader: Reader, of: Told) -> Entry:
    """That a question is withdrawn: not by whom, nor when, so that no erasure is told apart."""
    site = reader.asked.public_url
    summary = reader.say("relays.entry.withdrawn", unit=of.unit)
    return Entry(
        id=f"{site}/answers/{of.relay.relay_id}#withdrawn",
        link=f"{site}/answers?lang={reader.language}",
        kind="withdrawn",
        at=of.relay.asked_at,
        title=summary,
        summary=summary,
        html=as_html((summary,)),
        plain=as_plain((summary,)),
        tags=("withdrawn", of.relay.unit),
        more={"unit": of.relay.unit},
    )


def _morning_after(due: str) -> str:
    """The first moment at which an answer is late."""
    day = date.fromisoformat(due) + timedelta(1)
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC).isoformat()


def _entry(reader: Reader, of: Told, kind: str, at: str, *answer: str) -> Entry:
    address = f"{reader.asked.public_url}/answers/{of.relay.relay_id}"
    asker = of.relay.outlet or reader.say("relays.editors")
    params = {"unit": of.unit, "asker": asker, "due": of.relay.due, "n": of.late}
    summary = reader.say(f"relays.entry.{kind}", **params)
    demo = (reader.say("site.demo"),) if reader.simulated else ()
    licence = reader.say("relays.licence", licence=LICENCE.name)
    paragraphs, quotes = (summary, *answer, *demo, licence), (of.relay.quote,)
    return Entry(
        id=f"{address}#{kind}",
        link=f"{address}?lang={reader.language}",
        kind=kind,
        at=at,
        title=summary,
        summary=summary,
        html=as_html(paragraphs, quotes),
        plain=as_plain(paragraphs, quotes),
        tags=(kind, of.relay.unit),
        more={"unit": of.relay.unit, "due": of.relay.due},
    )
