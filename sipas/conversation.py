"""The conversation: one pure, total function from a session and an event to what follows.

Every event gets an answer, a response is received once and closed at most once, and an answer goes
to the question its button names or nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

from sipas import flow, understanding
from sipas.events import (
    ANY_TAG,
    Ask,
    Attached,
    Disputed,
    Event,
    Exercised,
    Expired,
    Moment,
    Reminded,
    Say,
    Scanned,
    Step,
    Stopped,
    Tapped,
    Typed,
    Unreceived,
)
from sipas.flow import Talk
from sipas.items import Instrument, Kind
from sipas.legible import plain
from sipas.plan import HIDDEN
from sipas.receipts import second
from sipas.session import Place, Session, Stratum

LANGUAGES = ("vi", "en")
CONTEST = "contest"


def step(
    instruments: Mapping[str, Instrument],
    session: Session | None,
    event: Event,
    moment: Moment,
) -> Step:
    """What *event* leads to.

    Args:
        instruments: questionnaires by reference.
        session: what the conversation remembers; None before its first update.
        event: what the respondent did, or that time has passed.
        moment: facts of now.

    >>> step({}, None, Typed("chào"), Moment(41_000, "K7Q2", "1")).screen
    (Say(key='scan_to_begin', params=()),)
    """
    session = session or Session()
    current = flow.talk(instruments, session, moment)
    if isinstance(event, Scanned):
        return _scanned(instruments, session, current, event, moment)
    if isinstance(event, Expired | Stopped):
        return Step(Session(session.language), (), flow.ended(current) if current else ())
    if isinstance(event, Reminded):
        return flow.again(current, Say("reminder")) if current else Step(session, ())
    if isinstance(event, Exercised):
        return flow.again(current, event.told) if current else Step(session, (event.told,))
    if current is None:
        return _nothing_open(instruments, session, event)
    return _open(instruments, current, event)


def _open(
    instruments: Mapping[str, Instrument], current: Talk, event: Tapped | Typed | Attached
) -> Step:
    match event:
        case Tapped():
            return _tapped(instruments, current, event)
        case Typed(text):
            return _typed(instruments, current, plain(text))
        case Attached(kind):
            voice = kind == "voice" and current.kind is Kind.TEXT
            return flow.again(current, Say("no_voice_yet" if voice else "only_text"))
    assert_never(event)


def _scanned(
    instruments: Mapping[str, Instrument],
    session: Session,
    current: Talk | None,
    event: Scanned,
    moment: Moment,
) -> Step:
    """A counter's code: begin, resume, or ask what to do with the one that is open."""
    place = event.place
    if place is None:
        problem = Say(event.problem or "unknown_counter")
        return flow.again(current, problem) if current else Step(session, (problem,))
    if event.receipt:
        return _presented(instruments, current, session.language, event, place, moment)
    if current is None or _untouched(current, place.counter):
        return flow.begin(instruments, session.language, place, event.stratum, moment)
    if place.counter == current.place.counter:
        return _resumed(current.moved(session._replace(aside="", other=None)))
    return flow.shown(current.moved(session._replace(aside="switch", other=(place, event.stratum))))


def _presented(
    instruments: Mapping[str, Instrument],
    current: Talk | None,
    language: str,
    event: Scanned,
    place: Place,
    moment: Moment,
) -> Step:
    """A receipt: begin with it, or ask first who used it before; what is begun is ended first."""
    if current and event.receipt == current.session.receipt and not event.used:
        return _resumed(current)
    if current and current.session.half_day is not None:
        return flow.again(current, Say("receipt_finish_first"))
    begun = flow.begin(instruments, language, place, event.stratum, moment, event.receipt)
    if not event.used:
        return begun
    session = begun.session._replace(aside=CONTEST)
    used = Say("receipt_used", (("day", event.used),))
    return Step(session, (used, Ask(CONTEST, session.tag)))


def _resumed(current: Talk) -> Step:
    """Go on where it was left; with the notice, as long as nothing was consented to."""
    begun = current.session.half_day is not None or current.session.current > 0
    return flow.again(current, Say("resumed")) if begun else flow.again(current)


def _untouched(current: Talk, counter: str) -> bool:
    """Nothing was answered at another counter, so nothing is lost by leaving it."""
    return current.session.half_day is None and counter != current.place.counter


def languages(instruments: Iterable[Instrument]) -> tuple[str, ...]:
    """Codes of the languages that a conversation can be held in."""
    return (*LANGUAGES, *dict.fromkeys(code for each in instruments for code in each.tongues))


def _nothing_open(
    instruments: Mapping[str, Instrument], session: Session, event: Tapped | Typed | Attached
) -> Step:
    wish = event.value if isinstance(event, Tapped) and event.question == ".lang" else ""
    if isinstance(event, Typed):
        wish = understanding.language_wish(instruments.values(), event.text)
        known = instruments.values()
        if key := understanding.question_about_us(known, session.language, event.text):
            return Step(session, (Say(key), Say("scan_to_begin")))
    if wish in languages(instruments.values()):
        session = session._replace(language=wish)
    return Step(session, (Say("scan_to_begin"),))


