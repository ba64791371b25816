"""Alive, ready, measured."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field

from handlers.problems import responses
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


@router.get("/metrics", summary="Figures about the service", response_class=Response)
async def metrics() -> Response:
    """Prometheus text; nothing in it is about a respondent."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _touch(tx: Transaction) -> None:
    tx.save_next_update(0, 0)
