"""A week put into words, rows and a picture: nothing that `compare` does not support."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from handlers.charts.charts import Kind, Teller, chart, days_shown
from handlers.charts.specs import Size
from handlers.comparing import Compared, Side
from handlers.explaining import Where
from handlers.media.licence import LICENCE
from handlers.media.week import Week
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.scores import Scores
from handlers.sentences import name_of, of_difference, whole
from sipas.comparison import Verdict
from sipas.figures import Figure
from storage.directory import Unit

CHANGES_MOST = 5
Row = list[str | float | int | None]
Found = Mapping[str, Compared]

HEADS = ("code", "unit", "n", "value", "low", "high", "before", "difference", "verdict")


@dataclass(frozen=True, slots=True)
class Desk:
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
            lines.append(self.say("packs.spoken.whole", when=self._when(figure), **told))
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
        found = self.found[code]
        sentence = of_difference(found, one, other, self.language)
        counted = self.say("packs.counted", n=found.one.n, before=found.other.n)
        return f"{self.name(code)}: {sentence} {counted}"

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
        days = days_shown(figure, self.week.now)
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

    def _when(self, figure: Figure) -> str:
        """The month as people say it, or the days where it is not the whole month."""
        first = self.week.now.first
        if figure.first:
            return self.say("packs.spoken.days", days=days_shown(figure, self.week.now))
        return self.say("packs.spoken.month", month=first.month, year=first.year)

    def say(self, key: str, **params: object) -> str:
        return text(self.language, key, **params)
