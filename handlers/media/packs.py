"""The weekly pack: what a newsroom can print unedited, made once and kept as it was made.

A month is told in the week in which it is settled and in no other: nobody can print twice, as
news, what changed once. Weeks have no figures of their own in public, so a pack tells of months.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, timedelta

from handlers.api import published_unit
from handlers.cases.happened import overdue
from handlers.comparing import changes, overall
from handlers.media.articles import Writer
from handlers.media.editions import editions
from handlers.media.pack_words import HEADS, Desk, Row
from handlers.media.week import Week, week_before
from handlers.messages import LANGUAGES, text
from handlers.pace import AT_LEISURE, Pace
from handlers.relays.happened import answered, unanswered
from handlers.scores import By, Scores
from handlers.sentences import week_number
from handlers.service import Service, State
from handlers.voices.quotes import released_quotes, settled_quarter
from storage import packs, registry
from storage.directory import Unit
from storage.packs import Pack

WORDS_MOST = 250
QUOTES_MOST = 5
SPOKEN_MOST = 190
"""Syllables that are read aloud in a minute."""


@dataclass(frozen=True, slots=True)
class Told:
    """A pack in one language; *chart* is a Vega-Lite specification, or empty.

    Attributes:
        quotes: released ones, found when the pack is read: their authors may take them back.
        drawn, quoted: how they were drawn, with the seed, and what stands above them.
    """

    title: str
    paragraphs: tuple[str, ...]
    spoken: str
    heads: tuple[str, ...]
    rows: list[Row]
    chart: str
    quotes: tuple[str, ...] = ()
    drawn: str = ""
    quoted: str = ""

    @property
    def text(self) -> str:
        """Everything that is to be printed."""
        return "\n\n".join([self.title, *self.paragraphs])


async def make(asked: Service) -> str:
    """Make the pack of the week that is over, if there is none; its week, or nothing."""
    week = week_before(asked.today())
    if await asked.store.look(packs.pack, week.code):
        return ""
    state = await asked.state()
    if state.release is None or not any(_is_root(each) for each in state.directory.units):
        return ""  # nothing is there yet to be told
    simulated = await asked.store.look(registry.fact, "demo") is not None
    told = {each: asdict(await tell(asked, state, each, simulated, week)) for each in LANGUAGES}
    made_at = asked.clock().astimezone(UTC).isoformat(timespec="seconds")
    until = week.until.isoformat(timespec="seconds")
    made = Pack(week.code, made_at, until, json.dumps(told, ensure_ascii=False))
    return week.code if await asked.store.write(packs.keep, made) else ""


def _is_root(unit: Unit) -> bool:
    return unit.parent_code is None and unit.published and unit.valid_to is None


def told_in(pack: Pack, language: str) -> Told:
    """A kept pack in a language, without quotes."""
    found = json.loads(pack.told)[language]
    lists = {name: tuple(found[name]) for name in ("paragraphs", "heads")}
    return Told(**{**found, **lists, "quotes": ()})


async def with_quotes(asked: Service, pack: Pack, language: str) -> Told:
    """A kept pack with quotes of the newest settled quarter then, drawn by the week's code."""
    year, week = pack.week.split("-W")
    monday = date.fromisocalendar(int(year), int(week), 1) + timedelta(7)
    root = published_unit(await asked.state(), "")
    found = await released_quotes(asked, root, settled_quarter(monday), QUOTES_MOST, pack.week)
    drawn = text(language, "voices.drawn", seed=found.seed)
    heading = text(language, "packs.quotes")
    return replace(told_in(pack, language), quotes=found.texts, drawn=drawn, quoted=heading)


async def tell(asked: Service, state: State, language: str, simulated: bool, week: Week) -> Told:
    """The week in words, numbers and a picture."""
    desk = await _desk(asked, state, language, week)
    happened = [line for source in SOURCES for line in await source(asked, state, language, week)]
    first, more = desk.leading(happened)
    demo = [desk.say("site.demo")] * simulated
    title = desk.say("packs.title", week=week_number(week.code), place=desk.name(desk.root.code))
    last = [*desk.whole(), *demo, desk.say("packs.method"), desk.source()]
    begin, end = desk.say("packs.spoken.open", place=desk.name(desk.root.code)), "packs.spoken.end"
    aloud = fitted([begin], desk.spoken(), [*demo, desk.say(end)], SPOKEN_MOST)
    return Told(
        title=title,
        paragraphs=fitted(first, more, last, WORDS_MOST - len(title.split())),
        spoken=" ".join(aloud),
        heads=tuple(desk.say(f"packs.head.{each}") for each in HEADS),
        rows=desk.rows(),
        chart=await desk.chart(simulated),
    )


async def _desk(asked: Service, state: State, language: str, week: Week) -> Desk:
    root, scores = published_unit(state, ""), Scores(asked, state, pace=Pace(AT_LEISURE))
    # What is shown of fewer days than the month has is not compared with another month.
    found = {
        code: each
        for code, each in (await changes(scores, root, week.now, week.then)).items()
        if not (each.one.first or each.other.first)
    }
    ratings = overall(await scores.asked_for(root, week.now, By.UNIT))
    # In the list of units the province is what it received itself; here it is all of them.
    ratings |= overall(await scores.asked_for(root, week.now, None))
    return Desk(scores, root, week, found, ratings, language)


def fitted(first: list[str], more: list[str], last: list[str], most: int) -> tuple[str, ...]:
    """All paragraphs, without the hindmost of *more* where they would be too many words.

    >>> fitted(["a b"], ["c d e", "f"], ["g"], 6)
    ('a b', 'c d e', 'g')
    """
    kept = list(more)
    while kept and sum(len(each.split()) for each in (*first, *kept, *last)) > most:
        kept.pop()
    return (*first, *kept, *last)


async def corrected(asked: Service, state: State, language: str, week: Week) -> list[str]:
    """What was published, corrected or withdrawn in the week."""
    writer = Writer(asked, state, language, simulated=False)
    since = (week.day - timedelta(days=7)).isoformat()
    found = [
        e for e in await editions(asked, state) if since <= e.of.at[:10] < week.day.isoformat()
    ]
    return [f"{writer.article(each).title}." for each in found]


Source = Callable[[Service, State, str, Week], Awaitable[list[str]]]
SOURCES: tuple[Source, ...] = (corrected, answered, unanswered, overdue)
"""What may lead a week without a change: each tells what happened, as printable sentences."""
