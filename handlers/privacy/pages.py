"""Pages of data protection: what is kept, the notice in each version, rights by response code."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import JSONResponse

from handlers.guard import validated
from handlers.log.pages import dated
from handlers.pages import language_of, page
from handlers.privacy.clocks import CLOCKS, LAW
from handlers.privacy.exercise import exercise, exported, said
from handlers.privacy.notices import NOTICES, words
from handlers.privacy.retention import SCHEDULE
from handlers.problems import page_or_problem, refuse, responses
from handlers.service import Service, service
from sipas.codes import read_response_code
from sipas.rights import Right, Wanted
from storage.rights import Kept

router = APIRouter(prefix="/privacy", tags=["pages"], default_response_class=Response)
Asked = Annotated[Service, Depends(service)]
VERSIONS_MOST = 10_000


class Wish(StrEnum):
    """What the page offers."""

    SEE = "see"
    EXPORT = "export"
    ERASE = "erase"
    WITHDRAW = "withdraw"


@router.get("", summary="What is kept, for how long, and the rights")
async def privacy(request: Request, asked: Asked) -> Response:
    """The notice in force, statutory clocks and the retention schedule."""
    return _notice(request, asked.survey.notice, clocks=CLOCKS, law=LAW, schedule=SCHEDULE)


@router.get("/rights", summary="Rights over one's own response")
async def rights(request: Request) -> Response:
    """Where to type a response code."""
    return _rights(request)


@router.post(
    "/rights",
    summary="Use a right over one's own response",
    responses=page_or_problem(404, 422, 429),
)
async def used(
    request: Request,
    asked: Asked,
    code: Annotated[str, Form(max_length=40)] = "",
    wish: Annotated[Wish, Form()] = Wish.SEE,
) -> Response:
    """Done at once; the code is in no address."""
    read = read_response_code(code)
    if read is None:
        return _rights(request, HTTPStatus.UNPROCESSABLE_ENTITY, code=code, fault=True)
    asked.try_code(request)
    right = Right.SEE if wish is Wish.EXPORT else Right(wish)
    wanted, hashed = Wanted(right, read), asked.survey.code_hash
    found = await asked.store.write(exercise, wanted, hashed, "web", asked.clock())
    if found is None:
        return _rights(request, HTTPStatus.NOT_FOUND, code=code, unknown=True)
    asked.right_code(request)
    if not isinstance(found, Kept):
        return _rights(request, done=found)
    if wish is Wish.EXPORT:
        return _file(found)
    seen = said(found)
    return _rights(request, code=code, own={"key": seen.key, "params": dict(seen.params)})


@router.get("/{version}", summary="A version of the notice", responses=responses(404, 422))
async def version(
    request: Request, version: Annotated[int, Path(ge=1, le=VERSIONS_MOST)]
) -> Response:
    """The words that a response's `consent` number stands for."""
    if version not in NOTICES:
        raise refuse(HTTPStatus.NOT_FOUND, f"there is no notice {version}")
    return _notice(request, version, clocks={}, law=LAW, schedule=())


def _notice(request: Request, version: int, **parts: Any) -> Response:
    language = language_of(request)
    shown = page(
        request,
        "privacy/notice.html",
        language,
        notice=NOTICES[version],
        notices=NOTICES,
        words=words(version, language),
        dated=dated,
        **parts,
    )
    return validated(request, shown)


def _rights(
    request: Request, status: HTTPStatus = HTTPStatus.OK, code: str = "", **told: Any
) -> Response:
    blank = {"own": None, "done": None, "fault": False, "unknown": False}
    shown = page(
        request,
        "privacy/rights.html",
        language_of(request),
        status,
        code=code,
        wishes=tuple(Wish),
        **{**blank, **told},
    )
    shown.headers["Cache-Control"] = "no-store"
    return shown


def _file(kept: Kept) -> Response:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="motcua-response.json"',
    }
    return JSONResponse(exported(kept), headers=headers)
