"""Questions, answers and overdue ones as entries of feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from handlers.media.entries import Entry, Reader, as_html, as_plain
from handlers.media.licence import LICENCE
from handlers.relays.told import Told, public, told
from handlers.service import VIETNAM

TOLD_MOST = 40


async def relayed(reader: Reader) -> list[Entry]:
    """What was asked, what is overdue, and what was answered; nothing of what was withdrawn."""
    known = (await public(reader.asked, reader.state))[:TOLD_MOST]
    those = (told(reader.asked, reader.state, each, reader.language) for each in known)
    return [entry for each in those for entry in _entries(reader, each)]


def _entries(reader: Reader, of: Told) -> Iterator[Entry]:
    yield _entry(reader, of, "asked", of.relay.asked_at)
    if of.late:
        yield _entry(reader, of, "overdue", _morning_after(of.relay.due))
    if not of.is_open:
        yield _entry(reader, of, of.relay.outcome, of.relay.published_at, of.relay.words)


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
