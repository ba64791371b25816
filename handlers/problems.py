"""One error shape for every route: RFC 9457 problem+json, or a friendly page for a browser."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from handlers.pages import error_page, to_login, wants_page
from handlers.verdicts import count_refused
from storage.writer import StorageUnavailable

_LATER = {"Retry-After": "5"}  # seconds
FAULTS_MOST, NAME_MOST = 10, 40


class Problem(BaseModel):
    """An error as RFC 9457 asks; `type` is about:blank because the status says it all."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No counter has the code 381208: its check digit is wrong."])


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem+json response."""
    body = Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail
    )
    return JSONResponse(body.model_dump(), status, headers, media_type="application/problem+json")


def refuse(status: int, detail: str) -> HTTPException:
    """The exception that becomes `problem(status, detail)`."""
    return HTTPException(status, detail)


def unavailable() -> JSONResponse:
    """The database cannot be written: the caller should come again."""
    detail = "The database cannot be written just now; nothing was stored. Try again."
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, _LATER)


def install(app: FastAPI) -> None:
    """Give every error of *app* the one shape."""
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(StorageUnavailable, _on_unavailable)
    app.add_exception_handler(Exception, _on_bug)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route adds to the OpenAPI document for its errors."""
    content = {"application/problem+json": {"schema": Problem.model_json_schema()}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def page_or_problem(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """As `responses`, for errors that show the form again."""
    told = responses(*statuses)
    for each in told.values():
        each["content"] = {**each["content"], "text/html": {"schema": {"type": "string"}}}
    return told


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class only
    if error.status_code < HTTPStatus.BAD_REQUEST:
        return Response(status_code=error.status_code, headers=dict(error.headers or {}))
    _count(request, error.status_code)
    if wants_page(request):
        if error.status_code == HTTPStatus.UNAUTHORIZED:
            return to_login(request)
        return error_page(request, error.status_code, error.headers)
    return problem(error.status_code, str(error.detail), dict(error.headers or {}))


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    faults = error.errors()
    where = "; ".join(map(_fault, faults[:FAULTS_MOST]))
    where += f"; and {len(faults) - FAULTS_MOST} more" if len(faults) > FAULTS_MOST else ""
    _count(request, HTTPStatus.UNPROCESSABLE_ENTITY)
    if wants_page(request):
        return error_page(request, HTTPStatus.BAD_REQUEST)
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, where)


def _fault(fault: Mapping[str, Any]) -> str:
    """Where and why; what was sent is not repeated, and names that are none of ours are cut."""
    where = ".".join(str(part)[:NAME_MOST] for part in fault["loc"])
    return f"{where}: {fault['msg']}"


async def _on_unavailable(request: Request, error: Exception) -> Response:
    if wants_page(request):
        return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, _LATER)
    return unavailable()


async def _on_bug(request: Request, error: Exception) -> Response:
    """Our own mistake: it is in the log; the reader gets a page and no traceback."""
    if wants_page(request):
        return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
    detail = "Something is wrong on our side. What was acknowledged before is stored."
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _count(request: Request, status: int) -> None:
    """Only what is posted is input to the survey; a wrong address of a page is not."""
    if request.method == "POST":
        count_refused(request.app.state.count, status)
