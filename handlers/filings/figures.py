"""The figures of a filing: taken as one snapshot, and told by name wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from handlers.messages import catalogue, text
from handlers.scores import By, Scores
from handlers.sentences import name_of
from handlers.service import Service, State
from sipas.figures import Figure, Part, record
from sipas.instrument import Instrument
from sipas.ledger import Record
from sipas.periods import Period
from storage.directory import Unit
from storage.filing_rows import Taken

TOTAL = "total"
_LISTS = (By.UNIT, By.COUNTER)
_VALUES = (By.FIELD, By.CHANNEL, By.STRATUM)
BREAKDOWNS = (TOTAL, *map(str, (*_LISTS, *_VALUES)))


@dataclass(frozen=True, slots=True)
class Line:
    """A figure by the name people know."""

    name: str
    figure: Record


async def taken(asked: Service, state: State, unit: Unit, period: Period) -> Taken:
    """The unit's figures as they are now, whoever asks: its own, and those published below it.

    So each is the figure that everybody finds under its id; only the unit may be unpublished.
    """
    scores = Scores(asked, state, own=frozenset({unit.code}))
    found = [_kept(scores, TOTAL, "", figure) for figure in await scores.of_unit(unit, period)]
    # Not through `asked_for`: what it remembers is for readers who see published units only.
    for by, listed in (
        (By.UNIT, await scores.by_unit(unit, period)),
        (By.COUNTER, await scores.by_counter(unit, period)),
    ):
        found += [_kept(scores, by, "", each) for each in listed if _adds(state, by, unit, each)]
    for by in _VALUES:
        valued = await scores.by_value(unit, period, by)
        found += [_kept(scores, by, of, each) for of, each in valued]
    return Taken(scores.release, found)


def _adds(state: State, by: By, unit: Unit, figure: Figure) -> bool:
    """Not the unit itself, which is the total, nor a counter that everybody may not see."""
    counter = state.directory.counter(figure.counter) if by is By.COUNTER else None
    return counter.public if counter else by is not By.UNIT or figure.unit != unit.code


def _kept(scores: Scores, by: str, of: str, figure: Figure) -> Record:
    place = {"by": str(by), "of": of} if of else {"by": str(by)}
    return {**place, **record(figure), "release": scores.release}


def lines(asked: Service, state: State, figures: Iterable[Record], language: str) -> list[Line]:
    """Every figure with its name, in the order of the snapshot; its form where there are more."""
    every = list(figures)
    forms = len({each["instrument"] for each in every}) > 1
    named = partial(name, asked, state, language=language, form=forms)
    return [Line(named(figure), whole(figure)) for figure in every]


def whole(figure: Record) -> Record:
    """*figure* with what records leave out and pages ask for."""
    return {"suppressed": False, **figure}


def of_breakdown(figures: Sequence[Record], by: str) -> list[Record]:
    """The figures of one breakdown; of a list one headline for each row, of the total all."""
    found = [each for each in figures if each["by"] == by]
    if by == TOTAL:
        return found
    best: dict[tuple[Any, ...], Record] = {}
    for each in found:
        row = (each.get("of"), each["unit"], each.get("counter"), each["instrument"])
        if row not in best or (best[row]["value"] is None and each["value"] is not None):
            best[row] = each
    return list(best.values())


def headline(figures: Sequence[Record]) -> Record | None:
    """The index of the questionnaire most used, else its overall level; None without any."""
    return _foremost(figures, Part.INDEX, Part.OVERALL)


def overall(figures: Sequence[Record]) -> Record | None:
    """The overall level of the questionnaire most used; None where none asks for it."""
    return _foremost(figures, Part.OVERALL)


def _foremost(figures: Sequence[Record], *parts: Part) -> Record | None:
    total = [each for each in figures if each["by"] == TOTAL]
    ordered = [each for part in parts for each in total if each["part"] == part]
    shown = (each for each in ordered if each["value"] is not None)
    return next(shown, ordered[0] if ordered else None)


def lowest(figures: Sequence[Record], most: int = 3) -> list[Record]:
    """The factors of the headline's questionnaire that are lowest, the lowest first."""
    main = headline(figures)
    own = [
        each
        for each in figures
        if main and each["by"] == TOTAL and each["instrument"] == main["instrument"]
    ]
    factors = [each for each in own if each["part"] == Part.FACTOR and each["value"] is not None]
    return sorted(factors, key=lambda each: (each["value"], each["key"]))[:most]


def name(asked: Service, state: State, figure: Record, *, language: str, form: bool = True) -> str:
    """What a figure is about, in words, and in which *form* it was asked."""
    instrument = asked.survey.instruments.get(figure["instrument"])
    subject = _subject(state, figure, language)
    what = _what(instrument, figure, language)
    asked_in = figure["instrument"] if form else ""
    return " · ".join(part for part in (subject, what, asked_in) if part)


def _subject(state: State, figure: Record, language: str) -> str:
    if code := figure.get("counter"):
        counter = state.directory.counter(code)
        return f"{counter.name} ({code})" if counter else code
    if figure["by"] == By.UNIT:
        unit = state.directory.unit(figure["unit"])
        return name_of(unit, language) if unit else figure["unit"]
    return _value(state, figure["by"], figure.get("of", ""), language)


def _value(state: State, by: str, of: str, language: str) -> str:
    if by == TOTAL:
        return ""
    if by == By.FIELD and (
        field := next((f for f in state.directory.fields if f.code == of), None)
    ):
        return (field.name_en if language == "en" else "") or field.name
    return catalogue(language).get(f"{by}.{of}") or text(language, "filings.unknown")


def _what(instrument: Instrument | None, figure: Record, language: str) -> str:
    key, part = figure["key"], figure["part"]
    if part == Part.INDEX:
        return text(language, "filings.index")
    if part == Part.OVERALL:
        return text(language, "filings.overall")
    return next(_names(instrument, part, key, language), key) if instrument else key


def _names(instrument: Instrument, part: str, key: str, language: str) -> Iterator[str]:
    if part == Part.FACTOR:
        yield from (each.names[language] for each in instrument.factors if each.key == key)
    elif key in instrument.by_key:
        yield instrument.item(key).names.get(language) or instrument.item(key).text(language)
