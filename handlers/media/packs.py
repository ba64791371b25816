"""The weekly pack: what a newsroom can print unedited, made once and kept as it was made.

A month is told in the week in which it is settled and in no other: nobody can print twice, as
news, what changed once. Weeks have no figures of their own in public, so a pack tells of months.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from handlers.api import published_unit
from handlers.charts.charts import Kind, Teller, chart
from handlers.charts.specs import Size
from handlers.comparing import Compared, Side, changes, overall
from handlers.explaining import Where
from handlers.media.articles import Writer
from handlers.media.editions import editions
from handlers.media.licence import LICENCE
from handlers.messages import LANGUAGES, text
from handlers.pages import shown_percent
from handlers.public import period_text
from handlers.scores import By, Scores
from handlers.sentences import name_of, of_difference, whole
from handlers.service import VIETNAM, Service, State
from sipas.comparison import Verdict
from sipas.earlier import Against, earlier
from sipas.figures import Figure
from sipas.periods import Period, atom, month_of, settled_before
from storage import packs, registry
from storage.directory import Unit
from storage.packs import Pack

WORDS_MOST = 250
SPOKEN_MOST = 190
"""Syllables that are read aloud in a minute."""
CHANGES_MOST = 5
PUBLIC_AT = time(10, 0)
"""On Monday, in Viet Nam: until then only outlets read a week's pack."""

Row = list[str | float | int | None]
Found = Mapping[str, Compared]


@dataclass(frozen=True, slots=True)
class Told:
    """A pack in one language; *chart* is a Vega-Lite specification, or empty."""

    title: str
    paragraphs: tuple[str, ...]
    spoken: str
    heads: tuple[str, ...]
    rows: list[Row]
    chart: str

    @property
    def text(self) -> str:
        """Everything that is to be printed."""
        return "\n\n".join([self.title, *self.paragraphs])


@dataclass(frozen=True, slots=True)
class Week:
    """What a pack is about.

    Attributes:
        day: the Monday after the week.
        now, then: the newest settled month and the one before.
        fresh: whether that month was settled in this week.
    """

    day: date
    now: Period
    then: Period

    @property
    def fresh(self) -> bool:
        return settled_month(self.day - timedelta(days=7)) != self.now

    @property
    def code(self) -> str:
        """As ISO 8601 writes it."""
        year, week, _ = (self.day - timedelta(days=1)).isocalendar()
        return f"{year}-W{week:02}"

    @property
    def until(self) -> datetime:
        """The moment from which the pack is everybody's."""
        return datetime.combine(self.day, PUBLIC_AT, VIETNAM).astimezone(UTC)


def week_before(today: date) -> Week:
    """The last week that is over on the day *today*."""
    day = today - timedelta(days=today.weekday())
    now = settled_month(day)
    then = earlier(now, Against.BEFORE)
    if then is None:
        raise ValueError(f"expected a month with one before it, got {now.code}")
    return Week(day, now, then)


def settled_month(day: date) -> Period:
    """The newest month that takes no more responses on a day.

    >>> [settled_month(date(2026, 12, day)).code for day in (4, 5)]
    ['2026-10', '2026-11']
    """
    month = month_of(day)
    while atom(month.last) >= settled_before(day):
        month = month_of(month.first - timedelta(days=1))
    return month


async def make(asked: Service) -> str:
    """Make the pack of the week that is over, if there is none; its week, or nothing."""
    week = week_before(asked.today())
    if await asked.store.look(packs.pack, week.code):
        return ""
    simulated = await asked.store.look(registry.fact, "demo") is not None
    state = await asked.state()
    told = {each: asdict(await tell(asked, state, each, simulated, week)) for each in LANGUAGES}
    made_at = asked.clock().astimezone(UTC).isoformat(timespec="seconds")
    until = week.until.isoformat(timespec="seconds")
    made = Pack(week.code, made_at, until, json.dumps(told, ensure_ascii=False))
    return week.code if await asked.store.write(packs.keep, made) else ""


def told_in(pack: Pack, language: str) -> Told:
    """A kept pack in a language."""
    found = json.loads(pack.told)[language]
    return Told(
        **{**found, "paragraphs": tuple(found["paragraphs"]), "heads": tuple(found["heads"])}
    )


async def tell(asked: Service, state: State, language: str, simulated: bool, week: Week) -> Told:
    """The week in words, numbers and a picture."""
    desk = await _desk(asked, state, language, week)
    happened = [line for source in SOURCES for line in await source(asked, state, language, week)]
    first, more = desk.leading(happened)
    demo = [desk.say("site.demo")] * simulated
    title = desk.say("packs.title", week=week.code, place=desk.name(desk.root.code))
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


async def _desk(asked: Service, state: State, language: str, week: Week) -> _Desk:
    scores, root = Scores(asked, state), published_unit(state, "")
    # What is shown of fewer days than the month has is not compared with another month.
    found = {
        code: each
        for code, each in (await changes(scores, root, week.now, week.then)).items()
        if not (each.one.first or each.other.first)
    }
    ratings = overall(await scores.asked_for(root, week.now, By.UNIT))
    # In the list of units the province is what it received itself; here it is all of them.
    ratings |= overall(await scores.asked_for(root, week.now, None))
    return _Desk(scores, root, week, found, ratings, language)


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
SOURCES: tuple[Source, ...] = (corrected,)
"""What may lead a week without a change: each tells what happened, as printable sentences."""

