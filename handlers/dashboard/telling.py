"""A digest in plain sentences: page, PDF and mail say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from handlers.breaks import reason
from handlers.dashboard.digest import Digest
from handlers.messages import LANGUAGES, text
from handlers.plans.desk import stands
from handlers.plans.told import criterion_name
from handlers.public import figure_names, period_text
from handlers.sentences import name_of, of_difference, week_number
from handlers.service import Service, State
from sipas.figures import Part
from sipas.plans import Standing


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its sentences."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A digest in one language."""

    title: str
    unit: str
    days: str
    lead: str
    sections: tuple[Section, ...]
    note: str
    language: str


def told(asked: Service, state: State, of: Digest, language: str) -> Told:
    """*of* in words; a quiet week says that it was one."""
    say = partial(text, language)
    return Told(
        title=say("digest.title", week=week_number(of.week.code)),
        unit=name_of(of.unit, language),
        days=period_text(of.week),
        lead=say("digest.quiet" if of.quiet else "digest.lead"),
        sections=tuple(_sections(asked, state, of, language)),
        note=say("digest.note"),
        language=language,
    )


def plain(of: Told, address: str) -> str:
    """The same as the text of a mail, with the page's *address* at its end."""
    head = [f"{of.unit}, {of.days}", of.lead]
    parts = ["\n".join((each.title, *(f"- {line}" for line in each.lines))) for each in of.sections]
    return "\n\n".join((*head, *parts, of.note, address)) + "\n"


def _sections(asked: Service, state: State, of: Digest, language: str) -> Iterator[Section]:
    yield Section(text(language, "digest.changes"), tuple(_changes(asked, state, of, language)))
    others = (
        ("silent", _silent(of, language)),
        ("alarms", _alarms(state, of, language)),
        ("due", _due(of, language)),
        ("plans", _plans(asked, state, of, language)),
    )
    for key, found in others:
        if lines := tuple(found):
            yield Section(text(language, f"digest.{key}"), lines)


def _changes(asked: Service, state: State, of: Digest, language: str) -> Iterator[str]:
    if of.sides is None:
        yield text(language, "digest.unsettled")
        return
    one, other = of.sides
    days = {"now": period_text(one.period), "then": period_text(other.period)}
    yield text(language, "digest.compared", **days)
    yield from (reason(state.directory, each, language) for each in of.refused)
    names = figure_names(asked, language)
    for each in of.changes:
        name = text(language, f"compare.part.{each.one.part}")
        if each.one.part is Part.FACTOR:
            name = names.get(f"{each.one.instrument} {each.one.key}", each.one.key)
        yield f"{name}: {of_difference(each, one, other, language)}"
    if not of.changes:
        yield text(language, "digest.unchanged")


def _silent(of: Digest, language: str) -> Iterator[str]:
    for each in of.silent:
        say = {"counter": each.name, "code": each.code, "days": of.silent_days}
        yield text(language, "digest.silent.one", **say)


def _alarms(state: State, of: Digest, language: str) -> Iterator[str]:
    for each in of.raised:
        counter = state.directory.counter(each.counter)
        say = {"counter": counter.name if counter else "", "code": each.counter}
        yield text(language, f"digest.alarm.{each.why}", since=_day(each.began, language), **say)
    if of.open_before:
        yield text(language, "digest.alarm.older", n=of.open_before)


def _due(of: Digest, language: str) -> Iterator[str]:
    for kind, period, row in of.due:
        say = {"report": kind.name[language], "period": period.code}
        yield text(language, f"digest.due.{row.standing}", day=_day(row.day, language), **say)


def _plans(asked: Service, state: State, of: Digest, language: str) -> Iterator[str]:
    for plan in of.plans:
        standing = stands(plan, asked.today())
        under_way = standing in (Standing.OPEN, Standing.OVERDUE)
        day = date.fromisoformat(plan.deadline if under_way else plan.due)
        name = criterion_name(asked, state, plan, language)
        say = {"criterion": name, "period": plan.period, "day": _day(day, language)}
        yield text(language, f"digest.plan.{standing}", **say)


def _day(day: date, language: str) -> str:
    return f"{day.day}/{day.month}/{day.year}" if language == LANGUAGES[0] else day.isoformat()
