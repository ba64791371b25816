"""Released quotes of the newest settled quarter as entries of feeds, one for each unit."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from handlers.media.entries import Entry, Reader, as_html, as_plain
from handlers.media.licence import LICENCE
from handlers.sentences import name_of
from handlers.service import VIETNAM
from handlers.voices.quotes import Quotes, released_quotes, settled_quarter
from sipas.periods import SETTLED_AFTER, Period
from sipas.quotes import State
from storage import voices
from storage.directory import Unit

QUOTES_MOST = 5


async def quoted(reader: Reader) -> list[Entry]:
    """The quotes drawn for each published unit that has released ones."""
    period, entries = settled_quarter(reader.asked.today()), []
    for code, standing, _ in await reader.asked.store.look(voices.counts):
        unit = reader.state.directory.unit(code)
        if unit is not None and standing is State.RELEASED:
            found = await released_quotes(reader.asked, unit, period, QUOTES_MOST)
            entries += [_entry(reader, unit, period, found)] if found.texts else []
    return entries


def _entry(reader: Reader, unit: Unit, period: Period, found: Quotes) -> Entry:
    address = f"{reader.asked.public_url}/units/{unit.code}/{period.code}"
    name = name_of(unit, reader.language)
    title = reader.say("voices.entry", unit=name, period=period.code)
    settled = period.last + timedelta(SETTLED_AFTER + 1)
    demo = (reader.say("site.demo"),) if reader.simulated else ()
    method = reader.say("voices.drawn", seed=found.seed)
    licence = reader.say("voices.licence", licence=LICENCE.name, unit=name, address=address)
    paragraphs = (method, *demo, licence)
    return Entry(
        id=f"{address}#quotes",
        link=f"{address}?lang={reader.language}#quotes",
        kind="quotes",
        at=datetime.combine(settled, time(), VIETNAM).astimezone(UTC).isoformat(),
        title=title,
        summary=method,
        html=as_html(paragraphs, found.texts),
        plain=as_plain(paragraphs, found.texts),
        tags=("quotes", period.code, unit.code),
        more={"unit": unit.code, "period": period.code, "seed": found.seed},
    )
