"""Alive, ready, measured."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from handlers.problems import refuse, responses
from handlers.service import Service, service
from storage.transaction import Transaction
from storage.writer import StorageUnavailable

router = APIRouter(tags=["operation"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """Whether answers can be stored; channels are listed and never make it false."""

    ready: bool = Field(description="the database writes")
    channels: dict[str, str] = Field(examples=[{"web": "connected", "telegram": "not connected"}])


@router.get("/healthz", summary="Alive")
async def healthz() -> Alive:
    """Answer as long as the process runs."""
    return Alive()


@router.get("/readyz", summary="Ready", response_model=Ready, responses=responses(503))
async def readyz(request: Request, asked: Annotated[Service, Depends(service)]) -> JSONResponse:
    """Write to the database and say whether that worked."""
    try:
        await asked.store.write(_touch)
        ready = True
    except StorageUnavailable:
        ready = False
    channels: Callable[[], dict[str, str]] = request.app.state.channels
    body = Ready(ready=ready, channels=channels())
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return JSONResponse(body.model_dump(), status)


def _from_inside(request: Request) -> None:
    """Refuse who comes through a proxy or the internet: exact counts would tell small cells."""
    host = request.client.host if request.client else ""
    passed_on = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if passed_on or not ip_address(host).is_private:
        raise refuse(HTTPStatus.FORBIDDEN, "metrics: ask this process directly, without the proxy")


@router.get(
    "/metrics",
    summary="Figures about the service",
    response_class=Response,
    responses=responses(403),
    dependencies=[Depends(_from_inside)],
)
async def metrics() -> Response:
    """Prometheus text, for the machine's own network; nothing in it is about a respondent."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _touch(tx: Transaction) -> None:
    tx.save_next_update(0, 0)