HEADS = ("code", "unit", "n", "value", "low", "high", "before", "difference", "verdict")


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who words a week."""

    scores: Scores
    root: Unit
    week: Week
    found: Found
    ratings: Mapping[str, Figure]
    language: str

    def leading(self, happened: list[str]) -> tuple[list[str], list[str]]:
        """What comes first, and what follows it as far as there is room."""
        clear, among = self._clear(), len(self.found)
        if not self.week.fresh:
            return [
                *happened[:1],
                self.say("packs.quiet", month=self._months()["month"]),
            ], happened[1:]
        if not clear:
            same = self.say("packs.same", among=among, **self._months())
            return [*happened[:1], same], happened[1:]
        lead = self.say("packs.changed", clear=len(clear), among=among, **self._months())
        return [lead], [
            *map(self._change, clear[:CHANGES_MOST]),
            self.say("packs.chance"),
            *happened,
        ]

    def whole(self) -> Iterator[str]:
        """The province itself, where it shows a figure."""
        figure = self.ratings.get(self.root.code)
        if figure and figure.value is not None:
            yield self.say("packs.whole", **self._figure(figure))

    def spoken(self) -> list[str]:
        """The same to be read aloud: whole people of a hundred, no signs."""
        figure, lines = self.ratings.get(self.root.code), []
        if (
            figure
            and figure.value is not None
            and figure.low is not None
            and figure.high is not None
        ):
            of = [f"{round(100 * float(each))}" for each in (figure.value, figure.low, figure.high)]
            told = {
                "value": of[0],
                "low": of[1],
                "high": of[2],
                "n": whole(figure.n, self.language),
            }
            lines.append(self.say("packs.spoken.whole", **self._month(), **told))
        if not self.week.fresh or not (clear := self._clear()):
            return [*lines, self.say("packs.spoken.same")]
        return lines + [
            self.say(f"packs.spoken.{self.found[code].difference.verdict}", unit=self.name(code))
            for code in clear[:CHANGES_MOST]
        ]

    def rows(self) -> list[Row]:
        """Every unit with its overall rating, and the change where both months show one."""
        units = self.scores.published(self.root)
        return [
            self._row(unit, self.ratings[unit.code]) for unit in units if unit.code in self.ratings
        ]

    async def chart(self, simulated: bool) -> str:
        """The units side by side, else the province's levels; nothing where neither is shown."""
        figure = self.ratings.get(self.root.code)
        if figure is None or figure.value is None:
            return ""
        where = Where(self.root, self.week.now)
        tell = Teller(self.scores, where, figure, self.language, simulated, source=self.source())
        made = await chart(tell, Kind.UNITS) or await chart(tell, Kind.LEVELS)
        return json.dumps(made.spec(Size.SHARE), ensure_ascii=False) if made else ""

    def _clear(self) -> list[str]:
        """Units that may be said to have changed, the furthest first."""
        told = {code: each.difference for code, each in self.found.items()}
        clear = [code for code, each in told.items() if each.verdict is not Verdict.UNCLEAR]
        return sorted(clear, key=lambda code: -abs(told[code].value))

    def _change(self, code: str) -> str:
        unit = self.scores.state.directory.unit(code) or self.root
        one, other = Side(unit, self.week.now), Side(unit, self.week.then)
        sentence = of_difference(self.found[code], one, other, self.language)
        return f"{self.name(code)}: {sentence}"

    def _row(self, unit: Unit, figure: Figure) -> Row:
        found = self.found.get(unit.code)
        apart = (found.other.value, 100 * found.difference.value) if found else (None, None)
        numbers = (figure.value, figure.low, figure.high, *apart)
        told = [None if each is None else float(each) for each in numbers]
        verdict = self.say(f"packs.verdict.{found.difference.verdict}") if found else ""
        return [unit.code, name_of(unit, self.language), figure.n, *told, verdict]

    def name(self, code: str) -> str:
        unit = self.scores.state.directory.unit(code)
        return name_of(unit, self.language) if unit else code

    def _figure(self, figure: Figure) -> dict[str, str]:
        share = partial(shown_percent, self.language)
        told = {name: share(getattr(figure, name)) for name in ("value", "low", "high")}
        days = period_text(self.week.now)
        if figure.first:  # fewer days than the month has
            days = f"{figure.first} – {figure.last}"
        return {
            **told,
            "n": whole(figure.n, self.language),
            "days": days,
            "place": self.name(self.root.code),
        }

    def source(self) -> str:
        """Where all this is from, and how it may be used."""
        address = self.scores.asked.public_url
        return self.say("packs.source", licence=LICENCE.name, address=address)

    def _months(self) -> dict[str, str]:
        both = {"month": self.week.now.first, "before": self.week.then.first}
        return {name: f"{day.month}/{day.year}" for name, day in both.items()}

    def _month(self) -> dict[str, str]:
        return {"month": f"{self.week.now.first.month}", "year": f"{self.week.now.first.year}"}

    def say(self, key: str, **params: object) -> str:
        return text(self.language, key, **params)
