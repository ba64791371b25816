"""What is printed of an edition, word by word: nothing is said that its figures do not support."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import escape

from handlers.comparing import Compared, Side, refused, side_by_side
from handlers.filings.figures import headline, name, overall
from handlers.media.editions import Edition, Kind
from handlers.media.licence import LICENCE, citation
from handlers.messages import text
from handlers.pages import shown_percent
from handlers.public import period_text
from handlers.scores import Scores
from handlers.sentences import name_of, of_difference, whole
from handlers.service import Service, State
from sipas.earlier import Against, earlier
from sipas.figures import Figure, Part
from sipas.ledger import Change, Record, changes
from sipas.periods import parse_period

CHANGES_MOST = 10
"""Corrected figures that an article names; the report's ledger has all."""


@dataclass(frozen=True, slots=True)
class Article:
    """An edition in words.

    Attributes:
        id: an address of its own, which no other edition has or will have.
        link: where the report stands with its ledger.
        picture: address of its chart, or nothing.
        changes: the corrected figures, one a line.
    """

    id: str
    link: str
    kind: Kind
    at: str
    title: str
    paragraphs: tuple[str, ...]
    changes: tuple[str, ...]
    picture: str
    alt: str
    edition: Edition

    @property
    def plain(self) -> str:
        """Everything as text."""
        lines = (f"- {each}" for each in self.changes)
        return "\n\n".join([self.paragraphs[0], *lines, *self.paragraphs[1:]])

    @property
    def html(self) -> str:
        """Everything as HTML, which feed readers show."""
        first, *rest = (f"<p>{escape(each)}</p>" for each in self.paragraphs)
        listed = "".join(f"<li>{escape(each)}</li>" for each in self.changes)
        return "".join([first, f"<ul>{listed}</ul>" if listed else "", self._image, *rest])

    @property
    def _image(self) -> str:
        if not self.picture:
            return ""
        shown = f'src="{escape(self.picture)}" alt="{escape(self.alt)}" width="1200" height="630"'
        return f"<p><img {shown}></p>"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who puts editions into words, in one language.

    Attributes:
        simulated: whether the installation's responses are, which every article must say.
    """

    asked: Service
    state: State
    language: str
    simulated: bool

    def article(self, edition: Edition) -> Article:
        """*edition* in words."""
        known, version = edition.of.filing, edition.of.version
        base, title = f"{self.asked.public_url}/reports/{known.filing_id}", self._title(edition)
        rated = overall(edition.figures)
        drawn = rated is not None and rated.get("levels") is not None
        return Article(
            id=f"{base}#v{version}",
            link=f"{base}?lang={self.language}",
            kind=edition.kind,
            at=edition.of.at,
            title=title,
            paragraphs=tuple(self._paragraphs(edition)),
            changes=tuple(self.corrections(edition)),
            picture=f"{base}/versions/{version}.png?lang={self.language}" if drawn else "",
            alt=self._say("charts.alt", what=self._say("unit.distribution")),
            edition=edition,
        )

    def corrections(self, edition: Edition) -> Iterator[str]:
        """What the edition tells otherwise than the one before it, a line for each figure."""
        found = changes(edition.before, edition.figures) if edition.of.corrects else ()
        yield from map(self._change, found[:CHANGES_MOST])
        if len(found) > CHANGES_MOST:
            yield self._say("media.more", n=len(found) - CHANGES_MOST)

    def _say(self, key: str, **params: object) -> str:
        return text(self.language, key, **params)

    def _title(self, edition: Edition) -> str:
        main = headline(edition.figures)
        told = f"{self._unit(edition)}, {edition.of.filing.period}: {self._figure(main)}"
        return self._say(f"media.title.{edition.kind}", what=told)

    def _unit(self, edition: Edition) -> str:
        code = edition.of.filing.about
        unit = self.state.directory.unit(code)
        return name_of(unit, self.language) if unit else code

    def _figure(self, main: Record | None) -> str:
        """A figure with its name, its interval and its n."""
        if main is None:
            return self._say("figure.too_few")
        named = name(self.asked, self.state, main, language=self.language, form=False)
        return f"{named} {self._value(main)}"

    def _value(self, figure: Record | None) -> str:
        """Value, interval and n, or why there is none."""
        if figure is None:
            return "–"
        share = partial(shown_percent, self.language)
        n = whole(figure["n"], self.language) or "< 10"
        if figure["value"] is None:
            hidden = "suppressed" if figure.get("suppressed") else "too_few"
            return self._say(f"figure.{hidden}") + ("" if hidden == "suppressed" else f" (n {n})")
        low, high = share(figure["low"]), share(figure["high"])
        return self._say("media.value", value=share(figure["value"]), low=low, high=high, n=n)

    def _change(self, found: Change) -> str:
        either = found.after or found.before or {}
        named = name(self.asked, self.state, either, language=self.language)
        before, after = self._value(found.before), self._value(found.after)
        return self._say("media.change", name=named, before=before, after=after)

    def _paragraphs(self, edition: Edition) -> Iterator[str]:
        known, main = edition.of.filing, headline(edition.figures)
        place, days = self._unit(edition), parse_period(known.period)
        told = {"unit": place, "period": known.period, "days": period_text(days)}
        yield self._say("media.lead", **told, figure=self._figure(main))
        if main and main.get("first"):
            yield self._say("figure.narrowed", first=main["first"], last=main["last"])
        if edition.of.reason and edition.of.corrects:
            yield self._say("media.reason", reason=edition.of.reason)
        yield from self._year_ago(edition)
        if self.simulated:
            yield self._say("site.demo")
        yield self._say("media.method", formula=main["formula"] if main else "–")
        cited = citation(
            self.asked, self.language, place, known.period, f"/reports/{known.filing_id}"
        )
        yield f"{self._say('media.licence', licence=LICENCE.name)} {cited}"

    def _year_ago(self, edition: Edition) -> Iterator[str]:
        """The change against a year earlier, where both figures are shown and may be compared."""
        unit = self.state.directory.unit(edition.of.filing.about)
        days = parse_period(edition.of.filing.period)
        then = earlier(days, Against.YEAR)
        found = apart(headline(edition.figures), headline(edition.year_ago))
        if unit is None or then is None or found is None:
            return
        one, other = Side(unit, days), Side(unit, then)
        if not refused(Scores(self.asked, self.state), one, other):
            yield against(found, one, other, self.language)


def against(found: Compared, one: Side, other: Side, language: str) -> str:
    """One sentence about a unit's figure and that of an earlier period."""
    sentence = of_difference(found, one, other, language)
    return text(language, "media.year_ago", period=other.period.code, sentence=sentence)


def apart(one: Record | None, other: Record | None) -> Compared | None:
    """Two stored figures side by side, if both are shown and rest on the same questions."""
    if one is None or other is None or _asked_in(one) != _asked_in(other):
        return None
    return side_by_side(figure_of(one), figure_of(other))


def figure_of(told: Record) -> Figure:
    """A stored figure as the figure it was made of."""
    kept = {field: told[field] for field in Figure._fields if field in told}
    return Figure(**{"counter": "", "source": "", **kept, "part": Part(told["part"])})


def _asked_in(told: Record) -> tuple[object, ...]:
    return tuple(told.get(each) for each in ("instrument", "formula", "part", "key", "items"))
