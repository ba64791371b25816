"""What feeds tell: an entry of its own for each thing that happened, whatever it is about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from handlers.filings.figures import headline
from handlers.media.articles import Article, Writer
from handlers.media.editions import editions
from handlers.messages import text
from handlers.service import Service, State


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom entries are made: *simulated* is whether the installation's responses are."""

    asked: Service
    state: State
    language: str
    simulated: bool

    def say(self, key: str, **params: object) -> str:
        """A message in the reader's language."""
        return text(self.language, key, **params)


class Entry(NamedTuple):
    """One entry, the same in both feeds.

    Attributes:
        id: an address of its own, which no other entry has or will have.
        at: when it happened, in UTC.
        summary: its first words, where they are not those of a citizen.
        more: what a JSON Feed has no words for.
    """

    id: str
    link: str
    kind: str
    at: str
    title: str
    summary: str
    html: str
    plain: str
    tags: tuple[str, ...]
    picture: str = ""
    more: Mapping[str, Any] = {}


def as_html(paragraphs: tuple[str, ...], quotes: tuple[str, ...] = ()) -> str:
    """What citizens wrote, marked as theirs, and paragraphs, as HTML.

    >>> as_html(("a < b",), ("c",))
    '<blockquote>c</blockquote><p>a &lt; b</p>'
    """
    quoted = "".join(f"<blockquote>{escape(each)}</blockquote>" for each in quotes)
    return quoted + "".join(f"<p>{escape(each)}</p>" for each in paragraphs)


def as_plain(paragraphs: tuple[str, ...], quotes: tuple[str, ...] = ()) -> str:
    """The same as text.

    >>> as_plain(("a",), ("c",))
    '“c”\\n\\na'
    """
    return "\n\n".join((*(f"“{each}”" for each in quotes), *paragraphs))


async def published(reader: Reader) -> list[Entry]:
    """Published versions of filings; corrections are entries of their own."""
    writer = Writer(reader.asked, reader.state, reader.language, reader.simulated)
    return [_entry(writer.article(e)) for e in await editions(reader.asked, reader.state)]


def _entry(of: Article) -> Entry:
    main, known = headline(of.edition.figures), of.edition.of
    more = {
        "version": known.version,
        "unit": known.filing.about,
        "period": known.filing.period,
        "figure": main and dict(main),
    }
    return Entry(
        of.id,
        of.link,
        of.kind,
        of.at,
        of.title,
        of.paragraphs[0],
        of.html,
        of.plain,
        (of.kind, known.filing.period, known.filing.about),
        of.picture,
        more,
    )


Source = Callable[[Reader], Awaitable[list[Entry]]]
