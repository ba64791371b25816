"""Saving a view of the dashboard under a name, and forgetting it again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Request, Response

from handlers.dashboard.asking import Asked, Seeing, Seen
from handlers.login import local
from handlers.pages import language_of, on_to
from handlers.problems import refuse, responses
from storage import views

router = APIRouter(tags=["staff"], default_response_class=Response)
PAGES = ("/dashboard?", "/work?")


@router.post("/dashboard/views", summary="Save a view", responses=responses(401, 403, 409, 422))
async def save(
    request: Request,
    asked: Asked,
    signed: Seeing,
    name: Annotated[str, Form(max_length=60)],
    address: Annotated[str, Form(max_length=300)],
) -> Response:
    """Keep a page of the dashboard as it is filtered and sorted, for oneself."""
    called = " ".join("".join(filter(str.isprintable, name)).split())
    if not called or local(address) != address or not address.startswith(PAGES):
        expected = "expected a name, and the address of a page of the dashboard"
        raise refuse(HTTPStatus.UNPROCESSABLE_ENTITY, expected)
    if not await asked.store.write(views.save, signed.staff.person_id, called, address):
        raise refuse(HTTPStatus.CONFLICT, f"there are {views.MOST} views already; delete one first")
    return on_to(address, language_of(request))


@router.post(
    "/dashboard/views/{view}/delete", summary="Forget a view", responses=responses(401, 403, 422)
)
async def delete(
    request: Request, asked: Asked, signed: Seeing, view: Annotated[int, Path(ge=1, lt=2**63)]
) -> Response:
    """Forget one of one's own views."""
    await asked.store.write(views.drop, signed.staff.person_id, view)
    return on_to("/dashboard", language_of(request))


async def saved(request: Request, known: Seen) -> dict[str, Any]:
    """What a page needs to list the reader's views, and to save itself as one of any language."""
    own = request.query_params.multi_items()
    asked = [(key, value) for key, value in own if value and key != "lang"]
    return {
        "views": await views.views_of(known.asked.store.reader, known.signed.staff.person_id),
        "here": f"{request.url.path}?{urlencode(asked)}",
    }
