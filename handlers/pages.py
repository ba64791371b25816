"""HTML pages: templates, the reader's language, and errors as pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL

from handlers.messages import LANGUAGES, is_draft, languages, text
from sipas.grades import response_rate
from sipas.scoring import percent

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
WANTED_MOST = 300  # letters of an address that is gone to after signing in
UNTOLD = "en"  # the language of what a content pack does not tell
_PARTED = re.compile("[-,; ]")  # "en-GB,en;q=0.9" begins with "en"

_environment = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # no page need look whether its templates are still what they were
)


@cache
def static(name: str) -> str:
    """The address of a static file, with its content in the address, so it can be kept for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def language_of(request: Request) -> str:
    """`?lang=`, else what the browser asks for, else Vietnamese. No cookie is needed.

    Who speaks a content pack's language reads in English what packs do not tell.
    """
    language = spoken_in(request)
    return language if language in LANGUAGES else UNTOLD


def is_large(request: Request) -> bool:
    """Whether the reader wants large letters and simple words; in the address, so no cookie."""
    return request.query_params.get("large") == "1"


def page(
    request: Request, template: str, language: str, status: int = 200, **variables: Any
) -> HTMLResponse:
    """A page in *language*, marked where all data are simulated."""
    context: Mapping[str, Any] = {
        "t": partial(text, language),
        "static": static,
        "percent": partial(shown_percent, language),
        "response_rate": response_rate,
        "language": language,
        "in_language": in_language,
        # What a form was answered with is at no address that another language could be asked at.
        "own_query": "" if request.method == "POST" else f"?{request.query_params}",
        "untold": "" if language in LANGUAGES else UNTOLD,
        "demo": request.app.state.demo,
        "large": is_large(request),
        "draft": is_draft(language),
        "explain_at": "/explain",
        **variables,
    }
    html = _environment.get_template(template).render(context)
    return HTMLResponse(request.app.state.outside.page(html), status)


def shown_percent(language: str, value: Any) -> str:
    """A share as pages show it: percent with one decimal, half up, comma in Vietnamese."""
    shown = str(percent(value, 1))
    return shown.replace(".", ",") if language == LANGUAGES[0] else shown


def wants_page(request: Request) -> bool:
    """Whether a browser asked, so that an error should be a page."""
    api = request.url.path.startswith(("/api/", "/channels/", "/openapi"))
    return not api and "text/html" in request.headers.get("accept", "")


def spoken_in(request: Request) -> str:
    """As `language_of`, with the languages of content packs: for the conversation's own pages."""
    asked = request.query_params.get("lang", "")
    first = _PARTED.split(request.headers.get("accept-language", "").strip().lower())[0]
    return next((each for each in (asked, first) if each in languages()), LANGUAGES[0])


def in_language(address: str, language: str) -> str:
    """One of our addresses as it is shown in *language*, whatever else it asks for.

    >>> in_language("/work?unit=38&lang=vi#words", "en")
    '/work?unit=38&lang=en#words'
    """
    return str(URL(address).include_query_params(lang=language))


def on_to(address: str, language: str) -> Response:
    """On to *address* in the language that was read: a plain look, so a reload repeats nothing."""
    return RedirectResponse(in_language(address, language), HTTPStatus.SEE_OTHER)


def to_login(request: Request) -> Response:
    """Where a stranger is sent who asked for a page of staff; after signing in, it is shown."""
    path, asked = quote(request.url.path), request.url.query
    whole = f"{path}?{asked}" if asked else path
    wanted = whole if len(whole) <= WANTED_MOST else path
    query = urlencode({"to": wanted if request.method == "GET" else ""})
    return on_to(f"/login?{query}", language_of(request))


def error_page(
    request: Request, status: int, headers: Mapping[str, str] | None = None, detail: str = ""
) -> HTMLResponse:
    """A friendly page for an error, in the reader's language."""
    language = language_of(request)
    try:
        title = text(language, f"error.{status}")
    except KeyError:
        title = HTTPStatus(status).phrase
    response = page(
        request,
        "error.html",
        language,
        status=status,
        title=title,
        detail=detail or text(language, "error.detail"),
    )
    response.headers.update(headers or {})
    return response
