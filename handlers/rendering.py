"""A screen in words: what every channel shows, with choices that can be tapped or typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.messages import LANGUAGES, PACKED, languages, text
from sipas.events import ANY_TAG, Ask, Say, Screen, payload
from sipas.flow import TAKE_BACK
from sipas.items import Instrument, Item, Kind

CHOSEN = "✓"
ANSWERS = ("cases.tell.answer", "cases.chat.answered")
CASE_SOLVED, CASE_UNSOLVED = "xong", "chua"
ASIDES = ("switch", "erase", "contest")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button; a *control* moves the conversation instead of answering."""

    label: str
    payload: str
    control: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Question *number* of *of*."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Message:
    """One screen in one language.

    Attributes:
        key: the question's key, or the last message's where nothing is asked.
        text: everything that is said and asked, paragraphs apart by an empty line.
        said: the part before the question.
        question: the question's own words, empty where nothing is asked.
        choices: answers first, controls last.
        progress: where the question stands, if that is known.
        input: a message of the respondent's own words is asked for.
        response_code: the code given to the respondent, at the end.
    """

    key: str
    text: str
    said: str
    question: str
    choices: tuple[Choice, ...] = ()
    progress: Progress | None = None
    input: bool = False
    response_code: str | None = None


def render(
    instrument: Instrument | None, screen: Screen, language: str, *, simple: bool = False
) -> Message:
    """The screen as one message; *instrument* is that of the response being given, if any.

    *simple* asks in simple words where the questionnaire has them.
    """
    language = language if language in languages() else LANGUAGES[0]  # it may be off by now
    says = [part for part in screen if isinstance(part, Say)]
    asks = [part for part in screen if isinstance(part, Ask)]
    said = "\n\n".join(text(language, _key(say), **dict(say.params)) for say in says)
    if not asks or instrument is None:
        key = says[-1].key if says else ""
        return Message(key, said, said, "", _offered(says, language), response_code=_code(says))
    return _asked(instrument, asks[0], said, language, simple=simple)


def _key(say: Say) -> str:
    """The message's key in the catalogues: the conversation's own, unless it names its theme."""
    return say.key if "." in say.key else PACKED + say.key


def _offered(says: list[Say], language: str) -> tuple[Choice, ...]:
    """Whether a case is solved is answered by what may be typed as well."""
    told = dict(says[-1].params) if says and says[-1].key in ANSWERS else {}
    return tuple(
        Choice(text(language, f"cases.button.{word}"), f"/vuviec {told['case']} {word}")
        for word in (CASE_SOLVED, CASE_UNSOLVED)
        if told
    )


def _code(says: list[Say]) -> str | None:
    return next((value for say in says for name, value in say.params if name == "code"), None)


def _asked(instrument: Instrument, ask: Ask, said: str, language: str, *, simple: bool) -> Message:
    item = instrument.item(ask.question)
    words = {name: texts[language] for name, texts in instrument.words.items()}
    question = item.text(language, simple=simple).format(**words)
    if ask.kept:
        question += "\n" + text(language, "chat.kept", kept=ask.kept)
    progress = Progress(ask.number, ask.of) if ask.of else None
    at = [text(language, "chat.progress", number=ask.number, of=ask.of)] if progress else []
    return Message(
        key=item.key,
        text="\n\n".join(part for part in (said, "\n".join((*at, question))) if part),
        said=said,
        question=question,
        choices=(*_answers(instrument, item, ask, language), *_controls(item, ask, language)),
        progress=progress,
        input=item.kind is Kind.TEXT,
    )


def _answers(instrument: Instrument, item: Item, ask: Ask, language: str) -> Iterator[Choice]:
    """The answers, each beginning with the number that may be typed instead."""
    if item.kind is Kind.SCALE:
        for level in (5, 4, 3, 2, 1):
            label = instrument.levels[language][level - 1]
            yield _choice(ask, str(level), f"{level} · {label}")
        return
    own = [(option.code, option.texts[language]) for option in item.options]
    vietnamese = language == LANGUAGES[0]
    fields = [(code, vi if vietnamese else en) for code, vi, en in ask.fields]
    for number, (code, label) in enumerate([*fields, *own], 1):
        reasons = item.kind is Kind.REASONS
        yield _choice(ask, code, f"{number} · {label}", takes_back=reasons)


def _choice(ask: Ask, value: str, label: str, *, takes_back: bool = False) -> Choice:
    chosen = value in ask.chosen
    mark = f"{CHOSEN} " if chosen else ""
    value = TAKE_BACK + value if chosen and takes_back else value
    return Choice(mark + label, payload(ask.tag, ask.question, value), chosen=chosen)


def _controls(item: Item, ask: Ask, language: str) -> Iterator[Choice]:
    """What moves the conversation, always in the same order."""
    for name in _control_names(item, ask):
        label = text(language, f"chat.button{name}")
        yield Choice(label, payload(ask.tag, ask.question, name), control=True)
    if not ask.back and item.key not in ASIDES:
        for other in languages():
            if other != language:
                label = text(other, "chat.this_language")
                yield Choice(label, payload(ask.tag or ANY_TAG, ".lang", other), control=True)


def _control_names(item: Item, ask: Ask) -> Iterator[str]:
    if item.key in ASIDES:
        return
    if item.kind is Kind.REASONS:
        yield ".done"
    if ask.kept:
        yield ".kept"
    if item.may_refuse:
        yield ".refuse"
    if item.kind in (Kind.SCALE, Kind.EVENT) and ask.back:
        yield ".na"
    if ask.back:
        yield ".back"
        yield from () if item.key == "more" else (".skip",)
        yield ".stop"
