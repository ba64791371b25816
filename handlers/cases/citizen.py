"""The page on which a respondent reads a case by response code, adds to it and judges it."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from handlers.cases.respondent import exercise
from handlers.filings.routes import clean
from handlers.pages import language_of, page
from handlers.problems import page_or_problem
from handlers.service import Service, service
from sipas.case_talk import WORDS_MOST, Asked
from sipas.cases import Act, due
from sipas.codes import read_response_code

router = APIRouter(tags=["pages"], default_response_class=Response)
Asking = Annotated[Service, Depends(service)]


class Wish(StrEnum):
    """What the page offers."""

    READ = "read"
    REMARK = "remark"
    SOLVED = "solved"
    UNSOLVED = "unsolved"


@router.get("/case", summary="Follow one's own case")
async def case(request: Request) -> Response:
    """Where to type a response code, and what a case is not."""
    return _page(request)


@router.post(
    "/case",
    summary="Read, add to or judge one's own case",
    responses=page_or_problem(404, 409, 422, 429),
)
async def asked(
    request: Request,
    asking: Asking,
    code: Annotated[str, Form(max_length=40)] = "",
    wish: Annotated[Wish, Form()] = Wish.READ,
    words: Annotated[str, Form(max_length=2 * WORDS_MOST)] = "",
) -> Response:
    """Done at once; the code is in no address."""
    read = read_response_code(code)
    if read is None:
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, code=code, fault="code")
    asking.try_code(request)
    act = None if wish is Wish.READ else Act(wish)
    wanted = Asked(read, act, clean(words)[:WORDS_MOST])
    found = await asking.store.write(exercise, asking.survey, wanted, asking.clock())
    if found is None:
        return _page(request, HTTPStatus.NOT_FOUND, code=code, fault="unknown")
    asking.right_code(request)
    status = HTTPStatus.CONFLICT if found.refused else HTTPStatus.OK
    by_when = due(found.case.state, found.case.clocks)
    return _page(request, status, code=code, told=found, due=by_when, typed=wanted.words)


def _page(request: Request, status: HTTPStatus = HTTPStatus.OK, **told: Any) -> Response:
    blank = {"code": "", "fault": "", "told": None, "due": None, "typed": ""}
    shown = page(request, "cases/own.html", language_of(request), status, **{**blank, **told})
    shown.headers["Cache-Control"] = "no-store"
    return shown
