"""What a questionnaire consists of: items with options, factors, and the instrument itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sipas.commands import Command, read_command
from sipas.spoken import Phrases, meant, typed

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GIVEN = "given"

Texts = Mapping[str, str]


class InstrumentError(ValueError):
    """A questionnaire file that cannot be used; the message names file, key and reason."""


class Kind(StrEnum):
    """What an answer to a question is."""

    SCALE = "scale"
    EVENT = "event"
    CONTEXT = "context"
    REASONS = "reasons"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question; *letter* stands for it in packed answers, in order of declaration.

    *about* names the item or event a reason belongs to, and is empty elsewhere.
    """

    code: str
    letter: str
    texts: Texts
    about: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """The question is asked only while the answer to an earlier *question* is one of *values*."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One question; *names* are short labels for pages, *official* its number in the state form."""

    key: str
    kind: Kind
    factor: str | None
    texts: Texts
    names: Texts
    options: tuple[Option, ...] = ()
    official: str | None = None
    when: tuple[Condition, ...] = ()
    may_refuse: bool = False
    simple: Texts = field(default_factory=dict)

    def text(self, language: str, *, simple: bool = False) -> str:
        """The question; in simple words where they are wanted and there are any."""
        return self.simple.get(language, "") * simple or self.texts[language]

    def option(self, code: str) -> Option | None:
        """The option with this code, or None."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Factor:
    """A group of items of the questionnaire, or the one item that asks for it directly."""

    key: str
    names: Texts
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A further language of a questionnaire: its own name, and the wishes typed in it."""

    name: str
    spoken: Phrases[Command]

    def command(self, text: str) -> Command | None:
        """The wish that is the whole of *text*, in this language or in the common ones."""
        return meant(self.spoken, typed(text)) or read_command(text)


@dataclass(frozen=True, slots=True, eq=False)
class Instrument:
    """A questionnaire as conversations, packed answers and figures use it.

    Attributes:
        names: the questionnaire's name by language.
        questions: everything asked, in asking order.
        tongues: further languages, by code.
        items: the questions whose answers are packed: all but those of kind context.
        asides: questions the conversation itself may put (another counter, erasing).
        index_items: scale items averaged into the index; the direct overall item is not among them.
        levels: the five level labels by language, level 1 first.
        words: template variables and what they become, by language.
        certainty: what is said of a wording that no source confirms; empty for our own.
    """

    id: str
    version: int
    names: Texts
    source: str
    questions: tuple[Item, ...]
    asides: tuple[Item, ...]
    factors: tuple[Factor, ...]
    index_items: tuple[str, ...]
    formulas: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Texts]
    items: tuple[Item, ...]
    by_key: Mapping[str, Item]
    tongues: Mapping[str, Tongue] = field(default_factory=dict)
    certainty: str = ""

    def wished(self, text: str) -> str:
        """The further language that *text* names, or nothing."""
        words = typed(text)
        named = (code for code, tongue in self.tongues.items() if typed(tongue.name) == words)
        return next(named, "")

    @property
    def ref(self) -> str:
        """Id and version as stored beside every response, for example ``short.1``."""
        return f"{self.id}.{self.version}"

    def item(self, key: str) -> Item:
        """The question with this key, asides included.

        Raises:
            KeyError: the questionnaire has no such question.
        """
        return self.by_key[key]
