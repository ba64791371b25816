"""A transcript as one channel can do it: acts, and what must be shown after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.capabilities import Capabilities
from bot.channels.lettering import lay_out
from handlers.cases.opening import causes_of, opened
from handlers.rendering import Choice, Message, render
from sipas.conversation import step
from sipas.events import Closed, Event, Moment, Screen, Typed
from sipas.session import Session
from tests.test_transcripts import INSTRUMENTS, NOON, PLACES, event_of

CHANNEL_ONLY = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(
    [*(Path(__file__).parents[1] / "transcripts").glob("*.txt"), *CHANNEL_ONLY.glob("*.txt")]
)
TAGS = {"tap": "last", "tap-old": "first", "tap-first-page": "page"}


class NotHere(Exception):
    """The channel has no way to do what the transcript tells."""


@dataclass(frozen=True)
class Act:
    """One line of a transcript.

    Attributes:
        does: start, tap, say, send, again, silence or blocks.
        what: the counter, the payload's question and value, the words, the kind, the line's number.
        tag: which of the tags seen so far a tap carries: the last, the first, or the first page's.
        shows: the message that must be shown then; None for silence.
    """

    does: str
    what: tuple[str, ...]
    shows: Message | None
    language: str
    tag: str = "last"


@dataclass(frozen=True)
class Plan:
    """What is done, and what must be stored at the end, as `kept` lines tell."""

    acts: tuple[Act, ...]
    received: int
    closed: tuple[str, ...]


@dataclass
class _Talk:
    """The engine beside the channel: it says what must be shown."""

    can: Capabilities | None
    session: Session = field(default_factory=Session)
    screen: Screen = ()
    tags: list[str] = field(default_factory=list)
    picked: list[str] = field(default_factory=list)
    turn: int = 0

    def message(self) -> Message:
        reference = self.session.place.instrument if self.session.place else ""
        return render(INSTRUMENTS.get(reference), self.screen, self.session.language)

    def does(self, event: Event) -> Message | None:
        self.turn += 1
        moment = Moment(NOON, f"T{self.turn:03}", "1", "K7Q2M9PA4X")
        result = step(INSTRUMENTS, self.session, event, moment)
        before = self.session.place
        closing = (fact for fact in result.facts if isinstance(fact, Closed))
        says = [say for fact in closing if causes_of(INSTRUMENTS, fact) for say in opened(fact)]
        self.session, self.screen = result.session, (*says, *result.screen)
        self.tags += [self.session.tag] * (self.session.tag not in self.tags)
        place = self.session.place or before
        reference = place.instrument if self.session.place and place else ""
        if not self.screen:
            return None
        return render(INSTRUMENTS.get(reference), self.screen, self.session.language)


def plan(path: Path, can: Capabilities | None) -> Plan:
    """The transcript on a channel that can do *can* (None: any tap can be made there).

    Raises:
        NotHere: something in it cannot be done on this channel.
    """
    talk = _Talk(can)
    lines = [line.partition("  ") for line in path.read_text("utf-8").splitlines()[1:]]
    told = [(who, rest.split()) for who, _, rest in lines]
    if any(
        PLACES[words[1]].split for who, words in told if words[0] == "scan" and words[1] in PLACES
    ):
        raise NotHere("where a questionnaire is split, the server draws what it asks")
    acts = [act for who, words in told if who == "citizen" for act in _acts(talk, words)]
    if talk.picked:
        raise NotHere("reasons are typed together, and the transcript stops among them")
    kept = [words for who, words in told if who == "kept"]
    # Whether a response was finished is not stored with it.
    closed = tuple(
        " ".join(word for word in words[1:] if word != "partial=yes")
        for words in kept
        if words[0] == "closed"
    )
    counts = [words[0] for words in kept]
    return Plan(tuple(acts), counts.count("received") - counts.count("unreceived"), closed)


def _acts(talk: _Talk, words: list[str]) -> Iterator[Act]:
    if words[0].startswith("tap"):
        yield from _tap(talk, words)
        return
    if talk.picked:
        raise NotHere("reasons are typed together, and the transcript does something between")
    what: list[str]
    match words:
        case ["again", *_]:
            yield Act("again", tuple(words[1:]), talk.message(), talk.session.language)
            return
        case ["is", "reminded"]:
            raise NotHere("a reminder comes by day only: tests/test_reminding.py")
        case ["falls", "silent"]:
            does, what = "silence", []
        case ["blocks"]:
            does, what = "blocks", []
        case ["scan", code] if code in PLACES and PLACES[code].stage:
            raise NotHere("only a receipt's link tells the stage")
        case ["shows", "receipt", *_]:
            raise NotHere("a receipt is minted first: tests/test_receipts_used.py")
        case ["scan", code]:
            does, what = "start", [code]
        case ["type", *rest]:
            does, what = "say", [" ".join(rest)]
        case ["send", kind]:
            does, what = "send", [kind]
        case _:
            raise AssertionError(words)
    shown = talk.does(event_of(words, talk.session, talk.tags))
    yield Act(does, tuple(what), shown, talk.session.language)


def _tap(talk: _Talk, words: list[str]) -> Iterator[Act]:
    how, question, value = words
    choice = None if how == "tap-old" else _visible(talk, question, value)
    if choice is None and talk.can is not None and not talk.can.buttons:
        raise NotHere("no button is left there to be tapped late or forged")
    if choice is None and talk.picked:
        raise NotHere("a typed list of reasons has no button to take one back")
    if choice is not None and choice not in _buttons(talk):
        yield from _typed(talk, question, value, choice)
        return
    shown = talk.does(event_of(words, talk.session, talk.tags))
    yield Act("tap", (question, value), shown, talk.session.language, TAGS[how])


def _typed(talk: _Talk, question: str, value: str, choice: Choice) -> Iterator[Act]:
    """A choice that is no button: an answer by its number, a control by its words."""
    number = choice.label.removeprefix("✓ ").partition(" · ")[0]
    if question == "reasons" and not choice.control:
        talk.picked.append(number)
        return
    if question == "reasons" and value == ".done" and talk.picked:
        typed, talk.picked = ", ".join(talk.picked), []
    elif talk.picked:
        raise NotHere("reasons are typed together, and the transcript does something between")
    else:
        typed = choice.label if choice.control else number
    yield Act("say", (typed,), talk.does(Typed(typed)), talk.session.language)


def _visible(talk: _Talk, question: str, value: str) -> Choice | None:
    found = (c for c in talk.message().choices if c.payload.endswith(f"|{question}|{value}"))
    return next(found, None) if talk.screen else None


def _buttons(talk: _Talk) -> tuple[Choice, ...]:
    if talk.can is None:
        return talk.message().choices
    return lay_out(talk.message(), talk.can, talk.session.language).buttons
