"""Enrolled devices: the page where a code is typed, and who a request comes from."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.exceptions import HTTPException

from handlers.messages import text
from handlers.outside import of_own_page
from handlers.pages import language_of, on_to, page, wants_page
from handlers.problems import refuse, responses
from handlers.service import Service, service
from sipas.codes import read_response_code
from storage import devices
from storage.devices import Device

router = APIRouter(tags=["devices"], default_response_class=Response)

COOKIE = "motcua_device"
KEPT_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer
HOMES = {devices.PAPER: "/paper", devices.KIOSK: "/kiosk"}
Asked = Annotated[Service, Depends(service)]


@router.get("/device", summary="Where a device's code is typed")
async def code_page(request: Request) -> Response:
    """One field for the code that `motcua devices enrol` printed."""
    return _page(request)


@router.post(
    "/device", summary="Open an enrolled device", responses=responses(400, 403, 413, 422, 429, 503)
)
async def open_device(
    request: Request, asked: Asked, code: Annotated[str, Form(max_length=64)]
) -> Response:
    """The code works once and for an hour; the device keeps a cookie from then on."""
    asked.limit(request)
    token, now = secrets.token_urlsafe(32), int(asked.clock().timestamp())
    known = read_response_code(code)
    if known is None or not await asked.store.write(devices.open_with, known, token, now):
        return _wrong_code(request)
    device = await asked.store.look(devices.device_of, token)
    home = HOMES.get(device.purpose, "/") if device else "/"
    response = on_to(home, language_of(request))
    # Strict: no page of another site can make the device act.
    asked.outside.set_cookie(response, COOKIE, token, KEPT_SECONDS, "strict")
    return response


async def known_device(request: Request, asked: Asked) -> Device:
    """The enrolled device that sent this request (a FastAPI dependency); else 403."""
    if request.method == "POST" and not of_own_page(request):
        raise refuse(HTTPStatus.FORBIDDEN, "This form was sent by another site.")
    token = asked.outside.cookie(request, COOKIE)
    found = await asked.store.look(devices.device_of, token) if token else None
    if found is None:
        raise no_device()
    return found


def no_device() -> HTTPException:
    """Why somebody without an enrolled device cannot go on."""
    return refuse(HTTPStatus.FORBIDDEN, "Only an enrolled device may do this: see /device.")


def _wrong_code(request: Request) -> Response:
    if wants_page(request):
        return _page(request, HTTPStatus.FORBIDDEN)
    raise refuse(HTTPStatus.FORBIDDEN, text(language_of(request), "device.refused"))


def _page(request: Request, status: int = HTTPStatus.OK) -> Response:
    language = language_of(request)
    refused = text(language, "device.refused") if status != HTTPStatus.OK else ""
    response = page(request, "device.html", language, status=status, refused=refused)
    response.headers["Cache-Control"] = "no-store"
    return response