def _tapped(instruments: Mapping[str, Instrument], current: Talk, tap: Tapped) -> Step:
    session = current.session
    if tap.tag not in (session.tag, ANY_TAG):
        return flow.again(current, Say("stale"))
    if tap.question == ".lang" and tap.value in languages([current.plan.instrument]):
        return flow.again(current.moved(session._replace(language=tap.value)))
    if tap.question == session.aside:
        return _decided(instruments, current, tap.value)
    number = current.plan.position.get(tap.question)
    if number is None or not _on_screen(current, number):
        return flow.again(current, Say("stale"))
    return _pressed(current, number, tap.value)


def _on_screen(current: Talk, number: int) -> bool:
    """The question has been shown and its answer is still wanted."""
    answers = current.session.answers
    return answers[number] not in HIDDEN and current.plan.asked(current.place, answers, number)


def _pressed(current: Talk, number: int, value: str) -> Step:
    if value == ".stop":
        return flow.finished(current, complete=False)
    if value == ".back":
        here = number == current.session.current
        return flow.back(current) if here else flow.again(current, Say("stale"))
    kind = current.plan.questions[number].kind
    if kind is Kind.REASONS and value == ".done":
        return flow.reasons_done(current, number)
    if kind is Kind.REASONS and value.removeprefix(flow.TAKE_BACK) in current.plan.codes[number]:
        return flow.toggled(current, number, value)
    if kind is Kind.TEXT and value == ".kept" and current.session.kept:
        return flow.commented(current, number, current.session.kept)
    character = (
        None
        if kind is Kind.TEXT and value != ".skip"
        else current.plan.read(current.place, number, value)
    )
    if character is None:
        return flow.again(current, Say("stale"))
    return flow.answered(current, number, character)


def _decided(instruments: Mapping[str, Instrument], current: Talk, value: str) -> Step:
    """The answer to a question the conversation itself has put."""
    session = current.session
    stay = current.moved(session._replace(aside="", other=None))
    if session.aside == "erase" and value == "yes":
        of = current.place.counter, session.receipt
        facts = () if session.half_day is None else (Unreceived(*of),)
        return Step(Session(session.language), (Say("erased"),), facts)
    if session.aside == "switch" and value == "new" and session.other:
        return _left_for(instruments, current, *session.other)
    if session.aside == CONTEST and value == "yes":
        return Step(Session(session.language), (Say("receipt_yours"),))
    if session.aside == CONTEST and value == "no":
        stay = stay.moved(stay.session._replace(receipt=second(session.receipt)))
        says = (flow.welcome(stay.place), Say("receipt_disputed"))
        return flow.shown(stay, says, (Disputed(session.receipt),))
    if value in ("no", "continue"):
        return flow.again(stay)
    return flow.again(current, Say("stale"))


def _left_for(
    instruments: Mapping[str, Instrument], current: Talk, place: Place, stratum: Stratum
) -> Step:
    """Close the open response as it is and begin at another counter."""
    fresh = flow.begin(instruments, current.session.language, place, stratum, current.moment)
    left = flow.ended(current)
    says = (flow.with_code(current, "previous_kept"),) if left else ()
    return Step(fresh.session, (*says, *fresh.screen), left)


def _typed(instruments: Mapping[str, Instrument], current: Talk, text: str) -> Step:
    meaning = understanding.understood(current, text)
    match meaning:
        case understanding.Decision(value):
            return _decided(instruments, current, value)
        case understanding.Press(value):
            return _pressed(current, current.session.current, value)
        case understanding.Choices(values):
            return _chosen_at_once(current, values)
        case understanding.Message(words):
            return flow.commented(current, current.session.current, words)
        case understanding.Language(language):
            return flow.again(current.moved(current.session._replace(language=language)))
        case understanding.Erase():
            return flow.shown(current.moved(current.session._replace(aside="erase")))
        case understanding.About(key):
            return flow.again(current, Say(key))
        case understanding.Nothing():
            return _not_understood(current, text)
    assert_never(meaning)


def _chosen_at_once(current: Talk, codes: tuple[str, ...]) -> Step:
    """Reasons typed as numbers: those are the reasons, and nothing more need be said."""
    number = current.session.current
    key = current.plan.questions[number].key
    others = (tag for tag in current.session.tags if not tag.startswith(f"{key}:"))
    tags = (*others, *(f"{key}:{code}" for code in codes))
    return flow.reasons_done(flow.with_reasons(current, number, tags), number)


def _not_understood(current: Talk, text: str) -> Step:
    """Never guess: ask again, then offer to skip, then skip and say so."""
    session = current.session
    failures = session.failures + 1
    kept = f"{session.kept} {text}".strip() if understanding.is_sentence(text) else session.kept
    session = session._replace(kept=kept[: flow.TEXT_MOST], failures=min(failures, 2))
    current = current.moved(session)
    if failures < 2:
        return flow.shown(current, (Say("not_understood"),))
    if failures == 2 or session.current == 0 or session.aside:
        return flow.shown(current, (Say("not_understood_skip"),))
    moved = flow.answered(current, session.current, "s")
    return Step(moved.session, (Say("skipped_for_you"), *moved.screen), moved.facts)
