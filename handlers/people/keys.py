"""API keys of other systems, for whoever looks after the whole installation's accounts."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response

from handlers.login import at, private
from handlers.pages import language_of, on_to, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.rights import Needs, Right, Signed
from handlers.service import Service, service
from storage import api_keys
from storage.api_keys import NAME_MOST, SCOPES, Act

router = APIRouter(tags=["staff"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
Looking = Annotated[Signed, Depends(Needs(Right.PEOPLE, everywhere=True))]


@router.get("/keys", summary="API keys", responses=responses(401, 403))
async def keys(request: Request, asked: Asked, signed: Looking) -> Response:
    """Every key with its scope, and the form to add one."""
    return await _page(request, asked, signed)


@router.post(
    "/keys", summary="Add an API key", responses={**responses(401, 403), **page_or_problem(422)}
)
async def add(
    request: Request,
    asked: Asked,
    signed: Looking,
    name: Annotated[str, Form(max_length=200)],
    scope: Annotated[str, Form(pattern="^(" + "|".join(SCOPES) + ")$")],
) -> Response:
    """Add a key and show it, once: only its hash is kept."""
    called = name.strip()
    if not 0 < len(called) <= NAME_MOST or not called.isprintable():
        return await _page(request, asked, signed, fault=True)
    secret = secrets.token_urlsafe(32)
    act = Act(at(asked), signed.staff.name)
    token = await asked.store.write(api_keys.add_key, called, scope, secret, act)
    return await _page(request, asked, signed, token)


@router.post("/keys/{key}", summary="Revoke an API key", responses=responses(401, 403, 404, 422))
async def revoke(
    request: Request, asked: Asked, signed: Looking, key: Annotated[int, Path(ge=1, lt=2**31)]
) -> Response:
    """End a key at once."""
    act = Act(at(asked), signed.staff.name)
    if not await asked.store.write(api_keys.revoke_key, key, act):
        raise refuse(HTTPStatus.NOT_FOUND, "no key to revoke")
    return on_to("/keys", language_of(request))


async def _page(
    request: Request, asked: Service, signed: Signed, token: str = "", *, fault: bool = False
) -> Response:
    shown = page(
        request,
        "people/keys.html",
        language_of(request),
        HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        signed=signed,
        keys=await api_keys.all_keys(asked.store.reader),
        scopes=SCOPES,
        token=token,
        fault=fault,
        most=NAME_MOST,
    )
    return private(shown)
