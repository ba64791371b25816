"""Feeds of what is published and corrected: JSON Feed 1.1 and Atom, with the same entries."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from handlers.charts.charts import Kind, Teller, chart
from handlers.charts.drawing import Form
from handlers.charts.routes import drawn
from handlers.charts.specs import Size
from handlers.explaining import Where
from handlers.filings.figures import overall
from handlers.filings.routes import Number
from handlers.guard import validated
from handlers.media.articles import figure_of
from handlers.media.editions import edition
from handlers.media.entries import Entry, Reader, Source, published
from handlers.media.licence import LICENCE
from handlers.pages import language_of
from handlers.problems import refuse, responses
from handlers.relays.entries import relayed
from handlers.scores import Scores
from handlers.service import Service, service
from handlers.voices.entries import quoted
from sipas.periods import parse_period

router = APIRouter(tags=["media"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
KEPT_SECONDS = 300
ENTRIES_MOST = 120
SOURCES: tuple[Source, ...] = (published, relayed, quoted)
"""What feeds tell; another theme joins by a line here."""
_NEVER = "1970-01-01T00:00:00+00:00"
_JSON, _ATOM = "application/feed+json", "application/atom+xml"


class Feed(NamedTuple):
    """What both feeds tell."""

    title: str
    description: str
    language: str
    site: str
    entries: list[Entry]

    def address(self, name: str) -> str:
        """Where the feed of this name is, in this language."""
        return f"{self.site}/{name}?lang={self.language}"


def _told(media: str, *errors: int) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file", "content": {media: {}}}, **responses(*errors)}


async def _feed(request: Request, asked: Asked) -> Feed:
    language, simulated = language_of(request), request.app.state.demo
    reader = Reader(asked, await asked.state(), language, simulated)
    found = [each for source in SOURCES for each in await source(reader)]
    newest = sorted(found, key=lambda each: datetime.fromisoformat(each.at), reverse=True)
    described = [reader.say("media.feed.words"), *[reader.say("site.demo")] * simulated]
    return Feed(
        title=reader.say("media.feed"),
        description=" ".join(described),
        language=language,
        site=asked.public_url,
        entries=newest[:ENTRIES_MOST],
    )


Wanted = Annotated[Feed, Depends(_feed)]


@router.get("/feed.json", summary="What is published", responses=_told(_JSON, 422))
async def json_feed(request: Request, feed: Wanted) -> Response:
    """JSON Feed 1.1: an entry for each published version, correction, question, answer, draw."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.site}/reports?lang={feed.language}",
        "feed_url": feed.address("feed.json"),
        "description": feed.description,
        "language": feed.language,
        "authors": [{"name": "motcua", "url": feed.site}],
        "items": [_item(each) for each in feed.entries],
    }
    return validated(request, JSONResponse(told, media_type=_JSON), KEPT_SECONDS)


@router.get("/feed.atom", summary="The same as Atom", responses=_told(_ATOM, 422))
async def atom_feed(request: Request, feed: Wanted) -> Response:
    """Atom (RFC 4287) with the same entries."""
    made = _atom(feed)
    return validated(request, Response(made, media_type=_ATOM), KEPT_SECONDS)


@router.get(
    "/reports/{filing}/versions/{version}.png",
    summary="The chart of a published version",
    responses=_told("image/png", 404, 422, 503),
)
async def edition_png(
    request: Request,
    asked: Asked,
    filing: Number,
    version: Annotated[int, Path(ge=1, le=10_000)],
) -> Response:
    """The five levels as that version told them, 1200 × 630; a correction changes no picture."""
    language, state = language_of(request), await asked.state()
    found = await edition(asked, state, filing, version)
    rated = found and overall(found.figures)
    unit = found and state.directory.unit(found.of.filing.about)
    if not found or not rated or not unit:
        raise refuse(HTTPStatus.NOT_FOUND, f"no published report {filing} with version {version}")
    where = Where(unit, parse_period(found.of.filing.period))
    scores, simulated = Scores(asked, state), request.app.state.demo
    made = await chart(Teller(scores, where, figure_of(rated), language, simulated), Kind.LEVELS)
    if made is None:
        raise refuse(HTTPStatus.NOT_FOUND, "nothing to draw: too few responses")
    png = Response(await drawn(asked, made, Size.SHARE, Form.PNG), media_type="image/png")
    png.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # feed readers show it
    return validated(request, png, KEPT_SECONDS)


def _item(of: Entry) -> dict[str, Any]:
    """An entry of a JSON Feed; what it has no words for is under `_motcua`."""
    told = {
        "id": of.id,
        "url": of.link,
        "title": of.title,
        "content_html": of.html,
        "content_text": of.plain,
        "date_published": of.at,
        "tags": list(of.tags),
        "_motcua": {"kind": of.kind, "licence": LICENCE.address, **of.more},
    }
    return told | ({"image": of.picture} if of.picture else {})


def _atom(feed: Feed) -> bytes:
    from feedgen.feed import FeedGenerator  # when first needed: it loads slowly

    made = FeedGenerator()
    made.id(f"{feed.site}/feed.atom")
    made.title(feed.title)
    made.subtitle(feed.description)
    made.language(feed.language)
    made.author(name="motcua", uri=feed.site)
    made.rights(LICENCE.address)
    made.generator("motcua")
    made.link(href=feed.address("feed.atom"), rel="self")
    made.link(href=f"{feed.site}/reports?lang={feed.language}", rel="alternate")
    made.updated(datetime.fromisoformat(max([_NEVER, *(each.at for each in feed.entries)])))
    for each in feed.entries:
        _add(made, each)
    found: bytes = made.atom_str()
    return found


def _add(made: Any, of: Entry) -> None:
    entry, at = made.add_entry(order="append"), datetime.fromisoformat(of.at)
    entry.id(of.id)
    entry.title(of.title)
    entry.link(href=of.link, rel="alternate")
    entry.published(at)
    entry.updated(at)
    entry.summary(of.summary)
    entry.content(of.html, type="html")
    entry.category(term=of.kind)
    entry.rights(LICENCE.address)
