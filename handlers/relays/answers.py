"""What was asked and answered, for everybody: unanswered questions are shown as such."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from handlers.guard import validated
from handlers.media.licence import LICENCE
from handlers.pages import language_of, page
from handlers.problems import refuse, responses
from handlers.relays.told import is_public, public, told
from handlers.service import Service, service
from storage import relays

router = APIRouter(prefix="/answers", tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
SHOWN_MOST = 200


@router.get("", summary="Questions of newsrooms and what units answered")
async def answers(request: Request, asked: Asked) -> Response:
    """Overdue ones first, the longest first; then those that wait, then what was answered."""
    language, state = language_of(request), await asked.state()
    rows = [told(asked, state, each, language) for each in await public(asked, state)]
    waiting = sorted((e for e in rows if e.is_open), key=lambda each: each.relay.due)
    done = [each for each in rows if not each.is_open]
    answered = sorted(done, key=lambda each: each.relay.published_at, reverse=True)
    shown = page(
        request,
        "relays/answers.html",
        language,
        rows=[*waiting, *answered][:SHOWN_MOST],
        waiting=len(waiting),
        overdue=sum(each.late > 0 for each in waiting),
        answered=len(answered),
        licence=LICENCE,
    )
    return validated(request, shown)


@router.get("/{relay}", summary="One question", responses=responses(404, 422))
async def answer(
    request: Request, asked: Asked, relay: Annotated[int, Path(ge=1, lt=2**31)]
) -> Response:
    """The quote, who asked when, and the answer or since when there is none."""
    language, state = language_of(request), await asked.state()
    known = await asked.store.look(relays.relay, relay)
    if known is None or not is_public(state, known):
        raise refuse(HTTPStatus.NOT_FOUND, f"there is no question {relay}, or it was withdrawn")
    of = told(asked, state, known, language)
    shown = page(request, "relays/answer.html", language, told=of, licence=LICENCE)
    return validated(request, shown)
