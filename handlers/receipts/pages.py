"""The page behind a receipt's QR code: the counter's first question, or why there is none.

The token is a secret of who holds the slip: it is in no log and no referrer, and nothing is stored
before the first level.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from handlers.chat import Posted, apply_form, chat_page, new_secret, place_of
from handlers.inbound import Start
from handlers.messages import text as message_text
from handlers.pages import error_page, spoken_in, wants_page
from handlers.problems import refuse, responses
from handlers.receipts.using import receipt_of
from handlers.scanning import event_of
from handlers.screens import Shown
from handlers.service import Service, service
from handlers.verdicts import RECEIPT, REJECT
from sipas.conversation import step
from sipas.events import ANY_TAG, Moment, Scanned
from sipas.receipts import Fault, Receipt, grouped
from sipas.session import Place, Session

router = APIRouter(tags=["chat"])
Asked = Annotated[Service, Depends(service)]


@router.get(
    "/r/{receipt}",
    summary="Rate with a dossier's receipt",
    response_class=Response,
    responses=responses(404, 410, 422, 429),
)
async def receipt_page(receipt: str, request: Request, asked: Asked) -> Response:
    """The first question at once, or whose use an earlier one was. Nothing is stored."""
    asked.limit(request)
    language, now = spoken_in(request), asked.clock()
    session = Session(language)
    came = Start(receipt)
    event = await asked.store.look(event_of, asked.survey, session, came, "web", now)
    if not isinstance(event, Scanned) or event.place is None:
        return _refused(request, event.problem if isinstance(event, Scanned) else Fault.UNKNOWN)
    begun = step(asked.survey.instruments, session, event, Moment(0, ANY_TAG, ""))
    shown = Shown(language, event.place.instrument, begun.screen)
    known = await asked.store.look(receipt_of, asked.survey.receipts, receipt)
    line = (await asked.state()).directory.line(event.place.counter)
    said = grouped(known.code) if isinstance(known, Receipt) else receipt
    entrances = asked.entrances(said, line)
    return chat_page(request, asked, event.place, shown, new_secret(), entrances, receipt)


@router.post(
    "/r/{receipt}",
    summary="Answer without JavaScript, with a receipt",
    response_class=Response,
    responses=responses(400, 404, 413, 422, 429, 503),
)
async def receipt_form(receipt: str, request: Request, asked: Asked, posted: Posted) -> Response:
    """Apply a form post; the answer is the next page, whatever became of the receipt meanwhile."""
    asked.limit(request)
    place = await _place(asked, receipt)
    if place is None:
        return _refused(request, Fault.UNKNOWN)
    shown = await apply_form(asked, request, posted, Start(receipt))
    return chat_page(request, asked, place, shown, posted.conversation, receipt=receipt)


async def _place(asked: Service, told: str) -> Place | None:
    """The counter of a receipt, whether or not it may still be used."""
    found = await asked.store.look(receipt_of, asked.survey.receipts, told)
    if not isinstance(found, Receipt):
        return None
    return place_of(await asked.state(), found.counter, asked.today())


def _refused(request: Request, problem: str) -> Response:
    request.app.state.count(RECEIPT, REJECT)
    status = HTTPStatus.NOT_FOUND if problem in list(Fault) else HTTPStatus.GONE
    detail = message_text(spoken_in(request), f"chat.{problem}")
    if wants_page(request):
        return error_page(request, status, detail=detail)
    raise refuse(status, detail)
