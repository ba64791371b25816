"""How an open response moves: an answer is taken, the next question shown, the response closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sipas.codes import grouped
from sipas.events import Ask, Closed, Fact, Moment, Received, Say, Step, Unreceived
from sipas.items import LETTERS, Instrument, Kind
from sipas.packing import GIVEN, LEVELS, NOT_SHOWN, SKIPPED, TAGS_MOST, UNANSWERED
from sipas.plan import NOT_DRAWN, OPEN, Plan, plan
from sipas.session import Place, Session, Stratum

TEXT_MOST = 2000
TAKE_BACK = "-"
LEVELS_ANY = frozenset(LEVELS)
Says = tuple[Say, ...]


class Talk(NamedTuple):
    """An open response with its plan and the moment: what every move needs."""

    plan: Plan
    session: Session
    place: Place
    moment: Moment

    def moved(self, session: Session) -> Talk:
        """The same talk with a new session."""
        return Talk(self.plan, session, self.place, self.moment)

    @property
    def kind(self) -> Kind:
        """What an answer to the current question is."""
        return self.plan.questions[self.session.current].kind


def talk(instruments: Mapping[str, Instrument], session: Session, moment: Moment) -> Talk | None:
    """The open response of *session*, or None when none is open."""
    if session.place is None:
        return None
    chosen = plan(instruments[session.place.instrument])
    # A question may have been added at the end since the response was opened.
    answers = session.answers.ljust(len(chosen.questions), NOT_SHOWN)
    return Talk(chosen, session._replace(answers=answers), session.place, moment)


def begin(
    instruments: Mapping[str, Instrument],
    language: str,
    place: Place,
    stratum: Stratum,
    moment: Moment,
    receipt: str = "",
) -> Step:
    """Open a response: the short notice and the first question are one screen."""
    chosen = plan(instruments[place.instrument])
    place = chosen.fitted(place)
    session = Session(
        language=language,
        place=place,
        stratum=stratum,
        tag=moment.tag,
        notice=moment.notice,
        answers=chosen.opening(place, moment.draw),
        receipt=receipt,
    )
    return shown(Talk(chosen, session, place, moment), (welcome(place),))


def welcome(place: Place) -> Say:
    """The short notice: where this is, and what an answer agrees to."""
    return Say("notice", (("counter", place.name), ("unit", place.unit)))


def shown(current: Talk, says: Says = (), facts: tuple[Fact, ...] = ()) -> Step:
    """The current question on screen, after what there is to say."""
    return Step(current.session, (*says, ask(current)), facts)


def again(current: Talk, *says: Say) -> Step:
    """The current question once more; before any answer with the notice, as at the start."""
    if current.session.current == 0 and not says:
        says = (welcome(current.place),)
    return shown(current, says)


def ask(current: Talk) -> Ask:
    """The current question, or the one the conversation itself has put."""
    session, chosen = current.session, current.plan
    if session.aside:
        return Ask(session.aside, session.tag)
    number = session.current
    item = chosen.questions[number]
    at, of = chosen.progress(current.place, session.answers, number)
    return Ask(
        question=item.key,
        tag=session.tag,
        number=at,
        of=of,
        chosen=_chosen(current, item.key),
        back=chosen.preceding(current.place, session.answers, number) is not None,
        fields=current.place.fields if number == chosen.field else (),
        kept=session.kept if item.kind is Kind.TEXT else "",
    )


def _chosen(current: Talk, key: str) -> tuple[str, ...]:
    session = current.session
    if current.kind is Kind.REASONS:
        return reasons(session, key)
    value = current.plan.chosen(current.place, session.answers, session.current)
    return (value,) if value else ()


def reasons(session: Session, key: str) -> tuple[str, ...]:
    """The reasons chosen so far for the question *key*."""
    prefix = f"{key}:"
    return tuple(tag.removeprefix(prefix) for tag in session.tags if tag.startswith(prefix))


def answered(current: Talk, number: int, character: str, says: Says = ()) -> Step:
    """Take an answer; the current one moves the conversation on, an earlier one is corrected."""
    session, chosen = current.session, current.plan
    before = session.answers
    if before[number] not in OPEN and character == SKIPPED:
        character = before[number]  # skipping what was answered leaves it as it is
    answers = _with(before, number, character)
    if number in chosen.gates:
        answers = chosen.pruned(answers)
    half_day, began, facts = _received(current, answers)
    current = current.moved(
        session._replace(
            answers=answers, half_day=half_day, began=began, failures=0, aside="", other=None
        )
    )
    if number == session.current:
        return onward(current, says, facts)
    if before[number] == character:
        return shown(current, says, facts)
    return _corrected(current, number, says, facts)


def _received(current: Talk, answers: str) -> tuple[int | None, int, tuple[Fact, ...]]:
    """A response is received as long as it has a level; its time is that of the first one."""
    half_day, of = current.session.half_day, (current.place.counter, current.session.receipt)
    if LEVELS_ANY.isdisjoint(answers):
        return None, 0, () if half_day is None else (Unreceived(*of),)
    if half_day is None:
        return current.moment.half_day, current.moment.tick, (Received(*of),)
    return half_day, current.session.began, ()


def _corrected(current: Talk, number: int, says: Says, facts: tuple[Fact, ...]) -> Step:
    """An earlier answer is another now: stay here, unless that ends or drops what is asked here."""
    chosen, session = current.plan, current.session
    says = (Say("changed"), *says)
    if number != chosen.more and chosen.asked(current.place, session.answers, session.current):
        return shown(current, says, facts)
    return onward(current, says, facts)


def onward(current: Talk, says: Says = (), facts: tuple[Fact, ...] = ()) -> Step:
    """Show the next question still to be answered, or end."""
    session, chosen = current.session, current.plan
    enough = chosen.told(current.place, session.answers, "more") == "no"
    number = None if enough else chosen.following(current.place, session.answers)
    if number is None:
        return finished(current, complete=True, says=says, facts=facts)
    return shown(current.moved(_at(session, number)), says, facts)


def back(current: Talk) -> Step:
    """Show the question before this one, with what was answered."""
    session = current.session
    number = current.plan.preceding(current.place, session.answers, session.current)
    if number is None:
        return again(current, Say("no_way_back"))
    return shown(current.moved(_at(session, number)))


def _at(session: Session, number: int) -> Session:
    answers = session.answers
    if answers[number] == NOT_SHOWN:
        answers = _with(answers, number, UNANSWERED)
    return session._replace(answers=answers, current=number, failures=0)


def _with(answers: str, number: int, mark: str) -> str:
    return answers[:number] + mark + answers[number + 1 :]


def toggled(current: Talk, number: int, value: str) -> Step:
    """Choose a reason, or with a minus before its code take it back; at most three.

    A button says which of the two it does, so that a double tap changes nothing.
    """
    session = current.session
    key = current.plan.questions[number].key
    tag = f"{key}:{value.removeprefix(TAKE_BACK)}"
    tags = {other for other in session.tags if other != tag}
    if not value.startswith(TAKE_BACK):
        tags.add(tag)
    current = with_reasons(current, number, tags)
    if len(reasons(current.session, key)) > TAGS_MOST:
        return shown(current.moved(session), (Say("at_most_three"),))
    return shown(current, () if number == session.current else (Say("changed"),))


def with_reasons(current: Talk, number: int, tags: Iterable[str]) -> Talk:
    """The same talk with *tags* chosen; the question counts as answered while it has one."""
    key = current.plan.questions[number].key
    session = current.session._replace(tags=tuple(sorted(tags)), failures=0)
    mark = GIVEN if reasons(session, key) else UNANSWERED
    return current.moved(session._replace(answers=_with(session.answers, number, mark)))


def reasons_done(current: Talk, number: int) -> Step:
    """The reasons are as chosen; none chosen is a skip."""
    key = current.plan.questions[number].key
    return answered(current, number, GIVEN if reasons(current.session, key) else SKIPPED)


def commented(current: Talk, number: int, text: str) -> Step:
    """Keep a message, shortened if need be; an earlier one is replaced."""
    session = current.session._replace(comment=text[:TEXT_MOST], kept="")
    says = (Say("comment_cut", (("most", str(TEXT_MOST)),)),) if len(text) > TEXT_MOST else ()
    return answered(current.moved(session), number, GIVEN, says)


def finished(
    current: Talk, *, complete: bool, says: Says = (), facts: tuple[Fact, ...] = ()
) -> Step:
    """End the response: what was answered is closed, and the session remembers nothing of it."""
    blank = Session(current.session.language)
    half_day = current.session.half_day
    if half_day is None:
        return Step(blank, (*says, Say("nothing_recorded")), facts)
    farewell = with_code(current, "thanks" if complete else "stopped")
    return Step(blank, (*says, farewell), (*facts, closed(current, half_day, complete=complete)))


def with_code(current: Talk, key: str) -> Say:
    """A message that tells the code of the response that closes now."""
    return Say(key, (("code", grouped(current.moment.code)),))


def ended(current: Talk) -> tuple[Fact, ...]:
    """What is to be kept of a response that its respondent left."""
    half_day = current.session.half_day
    return () if half_day is None else (closed(current, half_day, complete=False),)


def closed(current: Talk, half_day: int, *, complete: bool) -> Closed:
    """Everything that is kept of a response that received its first level on *half_day*."""
    session, place, chosen = current.session, current.place, current.plan
    told = {key: chosen.told(place, session.answers, key) for key in _TOLD}
    answers = session.answers
    levels = "".join(answers[at] for at in chosen.packed).replace(NOT_DRAWN, NOT_SHOWN)
    return Closed(
        counter=place.counter,
        half_day=half_day,
        instrument=chosen.instrument.ref,
        levels=levels,
        tags=",".join(session.tags),
        comment=session.comment,
        quote=told["quote"] == "yes",
        stage=told["stage"] or place.stage,
        field=_field(place, told["field"]),
        kind=told["kind"],
        stratum=session.stratum,
        consent=session.notice,
        complete=complete,
        language=session.language,
        answers=sum(mark in LEVELS or mark in LETTERS or mark == "n" for mark in levels),
        code=current.moment.code,
        began=session.began,
        receipt=session.receipt,
        drawn=chosen.drawn(place, answers),
        wished=told["reply"] == "yes",
    )


def _field(place: Place, told: str) -> str:
    """The field of procedure: the counter's only one, else the one told."""
    if len(place.fields) == 1:
        return place.fields[0][0]
    return "" if told == "unknown" else told


_TOLD = ("stage", "field", "kind", "quote", "reply")
