"""The sealed log as pages: the roots, one of them to be printed, and one's own response in it."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request, Response

from handlers.guard import validated
from handlers.log.api import MOST, Act, acted, by_code
from handlers.log.hashes import grouped
from handlers.log.proofs import Own
from handlers.pages import language_of, page
from handlers.problems import page_or_problem, refuse, responses
from handlers.service import Service, service
from storage import sealing
from storage.taking_back import Done

router = APIRouter(prefix="/log", tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
SHOWN_MOST = 60


def dated(day: str) -> str:
    """An ISO day as pages show it.

    >>> dated("2026-11-08")
    '8/11/2026'
    """
    found = date.fromisoformat(day)
    return f"{found.day}/{found.month}/{found.year}"


@router.get("/roots", summary="The roots of the sealed log")
async def roots(request: Request, asked: Asked) -> Response:
    """The newest root in full, the others below, and how to check them."""
    found = await asked.store.look(sealing.roots)
    shown = page(
        request,
        "log/roots.html",
        language_of(request),
        key=asked.log_key,
        newest=found[-1] if found else None,
        roots=found[: -SHOWN_MOST - 1 : -1],
        grouped=grouped,
        dated=dated,
    )
    return validated(request, shown)


@router.get("/roots/{number}", summary="A root to print", responses=responses(404, 422))
async def sheet(
    request: Request, asked: Asked, number: Annotated[int, Path(ge=1, le=MOST)]
) -> Response:
    """One root with the key, as a newspaper or a notice board can carry it."""
    found = await asked.store.look(sealing.roots)
    root = next((each for each in found if each.number == number), None)
    if root is None:
        raise refuse(HTTPStatus.NOT_FOUND, f"the log has no root {number}")
    shown = page(
        request,
        "log/sheet.html",
        language_of(request),
        root=root,
        key=asked.log_key,
        address=asked.public_url,
        grouped=grouped,
        dated=dated,
    )
    return validated(request, shown)


@router.get("/check", summary="One's own response in the log")
async def check(request: Request) -> Response:
    """Where to type a response code."""
    return _checking(request)


@router.post(
    "/check", summary="One's own response in the log", responses=page_or_problem(404, 422, 429)
)
async def checked(
    request: Request,
    asked: Asked,
    code: Annotated[str, Form(max_length=40)] = "",
    act: Annotated[Act | None, Form()] = None,
) -> Response:
    """What is sealed under a response code, which is in no address; or what became of it."""
    if act is not None:
        done = await acted(asked, request, act, code)
        return _checking(request, done=done, missing=done is None)
    found = await by_code(asked, request, code)
    return _checking(request, own=found, code=code, missing=found is None)


def _checking(
    request: Request,
    own: Own | None = None,
    code: str = "",
    done: Done | None = None,
    missing: bool = False,
) -> Response:
    shown = page(
        request,
        "log/check.html",
        language_of(request),
        HTTPStatus.NOT_FOUND if missing else HTTPStatus.OK,
        own=own,
        code=code,
        done=done,
        acts=tuple(Act),
        missing=missing,
        grouped=grouped,
        dated=dated,
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown
