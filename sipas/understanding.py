"""What typed words mean at the question on screen: a press, a message, a wish, or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sipas.flow import Talk
from sipas.items import Instrument, Kind
from sipas.reading import Command, read_choice, read_choices, read_command, read_scale

SENTENCE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Press:
    """As if the button with this value had been tapped."""

    value: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Several options by code."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question the conversation itself has put."""

    value: str


@dataclass(frozen=True, slots=True)
class Message:
    """The words themselves are the answer."""

    words: str


@dataclass(frozen=True, slots=True)
class Language:
    """The respondent wants another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Erase:
    """The respondent wants the open response deleted."""


@dataclass(frozen=True, slots=True)
class About:
    """A question about the service, answered by the message with this key."""

    key: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """Not understood: never guess."""


Meaning = Press | Choices | Decision | Message | Language | Erase | About | Nothing

_LANGUAGES = {Command.LANGUAGE_VI: "vi", Command.LANGUAGE_EN: "en"}
_ABOUT = {
    Command.HELP: "help",
    Command.PRIVACY: "privacy",
    Command.LANGUAGE: "language",
    Command.PERSON: "person",
    Command.STATUS: "status",
    Command.START: "resumed",
}
_PLAIN = {Command.YES: "yes", Command.NO: "no"}
_AGREED = {**_PLAIN, Command.AGREE: "yes", Command.DECLINE: "no"}
_PRESSES = {
    Command.STOP: ".stop",
    Command.SKIP: ".skip",
    Command.BACK: ".back",
    Command.NOT_APPLICABLE: ".na",
    Command.REFUSE: ".refuse",
}


def understood(current: Talk, text: str) -> Meaning:
    """What *text* means now; commands win, but only as the whole text."""
    instrument = current.plan.instrument
    if wished := instrument.wished(text):
        return Language(wished)
    command = wish([instrument], current.session.language, text)
    if command in _LANGUAGES:
        return Language(_LANGUAGES[command])
    if command in _ABOUT:
        return About(_ABOUT[command])
    if command is Command.DELETE:
        return Erase()
    if current.session.aside:
        return _decision(current, text, command)
    if command in _PRESSES:
        return _press(current, _PRESSES[command])
    return _answer(current, text, command)


def _press(current: Talk, value: str) -> Meaning:
    """A control, where the question on screen has it."""
    if value in (".stop", ".back"):
        return Press(value)
    readable = current.plan.read(current.place, current.session.current, value)
    return Press(value) if readable else Nothing()


def _decision(current: Talk, text: str, command: Command | None) -> Meaning:
    instrument = current.plan.instrument
    options = instrument.item(current.session.aside).options
    labels = tuple(option.texts[current.session.language] for option in options)
    number = read_choice(text, len(options), labels)
    if number is not None:
        return Decision(options[number - 1].code)
    if command is Command.STOP:
        return Press(".stop")
    if command in (Command.SKIP, Command.BACK):
        return Decision("no")
    spoken = _AGREED.get(command, "") if command else ""
    known = spoken in {option.code for option in options}
    return Decision(spoken) if known else Nothing()


def _answer(current: Talk, text: str, command: Command | None) -> Meaning:
    match current.kind:
        case Kind.SCALE:
            level = _level(current, text)
            return Press(str(level)) if level else Nothing()
        case Kind.REASONS:
            return _reasons(current, text, command)
        case Kind.TEXT:
            return _message(current, text, command)
        case _:
            return _option(current, text, command)


def _level(current: Talk, text: str) -> int | None:
    """A level as everybody types it, or by its label in a further language."""
    instrument, language = current.plan.instrument, current.session.language
    level = read_scale(text)
    if level or language not in instrument.tongues:
        return level
    labels = instrument.levels[language]
    return read_choice(text, len(labels), labels)


def _message(current: Talk, text: str, command: Command | None) -> Meaning:
    """A bare "no" where a message was asked is no message; a bare "yes" sends the kept one."""
    spoken = _AGREED.get(command, "") if command else ""
    if spoken == "yes" and current.session.kept:
        return Press(".kept")
    refused = spoken == "no" or command is Command.DONE or not text
    return Press(".skip") if refused else Message(text)


def _reasons(current: Talk, text: str, command: Command | None) -> Meaning:
    codes = current.plan.codes[current.session.current]
    if command and (command is Command.DONE or _AGREED.get(command) == "no"):
        return Press(".done")
    chosen = read_choices(text, len(codes))
    if chosen and len(set(chosen)) <= 3:
        return Choices(tuple(codes[number - 1] for number in dict.fromkeys(chosen)))
    number = read_choice(text, len(codes), _labels(current))
    return Choices((codes[number - 1],)) if number else Nothing()


def _option(current: Talk, text: str, command: Command | None) -> Meaning:
    codes = current.plan.options(current.place, current.session.current)
    number = read_choice(text, len(codes), _labels(current))
    if number is not None:
        return Press(codes[number - 1])
    # "ok" and "thôi" agree to go on or not; as the answer to a fact they would be a guess.
    meant = _AGREED if current.kind is Kind.CONTEXT else _PLAIN
    spoken = meant.get(command, "") if command else ""
    return Press(spoken) if spoken in codes else Nothing()


def _labels(current: Talk) -> tuple[str, ...]:
    """The choices on screen as they read in the respondent's language."""
    language = current.session.language
    item = current.plan.questions[current.session.current]
    own = tuple(option.texts[language] for option in item.options)
    if current.session.current != current.plan.field:
        return own
    vietnamese = language == "vi"
    return tuple(vi if vietnamese else en for _, vi, en in current.place.fields) + own


def language_wish(instruments: Iterable[Instrument], text: str) -> str:
    """The language asked for by *text*, or nothing."""
    command = read_command(text)
    for instrument in instruments:
        if wished := instrument.wished(text):
            return wished
    return _LANGUAGES.get(command, "") if command else ""


def wish(instruments: Iterable[Instrument], language: str, text: str) -> Command | None:
    """The command that is the whole of *text*, also in the words of a further *language*."""
    for instrument in instruments:
        if tongue := instrument.tongues.get(language):
            return tongue.command(text)
    return read_command(text)


def question_about_us(instruments: Iterable[Instrument], language: str, text: str) -> str:
    """The message that answers a question about the service while nothing is open, or nothing."""
    command = wish(instruments, language, text)
    if command is Command.DELETE:
        return "nothing_to_erase"
    return _ABOUT.get(command, "") if command and command is not Command.START else ""


def is_sentence(text: str) -> bool:
    """Whether *text* is worth offering as a comment later.

    >>> is_sentence("chờ 3 tiếng mới xong"), is_sentence("6")
    (True, False)
    """
    return len(text.split()) >= SENTENCE_WORDS
